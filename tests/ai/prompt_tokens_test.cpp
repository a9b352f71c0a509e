// SPDX-License-Identifier: Apache-2.0
#include "ai/prompt_tokens.hpp"

#include "yielding_context.hpp"

#include <catch2/catch.hpp>

using namespace sluice;

namespace {

std::string words(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += i % 7 == 0 ? " naïve—" : " count";
  return text;
}

std::string chat(const std::string& system, const std::string& user, const std::string& more = {}) {
  return R"({"model":"gpt-4o","messages":[{"role":"system","content":")" + system + R"("},{"role":"user","content":")" +
         user + "\"}]" + more + "}";
}

const std::string tools = R"(,"tools":[{"type":"function","function":{"name":"weather","description":")" + words(50) +
                          R"(","parameters":{"type":"object","properties":{"place":{"type":"string"}}}}}])";

using Counting = testing::YieldingContext;

}  // namespace

TEST_CASE("a prompt has as many tokens in steps as at once", "[ai][prompt_tokens]") {
  for (const std::string& body :
       {chat(words(300), words(900)), chat(words(300), "hello", tools), chat("", "", tools), chat("", words(1)),
        std::string("no JSON at all: ") + words(400), std::string(), std::string(R"({"input":[[1,2,3],[4]]})")}) {
    Arena arena;
    const ai::Prompt prompt = ai::read_prompt(body, arena);
    const std::int64_t whole = ai::count_prompt_tokens(prompt, body);
    CAPTURE(body.substr(0, 60), body.size(), whole);
    for (const std::size_t step : {1, 2, 3, 64, 1000, 16 * 1024}) {
      CAPTURE(step);
      ai::PromptCount count(prompt, body);
      std::size_t steps = 1;
      while (!count.step(step)) ++steps;
      CHECK(count.tokens() == whole);
      CHECK(steps <= body.size() / step + 4);
    }
  }
}

TEST_CASE("what was counted before is known, and is the same", "[ai][prompt_tokens]") {
  const auto mine = tokenizer::owner_of("mine"), theirs = tokenizer::owner_of("theirs");
  for (const std::string& body :
       {chat(words(300), words(900)), chat(words(90), "hello", tools), chat(words(90), words(8'000), tools),
        chat(words(90), "hello", R"(,"functions":[{"name":"f","description":")" + words(40) + "\"}]"),
        chat(words(90), "hello", tools + R"(,"functions":[{"name":"f","description":")" + words(40) + "\"}]")}) {
    Arena arena;
    const ai::Prompt prompt = ai::read_prompt(body, arena);
    const std::int64_t whole = ai::count_prompt_tokens(prompt, body);
    CAPTURE(body.substr(0, 60), body.size(), whole);
    for (const auto owner : {mine, mine, theirs, tokenizer::TextOwner::nobody, mine}) {
      for (const std::size_t step : {64, 16 * 1024}) {
        ai::PromptCount count(prompt, body, owner);
        while (!count.step(step)) {
        }
        CHECK(count.tokens() == whole);
      }
    }
  }
}

TEST_CASE("what was counted before takes fewer steps, for its owner alone", "[ai][prompt_tokens]") {
  const std::string body = chat("hello", words(20'000));
  Arena arena;
  const ai::Prompt prompt = ai::read_prompt(body, arena);
  const auto steps = [&](std::string_view owner) {
    ai::PromptCount count(prompt, body, tokenizer::owner_of(owner));
    std::size_t made = 1;
    while (!count.step(ai::count_step_bytes)) ++made;
    return made;
  };
  const std::size_t first = steps("contoso");
  CHECK(first >= body.size() / ai::count_step_bytes);
  CHECK(steps("contoso") <= 2);
  CHECK(steps("fabrikam") == first);
}

TEST_CASE("a text that would take long to be known is counted again", "[ai][prompt_tokens][limits]") {
  const std::string body = chat("hello", words(tokenizer::KnownCounts::most_bytes / 5));
  Arena arena;
  const ai::Prompt prompt = ai::read_prompt(body, arena);
  for (int time = 0; time < 2; ++time) {
    ai::PromptCount count(prompt, body, tokenizer::owner_of("contoso"));
    CHECK_FALSE(count.step(ai::count_step_bytes));
  }
}

TEST_CASE("a long prompt lets others go first while it is counted, and is counted once",
          "[ai][prompt_tokens][limits]") {
  Counting c;
  const std::string body = chat("hello", words(50'000));
  REQUIRE(body.size() > 300 * 1024);
  c.request.body = Body::bytes(body);
  Arena arena;
  const std::int64_t whole = ai::count_prompt_tokens(ai::read_prompt(body, arena), body);
  CHECK(wait(ai::prompt_tokens(c.yielded)).value() == whole);
  const std::size_t steps = body.size() / ai::count_step_bytes;
  CHECK(c.yielding.yields >= steps - 1);
  CHECK(c.yielding.yields <= steps + 2);
  const std::size_t before = c.yielding.yields;
  CHECK(wait(ai::prompt_tokens(c.yielded)).value() == whole);
  CHECK(c.yielding.yields == before);
}

TEST_CASE("a short prompt waits for nobody, and is counted anew when the body has changed", "[ai][prompt_tokens]") {
  Counting c;
  const std::string first = chat("hello", "world"), second = chat("hello", "another world");
  c.request.body = Body::bytes(first);
  const std::int64_t tokens = wait(ai::prompt_tokens(c.yielded)).value();
  c.request.body.set_bytes(second);
  CHECK(wait(ai::prompt_tokens(c.yielded)).value() == tokens + 1);
  CHECK(c.yielding.yields == 0);
}

TEST_CASE("a change that leaves the prompt alone leaves its tokens alone", "[ai][prompt_tokens]") {
  Counting c;
  const std::string body = chat("hello", "world");
  c.request.body = Body::bytes(body);
  const std::int64_t tokens = wait(ai::prompt_tokens(c.yielded)).value();
  // Said of a body of which it is not true, so that it shows.
  c.request.body.set_bytes("{}");
  ai::keep_prompt_tokens(c.yielded);
  CHECK(wait(ai::prompt_tokens(c.yielded)).value() == tokens);
}
