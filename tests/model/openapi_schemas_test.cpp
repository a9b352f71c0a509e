// SPDX-License-Identifier: Apache-2.0
// What schemas of specifications become: JSON Schema texts that stand by themselves.
#include "model/openapi/schema_writer.hpp"

#include "model/openapi/import.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace sluice;

namespace {

/// The operations of a specification in YAML; findings are failures.
std::vector<Operation> read(const std::string& text) {
  Diagnostics found;
  const auto document = model::parse_data("spec.yaml", text, model::DataFormat::yaml, {}, found);
  REQUIRE(document != nullptr);
  std::vector<Operation> operations = model::import_openapi(*document, found);
  for (const Diagnostic& each : found) FAIL_CHECK(render_text(each));
  return operations;
}

/// The schema of a request's body, and of an answer's, in OpenAPI of some version.
std::pair<std::string, std::string> bodies(const std::string& schema, const std::string& components = "{}",
                                           const std::string& version = "3.0.3") {
  const auto operations = read("openapi: " + version + R"(
paths:
  /x:
    post:
      requestBody: {content: {application/json: {schema: )" +
                               schema + R"(}}}
      responses: {'200': {description: d, content: {application/json: {schema: )" +
                               schema + R"(}}}}
components: {schemas: )" + components +
                               "}\n");
  REQUIRE(operations.size() == 1);
  return {operations[0].request_representations.at(0).schema,
          operations[0].responses.at(0).representations.at(0).schema};
}

Parameter parameter(const std::string& text) {
  const auto operations = read("openapi: 3.0.3\npaths: {/x: {get: {parameters: [" + text + "], responses: {}}}}\n");
  REQUIRE(operations.size() == 1);
  for (const auto* list : {&operations[0].query_parameters, &operations[0].headers}) {
    if (!list->empty()) return list->front();
  }
  FAIL("there is no parameter");
  return {};
}

}  // namespace

TEST_CASE("A nullable value may be null", "[model][openapi]") {
  CHECK(bodies("{type: string, nullable: true}").first == R"({"type":["string","null"]})");
  CHECK(bodies("{type: string, nullable: true, enum: [a]}").first == R"({"type":["string","null"],"enum":["a",null]})");
  CHECK(bodies("{nullable: true, allOf: [{type: object}]}").first ==
        R"({"anyOf":[{"allOf":[{"type":"object"}]},{"type":"null"}]})");
  CHECK(bodies("{type: string, nullable: false}").first == R"({"type":"string"})");
}

TEST_CASE("A property that is named like a keyword stays a property", "[model][openapi]") {
  CHECK(bodies("{properties: {nullable: {type: string}, $ref: {type: string}, example: {type: string}}}").first ==
        R"({"properties":{"nullable":{"type":"string"},"$ref":{"type":"string"},"example":{"type":"string"}}})");
}

TEST_CASE("Data in a schema is no schema", "[model][openapi]") {
  CHECK(bodies("{default: {$ref: 'a', nullable: true}, enum: [{nullable: true}]}").first ==
        R"({"default":{"$ref":"a","nullable":true},"enum":[{"nullable":true}]})");
}

TEST_CASE("Requests need no read-only property, answers no write-only one", "[model][openapi]") {
  const auto [request, answer] = bodies(
      "{required: [id, name, key], properties: {id: {readOnly: true}, name: {}, key: {$ref: "
      "'#/components/schemas/K'}}}",
      "{K: {type: string, writeOnly: true}}");
  CHECK(request.find(R"("required":["name","key"])") != std::string::npos);
  CHECK(answer.find(R"("required":["id","name"])") != std::string::npos);
}

TEST_CASE("Members beside a reference count in OpenAPI 3.1 alone", "[model][openapi]") {
  const std::string schema = "{properties: {a: {$ref: '#/components/schemas/K', maxLength: 3}}}";
  const std::string components = "{K: {type: string}}";
  CHECK(bodies(schema, components).first ==
        R"({"properties":{"a":{"$ref":"#/definitions/K"}},"definitions":{"K":{"type":"string"}}})");
  CHECK(bodies(schema, components, "3.1.0").first ==
        R"({"properties":{"a":{"$ref":"#/definitions/K","maxLength":3}},"definitions":{"K":{"type":"string"}}})");
}

TEST_CASE("Schemas of one name in different places are told apart", "[model][openapi]") {
  const auto [request, answer] =
      bodies("{allOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B/properties/A'}]}",
             "{A: {type: object}, B: {properties: {A: {maxProperties: 1}}}}");
  CHECK(request == R"({"allOf":[{"$ref":"#/definitions/A"},{"$ref":"#/definitions/A-2"}],)"
                   R"("definitions":{"A":{"type":"object"},"A-2":{"maxProperties":1}}})");
}

TEST_CASE("A parameter keeps a schema when its type and values do not say all", "[model][openapi]") {
  CHECK(parameter("{name: a, in: query, schema: {type: integer, default: 1, description: d}}").schema == "");
  CHECK(parameter("{name: a, in: query, schema: {type: string, enum: [x]}}").schema == "");
  CHECK(parameter("{name: a, in: query, schema: {type: integer, minimum: 1}}").schema ==
        R"({"type":"integer","minimum":1})");
  CHECK(parameter("{name: a, in: header, schema: {type: string, format: uuid}}").schema ==
        R"({"type":"string","format":"uuid"})");
}

TEST_CASE("How a list is written is kept with its schema", "[model][openapi]") {
  const std::string list = "schema: {type: array, items: {type: integer}}}";
  const std::string start = R"({"type":"array","items":{"type":"integer"})";
  CHECK(parameter("{name: a, in: query, " + list).schema == start + R"(,"collectionFormat":"multi"})");
  CHECK(parameter("{name: a, in: query, explode: false, " + list).schema == start + R"(,"collectionFormat":"csv"})");
  CHECK(parameter("{name: a, in: query, style: pipeDelimited, " + list).schema ==
        start + R"(,"collectionFormat":"pipes"})");
  CHECK(parameter("{name: a, in: query, style: spaceDelimited, " + list).schema ==
        start + R"(,"collectionFormat":"ssv"})");
  CHECK(parameter("{name: a, in: header, " + list).schema == start + "}");
  CHECK(parameter("{name: a, in: query, style: deepObject, schema: {type: object}}").schema ==
        R"({"type":"object","collectionFormat":"deepObject"})");
  CHECK(parameter("{name: a, in: query, content: {application/json: {schema: {type: object}}}}").schema ==
        R"({"type":"object","collectionFormat":"json"})");
}

TEST_CASE("Parameters of Swagger 2.0 are schemas by themselves", "[model][openapi]") {
  const auto operations = read(R"(swagger: '2.0'
paths:
  /x:
    get:
      parameters:
        - {name: a, in: query, required: false, type: integer, format: int32, x-nullable: true}
        - {name: b, in: query, type: array, items: {type: string, collectionFormat: ssv}, collectionFormat: multi}
        - {name: c, in: query, type: array, items: {type: string}}
      responses: {'200': {description: d, headers: {X: {type: number, maximum: 3}}}}
)");
  const auto& query = operations.at(0).query_parameters;
  CHECK(query.at(0).schema == R"({"type":["integer","null"],"format":"int32"})");
  CHECK(query.at(1).schema == R"({"type":"array","items":{"type":"string"},"collectionFormat":"multi"})");
  CHECK(query.at(2).schema == R"({"type":"array","items":{"type":"string"},"collectionFormat":"csv"})");
  CHECK(operations.at(0).responses.at(0).headers.at(0).schema == R"({"type":"number","maximum":3})");
}
