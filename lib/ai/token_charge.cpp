// SPDX-License-Identifier: Apache-2.0
#include "ai/token_charge.hpp"

#include <algorithm>

namespace sluice::ai {
namespace {
constexpr std::chrono::seconds rate_period{60};
constexpr std::chrono::seconds part_time{1};
}  // namespace

void TokenCharge::add_rate(std::string_view key, std::int64_t tokens_per_minute) {
  rate_ = TokenCounter{TokenCounter::Kind::rate,
                       counter_key({"llm-tokens", "rate", key}),
                       {context_.services.behaviour.rate_window, tokens_per_minute, rate_period, {}},
                       {}};
}

void TokenCharge::add_quota(std::string_view key, std::int64_t tokens, CalendarPeriod period) {
  // Periods differ in length (months), so each is a counter of its own, with one window that fits it.
  const WallTime now = context_.services.clock.now();
  const WallTime start = period_start(period, now);
  const std::string name = std::to_string(static_cast<int>(period)) + format_instant(start);
  quota_ = TokenCounter{TokenCounter::Kind::quota,
                        counter_key({"llm-tokens", "quota", key, name}),
                        {WindowKind::fixed, tokens, next_period_start(period, now) - start, start},
                        {}};
}

Task<Result<std::optional<TokenCounter>>> TokenCharge::reserve(std::int64_t tokens) {
  using Refused = std::optional<TokenCounter>;
  CounterStore& counters = context_.services.counters;
  if (rate_) {
    Refused refused = co_await take_from_rate(tokens);
    if (refused) co_return refused;
  }
  if (quota_) {
    Result<CounterState> state = co_await counters.reserve(quota_->key, quota_->rule, tokens);
    const bool admitted = state && state->admitted;
    if (!admitted && rate_ && tokens > 0) {
      Result<CounterState> returned = co_await counters.settle(rate_->key, rate_->rule, -tokens);
      if (returned) rate_->state.remaining = returned->remaining;
    }
    if (!state) co_return fail(std::move(state.error()));
    quota_->state = *state;
    if (!admitted) co_return Refused(*quota_);
  }
  note(tokens);
  co_return Refused();
}

std::int64_t TokenCharge::left() const {
  std::int64_t least = INT64_MAX;
  if (rate_) least = rate_->state.remaining;
  if (quota_) least = std::min(least, quota_->state.remaining);
  return least;
}

Task<std::optional<TokenCounter>> TokenCharge::take_from_rate(std::int64_t tokens) {
  Result<CounterState> state = co_await context_.services.counters.reserve(rate_->key, rate_->rule, tokens);
  if (state) {
    rate_->state = *state;
    if (!state->admitted) co_return *rate_;
  } else {
    const Label fields[] = {{"reason", state.error().reason()}, {"message", state.error().message()}};
    context_.services.telemetry.log(LogLevel::warning, "tokens could not be counted", fields);
    rate_->state = {true, rate_->rule.limit, {}};
  }
  co_return std::nullopt;
}

Task<Result<std::optional<TokenCounter>>> TokenCharge::renew() {
  using Refused = std::optional<TokenCounter>;
  const std::int64_t lost = rate_ ? reserved_ - still_in_window() : 0;
  if (lost <= 0) co_return Refused();
  Refused refused = co_await take_from_rate(lost);
  if (!refused) add_part(lost);
  co_return refused;
}

/// `tokens` more have been taken; negative: given back, from what was taken last.
void TokenCharge::note(std::int64_t tokens) {
  reserved_ += tokens;
  if (rate_ && tokens != 0) add_part(tokens);
}

void TokenCharge::add_part(std::int64_t tokens) {
  const SteadyTime now = context_.services.clock.steady_now();
  std::erase_if(parts_, [&](const Part& part) { return now - part.at >= rate_->rule.period; });
  for (; tokens < 0 && !parts_.empty(); parts_.pop_back()) {
    parts_.back().tokens += tokens;
    if (parts_.back().tokens > 0) return;
    tokens = parts_.back().tokens;
  }
  if (tokens <= 0) return;
  const bool is_new = parts_.empty() || now - parts_.back().at >= part_time;
  if (is_new) parts_.push_back({now, 0});
  parts_.back().tokens += tokens;
}

/// Of what was reserved, the part that a sliding window has not lost yet.
std::int64_t TokenCharge::still_in_window() const {
  if (rate_->rule.kind != WindowKind::sliding) return reserved_;
  const SteadyTime now = context_.services.clock.steady_now();
  std::int64_t tokens = 0;
  for (const Part& part : parts_) {
    if (now - part.at < rate_->rule.period) tokens += part.tokens;
  }
  return tokens;
}

Task<Result<void>> TokenCharge::settle(std::int64_t tokens) {
  const std::int64_t correction = tokens - reserved_;
  Result<void> done;
  // What has left a sliding window is not given back: that would take from what others used.
  if (rate_) done = co_await correct(*rate_, std::max(correction, -still_in_window()));
  note(correction);
  if (quota_) {
    Result<void> corrected = co_await correct(*quota_, correction);
    if (!corrected) done = std::move(corrected);
  }
  co_return done;
}

Task<Result<void>> TokenCharge::correct(TokenCounter& counter, std::int64_t amount) {
  if (amount == 0) co_return Result<void>();
  Result<CounterState> state = co_await context_.services.counters.settle(counter.key, counter.rule, amount);
  if (!state) co_return fail(std::move(state.error()));
  counter.state = *state;
  co_return Result<void>();
}

}  // namespace sluice::ai
