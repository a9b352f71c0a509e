// SPDX-License-Identifier: Apache-2.0
#include "ai/prompt_tokens.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;
using ai::Prompt;
using ai::PromptRole;

namespace {

struct Reading {
  Arena arena;
  Prompt prompt;
  explicit Reading(std::string_view body) : prompt(ai::read_prompt(body, arena)) {}
  std::string text(PromptRole role) const {
    std::string all;
    for (const auto& piece : prompt.texts) {
      if (piece.role == role) all += (all.empty() ? "" : "|") + std::string(piece.text);
    }
    return all;
  }
};

}  // namespace

TEST_CASE("chat messages are told apart by role", "[ai][prompt]") {
  const Reading r(R"({"model":"gpt-4o","stream":true,"messages":[{"role":"system","content":"Be kind."},
    {"role":"developer","content":"Be brief."},{"role":"user","content":"Hi \u00e9\n"},{"role":"assistant","content":null,
    "tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},{"role":"tool","content":"42"}]})");
  CHECK(r.prompt.readable);
  CHECK(r.prompt.stream);
  CHECK(r.prompt.model == "gpt-4o");
  CHECK(r.prompt.messages == 5);
  CHECK(r.text(PromptRole::system) == "Be kind.|Be brief.");
  CHECK(r.text(PromptRole::user) == "Hi \xc3\xa9\n|{\"a\":1}|42");
}

TEST_CASE("content may be a list of texts and images", "[ai][prompt]") {
  const Reading r(R"({"messages":[{"role":"user","content":[{"type":"text","text":"What is this?"},
    {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},{"type":"image_url","image_url":{"url":"https://x"}}]}]})");
  CHECK(r.text(PromptRole::user) == "What is this?");
  CHECK(r.prompt.images == 2);
  CHECK(ai::count_prompt_tokens(r.prompt, {}) == 2400 + 4 + 3 + 1 + 3);
}

TEST_CASE("prompts and inputs are texts, lists of texts, or token numbers", "[ai][prompt]") {
  CHECK(Reading(R"({"prompt":"Once upon"})").text(PromptRole::user) == "Once upon");
  CHECK(Reading(R"({"prompt":["a","b"]})").text(PromptRole::user) == "a|b");
  CHECK(Reading(R"({"input":"embed me"})").text(PromptRole::user) == "embed me");
  CHECK(Reading(R"({"input":[1,2,3]})").prompt.token_ids == 3);
  CHECK(Reading(R"({"input":[[1,2,3],[4,5]]})").prompt.token_ids == 5);
  const Reading numbers(R"({"prompt":[1,2,3,4]})");
  CHECK(ai::count_prompt_tokens(numbers.prompt, {}) == 4);
}

TEST_CASE("responses have instructions, messages and results of tools", "[ai][prompt]") {
  const Reading r(R"({"instructions":"Be kind.","input":[{"role":"user","content":[{"type":"input_text","text":"Hi"},
    {"type":"input_image","image_url":"x"}]},{"type":"function_call","arguments":"{}"},{"type":"function_call_output","output":"42"}]})");
  CHECK(r.text(PromptRole::system) == "Be kind.");
  CHECK(r.text(PromptRole::user) == "Hi|{}|42");
  CHECK(r.prompt.images == 1);
}

TEST_CASE("Anthropic's system may be a text or a list, and tools give results in parts", "[ai][prompt]") {
  CHECK(Reading(R"({"system":"S","messages":[]})").text(PromptRole::system) == "S");
  const Reading r(
      R"({"system":[{"type":"text","text":"S1"},{"type":"text","text":"S2"}],"messages":[{"role":"user","content":[
    {"type":"tool_result","content":[{"type":"text","text":"inner"},{"type":"image","source":{}}]},{"type":"text","text":"outer"}]}]})");
  CHECK(r.text(PromptRole::system) == "S1|S2");
  CHECK(r.text(PromptRole::user) == "inner|outer");
  CHECK(r.prompt.images == 1);
}

TEST_CASE("only true streams", "[ai][prompt]") {
  CHECK_FALSE(Reading(R"({"stream":false})").prompt.stream);
  CHECK_FALSE(Reading(R"({"stream":"true"})").prompt.stream);
  CHECK_FALSE(Reading(R"({"Stream":true})").prompt.stream);
  CHECK_FALSE(Reading(R"({})").prompt.stream);
}

TEST_CASE("a deciding field that stands twice is noted", "[ai][prompt]") {
  CHECK(Reading(R"({"stream":false,"stream":true})").prompt.doubled_field == "stream");
  CHECK(Reading(R"({"model":"a","x":1,"x":2,"model":"b"})").prompt.doubled_field == "model");
  CHECK(Reading(R"({"messages":[{"role":"user","content":"safe","content":"evil"}]})").prompt.doubled_field ==
        "content");
  CHECK(Reading(R"({"messages":[{"role":"user","content":[{"type":"text","text":"a","content":"b","content":"c"}]}]})")
            .prompt.doubled_field == "content");
  CHECK(Reading(R"({"str\u0065am":false,"stream":true})").prompt.doubled_field == "stream");
  CHECK(Reading(R"({"x":1,"x":2,"messages":[]})").prompt.doubled_field.empty());
}

TEST_CASE("a body that is no JSON object counts as plain text", "[ai][prompt]") {
  for (const std::string body : {"plain words here", "[1,2]", "{\"messages\":", "{} trailing"}) {
    CAPTURE(body);
    const Reading r(body);
    CHECK_FALSE(r.prompt.readable);
    CHECK(ai::count_prompt_tokens(r.prompt, body) > 0);
  }
  CHECK(ai::count_prompt_tokens(Reading("").prompt, "") == 0);
  CHECK_FALSE(Reading(std::string(100'000, '[')).prompt.readable);
}

TEST_CASE("shapes that no format has are left out", "[ai][prompt]") {
  const Reading r(
      R"({"messages":[1,null,"text",[],{"role":5,"content":7},{"content":{"text":"x"}},{"role":"user","content":[1,null,["y"]]}],
    "system":5,"input":{},"prompt":null,"tools":3})");
  CHECK(r.prompt.readable);
  CHECK(r.text(PromptRole::user) == "text");
}

TEST_CASE("messages for threads and runs have their words", "[ai][prompt]") {
  const Reading message(
      R"({"role":"user","content":[{"type":"text","text":"Look"},{"type":"image_file","image_file":{"file_id":"f"}},
    {"type":"image_url","image_url":{"url":"u"}}]})");
  CHECK(message.text(PromptRole::user) == "Look");
  CHECK(message.prompt.images == 2);
  CHECK(message.prompt.messages == 1);
  const Reading run(
      R"({"assistant_id":"a","stream":true,"instructions":"Be kind.","additional_instructions":"Be brief.",
    "additional_messages":[{"role":"user","content":"Hi"}],"thread":{"messages":[{"role":"assistant","content":"Ho"}]}})");
  CHECK(run.text(PromptRole::system) == "Be kind.|Be brief.");
  CHECK(run.text(PromptRole::user) == "Hi|Ho");
  CHECK(run.prompt.stream);
  const Reading outputs(R"({"tool_outputs":[{"tool_call_id":"c","output":"42"}]})");
  CHECK(outputs.text(PromptRole::user) == "42");
}

TEST_CASE("sounds count by their length, about", "[ai][prompt]") {
  const auto tokens = [](const std::string& format, std::size_t bytes) {
    const std::string data(bytes / 3 * 4, 'A');
    const Reading r(R"({"messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"format":")" +
                    format + R"(","data":")" + data + R"("}}]}]})");
    CHECK(r.text(PromptRole::user).empty());
    return r.prompt.audio_tokens;
  };
  CHECK(tokens("wav", 48'000) == 11);  // A second of 24,000 samples.
  CHECK(tokens("mp3", 16'000) == 10);
  CHECK(
      Reading(
          R"({"messages":[{"role":"user","content":[{"type":"input_audio"},{"type":"input_audio","input_audio":5}]}]})")
          .prompt.audio_tokens == 0);
}

TEST_CASE("a field that decides and is written with escapes is told", "[ai][prompt]") {
  CHECK(Reading(R"({"max\u005ftokens":5,"messages":[]})").prompt.disguised_field == "max_tokens");
  CHECK(Reading(R"({"\u006e":5})").prompt.disguised_field == "n");
  CHECK(Reading(R"({"us\u0065r":"x","a\"b":1})").prompt.disguised_field.empty());
}
