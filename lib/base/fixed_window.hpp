// SPDX-License-Identifier: Apache-2.0
// FixedWindow: counts from the start of a window of `period`; windows start at multiples of it after `anchor`.
// A period of 0 is one window without end. Debt does not outlive its window.
#pragma once

#include "base/counter_window.hpp"

namespace sluice {

class FixedWindow {
 public:
  CounterState apply(CounterChange change, const CounterRule& rule, std::int64_t amount, WallTime now);

 private:
  bool started_ = false;
  WallTime start_{};
  std::int64_t used_ = 0;
};

}  // namespace sluice
