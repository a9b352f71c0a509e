// SPDX-License-Identifier: Apache-2.0
// How many tokens a prompt has: exactly what its texts have in its encoding, with what is known of messages and
// functions (chat_overhead.hpp) and what is documented of images. A body that is not readable counts as plain text.
#pragma once

#include <sluice/context.hpp>

#include "ai/chat_overhead.hpp"
#include "tokenizer/known_counts.hpp"
#include "tokenizer/token_counter.hpp"

#include <optional>

namespace sluice::ai {

/// Counts a prompt in steps, so that nobody has to wait until a long one has been counted.
class PromptCount {
 public:
  /// `body`: what the prompt was read from. Both must outlive this. Texts of an `owner` are remembered.
  PromptCount(const Prompt& prompt, std::string_view body, tokenizer::TextOwner owner = tokenizer::TextOwner::nobody);

  /// Counts about `bytes` more: at most twice as many. True when everything is counted.
  bool step(std::size_t bytes);
  std::int64_t tokens() const { return tokens_; }

 private:
  // What they return is how many bytes they have counted.
  std::size_t begin(std::size_t number, std::size_t bytes);
  /// What comes after the prompt's texts: the definitions, or a body that is not readable.
  std::size_t begin_last(std::size_t bytes);
  std::size_t begin(std::string_view source, tokenizer::Counted as, std::size_t bytes);
  std::size_t go_on(std::size_t bytes);
  void add(std::size_t tokens);

  const Prompt& prompt_;
  const std::string_view body_;
  const tokenizer::TextOwner owner_;
  const tokenizer::Tokenizer& tokenizer_;
  const ChatOverhead overhead_;
  std::int64_t tokens_ = 0;
  std::size_t next_ = 0;                         ///< Of the prompt's texts, or behind them.
  std::string definitions_;                      ///< As models get them, once they are counted.
  std::optional<tokenizer::TextKey> key_;        ///< The text that is counted will be known by.
  std::optional<tokenizer::TokenCounter> long_;  ///< It takes several steps,
  std::string_view rest_;                        ///< this is left of it,
  bool ends_with_newline_ = false;               ///< and it gets a newline at its end.
};

/// Counted in one go.
std::int64_t count_prompt_tokens(const Prompt& prompt, std::string_view body);

/// What a running request counts at a time, between which others get their turn.
inline constexpr std::size_t count_step_bytes = 4 * 1024;

/// The tokens of a running request's prompt, counted once for all who ask. **Errors**: bad_request, as `prompt_of`.
Task<Result<std::int64_t>> prompt_tokens(RequestContext& context);

/// They have been counted of the body as it is.
bool knows_prompt_tokens(RequestContext& context);
/// Says that the body's last change has left its prompt alone; to be called when its tokens are known.
void keep_prompt_tokens(RequestContext& context);

}  // namespace sluice::ai
