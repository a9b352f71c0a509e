// SPDX-License-Identifier: Apache-2.0
// TokenUsage: the numbers of tokens that an answer of a model reports. Understood are the usage objects of OpenAI and
// Azure OpenAI (chat completions, completions, embeddings: prompt_tokens, completion_tokens; responses: input_tokens,
// output_tokens), Azure AI Model Inference, and Anthropic (input_tokens, output_tokens, cache_*_input_tokens).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::ai {

struct TokenUsage {
  std::int64_t prompt = 0;
  std::int64_t completion = 0;
  std::int64_t total = 0;      ///< As reported; the sum of the two otherwise.
  std::int64_t cached = 0;     ///< Part of `prompt` that was read from the model's cache.
  std::int64_t reasoning = 0;  ///< Part of `completion` that the caller does not see.
  bool operator==(const TokenUsage&) const = default;
};

/// Counts beyond this are taken for nonsense, and their report for none.
inline constexpr std::int64_t max_reported_tokens = 1'000'000'000;

/// The usage of a whole answer; nothing when it reports none.
std::optional<TokenUsage> usage_of_answer(std::string_view json);

/// Collects usage from the events of a stream. Later reports complete earlier ones: Anthropic tells the prompt first
/// and the completion last, OpenAI everything in the last event, responses in `response.completed`.
class StreamUsage {
 public:
  /// Looks at the data of one event.
  void add(std::string_view data);
  const std::optional<TokenUsage>& usage() const { return usage_; }

 private:
  std::optional<TokenUsage> usage_;
};

}  // namespace sluice::ai
