// SPDX-License-Identifier: Apache-2.0
#include "base/sliding_window.hpp"

namespace sluice {

CounterState SlidingWindow::apply(CounterChange change, const CounterRule& rule, std::int64_t amount,
                                  std::chrono::microseconds time) {
  const std::int64_t now = entries_.empty() ? time.count() : std::max(time.count(), entries_.back().time);
  const std::int64_t period = std::max<std::int64_t>(rule.period.count(), 1);
  longest_period_ = std::max(longest_period_, period);
  forget(now);

  std::size_t index = first_within(period, now);
  std::int64_t total = total_from(index);
  const std::int64_t asked = asked_amount(change, amount);
  CounterState state;
  state.admitted = asked <= rule.limit - total;
  if (change == CounterChange::reserve && state.admitted && amount > 0) {
    add(now, amount);
    total += amount;
  } else if (change == CounterChange::settle && amount > 0) {
    add(now, bounded_amount(amount));
  } else if (change == CounterChange::settle && amount < 0) {
    give_back(-bounded_amount(amount));
  }
  if (change == CounterChange::settle) {
    index = first_within(period, now);
    total = total_from(index);
    state.admitted = true;
  }
  state.remaining = std::max<std::int64_t>(rule.limit - total, 0);
  if (state.admitted) return state;

  state.retry_after = CounterState::never;
  for (std::int64_t left = total; asked <= rule.limit && index < entries_.size(); ++index) {
    left -= entries_[index].amount;
    if (asked > rule.limit - left) continue;
    state.retry_after = std::chrono::microseconds(entries_[index].time + period - now);
    break;
  }
  return state;
}

void SlidingWindow::forget(std::int64_t now) {
  for (; first_ < entries_.size() && entries_[first_].time <= now - longest_period_; ++first_) {
    total_ -= entries_[first_].amount;
  }
  // Moving the rest down once half of the entries have left keeps the cost of each addition constant.
  if (first_ == entries_.size() || first_ * 2 > entries_.size()) {
    entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
}

void SlidingWindow::add(std::int64_t now, std::int64_t amount) {
  total_ += amount;
  if (entries() > 0 && entries_.back().time == now) {
    entries_.back().amount += amount;
    return;
  }
  if (entries_.size() == exact_entries) coarsen();
  entries_.push_back({now, amount});
}

/// The oldest additions are reduced first: what the counter holds then stays for at least as long as it should.
void SlidingWindow::give_back(std::int64_t amount) {
  for (std::size_t i = first_; i < entries_.size() && amount > 0; ++i) {
    const std::int64_t taken = std::min(amount, entries_[i].amount);
    entries_[i].amount -= taken;
    total_ -= taken;
    amount -= taken;
  }
  while (entries() > 0 && entries_[first_].amount == 0) ++first_;
}

void SlidingWindow::coarsen() {
  const std::int64_t slot = std::max<std::int64_t>(longest_period_ / slots_per_period, 1);
  std::size_t kept = 0;
  for (std::size_t i = first_; i < entries_.size(); ++i) {
    if (kept > 0 && entries_[kept - 1].time / slot == entries_[i].time / slot) {
      entries_[kept - 1] = {entries_[i].time, entries_[kept - 1].amount + entries_[i].amount};
    } else {
      entries_[kept++] = entries_[i];
    }
  }
  entries_.resize(kept);
  first_ = 0;
}

std::size_t SlidingWindow::first_within(std::int64_t period, std::int64_t now) const {
  std::size_t index = first_;
  if (period == longest_period_) return index;
  while (index < entries_.size() && entries_[index].time <= now - period) ++index;
  return index;
}

std::int64_t SlidingWindow::total_from(std::size_t index) const {
  std::int64_t total = total_;
  for (std::size_t i = first_; i < index; ++i) total -= entries_[i].amount;
  return total;
}

}  // namespace sluice
