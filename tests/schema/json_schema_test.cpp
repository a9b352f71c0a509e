// SPDX-License-Identifier: Apache-2.0
#include "schema/json_schema.hpp"

#include "schema/bounds.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace sluice;
using schema::CheckResult;
using schema::JsonSchema;
using schema::JsonSchemaOptions;

namespace {

std::shared_ptr<const JsonSchema> compile(std::string_view text, const JsonSchemaOptions& options = {},
                                          const schema::SchemaSource& others = {}) {
  auto made = JsonSchema::get(text, options, SchemaLimits(), others);
  INFO(text << (made ? "" : ": " + made.error()));
  REQUIRE(made);
  return *made;
}
std::string why_not(std::string_view text, const JsonSchemaOptions& options = {}) {
  const auto made = JsonSchema::get(text, options, SchemaLimits());
  return made ? "it can be used" : made.error();
}
CheckResult check(std::string_view text, std::string_view body, const JsonSchemaOptions& options = {}) {
  return compile(text, options)->check_text(body, ContentLimits());
}
/// The findings as `path: message`.
std::vector<std::string> findings(std::string_view text, std::string_view body, const JsonSchemaOptions& options = {}) {
  std::vector<std::string> all;
  const CheckResult result = check(text, body, options);
  CHECK(result.failure == "");
  for (const schema::Finding& finding : result.findings) all.push_back(finding.path + ": " + finding.message);
  return all;
}
bool agrees(std::string_view text, std::string_view body, const JsonSchemaOptions& options = {}) {
  return check(text, body, options).is_clean();
}

struct Row {
  const char* schema;
  const char* body;
  bool agrees;
};

}  // namespace

TEST_CASE("Each keyword says what its draft says", "[schema][json]") {
  const Row row = GENERATE(
      Row{R"({"type":"integer"})", "1", true}, Row{R"({"type":"integer"})", "1.0", true},
      Row{R"({"type":"integer"})", "1.5", false}, Row{R"({"type":"number"})", "1", true},
      Row{R"({"type":["string","null"]})", "null", true}, Row{R"({"type":["string","null"]})", "1", false},
      Row{R"({"type":"file"})", "1", true}, Row{R"({"enum":[1,"a",{"b":[null]}]})", R"({"b":[null]})", true},
      Row{R"({"enum":[1.0]})", "1", true}, Row{R"({"enum":[1]})", "\"1\"", false},
      Row{R"({"const":{"a":1,"b":2}})", R"({"b":2,"a":1.0})", true},
      Row{R"({"const":10000000000000000000001})", "10000000000000000000002", false},
      Row{R"({"multipleOf":0.01})", "4.35", true}, Row{R"({"multipleOf":3})", "7", false},
      Row{R"({"multipleOf":2})", "9007199254740993", false}, Row{R"({"minimum":1,"maximum":2})", "1", true},
      Row{R"({"minimum":1})", "0.9", false}, Row{R"({"exclusiveMinimum":1})", "1", false},
      Row{R"({"maximum":2,"exclusiveMaximum":true})", "2", false},
      Row{R"({"maximum":2,"exclusiveMaximum":false})", "2", true}, Row{R"({"exclusiveMaximum":2})", "1.99", true},
      Row{R"({"maximum":1})", "1e400", false}, Row{R"({"minimum":1})", "-1e400", false},
      Row{R"({"minLength":2,"maxLength":3})", "\"äöü\"", true}, Row{R"({"maxLength":2})", "\"äöü\"", false},
      Row{R"({"minLength":2})", "7", true}, Row{R"({"pattern":"^a+$"})", "\"aaa\"", true},
      Row{R"({"pattern":"^a+$"})", "\"aab\"", false}, Row{R"({"pattern":"a\\d"})", "\"xa1x\"", true},
      Row{R"({"pattern":"^a$"})", "\"a\\n\"", false}, Row{R"({"pattern":"^\\u00e4$"})", "\"ä\"", true},
      Row{R"({"items":{"type":"string"}})", R"(["a","b"])", true},
      Row{R"({"items":{"type":"string"}})", R"(["a",1])", false},
      Row{R"({"items":[{"type":"string"}],"additionalItems":false})", R"(["a",1])", false},
      Row{R"({"items":[{"type":"string"}]})", R"(["a",1])", true},
      Row{R"({"prefixItems":[{"type":"string"}],"items":{"type":"integer"}})", R"(["a",1])", true},
      Row{R"({"minItems":1,"maxItems":2})", "[]", false}, Row{R"({"maxItems":2})", "[1,2,3]", false},
      Row{R"({"uniqueItems":true})", R"([{"a":1,"b":2},{"b":2,"a":1.0}])", false},
      Row{R"({"uniqueItems":true})", R"([1,"1",[1],true,null])", true},
      Row{R"({"contains":{"type":"integer"}})", R"(["a",1])", true},
      Row{R"({"contains":{"type":"integer"}})", "[]", false},
      Row{R"({"contains":{"type":"integer"},"maxContains":1})", "[1,2]", false},
      Row{R"({"contains":{"type":"integer"},"minContains":0})", "[]", true}, Row{R"({"required":["a"]})", "{}", false},
      Row{R"({"required":["a"]})", "[]", true}, Row{R"({"required":true})", "{}", true},
      Row{R"({"properties":{"a":false}})", R"({"b":1})", true},
      Row{R"({"properties":{"a":false}})", R"({"a":1})", false},
      Row{R"({"properties":{"a":{}},"additionalProperties":false})", R"({"a":1,"b":2})", false},
      Row{R"({"patternProperties":{"^x-":{"type":"string"}},"additionalProperties":false})", R"({"x-a":"b"})", true},
      Row{R"({"patternProperties":{"^x-":{"type":"string"}}})", R"({"x-a":1})", false},
      Row{R"({"additionalProperties":{"type":"integer"}})", R"({"a":1,"b":"c"})", false},
      Row{R"({"propertyNames":{"maxLength":2}})", R"({"abc":1})", false}, Row{R"({"minProperties":1})", "{}", false},
      Row{R"({"maxProperties":1})", R"({"a":1,"b":2})", false},
      Row{R"({"dependencies":{"a":["b"]}})", R"({"a":1})", false},
      Row{R"({"dependencies":{"a":["b"]}})", R"({"c":1})", true},
      Row{R"({"dependentRequired":{"a":["b"]}})", R"({"a":1})", false},
      Row{R"({"dependentSchemas":{"a":{"required":["b"]}}})", R"({"a":1})", false},
      Row{R"({"allOf":[{"type":"integer"},{"minimum":3}]})", "2", false},
      Row{R"({"anyOf":[{"type":"integer"},{"type":"null"}]})", "null", true},
      Row{R"({"anyOf":[{"type":"integer"},{"type":"null"}]})", "\"\"", false},
      Row{R"({"oneOf":[{"minimum":1},{"minimum":2}]})", "1", true},
      Row{R"({"oneOf":[{"minimum":1},{"minimum":2}]})", "2", false},
      Row{R"({"oneOf":[{"minimum":1},{"minimum":2}]})", "0", false}, Row{R"({"not":{"type":"null"}})", "null", false},
      Row{R"({"if":{"minimum":5},"then":{"maximum":9},"else":{"maximum":0}})", "10", false},
      Row{R"({"if":{"minimum":5},"then":{"maximum":9},"else":{"maximum":0}})", "7", true},
      Row{R"({"if":{"minimum":5},"then":{"maximum":9},"else":{"maximum":0}})", "1", false}, Row{"false", "1", false},
      Row{"true", "1", true});
  INFO(row.schema << " against " << row.body);
  CHECK(agrees(row.schema, row.body) == row.agrees);
}

TEST_CASE("Formats say what a text or a number must look like", "[schema][json]") {
  struct Format {
    const char *name, *good, *bad;
  };
  const Format row = GENERATE(
      Format{"date-time", "\"2024-02-29T23:59:60Z\"", "\"2023-02-29T00:00:00Z\""},
      Format{"date", "\"2024-12-31\"", "\"2024-13-01\""}, Format{"time", "\"10:00:00.5+01:00\"", "\"24:00:00Z\""},
      Format{"duration", "\"P1DT2H\"", "\"1 day\""}, Format{"email", "\"a.b+c@x.test\"", "\"a..b@x.test\""},
      Format{"hostname", "\"a-b.test\"", "\"-a.test\""}, Format{"ipv4", "\"10.0.0.1\"", "\"10.0.0.256\""},
      Format{"ipv6", "\"::1\"", "\"10.0.0.1\""}, Format{"uri", "\"urn:a:b\"", "\"/a b\""},
      Format{"uri-reference", "\"/a?b=%20\"", "\"%zz\""},
      Format{"uuid", "\"12345678-1234-1234-1234-123456789abc\"", "\"12345678\""}, Format{"byte", "\"YWI=\"", "\"YW=\""},
      Format{"regex", "\"a(b)\"", "\"a(b\""}, Format{"int32", "2147483647", "2147483648"},
      Format{"int64", "9223372036854775807", "9223372036854775808"});
  const std::string text = std::string(R"({"format":")") + row.name + "\"}";
  INFO(row.name);
  CHECK(agrees(text, row.good));
  CHECK_FALSE(agrees(text, row.bad));
}

TEST_CASE("A format that nobody knows is a note", "[schema][json]") {
  CHECK(agrees(R"({"format":"password"})", "\"x\""));
}

TEST_CASE("Findings say what is wrong and where", "[schema][json]") {
  const auto result = check(R"({"type":"object","required":["id"],"properties":{"a/b":{"items":{"type":"integer"}}}})",
                            "{\n  \"a/b\": [1, true]\n}");
  REQUIRE(result.findings.size() == 2);
  CHECK(result.findings[0].message == "The required property 'id' is missing.");
  CHECK(result.findings[0].path == "");
  CHECK(result.findings[0].place.line == 1);
  CHECK(result.findings[1].message == "Invalid type: expected integer but got boolean.");
  CHECK(result.findings[1].path == "/a~1b/1");
  CHECK(result.findings[1].place.line == 2);
  CHECK(result.findings[1].place.position == 14);
}

TEST_CASE("A body that is no JSON is a finding with its place", "[schema][json]") {
  const auto result = check("{}", "{\n\"a\": x}");
  REQUIRE(result.findings.size() == 1);
  CHECK(result.findings[0].place.line == 2);
  CHECK(result.findings[0].message.starts_with("The body is no valid JSON: "));
}

TEST_CASE("Schemas may refer to themselves", "[schema][json]") {
  constexpr std::string_view tree = R"({"$ref":"#/definitions/node","definitions":{"node":{"type":"object",
      "properties":{"next":{"$ref":"#/definitions/node"}},"additionalProperties":false}}})";
  CHECK(agrees(tree, R"({"next":{"next":{}}})"));
  CHECK(findings(tree, R"({"next":{"next":{"x":1}}})") ==
        std::vector<std::string>{"/next/next: The property 'x' is not allowed: the schema does not name it."});
}

TEST_CASE("References lead to pointers, names and documents that are given", "[schema][json]") {
  CHECK(agrees(R"({"items":{"$ref":"#/$defs/a%25b~1c"},"$defs":{"a%b/c":{"type":"null"}}})", "[null]"));
  CHECK_FALSE(agrees(R"({"items":{"$ref":"#a"},"$defs":{"x":{"$anchor":"a","type":"null"}}})", "[1]"));
  CHECK_FALSE(
      agrees(R"({"items":{"$ref":"s.json"},"$defs":{"x":{"$id":"https://x.test/s.json","type":"null"}}})", "[1]"));
  const std::string other = R"({"definitions":{"n":{"type":"integer"}}})";
  const schema::SchemaSource source = [&](std::string_view uri) { return uri == "/schemas/other" ? &other : nullptr; };
  const auto made = compile(R"({"$ref":"/schemas/other#/definitions/n"})", {}, source);
  CHECK(made->check_text("1", ContentLimits()).is_clean());
  CHECK_FALSE(made->check_text("true", ContentLimits()).is_clean());
}

TEST_CASE("Members beside a reference count from 2019-09 on", "[schema][json]") {
  CHECK(agrees(
      R"({"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"$ref":"#/definitions/d","maximum":1}},
      "definitions":{"d":{"type":"integer"}}})",
      R"({"a":5})"));
  CHECK_FALSE(
      agrees(R"({"properties":{"a":{"$ref":"#/definitions/d","maximum":1}},"definitions":{"d":{"type":"integer"}}})",
             R"({"a":5})"));
}

TEST_CASE("A schema that cannot be used says why", "[schema][json]") {
  CHECK(why_not("[") == "line 1 of the schema is no JSON: a value is missing at the end of the text");
  CHECK(why_not("3") == "line 1 of the schema: a schema must be an object");
  CHECK(why_not(R"({"$ref":"#/nowhere"})") == "line 1 of the schema: '#/nowhere' leads nowhere");
  CHECK(why_not(R"({"$ref":"https://x.test/s"})") ==
        "line 1 of the schema: the schema 'https://x.test/s' is not known");
  CHECK(why_not("{\n\"type\":\"strin\"}") == "line 2 of the schema: 'strin' is not a type");
  CHECK(why_not(R"({"minimum":"1"})") == "line 1 of the schema: 'minimum' is not of its type");
  CHECK(why_not(R"({"minLength":-1})") == "line 1 of the schema: 'minLength' must be a whole number from 0 on");
  CHECK(why_not(R"({"pattern":"("})").find("the pattern '(' is wrong at offset 1") != std::string::npos);
  CHECK(why_not(R"({"unevaluatedProperties":false})") ==
        "line 1 of the schema: 'unevaluatedProperties' is not carried out by this version");
  CHECK(why_not("{}", {.pointer = "#/components/schemas/x"}) == "'#/components/schemas/x' leads nowhere");
}

TEST_CASE("A pointer names the part that is meant", "[schema][json]") {
  CHECK_FALSE(
      agrees(R"({"components":{"schemas":{"a":{"type":"null"}}}})", "1", {.pointer = "#/components/schemas/a"}));
}

TEST_CASE("Additional properties may be allowed against the schema", "[schema][json]") {
  constexpr std::string_view closed = R"({"properties":{"a":{}},"additionalProperties":false})";
  CHECK_FALSE(agrees(closed, R"({"b":1})"));
  CHECK(agrees(closed, R"({"b":1})", {.additional_properties = true}));
}

TEST_CASE("Additional properties may be refused against the schema, at every depth", "[schema][json]") {
  const JsonSchemaOptions closed{.additional_properties = false};
  constexpr std::string_view open = R"({"allOf":[{"properties":{"a":{}}},{"$ref":"#/definitions/b"}],
      "definitions":{"b":{"properties":{"b":{"type":"object","additionalProperties":{"type":"integer"}}}}}})";
  CHECK(agrees(open, R"({"a":1,"b":{}})", closed));
  CHECK_FALSE(agrees(open, R"({"a":1,"c":2})", closed));
  CHECK_FALSE(agrees(open, R"({"b":{"x":1}})", closed));
  CHECK(agrees(R"({"properties":{"any":{}}})", R"({"any":{"x":1}})", closed));
}

TEST_CASE("Names of properties may be compared without case", "[schema][json]") {
  constexpr std::string_view text =
      R"({"properties":{"OrderId":{"type":"integer"}},"required":["orderID"],"additionalProperties":false})";
  CHECK_FALSE(agrees(text, R"({"orderid":1})"));
  CHECK(agrees(text, R"({"orderid":1})", {.ignore_name_case = true}));
  CHECK_FALSE(agrees(text, R"({"ORDERID":"x"})", {.ignore_name_case = true}));
}

TEST_CASE("The same schema is compiled once while it is in use", "[schema][json]") {
  const auto first = compile(R"({"title":"shared"})");
  CHECK(compile(R"({"title":"shared"})") == first);
  CHECK(compile(R"({"title":"shared"})", {.ignore_name_case = true}) != first);
}

TEST_CASE("Findings have a bound", "[schema][json][limits]") {
  std::string body = "[";
  for (int i = 0; i < 300; ++i) body += "1,";
  body += "1]";
  CHECK(check(R"({"items":{"type":"string"}})", body).findings.size() == SchemaLimits().findings);
}

TEST_CASE("A schema that is itself ends", "[schema][json][limits]") {
  CHECK(check(R"({"$ref":"#"})", "1").failure == "the schema refers to itself without end");
  CHECK(check(R"({"allOf":[{"$ref":"#"},{"$ref":"#"}]})", "1").failure == "the schema refers to itself without end");
}

TEST_CASE("Schemas and values nested in turn have a bound together", "[schema][json][limits]") {
  std::string inner = R"({"properties":{"a":{"$ref":"#"}}})";
  for (int i = 0; i < 25; ++i) inner = R"({"allOf":[)" + inner + "]}";
  std::string body = "{}";
  for (int i = 0; i < 30; ++i) body = "{\"a\":" + body + "}";
  CHECK(check(inner, body).is_clean());
  for (int i = 0; i < 30; ++i) body = "{\"a\":" + body + "}";
  CHECK(check(inner, body).failure == "schema and value are nested too deeply");
}

TEST_CASE("Alternatives inside alternatives cost no more than their bound", "[schema][json][limits]") {
  constexpr std::string_view text =
      R"({"anyOf":[{"properties":{"a":{"$ref":"#"}},"required":["x"]},{"properties":{"a":{"$ref":"#"}},"required":["y"]}]})";
  std::string body = "{}";
  for (int i = 0; i < 40; ++i) body = "{\"a\":" + body + "}";
  const auto result = check(text, body);
  CHECK_FALSE(result.is_clean());
}

TEST_CASE("A pattern that would take long is given up", "[schema][json][limits]") {
  CHECK(check(R"({"pattern":"^(a+)+$"})", "\"" + std::string(40, 'a') + "b\"").failure ==
        "a pattern takes more work than a match may");
}

TEST_CASE("Long texts do not end the process", "[schema][json][limits]") {
  CHECK_FALSE(check(R"({"pattern":"^(a|b)*$"})", "\"" + std::string(1 << 20, 'a') + "\"").is_clean());
  CHECK(agrees(R"({"pattern":"^[ab]*$"})", "\"" + std::string(1 << 20, 'a') + "\""));
}

TEST_CASE("Values nested too deeply are refused when they are read", "[schema][json][limits]") {
  const std::string deep = std::string(100, '[') + std::string(100, ']');
  CHECK(check("{}", deep).findings.at(0).message.starts_with("The body is no valid JSON: "));
  CHECK(why_not("{\"items\":" + deep + "}").starts_with("line 1 of the schema is no JSON: "));
}

TEST_CASE("A schema larger than its bound is refused", "[schema][json][limits]") {
  SchemaLimits limits;
  limits.bytes = 10;
  CHECK(JsonSchema::get(R"({"type":"null"})", {}, limits).error() == "it has more than 10 bytes");
}
