// SPDX-License-Identifier: Apache-2.0
#include <sluice/liquid.hpp>

#include "support.hpp"

#include <catch2/catch.hpp>

using namespace sluice::test;

TEST_CASE("if takes the first branch whose condition holds", "[liquid][tags]") {
  const std::string_view text = "{% if body.n == 1 %}one{% elsif body.n == 2 %}two{% else %}many{% endif %}";
  CHECK(rendered(text, R"({"n":1})") == "one");
  CHECK(rendered(text, R"({"n":2})") == "two");
  CHECK(rendered(text, R"({"n":3})") == "many");
  CHECK(rendered("{% if nothing %}a{% endif %}b") == "b");
  CHECK(rendered("{% unless false %}a{% else %}b{% endunless %}{% unless 1 %}c{% elsif true %}d{% endunless %}") ==
        "ad");
}

TEST_CASE("everything but null and false is true", "[liquid][conditions]") {
  const std::string_view json = R"({"e":"","z":0,"n":null,"f":false,"l":[],"o":{}})";
  for (const std::string_view name : {"e", "z", "l", "o"})
    CHECK(rendered("{% if body." + std::string(name) + " %}t{% else %}f{% endif %}", json) == "t");
  for (const std::string_view name : {"n", "f", "missing"})
    CHECK(rendered("{% if body." + std::string(name) + " %}t{% else %}f{% endif %}", json) == "f");
}

TEST_CASE("comparisons take texts for numbers and dates beside one", "[liquid][conditions]") {
  const auto holds = [](std::string_view condition) {
    return rendered("{% if " + std::string(condition) + " %}t{% endif %}",
                    R"({"n":5,"s":"5","a":[1,2],"b":[1,2],"o":{"k":1},"at":"2020-01-02T00:00:00Z","t":true})") == "t";
  };
  CHECK(holds("body.n == 5"));
  CHECK(holds("body.n == 5.0"));
  CHECK(holds("body.n == '5'"));
  CHECK(holds("body.s == 5"));
  CHECK(holds("body.s > 4.5"));
  CHECK(holds("body.n != 6"));
  CHECK(holds("body.n <> 6"));
  CHECK(holds("body.n <= 5"));
  CHECK(holds("body.n >= 5"));
  CHECK(holds("body.n < 6"));
  CHECK_FALSE(holds("body.n > 5"));
  CHECK_FALSE(holds("body.missing > 5"));
  CHECK_FALSE(holds("body.missing < 5"));
  CHECK_FALSE(holds("'abc' < 5"));
  CHECK(holds("body.missing == nil"));
  CHECK(holds("body.n != nil"));
  CHECK(holds("body.a == body.b"));
  CHECK_FALSE(holds("body.a == body.o"));
  CHECK(holds("body.at > '2020-01-01'"));
  CHECK(holds("'apple' < 'Banana'"));
  CHECK(holds("body.t == 'true'"));
  CHECK(holds("body.a contains 2"));
  CHECK(holds("'hello' contains 'ell'"));
  CHECK(holds("body.o contains 'k'"));
  CHECK_FALSE(holds("body.o contains 'x'"));
  CHECK_FALSE(holds("body.missing contains 'x'"));
}

TEST_CASE("and and or bind from the right", "[liquid][conditions]") {
  CHECK(rendered("{% if true or false and false %}t{% else %}f{% endif %}") == "t");
  CHECK(rendered("{% if false and false or true %}t{% else %}f{% endif %}") == "f");
  CHECK(rendered("{% if 1 == 1 and 2 == 2 %}t{% endif %}") == "t");
  std::string many = "{% if 1 ";
  for (int i = 0; i < 20'000; ++i) many += "and 1 ";
  CHECK(rendered(many + "%}t{% endif %}") == "t");
}

TEST_CASE("empty and blank are words to compare with", "[liquid][conditions]") {
  const auto holds = [](std::string_view condition) {
    return rendered("{% if " + std::string(condition) + " %}t{% endif %}", R"({"e":"","l":[],"w":"  ","x":"x"})") ==
           "t";
  };
  CHECK(holds("body.e == empty"));
  CHECK(holds("body.l == empty"));
  CHECK(holds("empty == body.l"));
  CHECK_FALSE(holds("body.x == empty"));
  CHECK_FALSE(holds("body.missing == empty"));
  CHECK(holds("body.x != empty"));
  CHECK(holds("body.missing == blank"));
  CHECK(holds("body.w == blank"));
  CHECK_FALSE(holds("body.x == blank"));
}

TEST_CASE("case compares with each when", "[liquid][tags]") {
  const std::string_view text =
      "{% case body.n %} ignored {% when 1 %}one{% when 2, 3 %}few{% when 'x' or 'y' %}text{% else %}other{% endcase "
      "%}";
  CHECK(rendered(text, R"({"n":1})") == "one");
  CHECK(rendered(text, R"({"n":3})") == "few");
  CHECK(rendered(text, R"({"n":"y"})") == "text");
  CHECK(rendered(text, R"({"n":9})") == "other");
  CHECK(rendered("{% case 1 %}{% else %}e{% endcase %}") == "e");
}

TEST_CASE("for walks over sequences and ranges", "[liquid][loops]") {
  const std::string_view json = R"({"l":[1,2,3,4,5],"n":3,"e":[],"o":{"a":1,"b":"x"}})";
  CHECK(rendered("{% for i in body.l %}{{ i }},{% endfor %}", json) == "1,2,3,4,5,");
  CHECK(rendered("{% for i in (1..body.n) %}{{ i }}{% endfor %}", json) == "123");
  CHECK(rendered("{% for i in (3..1) %}{{ i }}{% else %}none{% endfor %}", json) == "none");
  CHECK(rendered("{% for i in body.l limit:2 offset:1 %}{{ i }}{% endfor %}", json) == "23");
  CHECK(rendered("{% for i in body.l reversed limit: body.n %}{{ i }}{% endfor %}", json) == "321");
  CHECK(rendered("{% for i in body.l offset:9 %}{{ i }}{% else %}none{% endfor %}", json) == "none");
  CHECK(rendered(
            "{% for i in body.l limit:2 %}{{ i }}{% endfor %}-{% for i in body.l offset:continue %}{{ i }}{% endfor %}",
            json) == "12-345");
  CHECK(rendered("{% for i in body.e %}x{% else %}none{% endfor %}", json) == "none");
  CHECK(rendered("{% for i in body.missing %}x{% else %}none{% endfor %}{% for i in body.n %}y{% endfor %}", json) ==
        "none");
  CHECK(rendered("{% for p in body.o %}{{ p[0] }}={{ p.Value }};{{ p.Key }}={{ p[1] }} {% endfor %}", json) ==
        "a=1;a=1 b=x;b=x ");
}

TEST_CASE("forloop tells where a loop is", "[liquid][loops]") {
  CHECK(rendered(
            "{% for i in (1..3) %}{{ forloop.index }}{{ forloop.index0 }}{{ forloop.rindex }}{{ forloop.rindex0 }}"
            "{{ forloop.length }}{% if forloop.first %}f{% endif %}{% if forloop.last %}l{% endif %} {% endfor %}") ==
        "10323f 21213 32103l ");
  CHECK(rendered("{% for a in (1..2) %}{% for b in (1..3) %}{% endfor %}{{ forloop.index }}{% endfor %}") == "12");
  CHECK(rendered("[{{ forloop.index }}]") == "[]");
}

TEST_CASE("break and continue belong to the innermost loop", "[liquid][loops]") {
  CHECK(rendered("{% for i in (1..5) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 4 %}{% break %}{% endif %}"
                 "{{ i }}{% endfor %}.") == "13.");
  CHECK(rendered("{% for a in (1..2) %}{% for b in (1..3) %}{% break %}{% endfor %}{{ a }}{% endfor %}") == "12");
}

TEST_CASE("a loop's variable is its own, what is assigned is the template's", "[liquid][loops]") {
  CHECK(rendered("{% assign i = 'out' %}{% for i in (1..2) %}{{ i }}{% assign x = i %}{% endfor %}{{ i }}{{ x }}") ==
        "12out2");
  CHECK(rendered("{% for i in (1..2) %}{% assign i = 'a' %}{{ i }}{% endfor %}{{ i }}") == "12a");
}

TEST_CASE("JSONArrayFor puts commas between what its runs write", "[liquid][loops]") {
  CHECK(rendered("[{% JSONArrayFor e in body %}{\"n\":{{ e.n }}}{% endJSONArrayFor %}]",
                 R"([{"n":1},{"n":2},{"n":3}])") == R"([{"n":1},{"n":2},{"n":3}])");
  CHECK(rendered("[{% JSONArrayFor e in body %}{% if e > 1 %}{{ e }}{% endif %}{% endJSONArrayFor %}]", "[1,2,1,3]") ==
        "[2,3]");
  CHECK(rendered("[{% JSONArrayFor e in body %}{{ e }}{% endJSONArrayFor %}]", "[]") == "[]");
  CHECK(
      rendered("[{% JSONArrayFor a in body %}[{% JSONArrayFor b in a %}{{ b }}{% endJSONArrayFor %}]{% endJSONArrayFor "
               "%}]",
               "[[1,2],[3]]") == "[[1,2],[3]]");
  CHECK(rendered("[{% JSONArrayFor i in (1..4) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 4 %}{% break %}{% "
                 "endif %}{{ i }}{% endJSONArrayFor %}]") == "[1,3]");
}

TEST_CASE("variables are made by assign and capture", "[liquid][tags]") {
  CHECK(rendered("{% assign a = 'x' | Upcase %}{{ a }}{% assign a = a | Append: 'y' %}{{ a }}") == "XXy");
  CHECK(rendered("{% capture c %}<{{ 1 }}>{% endcapture %}{{ c }}{{ c | Size }}") == "<1>3");
  CHECK(rendered("{% capture 'c' %}q{% endcapture %}{{ c }}") == "q");
  CHECK(rendered("{% assign body = 'mine' %}{{ body }}", R"({"a":1})") == "mine");
}

TEST_CASE("increment and decrement count", "[liquid][tags]") {
  CHECK(rendered("{% increment a %}{% increment a %}{% increment b %}{{ a }}") == "0102");
  CHECK(rendered("{% decrement a %}{% decrement a %}{{ a }}") == "-1-2-2");
  CHECK(rendered("{% assign a = 'x' %}{% increment a %}{{ a }}{% increment a %}") == "0x1");
}

TEST_CASE("cycle takes turns, by name or by its values", "[liquid][tags]") {
  CHECK(rendered("{% for i in (1..4) %}{% cycle 'a', 'b', 'c' %}{% endfor %}") == "abca");
  CHECK(rendered("{% cycle 'a', 'b' %}{% cycle 'a', 'b' %}{% cycle 'a', 'b', 'c' %}") == "aba");
  CHECK(rendered("{% cycle 'x': 1, 2 %}{% cycle 'y': 1, 2 %}{% cycle 'x': 1, 2 %}") == "112");
}
