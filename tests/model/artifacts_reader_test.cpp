// SPDX-License-Identifier: Apache-2.0
#include "model/artifacts_reader.hpp"

#include "model/support/folder.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>

using namespace sluice;
using testing::TemporaryFolder;

namespace {

std::string findings(const TemporaryFolder& folder, const LoadedModel& loaded, Severity least = Severity::warning) {
  return testing::short_forms(loaded.diagnostics, &folder, least);
}

}  // namespace

TEST_CASE("An empty folder is a service without anything", "[model][unit]") {
  const TemporaryFolder folder;
  const LoadedModel loaded = load_artifacts(folder.path());
  REQUIRE(loaded.model);
  CHECK(loaded.diagnostics.empty());
  CHECK(loaded.model->folder == folder.path().generic_string());
  CHECK(loaded.model->apis.empty());
}

TEST_CASE("A folder that is not there is an error", "[model][unit]") {
  const TemporaryFolder folder;
  const LoadedModel loaded = load_artifacts(folder.path() / "nowhere");
  CHECK_FALSE(loaded.model);
  CHECK(findings(folder, loaded) == "error SL5008 0:0 nowhere\n");
}

TEST_CASE("The policy of the service is policy.xml at the top", "[model][unit]") {
  TemporaryFolder folder;
  folder.write("policy.xml", "<policies/>");
  const LoadedModel loaded = load_artifacts(folder.path());
  REQUIRE(loaded.model);
  REQUIRE(loaded.model->policy);
  CHECK(loaded.model->policy->text == "<policies/>");
  CHECK(loaded.model->policy->file == folder.file("policy.xml"));
}

TEST_CASE("XML files of other names are warned of, because they have no effect", "[model][unit]") {
  TemporaryFolder folder;
  folder.write("Policy.XML", "<policies/>").write_api("a").write("apis/a/policies.xml", "<policies/>");
  const LoadedModel loaded = load_artifacts(folder.path());
  REQUIRE(loaded.model);
  CHECK_FALSE(loaded.model->policy);
  CHECK(findings(folder, loaded) == "warning SL5008 0:0 Policy.XML\nwarning SL5008 0:0 apis/a/policies.xml\n");
}

TEST_CASE("Folders of entities are known by their usual spellings", "[model][unit]") {
  const std::string name = GENERATE("named values", "namedValues", "named-values", "Named_Values", "NamedValues");
  TemporaryFolder folder;
  folder.write(name + "/x/namedValueInformation.json", R"({"properties": {"displayName": "x", "value": "1"}})");
  const LoadedModel loaded = load_artifacts(folder.path());
  REQUIRE(loaded.model);
  REQUIRE(loaded.model->named_values.size() == 1);
  CHECK(loaded.model->named_values[0].value == "1");
  CHECK(findings(folder, loaded) == "");
}

TEST_CASE("Version sets and fragments are known by their usual spellings", "[model][unit]") {
  const auto [sets, fragments] = GENERATE(table<std::string, std::string>(
      {{"version sets", "policy fragments"}, {"versionSets", "policyFragments"}, {"apiVersionSets", "fragments"}}));
  TemporaryFolder folder;
  folder.write(
      sets + "/v/versionSetInformation.json",
      R"({"properties": {"displayName": "v", "versioningScheme": "header", "versionHeaderName": "Api-Version"}})");
  folder.write(fragments + "/f/policy.xml", "<fragment/>");
  const LoadedModel loaded = load_artifacts(folder.path());
  REQUIRE(loaded.model);
  REQUIRE(loaded.model->version_sets.size() == 1);
  CHECK(loaded.model->version_sets[0].scheme == VersioningScheme::header);
  CHECK(loaded.model->version_sets[0].version_header_name == "Api-Version");
  REQUIRE(loaded.model->fragments.size() == 1);
  CHECK(loaded.model->fragments[0].policy.text == "<fragment/>");
}

TEST_CASE("A folder of an unknown name is warned of, with the name that was meant", "[model][unit]") {
  TemporaryFolder folder;
  folder.write("backend/x/backendInformation.json", "{}");
  const LoadedModel loaded = load_artifacts(folder.path());
  CHECK(loaded.model);
  REQUIRE(loaded.diagnostics.size() == 1);
  CHECK(findings(folder, loaded) == "warning SL5004 0:0 backend\n");
  CHECK(loaded.diagnostics[0].hint == "did you mean 'backends'?");
}

TEST_CASE("Hidden files and folders are left out", "[model][unit]") {
  TemporaryFolder folder;
  folder.write(".git/config", "x").write("apis/.DS_Store", "x").write("apis/..data/apiInformation.json", "{");
  const LoadedModel loaded = load_artifacts(folder.path());
  CHECK(loaded.model);
  CHECK(loaded.diagnostics.empty());
}

TEST_CASE("A folder of symbolic links, as a mounted volume has, is read", "[model][unit]") {
  TemporaryFolder folder;
  folder.write("..data/policy.xml", "<policies/>");
  std::filesystem::create_symlink("..data/policy.xml", folder.path() / "policy.xml");
  const LoadedModel loaded = load_artifacts(folder.path());
  REQUIRE(loaded.model);
  CHECK(loaded.model->policy);
}

TEST_CASE("Every mistake of a folder is reported in one go, with line and column", "[model][unit]") {
  TemporaryFolder folder;
  folder.write("apis/broken/apiInformation.json", "{\n  \"properties\": {\n    \"path\": oops\n  }\n}\n");
  folder.write("apis/broken/specification.json", "{\"openapi\": \"3.0.0\"");
  folder.write("apis/half/specification.yaml", TemporaryFolder::items_specification());
  folder.write("backends/b/backendInformation.json", "{\"properties\": {\n  \"url\": 7}}");
  folder.write("products/p/productInformation.json", "{\"properties\": {}}");
  folder.write("products/p/apis/missing/productApiInformation.json", "{}");
  folder.write("subscriptions/s/subscriptionInformation.json", "{\"properties\": {\"scope\": \"/nowhere\"}}");
  const LoadedModel loaded = load_artifacts(folder.path());
  CHECK_FALSE(loaded.model);
  CHECK(findings(folder, loaded, Severity::error) ==
        "error SL5001 3:13 apis/broken/apiInformation.json\n"
        "error SL5001 1:20 apis/broken/specification.json\n"
        "error SL5008 0:0 apis/half/apiInformation.json\n"
        "error SL5003 2:10 backends/b/backendInformation.json\n"
        "error SL5005 0:0 products/p/apis/missing\n"
        "error SL5002 1:16 products/p/productInformation.json\n"
        "error SL5003 1:26 subscriptions/s/subscriptionInformation.json\n");
}

TEST_CASE("A file that may not be read is reported", "[model][unit]") {
  if (::geteuid() == 0) return;  // For whom every file may be read.
  TemporaryFolder folder;
  folder.write("policy.xml", "<policies/>");
  std::filesystem::permissions(folder.path() / "policy.xml", std::filesystem::perms::none);
  const LoadedModel loaded = load_artifacts(folder.path());
  CHECK_FALSE(loaded.model);
  CHECK(findings(folder, loaded) == "error SL1001 0:0 policy.xml\n");
}

TEST_CASE("A link to nowhere is reported", "[model][unit]") {
  TemporaryFolder folder;
  std::filesystem::create_symlink("nowhere.xml", folder.path() / "policy.xml");
  const LoadedModel loaded = load_artifacts(folder.path());
  CHECK_FALSE(loaded.model);
  CHECK(findings(folder, loaded) == "error SL1001 0:0 policy.xml\n");
}

TEST_CASE("A pipe in the place of a file is reported and not waited for", "[model][unit]") {
  TemporaryFolder folder;
  REQUIRE(::mkfifo(folder.file("policy.xml").c_str(), 0600) == 0);
  const LoadedModel loaded = load_artifacts(folder.path());
  CHECK_FALSE(loaded.model);
  CHECK(findings(folder, loaded) == "error SL1001 0:0 policy.xml\n");
}

TEST_CASE("A file that is too large is not read", "[model][limits]") {
  TemporaryFolder folder;
  folder.write("policy.xml", std::string(101, ' '));
  model::ReadBounds bounds;
  bounds.policy_bytes = 100;
  CHECK(findings(folder, model::read_artifacts(folder.path(), bounds)) == "error SL9001 0:0 policy.xml\n");
  bounds.policy_bytes = 101;
  CHECK(model::read_artifacts(folder.path(), bounds).model);
}

TEST_CASE("Information files and specifications have bounds of their own", "[model][limits]") {
  TemporaryFolder folder;
  folder.write_api("a");
  model::ReadBounds bounds;
  bounds.information_bytes = 10;
  CHECK(findings(folder, model::read_artifacts(folder.path(), bounds)) ==
        "error SL9001 0:0 apis/a/apiInformation.json\n");
  bounds = {};
  bounds.specification_bytes = 10;
  CHECK(findings(folder, model::read_artifacts(folder.path(), bounds)) ==
        "error SL9001 0:0 apis/a/specification.yaml\n");
}

TEST_CASE("All files together have a bound", "[model][limits]") {
  TemporaryFolder folder;
  folder.write("policy.xml", std::string(60, ' ')).write("policy fragments/f/policy.xml", std::string(60, ' '));
  model::ReadBounds bounds;
  bounds.total_bytes = 100;
  const LoadedModel loaded = model::read_artifacts(folder.path(), bounds);
  CHECK(findings(folder, loaded) == "error SL9001 0:0 policy fragments/f/policy.xml\n");
}

TEST_CASE("Files and folders are counted, and the count is reported once", "[model][limits]") {
  TemporaryFolder folder;
  for (int i = 0; i < 20; ++i) folder.write("tags/" + std::to_string(i), "").write("x" + std::to_string(i), "");
  model::ReadBounds bounds;
  bounds.entries = 5;
  const LoadedModel loaded = model::read_artifacts(folder.path(), bounds);
  CHECK_FALSE(loaded.model);
  REQUIRE(loaded.diagnostics.size() >= 1);
  std::size_t counted = 0;
  for (const Diagnostic& diagnostic : loaded.diagnostics) counted += diagnostic.code == "SL9001" ? 1 : 0;
  CHECK(counted == 1);
}

TEST_CASE("Folders below the layout are not walked, however deep they are", "[model][limits]") {
  TemporaryFolder folder;
  std::string deep = "apis/a/operations/get-items";
  for (int i = 0; i < 60; ++i) deep += "/d";
  folder.write_api("a").write(deep + "/policy.xml", "");
  std::filesystem::create_directory_symlink(folder.path(), folder.path() / "apis/a/operations/get-items/loop");
  const LoadedModel loaded = load_artifacts(folder.path());
  CHECK(loaded.model);
  CHECK(findings(folder, loaded) == "");
}
