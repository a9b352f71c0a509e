// SPDX-License-Identifier: Apache-2.0
#include <sluice/liquid.hpp>

#include "support.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace sluice::test;

TEST_CASE("text goes out as it stands", "[liquid][scan]") {
  CHECK(rendered("") == "");
  CHECK(rendered("a { b } c % d }} e %}") == "a { b } c % d }} e %}");
  CHECK(rendered("{\"a\":{\"b\":1}}") == "{\"a\":{\"b\":1}}");
}

TEST_CASE("a minus inside of the braces takes the white space beside them away", "[liquid][scan]") {
  CHECK(rendered("a \n {{- 'x' -}} \n b") == "axb");
  CHECK(rendered("a {{ 'x' }} b") == "a x b");
  CHECK(rendered("a {%- if true -%} x {%- endif -%} b") == "axb");
  CHECK(rendered("a {% if true -%} x {%- endif %} b") == "a x b");
  CHECK(rendered("{%- assign a = 1 -%}\n  <m>{{ a }}</m>") == "<m>1</m>");
  CHECK(rendered("a {{ 1 -}} {{- 2 }} b") == "a 12 b");
}

TEST_CASE("raw is not looked into, comments are left out", "[liquid][scan]") {
  CHECK(rendered("{% raw %}{{ a }}{% if %}{% endraw %}.") == "{{ a }}{% if %}.");
  CHECK(rendered("a {%- raw -%} {{x}} {%- endraw -%} b") == "a{{x}}b");
  CHECK(rendered("a{% comment %}{{ nothing | nothing }} {% nothing %}{% endcomment %}b") == "ab");
}

TEST_CASE("values are written as .NET does, truth in lower case", "[liquid][output]") {
  CHECK(rendered("{{ 1 }} {{ -5 }} {{ 1.50 }} {{ 'it' }} {{ \"is\" }}") == "1 -5 1.5 it is");
  CHECK(rendered("{{ true }} {{ false }} [{{ nil }}{{ null }}{{ empty }}{{ nothing }}{{ nothing.more }}]") ==
        "true false []");
  CHECK(rendered("{{ 'a\\n' }}") == "a\\n");
  CHECK(rendered("{{ body.a }} {{ body.b }} {{ body.c }} {{ body.d }} {{ body.e }}",
                 R"({"a":1,"b":1.25,"c":true,"d":null,"e":"x"})") == "1 1.25 true  x");
}

TEST_CASE("JSON is read by exact names, by place, and by computed names", "[liquid][json]") {
  const std::string_view json = R"({"a":{"b-c":[10,20,30],"size":7},"key":"a","n":1,"list":["x","y"],"soap:x":"s"})";
  CHECK(rendered("{{ body.a.b-c[1] }} {{ body.a['b-c'][0] }} {{ body[body.key].b-c[-1] }}", json) == "20 10 30");
  CHECK(rendered("{{ body.a.b-c[body.n] }} {{ body.a.b-c.first }} {{ body.a.b-c.last }} {{ body.list.size }}", json) ==
        "20 10 30 2");
  CHECK(rendered("{{ body.a.size }}|{{ body.A }}|{{ body.list[2] }}|{{ body.n.x }}|{{ body['soap:x'] }}", json) ==
        "7||||s");
  CHECK(rendered("{{ body.size }} {{ body.key.size }}", json) == "5 1");
}

TEST_CASE("JSON objects and arrays are written as JSON", "[liquid][json]") {
  CHECK(rendered("{{ body.a }}", R"({"a":[1]})") == "[\n  1\n]");
}

TEST_CASE("dates of JSON are dates unless the template says otherwise", "[liquid][json]") {
  const std::string_view json = R"({"at":"2012-03-21T05:40:00Z","old":"/Date(1198908717056)/"})";
  LiquidFixture fixture;
  fixture.json(json);
  CHECK(fixture.render("{{ body.at }} {{ body.old | Date: 'yyyy' }}") == "03/21/2012 05:40:00 2007");
  CHECK(fixture.render("{{ body.at | Date: 'yyyy-MM-dd' }}") == "2012-03-21");
  fixture.options.parse_dates = false;
  CHECK(fixture.render("{{ body.at }}") == "2012-03-21T05:40:00Z");
}

TEST_CASE("the body is bound by its Content-Type", "[liquid][body]") {
  const std::string_view text = "[{{ body.a }}]";
  CHECK(LiquidFixture().with_body("application/json", R"({"a":1})").render(text) == "[1]");
  CHECK(LiquidFixture().with_body("text/json", R"({"a":1})").render(text) == "[1]");
  CHECK(LiquidFixture().with_body("application/problem+json; charset=utf-8", R"({"a":1})").render(text) == "[1]");
  CHECK(LiquidFixture().with_body("APPLICATION/XML", "<a>1</a>").render(text) == "[1]");
  CHECK(LiquidFixture().with_body("application/soap+xml", "<a>1</a>").render(text) == "[1]");
  CHECK(LiquidFixture().with_body("text/plain", R"({"a":1})").render(text) == "[]");
  CHECK(LiquidFixture().with_body("application/json", "  ").render(text) == "[]");
  CHECK(rendered(text) == "[]");
  LiquidFixture none;
  none.options.body = LiquidBody::none;
  CHECK(none.json(R"({"a":1})").render(text) == "[]");
}

TEST_CASE("a body that is not what its Content-Type says is an error", "[liquid][body]") {
  CHECK(rendered("{{ body.a }}", "{").starts_with("error: Liquid template failed. Unexpected end"));
  CHECK(LiquidFixture().xml("<a>").render("{{ body.a }}").starts_with("error: Liquid template failed. "));
  CHECK(LiquidFixture().xml("<!DOCTYPE a><a/>").render("{{ body.a }}").starts_with("error: "));
  // Nobody asks for it: nobody reads it.
  CHECK(rendered("x", "{") == "x");
}

TEST_CASE("only what reads the body needs it", "[liquid][body]") {
  const auto effects = [](std::string_view text, LiquidBody body) {
    return compile_liquid(text, {.body = body}).expression->effects();
  };
  CHECK(effects("{{ body.a }}", LiquidBody::request) == Effects::reads_request_body);
  CHECK(effects("{% if true %}{{ body }}{% endif %}", LiquidBody::response) == Effects::reads_response_body);
  CHECK(effects("{{ body.a }}", LiquidBody::none) == Effects::none);
  CHECK(effects("{{ context.Request.Method }}", LiquidBody::request) == Effects::none);
  CHECK(effects("{% for body in (1..2) %}{{ body }}{% endfor %}", LiquidBody::request) == Effects::none);
}

TEST_CASE("a template without markup is constant", "[liquid]") {
  CHECK(compile_liquid("plain", {}).expression->constant()->as_string() == "plain");
  CHECK_FALSE(compile_liquid("{{ 1 }}", {}).expression->constant());
}

TEST_CASE("mistakes are told with their place", "[liquid][parse]") {
  CHECK(rendered("ab{{ x") == "SL3101 @2 '{{' is not closed\n");
  CHECK(rendered("{% if x") == "SL3101 @0 '{%' is not closed\n");
  CHECK(rendered("a{% if x %}b") == "SL3101 @1 {% if %} is not closed\n");
  CHECK(rendered("a{% for x in y %}b{% endif %}") ==
        "SL3101 @1 {% for %} is not closed\n"
        "SL3101 @21 {% endif %} stands where no block is open that it belongs to\n");
  CHECK(rendered("{% else %}") == "SL3101 @3 {% else %} stands where no block is open that it belongs to\n");
  CHECK(rendered("{{ 'x }}") == "SL3101 @3 a text in quotes does not end\n");
  CHECK(rendered("{{ }}").starts_with("SL3101 @3 the markup ends where a value should stand"));
  CHECK(rendered("{{ a b }}") == "SL3101 @5 found 'b' where nothing more should stand\n");
  CHECK(rendered("{{ a. }}").starts_with("SL3101"));
  CHECK(rendered("{{ a[1 }}").starts_with("SL3101"));
  CHECK(rendered("{{ 99999999999999999999 }}") == "SL3101 @3 the number 99999999999999999999 is too large\n");
  CHECK(rendered("{% assign = 1 %}").starts_with("SL3101"));
  CHECK(rendered("{% for in x %}{% endfor %}").starts_with("SL3101"));
  CHECK(rendered("{% comment %}") == "SL3101 @0 {% comment %} is not closed\n");
  CHECK(rendered("{% %}").starts_with("SL3101"));
}

TEST_CASE("all mistakes are told at once", "[liquid][parse]") {
  CHECK(rendered("{{ a | Nope }} {% nope %} {% if a ~ b %}{% endif %}") ==
        "SL3102 @7 'Nope' is no filter of Liquid templates\n"
        "SL3102 @18 'nope' is no tag of Liquid templates\n"
        "SL3101 @34 found '~ b' where nothing more should stand\n");
}

TEST_CASE("tags, filters and operators that there are not are refused by name", "[liquid][parse]") {
  CHECK(rendered("{% include 'x' %}") == "SL3102 @3 'include' is no tag of Liquid templates\n");
  CHECK(rendered("{% tablerow x in y %}") == "SL3102 @3 'tablerow' is no tag of Liquid templates\n");
  CHECK(rendered("{% if a startswith 'b' %}{% endif %}") ==
        "SL3102 @8 'startswith' is no operator of Liquid templates\n");
  CHECK(rendered("{{ 1 | Plus }}") == "SL3101 @7 the filter Plus takes 1 arguments, found 0\n");
  CHECK(rendered("{{ 1 | Truncate: 1, 2, 3 }}") == "SL3101 @7 the filter Truncate takes 0 to 2 arguments, found 3\n");
  CHECK(
      rendered("{{ 'a' | Replace: '(', '' }}").starts_with("SL3101 @9 the filter Replace has a pattern that is none"));
}

TEST_CASE("templates are nested as deep as the limit says", "[liquid][limits]") {
  const auto nested = [](int levels) {
    std::string text;
    for (int i = 0; i < levels; ++i) text += "{% if true %}";
    text += "x";
    for (int i = 0; i < levels; ++i) text += "{% endif %}";
    return text;
  };
  LiquidFixture fixture;
  fixture.options.limits.nesting_depth = 10;
  CHECK(fixture.render(nested(9)) == "x");
  CHECK(fixture.render(nested(11)) == "SL9004 @130 the template is nested deeper than 10 levels\n");
  std::string brackets(1000, '(');
  CHECK(fixture.render("{{ " + brackets + " }}").starts_with("SL9004"));
  std::string indexes = "{{ a";
  for (int i = 0; i < 1000; ++i) indexes += "[a";
  CHECK(fixture.render(indexes + " }}").starts_with("SL9004"));
  CHECK(rendered(nested(5000)).starts_with("SL9004"));
}

TEST_CASE("a rendering has limits of steps and output that nothing in it can pass", "[liquid][limits]") {
  LiquidFixture fixture;
  fixture.options.limits.steps = 1'000;
  CHECK(fixture.render("{% for a in (1..100000) %}{% endfor %}") ==
        "error: Liquid template failed. The expression exceeds its limit of steps.");
  CHECK(fixture.render("{% for a in (1..20) %}{% for b in (1..20) %}{% for c in (1..20) %}{{ c }}{% endfor %}{% endfor "
                       "%}{% endfor %}") ==
        "error: Liquid template failed. The expression exceeds its limit of steps.");
  LiquidFixture small;
  small.options.limits.output_bytes = 100;
  CHECK(small.render("{% for a in (1..100) %}x{% endfor %}").size() == 100);
  CHECK(small.render("{% for a in (1..101) %}x{% endfor %}") ==
        "error: Liquid template failed. The expression exceeds its limit of output bytes.");
  CHECK(small.render("{% capture a %}{% for a in (1..101) %}x{% endfor %}{% endcapture %}").starts_with("error: "));
  CHECK(rendered("{{ (1..9223372036854775807) | Size }}").starts_with("error: "));
  CHECK(rendered("{% for a in (-9223372036854775807..9223372036854775807) %}{% endfor %}").starts_with("error: "));
}

TEST_CASE("texts that filters make grow up to the limit", "[liquid][limits]") {
  LiquidFixture fixture;
  fixture.options.expression.string_bytes = 1'000;
  CHECK(
      fixture.render("{% assign a = 'xxxxxxxxxx' %}{% for i in (1..20) %}{% assign a = a | Append: a %}{% endfor %}") ==
      "error: Liquid template failed. The expression exceeds its limit of string bytes.");
}
