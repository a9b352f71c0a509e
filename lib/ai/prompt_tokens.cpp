// SPDX-License-Identifier: Apache-2.0
#include "ai/prompt_tokens.hpp"

#include "ai/request_prompt.hpp"

#include <algorithm>

namespace sluice::ai {
namespace {

struct KnownTokens {
  explicit KnownTokens(Arena&) {}
  std::optional<std::int64_t> tokens;
  std::uint32_t version = 0;  ///< Of the body that they were counted of.
};

}  // namespace

PromptCount::PromptCount(const Prompt& prompt, std::string_view body)
    : prompt_(prompt),
      tokenizer_(tokenizer::tokenizer(prompt.encoding.encoding)),
      overhead_(chat_overhead(prompt, tokenizer_)),
      tokens_(overhead_.tokens + prompt.token_ids + prompt.audio_tokens + prompt.images * tokens_per_image),
      last_(prompt.readable ? std::string_view(overhead_.definitions) : body) {}

bool PromptCount::step(std::size_t bytes) {
  for (std::size_t counted = 0; counted < bytes;) {
    if (long_) {
      counted += go_on(bytes - counted);
    } else if (next_ <= prompt_.texts.size()) {
      counted += begin(next_++, bytes);
    } else {
      return true;
    }
  }
  return !long_ && next_ > prompt_.texts.size();
}

std::size_t PromptCount::begin(std::size_t number, std::size_t bytes) {
  const bool is_last = number == prompt_.texts.size();
  const std::string_view text = is_last ? last_ : prompt_.texts[number].text;
  ends_with_newline_ = number == overhead_.text_with_newline;
  if (text.size() > bytes || ends_with_newline_) {
    long_.emplace(tokenizer_);
    rest_ = text;
    return 0;
  }
  tokens_ += static_cast<std::int64_t>(tokenizer_.count(text));
  return text.size();
}

std::size_t PromptCount::go_on(std::size_t bytes) {
  const std::string_view piece = rest_.substr(0, bytes);
  long_->add(piece);
  rest_.remove_prefix(piece.size());
  if (rest_.empty()) {
    if (ends_with_newline_) long_->add("\n");
    tokens_ += static_cast<std::int64_t>(long_->tokens());
    long_.reset();
  }
  return piece.size();
}

std::int64_t count_prompt_tokens(const Prompt& prompt, std::string_view body) {
  PromptCount count(prompt, body);
  while (!count.step(SIZE_MAX)) {
  }
  return count.tokens();
}

bool knows_prompt_tokens(RequestContext& context) {
  const auto& known = context.state<KnownTokens>();
  return known.tokens && known.version == context.request.body.version();
}

Task<Result<std::int64_t>> prompt_tokens(RequestContext& context) {
  auto& known = context.state<KnownTokens>();
  const Body& body = context.request.body;
  if (knows_prompt_tokens(context)) co_return *known.tokens;
  const auto prompt = prompt_of(context);
  if (!prompt) co_return fail(prompt.error());
  PromptCount count(**prompt, body.is_stream() ? std::string_view() : body.data());
  while (!count.step(count_step_bytes)) co_await context.services.clock.yield();
  known.tokens = count.tokens();
  known.version = body.version();
  co_return *known.tokens;
}

void keep_prompt_tokens(RequestContext& context) {
  context.state<KnownTokens>().version = context.request.body.version();
}

}  // namespace sluice::ai
