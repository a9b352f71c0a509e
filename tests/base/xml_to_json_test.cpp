// SPDX-License-Identifier: Apache-2.0
#include "base/xml_to_json.hpp"

#include <catch2/catch.hpp>

using namespace sluice;

namespace {

std::string direct(std::string_view xml, XmlToJsonOptions options = {}) {
  options.kind = XmlToJsonKind::direct;
  const auto json = xml_to_json(xml, options);
  return json ? *json : "! " + std::string(json.error().message());
}
std::string friendly(std::string_view xml, XmlToJsonOptions options = {}) {
  options.kind = XmlToJsonKind::friendly;
  const auto json = xml_to_json(xml, options);
  return json ? *json : "! " + std::string(json.error().message());
}

}  // namespace

TEST_CASE("direct JSON is that of Json.NET", "[base][xml_to_json]") {
  struct Row {
    const char *xml, *json;
  };
  const Row row = GENERATE(
      Row{"<a/>", R"({"a":null})"}, Row{"<a></a>", R"({"a":""})"}, Row{"<a> \n </a>", R"({"a":""})"},
      Row{"<a>1</a>", R"({"a":"1"})"}, Row{"<a b='1'/>", R"({"a":{"@b":"1"}})"},
      Row{"<a b='1'>x</a>", R"({"a":{"@b":"1","#text":"x"}})"},
      Row{"<a><b>1</b><c/><b>2</b></a>", R"({"a":{"b":["1","2"],"c":null}})"},
      Row{"<a>x<b/>y</a>", R"({"a":{"#text":["x","y"],"b":null}})"}, Row{"<a>x<!-- c -->y</a>", R"({"a":"xy"})"},
      Row{"<a><![CDATA[<&>]]></a>", R"({"a":{"#cdata-section":"<&>"}})"},
      Row{"<?xml version='1.0' encoding='utf-8' standalone='yes'?><a/>",
          R"({"?xml":{"@version":"1.0","@encoding":"utf-8","@standalone":"yes"},"a":null})"},
      Row{"<?go on?><a/>", R"({"?go":"on","a":null})"},
      Row{"<s:a xmlns:s='urn:s' xmlns='urn:d' s:b='1'><c/></s:a>",
          R"({"s:a":{"@xmlns:s":"urn:s","@xmlns":"urn:d","@s:b":"1","c":null}})"},
      Row{"<a_x0020_b/>", R"({"a b":null})"}, Row{"<a>\"\\\xC3\xA9&#9;&lt;</a>", R"({"a":"\"\\é\t<"})"},
      Row{"<a xml:space='preserve'> </a>", R"({"a":{"@xml:space":"preserve","#text":" "}})"});
  CHECK(direct(row.xml) == row.json);
}

TEST_CASE("json:Array makes an array of one, and arrays of arrays", "[base][xml_to_json]") {
  constexpr std::string_view space = "xmlns:json='http://james.newtonking.com/projects/json'";
  CHECK(direct("<r " + std::string(space) + "><a json:Array='true'>1</a></r>") == R"({"r":{"a":["1"]}})");
  CHECK(direct("<r " + std::string(space) + "><a json:Array='false'>1</a></r>") == R"({"r":{"a":"1"}})");
  CHECK(direct("<r " + std::string(space) + "><a json:Array='true'><a>1</a><a>2</a></a></r>") ==
        R"({"r":{"a":[["1","2"]]}})");
  CHECK(direct("<r " + std::string(space) + "><a json:id='7'/></r>") == R"({"r":{"a":{"$id":"7"}}})");
}

TEST_CASE("elements inside others may always be arrays", "[base][xml_to_json]") {
  XmlToJsonOptions options;
  options.always_arrays = true;
  CHECK(direct("<a b='1'><c><d/></c>x</a>", options) == R"({"a":{"@b":"1","c":[{"d":[null]}],"#text":"x"}})");
  CHECK(friendly("<a b='1'><c/></a>", options) == R"({"a":{"b":"1","c":[null]}})");
}

TEST_CASE("friendly JSON has no marks and no prefixes", "[base][xml_to_json]") {
  struct Row {
    const char *xml, *json;
  };
  const Row row = GENERATE(
      Row{"<?xml version='1.0'?><?go on?><s:a xmlns:s='urn:s' s:b='1'><s:c>x</s:c></s:a>",
          R"({"a":{"b":"1","c":"x"}})"},
      Row{"<a xmlns='urn:d'/>", R"({"a":null})"}, Row{"<a b='1'>x</a>", R"({"a":{"b":"1","$text":"x"}})"},
      Row{"<a b='1'><b>2</b></a>", R"({"a":{"b":["1","2"]}})"}, Row{"<a>x<![CDATA[<]]>y</a>", R"({"a":"x<y"})"},
      Row{"<a>x<b/>y</a>", R"({"a":{"$text":["x","y"],"b":null}})"},
      Row{"<a xmlns:i='http://www.w3.org/2001/XMLSchema-instance'><b i:nil='true'>x</b><c i:type='t'/></a>",
          R"({"a":{"b":null,"c":{"type":"t"}}})"});
  CHECK(friendly(row.xml) == row.json);
}

TEST_CASE("X2: what is no well-formed document is refused, a document type above all", "[base][xml_to_json]") {
  const char* xml = GENERATE("", "x", "<a>", "<a></b>", "<a/><b/>", "<a b='1' b='2'/>", "<a><</a>", "<a>&nbsp;</a>",
                             "<p:a/>", "<a p:b=''/>", "<!DOCTYPE a><a/>", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
                             "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
                             "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", "<a>\xFF</a>",
                             "<a>\x01</a>", "<a>&#0;</a>", "<a>]]></a>", "<:a/>", "<a:b:c xmlns:a='u'/>",
                             "<a xmlns:p='u' xmlns:q='u' p:b='' q:b=''/>", "<a xmlns:p=''/>", "{\"a\":1}");
  INFO(xml);
  const auto json = xml_to_json(xml, {});
  REQUIRE_FALSE(json);
  CHECK(json.error().code() == ErrorCode::content_conversion_failed);
}

TEST_CASE("X1: entities that grow are never read", "[base][xml_to_json]") {
  std::string bomb = "<!DOCTYPE a [<!ENTITY e0 'ha'>";
  for (int i = 1; i < 30; ++i) {
    const std::string inner = "&e" + std::to_string(i - 1) + ";";
    bomb += "<!ENTITY e" + std::to_string(i) + " '" + inner + inner + "'>";
  }
  CHECK(direct(bomb + "]><a>&e29;</a>").starts_with("! "));
}

TEST_CASE("L15: depth, nodes and attributes are bounded", "[base][xml_to_json]") {
  const auto nested = [](int depth) {
    std::string xml;
    for (int i = 0; i < depth; ++i) xml += "<a>";
    for (int i = 0; i < depth; ++i) xml += "</a>";
    return xml;
  };
  CHECK_FALSE(direct(nested(64)).starts_with("!"));
  CHECK(direct(nested(65)).starts_with("!"));
  CHECK(direct(nested(100'000)).starts_with("!"));
  XmlToJsonOptions options;
  options.limits.members = 4;
  CHECK(direct("<a><b/><b/><b/></a>", options) == R"({"a":{"b":[null,null,null]}})");
  CHECK(direct("<a><b/><b/><b/><b/></a>", options).starts_with("!"));
  CHECK(direct("<a b='' c='' d='' e=''/>", options).starts_with("!"));
  std::string tag = "<a";
  for (int i = 0; i < 1'001; ++i) tag += " a" + std::to_string(i) + "=''";
  CHECK(direct(tag + "/>").starts_with("!"));
}

TEST_CASE("L5: the result is bounded", "[base][xml_to_json]") {
  XmlToJsonOptions options;
  options.most_bytes = 12;
  CHECK(direct("<a>12345</a>", options).starts_with("! The body has more"));
  const auto json = xml_to_json("<a>12345</a>", options);
  REQUIRE_FALSE(json);
  CHECK(json.error().code() == ErrorCode::response_body_too_large);
  CHECK(direct("<a>1234</a>", options) == R"({"a":"1234"})");
}
