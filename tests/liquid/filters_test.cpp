// SPDX-License-Identifier: Apache-2.0
#include "liquid/filters.hpp"

#include "support.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace sluice::test;

namespace {

struct Row {
  std::string_view value;
  std::string_view text;
};

void check(std::initializer_list<Row> rows, std::string_view json = R"({"l":[3,1,2],"s":["b","A","c"],"n":null,"t":"12",
    "d":"2024-02-29T13:04:05.678Z","o":[{"k":"y","v":2},{"k":"x","v":1},{"v":3}],"u":[1,2,1,"1"],"h":[1,null,2],"b":true})") {
  for (const Row& row : rows) {
    INFO(row.value);
    CHECK(rendered("{{ " + std::string(row.value) + " }}", json) == row.text);
  }
}

}  // namespace

TEST_CASE("filters are written as .NET or as Liquid names them", "[liquid][filters]") {
  check({{"'a' | Upcase", "A"},
         {"'a' | upcase", "A"},
         {"7 | DividedBy: 2", "3"},
         {"7 | divided_by: 2", "3"},
         {"1 | AtLeast: 2", "2"},
         {"1 | at_least: 2", "2"},
         {"'a b c' | truncatewords: 1", "a..."}});
  for (const std::string_view name :
       {"Abs",           "Append",  "AtLeast",   "AtMost",        "Capitalize", "Compact",      "Currency",
        "Date",          "Default", "DividedBy", "Downcase",      "Escape",     "First",        "H",
        "Join",          "Last",    "Lstrip",    "Map",           "Minus",      "Modulo",       "NewlineToBr",
        "Plus",          "Prepend", "Remove",    "RemoveFirst",   "Replace",    "ReplaceFirst", "Round",
        "Rstrip",        "Size",    "Slice",     "Sort",          "Split",      "Strip",        "StripHtml",
        "StripNewlines", "Times",   "Truncate",  "TruncateWords", "Uniq",       "Upcase",       "UrlDecode",
        "UrlEncode"}) {
    CHECK(liquid::find_filter(name) != nullptr);
  }
}

TEST_CASE("filters of numbers keep whole numbers whole", "[liquid][filters]") {
  check({{"1 | Plus: 2", "3"},
         {"1 | Plus: 2.5", "3.5"},
         {"'3' | Plus: 4", "7"},
         {"'a' | Plus: 'b'", "ab"},
         {"5 | Minus: 7", "-2"},
         {"3 | Times: 4", "12"},
         {"1.5 | Times: 2", "3"},
         {"7 | DividedBy: 2", "3"},
         {"7 | DividedBy: 2.0", "3.5"},
         {"7 | Modulo: 4", "3"},
         {"-3 | Abs", "3"},
         {"-3.5 | Abs", "3.5"},
         {"'-3' | Abs", "3"},
         {"5 | AtMost: 3", "3"},
         {"5 | AtMost: 9", "5"},
         {"5 | AtLeast: 5.5", "5.5"},
         {"body.t | Times: 2", "24"},
         {"body.n | Plus: 1", ""}});
}

TEST_CASE("Round goes to the even neighbour from the middle, of the number as it is written", "[liquid][filters]") {
  check({{"2.5 | Round", "2"},
         {"3.5 | Round", "4"},
         {"1.015 | Round: 2", "1.02"},
         {"1.005 | Round: 2", "1"},
         {"1.2345 | Round: 3", "1.234"},
         {"7 | Round: 2", "7"},
         {"-2.6 | Round", "-3"},
         {"1.1 | Ceil", "2"},
         {"1.9 | Floor", "1"},
         {"-1.1 | Floor", "-2"},
         {"'1.5' | Ceil", "2"}});
  CHECK(rendered("{{ 1.5 | Round: 99 }}").starts_with("error: "));
}

TEST_CASE("what a filter of numbers cannot work on is an error", "[liquid][filters]") {
  CHECK(rendered("{{ 'x' | Times: 2 }}") == "error: Liquid template failed. A filter wants a number, found 'x'.");
  CHECK(rendered("{{ 1 | DividedBy: 0 }}") == "error: Liquid template failed. Attempted to divide by zero.");
  CHECK(rendered("{{ 1.0 | DividedBy: 0.0 }}") == "error: Liquid template failed. Attempted to divide by zero.");
  CHECK(rendered("{{ 1 | Modulo: 0 }}").starts_with("error: "));
  CHECK(rendered("{{ 9223372036854775807 | Plus: 1 }}").starts_with("error: Liquid template failed. "));
  CHECK(rendered("{{ -9223372036854775808 | Abs }}").starts_with("error: "));
  CHECK(rendered("{{ -9223372036854775808 | DividedBy: -1 }}").starts_with("error: "));
  CHECK(rendered("{{ -9223372036854775808 | Modulo: -1 }}").find("SIG") == std::string::npos);
  CHECK(rendered("{{ 'a' | Truncate: 'x' }}") ==
        "error: Liquid template failed. A filter wants a whole number, found 'x'.");
}

TEST_CASE("amounts are written as in en-US", "[liquid][filters]") {
  check({{"1234.5 | Currency", "$1,234.50"}, {"-2 | Currency", "-$2.00"}, {"'7' | Currency: 'en-US'", "$7.00"}});
  CHECK(
      rendered("{{ 1 | Currency: 'de-DE' }}").starts_with("error: Liquid template failed. The filter Currency knows"));
}

TEST_CASE("Date takes formats of .NET", "[liquid][filters]") {
  check({{"body.d | Date: 'yyyy-MM-dd HH:mm:ss'", "2024-02-29 13:04:05"},
         {"body.d | Date: 'dddd, dd MMM yyyy'", "Thursday, 29 Feb 2024"},
         {"'2024-01-02' | Date: 'MM/dd/yyyy'", "01/02/2024"},
         {"'no date' | Date: 'yyyy'", "no date"},
         {"body.n | Date: 'yyyy'", ""},
         {"body.d | Date", "02/29/2024 13:04:05"}});
  CHECK(rendered("{{ 'now' | Date: 'yyyy' }}").size() == 4);
}

TEST_CASE("filters of texts", "[liquid][filters]") {
  check({{"'a' | Append: 'b' | Prepend: 'c'", "cab"},
         {"'hELLO big USA' | Capitalize", "Hello Big USA"},
         {"'ÄB' | Downcase", "äb"},
         {"'äb' | Upcase", "ÄB"},
         {"'<a href=\"x\">&' | Escape", "&lt;a href=&quot;x&quot;&gt;&amp;"},
         {"'<' | H", "&lt;"},
         {"'  a b  ' | Strip", "a b"},
         {"'  a ' | Lstrip", "a "},
         {"'  a ' | Rstrip", "  a"},
         {"'<p>a<!-- c --><script>x()</script>b</p> 1 < 2' | StripHtml", "ab 1 < 2"},
         {"'abcabc' | Remove: 'b'", "acac"},
         {"'abcabc' | RemoveFirst: 'b'", "acabc"},
         {"'abc' | Remove: ''", "abc"},
         {"'a b&c/ü' | UrlEncode", "a+b%26c%2F%C3%BC"},
         {"'a+b%26' | UrlDecode", "a b&"},
         {"'abcdefghij' | Truncate: 5", "ab..."},
         {"'abc' | Truncate: 5", "abc"},
         {"'abcdefghij' | Truncate: 5, '-'", "abcd-"},
         {"'abcdefghij' | Truncate: 2", "..."},
         {"'one two three' | TruncateWords: 2", "one two..."},
         {"'one two' | TruncateWords: 2", "one two"},
         {"'one two three' | TruncateWords: 1, '!'", "one!"},
         {"'hello' | Slice: 1", "e"},
         {"'hello' | Slice: 1, 3", "ell"},
         {"'hello' | Slice: -3, 2", "ll"},
         {"'hello' | Slice: 9, 2", ""},
         {"'hé' | Size", "2"},
         {"12345 | Slice: 1, 2", "23"}});
  CHECK(rendered("{{ body.s | StripNewlines }}|{{ body.s | NewlineToBr }}", R"({"s":"a\r\nb\nc"})") ==
        "abc|a<br />\r\nb<br />\nc");
  CHECK(rendered("{{ nothing | Upcase }}{{ nothing | Append: 'x' }}{{ nothing | Escape }}{{ nothing | Truncate }}") ==
        "");
}

TEST_CASE("Replace looks for patterns, as the service's own templates expect", "[liquid][filters]") {
  check({{"'a.b.c' | Replace: '\\.', '-'", "a-b-c"},
         {"'abc' | Replace: 'b'", "ac"},
         {"'x1y22' | Replace: '([0-9]+)', '<$1>'", "x<1>y<22>"},
         {"'a.b.c' | ReplaceFirst: '\\.', '$1'", "a$1b.c"}});
  CHECK(rendered(R"~({{ body.s | Replace: '\r', '\r' | Replace: '\n', '\n' | Replace: '([^\\](\\\\)*)"', '$1\"' }})~",
                 R"({"s":"a\r\nb \"c\""})") == R"~(a\r\nb \"c\")~");
  CHECK(rendered("{% assign p = '(' %}{{ 'a' | Replace: p, '' }}").starts_with("error: "));
  LiquidFixture fixture;
  fixture.options.expression.regex_match_steps = 1'000;
  CHECK(fixture.render("{% assign a = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' %}{{ a | Replace: '^(a+)+$', '' }}")
            .starts_with("error: "));
}

TEST_CASE("filters of sequences", "[liquid][filters]") {
  check({{"body.l | Sort | Join: ','", "1,2,3"},
         {"body.s | Sort | Join", "A b c"},
         {"body.o | Sort: 'v' | Map: 'v' | Join: ','", "1,2,3"},
         {"body.o | Sort: 'k' | Map: 'v' | Join: ','", "1,2,3"},
         {"body.o | Map: 'k' | Join: ','", "y,x,"},
         {"body.o | Map: 'k' | Compact | Size", "2"},
         {"body.h | Compact | Join: '-'", "1-2"},
         {"body.u | Uniq | Join: ','", "1,2"},
         {"body.l | First", "3"},
         {"body.l | Last", "2"},
         {"body.l | Size", "3"},
         {"body.l | Reverse | Join: ''", "213"},
         {"body.l | Slice: 1, 2 | Join: ','", "1,2"},
         {"'a,b,c' | Split: ',' | Join: '+'", "a+b+c"},
         {"'a,b,' | Split: ',' | Size", "3"},
         {"'abc' | Split: '' | Join: '.'", "a.b.c"},
         {"'' | Split: ',' | Size", "0"},
         {"'a b' | Split: ' '", "ab"},
         {"body.n | First", ""},
         {"body.n | Sort | Size", "0"},
         {"'x' | Join: ','", "x"},
         {"body.n | Size", "0"}});
}

TEST_CASE("Default stands for null, false and what is empty", "[liquid][filters]") {
  check({{"body.n | Default: 'd'", "d"},
         {"'' | Default: 'd'", "d"},
         {"false | Default: 'd'", "d"},
         {"0 | Default: 'd'", "0"},
         {"'x' | Default: 'd'", "x"},
         {"body.missing.more | Default: 1", "1"},
         {"body.b | Default: 'd'", "true"}});
}
