// SPDX-License-Identifier: Apache-2.0
#include "base/fixed_window.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace std::chrono_literals;

namespace {
const WallTime noon{std::chrono::seconds(1'700'000'000)};
}

TEST_CASE("fixed windows begin at the anchor, before and after it", "[base][fixed_window]") {
  const CounterRule rule{WindowKind::fixed, 1, 300s, noon};
  FixedWindow window;
  CHECK(window.apply(CounterChange::reserve, rule, 1, noon - 10s).admitted);
  CHECK(window.apply(CounterChange::reserve, rule, 1, noon - 1s).retry_after == 1s);
  CHECK(window.apply(CounterChange::reserve, rule, 1, noon).admitted);
  CHECK(window.apply(CounterChange::reserve, rule, 1, noon + 299s).retry_after == 1s);
  CHECK(window.apply(CounterChange::reserve, rule, 1, noon + 300s).admitted);
}

TEST_CASE("a clock set back does not open a used window again", "[base][fixed_window]") {
  const CounterRule rule{WindowKind::fixed, 1, 300s, noon};
  FixedWindow window;
  CHECK(window.apply(CounterChange::reserve, rule, 1, noon + 310s).admitted);
  const CounterState refused = window.apply(CounterChange::reserve, rule, 1, noon + 290s);
  CHECK_FALSE(refused.admitted);
  CHECK(refused.retry_after == 310s);
}

TEST_CASE("the first window of the calendar is a valid anchor", "[base][fixed_window]") {
  const CounterRule rule{WindowKind::fixed, 2, 3600s, WallTime(std::chrono::seconds(-62'135'596'800))};
  FixedWindow window;
  const WallTime hour{std::chrono::floor<std::chrono::hours>(noon)};
  CHECK(window.apply(CounterChange::reserve, rule, 2, hour + 59min).admitted);
  CHECK(window.apply(CounterChange::reserve, rule, 1, hour + 59min).retry_after == 1min);
  CHECK(window.apply(CounterChange::reserve, rule, 1, hour + 60min).admitted);
}

TEST_CASE("an endless window keeps its count and its debt", "[base][fixed_window]") {
  const CounterRule rule{WindowKind::fixed, 5, 0s, {}};
  FixedWindow window;
  window.apply(CounterChange::settle, rule, 9, noon);
  CHECK(window.apply(CounterChange::peek, rule, 0, noon + 1000h).retry_after == CounterState::never);
  CHECK(window.apply(CounterChange::settle, rule, -6, noon + 1000h).remaining == 2);
}
