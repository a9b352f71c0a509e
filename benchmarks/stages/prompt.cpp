// SPDX-License-Identifier: Apache-2.0
// A long chat request: what reading it, looking for its bounds and counting it take.
#include "bench.hpp"
#include "stages/texts.hpp"

#include "ai/completion_bound.hpp"
#include "ai/prompt_tokens.hpp"

#include <memory>

namespace sluice::bench {
namespace {

std::string long_chat() {
  JsonWriter json;
  json.begin_object();
  json.member("model", "gpt-4o");
  json.key("messages");
  json.begin_array();
  json.begin_object();
  json.member("role", "user");
  json.member("content", std::string_view(mixed_text()));
  json.end_object();
  json.end_array();
  json.member("max_tokens", 100);
  json.end_object();
  return std::move(json).take();
}

}  // namespace

void add_prompt_stages(Bench& bench) {
  const auto body = std::make_shared<const std::string>(long_chat());
  bench.add(
      "prompt.read", "the texts of a chat request of about 300 KiB",
      [body] {
        Arena arena;
        keep(ai::read_prompt(*body, arena).texts.size());
      },
      body->size());
  const auto arena = std::make_shared<Arena>();
  const auto prompt = std::make_shared<const ai::Prompt>(ai::read_prompt(*body, *arena));
  bench.add("prompt.bound", "the bound of its answer", [body, arena, prompt] {
    keep(ai::completion_bound_of(*prompt->root, *body, "/chat/completions").tokens.value_or(0));
  });
  bench.add(
      "prompt.count", "its tokens", [body, arena, prompt] { keep(ai::count_prompt_tokens(*prompt, *body)); },
      body->size());
  bench.add(
      "prompt.known", "the same, counted before",
      [body, arena, prompt] {
        ai::PromptCount count(*prompt, *body, tokenizer::owner_of("bench"));
        while (!count.step(SIZE_MAX)) {
        }
        keep(count.tokens());
      },
      body->size());
}

}  // namespace sluice::bench
