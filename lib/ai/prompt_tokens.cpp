// SPDX-License-Identifier: Apache-2.0
#include "ai/prompt_tokens.hpp"

#include "ai/request_prompt.hpp"
#include "base/entity_lookup.hpp"

#include <algorithm>

namespace sluice::ai {
namespace {

using tokenizer::Counted;
using tokenizer::KnownCounts;

/// Finding a text takes about as much less than counting it.
constexpr std::size_t bytes_known_for_one_counted = 8;

struct KnownTokens {
  explicit KnownTokens(Arena&) {}
  std::optional<std::int64_t> tokens;
  std::uint32_t version = 0;  ///< Of the body that they were counted of.
};

/// The subscription; all who need none are one.
tokenizer::TextOwner owner_of(RequestContext& context) {
  return tokenizer::owner_of(context.subscription != nullptr ? entity_key(*context.subscription, context.arena)
                                                             : std::string_view());
}

}  // namespace

PromptCount::PromptCount(const Prompt& prompt, std::string_view body, tokenizer::TextOwner owner)
    : prompt_(prompt),
      body_(body),
      owner_(owner),
      tokenizer_(tokenizer::tokenizer(prompt.encoding.encoding)),
      overhead_(chat_overhead(prompt, tokenizer_)),
      tokens_(overhead_.tokens + prompt.token_ids + prompt.audio_tokens + prompt.images * tokens_per_image) {}

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
  if (number == prompt_.texts.size()) return begin_last(bytes);
  return begin(prompt_.texts[number].text, number == overhead_.text_with_newline ? Counted::line : Counted::text,
               bytes);
}

std::size_t PromptCount::begin_last(std::size_t bytes) {
  if (!prompt_.readable) return begin(body_, Counted::text, bytes);
  if (!overhead_.has_definitions) return 0;
  const std::string_view tools = member_text(*prompt_.root, "tools", body_);
  const std::string_view functions = member_text(*prompt_.root, "functions", body_);
  // They are known by what they are made of; hardly anybody sends both.
  const bool is_one = tools.empty() || functions.empty();
  return begin(is_one ? tools.empty() ? functions : tools : std::string_view(), Counted::definitions, bytes);
}

std::size_t PromptCount::begin(std::string_view source, Counted as, std::size_t bytes) {
  key_.reset();
  if (owner_ != tokenizer::TextOwner::nobody && KnownCounts::can_know(source)) {
    key_ = KnownCounts::key_of(source, owner_, tokenizer_.encoding(), as);
    if (const auto known = KnownCounts::of_this_thread().find(*key_)) {
      tokens_ += static_cast<std::int64_t>(*known);
      return source.size() / bytes_known_for_one_counted;
    }
  }
  if (as == Counted::definitions) definitions_ = definitions_text(*prompt_.root);
  const std::string_view text = as == Counted::definitions ? std::string_view(definitions_) : source;
  ends_with_newline_ = as == Counted::line;
  if (text.size() > bytes || ends_with_newline_) {
    long_.emplace(tokenizer_);
    rest_ = text;
    return 0;
  }
  add(tokenizer_.count(text));
  return text.size();
}

void PromptCount::add(std::size_t tokens) {
  tokens_ += static_cast<std::int64_t>(tokens);
  if (key_) KnownCounts::of_this_thread().note(*key_, tokens);
}

std::size_t PromptCount::go_on(std::size_t bytes) {
  const std::string_view piece = rest_.substr(0, bytes);
  long_->add(piece);
  rest_.remove_prefix(piece.size());
  if (rest_.empty()) {
    if (ends_with_newline_) long_->add("\n");
    add(long_->tokens());
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
  const tokenizer::TextOwner owner = owner_of(context);
  PromptCount count(**prompt, body.is_stream() ? std::string_view() : body.data(), owner);
  while (!count.step(count_step_bytes)) co_await context.services.clock.yield();
  known.tokens = count.tokens();
  known.version = body.version();
  co_return *known.tokens;
}

void keep_prompt_tokens(RequestContext& context) {
  context.state<KnownTokens>().version = context.request.body.version();
}

}  // namespace sluice::ai
