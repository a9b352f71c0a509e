// SPDX-License-Identifier: Apache-2.0
#include "ai/answer_places.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace sluice::ai {
namespace {

AnswerPlaces places_of(std::string_view json) {
  static Arena arena(4096);
  return read_answer_places(json, arena);
}

}  // namespace

TEST_CASE("a place is where its string begins", "[ai][answer_places]") {
  const std::string json = R"( {"choices":[{"message":{"content":"A\u0062"}}]})";
  const AnswerPlaces answer = places_of(json);
  REQUIRE(answer.places.size() == 1);
  CHECK(answer.places[0].text == "Ab");
  CHECK(json.substr(answer.places[0].offset, 3) == "\"A\\");
  CHECK_FALSE(answer.places[0].is_delta);
}

TEST_CASE("choices speak for themselves, and their channels are apart", "[ai][answer_places]") {
  const AnswerPlaces answer = places_of(
      R"({"choices":[{"index":1,"delta":{"content":"a","refusal":"b","tool_calls":[{"index":2,"function":{"arguments":"c"}}]},
          "finish_reason":null},{"index":0,"delta":{"content":"d"},"finish_reason":"stop"}]})");
  REQUIRE(answer.places.size() == 4);
  CHECK(answer.places[0].speaker == 1);
  CHECK(answer.places[3].speaker == 0);
  CHECK(answer.places[0].channel != answer.places[1].channel);
  CHECK(answer.places[1].channel != answer.places[2].channel);
  CHECK(answer.places[2].is_json);
  REQUIRE_FALSE(answer.ended.empty());
  CHECK(answer.ended[0] == 0);
  CHECK_FALSE(answer.all_ended);
}

TEST_CASE("events that end something tell so, and repeat texts", "[ai][answer_places]") {
  CHECK(places_of(R"({"type":"content_block_stop","index":0})").all_ended);
  CHECK(places_of(R"({"type":"response.completed","response":{"output":[]}})").all_ended);
  CHECK_FALSE(places_of(R"({"type":"response.output_text.delta","delta":"x"})").all_ended);
  const AnswerPlaces done = places_of(R"({"type":"response.output_text.done","text":"all"})");
  REQUIRE(done.places.size() == 1);
  CHECK(done.places[0].is_repeat);
  CHECK_FALSE(done.places[0].is_delta);
  CHECK(done.all_ended);
}

TEST_CASE("what is no JSON has no places, and is told", "[ai][answer_places]") {
  CHECK_FALSE(places_of("{").readable);
  CHECK(places_of("[1]").readable);
  CHECK(places_of("[1]").places.empty());
}

}  // namespace sluice::ai

namespace sluice::ai {

TEST_CASE("messages of threads have places, as events and as what is kept", "[ai][answer_places]") {
  const std::string message =
      R"({"object":"thread.message","content":[{"type":"text","text":{"value":"all"}},{"type":"image_file"}]})";
  for (const std::string& json : {message, "{\"object\":\"list\",\"data\":[" + message + "]}"}) {
    const AnswerPlaces kept = places_of(json);
    REQUIRE(kept.places.size() == 1);
    CHECK(kept.places[0].text == "all");
    CHECK(kept.places[0].is_repeat);
  }
  const AnswerPlaces event = places_of(
      R"({"object":"thread.message.delta","delta":{"content":[{"index":1,"text":{"value":"a"}},{"index":0,"text":{"value":"b"}}]}})");
  REQUIRE(event.places.size() == 2);
  CHECK(event.places[0].is_delta);
  CHECK(event.places[0].speaker == 1);
  CHECK(event.places[1].speaker == 0);
}

}  // namespace sluice::ai
