// SPDX-License-Identifier: Apache-2.0
#include "base/fixed_window.hpp"

namespace sluice {
namespace {

WallTime start_of_window(const CounterRule& rule, WallTime now) {
  if (rule.period.count() <= 0) return WallTime::min();
  const std::int64_t since = (now - rule.anchor).count();
  const std::int64_t period = rule.period.count();
  const std::int64_t into = since % period;
  return now - std::chrono::microseconds(into < 0 ? into + period : into);
}

}  // namespace

CounterState FixedWindow::apply(CounterChange change, const CounterRule& rule, std::int64_t amount, WallTime now) {
  const WallTime start = start_of_window(rule, now);
  // A wall clock that was set back does not open a window again: the counter stays in the one it has reached.
  if (!started_ || start > start_) {
    started_ = true;
    start_ = start;
    used_ = 0;
  }
  const std::int64_t asked = asked_amount(change, amount);
  CounterState state;
  state.admitted = change == CounterChange::settle || asked <= rule.limit - used_;
  if (change == CounterChange::settle || (change == CounterChange::reserve && state.admitted && amount > 0)) {
    used_ = std::clamp<std::int64_t>(used_ + bounded_amount(amount), 0, max_amount);
  }
  state.remaining = std::max<std::int64_t>(rule.limit - used_, 0);
  if (state.admitted) return state;
  const bool passes_later = asked <= rule.limit && rule.period.count() > 0;
  state.retry_after = passes_later ? start_ + rule.period - now : CounterState::never;
  return state;
}

}  // namespace sluice
