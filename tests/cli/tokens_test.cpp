// SPDX-License-Identifier: Apache-2.0
// `sluice tokens`, run as users run it.
#include "model/support/folder.hpp"
#include "support/process.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace sluice::test;
using sluice::testing::TemporaryFolder;

namespace {

Finished tokens(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "tokens");
  return run_to_end("sluice", std::move(arguments));
}

}  // namespace

TEST_CASE("the tokens of a file are counted as its model counts them", "[cli][tokens]") {
  TemporaryFolder folder;
  folder.write("text", "antidisestablishmentarianism");
  CHECK(tokens({"--model", "gpt-4", folder.file("text")}).out == "6\n");
  CHECK(tokens({"--model", "gpt-4", "--ids", folder.file("text")}).out == "519 85342 34500 479 8997 2191\n");
  CHECK(tokens({"--encoding", "p50k_base", folder.file("text")}).out == "5\n");
}

TEST_CASE("several files have a line each, with the name", "[cli][tokens]") {
  TemporaryFolder folder;
  folder.write("a", "hello world").write("b", "");
  CHECK(tokens({folder.file("a"), folder.file("b")}).out == "2 " + folder.file("a") + "\n0 " + folder.file("b") + "\n");
}

TEST_CASE("with --jsonl each line is a text of its own", "[cli][tokens]") {
  TemporaryFolder folder;
  folder.write("texts", "\"hello world\"\n\"\"\n\"two\\nlines\"\n");
  const Finished run = tokens({"--jsonl", folder.file("texts")});
  CHECK(run.code == 0);
  CHECK(run.out == "2\n0\n3\n");
  folder.write("bad", "\"x\"\n{}\n");
  const Finished bad = tokens({"--jsonl", folder.file("bad")});
  CHECK(bad.code == 1);
  CHECK(bad.err.find(folder.file("bad") + ":2: a line is a text in JSON") != std::string::npos);
}

TEST_CASE("an unknown model is counted with a default, which is said", "[cli][tokens]") {
  TemporaryFolder folder;
  folder.write("text", "hello");
  const Finished run = tokens({"--model", "my-model", folder.file("text")});
  CHECK(run.code == 0);
  CHECK(run.out == "1\n");
  CHECK(run.err.find("'my-model' is not known; counted with o200k_base") != std::string::npos);
}

TEST_CASE("an unknown encoding and a missing file are wrong usage", "[cli][tokens]") {
  CHECK(tokens({"--encoding", "gpt2", "/dev/null"}).code == 2);
  CHECK(tokens({"/nonexistent/text"}).code == 2);
}
