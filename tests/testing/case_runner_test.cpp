// SPDX-License-Identifier: Apache-2.0
// The runner must find what is wrong: each test here gives it a case that fails and looks at what it says.
#include "testing/case_runner.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

using sluice::testing::run_case;
using Texts = std::vector<std::string>;

namespace {

Texts failures(const std::string& text) { return run_case("f.test.yaml", text, SLUICE_SOURCE_DIR).failures; }

/// The one failure of a case.
std::string failure(const std::string& text) {
  const Texts all = failures(text);
  REQUIRE(all.size() == 1);
  return all[0];
}

constexpr auto service =
    "policy: |\n  <policies><inbound><set-variable name=\"v\" value=\"1\" /></inbound></policies>\n";

std::string with(const std::string& rest) { return service + rest; }

}  // namespace

TEST_CASE("a case whose expectations hold passes", "[testing][cases]") {
  CHECK(failures(with("requests:\n  - send: {url: /api/x}\n    expect: {status: 200, body: \"\", backend: [{url: "
                      "\"http://backend.test/x\"}], variables: {v: \"1\", w: null}, last_error: null}\n"))
            .empty());
}

TEST_CASE("every kind of difference is reported with its line", "[testing][cases]") {
  const auto expect = [](const std::string& wanted) {
    return failure(with("requests:\n  - send: {url: /api/x}\n    expect: {" + wanted + "}\n"));
  };
  CHECK(expect("status: 404").starts_with("f.test.yaml:5: status: expected 404, got 200"));
  CHECK(expect("reason: Fine") == "f.test.yaml:5: reason: expected \"Fine\", got \"OK\"");
  CHECK(expect("body: text") == "f.test.yaml:5: body: expected \"text\", got \"\"");
  CHECK(expect("body_contains: [text]").find("body: expected one that holds") != std::string::npos);
  CHECK(expect("headers: {X-A: b}") == "f.test.yaml:5: header X-A: expected \"b\", got nothing");
  CHECK(expect("json: {a: 1}").find("body as JSON: expected {\"a\":1}") != std::string::npos);
  CHECK(expect("variables: {v: \"2\"}") == "f.test.yaml:5: variable v: expected \"2\", got \"1\"");
  CHECK(expect("variables: {v: null}") == "f.test.yaml:5: variable v: expected none, got \"1\"");
  CHECK(expect("variables: {w: x}") == "f.test.yaml:5: variable w: expected \"x\", got none");
  CHECK(expect("last_error: {reason: X}") == "f.test.yaml:5: last error: expected one, got none");
  CHECK(expect("metrics: {m: 1}").starts_with("f.test.yaml:5: metric m: expected 1, got none"));
  CHECK(expect("trace: [a]") == "f.test.yaml:5: trace: expected \"a\", got nothing");
  CHECK(expect("elapsed: 1s").starts_with("f.test.yaml:5: time taken: expected 1000ms"));
  CHECK(expect("cut: true") == "f.test.yaml:5: end of the body: expected broken off, got whole");
  CHECK(expect("backend: []").starts_with("f.test.yaml:5: calls to backends: expected 0, got 1"));
  CHECK(expect("backend: [{method: POST}]") == "f.test.yaml:5: call 1: method: expected \"POST\", got \"GET\"");
  CHECK(expect("backend: [{headers: {X-A: b}}]") == "f.test.yaml:5: call 1: header X-A: expected \"b\", got nothing");
}

TEST_CASE("keys that the format does not have are mistakes", "[testing][cases]") {
  CHECK(failure(with("requets: []\nrequests: []\ndiagnostics: []\n")).find("unknown key 'requets' in the case") !=
        std::string::npos);
  CHECK(failure(with("requests:\n  - send: {urn: /x}\n    expect: {}\n")) ==
        "f.test.yaml:4: unknown key 'urn' in a request");
  CHECK(failure(with("requests:\n  - send: {url: /api/x}\n    expect: {statsu: 200}\n")) ==
        "f.test.yaml:5: unknown key 'statsu' in an expectation");
  CHECK(failure(with("api: {pth: x}\nrequests: []\ndiagnostics: []\n")).find("unknown key 'pth' in an API") !=
        std::string::npos);
  CHECK(failure(with("requests:\n  - send: {url: /api/x}\n    expect: {last_error: {raeson: x}}\nbackend_script:\n"
                     "  - error: connection\n"))
            .find("unknown key 'raeson'") != std::string::npos);
}

TEST_CASE("values of the wrong shape are mistakes", "[testing][cases]") {
  CHECK(failure(with("requests:\n  - {advance: soon, send: {url: /api/x}, expect: {}}\n")).find("must be a duration") !=
        std::string::npos);
  CHECK(
      failure(
          with("requests:\n  - {repeat: 0, send: {url: /api/x}, expect: {}}\n  - {send: {url: /api/x}, expect: {}}\n"))
          .find("sends 1 to") != std::string::npos);
  CHECK(
      failure(with("requests:\n  - {send: {url: /api/x}, expect: {status: fine}}\n")).find("must be a whole number") !=
      std::string::npos);
  CHECK(failure("policy: [").find("the file is no YAML") != std::string::npos);
  CHECK(failure("policy: x\n").find("a case has 'requests' or 'diagnostics'") != std::string::npos);
  CHECK(failure(with("policies: {api: {file: nowhere.xml}}\ndiagnostics: []\n")).find("cannot read the file") !=
        std::string::npos);
}

TEST_CASE("a service that does not load fails the case with what is wrong", "[testing][cases]") {
  const std::string text = "policy: |\n  <policies><inbound><nonsense /></inbound></policies>\n";
  const Texts all = failures(text + "requests:\n  - {send: {url: /api/x}, expect: {}}\n");
  REQUIRE_FALSE(all.empty());
  CHECK(std::any_of(all.begin(), all.end(),
                    [](const std::string& line) { return line.find("error SL2101 1:20") != std::string::npos; }));
  CHECK(failures(text + "diagnostics: [\"error SL2101 1:20\"]\n").empty());
  CHECK(failure(text + "diagnostics: []\n").find("diagnostics: expected nothing, got \"error SL2101 1:20\"") !=
        std::string::npos);
}

TEST_CASE("repeated requests say which one differed", "[testing][cases]") {
  const Texts all =
      failures(with("backend_script:\n  - answer: {status: 200}\n    repeat: 2\nrequests:\n"
                    "  - {repeat: 3, send: {url: /api/x}, expect: {status: 200}}\n"));
  REQUIRE(all.size() == 3);
  CHECK(all[1].find("the script had no answer left") != std::string::npos);
  CHECK(all[2].find("this was request 3 of 3") != std::string::npos);
}

TEST_CASE("scripts answer with JSON, chunks, delays and errors", "[testing][cases]") {
  CHECK(
      failures(with("backend_script:\n"
                    "  - answer: {status: 201, json: {a: [1, \"2\", true, null]}, delay: 2s}\n"
                    "  - answer: {chunks: [a, b], chunk_delay: 500ms}\n"
                    "  - error: timeout\n"
                    "  - answer: {body: half}\n    error: cut\n"
                    "requests:\n"
                    "  - {send: {url: /api/x}, expect: {status: 201, json: {a: [1, \"2\", true, null]}, elapsed: 2s}}\n"
                    "  - {send: {url: /api/x}, expect: {body: ab, elapsed: 1s}}\n"
                    "  - {send: {url: /api/x}, expect: {status: 500, last_error: {reason: Timeout}}}\n"
                    "  - {send: {url: /api/x}, expect: {body: half, cut: true}}\n"))
          .empty());
}

TEST_CASE("folders are searched and the closing line counts", "[testing][cases]") {
  namespace fs = std::filesystem;
  const fs::path folder = fs::temp_directory_path() / "sluice-case-runner-test";
  fs::remove_all(folder);
  fs::create_directories(folder / "deep");
  std::ofstream(folder / "deep" / "good.test.yaml")
      << with("requests:\n  - {send: {url: /api/x}, expect: {status: 200}}\n");
  std::ofstream(folder / "bad.test.yaml") << with("requests:\n  - {send: {url: /api/x}, expect: {status: 201}}\n");
  std::ofstream(folder / "other.yaml") << "nonsense: [";
  std::ostringstream out;
  CHECK(sluice::testing::run_cases({folder.string()}, folder, out) == 1);
  CHECK(out.str().find("bad.test.yaml:4: status: expected 201") != std::string::npos);
  CHECK(out.str().ends_with("1 passed, 1 failed\n"));
  fs::remove_all(folder);
}
