// SPDX-License-Identifier: Apache-2.0
#include "pipeline/document/policy_tree.hpp"

#include "pipeline/document/text_origin.hpp"
#include "pipeline/support.hpp"

#include <map>

using namespace sluice;

namespace {
struct Read {
  PolicyTree tree;
  Diagnostics found;
  const PolicyElement& root() const { return *tree.root; }
};
Read read(std::string text, std::map<std::string, std::string> named = {}, bool alone = false) {
  Read result;
  TreeOptions options;
  if (!alone) {
    options.named_values = [named](std::string_view name) -> std::optional<std::string_view> {
      static thread_local std::string value;
      const auto found = named.find(std::string(name));
      if (found == named.end()) return std::nullopt;
      value = found->second;
      return value;
    };
  }
  result.tree = read_policy_tree({std::move(text), "t.xml"}, options, result.found);
  return result;
}
}  // namespace

TEST_CASE("elements, attributes and texts come with their places", "[pipeline][tree]") {
  const auto result = read("<a>\n  <b x=\"1\"\n     y='2'> text </b>\n</a>");
  const PolicyElement& b = result.root().children.at(0);
  CHECK(b.pos == SourcePos{2, 3});
  CHECK(b.attribute("y")->pos == SourcePos{3, 6});
  CHECK(b.attribute("y")->value.pos == SourcePos{3, 9});
  CHECK(b.text.text == "text");
  CHECK(b.text.pos == SourcePos{3, 13});
}

TEST_CASE("entities are decoded in literals and in escaped expressions, not in raw ones", "[pipeline][tree]") {
  const auto result =
      read(R"x(<a l="&lt;&amp;&#x41;" e="@(&quot;a&quot; == x &amp;&amp; y)" r="@("&amp;" == x && y)"/>)x");
  CHECK(result.root().attribute("l")->value.text == "<&A");
  CHECK(result.root().attribute("e")->value.text == "@(\"a\" == x && y)");
  CHECK(result.root().attribute("e")->value.is_expression);
  CHECK(result.root().attribute("r")->value.text == "@(\"&\" == x && y)");
}

TEST_CASE("newlines of expressions in attributes are kept", "[pipeline][tree]") {
  const auto result = read("<a e=\"@{ // comment\n return 1; }\"/>");
  CHECK(result.root().attribute("e")->value.text == "@{ // comment\n return 1; }");
}

TEST_CASE("each byte of a decoded text knows its place in the file", "[pipeline][tree]") {
  const std::string text = "<a>\n<b>@(&quot;x&quot; + {{nv}} + zz)</b></a>";
  const auto result = read(text, {{"nv", "12345"}});
  const PolicyText& value = result.root().children.at(0).text;
  CHECK(value.text == "@(\"x\" + 12345 + zz)");
  const std::size_t at = value.text.find("zz");
  CHECK(value.origin->source_offset(at) == text.find("zz"));
  CHECK(value.origin->source_offset(value.text.find("345")) == text.find("{{nv}}"));
  CHECK(value.origin->source_offset(2) == text.find("&quot;"));
  CHECK(value.origin->source_offset(3) == text.find("x&quot;"));
}

TEST_CASE("named values are put in everywhere, once, and may be expressions", "[pipeline][tree]") {
  const auto result = read(R"x(<a n="{{limit}}" u="{{ host }}/v2" e="@({{flag}} && x)">{{expr}}</a>)x",
                           {{"limit", "10"}, {"host", "http://h"}, {"flag", "true"}, {"expr", "@({{limit}})"}});
  CHECK(result.found.empty());
  CHECK(result.root().attribute("n")->value.text == "10");
  CHECK(result.root().attribute("u")->value.text == "http://h/v2");
  CHECK(result.root().attribute("e")->value.text == "@(true && x)");
  CHECK(result.root().text.text == "@({{limit}})");
  CHECK(result.root().text.is_expression);
}

TEST_CASE("an unknown named value is an error in a service and a warning alone", "[pipeline][tree]") {
  const std::string text = "<a n=\"x {{missing}}\"/>";
  const auto in_service = read(text);
  REQUIRE(in_service.found.size() == 1);
  CHECK(in_service.found[0].code == "SL1009");
  CHECK(in_service.found[0].severity == Severity::error);
  CHECK(in_service.found[0].pos == SourcePos{1, 9});
  CHECK(read(text, {}, true).found[0].severity == Severity::warning);
}

TEST_CASE("braces of Liquid and of interpolated strings are left alone", "[pipeline][tree]") {
  const auto result = read("<a t=\"{{body.name}} {{ context.Request.Method }}\" e=\"@($\"{{{x + 1}}}\")\"/>");
  CHECK(result.found.empty());
  CHECK(result.root().attribute("t")->value.text == "{{body.name}} {{ context.Request.Method }}");
}

TEST_CASE("an element with markup keeps what stands between its tags", "[pipeline][tree]") {
  const auto result = read("<a><b> <x y=\"1\">t</x><x/><!-- c --> </b></a>");
  CHECK(result.root().children.at(0).inner.text == "<x y=\"1\">t</x><x/><!-- c -->");
  CHECK(result.root().children.at(0).inner.pos == SourcePos{1, 8});
}

TEST_CASE("CDATA is text, and may be an expression", "[pipeline][tree]") {
  const auto result = read("<a>\n <![CDATA[@{ return a < b ? \"&amp;\" : \"\"; }]]>\n</a>");
  CHECK(result.root().text.text == "@{ return a < b ? \"&amp;\" : \"\"; }");
  CHECK(result.root().text.is_expression);
  CHECK(result.root().text.pos == SourcePos{2, 11});
}
