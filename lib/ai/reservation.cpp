// SPDX-License-Identifier: Apache-2.0
#include "ai/reservation.hpp"

#include "ai/prompt_tokens.hpp"

#include <algorithm>

namespace sluice::ai {
namespace {

/// Others may take what was left between two looks at a counter; after so many the request is refused.
constexpr int most_attempts = 4;

}  // namespace

Reservation::Reservation(RequestContext& context, TokenCharge& charge, const Prompt& prompt, std::int64_t prompt_tokens,
                         UsualCompletions& usual, std::string_view key)
    : context_(context), charge_(charge), prompt_(prompt), prompt_tokens_(prompt_tokens) {
  const Body& body = context.request.body;
  if (!prompt.readable || body.is_stream()) return;
  bound_ = completion_bound_of(*prompt.root, body.data(), context.request.url.path);
  // Tokens that no event shows cannot be granted as they come.
  in_slices_ = prompt.stream && !reasons_out_of_sight(prompt.model);
  if (!bound_.field.empty() && !bound_.tokens) usual_ = usual.find(key);
}

/// All choices together.
std::int64_t Reservation::wanted_completion() const {
  if (bound_.field.empty()) return 0;
  const std::int64_t slice = slice_tokens * bound_.choices;
  return in_slices_ ? std::min(bound_.tokens.value_or(slice) * bound_.choices, slice) : *bound_.tokens * bound_.choices;
}

Task<Result<std::optional<TokenCounter>>> Reservation::admit() {
  if (usual_ && !in_slices_) return admit_open();
  return take(prompt_tokens_, wanted_completion());
}

Task<Result<std::optional<TokenCounter>>> Reservation::admit_open() {
  Result<Refused> refused = co_await charge_.reserve(prompt_tokens_);
  if (!refused || *refused) co_return refused;
  const std::int64_t part = std::min(charge_.left() / parts_of_what_is_left, default_completion_tokens);
  const std::int64_t of_each = std::max(usual_->allowance(), part);
  refused = co_await take(0, of_each * bound_.choices);
  if (refused && !*refused) co_return refused;
  Result<void> returned = co_await charge_.settle(0);
  if (!returned) co_return fail(std::move(returned.error()));
  co_return refused;
}

Task<Result<std::optional<TokenCounter>>> Reservation::take(std::int64_t before, std::int64_t wanted) {
  std::int64_t completion = wanted;
  for (int attempt = 1;; ++attempt) {
    Result<Refused> refused = co_await charge_.reserve(before + completion);
    if (!refused) co_return refused;
    if (!*refused) break;
    const std::int64_t left = (*refused)->state.remaining - before;
    if (left < std::min(least_completion_tokens, wanted) || attempt == most_attempts) co_return refused;
    completion = std::min(left, completion);
  }
  granted_ = completion;
  const bool is_bounded = bound_.tokens && completion == wanted;
  if (wanted > 0 && !in_slices_ && !is_bounded) lower_bound(completion);
  co_return Refused();
}

void Reservation::learn(const TokenUsage& usage) {
  if (!usual_) return;
  // What went up to its bound would have been longer.
  const bool is_cut = !in_slices_ && usage.completion >= granted_;
  usual_->note(usage.completion / bound_.choices * (is_cut ? 2 : 1));
}

void Reservation::lower_bound(std::int64_t tokens) {
  Body& body = context_.request.body;
  const std::int64_t of_each = std::max<std::int64_t>(tokens / bound_.choices, 1);
  body.set_bytes(with_completion_bound(body.data(), bound_, of_each, context_.arena));
  keep_prompt_tokens(context_);
}

void Reservation::hold(Response& response, AnswerWatch& watch) {
  if (bound_.field.empty() || !watch.is_event_stream() || !response.body.is_stream()) return;
  response.body = Body::stream(std::make_unique<CeilingStream>(response.body.take_stream(), watch, *this));
}

Task<void> Reservation::note_passed(std::int64_t tokens) {
  passed_ = tokens;
  const std::int64_t stock = std::min(charge_.left() / parts_of_stock, stocked_tokens);
  if (!may_stock_ || stock <= slice_tokens || granted_ - passed_ >= stock / 2) co_return;
  Result<Refused> refused = co_await charge_.reserve(stock);
  // A store that fails refuses when something is needed, and is not asked with each event until then.
  may_stock_ = refused && !*refused;
  if (may_stock_) granted_ += stock;
}

Task<bool> Reservation::grant(std::int64_t tokens) {
  if (tokens > granted_) {
    const std::int64_t needed = tokens - granted_;
    for (const std::int64_t asked : {std::max(needed, slice_tokens), needed}) {
      Result<std::optional<TokenCounter>> refused = co_await charge_.reserve(asked);
      if (refused && !*refused) {
        granted_ += asked;
        may_stock_ = true;
        break;
      }
    }
  }
  const bool is_granted = tokens <= granted_;
  if (is_granted) {
    passed_ = tokens;
  } else {
    ended_at_ = prompt_tokens_ + passed_;
  }
  co_return is_granted;
}

}  // namespace sluice::ai
