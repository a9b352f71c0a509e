// SPDX-License-Identifier: Apache-2.0
#include "ai/usage.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;
using ai::StreamUsage;
using ai::TokenUsage;
using ai::usage_of_answer;

TEST_CASE("chat completions report prompt, completion, cached and reasoning tokens", "[ai][usage]") {
  const auto usage = usage_of_answer(R"({"id":"c1","object":"chat.completion","model":"gpt-4o",
    "choices":[{"index":0,"message":{"role":"assistant","content":"He said \"usage\": {\"prompt_tokens\":1}"},"finish_reason":"stop"}],
    "usage":{"prompt_tokens":20,"completion_tokens":30,"total_tokens":50,
             "prompt_tokens_details":{"cached_tokens":8},"completion_tokens_details":{"reasoning_tokens":12}}})");
  REQUIRE(usage);
  CHECK(*usage == TokenUsage{20, 30, 50, 8, 12});
}

TEST_CASE("embeddings and completions report their usage", "[ai][usage]") {
  CHECK(usage_of_answer(
            R"({"object":"list","data":[{"embedding":[0.1,-0.2]}],"usage":{"prompt_tokens":5,"total_tokens":5}})") ==
        TokenUsage{5, 0, 5, 0, 0});
  CHECK(
      usage_of_answer(
          R"({"object":"text_completion","choices":[{"text":"x"}],"usage":{"prompt_tokens":2,"completion_tokens":1}})") ==
      TokenUsage{2, 1, 3, 0, 0});
}

TEST_CASE("responses report input and output tokens", "[ai][usage]") {
  CHECK(usage_of_answer(
            R"({"object":"response","output":[],"usage":{"input_tokens":36,"input_tokens_details":{"cached_tokens":4},
    "output_tokens":87,"output_tokens_details":{"reasoning_tokens":60},"total_tokens":123}})") ==
        TokenUsage{36, 87, 123, 4, 60});
}

TEST_CASE("messages of Anthropic count what went through the cache as prompt", "[ai][usage]") {
  CHECK(usage_of_answer(R"({"type":"message","content":[{"type":"text","text":"hi"}],
    "usage":{"input_tokens":10,"cache_creation_input_tokens":5,"cache_read_input_tokens":100,"output_tokens":7}})") ==
        TokenUsage{115, 7, 122, 100, 0});
}

TEST_CASE("an answer without usage reports none", "[ai][usage]") {
  for (auto json : {"", "{}", "[]", R"({"usage":null})", R"({"usage":{}})", R"({"usage":5})",
                    R"({"usage":{"prompt_tokens":"5"}})", R"({"usage":{"prompt_tokens":-1}})",
                    R"({"usage":{"prompt_tokens":99999999999999}})", R"({"usage":{"prompt_tokens":1.5}})",
                    R"({"choices":[{"usage":{"prompt_tokens":5}}]})", R"({"Usage":{"prompt_tokens":5}})"}) {
    CAPTURE(json);
    CHECK_FALSE(usage_of_answer(json));
  }
}

TEST_CASE("an answer that is cut right after its usage tells it, one cut in a later member does not", "[ai][usage]") {
  CHECK(usage_of_answer(R"({"usage":{"prompt_tokens":5},"choices":[{"mess)") == std::nullopt);
  CHECK(usage_of_answer(R"({"usage":{"prompt_tokens":5},"id":)") == std::nullopt);
  CHECK(usage_of_answer(R"({"usage":{"prompt_tokens":5})") == TokenUsage{5, 0, 5, 0, 0});
}

TEST_CASE("a stream of chat completions reports in its last event", "[ai][usage]") {
  StreamUsage usage;
  usage.add(R"({"choices":[{"delta":{"content":"a"}}],"usage":null})");
  CHECK_FALSE(usage.usage());
  usage.add(R"({"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4}})");
  usage.add("[DONE]");
  CHECK(usage.usage() == TokenUsage{3, 1, 4, 0, 0});
}

TEST_CASE("a stream of Anthropic reports the prompt first and the completion last", "[ai][usage]") {
  StreamUsage usage;
  usage.add(R"({"type":"message_start","message":{"role":"assistant","usage":{"input_tokens":25,"output_tokens":1}}})");
  CHECK(usage.usage() == TokenUsage{25, 1, 26, 0, 0});
  usage.add(R"({"type":"content_block_delta","delta":{"type":"text_delta","text":"Hello"}})");
  usage.add(R"({"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":15}})");
  CHECK(usage.usage() == TokenUsage{25, 15, 40, 0, 0});
}

TEST_CASE("a stream of responses reports when it is completed", "[ai][usage]") {
  StreamUsage usage;
  usage.add(R"({"type":"response.created","response":{"usage":null}})");
  CHECK_FALSE(usage.usage());
  usage.add(
      R"({"type":"response.completed","response":{"usage":{"input_tokens":7,"output_tokens":9,"total_tokens":16}}})");
  CHECK(usage.usage() == TokenUsage{7, 9, 16, 0, 0});
}

TEST_CASE("large answers are read in one pass", "[ai][usage]") {
  std::string json = R"({"object":"list","data":[)";
  for (int i = 0; i < 200'000; ++i) json += "0.012345,";
  json += R"(0],"usage":{"prompt_tokens":8,"total_tokens":8}})";
  CHECK(usage_of_answer(json) == TokenUsage{8, 0, 8, 0, 0});
}

TEST_CASE("a report with a count that is none is no report", "[ai][usage]") {
  for (auto usage : {R"({"prompt_tokens":10,"completion_tokens":-5,"total_tokens":5})",
                     R"({"prompt_tokens":-1000,"completion_tokens":20,"total_tokens":20})",
                     R"({"prompt_tokens":10,"completion_tokens":"20","total_tokens":30})",
                     R"({"prompt_tokens":10,"completion_tokens":20,"total_tokens":1e308})",
                     R"({"prompt_tokens":10,"completion_tokens":2.5})", R"({"prompt_tokens":{},"total_tokens":3})",
                     R"({"input_tokens":10,"output_tokens":99999999999999999999})"}) {
    CAPTURE(usage);
    CHECK_FALSE(usage_of_answer(std::string("{\"usage\":") + usage + "}"));
  }
  CHECK(usage_of_answer(R"({"usage":{"prompt_tokens":4,"completion_tokens":null,"total_tokens":4}})") ==
        TokenUsage{4, 0, 4, 0, 0});
}

TEST_CASE("a total is never less than what it is the sum of", "[ai][usage]") {
  CHECK(usage_of_answer(R"({"usage":{"prompt_tokens":30,"completion_tokens":50,"total_tokens":0}})") ==
        TokenUsage{30, 50, 80, 0, 0});
  CHECK(usage_of_answer(R"({"usage":{"prompt_tokens":30,"completion_tokens":50,"total_tokens":100}})")->total == 100);
}

TEST_CASE("a run of assistants reports when it has ended, and every answer about it does", "[ai][usage]") {
  StreamUsage usage;
  usage.add(R"({"id":"run_1","object":"thread.run","status":"queued","thread_id":"thread_1","usage":null})");
  CHECK(usage.telling() == StreamUsage::Telling::later);
  CHECK_FALSE(usage.usage());
  usage.add(
      R"({"id":"step_1","object":"thread.run.step","status":"completed","usage":{"prompt_tokens":100,"completion_tokens":9,"total_tokens":109}})");
  CHECK_FALSE(usage.usage());
  usage.add(
      R"({"id":"run_1","object":"thread.run","status":"completed","usage":{"prompt_tokens":123,"completion_tokens":20,"total_tokens":143}})");
  CHECK(usage.usage() == TokenUsage{123, 20, 143, 0, 0});
  CHECK(usage.telling() == StreamUsage::Telling::polled);
  CHECK(usage.id() == "\"run_1\"");
}

TEST_CASE("a run that waits for functions reports nothing yet", "[ai][usage]") {
  StreamUsage usage;
  usage.add(R"({"id":"run_1","object":"thread.run","status":"requires_action","usage":null})");
  CHECK(usage.telling() == StreamUsage::Telling::waits);
  CHECK_FALSE(usage.usage());
}

TEST_CASE("what of assistants is no run reports nothing", "[ai][usage]") {
  for (auto json : {R"({"id":"thread_1","object":"thread","metadata":{}})",
                    R"({"id":"asst_1","object":"assistant","model":"gpt-4o"})",
                    R"({"id":"msg_1","object":"thread.message","role":"user","content":[]})",
                    R"({"id":"thread_1","object":"thread.deleted","deleted":true})"}) {
    CAPTURE(json);
    StreamUsage usage;
    usage.add(json);
    CHECK_FALSE(usage.usage());
    CHECK(usage.telling() == StreamUsage::Telling::later);
  }
}

TEST_CASE("a response in the background is polled, others are kept", "[ai][usage]") {
  StreamUsage usage;
  usage.add(R"({"id":"resp_1","object":"response","background":true,"status":"queued","usage":null})");
  CHECK(usage.telling() == StreamUsage::Telling::later);
  usage.add(
      R"({"id":"resp_1","object":"response","background":true,"status":"completed","usage":{"input_tokens":2,"output_tokens":3}})");
  CHECK(usage.telling() == StreamUsage::Telling::polled);
  usage.add(
      R"({"type":"response.completed","response":{"id":"resp_2","object":"response","background":false,"usage":{"input_tokens":2,"output_tokens":3}}})");
  CHECK(usage.telling() == StreamUsage::Telling::kept);
  usage.add(R"({"id":"c","object":"chat.completion","usage":{"prompt_tokens":2,"completion_tokens":3}})");
  CHECK(usage.telling() == StreamUsage::Telling::kept);
}
