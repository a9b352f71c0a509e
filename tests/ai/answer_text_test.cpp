// SPDX-License-Identifier: Apache-2.0
#include "ai/answer_text.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;

namespace {
std::string words(std::string_view json) {
  Arena arena;
  std::string all;
  for (const auto piece : ai::read_answer(json, arena).pieces) all += (all.empty() ? "" : "|") + std::string(piece);
  return all;
}
}  // namespace

TEST_CASE("the words of whole answers are found", "[ai][answer_text]") {
  CHECK(
      words(
          R"({"choices":[{"message":{"role":"assistant","content":"A"}},{"message":{"content":[{"type":"text","text":"B"}]}}]})") ==
      "A|B");
  CHECK(words(R"({"choices":[{"text":"done"}]})") == "done");
  CHECK(
      words(
          R"({"choices":[{"message":{"content":null,"tool_calls":[{"function":{"name":"f","arguments":"{}"}}]}}]})") ==
      "f|{}");
  CHECK(words(R"({"choices":[{"message":{"content":null,"refusal":"No."}}]})") == "No.");
  CHECK(
      words(
          R"({"output":[{"type":"message","content":[{"type":"output_text","text":"R"}]},{"type":"function_call","arguments":"{1}"}]})") ==
      "R|{1}");
  CHECK(words(R"({"type":"message","content":[{"type":"text","text":"Anthropic"}]})") == "Anthropic");
}

TEST_CASE("the words of events are found, once", "[ai][answer_text]") {
  CHECK(words(R"({"choices":[{"delta":{"role":"assistant","content":""}}]})").empty());
  CHECK(words(R"({"choices":[{"delta":{"content":"Hi"}}]})") == "Hi");
  CHECK(words(R"({"choices":[{"delta":{"tool_calls":[{"function":{"arguments":"{\"a"}}]}}]})") == "{\"a");
  CHECK(words(R"({"type":"content_block_delta","delta":{"type":"text_delta","text":"Hi"}})") == "Hi");
  CHECK(words(R"({"type":"content_block_delta","delta":{"type":"input_json_delta","partial_json":"{"}})") == "{");
  CHECK(words(R"({"type":"response.output_text.delta","delta":"Hi"})") == "Hi");
  CHECK(words(R"({"type":"response.output_text.done","text":"Hi"})").empty());
  CHECK(words(R"({"type":"response.completed","response":{"output":[{"content":[{"text":"Hi"}]}]}})").empty());
}

TEST_CASE("what is no JSON has no words and says so", "[ai][answer_text]") {
  Arena arena;
  CHECK_FALSE(ai::read_answer("Bad gateway", arena).readable);
  CHECK(ai::read_answer("[]", arena).readable);
  CHECK(words(R"({"choices":5,"content":{},"delta":[1],"output":"x"})").empty());
}

TEST_CASE("the words of runs are those of their events; messages that are kept repeat them", "[ai][answer_text]") {
  CHECK(
      words(
          R"({"id":"msg_1","object":"thread.message.delta","delta":{"content":[{"index":0,"type":"text","text":{"value":"Hel","annotations":[]}}]}})") ==
      "Hel");
  const std::string message =
      R"({"id":"msg_1","object":"thread.message","role":"assistant","content":[{"type":"text","text":{"value":"Hello","annotations":[]}}]})";
  CHECK(words(message).empty());
  CHECK(words("{\"object\":\"list\",\"data\":[" + message + "]}").empty());
}
