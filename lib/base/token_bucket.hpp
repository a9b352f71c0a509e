// SPDX-License-Identifier: Apache-2.0
// TokenBucket: room for `limit`, refilled at limit / period, full at first. What was taken beyond the room is a debt
// that the refill pays off first. Whole numbers throughout, so that no amount is lost to rounding.
#pragma once

#include "base/counter_window.hpp"

namespace sluice {

class TokenBucket {
 public:
  CounterState apply(CounterChange change, const CounterRule& rule, std::int64_t amount, std::chrono::microseconds now);

 private:
  /// What is missing from a full bucket, in amount * microseconds of `period_`: refilling for one microsecond then
  /// lowers it by exactly `limit`.
  __int128 missing_ = 0;
  std::int64_t period_ = 1;
  std::int64_t time_ = 0;
};

}  // namespace sluice
