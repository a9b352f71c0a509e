// SPDX-License-Identifier: Apache-2.0
// Operations in files of their own, as ARM has them.
#include "model/read/operation_resource.hpp"

#include "model/support/folder.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using testing::TemporaryFolder;

namespace {

constexpr const char* components = R"({"properties": {"contentType": "application/vnd.oai.openapi.components+json",
  "document": {"components": {"schemas": {"Order": {"type": "object", "required": ["id"], "properties":
    {"id": {"type": "integer", "readOnly": true}, "part": {"$ref": "#/components/schemas/Order"}}}, "Size": {"type": "string", "nullable": true}}}}}})";

LoadedModel load(TemporaryFolder& folder, const std::string& fields, const std::string& schema = components) {
  folder.write_api("a");
  folder.write("apis/a/schemas/s/schemaInformation.json", schema);
  folder.write("apis/a/operations/put-order/operationInformation.json", "{\"properties\": {" + fields + "}}");
  return load_artifacts(folder.path());
}

}  // namespace

TEST_CASE("An operation may stand in a file of its own", "[model][unit]") {
  TemporaryFolder folder;
  const LoadedModel loaded =
      load(folder, R"("displayName": "Put order", "method": "PUT", "urlTemplate": "/orders/{id}?x={x}",
    "templateParameters": [{"name": "id", "type": "integer", "required": true}, {"name": "x", "type": "string", "values": ["a"]}],
    "request": {"queryParameters": [{"name": "size", "type": "Size", "schemaId": "s", "typeName": "Size"}],
      "headers": [{"name": "X-Key", "type": "string", "required": true, "defaultValue": "k"}],
      "representations": [{"contentType": "application/json", "schemaId": "s", "typeName": "Order",
        "examples": {"default": {"value": {"id": 1}}}}]},
    "responses": [{"statusCode": 201, "description": "made", "headers": [{"name": "Location", "type": "string"}],
      "representations": [{"contentType": "application/json", "schemaId": "s", "typeName": "Order"}]}])");
  INFO(testing::rendered(loaded.diagnostics));
  REQUIRE(loaded.model);
  CHECK(testing::short_forms(loaded.diagnostics, &folder, Severity::info) == "");
  const Api& api = loaded.model->apis.at(0);
  REQUIRE(api.operations.size() == 2);
  const Operation& put = api.operations[1];
  CHECK(put.id == "put-order");
  CHECK(put.display_name == "Put order");
  CHECK(put.method == "PUT");
  CHECK(put.template_parameters.at(1).values == std::vector<std::string>{"a"});
  CHECK(put.query_parameters.at(0).schema == R"({"type":["string","null"]})");
  CHECK(put.headers.at(0).default_value == "k");
  const Representation& body = put.request_representations.at(0);
  CHECK(body.schema_id == "Order");
  CHECK(body.examples.at(0).value == R"({"id":1})");
  CHECK(body.schema.find(R"("required":[])") != std::string::npos);
  CHECK(body.schema.find(R"("part":{"$ref":"#/definitions/Order"})") != std::string::npos);
  CHECK(put.responses.at(0).status_code == 201);
  CHECK(put.responses[0].representations.at(0).schema.find(R"("required":["id"])") != std::string::npos);
}

TEST_CASE("A file takes the place of the specification's operation", "[model][unit]") {
  TemporaryFolder folder;
  folder.write_api("a").write("apis/a/operations/Get-Items/operationInformation.json",
                              R"({"properties": {"method": "GET", "urlTemplate": "things"}})");
  folder.write("apis/a/operations/Get-Items/policy.xml", "<policies/>");
  const LoadedModel loaded = load_artifacts(folder.path());
  INFO(testing::rendered(loaded.diagnostics));
  REQUIRE(loaded.model);
  REQUIRE(loaded.model->apis.at(0).operations.size() == 1);
  CHECK(loaded.model->apis[0].operations[0].url_template == "/things");
  CHECK(loaded.model->apis[0].operations[0].policy);
}

TEST_CASE("What an operation names and nobody has is warned of", "[model][unit]") {
  const std::string start =
      R"("method": "PUT", "urlTemplate": "/x", "request": {"representations": [{"contentType": "a/b", )";
  for (const char* names : {R"("schemaId": "none", "typeName": "Order")", R"("schemaId": "s", "typeName": "None")"}) {
    TemporaryFolder folder;
    const LoadedModel loaded = load(folder, start + names + "}]}");
    CHECK(loaded.model);
    CHECK(testing::short_forms(loaded.diagnostics, &folder).starts_with("warning SL5005 1:"));
  }
}

TEST_CASE("Types of Swagger's definitions and whole schemas may be meant", "[model][unit]") {
  const std::string start =
      R"("method": "PUT", "urlTemplate": "/x", "request": {"representations": [{"contentType": "a/b", "schemaId": "s")";
  TemporaryFolder swagger, whole;
  LoadedModel loaded = load(swagger, start + R"(, "typeName": "A"}]})",
                            R"({"properties": {"contentType": "application/vnd.ms-azure-apim.swagger.definitions+json",
                                "document": {"definitions": {"A": {"type": "null"}}}}})");
  REQUIRE(loaded.model);
  CHECK(loaded.model->apis.at(0).operations.at(1).request_representations.at(0).schema == R"({"type":"null"})");
  loaded = load(whole, start + "}]}", R"({"properties": {"schemaType": "json", "document": {"type": "array"}}})");
  REQUIRE(loaded.model);
  CHECK(loaded.model->apis.at(0).operations.at(1).request_representations.at(0).schema.find(R"("type":"array")") !=
        std::string::npos);
}

TEST_CASE("An operation needs a method and a template", "[model][unit]") {
  TemporaryFolder folder;
  const LoadedModel loaded = load(folder, R"("displayName": "x")");
  CHECK_FALSE(loaded.model);
  CHECK(testing::short_forms(loaded.diagnostics, &folder, Severity::error).find("error SL5002") != std::string::npos);
}
