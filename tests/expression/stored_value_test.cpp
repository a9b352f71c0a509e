// SPDX-License-Identifier: Apache-2.0
#include <sluice/expression.hpp>
#include <sluice/stored_value.hpp>

#include "testing/bare_context.hpp"

#include <catch2/catch.hpp>

using namespace sluice;

namespace {

struct Service {
  testing::ContextFixture writing, reading;

  Value evaluate(const std::string& code, RequestContext& context) {
    auto compiled = compile_expression(code, {});
    for (const ExpressionFinding& finding : compiled.findings) UNSCOPED_INFO(finding.message);
    REQUIRE(compiled.expression != nullptr);
    auto value = compiled.expression->evaluate(context);
    REQUIRE(value.has_value());
    return *value;
  }
  /// What `code` makes, kept by one request and looked at by `view` in another, where it is the variable v.
  std::string seen(const std::string& code, const std::string& view) {
    const auto stored = store_value(evaluate(code, writing.context), writing.context);
    if (!stored) return "refused: " + std::string(stored.error().message());
    const auto restored = restore_value(*stored, reading.context);
    if (!restored) return "unreadable";
    reading.context.variables.set("v", *restored);
    return std::string(to_text(evaluate(view, reading.context), reading.context.arena));
  }
};

}  // namespace

TEST_CASE("values keep their type and content from one request to another", "[expression][stored_value]") {
  struct Row {
    const char *code, *view, *expected;
  };
  const auto row = GENERATE(values<Row>({
      {"@((object)null)", "@(context.Variables[\"v\"] == null)", "True"},
      {"@(true)", "@((bool)context.Variables[\"v\"])", "True"},
      {"@('x')", "@((char)context.Variables[\"v\"])", "x"},
      {"@((byte)200)", "@((byte)context.Variables[\"v\"])", "200"},
      {"@(-42)", "@((int)context.Variables[\"v\"] + 1)", "-41"},
      {"@(ulong.MaxValue)", "@((ulong)context.Variables[\"v\"])", "18446744073709551615"},
      {"@(1.5)", "@((double)context.Variables[\"v\"])", "1.5"},
      {"@(1.25f)", "@((float)context.Variables[\"v\"])", "1.25"},
      {"@(1.10m)", "@((decimal)context.Variables[\"v\"])", "1.10"},
      {"@(\"z\u00e4hlt\")", "@((string)context.Variables[\"v\"])", "z\u00e4hlt"},
      {"@(new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc))",
       "@(((DateTime)context.Variables[\"v\"]).ToString(\"o\"))", "2026-01-02T03:04:05.0000000Z"},
      {"@(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2)))",
       "@(((DateTimeOffset)context.Variables[\"v\"]).ToString(\"o\"))", "2026-01-02T03:04:05.0000000+02:00"},
      {"@(TimeSpan.FromMinutes(90))", "@((TimeSpan)context.Variables[\"v\"])", "01:30:00"},
      {"@(Guid.Parse(\"00112233-4455-6677-8899-aabbccddeeff\"))", "@((Guid)context.Variables[\"v\"])",
       "00112233-4455-6677-8899-aabbccddeeff"},
      {"@(DayOfWeek.Friday)", "@((DayOfWeek)context.Variables[\"v\"])", "Friday"},
      {"@(new byte[] {1, 2, 255})", "@(((byte[])context.Variables[\"v\"]).Length)", "3"},
      {"@(new [] {\"a\", \"b\"})", "@(string.Join(\",\", (string[])context.Variables[\"v\"]))", "a,b"},
      {"@(new List<int> {3, 4})", "@(((List<int>)context.Variables[\"v\"]).Sum())", "7"},
      {"@(new Dictionary<string, int[]> {{\"a\", new [] {1, 2}}})",
       "@(((Dictionary<string, int[]>)context.Variables[\"v\"])[\"a\"][1])", "2"},
      {"@(new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase) {{\"Key\", 1}, {\"b\", null}})",
       "@(((Dictionary<string, object>)context.Variables[\"v\"])[\"KEY\"])", "1"},
      {"@(new HashSet<string> {\"a\", \"b\"})", "@(((HashSet<string>)context.Variables[\"v\"]).Contains(\"b\"))",
       "True"},
      {"@(new KeyValuePair<string, int>(\"a\", 7))", "@(((KeyValuePair<string, int>)context.Variables[\"v\"]).Value)",
       "7"},
      {"@(JObject.Parse(\"{\\\"a\\\": [1, 2.5, null, \\\"x\\\"]}\"))",
       "@(((JObject)context.Variables[\"v\"])[\"a\"].ToString(Newtonsoft.Json.Formatting.None))", "[1,2.5,null,\"x\"]"},
      {"@(new JArray(1, 2))", "@(((JArray)context.Variables[\"v\"]).Count)", "2"},
      {"@(new JProperty(\"p\", 3))", "@(((JProperty)context.Variables[\"v\"]).Name)", "p"},
      {"@(new JValue(new DateTime(2026, 1, 1)))", "@(((JValue)context.Variables[\"v\"]).Type)", "Date"},
      {"@(XElement.Parse(\"<a b='1'>t<c/></a>\"))", "@(((XElement)context.Variables[\"v\"]).Attribute(\"b\").Value)",
       "1"},
      {"@(XDocument.Parse(\"<a/>\"))", "@(((XDocument)context.Variables[\"v\"]).Root.Name)", "a"},
  }));
  INFO(row.code);
  Service service;
  CHECK(service.seen(row.code, row.view) == row.expected);
}

TEST_CASE("a value that means nothing outside of its request is refused", "[expression][stored_value]") {
  Service service;
  const char* code = GENERATE("@(context.Request)", "@(context.Request.Headers)", "@(new {a = 1})",
                              "@(new List<object> {context.Request.Url})", "@(new StringBuilder())");
  INFO(code);
  CHECK(service.seen(code, "@(1)").starts_with("refused: A value of type '"));
}

TEST_CASE("a value that is nested too deep is refused", "[expression][stored_value]") {
  Service service;
  service.writing.limits.content.depth = 4;
  CHECK(service.seen("@(JArray.Parse(\"[[[1]]]\"))", "@(1)") == "1");
  CHECK(service.seen("@(JArray.Parse(\"[[[[1]]]]\"))", "@(1)") == "refused: The value is nested too deep to be kept.");
}

TEST_CASE("bytes that are no stored value restore nothing, wherever they are wrong", "[expression][stored_value]") {
  Service service;
  const char* code =
      GENERATE("@(new Dictionary<string, object> {{\"a\", new [] {1, 2}}, {\"b\", DateTime.UtcNow}, {\"c\", 1.5m}})",
               "@(JObject.Parse(\"{\\\"a\\\": [1, null, {\\\"b\\\": true}]}\"))", "@(new List<string> {\"a\", null})",
               "@(new KeyValuePair<string, DayOfWeek>(\"a\", DayOfWeek.Monday))", "@(XElement.Parse(\"<a><b/></a>\"))");
  const auto stored = store_value(service.evaluate(code, service.writing.context), service.writing.context);
  REQUIRE(stored.has_value());
  for (std::size_t size = 0; size < stored->size(); ++size) {
    const auto made = restore_value(std::string_view(*stored).substr(0, size), service.reading.context);
    CHECK_FALSE(made.has_value());
  }
  CHECK_FALSE(restore_value(*stored + "x", service.reading.context).has_value());
  // Changed bytes may still make a value, another one; what is made can be used.
  for (std::size_t at = 0; at < stored->size(); ++at) {
    for (const char by : {'\0', '\1', '\7', '\xFF'}) {
      std::string changed = *stored;
      changed[at] = by;
      const auto made = restore_value(changed, service.reading.context);
      if (made) (void)store_value(*made, service.reading.context);
    }
  }
}
