// SPDX-License-Identifier: Apache-2.0
#include "base/json.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace sluice;

namespace {
std::string refusal(std::string_view text, JsonLimits limits = {}) {
  Arena arena;
  const auto result = parse_json(text, arena, limits);
  if (result) return "accepted";
  return std::to_string(result.error().offset) + ": " + result.error().message;
}
}  // namespace

TEST_CASE("JSON values are read with their kinds and places", "[base][json]") {
  Arena arena;
  const auto parsed =
      parse_json(R"( {"a":[1,-2.5e3,true,false,null,"x\n\u00e9\ud83d\ude00\/"],"b":{"c":"d"},"a2":{}} )", arena);
  REQUIRE(parsed);
  const JsonValue& root = **parsed;
  CHECK(root.offset == 1);
  const auto items = root.find("a")->items;
  REQUIRE(items.size() == 6);
  CHECK(items[0].integer() == 1);
  CHECK(items[1].number() == -2500.0);
  CHECK_FALSE(items[1].integer());
  CHECK(items[2].boolean() == true);
  CHECK(items[3].boolean() == false);
  CHECK(items[4].is_null());
  CHECK(items[5].string() == "x\né😀/");
  CHECK(root.at({"b", "c"})->string() == "d");
  CHECK(root.at({"b", "zz"}) == nullptr);
  CHECK(root.at({"a", "c"}) == nullptr);
  CHECK(root.find("a2")->members.empty());
}

TEST_CASE("what was read does not need its text any more", "[base][json]") {
  Arena arena;
  std::string text = R"({"name":"plain","number":12.50})";
  const auto parsed = parse_json(text, arena);
  REQUIRE(parsed);
  std::fill(text.begin(), text.end(), '#');
  CHECK((*parsed)->find("name")->text == "plain");
  CHECK((*parsed)->find("number")->text == "12.50");
}

TEST_CASE("strings of all lengths are read, whatever stands where in them", "[base][json]") {
  // Around the widths that are looked at together.
  for (std::size_t length = 0; length < 70; ++length) {
    for (std::size_t at = 0; at <= length; ++at) {
      for (const std::string_view special : {"\\n", "\\u00e9", "é", "😀", "\\\"", "/"}) {
        Arena arena;
        const std::string before(at, 'x'), behind(length - at, 'y');
        const std::string text = "[\"" + before + std::string(special) + behind + "\",1]";
        const auto parsed = parse_json(text, arena);
        REQUIRE(parsed);
        const std::string_view plain = special == "\\n" ? "\n" : special == "\\u00e9" ? "é" : special;
        const std::string_view decoded = special == "\\\"" ? "\"" : plain;
        REQUIRE((*parsed)->items[0].text == before + std::string(decoded) + behind);
        REQUIRE(refusal(text.substr(0, text.size() - 4)) ==
                std::to_string(text.size() - 4) + ": the string does not end");
      }
      const std::string control = "\"" + std::string(at, 'x') + "\x1f" + std::string(length - at, 'y') + "\"";
      REQUIRE(refusal(control) == std::to_string(at + 1) + ": a control character stands in a string");
      const std::string invalid = "\"" + std::string(at, 'x') + "\xff" + std::string(length - at, 'y') + "\"";
      REQUIRE(refusal(invalid) == std::to_string(at + 1) + ": the text is not valid UTF-8");
    }
  }
}

TEST_CASE("text that is not JSON is refused with the place", "[base][json]") {
  CHECK(refusal("") == "0: a value is missing at the end of the text");
  CHECK(refusal("{\"a\":1,}") == "7: a comma must not stand before the end");
  CHECK(refusal("[1 2]") == "3: expected ',' or ']'");
  CHECK(refusal("{a:1}") == "1: expected a member name in quotes");
  CHECK(refusal("01") == "1: only white space may follow the value");
  CHECK(refusal("1.") == "2: digits must follow the decimal point");
  CHECK(refusal("\"\\x\"") == "2: an unknown escape in a string");
  CHECK(refusal("\"a\nb\"") == "2: a control character stands in a string");
  CHECK(refusal("\"\xff\"") == "1: the text is not valid UTF-8");
  CHECK(refusal("\"abc") == "4: the string does not end");
  CHECK(refusal("nul") == "0: expected a value");
  CHECK(refusal("[1]x") == "3: only white space may follow the value");
  CHECK(refusal("-") == "0: expected a value");
}

TEST_CASE("L15: depth and number of values are bounded", "[base][json][limits]") {
  CHECK(refusal(std::string(64, '[') + std::string(64, ']')) == "accepted");
  CHECK(refusal(std::string(65, '[') + std::string(65, ']')) == "64: nested deeper than 64 levels");
  CHECK(refusal("[1,2,3]", {.depth = 64, .members = 4}) == "accepted");
  CHECK(refusal("[1,2,3,4]", {.depth = 64, .members = 4}) == "7: more than 4 values");
}

TEST_CASE("a doubled member name gives the last value", "[base][json]") {
  Arena arena;
  CHECK((*parse_json(R"({"a":1,"a":2})", arena))->find("a")->integer() == 2);
}

TEST_CASE("the text of a member is what stands there", "[base][json]") {
  Arena arena;
  const std::string_view text =
      "\xEF\xBB\xBF { \"a\" : [1, {\"b\":\"},\"}] ,\n \"n\":1.50,\"n\": -2e1\t, \"s\":\"x, \" , \"o\" : {} } \r\n";
  const JsonValue& root = *parse_json(text, arena).value();
  CHECK(member_text(root, "a", text) == "[1, {\"b\":\"},\"}]");
  CHECK(member_text(root, "n", text) == "-2e1");
  CHECK(member_text(root, "s", text) == "\"x, \"");
  CHECK(member_text(root, "o", text) == "{}");
  CHECK(member_text(root, "b", text).empty());
  CHECK(member_text(*parse_json("{}", arena).value(), "b", "{}").empty());
}

TEST_CASE("what the writer writes the reader reads", "[base][json]") {
  JsonWriter writer;
  writer.begin_object();
  writer.member("text", "a\"b\\\n\x01é\xff");
  writer.member("number", std::int64_t{-5});
  writer.member("half", 0.5);
  writer.member("yes", true);
  writer.key("list");
  writer.begin_array();
  writer.value(1);
  writer.null();
  writer.begin_object();
  writer.end_object();
  writer.end_array();
  writer.end_object();
  const std::string text = std::move(writer).take();
  CHECK(
      text ==
      "{\"text\":\"a\\\"b\\\\\\n\\u0001é\xEF\xBF\xBD\",\"number\":-5,\"half\":0.5,\"yes\":true,\"list\":[1,null,{}]}");
  Arena arena;
  CHECK(parse_json(text, arena));
}

TEST_CASE("indented JSON has two blanks a level", "[base][json]") {
  JsonWriter writer(true);
  writer.begin_object();
  writer.member("a", 1);
  writer.key("b");
  writer.begin_array();
  writer.value("c");
  writer.end_array();
  writer.key("e");
  writer.begin_object();
  writer.end_object();
  writer.end_object();
  CHECK(writer.text() == "{\n  \"a\": 1,\n  \"b\": [\n    \"c\"\n  ],\n  \"e\": {}\n}");
}
