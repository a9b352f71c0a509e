// SPDX-License-Identifier: Apache-2.0
// SlidingWindow: what was added within the last `period` counts.
//
// Additions are kept one by one until there are `exact_entries` of them; then those of one slot (a 64th of the period)
// become one entry at the time of its latest addition. So a counter with up to `exact_entries` additions in a period is
// exact, and above that an addition may count up to a 64th of the period longer than it should, never shorter: no
// window of one period ever holds more than the limit admitted. Memory: at most `exact_entries` * 16 bytes.
#pragma once

#include "base/counter_window.hpp"

#include <vector>

namespace sluice {

class SlidingWindow {
 public:
  static constexpr std::size_t exact_entries = 128;
  static constexpr std::int64_t slots_per_period = 64;

  /// Uses may differ in limit and period: each sees the additions of its own last period.
  CounterState apply(CounterChange change, const CounterRule& rule, std::int64_t amount, std::chrono::microseconds now);

  std::size_t entries() const { return entries_.size() - first_; }

 private:
  struct Entry {
    std::int64_t time;
    std::int64_t amount;
  };

  void forget(std::int64_t now);
  void add(std::int64_t now, std::int64_t amount);
  void give_back(std::int64_t amount);
  void coarsen();
  /// Index of the first entry that a window of `period` still holds, and what it holds.
  std::size_t first_within(std::int64_t period, std::int64_t now) const;
  std::int64_t total_from(std::size_t index) const;

  std::vector<Entry> entries_;  ///< In order of time; those before `first_` have left.
  std::size_t first_ = 0;
  std::int64_t total_ = 0;
  std::int64_t longest_period_ = 0;
};

}  // namespace sluice
