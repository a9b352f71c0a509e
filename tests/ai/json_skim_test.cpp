// SPDX-License-Identifier: Apache-2.0
#include "ai/json_skim.hpp"

#include <sluice/random.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace sluice;
using ai::json_member;

TEST_CASE("members of an object are found without a tree", "[ai][json_skim]") {
  const std::string_view json = R"( { "a" : 1 , "b":"x\"}]" , "c": {"usage": [1,{"d":2}]}, "usage" : {"n": 5} } )";
  CHECK(json_member(json, "a") == "1");
  CHECK(json_member(json, "b") == R"("x\"}]")");
  CHECK(json_member(json, "c") == R"({"usage": [1,{"d":2}]})");
  CHECK(json_member(json, "usage") == R"({"n": 5})");
  CHECK_FALSE(json_member(json, "n"));
  CHECK_FALSE(json_member(json, "x"));
  CHECK(json_member("\xef\xbb\xbf{\"a\":true}", "a") == "true");
}

TEST_CASE("strings of all lengths end where they do", "[ai][json_skim]") {
  for (std::size_t length = 0; length < 70; ++length) {
    for (std::size_t at = 0; at <= length; ++at) {
      const std::string value = "\"" + std::string(at, 'x') + R"(\"\\)" + std::string(length - at, 'y') + "\"";
      REQUIRE(json_member("{\"a\":" + value + ",\"b\":1}", "a") == value);
      REQUIRE(json_member("{\"a\":" + value + ",\"b\":1}", "b") == "1");
      REQUIRE_FALSE(json_member("{\"a\":" + value.substr(0, value.size() - 1), "a"));
    }
  }
}

TEST_CASE("objects and arrays of all lengths end where they do", "[ai][json_skim]") {
  for (std::size_t length = 0; length < 40; ++length) {
    for (const std::string inner : {"[]", "{}", R"("]}")", R"("\\")", "[{\"x\":[1]}]"}) {
      const std::string blanks(length, ' ');
      for (const std::string& value :
           {"[" + blanks + inner + "]", "{\"x\":" + inner + blanks + "}", "[" + inner + blanks + "]"}) {
        REQUIRE(json_member("{\"a\":" + value + ",\"b\":1}", "a") == value);
        REQUIRE(json_member("{\"a\":" + value + blanks + ",\"b\":1}", "b") == "1");
        REQUIRE_FALSE(json_member("{\"a\":" + value.substr(0, value.size() - 1), "a"));
      }
    }
  }
}

TEST_CASE("the last of equal names counts", "[ai][json_skim]") { CHECK(json_member(R"({"a":1,"a":2})", "a") == "2"); }

TEST_CASE("text that is no object, or does not end, has no members", "[ai][json_skim]") {
  for (auto json : {"", " ", "[1]", "null", "\"a\"", "{\"a\"", "{\"a\":", "{\"a\":\"", "{\"a\":{", "{\"a\":[1", "{a:1}",
                    "{\"a\" 1}"}) {
    CAPTURE(json);
    CHECK_FALSE(json_member(json, "a"));
  }
}

TEST_CASE("nesting of any depth costs no stack", "[ai][json_skim]") {
  const std::string deep = "{\"x\":" + std::string(1'000'000, '[') + std::string(1'000'000, ']') + ",\"a\":3}";
  CHECK(json_member(deep, "a") == "3");
}

TEST_CASE("items of an array are visited in order", "[ai][json_skim]") {
  std::vector<std::string> items;
  ai::for_each_json_item(R"( [1, "a,]", {"b":[2]} , [3] ])", [&](std::string_view item) { items.emplace_back(item); });
  CHECK(items == std::vector<std::string>{"1", "\"a,]\"", "{\"b\":[2]}", "[3]"});
  items.clear();
  ai::for_each_json_item("[]", [&](std::string_view item) { items.emplace_back(item); });
  ai::for_each_json_item("{}", [&](std::string_view item) { items.emplace_back(item); });
  CHECK(items.empty());
  ai::for_each_json_item("[1,[", [&](std::string_view item) { items.emplace_back(item); });
  CHECK(items == std::vector<std::string>{"1"});
}

TEST_CASE("arbitrary text never leads outside of it", "[ai][json_skim]") {
  SeededRandom random(3);
  for (int round = 0; round < 20'000; ++round) {
    std::string text = "{";
    for (std::uint64_t i = random.below(30); i > 0; --i) text += "{}[]\",:\\a1 \n"[random.below(12)];
    const auto found = json_member(text, "a");
    if (found) REQUIRE((found->data() >= text.data() && found->data() + found->size() <= text.data() + text.size()));
    ai::for_each_json_item(text.substr(1), [](std::string_view item) { REQUIRE_FALSE(item.empty()); });
  }
}
