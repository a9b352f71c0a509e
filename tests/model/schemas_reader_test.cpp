// SPDX-License-Identifier: Apache-2.0
// Schemas of the service and of APIs.
#include <sluice/model.hpp>

#include "model/support/folder.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using testing::TemporaryFolder;

namespace {

Schema schema(const std::string& fields) {
  TemporaryFolder folder;
  folder.write("schemas/s/schemaInformation.json", "{\"properties\": {" + fields + "}}");
  const LoadedModel loaded = load_artifacts(folder.path());
  INFO(testing::rendered(loaded.diagnostics));
  REQUIRE(loaded.model);
  CHECK(testing::short_forms(loaded.diagnostics, &folder, Severity::info) == "");
  return loaded.model->schemas.at(0);
}

std::string findings(const TemporaryFolder& folder) {
  return testing::short_forms(load_artifacts(folder.path()).diagnostics, &folder, Severity::info);
}

}  // namespace

TEST_CASE("A schema of the service is what ARM says", "[model][unit]") {
  const Schema json = schema(R"("schemaType": "json", "description": "d", "document": {"type": "object"})");
  CHECK(json.id == "s");
  CHECK(json.kind == Schema::Kind::json);
  CHECK(json.text == R"({"type":"object"})");
  const Schema xml = schema(R"("schemaType": "xml", "value": "<a/>")");
  CHECK(xml.kind == Schema::Kind::xml);
  CHECK(xml.text == "<a/>");
}

TEST_CASE("Schemas of APIs keep the names that pointers use", "[model][unit]") {
  CHECK(
      schema(
          R"("contentType": "application/vnd.oai.openapi.components+json", "document": {"components": {"schemas": {"A": {}}}})")
          .text == R"({"components":{"schemas":{"A":{}}}})");
  CHECK(
      schema(
          R"("contentType": "application/vnd.ms-azure-apim.swagger.definitions+json", "document": {"definitions": {"A": {}}})")
          .text == R"({"definitions":{"A":{}}})");
  const Schema xsd = schema(R"("contentType": "application/vnd.ms-azure-apim.xsd+xml", "document": {"value": "<a/>"})");
  CHECK(xsd.kind == Schema::Kind::xml);
  CHECK(xsd.text == "<a/>");
  const Schema graphql =
      schema(R"("contentType": "application/vnd.ms-azure-apim.graphql.schema", "document": {"value": "type Query"})");
  CHECK(graphql.kind == Schema::Kind::graphql);
}

TEST_CASE("A schema may stand in a file of its own", "[model][unit]") {
  TemporaryFolder folder;
  folder.write("schemas/a/schema.json", "{}").write("schemas/b/schema.xsd", "<b/>");
  folder.write("schemas/b/schemaInformation.json", R"({"properties": {"schemaType": "xml"}})");
  const LoadedModel loaded = load_artifacts(folder.path());
  INFO(testing::rendered(loaded.diagnostics));
  REQUIRE(loaded.model);
  CHECK(findings(folder) == "");
  CHECK(loaded.model->schemas.at(0).text == "{}");
  CHECK(loaded.model->schemas.at(0).file == folder.file("schemas/a/schema.json"));
  CHECK(loaded.model->schemas.at(1).kind == Schema::Kind::xml);
  CHECK(loaded.model->schemas.at(1).text == "<b/>");
}

TEST_CASE("An API has schemas of its own", "[model][unit]") {
  TemporaryFolder folder;
  folder.write("apis/a/apiInformation.json", R"({"properties": {"path": "a", "displayName": "A"}})");
  folder.write("apis/a/specification.yaml", "openapi: 3.0.0\npaths: {}\n");
  folder.write("apis/a/schemas/s/schemaInformation.json",
               R"({"properties": {"contentType": "application/json", "document": {"value": "{}"}}})");
  const LoadedModel loaded = load_artifacts(folder.path());
  INFO(testing::rendered(loaded.diagnostics));
  REQUIRE(loaded.model);
  CHECK(loaded.model->apis.at(0).schemas.at(0).text == "{}");
}

TEST_CASE("Schemas that say nothing are reported, and what is not read is named", "[model][unit]") {
  TemporaryFolder folder;
  folder.write("schemas/empty/schemaInformation.json", R"({"properties": {"schemaType": "json"}})");
  folder.write("schemas/none/other.txt", "x").write("schemas/readme.md", "x");
  const std::string found = findings(folder);
  INFO(found);
  CHECK(found.find("error SL5002") != std::string::npos);
  CHECK(found.find("error SL5008") != std::string::npos);
  CHECK(found.find("info SL5004") != std::string::npos);
}
