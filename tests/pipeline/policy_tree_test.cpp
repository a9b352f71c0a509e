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
/// Names that begin with `secret` are secret.
Read read(std::string text, std::map<std::string, std::string> named = {}, bool alone = false,
          PolicyFormat format = PolicyFormat::rawxml) {
  Read result;
  TreeOptions options;
  options.markup_elements = {"markup", "set-body"};
  if (!alone) {
    options.named_values = [&named](std::string_view name) -> std::optional<NamedText> {
      const auto found = named.find(std::string(name));
      if (found == named.end()) return std::nullopt;
      return NamedText{found->second, name.starts_with("secret")};
    };
  }
  result.tree = read_policy_tree({std::move(text), "t.xml", format}, options, result.found);
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

TEST_CASE("X2: quoted parts of distinguished names keep their quotes in raw literals", "[pipeline][tree]") {
  const auto [text, first, second] = GENERATE(table<std::string, std::string, std::string>({
      {R"(<a x="CN=c, O="A, B", C=US" y="1"/>)", R"(CN=c, O="A, B", C=US)", "1"},
      {R"(<a x="O="A, B"" y="1"/>)", R"(O="A, B")", "1"},
      {R"(<a y="1" x="O="A, B""/>)", R"(O="A, B")", "1"},
      {R"(<a y="1" x="O="A, B"+OU="C;D""></a>)", R"(O="A, B"+OU="C;D")", "1"},
      {R"(<a x="O="the ""best"", yes" , C=US" y="1"/>)", R"(O="the ""best"", yes" , C=US)", "1"},
      // As they ever were:
      {R"(<a x="/p?q=" y=", z"/>)", "/p?q=", ", z"},
      {R"(<a x="" y="="/>)", "", "="},
      {R"(<a x="=" y="=,"/>)", "=", "=,"},
      {R"(<a x='O="A, B"' y='1'/>)", R"(O="A, B")", "1"},
  }));
  INFO(text);
  const auto result = read(text);
  CHECK(result.found.empty());
  REQUIRE(result.tree.root);
  REQUIRE(result.root().attributes.size() == 2);
  CHECK(result.root().attribute("x")->value.text == first);
  CHECK(result.root().attribute("y")->value.text == second);
}

TEST_CASE("X2: other quotes inside a literal are a mistake, and format xml has none", "[pipeline][tree]") {
  for (const char* text : {R"(<a x="A "B" C"/>)", R"(<a x="O="A" B"/>)", R"(<a x="1"y="2"/>)", R"(<a x="q="y="2"/>)"}) {
    INFO(text);
    CHECK(read(text).found.has_errors());
  }
  CHECK(read(R"(<a x="CN=c, O="A, B", C=US"/>)", {}, false, PolicyFormat::xml).found.has_errors());
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

TEST_CASE("braces of interpolated strings are left alone", "[pipeline][tree]") {
  const auto result = read(R"x(<a e="@($"{{{x + 1}}} {{ { }}")"/>)x", {{"x", "wrong"}});
  CHECK(result.found.empty());
  CHECK(result.root().attribute("e")->value.text == R"x(@($"{{{x + 1}}} {{ { }}"))x");
}

TEST_CASE("a Liquid template keeps its own names and takes the named values that exist", "[pipeline][tree]") {
  const std::string body = "{{body.name}} {{ context.Request.Method }} {{ assigned }} {{host}}";
  const auto result =
      read("<set-body template=\"Liquid\">" + body + "</set-body>", {{"host", "h"}, {"body.name", "wrong"}});
  CHECK(result.found.empty());
  CHECK(result.root().text.text == "{{body.name}} {{ context.Request.Method }} {{ assigned }} h");
  // Outside of templates they are names like others.
  CHECK(test::summary(read("<a>{{body.name}}</a>").found) == "1:4 SL1009\n");
}

TEST_CASE("the template of an element that holds no markup is that of its children", "[pipeline][tree]") {
  const auto result = read("<bind template='Liquid'><data>{{ body.name }}</data></bind>", {{"body.name", "wrong"}});
  CHECK(result.found.empty());
  REQUIRE(result.root().children.size() == 1);
  CHECK(result.root().children[0].text.text == "{{ body.name }}");
}

TEST_CASE("a Liquid template that writes markup keeps its entities, one without has them decoded", "[pipeline][tree]") {
  const auto with = read("<set-body template='liquid'>{% if a < b %}<x>&amp;</x>{% endif %}</set-body>");
  CHECK(with.root().text.text == "{% if a < b %}<x>&amp;</x>{% endif %}");
  CHECK(read("<set-body template='liquid'>{{ a }} &lt; b</set-body>").root().text.text == "{{ a }} < b");
  CHECK(read("<set-body template='liquid'>\n<![CDATA[<x>{{ a }}&amp;</x>]]></set-body>").root().text.text ==
        "<x>{{ a }}&amp;</x>");
}

TEST_CASE("an element that may hold markup keeps what stands between its tags", "[pipeline][tree]") {
  const auto result =
      read("<a><markup> <x y=\"{{n}}\">t</x><x/><!-- c --> </markup><b> <x>t</x></b></a>", {{"n", "1"}});
  CHECK(result.root().children.at(0).inner.text == "<x y=\"1\">t</x><x/><!-- c -->");
  CHECK(result.root().children.at(0).inner.pos == SourcePos{1, 13});
  CHECK(result.root().children.at(1).inner.text.empty());
  // What is wrong inside is told once.
  CHECK(test::summary(read("<markup><x>{{none}}</x></markup>").found) == "1:12 SL1009\n");
}

TEST_CASE("secret named values are shown by name, others by value", "[pipeline][tree][secrets]") {
  const auto result = read(R"x(<a k="x-{{open}}-{{ secret-key }}-&amp;y"/>)x", {{"open", "o"}, {"secret-key", "hush"}});
  const PolicyText& value = result.root().attribute("k")->value;
  CHECK(value.text == "x-o-hush-&y");
  CHECK(shown_text(value, 100) == "x-o-{{ secret-key }}-&y");
  CHECK(shown_text(value, 5) == "x-o-{...");
  CHECK(value.origin->holds_secret(4, 5));
  CHECK_FALSE(value.origin->holds_secret(0, 4));
  CHECK_FALSE(value.origin->holds_secret(8, 11));
}

TEST_CASE("named values that would make a text endless are refused, not cut", "[pipeline][tree][limits]") {
  std::string text = "<a>";
  for (int i = 0; i < 1100; ++i) text += "{{long}}";
  const auto result = read(text + "</a>", {{"long", std::string(4096, 'x')}});
  CHECK(test::summary(result.found) == "1:8196 SL9001\n");
  CHECK(result.found[0].severity == Severity::error);
}

TEST_CASE("blanks of Unicode around an expression are blanks, in a literal they are text", "[pipeline][tree]") {
  const auto result = read("<a e=\"\xC2\xA0@(1)\xE2\x80\x83\"> @{ return 1; }\xC2\xA0\n</a>");
  CHECK(result.found.empty());
  CHECK(result.root().attribute("e")->value.text == "@(1)");
  CHECK(result.root().text.text == "@{ return 1; }");
  CHECK(read("<a>\xC2\xA0x </a>").root().text.text == "\xC2\xA0x");
}

TEST_CASE("format xml decodes entities in every value", "[pipeline][tree]") {
  const auto result = read(R"x(<a e="@(&quot;&amp;amp;&quot; == x)"><b>@(a &amp;&amp; b &lt; c)</b></a>)x", {}, false,
                           PolicyFormat::xml);
  CHECK(result.found.empty());
  CHECK(result.root().attribute("e")->value.text == R"x(@("&amp;" == x))x");
  CHECK(result.root().children.at(0).text.text == "@(a && b < c)");
}

TEST_CASE("a document with mistakes in its values still has its elements", "[pipeline][tree]") {
  const auto result = read("<a x='1' x='2' e=\"@(f(\"x\")\" z='3'><b>&no;</b><c>@{ return (1; }</c></a>");
  CHECK(test::summary(result.found) == "1:10 SL1005\n1:19 SL1004\n1:38 SL1008\n1:49 SL1004\n");
  REQUIRE(result.tree.root);
  CHECK(result.root().is_faulty);
  CHECK(result.root().attribute("e")->value.is_expression);
  CHECK(result.root().attribute("z")->value.text == "3");
  REQUIRE(result.root().children.size() == 2);
  CHECK_FALSE(result.root().children[0].is_faulty);
  CHECK(result.root().children[1].is_faulty);
}

TEST_CASE("CDATA is text, and may be an expression", "[pipeline][tree]") {
  const auto result = read("<a>\n <![CDATA[@{ return a < b ? \"&amp;\" : \"\"; }]]>\n</a>");
  CHECK(result.root().text.text == "@{ return a < b ? \"&amp;\" : \"\"; }");
  CHECK(result.root().text.is_expression);
  CHECK(result.root().text.pos == SourcePos{2, 11});
}
