// SPDX-License-Identifier: Apache-2.0
// `sluice check`, run as users run it.
#include "base/json.hpp"
#include "model/support/folder.hpp"
#include "support/process.hpp"
#include "support/text_files.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace sluice;
using namespace sluice::test;
using sluice::testing::TemporaryFolder;

namespace {

constexpr const char* good = "<policies>\n  <inbound>\n    <base />\n  </inbound>\n</policies>\n";
constexpr const char* bad =
    "<policies>\n  <inbound>\n    <base />\n    <rate-limit calls=\"-1\" />\n    <nonsense />\n  "
    "</inbound>\n</policies>\n";

Finished check(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "check");
  return run_to_end("sluice", std::move(arguments));
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end == std::string::npos ? text.size() : end + 1;
  }
  return lines;
}

}  // namespace

TEST_CASE("a document without errors ends with 0", "[cli][check]") {
  TemporaryFolder folder;
  folder.write("good.xml", good);
  const Finished run = check({folder.file("good.xml")});
  INFO(run.out << run.err);
  CHECK(run.code == 0);
}

TEST_CASE("all errors of a document are shown with line, caret and code, and the exit code is 1", "[cli][check]") {
  TemporaryFolder folder;
  folder.write("bad.xml", bad);
  const Finished run = check({folder.file("bad.xml")});
  INFO(run.out);
  CHECK(run.code == 1);
  CHECK(run.out.find(folder.file("bad.xml") + ":4:") != std::string::npos);
  CHECK(run.out.find(folder.file("bad.xml") + ":5:5: error SL2101") != std::string::npos);
  CHECK(run.out.find("    <nonsense />\n") != std::string::npos);
  CHECK(run.out.find("^~~~") != std::string::npos);
}

TEST_CASE("with --format json each file is one object on one line", "[cli][check]") {
  TemporaryFolder folder;
  folder.write("a.xml", good).write("b.xml", bad);
  const Finished run = check({"--format", "json", folder.file("a.xml"), folder.file("b.xml")});
  CHECK(run.code == 1);
  const auto lines = lines_of(run.out);
  REQUIRE(lines.size() == 2);
  Arena arena;
  const auto first = parse_json(lines[0], arena);
  const auto second = parse_json(lines[1], arena);
  REQUIRE(first);
  REQUIRE(second);
  CHECK((*first)->find("ok")->boolean() == true);
  CHECK((*first)->find("diagnostics")->items.empty());
  CHECK((*second)->find("file")->string() == folder.file("b.xml"));
  CHECK((*second)->find("ok")->boolean() == false);
  REQUIRE((*second)->find("diagnostics")->items.size() >= 2);
  for (const JsonValue& found : (*second)->find("diagnostics")->items) {
    for (const char* field : {"severity", "code", "message", "hint"}) CHECK(found.find(field)->is_string());
    CHECK(found.find("line")->integer().value_or(0) > 0);
    CHECK(found.find("column")->integer().value_or(0) > 0);
  }
}

TEST_CASE("in a plain folder all XML files below are documents", "[cli][check]") {
  TemporaryFolder folder;
  folder.write("one.xml", good).write("deep/er/two.policy.xml", bad).write("notes.txt", "no policy");
  const Finished run = check({"--format", "json", folder.path().string()});
  CHECK(run.code == 1);
  CHECK(lines_of(run.out).size() == 2);
  CHECK(run.out.find("two.policy.xml\",\"ok\":false") != std::string::npos);
}

TEST_CASE("alone, unknown backends, fragments and named values are warnings", "[cli][check]") {
  TemporaryFolder folder;
  folder.write("alone.xml",
               "<policies><inbound><set-backend-service backend-id=\"elsewhere\" />"
               "<set-header name=\"x\" exists-action=\"override\"><value>{{secret}}</value></set-header>"
               "<include-fragment fragment-id=\"shared\" /></inbound></policies>");
  const Finished run = check({folder.file("alone.xml")});
  INFO(run.out);
  CHECK(run.code == 0);
  for (const char* name : {"'elsewhere'", "secret", "shared"}) CHECK(run.out.find(name) != std::string::npos);
  CHECK(run.out.find("warning") != std::string::npos);
}

TEST_CASE("a folder of artifacts is checked as a whole: there they are errors", "[cli][check]") {
  TemporaryFolder folder;
  folder.write_api("shop");
  folder.write("apis/shop/policy.xml",
               "<policies>\n<inbound>\n<set-backend-service backend-id=\"elsewhere\" />\n</inbound>\n</policies>");
  const Finished run = check({folder.path().string()});
  INFO(run.out);
  CHECK(run.code == 1);
  CHECK(run.out.find("apis/shop/policy.xml:3:") != std::string::npos);
  CHECK(run.out.find("'elsewhere'") != std::string::npos);
}

TEST_CASE("named values of a folder may come from the settings", "[cli][check]") {
  TemporaryFolder folder;
  folder.write_api("shop");
  folder.write("apis/shop/policy.xml",
               "<policies><inbound><set-header name=\"x\" exists-action=\"override\">"
               "<value>{{color}}</value></set-header></inbound></policies>");
  TemporaryFolder beside;
  beside.write("settings.json", R"({"namedValues": {"color": "blue"}})");
  CHECK(check({folder.path().string()}).code == 1);
  const Finished run = check({"--settings", beside.file("settings.json"), folder.path().string()});
  INFO(run.out << run.err);
  CHECK(run.code == 0);
}

TEST_CASE("the example and the shelf have no errors", "[cli][check]") {
  const std::string root = SLUICE_SOURCE_DIR;
  for (const char* path : {"/examples/host/artifacts", "/policies"}) {
    const Finished run = check({root + path});
    INFO(run.out);
    CHECK(run.code == 0);
  }
}

TEST_CASE("files that are no documents are findings and no crash", "[cli][check]") {
  TemporaryFolder folder;
  const auto text = GENERATE(as<std::string>{}, "", "\n", "<", "<policies", "<policies/>", "<?xml version=\"1.0\"?>",
                             std::string("<policies>\0</policies>", 22), "\xff\xfe<\0p", "<policies><inbound>",
                             "<policies><inbound><set-variable name=\"a\" value=\"@(\" /></inbound></policies>",
                             "<!DOCTYPE a [<!ENTITY b \"c\">]><policies/>");
  folder.write("any.xml", text);
  const Finished run = check({"--format", "json", folder.file("any.xml")});
  INFO(run.out);
  CHECK((run.code == 0 || run.code == 1));
  Arena arena;
  const std::string line = run.out;
  CHECK(parse_json(line, arena));
}
