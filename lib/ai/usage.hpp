// SPDX-License-Identifier: Apache-2.0
// TokenUsage: the numbers of tokens that an answer of a model reports. Understood are the usage objects of OpenAI and
// Azure OpenAI (chat completions, completions, embeddings: prompt_tokens, completion_tokens; responses: input_tokens,
// output_tokens; runs of assistants), Azure AI Model Inference, and Anthropic (input_tokens, output_tokens,
// cache_*_input_tokens).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::ai {

struct TokenUsage {
  std::int64_t prompt = 0;
  std::int64_t completion = 0;
  std::int64_t total = 0;      ///< As reported; never less than the sum of the two.
  std::int64_t cached = 0;     ///< Part of `prompt` that was read from the model's cache.
  std::int64_t reasoning = 0;  ///< Part of `completion` that the caller does not see.
  bool operator==(const TokenUsage&) const = default;
};

/// Counts beyond this are nonsense, as negative ones are, and texts and fractions: their report is taken for none.
inline constexpr std::int64_t max_reported_tokens = 1'000'000'000;

/// The usage of a whole answer; nothing when it reports none.
std::optional<TokenUsage> usage_of_answer(std::string_view json);

/// Collects usage from the events of a stream. Later reports complete earlier ones: Anthropic tells the prompt first
/// and the completion last, OpenAI everything in the last event, responses in `response.completed`, runs of assistants
/// in `thread.run.completed` (their steps, which report too, are parts of them).
class StreamUsage {
 public:
  /// Looks at the data of one event.
  void add(std::string_view data);
  const std::optional<TokenUsage>& usage() const { return usage_; }
  void replace(std::optional<TokenUsage> usage) { usage_ = usage; }

  /// Of the object that was seen last: whether others tell the same report again, and whether it is to come.
  enum class Telling : std::uint8_t {
    once,    ///< Chat completions and the like.
    kept,    ///< A chat completion or a response that may be asked for after it was told.
    polled,  ///< Runs, and responses in the background: every answer about one tells, and nobody knows which is first.
    later,   ///< One of these that is still at work; what of assistants is no run.
    waits,   ///< A run that waits for what functions give: what it goes on with tells all, another stream or a poll.
  };
  Telling telling() const { return telling_; }
  /// Of what is polled.
  const std::string& id() const { return id_; }

 private:
  std::optional<TokenUsage> usage_;
  Telling telling_ = Telling::once;
  std::string id_;
};

}  // namespace sluice::ai
