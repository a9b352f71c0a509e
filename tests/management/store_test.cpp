// SPDX-License-Identifier: Apache-2.0
#include "management/store.hpp"

#include "management/folder_writer.hpp"
#include "management/service.hpp"

#include <sys/stat.h>

#include <fstream>
#include <iterator>

using namespace sluice;
using management::Answer;
using test::answering;
using test::policy;
using test::resource;
using test::Service;
using test::text_at;

namespace fs = std::filesystem;

namespace {

std::string text_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// All files of a folder with their texts, hidden ones too.
std::map<std::string, std::string> files_of(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file())
      files[entry.path().lexically_relative(folder).generic_string()] = text_of(entry.path());
  }
  return files;
}

}  // namespace

TEST_CASE("Without write-back the folder stays as it is, and a reload keeps the changes", "[management][store]") {
  Service service;
  service.folder.write_api("old");
  service.load();
  const auto before = files_of(service.folder.path());
  service.make_shop();
  service.done("DELETE", "apis/old");
  CHECK(files_of(service.folder.path()) == before);
  CHECK(service.interface().unwritten() > 0);
  service.folder.write_api("later");
  service.load();
  CHECK(service.get("http://gw/shop/items") == "200 items");
  CHECK(service.call("GET", "apis/old").status == 404);
  CHECK(service.call("GET", "apis/later").status == 200);
}

TEST_CASE("What is written back reads as the same service", "[management][store]") {
  Service service(true);
  service.load().make_shop();
  service.done("PUT", "namedValues/word", resource(R"("displayName":"word","value":"w","secret":true)"));
  service.done("PUT", "policyFragments/f", policy("<fragment><set-status code=\"200\" /></fragment>"));
  service.done("PUT", "apiVersionSets/v", resource(R"("displayName":"v","versioningScheme":"Segment")"));
  service.done("PUT", "products/p", resource(R"("displayName":"p")"));
  service.done("PUT", "products/p/apis/shop");
  service.done("PUT", "subscriptions/s", resource(R"("scope":"/products/p","displayName":"S","state":"active")"));
  CHECK(service.interface().unwritten() == 0);
  const fs::path& folder = service.folder.path();
  CHECK(fs::exists(folder / "named values/word/namedValueInformation.json"));
  CHECK(fs::exists(folder / "policy fragments/f/policy.xml"));
  CHECK(fs::exists(folder / "version sets/v/versionSetInformation.json"));
  CHECK(fs::exists(folder / "products/p/apis/shop/productApiInformation.json"));
  CHECK(text_of(folder / "apis/shop/policy.xml") == answering("items"));
  for (const auto& [name, text] : files_of(folder)) CHECK(name.find(".sluice") == std::string::npos);

  const LoadedModel again = load_artifacts(folder);
  INFO(testing::rendered(again.diagnostics));
  REQUIRE(again.model);
  CHECK(again.model->apis.at(0).operations.at(0).url_template == "/items");
  CHECK(again.model->named_values.at(0).value == "w");
  CHECK(again.model->products.at(0).api_ids == std::vector<std::string>{"shop"});
  const Answer keys = service.call("POST", "subscriptions/s/listSecrets");
  CHECK(again.model->subscriptions.at(0).primary_key == text_at(keys, "primaryKey"));
  service.load();
  CHECK(service.get("http://gw/shop/items", text_at(keys, "primaryKey")) == "200 items");
}

TEST_CASE("Deletions are written back, and folders keep the spelling they have", "[management][store]") {
  Service service(true);
  service.folder.write_api("a").write_api("b");
  service.folder.write("namedValues/x/namedValueInformation.json", R"({"properties":{"displayName":"x","value":"1"}})");
  service.folder.write("apis/a/operations/get-items/policy.xml", answering("t"));
  service.load();
  service.done("DELETE", "apis/a");
  service.done("PUT", "namedValues/y", resource(R"("displayName":"y","value":"2")"));
  service.done("PATCH", "namedValues/X", resource(R"("value":"3")"));
  CHECK_FALSE(fs::exists(service.folder.path() / "apis/a"));
  CHECK(fs::exists(service.folder.path() / "apis/b"));
  CHECK(fs::exists(service.folder.path() / "namedValues/y/namedValueInformation.json"));
  CHECK_FALSE(fs::exists(service.folder.path() / "named values"));
  CHECK(text_of(service.folder.path() / "namedValues/x/namedValueInformation.json").find("\"3\"") != std::string::npos);
}

TEST_CASE("A refused change leaves the folder as it is", "[management][store]") {
  Service service(true);
  service.load().make_shop();
  const auto before = files_of(service.folder.path());
  CHECK(service.call("PUT", "apis/shop/policies/policy", policy("<policies><inbound><nothing /></inbound></policies>"))
            .status == 400);
  CHECK(service.call("PUT", "products/p", resource("")).status == 400);
  CHECK(files_of(service.folder.path()) == before);
  CHECK(service.interface().unwritten() == 0);
}

TEST_CASE("A folder that cannot be written refuses the change, and nothing has changed", "[management][store]") {
  Service service(true);
  service.load().make_shop();
  fs::rename(service.folder.path(), service.folder.path().string() + ".away");
  const Answer answer = service.call("PUT", "groups/g", resource(R"("displayName":"g")"));
  fs::rename(service.folder.path().string() + ".away", service.folder.path());
  CHECK(answer.status == 500);
  CHECK(text_at(answer, "error.code") == "WriteBackFailed");
  CHECK(answer.body.find(service.folder.path().string()) == std::string::npos);
  CHECK(service.call("GET", "groups/g").status == 404);
  service.done("PUT", "groups/g", resource(R"("displayName":"g")"));
}

TEST_CASE("A change that is in force and could not be put in place is written with the next", "[management][store]") {
  Service service(true);
  service.load().make_shop();
  // The temporary file can be made, its place cannot: a file stands where a folder has to be.
  service.folder.write("groups", "a file");
  const Answer answer = service.call("PUT", "groups/g", resource(R"("displayName":"g")"));
  CHECK(answer.status == 500);
  CHECK(service.call("GET", "groups/g").status == 200);
  CHECK(service.interface().unwritten() == 1);
  fs::remove(service.folder.path() / "groups");
  service.done("PUT", "groups/h", resource(R"("displayName":"h")"));
  CHECK(fs::exists(service.folder.path() / "groups/g/groupInformation.json"));
  CHECK(service.interface().unwritten() == 0);
}

TEST_CASE("A reload of a folder that has errors goes on with what was there", "[management][store]") {
  Service service;
  service.load().make_shop();
  service.folder.write("policy.xml", "<policies>");
  CHECK(service.interface().reload().has_errors());
  CHECK(service.get("http://gw/shop/items") == "200 items");
  CHECK(service.call("PUT", "groups/g", resource(R"("displayName":"g")")).status == 400);
  service.done("PUT", "policies/policy", policy("<policies><inbound /></policies>"));
}

TEST_CASE("New files are their owner's alone, replaced ones keep who may read them", "[management][store]") {
  Service service(true);
  service.folder.write("groups/g/groupInformation.json", R"({"properties":{"displayName":"g"}})");
  ::chmod(service.folder.file("groups/g/groupInformation.json").c_str(), 0644);
  service.load();
  service.done("PATCH", "groups/g", resource(R"("displayName":"h")"));
  service.done("PUT", "groups/new", resource(R"("displayName":"n")"));
  const auto mode = [&](const char* file) {
    return fs::status(service.folder.path() / file).permissions() & fs::perms::all;
  };
  CHECK(mode("groups/g/groupInformation.json") == static_cast<fs::perms>(0644));
  CHECK(mode("groups/new/groupInformation.json") == static_cast<fs::perms>(0600));
}

TEST_CASE("A folder that is a link is not followed when it is removed", "[management][store][threats]") {
  Service service(true);
  testing::TemporaryFolder other;
  other.write("apiInformation.json", R"({"properties":{"path":"linked","displayName":"linked"}})");
  fs::create_directories(service.folder.path() / "apis");
  fs::create_directory_symlink(other.path(), service.folder.path() / "apis/linked");
  service.load();
  service.done("DELETE", "apis/linked");
  CHECK_FALSE(fs::exists(fs::symlink_status(service.folder.path() / "apis/linked")));
  CHECK(fs::exists(other.path() / "apiInformation.json"));
}

TEST_CASE("What was prepared and not put in place is taken away", "[management][store]") {
  testing::TemporaryFolder folder;
  {
    management::FolderWriter writer(folder.path());
    REQUIRE(writer.prepare({{folder.path() / "a/b", std::make_shared<const std::string>("x")}}));
    CHECK_FALSE(fs::is_empty(folder.path()));
  }
  CHECK(fs::is_empty(folder.path()));
}
