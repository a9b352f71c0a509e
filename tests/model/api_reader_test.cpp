// SPDX-License-Identifier: Apache-2.0
// apis/<id>: fields, revisions, specifications and the policies of operations.
#include <sluice/model.hpp>

#include "model/support/folder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace sluice;
using testing::TemporaryFolder;

namespace {

/// The API that a folder with this information file holds.
Api read_api(const std::string& fields, std::string* found = nullptr, const std::string& id = "a") {
  TemporaryFolder folder;
  folder.write("apis/" + id + "/apiInformation.json", "{\"properties\": {" + fields + "}}");
  folder.write("apis/" + id + "/specification.yaml", TemporaryFolder::items_specification());
  const LoadedModel loaded = load_artifacts(folder.path());
  if (found != nullptr) *found = testing::short_forms(loaded.diagnostics);
  if (!loaded.model || loaded.model->apis.size() != 1) return {};
  return loaded.model->apis[0];
}

}  // namespace

TEST_CASE("An API has the defaults of the service", "[model][unit]") {
  const Api api = read_api(R"("path": "x")");
  CHECK(api.id == "a");
  CHECK(api.display_name == "a");
  CHECK(api.path == "x");
  CHECK(api.type == ApiType::http);
  CHECK(api.subscription_required);
  CHECK(api.subscription_key_parameter_names.header == "Ocp-Apim-Subscription-Key");
  CHECK(api.subscription_key_parameter_names.query == "subscription-key");
  CHECK(api.revision == "1");
  CHECK(api.is_current);
  CHECK(api.is_online);
  CHECK(api.protocols == std::vector<std::string>{"https"});
  CHECK(api.operations.size() == 1);
}

TEST_CASE("All fields of an API are read", "[model][unit]") {
  std::string found;
  const Api api =
      read_api(R"("displayName": "Shop", "description": "d", "path": "/shop/v1/", "serviceUrl": "https://s.test",
    "type": "HTTP", "subscriptionRequired": false, "protocols": ["http", "HTTPS", "wss"], "apiRevision": "3",
    "isCurrent": false, "isOnline": false, "subscriptionKeyParameterNames": {"header": "X-Key", "query": "key"},
    "apiVersion": "v1", "apiVersionSetId":
    "/subscriptions/0/resourceGroups/r/providers/Microsoft.ApiManagement/service/s/apiVersionSets/shop")",
               &found);
  CHECK(found == "");
  CHECK(api.display_name == "Shop");
  CHECK(api.description == "d");
  CHECK(api.path == "shop/v1");
  CHECK(api.service_url == "https://s.test");
  CHECK_FALSE(api.subscription_required);
  CHECK(api.protocols == std::vector<std::string>{"http", "https", "wss"});
  CHECK(api.revision == "3");
  CHECK_FALSE(api.is_current);
  CHECK_FALSE(api.is_online);
  CHECK(api.subscription_key_parameter_names.header == "X-Key");
  CHECK(api.subscription_key_parameter_names.query == "key");
  CHECK(api.version == "v1");
  CHECK(api.version_set_id == "shop");
}

TEST_CASE("Null fields count as absent", "[model][unit]") {
  const Api api =
      read_api(R"("path": "x", "serviceUrl": null, "isCurrent": null, "subscriptionKeyParameterNames": null)");
  CHECK(api.path == "x");
  CHECK(api.service_url == "");
  CHECK(api.is_current);
}

TEST_CASE("An API may stand at the root, when it says so", "[model][unit]") {
  std::string found;
  CHECK(read_api(R"("path": "")", &found).id == "a");
  CHECK(found == "");
  read_api(R"("displayName": "x")", &found);
  CHECK(found == "error SL5002 1:16\n");
}

TEST_CASE("Fields of a wrong type or value are errors where they stand", "[model][unit]") {
  std::string found;
  const auto [fields, expected] = GENERATE(table<std::string, std::string>({
      {R"("path": 5)", "error SL5003 1:25\n"},
      {R"("path": "x", "type": "rest")", "error SL5003 1:38\n"},
      {R"("path": "x", "subscriptionRequired": "no")", "error SL5003 1:54\n"},
      {R"("path": "x", "protocols": ["ftp"])", "error SL5003 1:44\n"},
      {R"("path": "x", "protocols": "https")", "error SL5003 1:43\n"},
      {R"("path": "x", "subscriptionKeyParameterNames": {"header": "not a name"})", "error SL5003 1:74\n"},
  }));
  read_api(fields, &found);
  CHECK(found == expected);
}

TEST_CASE("An unknown field is mentioned with the one that may be meant", "[model][unit]") {
  TemporaryFolder folder;
  folder.write_api("a", ", \"serviceURL\": \"https://x.test\"");
  const LoadedModel loaded = load_artifacts(folder.path());
  REQUIRE(loaded.model);
  REQUIRE(loaded.diagnostics.size() == 1);
  CHECK(loaded.diagnostics[0].severity == Severity::info);
  CHECK(loaded.diagnostics[0].code == "SL5004");
  CHECK(loaded.diagnostics[0].hint == "did you mean 'serviceUrl'?");
  CHECK(loaded.diagnostics[0].source_line.find("serviceURL") != std::string::npos);
}

TEST_CASE("A field that stands twice is an error", "[model][unit]") {
  std::string found;
  read_api(R"("path": "x", "path": "y")", &found);
  CHECK(found == "error SL5006 1:30\n");
}

TEST_CASE("A folder with ;rev= is a revision that is not current", "[model][unit]") {
  const Api api = read_api(R"("path": "x")", nullptr, "a;rev=2");
  CHECK(api.id == "a");
  CHECK(api.revision == "2");
  CHECK_FALSE(api.is_current);
}

TEST_CASE("A revision's number and its folder must agree", "[model][unit]") {
  std::string found;
  read_api(R"("path": "x", "apiRevision": "3")", &found, "a;rev=2");
  CHECK(found == "error SL5003 1:45\nwarning SL5002 1:45\n");
}

TEST_CASE("Operations get the policies of their folders", "[model][unit]") {
  TemporaryFolder folder;
  folder.write_api("a")
      .write("apis/a/operations/get-items/policy.xml", "<policies/>")
      .write("apis/a/policy.xml", "<policies />");
  const LoadedModel loaded = load_artifacts(folder.path());
  REQUIRE(loaded.model);
  CHECK(loaded.model->apis[0].policy->text == "<policies />");
  REQUIRE(loaded.model->apis[0].operations[0].policy);
  CHECK(loaded.model->apis[0].operations[0].policy->file == folder.file("apis/a/operations/get-items/policy.xml"));
}

TEST_CASE("Folders of operations are found whatever their case", "[model][unit]") {
  TemporaryFolder folder;
  folder.write_api("a").write("apis/a/operations/Get-Items/policy.xml", "<policies/>");
  const LoadedModel loaded = load_artifacts(folder.path());
  REQUIRE(loaded.model);
  CHECK(loaded.model->apis[0].operations[0].policy);
}

TEST_CASE("A policy for an operation that does not exist is an error with the one that may be meant", "[model][unit]") {
  TemporaryFolder folder;
  folder.write_api("a").write("apis/a/operations/get-item/policy.xml", "<policies/>");
  const LoadedModel loaded = load_artifacts(folder.path());
  CHECK_FALSE(loaded.model);
  CHECK(testing::short_forms(loaded.diagnostics, &folder) == "error SL5005 0:0 apis/a/operations/get-item\n");
  CHECK(loaded.diagnostics[0].hint == "did you mean 'get-items'?");
}

TEST_CASE("Where operations are not all known, a policy too many is only warned of", "[model][unit]") {
  TemporaryFolder folder;
  folder.write("apis/a/apiInformation.json", R"({"properties": {"path": "a"}})")
      .write("apis/a/specification.wsdl", "<definitions/>")
      .write("apis/a/operations/x/policy.xml", "<policies/>");
  const LoadedModel loaded = load_artifacts(folder.path());
  CHECK(loaded.model);
  CHECK(testing::short_forms(loaded.diagnostics, &folder) ==
        "warning SL5005 0:0 apis/a/operations/x\nwarning SL5009 0:0 apis/a/specification.wsdl\n");
}

TEST_CASE("SOAP and GraphQL APIs pass every POST through", "[model][unit]") {
  const std::string type = GENERATE("soap", "graphql");
  TemporaryFolder folder;
  folder.write("apis/a/apiInformation.json", R"({"properties": {"path": "a", "type": ")" + type + R"("}})");
  SECTION("with a specification of their own") { folder.write("apis/a/specification." + type, "x"); }
  SECTION("and without") {}
  const LoadedModel loaded = load_artifacts(folder.path());
  REQUIRE(loaded.model);
  REQUIRE(loaded.model->apis[0].operations.size() == 1);
  CHECK(loaded.model->apis[0].operations[0].id == type);
  CHECK(loaded.model->apis[0].operations[0].method == "POST");
  CHECK(loaded.model->apis[0].operations[0].url_template == "/*");
}

TEST_CASE("A WebSocket API has the handshake for its one operation", "[model][unit]") {
  TemporaryFolder folder;
  folder
      .write(
          "apis/a/apiInformation.json",
          R"({"properties": {"path": "a", "type": "websocket", "serviceUrl": "wss://b.test/x", "protocols": ["wss"]}})")
      .write("apis/a/operations/onHandshake/policy.xml", "<policies/>");
  const LoadedModel loaded = load_artifacts(folder.path());
  REQUIRE(loaded.model);
  REQUIRE(loaded.model->apis[0].operations.size() == 1);
  const Operation& operation = loaded.model->apis[0].operations[0];
  CHECK(operation.id == "onHandshake");
  CHECK(operation.method == "GET");
  CHECK(operation.url_template == "/*");
  CHECK(operation.policy.has_value());
}

TEST_CASE("A WebSocket API has no other operation", "[model][unit]") {
  TemporaryFolder folder;
  folder.write("apis/a/apiInformation.json", R"({"properties": {"path": "a", "type": "websocket"}})")
      .write("apis/a/operations/get/policy.xml", "<policies/>");
  CHECK_FALSE(load_artifacts(folder.path()).model);
}

TEST_CASE("An API without specification has no operations, and that is warned of", "[model][unit]") {
  TemporaryFolder folder;
  folder.write("apis/a/apiInformation.json", R"({"properties": {"path": "a"}})");
  const LoadedModel loaded = load_artifacts(folder.path());
  REQUIRE(loaded.model);
  CHECK(loaded.model->apis[0].operations.empty());
  CHECK(testing::short_forms(loaded.diagnostics, &folder) == "warning SL5008 0:0 apis/a/apiInformation.json\n");
}

TEST_CASE("Of two specifications the first counts and the other is warned of", "[model][unit]") {
  TemporaryFolder folder;
  folder.write_api("a").write("apis/a/specification.yml", "openapi: 3.0.1\npaths: {}\n");
  const LoadedModel loaded = load_artifacts(folder.path());
  REQUIRE(loaded.model);
  CHECK(loaded.model->apis[0].operations.size() == 1);
  CHECK(testing::short_forms(loaded.diagnostics, &folder) == "warning SL5006 0:0 apis/a/specification.yml\n");
}

TEST_CASE("A GraphQL API keeps its schema", "[model][unit]") {
  TemporaryFolder folder;
  folder.write("apis/a/apiInformation.json", R"({"properties": {"path": "a", "type": "graphql"}})")
      .write("apis/a/specification.graphql", "type Query { a: Int }");
  const LoadedModel loaded = load_artifacts(folder.path());
  REQUIRE(loaded.model);
  const Api& api = loaded.model->apis[0];
  REQUIRE(api.schemas.size() == 1);
  CHECK(api.schemas[0].kind == Schema::Kind::graphql);
  CHECK(api.schemas[0].text == "type Query { a: Int }");
  CHECK(api.schemas[0].file.ends_with("apis/a/specification.graphql"));
  CHECK(testing::short_forms(loaded.diagnostics, &folder, Severity::info) ==
        "info SL5009 0:0 apis/a/specification.graphql\n");
}

TEST_CASE("A GraphQL schema of another API is warned of", "[model][unit]") {
  TemporaryFolder folder;
  folder.write("apis/a/apiInformation.json", R"({"properties": {"path": "a"}})")
      .write("apis/a/specification.graphql", "type Query { a: Int }");
  const LoadedModel loaded = load_artifacts(folder.path());
  REQUIRE(loaded.model);
  CHECK(loaded.model->apis[0].operations.empty());
  CHECK(testing::short_forms(loaded.diagnostics, &folder) == "warning SL5009 0:0 apis/a/specification.graphql\n");
}

TEST_CASE("Resolvers of a GraphQL API are read", "[model][unit]") {
  TemporaryFolder folder;
  folder.write("apis/a/apiInformation.json", R"({"properties": {"path": "a", "type": "graphql"}})")
      .write("apis/a/specification.graphql", "type Query { a: Int }")
      .write("apis/a/resolvers/r/resolverInformation.json",
             R"({"properties": {"displayName": "R", "path": "Query/a", "description": "d"}})")
      .write("apis/a/resolvers/r/policy.xml", "<http-data-source/>");
  const LoadedModel loaded = load_artifacts(folder.path());
  REQUIRE(loaded.model);
  REQUIRE(loaded.model->apis[0].resolvers.size() == 1);
  const Resolver& resolver = loaded.model->apis[0].resolvers[0];
  CHECK(resolver.id == "r");
  CHECK(resolver.display_name == "R");
  CHECK(resolver.path == "Query/a");
  CHECK(resolver.policy.text == "<http-data-source/>");
  CHECK(testing::short_forms(loaded.diagnostics, &folder, Severity::info) ==
        "info SL5009 0:0 apis/a/specification.graphql\n");
}

TEST_CASE("A resolver needs a field and a policy", "[model][unit]") {
  TemporaryFolder folder;
  folder.write("apis/a/apiInformation.json", R"({"properties": {"path": "a", "type": "graphql"}})")
      .write("apis/a/specification.graphql", "type Query { a: Int }")
      .write("apis/a/resolvers/r/resolverInformation.json", R"({"properties": {"path": "Query"}})");
  const LoadedModel loaded = load_artifacts(folder.path());
  CHECK_FALSE(loaded.model);
  std::vector<std::string> errors;
  for (const Diagnostic& each : loaded.diagnostics) {
    if (each.severity == Severity::error) errors.push_back(std::string(each.code));
  }
  std::sort(errors.begin(), errors.end());
  CHECK(errors == std::vector<std::string>{"SL5003", "SL5008"});
}
