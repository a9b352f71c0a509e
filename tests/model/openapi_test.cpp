// SPDX-License-Identifier: Apache-2.0
#include "model/openapi/import.hpp"

#include "model/bounds.hpp"
#include "model/support/folder.hpp"

#include <catch2/catch.hpp>

using namespace sluice;

namespace {

struct Imported {
  std::vector<Operation> operations;
  std::string findings;
};

Imported import(const std::string& text, model::DataFormat format = model::DataFormat::yaml) {
  Diagnostics diagnostics;
  const auto document = model::parse_data(
      "spec", text, format, {.depth = model::specification_depth, .members = model::specification_values}, diagnostics);
  Imported imported;
  if (document) imported.operations = model::import_openapi(*document, diagnostics);
  imported.findings = testing::short_forms(diagnostics);
  return imported;
}

/// One operation, `get` of /items/{id}, with what it holds written in YAML's flow style.
Operation operation(const std::string& fields, std::string* findings = nullptr, const std::string& more = "") {
  Imported imported = import("openapi: 3.0.1\npaths:\n  /items/{id}:\n    get: {" + fields + "}\n" + more);
  if (findings != nullptr) *findings = imported.findings;
  return imported.operations.empty() ? Operation{} : imported.operations[0];
}

}  // namespace

TEST_CASE("Paths and methods become operations in their order", "[model][openapi]") {
  const Imported imported = import(R"(
openapi: 3.1.0
paths:
  /items:
    summary: about items
    post: {operationId: createItem, summary: Create}
    get: {}
  /items/{id}:
    delete: {}
    head: {}
    options: {}
    patch: {}
    put: {}
    trace: {}
    x-note: y
  x-other: z
)");
  CHECK(imported.findings == "");
  REQUIRE(imported.operations.size() == 8);
  CHECK(imported.operations[0].id == "createItem");
  CHECK(imported.operations[0].display_name == "Create");
  CHECK(imported.operations[0].method == "POST");
  CHECK(imported.operations[0].url_template == "/items");
  CHECK(imported.operations[1].id == "get-items");
  CHECK(imported.operations[1].display_name == "get-items");
  CHECK(imported.operations[2].id == "delete-items-id");
  CHECK(imported.operations[5].method == "PATCH");
  CHECK(imported.operations[7].method == "TRACE");
}

TEST_CASE("JSON and YAML give the same operations", "[model][openapi]") {
  const Imported imported =
      import(R"({"openapi": "3.0.3", "paths": {"/a": {"get": {"operationId": "a"}}}})", model::DataFormat::json);
  REQUIRE(imported.operations.size() == 1);
  CHECK(imported.operations[0].id == "a");
}

TEST_CASE("Ids that are made up are made different", "[model][openapi]") {
  const Imported imported = import("openapi: 3.0.0\npaths:\n  /a-b: {get: {}}\n  /a/b: {get: {}}\n  /A.b: {get: {}}\n");
  REQUIRE(imported.operations.size() == 3);
  CHECK(imported.operations[0].id == "get-a-b");
  CHECK(imported.operations[1].id == "get-a-b-2");
  CHECK(imported.operations[2].id == "get-a-b-3");
}

TEST_CASE("An operationId that stands twice is an error", "[model][openapi]") {
  CHECK(import("openapi: 3.0.0\npaths:\n  /a: {get: {operationId: x}}\n  /b: {get: {operationId: X}}\n").findings ==
        "error SL5006 4:27\n");
}

TEST_CASE("Versions other than those known are not imported", "[model][openapi]") {
  const auto [text, findings] = GENERATE(table<std::string, std::string>({
      {"openapi: 4.0.0\npaths: {}\n", "error SL5009 1:10\n"},
      {"swagger: '1.2'\n", "error SL5009 1:10\n"},
      {"paths: {}\n", "error SL5009 1:1\n"},
      {"[]\n", "error SL5009 1:1\n"},
      {"openapi: 3.0\npaths: {}\n", ""},
      {"swagger: 2.0\npaths: {}\n", ""},
  }));
  const Imported imported = import(text);
  CHECK(imported.findings == findings);
  CHECK(imported.operations.empty());
}

TEST_CASE("Parameters go where they belong, with type, default and values", "[model][openapi]") {
  std::string findings;
  const Operation read = operation(R"(parameters: [
      {name: id, in: path, required: true, schema: {type: integer}},
      {name: size, in: query, schema: {type: string, enum: [s, m], default: m}},
      {name: X-Trace, in: header, required: true, schema: {type: [boolean, 'null']}},
      {name: session, in: cookie}])",
                                   &findings);
  CHECK(findings == "");
  REQUIRE(read.template_parameters.size() == 1);
  CHECK(read.template_parameters[0].name == "id");
  CHECK(read.template_parameters[0].type == "integer");
  CHECK(read.template_parameters[0].required);
  REQUIRE(read.query_parameters.size() == 1);
  CHECK(read.query_parameters[0].default_value == "m");
  CHECK(read.query_parameters[0].values == std::vector<std::string>{"s", "m"});
  REQUIRE(read.headers.size() == 1);
  CHECK(read.headers[0].type == "boolean");
  CHECK(read.headers[0].required);
  CHECK(read.url_template == "/items/{id}");
}

TEST_CASE("Required query parameters become part of the template", "[model][openapi]") {
  const Operation read = operation(R"(parameters: [{name: a, in: query, required: true, schema: {type: string}},
      {name: b, in: query, required: true}, {name: c, in: query}])");
  CHECK(read.url_template == "/items/{id}?a={a}&b={b}");
  REQUIRE(read.template_parameters.size() == 3);
  CHECK(read.template_parameters[1].name == "a");
  REQUIRE(read.query_parameters.size() == 1);
  CHECK(read.query_parameters[0].name == "c");
}

TEST_CASE("An operation's parameters override those of its path", "[model][openapi]") {
  const Imported imported = import(R"(
openapi: 3.0.0
paths:
  /a:
    parameters:
      - {name: p, in: query, schema: {type: string}}
      - {name: p, in: header, schema: {type: string}}
    get:
      parameters: [{name: p, in: query, schema: {type: integer}}]
)");
  REQUIRE(imported.operations.size() == 1);
  REQUIRE(imported.operations[0].query_parameters.size() == 1);
  CHECK(imported.operations[0].query_parameters[0].type == "integer");
  CHECK(imported.operations[0].headers.size() == 1);
}

TEST_CASE("Path parameters and path are brought together", "[model][openapi]") {
  std::string findings;
  const Operation undeclared = operation("", &findings);
  CHECK(findings == "");
  REQUIRE(undeclared.template_parameters.size() == 1);
  CHECK(undeclared.template_parameters[0].name == "id");
  const Operation other = operation("parameters: [{name: other, in: path}]", &findings);
  CHECK(findings == "warning SL5005 4:10\n");
  REQUIRE(other.template_parameters.size() == 1);
  CHECK(other.template_parameters[0].name == "id");
}

TEST_CASE("Bodies and answers are read with their examples", "[model][openapi]") {
  std::string findings;
  const Operation read = operation(R"(
      requestBody: {content: {application/json: {schema: {type: object}, example: {a: 1}}}},
      responses: {
        '200': {description: fine, headers: {ETag: {schema: {type: string}}},
          content: {application/json: {examples: {one: {value: {b: [true, null]}}, two: {$ref: '#/components/examples/two'}}},
                    text/plain: {example: hello}}},
        404: {description: gone}, default: {description: bad}, 5XX: {description: worse}})",
                                   &findings, "components: {examples: {two: {value: 2}}}\n");
  CHECK(findings == "");
  REQUIRE(read.request_representations.size() == 1);
  CHECK(read.request_representations[0].schema == R"({"type":"object"})");
  CHECK(read.request_representations[0].examples.at(0).name == "default");
  CHECK(read.request_representations[0].examples.at(0).value == R"({"a":1})");
  REQUIRE(read.responses.size() == 2);
  CHECK(read.responses[0].status_code == 200);
  CHECK(read.responses[0].description == "fine");
  CHECK(read.responses[0].headers.at(0).name == "ETag");
  REQUIRE(read.responses[0].representations.size() == 2);
  CHECK(read.responses[0].representations[0].examples.at(0).value == R"({"b":[true,null]})");
  CHECK(read.responses[0].representations[0].examples.at(1).value == "2");
  CHECK(read.responses[0].representations[1].content_type == "text/plain");
  CHECK(read.responses[0].representations[1].examples.at(0).value == "hello");
  CHECK(read.responses[1].status_code == 404);
}

TEST_CASE("Swagger 2.0 says the same in its own way", "[model][openapi]") {
  const Imported imported = import(R"(
swagger: "2.0"
consumes: [application/xml]
paths:
  /pets/{id}:
    post:
      produces: [application/json, text/json]
      parameters:
        - {name: id, in: path, required: true, type: integer}
        - {name: tag, in: query, type: string, enum: [a, b], default: a}
        - {name: body, in: body, schema: {$ref: '#/definitions/Pet'}}
      responses:
        200:
          description: ok
          schema: {$ref: '#/definitions/Pet'}
          examples: {application/json: {name: Rex}, text/plain: Rex}
    put:
      consumes: [multipart/form-data]
      parameters: [{name: a, in: formData, type: file}, {name: b, in: formData, type: string}]
definitions:
  Pet: {type: object, properties: {name: {type: string}}}
)");
  CHECK(imported.findings == "");
  REQUIRE(imported.operations.size() == 2);
  const Operation& post = imported.operations[0];
  CHECK(post.template_parameters.at(0).type == "integer");
  CHECK(post.query_parameters.at(0).default_value == "a");
  REQUIRE(post.request_representations.size() == 1);
  CHECK(post.request_representations[0].content_type == "application/xml");
  CHECK(post.request_representations[0].schema_id == "Pet");
  REQUIRE(post.responses.at(0).representations.size() == 3);
  CHECK(post.responses[0].representations[0].examples.at(0).value == R"({"name":"Rex"})");
  CHECK(post.responses[0].representations[0].schema == R"({"type":"object","properties":{"name":{"type":"string"}}})");
  CHECK(post.responses[0].representations[1].content_type == "text/json");
  CHECK(post.responses[0].representations[2].examples.at(0).value == "Rex");
  REQUIRE(imported.operations[1].request_representations.size() == 1);
  CHECK(imported.operations[1].request_representations[0].content_type == "multipart/form-data");
}

TEST_CASE("References are followed within the file, whatever they refer to", "[model][openapi]") {
  std::string findings;
  const Operation read = operation(R"(parameters: [{$ref: '#/components/parameters/p~1q'}],
      requestBody: {$ref: '#/components/requestBodies/b'}, responses: {'200': {$ref: '#/components/responses/r%20r'}})",
                                   &findings, R"(
components:
  parameters: {p/q: {$ref: '#/x-list/1'}}
  requestBodies: {b: {content: {a/b: {schema: {$ref: '#/components/schemas/S'}}}}}
  responses: {r r: {description: found}}
  schemas: {S: {type: array, items: {$ref: '#/components/schemas/T'}}, T: {type: integer}}
x-list: [0, {name: q, in: query}]
)");
  CHECK(findings == "");
  CHECK(read.query_parameters.at(0).name == "q");
  CHECK(read.request_representations.at(0).schema_id == "S");
  CHECK(read.request_representations.at(0).schema ==
        R"({"type":"array","items":{"$ref":"#/definitions/T"},"definitions":{"T":{"type":"integer"}}})");
  CHECK(read.responses.at(0).description == "found");
}

TEST_CASE("References that lead nowhere are reported where they stand", "[model][openapi]") {
  std::string findings;
  const auto [fields, expected] = GENERATE(table<std::string, std::string>({
      {"parameters: [{$ref: '#/nowhere'}]", "error SL5005 4:31\n"},
      {"parameters: [{$ref: 'other.yaml#/p'}]", "error SL5005 4:31\n"},
      {"responses: {'200': {$ref: '#/paths/~1items~1{id}/get/responses/200'}}", "error SL5005 4:30\n"},
      {"requestBody: {content: {a/b: {schema: {$ref: 'https://x.test/s'}}}}", "warning SL5005 4:56\n"},
      {"requestBody: {$ref: '#/paths/9'}", "error SL5005 4:31\n"},
  }));
  operation(fields, &findings);
  CHECK(findings == expected);
}

TEST_CASE("A schema that refers to itself stays what it is", "[model][openapi]") {
  const std::string schemas = R"(
components:
  schemas:
    Node: {type: object, properties: {left: {$ref: '#/components/schemas/Node'}, right: {$ref: '#/components/schemas/Node'}}}
)";
  std::string findings;
  const Operation read =
      operation("requestBody: {content: {a/b: {schema: {$ref: '#/components/schemas/Node'}}}}", &findings, schemas);
  CHECK(findings == "");
  CHECK(read.request_representations.at(0).schema ==
        R"({"type":"object","properties":{"left":{"$ref":"#/definitions/Node"},"right":{"$ref":"#/definitions/Node"}},)"
        R"("definitions":{"Node":{"type":"object",)"
        R"("properties":{"left":{"$ref":"#/definitions/Node"},"right":{"$ref":"#/definitions/Node"}}}}})");
}

TEST_CASE("What a schema refers to is kept once, however often it is referred to", "[model][openapi]") {
  std::string schemas = "components:\n  schemas:\n    S0: {type: string}\n";
  for (int i = 1; i < 40; ++i) {
    const std::string before = "{$ref: '#/components/schemas/S" + std::to_string(i - 1) + "'}";
    schemas +=
        "    S" + std::to_string(i) + ": {properties: {a: " + before + ", b: " + before + ", c: " + before + "}}\n";
  }
  std::string findings;
  const Operation read =
      operation("requestBody: {content: {a/b: {schema: {$ref: '#/components/schemas/S39'}}}}", &findings, schemas);
  CHECK(findings == "");
  const std::string& schema = read.request_representations.at(0).schema;
  CHECK(schema.size() < 10'000);
  CHECK(schema.find(R"("S0":{"type":"string"})") != std::string::npos);
  CHECK(read.request_representations.at(0).schema_id == "S39");
}

TEST_CASE("A schema larger than its bound is left out", "[model][openapi][limits]") {
  std::string schemas = "components:\n  schemas:\n    S: {properties: {";
  for (int i = 0; i < 12'000; ++i) schemas += "p" + std::to_string(i) + ": {type: string}, ";
  schemas += "z: {}}}\n";
  std::string findings;
  const Operation read = operation("requestBody: {content: {a/b: {schema: {items: {$ref: '#/components/schemas/S'}}}}}",
                                   &findings, schemas);
  CHECK(findings == "warning SL9001 4:49\n");
  CHECK(read.request_representations.at(0).schema == "");
}

TEST_CASE("Mistakes in a specification are found where they stand", "[model][openapi]") {
  const std::string start = "openapi: 3.0.0\n";
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"info: {}\n", "warning SL5002 1:1\n"},
      {"paths: []\n", "error SL5003 2:8\n"},
      {"paths: {items: {}}\n", "error SL5003 2:9\n"},
      {"paths: {'/a/{b': {}}\n", "error SL5003 2:9\n"},
      {"paths: {'/a/{b{c}}': {}}\n", "error SL5003 2:9\n"},
      {"paths: {/a: 5}\n", "error SL5003 2:13\n"},
      {"paths: {/a: {get: []}}\n", "error SL5003 2:19\n"},
      {"paths: {/a: {get: {operationId: 5}}}\n", "error SL5003 2:33\n"},
      {"paths: {/a: {get: {parameters: {}}}}\n", "error SL5003 2:32\n"},
      {"paths: {/a: {get: {parameters: [{in: query}]}}}\n", "error SL5002 2:33\n"},
      {"paths: {/a: {get: {parameters: [{name: x, in: body-part}]}}}\n", "error SL5003 2:47\n"},
      {"paths: {/a: {get: {responses: []}}}\n", "error SL5003 2:31\n"},
      {"paths: {/a: {get: {responses: {ok: {}}}}}\n", "error SL5003 2:32\n"},
      {"paths: {/a: {get: {requestBody: {content: 7}}}}\n", "error SL5003 2:43\n"},
  }));
  CHECK(import(start + text).findings == expected);
}

TEST_CASE("Members of a path that are no methods are mentioned", "[model][openapi]") {
  Diagnostics diagnostics;
  const auto document =
      model::parse_data("spec", "openapi: 3.0.0\npaths: {/a: {gett: {}}}\n", model::DataFormat::yaml, {}, diagnostics);
  REQUIRE(document);
  CHECK(model::import_openapi(*document, diagnostics).empty());
  CHECK(testing::short_forms(diagnostics, nullptr, Severity::info) == "info SL5004 2:14\n");
}

TEST_CASE("The operations of an API have a bound", "[model][openapi][limits]") {
  std::string text = "openapi: 3.0.0\npaths:\n";
  for (std::size_t i = 0; i <= model::operations_per_api; ++i) text += "  /a" + std::to_string(i) + ": {get: {}}\n";
  const Imported imported = import(text);
  CHECK(imported.operations.size() == model::operations_per_api);
  CHECK(imported.findings == "error SL9003 " + std::to_string(model::operations_per_api + 3) + ":13\n");
}

TEST_CASE("The findings of one specification have a bound", "[model][openapi][limits]") {
  std::string text = "openapi: 3.0.0\npaths:\n";
  for (std::size_t i = 0; i < model::findings_per_file + 50; ++i) text += "  a" + std::to_string(i) + ": {}\n";
  Diagnostics diagnostics;
  const auto document = model::parse_data("spec", text, model::DataFormat::yaml, {}, diagnostics);
  REQUIRE(document);
  model::import_openapi(*document, diagnostics);
  REQUIRE(diagnostics.size() == model::findings_per_file + 1);
  CHECK(diagnostics[model::findings_per_file].message == "50 more findings in this specification are not shown");
}

TEST_CASE("What a specification keeps has a bound, however small its text", "[model][openapi][limits]") {
  // One large example that very many operations refer to.
  std::string text = "openapi: 3.0.0\npaths:\n";
  for (int i = 0; i < 1000; ++i) {
    text += "  /a" + std::to_string(i) + ": {get: {requestBody: {$ref: '#/components/requestBodies/b'}}}\n";
  }
  text += "components: {requestBodies: {b: {content: {text/plain: {example: " + std::string(200'000, 'x') + "}}}}}\n";
  const Imported imported = import(text);
  CHECK(imported.operations.size() == 1000);
  CHECK(imported.findings == "warning SL9001 1:1\n");
  std::size_t kept = 0;
  for (const Operation& operation : imported.operations) {
    for (const Representation& body : operation.request_representations) {
      for (const RepresentationExample& example : body.examples) kept += example.value.size();
    }
  }
  CHECK(kept <= model::imported_bytes);
  CHECK(kept > model::imported_bytes / 2);
}

TEST_CASE("A text that is referred to very often counts each time", "[model][openapi][limits]") {
  std::string text = "openapi: 3.0.0\nx-long: &long " + std::string(1'000'000, 'x') + "\nx-many: [";
  for (int i = 0; i < 200; ++i) text += "*long, ";
  CHECK(import(text + "1]\npaths: {}\n").findings.find("error SL5001") == 0);
}

TEST_CASE("Parameters of an operation have a bound", "[model][openapi][limits]") {
  std::string list;
  for (std::size_t i = 0; i <= model::parameters_per_operation; ++i)
    list += "{name: p" + std::to_string(i) + ", in: query}, ";
  std::string findings;
  const Operation read = operation("parameters: [" + list + "]", &findings);
  CHECK(read.query_parameters.size() == model::parameters_per_operation);
  // Once for each of parameters and body, which both look at the list.
  CHECK(findings.find("error SL9003 4:") == 0);
}

TEST_CASE("A list of media types is taken up to its bound", "[model][openapi][limits]") {
  std::string list;
  for (std::size_t i = 0; i < 2 * model::media_types_per_list; ++i) list += "a/t" + std::to_string(i) + ", ";
  const Imported imported = import("swagger: '2.0'\nconsumes: [" + list +
                                   "]\npaths: {/a: {post: {parameters: [{name: b, in: body, schema: {}}]}}}\n");
  CHECK(imported.operations.at(0).request_representations.size() == model::media_types_per_list);
}

TEST_CASE("Very many references into a very large object are followed in time", "[model][openapi][limits]") {
  std::string text =
      "openapi: 3.0.0\npaths:\n  /a:\n    get:\n      responses:\n        '200':\n          content:\n            "
      "a/b:\n              examples:\n";
  std::string examples = "components:\n  examples:\n";
  for (int i = 0; i < 20'000; ++i) {
    const std::string name = "e" + std::to_string(i);
    text += "                " + name + ": {$ref: '#/components/examples/" + name + "'}\n";
    examples += "    " + name + ": {value: 1}\n";
  }
  const Imported imported = import(text + examples);
  CHECK(imported.findings == "");
  CHECK(imported.operations.at(0).responses.at(0).representations.at(0).examples.size() == 20'000);
}
