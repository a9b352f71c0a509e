// SPDX-License-Identifier: Apache-2.0
// Products, subscriptions, named values, fragments, version sets, users and groups.
#include <sluice/model.hpp>

#include "model/support/folder.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using testing::TemporaryFolder;

namespace {

std::string findings(const TemporaryFolder& folder, Severity least = Severity::warning) {
  return testing::short_forms(load_artifacts(folder.path()).diagnostics, &folder, least);
}

Subscription subscription(const std::string& fields) {
  TemporaryFolder folder;
  folder.write("subscriptions/s/subscriptionInformation.json", "{\"properties\": {" + fields + "}}");
  const LoadedModel loaded = load_artifacts(folder.path());
  INFO(testing::rendered(loaded.diagnostics));
  REQUIRE(loaded.model);
  return loaded.model->subscriptions.at(0);
}

}  // namespace

TEST_CASE("A product has the defaults of the service", "[model][unit]") {
  TemporaryFolder folder;
  folder.write("products/p/productInformation.json", R"({"properties": {"displayName": "P"}})");
  const LoadedModel loaded = load_artifacts(folder.path());
  REQUIRE(loaded.model);
  const Product& product = loaded.model->products.at(0);
  CHECK(product.id == "p");
  CHECK(product.display_name == "P");
  CHECK(product.subscription_required);
  CHECK_FALSE(product.approval_required);
  CHECK_FALSE(product.subscriptions_limit);
  CHECK(product.file == folder.file("products/p/productInformation.json"));
}

TEST_CASE("What a product holds stands in folders or in lists", "[model][unit]") {
  TemporaryFolder folder;
  folder.write("products/p/productInformation.json",
               R"({"properties": {"displayName": "P", "state": "notPublished", "subscriptionsLimit": 5}})");
  folder.write("products/p/policy.xml", "<policies/>");
  SECTION("folders") {
    folder.write("products/p/apis/a/productApiInformation.json", "{}").write("products/p/apis/b;rev=2/x.json", "{}");
    folder.write("products/p/groups/developers/productGroupInformation.json", "{}");
  }
  SECTION("lists of objects") {
    folder.write("products/p/apis.json", R"([{"name": "a"}, {"name": "b"}, {"name": "a"}])");
    folder.write("products/p/groups.json", R"([{"name": "developers"}])");
  }
  SECTION("lists of names") {
    folder.write("products/p/apis.json", R"(["a", "/apis/b"])").write("products/p/groups.json", R"(["developers"])");
  }
  const LoadedModel loaded = load_artifacts(folder.path());
  INFO(testing::rendered(loaded.diagnostics));
  REQUIRE(loaded.model);
  const Product& product = loaded.model->products.at(0);
  CHECK(product.api_ids == std::vector<std::string>{"a", "b"});
  CHECK(product.group_ids == std::vector<std::string>{"developers"});
  CHECK_FALSE(product.published);
  CHECK(product.subscriptions_limit == 5);
  CHECK(product.policy);
}

TEST_CASE("A list that is none is an error", "[model][unit]") {
  TemporaryFolder folder;
  folder.write("products/p/productInformation.json", R"({"properties": {"displayName": "P"}})");
  folder.write("products/p/apis.json", R"({"name": "a"})").write("products/p/groups.json", "[7]");
  CHECK(findings(folder, Severity::error) ==
        "error SL5003 1:1 products/p/apis.json\n"
        "error SL5003 1:2 products/p/groups.json\n");
}

TEST_CASE("The scope of a subscription is an id below the service or a whole one", "[model][unit]") {
  const std::string arm = "/subscriptions/1/resourceGroups/r/providers/Microsoft.ApiManagement/service/s";
  const auto [scope, kind, id] = GENERATE_COPY(table<std::string, SubscriptionScope, std::string>({
      {"/products/p", SubscriptionScope::product, "p"},
      {"/apis/a", SubscriptionScope::api, "a"},
      {"/apis/a;rev=2", SubscriptionScope::api, "a"},
      {"apis/a/", SubscriptionScope::api, "a"},
      {"/apis", SubscriptionScope::all_apis, ""},
      {"/", SubscriptionScope::all_apis, ""},
      {arm + "/products/p", SubscriptionScope::product, "p"},
      {arm + "/apis", SubscriptionScope::all_apis, ""},
      {arm + "/apis/a", SubscriptionScope::api, "a"},
      {arm, SubscriptionScope::all_apis, ""},
  }));
  const Subscription read = subscription("\"scope\": \"" + scope + "\"");
  CHECK(read.scope == kind);
  CHECK(read.scope_id == id);
}

TEST_CASE("A scope of another form is an error, and opens nothing", "[model][unit]") {
  const std::string scope = GENERATE("/groups/g", "/products", "/apis/a/operations/o", "/products/", "x");
  TemporaryFolder folder;
  folder.write("subscriptions/s/subscriptionInformation.json", R"({"properties": {"scope": ")" + scope + R"("}})");
  const LoadedModel loaded = load_artifacts(folder.path());
  CHECK_FALSE(loaded.model);
  CHECK(testing::short_forms(loaded.diagnostics) == "error SL5003 1:26\n");
}

TEST_CASE("All fields of a subscription are read", "[model][unit]") {
  const Subscription read = subscription(R"("displayName": "S", "scope": "/apis", "ownerId": "/users/u1",
    "state": "suspended", "primaryKey": "k1", "secondaryKey": "k2", "allowTracing": true, "createdDate": "2026-01-01T00:00:00Z",
    "startDate": "2026-01-02T00:00:00Z", "endDate": "2027-01-01T00:00:00Z", "expirationDate": null)");
  CHECK(read.display_name == "S");
  CHECK(read.owner_id == "u1");
  CHECK(read.state == SubscriptionState::suspended);
  CHECK(read.primary_key == "k1");
  CHECK(read.secondary_key == "k2");
  CHECK(read.allow_tracing);
  CHECK(read.created_date == "2026-01-01T00:00:00Z");
  CHECK(read.start_date == "2026-01-02T00:00:00Z");
  CHECK(read.end_date == "2027-01-01T00:00:00Z");
}

TEST_CASE("A subscription without a state is active", "[model][unit]") {
  CHECK(subscription(R"("scope": "/apis")").state == SubscriptionState::active);
}

TEST_CASE("No finding about a subscription shows its keys", "[model][unit]") {
  TemporaryFolder folder;
  const std::string text = GENERATE(R"({"properties": {"scope": "/apis", "primaryKey": "hush", "secondaryKey": 4711}})",
                                    R"({"properties": {"scope": "/apis", "primaryKey": "hush",, }})",
                                    R"({"properties": {"primaryKey": "hush", "primaryKeys": "4711"}})");
  folder.write("subscriptions/s/subscriptionInformation.json", text);
  const LoadedModel loaded = load_artifacts(folder.path());
  REQUIRE_FALSE(loaded.diagnostics.empty());
  const std::string shown = testing::rendered(loaded.diagnostics);
  CHECK(shown.find("hush") == std::string::npos);
  CHECK(shown.find("4711") == std::string::npos);
}

TEST_CASE("A subscription whose file is missing is not there at all", "[model][unit]") {
  TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "subscriptions/s");
  CHECK(findings(folder) == "error SL5008 0:0 subscriptions/s/subscriptionInformation.json\n");
}

TEST_CASE("Named values are known by their display name", "[model][unit]") {
  TemporaryFolder folder;
  folder.write("named values/id-1/namedValueInformation.json",
               R"({"properties": {"displayName": "host", "value": "x.test", "tags": ["t"], "secret": false}})");
  const LoadedModel loaded = load_artifacts(folder.path());
  REQUIRE(loaded.model);
  const NamedValue& value = loaded.model->named_values.at(0);
  CHECK(value.id == "id-1");
  CHECK(value.display_name == "host");
  CHECK(value.value == "x.test");
  CHECK_FALSE(value.secret);
}

TEST_CASE("Only secrets may come without a value", "[model][unit]") {
  TemporaryFolder folder;
  SECTION("a secret") {
    folder.write("named values/s/namedValueInformation.json",
                 R"({"properties": {"displayName": "s", "secret": true}})");
    CHECK(findings(folder) == "");
  }
  SECTION("one from a key vault") {
    folder.write("named values/s/namedValueInformation.json",
                 R"({"properties": {"displayName": "s", "keyVault": {"secretIdentifier": "https://v/secrets/s"}}})");
    const LoadedModel loaded = load_artifacts(folder.path());
    REQUIRE(loaded.model);
    CHECK(loaded.model->named_values[0].secret);
  }
  SECTION("another") {
    folder.write("named values/s/namedValueInformation.json", R"({"properties": {"displayName": "s"}})");
    CHECK(findings(folder) == "error SL5002 1:16 named values/s/namedValueInformation.json\n");
  }
}

TEST_CASE("A fragment needs its document and may do without its information", "[model][unit]") {
  TemporaryFolder folder;
  folder.write("policy fragments/a/policyFragmentInformation.json", R"({"properties": {"description": "d"}})");
  folder.write("policy fragments/b/policy.xml", "<fragment/>");
  CHECK(findings(folder) == "error SL5008 0:0 policy fragments/a/policy.xml\n");
  folder.write("policy fragments/a/policy.xml", "<fragment/>");
  const LoadedModel loaded = load_artifacts(folder.path());
  REQUIRE(loaded.model);
  CHECK(loaded.model->fragments.at(0).description == "d");
  CHECK(loaded.model->fragments.at(1).id == "b");
}

TEST_CASE("A version set says where callers name the version", "[model][unit]") {
  const auto [fields, expected] = GENERATE(table<std::string, std::string>({
      {R"("versioningScheme": "Segment")", ""},
      {R"("versioningScheme": "Query", "versionQueryName": "v")", ""},
      {R"("versioningScheme": "Query")", "error SL5002 1:16\n"},
      {R"("versioningScheme": "Header")", "error SL5002 1:16\n"},
      {R"("versioningScheme": "Cookie")", "error SL5003 1:37\n"},
      {R"("displayName": "v")", "error SL5002 1:16\n"},
  }));
  TemporaryFolder folder;
  folder.write("version sets/v/versionSetInformation.json", "{\"properties\": {" + fields + "}}");
  CHECK(testing::short_forms(load_artifacts(folder.path()).diagnostics) == expected);
}

TEST_CASE("Users and groups are read with what joins them", "[model][unit]") {
  TemporaryFolder folder;
  folder.write("users/u/userInformation.json",
               R"({"properties": {"email": "a@b.test", "firstName": "A", "lastName": "B", "note": "n",
                   "registrationDate": "2026-01-01", "groups": ["/groups/g1"], "identities": [{"provider": "Aad", "id": "7"}]}})");
  folder.write("users/u/groups/g2/x.json", "{}");
  folder.write("groups/g1/groupInformation.json", R"({"properties": {"displayName": "G 1", "type": "custom"}})");
  const LoadedModel loaded = load_artifacts(folder.path());
  INFO(testing::rendered(loaded.diagnostics));
  REQUIRE(loaded.model);
  const User& user = loaded.model->users.at(0);
  CHECK(user.email == "a@b.test");
  CHECK(user.first_name == "A");
  CHECK(user.last_name == "B");
  CHECK(user.note == "n");
  CHECK(user.registration_date == "2026-01-01");
  CHECK(user.group_ids == std::vector<std::string>{"g1", "g2"});
  CHECK(user.identities.at(0).provider == "Aad");
  CHECK(user.identities.at(0).id == "7");
  CHECK(loaded.model->groups.at(0).display_name == "G 1");
}

TEST_CASE("An information file without properties is an error", "[model][unit]") {
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"{}", "error SL5002 1:1\n"},
      {"{\"displayName\": \"x\"}", "error SL5002 1:1\n"},
      {"{\"properties\": []}", "error SL5003 1:16\n"},
      {"[]", "error SL5003 1:1\n"},
      {"", "error SL5001 1:1\n"},
      {"\xFF", "error SL5001 1:1\n"},
  }));
  TemporaryFolder folder;
  folder.write("groups/g/groupInformation.json", text);
  CHECK(testing::short_forms(load_artifacts(folder.path()).diagnostics) == expected);
}
