// SPDX-License-Identifier: Apache-2.0
#include "ai/completion_bound.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace sluice::ai;

namespace {

/// Views into `body`.
CompletionBound bound_of(std::string_view body, std::string_view path) {
  Arena arena(1024);
  return completion_bound_of(*parse_json(body, arena).value(), body, path);
}

std::string bounded(std::string_view body, std::int64_t tokens, std::string_view path = "/chat/completions") {
  Arena arena(1024);
  return std::string(with_completion_bound(body, bound_of(body, path), tokens, arena));
}

}  // namespace

TEST_CASE("a bound is read by its newest name", "[ai][completion_bound]") {
  const auto bound = bound_of(R"({"max_tokens":10,"max_completion_tokens": 20 ,"n":3})", "/chat/completions");
  CHECK(bound.field == "max_completion_tokens");
  CHECK(bound.tokens == 20);
  CHECK(bound.choices == 3);
  CHECK(bound_of(R"({"max_tokens":7})", "/v1/messages").tokens == 7);
  CHECK(bound_of(R"({"max_output_tokens":9,"max_tokens":7})", "/responses").tokens == 9);
  CHECK(bound_of(R"({"prompt":"x","best_of":4,"n":2})", "/completions").choices == 4);
}

TEST_CASE("nonsense is no bound", "[ai][completion_bound]") {
  for (const std::string_view value : {"-1", "1e99", "\"10\"", "null", "99999999999999999999", "1.5", "{}"}) {
    CAPTURE(value);
    const std::string body = "{\"max_tokens\":" + std::string(value) + "}";
    const auto bound = bound_of(body, "/chat/completions");
    CHECK_FALSE(bound.tokens);
    CHECK(bounded(body, 5) == "{\"max_tokens\":5}");
  }
  CHECK(bound_of(R"({"n":-3})", "/chat/completions").choices == 1);
  CHECK(bound_of(R"({"n":"many"})", "/chat/completions").choices == 1);
  CHECK(bound_of(R"({"n":100000000})", "/chat/completions").choices == 1'000);
  CHECK(bound_of(R"({"n":1e308})", "/chat/completions").choices == 1'000);
}

TEST_CASE("a bound is what a service reads: the last of its name, however it is written", "[ai][completion_bound]") {
  const std::string_view twice = R"({"max_tokens":1,"nested":{"max_tokens":2},"max\u005ftokens" : 3 })";
  CHECK(bound_of(twice, "/chat/completions").tokens == 3);
  CHECK(bound_of(twice, "/chat/completions").value == "3");
  CHECK(bounded(twice, 9) == R"({"max_tokens":1,"nested":{"max_tokens":2},"max\u005ftokens" : 9 })");
}

TEST_CASE("embeddings ask for no words", "[ai][completion_bound]") {
  CHECK(bound_of(R"({"input":"x"})", "/openai/deployments/e/embeddings").field.empty());
}

TEST_CASE("a bound is put into the body and everything else stays", "[ai][completion_bound]") {
  CHECK(bounded(R"({ "messages" : [ ], "max_tokens" : 100 , "x":1.50})", 7) ==
        R"({ "messages" : [ ], "max_tokens" : 7 , "x":1.50})");
  CHECK(bounded(R"({"messages":[]})", 7) == R"({"max_tokens":7,"messages":[]})");
  CHECK(bounded("{ }", 7) == "{\"max_tokens\":7 }");
  CHECK(bounded(R"({"model":"o3-mini","messages":[]})", 7) ==
        R"({"max_completion_tokens":7,"model":"o3-mini","messages":[]})");
  CHECK(bounded(R"({"input":"x"})", 7, "/v1/responses") == R"({"max_output_tokens":7,"input":"x"})");
}

TEST_CASE("models that reason are known by their family", "[ai][completion_bound]") {
  for (const std::string_view name : {"o1", "o3-mini", "O4-mini-2025-04-16", "gpt-5", "gpt-5-mini", "openai/o3"}) {
    CAPTURE(name);
    CHECK(reasons_out_of_sight(name));
  }
  for (const std::string_view name : {"", "gpt-4o", "o100", "gpt-50", "ollama", "openai/"}) {
    CAPTURE(name);
    CHECK_FALSE(reasons_out_of_sight(name));
  }
}

TEST_CASE("numbers count as services read them", "[ai][completion_bound]") {
  CHECK(bound_of(R"({"max_tokens":5.0,"n":2.0})", "/chat/completions").tokens == 5);
  CHECK(bound_of(R"({"max_tokens":5.0,"n":2.0})", "/chat/completions").choices == 2);
  CHECK(bound_of(R"({"max_tokens":5e1})", "/chat/completions").tokens == 50);
}

TEST_CASE("runs of assistants have a bound, what is only kept asks for no words", "[ai][completion_bound]") {
  const std::string_view body = R"({"assistant_id":"asst_1","max_completion_tokens":9})";
  for (const std::string_view path : {"/openai/threads/t1/runs", "/v1/threads/runs"}) {
    CAPTURE(path);
    CHECK(bound_of(body, path).tokens == 9);
    CHECK(bound_of("{}", path).field == "max_completion_tokens");
  }
  for (const std::string_view path : {"/v1/assistants", "/v1/assistants/a1", "/v1/threads", "/v1/threads/t1",
                                      "/v1/threads/t1/messages", "/v1/threads/t1/messages/m1", "/v1/threads/t1/runs/r1",
                                      "/v1/threads/t1/runs/r1/cancel", "/v1/threads/t1/runs/r1/submit_tool_outputs"}) {
    CAPTURE(path);
    CHECK(bound_of(body, path).field.empty());
  }
  CHECK(bound_of("{}", "/threads/v1/chat/completions").field == "max_tokens");
  CHECK(bound_of("{}", "/v1/messages").field == "max_tokens");
}
