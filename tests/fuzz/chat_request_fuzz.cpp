// SPDX-License-Identifier: Apache-2.0
// Any bytes as a request to a model: however its prompt is counted it has as many tokens, and changes of it are read
// back.
#include "ai/asked_usage.hpp"
#include "ai/completion_bound.hpp"
#include "ai/json_splice.hpp"
#include "ai/prompt_tokens.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

using namespace sluice;

namespace {

constexpr std::array<std::string_view, 5> paths = {"/chat/completions", "/completions", "/responses", "/v1/messages",
                                                   "/openai/threads/t/runs"};

void require(bool holds) {
  if (!holds) std::abort();
}

std::int64_t counted(const ai::Prompt& prompt, std::string_view body, std::size_t step, tokenizer::TextOwner owner) {
  ai::PromptCount count(prompt, body, owner);
  while (!count.step(step)) {
  }
  return count.tokens();
}

void check_counts(const ai::Prompt& prompt, std::string_view body, std::size_t step) {
  static const tokenizer::TextOwner owner = tokenizer::owner_of("fuzz");
  const std::int64_t whole = ai::count_prompt_tokens(prompt, body);
  require(whole >= 0);
  require(counted(prompt, body, step, tokenizer::TextOwner::nobody) == whole);
  require(counted(prompt, body, step, owner) == whole);
  require(counted(prompt, body, SIZE_MAX, owner) == whole);
}

void check_bound(const ai::Prompt& prompt, std::string_view body, std::string_view path, Arena& arena) {
  constexpr std::int64_t tokens = 7;
  const ai::CompletionBound bound = ai::completion_bound_of(*prompt.root, body, path);
  if (bound.field.empty()) return;
  const std::string_view bounded = ai::with_completion_bound(body, bound, tokens, arena);
  const auto root = parse_json(bounded, arena);
  require(root.has_value());
  const ai::CompletionBound again = ai::completion_bound_of(**root, bounded, path);
  require(again.field == bound.field && again.tokens == tokens && again.choices == bound.choices);
}

void check_asking(const ai::Prompt& prompt, std::string_view body, Arena& arena) {
  const auto asking = ai::asking_for_usage(prompt, body, arena);
  if (!asking) return;
  const ai::Prompt asked = ai::read_prompt(asking->bytes, arena);
  require(asked.readable && asked.stream && asked.texts.size() == prompt.texts.size());
  require(!ai::asking_for_usage(asked, asking->bytes, arena));
}

/// Each text becomes another one, and nothing else does.
void check_edits(const ai::Prompt& prompt, std::string_view body, Arena& arena) {
  std::vector<ai::StringEdit> edits;
  for (const ai::PromptText& piece : prompt.texts) edits.push_back({piece.offset, 0, piece.text.size(), "x\"\n"});
  const std::string edited = ai::splice_json(body, std::move(edits));
  const ai::Prompt again = ai::read_prompt(edited, arena);
  require(again.readable && again.texts.size() == prompt.texts.size());
  require(std::all_of(again.texts.begin(), again.texts.end(), [](const auto& piece) { return piece.text == "x\"\n"; }));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 2, size - 2);
  Arena arena;
  const ai::Prompt prompt = ai::read_prompt(body, arena);
  check_counts(prompt, body, 1u + data[1]);
  if (!prompt.readable) return 0;
  check_bound(prompt, body, paths[data[0] % paths.size()], arena);
  check_asking(prompt, body, arena);
  check_edits(prompt, body, arena);
  return 0;
}
