// SPDX-License-Identifier: Apache-2.0
#include "base/json_to_xml.hpp"

#include "base/json_date.hpp"
#include "base/xml_to_json.hpp"

#include <catch2/catch.hpp>

using namespace sluice;

namespace {

std::string convert(std::string_view json, const JsonToXmlOptions& options = {}) {
  Arena arena;
  const auto xml = json_to_xml(json, arena, options);
  return xml ? *xml : "! " + std::string(xml.error().message());
}

}  // namespace

TEST_CASE("members are elements as Json.NET has them", "[base][json_to_xml]") {
  struct Row {
    const char *json, *xml;
  };
  const Row row = GENERATE(
      Row{R"({"a":null})", "<a />"}, Row{R"({"a":{}})", "<a />"}, Row{R"({"a":""})", "<a></a>"},
      Row{R"({"a":"x<&>"})", "<a>x&lt;&amp;&gt;</a>"}, Row{R"({"a":{"b":1,"c":true}})", "<a><b>1</b><c>true</c></a>"},
      Row{R"({"a":{"b":[1,2]}})", "<a><b>1</b><b>2</b></a>"}, Row{R"({"a":{"b":[]}})", "<a></a>"},
      Row{R"({"a":{"b":[[1,2],[]]}})", "<a><b><b>1</b><b>2</b></b><b /></a>"},
      Row{R"({"a":{"@b":"1","#text":"x"}})", R"(<a b="1">x</a>)"},
      Row{R"({"a":{"c":1,"@b":"\"\n"}})", R"(<a b="&quot;&#xA;"><c>1</c></a>)"},
      Row{R"({"a":{"#text":["x","y"],"b":null}})", "<a>xy<b /></a>"},
      Row{R"({"a":{"#cdata-section":"x]]>y"}})", "<a><![CDATA[x]]]]><![CDATA[>y]]></a>"},
      Row{R"({"?xml":{"@version":"1.0","@encoding":"utf-16","@standalone":"yes"},"a":1})",
          R"(<?xml version="1.0" encoding="utf-8" standalone="yes"?><a>1</a>)"},
      Row{R"({"?go":"on","a":{"?x":null}})", "<?go on?><a><?x?></a>"},
      Row{R"({"a":{"@xmlns:p":"urn:p","@xmlns":"urn:d","p:b":1,"@p:c":2}})",
          R"(<a xmlns:p="urn:p" xmlns="urn:d" p:c="2"><p:b>1</p:b></a>)"},
      Row{R"({"a":{"q:b":1,"@xml:lang":"en","xml_b":2}})",
          R"(<a xml:lang="en"><q_x003A_b>1</q_x003A_b><xml_b>2</xml_b></a>)"},
      Row{R"({"a b":{"1":2,"$":3}})", "<a_x0020_b><_x0031_>2</_x0031_><_x0024_>3</_x0024_></a_x0020_b>"},
      Row{R"({"a":123456789012345678901234567890,"b":1e999,"c":-0.10})",
          "<Document><a>123456789012345678901234567890</a><b>1e999</b><c>-0.10</c></Document>"});
  CHECK(convert(row.json) == row.xml);
}

TEST_CASE("what is not one element gets one", "[base][json_to_xml]") {
  struct Row {
    const char *json, *xml;
  };
  const Row row =
      GENERATE(Row{R"({"a":1,"b":2})", "<Document><a>1</a><b>2</b></Document>"}, Row{"{}", "<Document />"},
               Row{"[1,2]", "<Document><Document>1</Document><Document>2</Document></Document>"},
               Row{"7", "<Document>7</Document>"}, Row{"null", "<Document />"}, Row{R"({"a":[1]})", "<a>1</a>"},
               Row{R"({"a":[1,2]})", "<Document><a>1</a><a>2</a></Document>"},
               Row{R"({"a":[]})", "<Document></Document>"}, Row{R"({"#text":"x"})", "<Document>x</Document>"},
               Row{R"({"@a":"1","b":2})", R"(<Document a="1"><b>2</b></Document>)"},
               Row{R"({"?xml":{},"a":1,"b":2})", R"(<?xml version="1.0"?><Document><a>1</a><b>2</b></Document>)"});
  CHECK(convert(row.json) == row.xml);
}

TEST_CASE("prefixes, their declarations and the block of attributes have names of their own", "[base][json_to_xml]") {
  JsonToXmlOptions options;
  options.namespace_separator = ":";
  options.namespace_prefix = "xmlns";
  options.attribute_block_name = "#attrs";
  CHECK(convert(R"({"s:a":{"xmlns:s":"urn:s","xmlns":"urn:d","#attrs":{"id":1,"s:x":null},"s:b":"t"}})", options) ==
        R"(<s:a xmlns:s="urn:s" xmlns="urn:d" id="1" s:x=""><s:b>t</s:b></s:a>)");
  CHECK(convert(R"({"a":{"#attrs":{"xmlns:s":"urn:s","s:b":1},"xmlnsx":2}})", options) ==
        R"(<a xmlns:s="urn:s" s:b="1"><xmlnsx>2</xmlnsx></a>)");
  options.namespace_separator = "_";
  CHECK(convert(R"({"s_a":{"xmlns_s":"urn:s","first_name":1}})", options) ==
        R"(<s:a xmlns:s="urn:s"><first_name>1</first_name></s:a>)");
}

TEST_CASE("a prefix ends with the element that declares it", "[base][json_to_xml]") {
  CHECK(convert(R"({"a":{"b":{"@xmlns:p":"u","p:c":1},"p:d":2}})") ==
        R"(<a><b xmlns:p="u"><p:c>1</p:c></b><p_x003A_d>2</p_x003A_d></a>)");
}

TEST_CASE("what has no form in XML is refused", "[base][json_to_xml]") {
  const char* json =
      GENERATE("", "{", R"({"a":})", R"({'a':1})", "{\"a\":\"\xFF\"}", R"({"a":"\u0001"})", R"({"a":"\uFFFE"})",
               R"({"":1})", R"({"a":{"@":1}})", R"({"a":{"@b":{}}})", R"({"a":{"@b":[1]}})", R"({"a":{"@b":1,"@b":2}})",
               R"({"a":{"@xmlns:p":"u","@xmlns:q":"u","@p:b":1,"@q:b":2}})", R"({"a":{"@xmlns:p":""}})",
               R"({"a":{"@xmlns:xml":"u"}})", R"({"a":{"@xmlns:x y":"u"}})", R"({"a":{"@xmlns:p":"u","@xmlns:p":"v"}})",
               R"({"a":{"@xmlns":1}})", R"({"a":{"?xml":"x"}})", R"({"a":{"?x":"a?>b"}})", R"({"a":{"?x y":"z"}})",
               R"({"a":{"#text":{}}})", R"({"a":{"#cdata-section":[[1]]}})");
  INFO(json);
  Arena arena;
  const auto xml = json_to_xml(json, arena, {});
  REQUIRE_FALSE(xml);
  CHECK(xml.error().code() == ErrorCode::content_conversion_failed);
}

TEST_CASE("dates are written as .NET writes them, or stay", "[base][json_to_xml]") {
  struct Row {
    const char *text, *date;
  };
  const Row row =
      GENERATE(Row{"2024-02-29T01:02:03", "2024-02-29T01:02:03"}, Row{"2024-02-29T01:02:03Z", "2024-02-29T01:02:03Z"},
               Row{"2024-01-01T00:00:00.1230Z", "2024-01-01T00:00:00.123Z"},
               Row{"2024-01-01T00:00:00.123456789", "2024-01-01T00:00:00.1234567"},
               Row{"2024-01-01T00:30:00+01:00", "2023-12-31T23:30:00+00:00"},
               Row{"2024-01-01T00:30:00-0130", "2024-01-01T02:00:00+00:00"}, Row{"/Date(0)/", "1970-01-01T00:00:00Z"},
               Row{"/Date(-1500)/", "1969-12-31T23:59:58.5Z"}, Row{"/Date(1000+0100)/", "1970-01-01T00:00:01+00:00"});
  CHECK(rewritten_json_date(row.text) == row.date);
  const char* other =
      GENERATE("", "2024-01-01", "2023-02-29T00:00:00Z", "2024-01-01T24:00:00", "2024-01-01 00:00:00",
               "2024-01-01T00:00:00.", "2024-01-01T00:00:00+1", "0001-01-01T00:00:00+01:00", "0000-01-01T00:00:00",
               "/Date()/", "/Date(x)/", "/Date(999999999999999999)/", "2024-01-01T00:00:00Zx", "/Date(1+9)/");
  CHECK_FALSE(rewritten_json_date(other));
  JsonToXmlOptions options;
  CHECK(convert(R"({"a":"2024-01-01T00:00:00.10Z"})") == "<a>2024-01-01T00:00:00.1Z</a>");
  options.parses_dates = false;
  CHECK(convert(R"({"a":"2024-01-01T00:00:00.10Z"})", options) == "<a>2024-01-01T00:00:00.10Z</a>");
}

TEST_CASE("L5: a long name of many elements does not make a result beyond the limit", "[base][json_to_xml]") {
  std::string json = "{\"" + std::string(10'000, 'n') + "\":[1";
  for (int i = 0; i < 50'000; ++i) json += ",1";
  JsonToXmlOptions options;
  Arena arena;
  const auto xml = json_to_xml(json + "]}", arena, options);
  REQUIRE_FALSE(xml);
  CHECK(xml.error().code() == ErrorCode::response_body_too_large);
}

TEST_CASE("L15: depth, members and prefixes are bounded", "[base][json_to_xml]") {
  const std::string deep = std::string(65, '[') + std::string(65, ']');
  CHECK(convert(deep).starts_with("!"));
  CHECK_FALSE(convert(deep.substr(1, 128)).starts_with("!"));
  JsonToXmlOptions options;
  options.limits.members = 3;
  CHECK(convert("[1,2]", options).starts_with("<"));
  CHECK(convert("[1,2,3]", options).starts_with("!"));
  std::string many = R"({"a":{)";
  for (int i = 0; i < 101; ++i) many += (i == 0 ? "\"@xmlns:p" : ",\"@xmlns:p") + std::to_string(i) + "\":\"u\"";
  CHECK(convert(many + "}}").starts_with("!"));
}

TEST_CASE("what came from XML goes back to it", "[base][json_to_xml]") {
  const char* xml = GENERATE("<a />", "<a>x</a>", "<a b=\"1\">x<c /></a>", "<a><b>1</b><b>2</b></a>",
                             "<p:a xmlns:p=\"urn:p\" p:b=\"1\"><p:c>&lt;</p:c></p:a>", "<a><![CDATA[x]]></a>");
  const auto json = xml_to_json(xml, {});
  REQUIRE(json);
  CHECK(convert(*json) == xml);
}
