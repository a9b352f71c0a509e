// SPDX-License-Identifier: Apache-2.0
#include "ai/json_splice.hpp"

#include "base/json.hpp"

#include <catch2/catch.hpp>

#include <random>

namespace sluice::ai {

TEST_CASE("an edit changes its bytes and nothing else", "[ai][json_splice]") {
  const std::string json = R"( { "a" : "one two" , "b":[1.0,"x"] } )";
  const auto at = static_cast<std::uint32_t>(json.find("\"one"));
  CHECK(splice_json(json, {{at, 4, 7, "\"2\"\n"}}) == R"( { "a" : "one \"2\"\n" , "b":[1.0,"x"] } )");
  CHECK(splice_json(json, {}) == json);
  CHECK(splice_json(json, {{at, 4, 7, ""}, {at, 0, 3, "1"}}) == R"( { "a" : "1 " , "b":[1.0,"x"] } )");
}

TEST_CASE("places count in decoded bytes", "[ai][json_splice]") {
  const std::string json = R"("\u00e9\n\ud83d\ude00é\ud800x")";  // Bytes 2 1 4 2 3 1.
  CHECK(splice_json(json, {{0, 12, 13, "Y"}}) == R"("\u00e9\n\ud83d\ude00é\ud800Y")");
  CHECK(splice_json(json, {{0, 3, 7, ""}}) == R"("\u00e9\né\ud800x")");
  CHECK(splice_json(json, {{0, 1, 2, "e"}}) == R"("e\n\ud83d\ude00é\ud800x")");
}

TEST_CASE("what is read after an edit is what was wanted, whatever the escapes", "[ai][json_splice]") {
  std::mt19937 random(7);
  const std::string_view units[] = {"a", "\\n",  "\\u0041", "\\u00e9", "é", "\\ud83d\\ude00",
                                    "€", "\\\"", "\\\\",    "\\/"};
  for (int round = 0; round < 500; ++round) {
    std::string json = "[0,\"";
    for (int i = 0; i < 12; ++i) json += units[random() % std::size(units)];
    json += "\",1]";
    Arena arena(1024);
    const std::string value((*parse_json(json, arena))->items[1].text);
    std::vector<std::size_t> borders;
    for (std::size_t i = 0; i <= value.size(); ++i) {
      if (i == value.size() || (static_cast<unsigned char>(value[i]) & 0xC0) != 0x80) borders.push_back(i);
    }
    std::size_t begin = borders[random() % borders.size()], end = borders[random() % borders.size()];
    if (begin > end) std::swap(begin, end);
    if (begin == end) continue;
    const std::string made = splice_json(json, {{3, begin, end, "<\"é>"}});
    const auto read = parse_json(made, arena);
    REQUIRE(read);
    CHECK((*read)->items[1].text == value.substr(0, begin) + "<\"é>" + value.substr(end));
  }
}

}  // namespace sluice::ai
