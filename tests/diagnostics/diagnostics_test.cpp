// SPDX-License-Identifier: Apache-2.0
// Documents with their expected findings: every `<!-- expect LINE:COLUMN CODE -->` of a file is one, and there are no
// others. A file that begins with `<!-- in a service -->` is compiled as an operation's document in a small service;
// the others are checked alone.
#include <sluice/policy_document.hpp>

#include "pipeline/pipeline.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

using namespace sluice;

namespace {

namespace fs = std::filesystem;
const fs::path folder = fs::path(SLUICE_SOURCE_DIR) / "tests" / "diagnostics";

std::string read(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<fs::path> documents() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".xml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::string> expected(const std::string& text) {
  std::vector<std::string> all;
  constexpr std::string_view mark = "<!-- expect ";
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
    const std::size_t end = text.find(" -->", at);
    all.push_back(text.substr(at + mark.size(), end - at - mark.size()));
  }
  std::sort(all.begin(), all.end());
  return all;
}

/// A service with two fragments and an operation that streams and has a header whose definition cannot be used.
Diagnostics check_in_service(const PolicySource& source, const Limits& limits) {
  ServiceModel model;
  Api api;
  api.id = "api";
  Operation operation;
  operation.id = "chat";
  operation.responses.push_back({200, "", {}, {{"text/event-stream", "", "", {}}}});
  operation.responses[0].headers.push_back({"X-Broken", "string", false, "", {}, R"({"pattern":"("})"});
  api.operations.push_back(operation);
  model.apis.push_back(api);
  model.fragments.push_back(
      {.id = "outer", .policy = {"<fragment><include-fragment fragment-id=\"inner\" /></fragment>", "outer.xml"}});
  model.fragments.push_back({.id = "inner", .policy = {"<fragment />", "inner.xml"}});
  const auto registry = PolicyRegistry::with_builtins();
  const Behaviour behaviour;
  DocumentSet documents(registry, &model, behaviour, limits);
  PipelineInput input;
  input.sources[static_cast<std::size_t>(Scope::operation)] = &source;
  input.roots.api_known = input.roots.operation_known = true;
  input.roots.api = &model.apis[0];
  input.roots.operation = &model.apis[0].operations[0];
  Diagnostics found;
  compile_pipeline(documents, input, found);
  found.append(documents.diagnostics());
  return found;
}

std::vector<std::string> findings(const fs::path& file, const std::string& text) {
  CheckOptions options;
  options.limits.document.depth = 12;  // so that a document of a few lines can pass it
  options.limits.document.elements = 60;
  options.limits.document.bytes = 20'000;
  options.limits.expression.nesting_depth = 50;
  const PolicySource source{text, file.filename().string(),
                            text.find("<!-- format xml -->") == 0 ? PolicyFormat::xml : PolicyFormat::rawxml};
  const bool in_service = text.find("<!-- in a service -->") == 0;
  const Diagnostics found = in_service ? check_in_service(source, options.limits)
                                       : check_policy_document(source, PolicyRegistry::with_builtins(), options);
  std::vector<std::string> all;
  for (const auto& d : found) {
    CHECK_FALSE(d.message.empty());
    const std::string where = d.file == source.file ? "" : " " + d.file;
    all.push_back(std::to_string(d.pos.line) + ":" + std::to_string(d.pos.column) + " " + d.code + where);
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace

TEST_CASE("each document has the findings that it expects, and no others", "[diagnostics]") {
  for (const fs::path& file : documents()) {
    const std::string text = read(file);
    CAPTURE(file.filename().string());
    CHECK(findings(file, text) == expected(text));
  }
}

TEST_CASE("every code about documents and expressions is produced by some document", "[diagnostics]") {
  std::set<std::string> produced;
  for (const fs::path& file : documents()) {
    for (const auto& finding : expected(read(file))) produced.insert(finding.substr(finding.find(' ') + 1, 6));
  }
  // SL1001 is about files that cannot be read, SL5xxx about folders: tests/cli and tests/model produce them.
  for (const auto& row : diagnostic_codes()) {
    if (row.code == "SL1001" || row.code.substr(0, 3) == "SL5") continue;
    CAPTURE(row.code, row.title);
    CHECK(produced.count(std::string(row.code)) == 1);
  }
}

TEST_CASE("public documents are read without a crash, and each error has a place", "[diagnostics][corpus]") {
  const fs::path corpus = fs::path(SLUICE_SOURCE_DIR) / ".." / "shared" / "corpus";
  if (!fs::is_directory(corpus)) return;  // third-party documents are not part of the repository
  const auto registry = PolicyRegistry::with_builtins();
  std::size_t count = 0;
  std::size_t unreadable = 0;
  std::size_t malformed = 0;
  for (const auto& entry : fs::recursive_directory_iterator(corpus)) {
    if (!entry.is_regular_file() || entry.path().extension() != ".xml") continue;
    const PolicySource source{read(entry.path()), entry.path().string()};
    const Diagnostics found = check_policy_document(source, registry, {});
    bool damaged = false;
    for (const auto& d : found) {
      if (d.severity == Severity::error) {
        CAPTURE(entry.path().string(), d.code, d.message);
        CHECK(d.pos.line > 0);
        damaged = damaged || (d.code.substr(0, 3) == "SL1" && d.code != "SL1009");
      }
    }
    ++count;
    const bool known_damage = entry.path().string().find("/_malformed/") != std::string::npos;
    unreadable += damaged && !known_damage;
    malformed += known_damage && found.has_errors();
  }
  CHECK(count > 1000);
  // Of the readable ones a few are snippets of several roots, which a document must not have.
  CHECK(unreadable <= 14);
  CHECK(malformed >= 1);
}
