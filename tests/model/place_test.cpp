// SPDX-License-Identifier: Apache-2.0
#include "model/place.hpp"

#include "model/support/folder.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using model::model_finding;
using testing::TemporaryFolder;

namespace {

Diagnostic located(const std::string& file, std::initializer_list<std::string_view> path, std::string_view text = {}) {
  return model_finding(Severity::error, "SL5005", file, "thing t", path, text, "message", "hint");
}

}  // namespace

TEST_CASE("A finding stands at the value it is about", "[model][place]") {
  TemporaryFolder folder;
  folder.write("a.json",
               "{\"properties\": {\n  \"scope\": \"/x\",\n  \"inner\": {\"list\": [\"/ids/one\", \"two\"]}}}");
  const std::string file = folder.file("a.json");
  CHECK(located(file, {"scope"}).pos == SourcePos{2, 12});
  CHECK(located(file, {"scope"}).length == 4);
  CHECK(located(file, {"scope"}).source_line == "  \"scope\": \"/x\",");
  CHECK(located(file, {"inner", "list"}).pos == SourcePos{3, 21});
  CHECK(located(file, {"inner"}, "one").pos == SourcePos{3, 22});
  CHECK(located(file, {}, "two").pos == SourcePos{3, 34});
  CHECK(located(file, {}).pos == SourcePos{1, 16});
}

TEST_CASE("Without properties the way begins at the root, in YAML too", "[model][place]") {
  TemporaryFolder folder;
  folder.write("a.yaml", "paths:\n  /a:\n    get: {x: 1}\n");
  CHECK(located(folder.file("a.yaml"), {"paths", "/a", "get"}).pos == SourcePos{3, 10});
}

TEST_CASE("What cannot be found is told about the file as a whole", "[model][place]") {
  TemporaryFolder folder;
  folder.write("a.json", "{\"properties\": {}}").write("broken.json", "{").write("a.xml", "<a/>");
  for (const char* name : {"a.json", "broken.json", "a.xml", "missing.json"}) {
    const Diagnostic finding = located(folder.file(name), {"scope"});
    INFO(name);
    CHECK(finding.pos == SourcePos{});
    CHECK(finding.file == folder.file(name));
    CHECK(finding.code == "SL5005");
    CHECK(finding.message == "message");
    CHECK(finding.hint == "hint");
    CHECK(finding.source_line == "");
  }
  CHECK(located(folder.file("a.json"), {}, "text").pos == SourcePos{});
}

TEST_CASE("A finding about a model made in code names the entity", "[model][place]") {
  CHECK(located("", {"scope"}).file == "thing t");
}
