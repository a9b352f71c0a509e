// SPDX-License-Identifier: Apache-2.0
#include "ai/token_charge.hpp"

#include <utility>

namespace sluice::ai {
namespace {
constexpr std::chrono::seconds rate_period{60};
}

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
  reserved_at_ = context_.services.clock.steady_now();
  if (rate_) {
    Result<CounterState> state = co_await counters.reserve(rate_->key, rate_->rule, tokens);
    if (state) {
      rate_->state = *state;
      if (!state->admitted) co_return Refused(*rate_);
    } else {
      const Label fields[] = {{"reason", state.error().reason()}, {"message", state.error().message()}};
      context_.services.telemetry.log(LogLevel::warning, "tokens could not be counted", fields);
      rate_->state = {true, rate_->rule.limit, {}};
    }
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
  reserved_ = tokens;
  co_return Refused();
}

Task<Result<void>> TokenCharge::settle(std::int64_t tokens) {
  const std::int64_t correction = tokens - std::exchange(reserved_, tokens);
  Result<void> done;
  if (rate_) {
    // After a period the reservation has left a sliding window: giving back would take from what others used.
    const bool gone = rate_->rule.kind == WindowKind::sliding &&
                      context_.services.clock.steady_now() - reserved_at_ >= rate_->rule.period;
    if (correction > 0 || !gone) done = co_await correct(*rate_, correction);
  }
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
