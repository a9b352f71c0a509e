// SPDX-License-Identifier: Apache-2.0
#include "base/token_bucket.hpp"

namespace sluice {

CounterState TokenBucket::apply(CounterChange change, const CounterRule& rule, std::int64_t amount,
                                std::chrono::microseconds time) {
  using Wide = __int128;
  const std::int64_t limit = std::clamp<std::int64_t>(rule.limit, 0, max_amount);
  const std::int64_t period = std::max<std::int64_t>(rule.period.count(), 1);
  if (period != period_) {
    // A use with another period: the same amount is missing, counted in the new unit.
    missing_ = missing_ / period_ * period;
    period_ = period;
  }
  const std::int64_t now = std::max(time.count(), time_);
  missing_ = std::max<Wide>(missing_ - Wide(now - time_) * limit, 0);
  time_ = now;

  const Wide capacity = Wide(limit) * period;
  const Wide asked = Wide(asked_amount(change, bounded_amount(amount))) * period;
  CounterState state;
  state.admitted = change == CounterChange::settle || asked <= capacity - missing_;
  if (change == CounterChange::settle || (change == CounterChange::reserve && state.admitted && amount > 0)) {
    missing_ = std::clamp<Wide>(missing_ + Wide(bounded_amount(amount)) * period, 0, Wide(max_amount) * period);
  }
  state.remaining = static_cast<std::int64_t>(std::max<Wide>(capacity - missing_, 0) / period);
  if (state.admitted) return state;
  if (asked > capacity) {
    state.retry_after = CounterState::never;
  } else {
    const Wide short_of = asked - (capacity - missing_);
    state.retry_after = std::chrono::microseconds(static_cast<std::int64_t>((short_of + limit - 1) / limit));
  }
  return state;
}

}  // namespace sluice
