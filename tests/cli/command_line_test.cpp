// SPDX-License-Identifier: Apache-2.0
// What the command line accepts: wrong use ends with 2 and says what is wrong.
#include "model/support/folder.hpp"
#include "support/process.hpp"

#include <catch2/catch.hpp>

using namespace sluice::test;
using sluice::testing::TemporaryFolder;

namespace {

const std::string root = SLUICE_SOURCE_DIR;
const std::string example = root + "/examples/host/artifacts";

}  // namespace

TEST_CASE("wrong use ends with 2 and a word of help", "[cli]") {
  using Arguments = std::vector<std::string>;
  const auto arguments =
      GENERATE(Arguments{}, Arguments{"dance"}, Arguments{"check"}, Arguments{"check", "--format", "xml", "."},
               Arguments{"check", "/no/such/file.xml"}, Arguments{"run"}, Arguments{"run", "/no/such/folder"},
               Arguments{"run", example, "--workers", "many"}, Arguments{"run", example, "--colour"},
               Arguments{"explain", example}, Arguments{"explain", example, "no-slash"},
               Arguments{"explain", "/no/such", "a/b"}, Arguments{"test", "/no/such/case.test.yaml"}, Arguments{"test"},
               Arguments{"eval"}, Arguments{"eval", "--fixture", "/no/such.json", "@(1)"},
               Arguments{"eval", "--fixture", root + "/LICENSE", "@(1)"});
  const Finished run = run_to_end("sluice", arguments);
  INFO((arguments.empty() ? "" : arguments[0]) << run.out << run.err);
  CHECK(run.code == 2);
  CHECK_FALSE((run.err + run.out).empty());
}

TEST_CASE("help and version end with 0", "[cli]") {
  const Finished help = run_to_end("sluice", {"--help"});
  CHECK(help.code == 0);
  for (const char* command : {"check", "run", "explain", "eval", "test"})
    CHECK(help.out.find(command) != std::string::npos);
  const Finished version = run_to_end("sluice", {"--version"});
  CHECK(version.code == 0);
  CHECK(version.out.find("sluice 0.") == 0);
}

TEST_CASE("settings with a mistake are told with their place", "[cli]") {
  TemporaryFolder folder;
  folder.write("settings.json", "{\n  \"lisen\": \"127.0.0.1:0\"\n}");
  const Finished run = run_to_end("sluice", {"run", example, "--settings", folder.file("settings.json")});
  INFO(run.err);
  CHECK(run.code == 1);
  CHECK(run.err.find("settings.json:2:") != std::string::npos);
  CHECK(run.err.find("lisen") != std::string::npos);
}

TEST_CASE("a settings file that is not there is told", "[cli]") {
  const Finished run = run_to_end("sluice", {"run", example, "--settings", "/no/such/settings.json"});
  CHECK(run.code == 2);
  CHECK(run.err.find("/no/such/settings.json") != std::string::npos);
}

TEST_CASE("explain shows the one branch of the region, with scope and line of each step", "[cli][explain]") {
  const Finished run = run_to_end("sluice", {"explain", example, "azure-openai-regional/chat-completions", "--product",
                                             "ai-gateway", "--region", "West US"});
  INFO(run.out << run.err);
  CHECK(run.code == 0);
  CHECK(run.out.find("https://aoai-westus.openai.azure.com/") != std::string::npos);
  CHECK(run.out.find("https://aoai-westeurope.openai.azure.com/") == std::string::npos);
  CHECK(run.out.find("https://aoai-eastus.openai.azure.com/") == std::string::npos);
  CHECK(run.out.find("policy.xml:5]") != std::string::npos);
  CHECK(run.out.find("<llm-token-limit") != std::string::npos);
}

TEST_CASE("explain of an unknown operation lists those there are", "[cli][explain]") {
  const Finished run = run_to_end("sluice", {"explain", example, "orders/no-such"});
  CHECK(run.code == 1);
  CHECK(run.err.find("orders/list-orders") != std::string::npos);
}

TEST_CASE("test runs policy cases: 0 when all pass, 1 when one fails", "[cli][test]") {
  const Finished good = run_to_end("sluice", {"test", "--root", root, root + "/policies/region-routing.test.yaml"});
  INFO(good.out << good.err);
  CHECK(good.code == 0);
  TemporaryFolder folder;
  folder.write("wrong.test.yaml",
               "policies:\n  api: \"<policies><inbound><return-response /></inbound></policies>\"\n"
               "requests:\n  - send: {url: /api/x}\n    expect: {status: 418}\n");
  const Finished bad = run_to_end("sluice", {"test", folder.path().string()});
  INFO(bad.out << bad.err);
  CHECK(bad.code == 1);
  CHECK(bad.out.find("418") != std::string::npos);
  CHECK(run_to_end("sluice", {"test", root + "/docs"}).code == 2);
}

TEST_CASE("eval prints type and value, or what is wrong with the expression", "[cli][eval]") {
  const std::string fixture = root + "/tests/expression/vectors/fixtures/plain-get.json";
  const auto eval = [&](const std::string& expression) {
    return run_to_end("sluice", {"eval", "--fixture", fixture, expression});
  };
  CHECK(eval("@(context.Request.Headers.GetValueOrDefault(\"X-Tenant\", \"\"))").out == "System.String\nalpha\n");
  CHECK(eval("@(new[] { 1, 2 })").out == "System.Int32[]\n[1,2]\n");
  CHECK(eval("@((string)null)").out == "null\n\n");
  const Finished unknown = eval("@(context.Nope)");
  CHECK(unknown.code == 1);
  CHECK(unknown.err.find("expression:1:3: error SL4003") == 0);
  const Finished thrown = eval("@(int.Parse(\"x\"))");
  CHECK(thrown.code == 1);
  CHECK(thrown.err.find("System.FormatException: ") == 0);
  CHECK(run_to_end("sluice", {"eval", "@(1 + 1)"}).out == "System.Int32\n2\n");
}
