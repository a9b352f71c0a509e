// SPDX-License-Identifier: Apache-2.0
// Folders that are being written, were copied in part or damaged: whatever is missing or cut, reading ends with a model
// or with an error that names a file.
#include <sluice/model.hpp>

#include "model/support/folder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

using namespace sluice;
using testing::TemporaryFolder;

namespace {

const std::filesystem::path example = std::filesystem::path(SLUICE_SOURCE_DIR) / "examples/host/artifacts";

std::vector<std::filesystem::path> files_of(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(std::filesystem::relative(entry.path(), folder));
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Loads and validates; a finding must name a file below the folder and a place within it.
LoadedModel check_loading(const TemporaryFolder& folder) {
  LoadedModel loaded = load_artifacts(folder.path());
  REQUIRE(loaded.model.has_value() != loaded.diagnostics.has_errors());
  if (loaded.model) validate_model(*loaded.model, loaded.diagnostics);
  for (const Diagnostic& diagnostic : loaded.diagnostics) {
    CHECK(diagnostic.file.compare(0, folder.path().generic_string().size(), folder.path().generic_string()) == 0);
    CHECK_FALSE(diagnostic.message.empty());
  }
  return loaded;
}

}  // namespace

TEST_CASE("A file that was written in part is reported by its name", "[model][damage]") {
  TemporaryFolder folder;
  std::filesystem::copy(example, folder.path(), std::filesystem::copy_options::recursive);
  for (const std::filesystem::path& file : files_of(folder.path())) {
    if (file.extension() == ".xml") continue;  // Documents are read by the compiler.
    const std::string whole = text_of(folder.path() / file);
    for (std::size_t eighth = 0; eighth < 8; ++eighth) {
      INFO(file << " cut at " << eighth << "/8");
      folder.write(file.generic_string(), whole.substr(0, whole.size() * eighth / 8));
      const LoadedModel loaded = check_loading(folder);
      // The product's links say nothing in their files; half a YAML text may be a whole one.
      if (file.filename() == "productApiInformation.json" || file.extension() == ".yaml") continue;
      CHECK_FALSE(loaded.model);
      CHECK(std::any_of(loaded.diagnostics.begin(), loaded.diagnostics.end(), [&](const Diagnostic& d) {
        return d.severity == Severity::error && d.code == "SL5001" && d.file == folder.file(file.generic_string());
      }));
    }
    folder.write(file.generic_string(), whole);
  }
  CHECK(check_loading(folder).diagnostics.empty());
}

TEST_CASE("A file that is missing is an error or was not needed", "[model][damage]") {
  TemporaryFolder folder;
  std::filesystem::copy(example, folder.path(), std::filesystem::copy_options::recursive);
  for (const std::filesystem::path& file : files_of(folder.path())) {
    INFO(file);
    const std::string whole = text_of(folder.path() / file);
    std::filesystem::remove(folder.path() / file);
    const LoadedModel loaded = check_loading(folder);
    const std::string name = file.filename().string();
    const bool is_needed = name.find("Information.json") != std::string::npos && name != "productApiInformation.json";
    // Operations that have policies must have come from somewhere.
    const bool has_policies =
        name == "specification.yaml" && std::filesystem::exists(folder.path() / file.parent_path() / "operations");
    CHECK(loaded.diagnostics.has_errors() == (is_needed || has_policies));
    if (name == "specification.yaml") CHECK_FALSE(loaded.diagnostics.empty());
    folder.write(file.generic_string(), whole);
  }
}

TEST_CASE("An API without its specification loses the operations that policies are for", "[model][damage]") {
  TemporaryFolder folder;
  folder.write_api("a").write("apis/a/operations/get-items/policy.xml", "<policies/>");
  std::filesystem::remove(folder.path() / "apis/a/specification.yaml");
  const LoadedModel loaded = load_artifacts(folder.path());
  CHECK(testing::short_forms(loaded.diagnostics, &folder) ==
        "warning SL5008 0:0 apis/a/apiInformation.json\nerror SL5005 0:0 apis/a/operations/get-items\n");
}

TEST_CASE("Bytes that are no text are refused where they stand", "[model][damage]") {
  TemporaryFolder folder;
  folder.write_api("a");
  folder.write("apis/a/apiInformation.json", "{\"properties\": {\"path\": \"\xC3\x28\"}}");
  folder.write("apis/a/specification.yaml", std::string("openapi: 3.0.0\npaths: {\0}\n", 25));
  folder.write("backends/b/backendInformation.json", std::string(64, '\0'));
  const LoadedModel loaded = load_artifacts(folder.path());
  CHECK_FALSE(loaded.model);
  CHECK(testing::short_forms(loaded.diagnostics, &folder, Severity::error)
            .find("error SL5001 1:26 apis/a/apiInformation.json\n") == 0);
}

TEST_CASE("Every code of the model is produced by one damaged folder, in one go", "[model][damage]") {
  TemporaryFolder folder;
  folder.write_api("twin")
      .write_api("twin-two")
      .write("apis/twin-two/apiInformation.json", R"({"properties": {"path": "twin"}})");
  folder.write("apis/wsdl/apiInformation.json", R"({"properties": {"path": "wsdl", "extra": 1}})")
      .write("apis/wsdl/specification.wsdl", "");
  folder.write("backends/a/backendInformation.json", "{");
  folder.write("backends/b/backendInformation.json", R"({"properties": {}})");
  folder.write("backends/c/backendInformation.json", R"({"properties": {"url": 1}})");
  folder.write("backends/p/backendInformation.json",
               R"({"properties": {"type": "Pool", "pool": {"services": [{"id": "p"}]}}})");
  std::filesystem::create_directories(folder.path() / "products/x");
  folder.write("subscriptions/s/subscriptionInformation.json", R"({"properties": {"scope": "/products/none"}})");
  const LoadedModel loaded = load_artifacts(folder.path());
  CHECK_FALSE(loaded.model);
  std::set<std::string> codes;
  for (const Diagnostic& diagnostic : loaded.diagnostics) codes.insert(diagnostic.code);
  for (const DiagnosticCode& code : diagnostic_codes()) {
    INFO(code.code);
    if (code.code.substr(0, 3) == "SL5") CHECK(codes.count(std::string(code.code)) == 1);
  }
}

TEST_CASE("Findings are sorted by file and place", "[model][damage]") {
  TemporaryFolder folder;
  folder.write("backends/z/backendInformation.json", "{")
      .write("apis/a/apiInformation.json", "{")
      .write("groups/g/groupInformation.json", "{");
  const LoadedModel loaded = load_artifacts(folder.path());
  CHECK(std::is_sorted(loaded.diagnostics.begin(), loaded.diagnostics.end(),
                       [](const Diagnostic& a, const Diagnostic& b) { return a.file < b.file; }));
}
