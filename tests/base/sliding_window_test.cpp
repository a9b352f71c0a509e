// SPDX-License-Identifier: Apache-2.0
#include "base/sliding_window.hpp"

#include <sluice/random.hpp>

#include <catch2/catch.hpp>

#include <vector>

using namespace sluice;
using namespace std::chrono_literals;
using std::chrono::microseconds;

namespace {
CounterRule sliding(std::int64_t limit, microseconds period) { return {WindowKind::sliding, limit, period, {}}; }
}  // namespace

TEST_CASE("ten calls a minute are exactly ten in any minute", "[base][sliding_window]") {
  SlidingWindow window;
  const CounterRule rule = sliding(10, 60s);
  // One call a second: the first ten pass, then one for each that leaves.
  for (int second = 0; second < 300; ++second) {
    const bool admitted = window.apply(CounterChange::reserve, rule, 1, std::chrono::seconds(second)).admitted;
    CAPTURE(second);
    CHECK(admitted == (second % 60 < 10));
  }
}

TEST_CASE("a refused call is told when the oldest leaves", "[base][sliding_window]") {
  SlidingWindow window;
  const CounterRule rule = sliding(3, 60s);
  for (auto time : {5s, 6s, 7s}) CHECK(window.apply(CounterChange::reserve, rule, 1, time).admitted);
  CHECK(window.apply(CounterChange::reserve, rule, 1, 10s).retry_after == 55s);
  CHECK(window.apply(CounterChange::reserve, rule, 2, 10s).retry_after == 56s);
  CHECK(window.apply(CounterChange::reserve, rule, 3, 10s).retry_after == 57s);
  CHECK(window.apply(CounterChange::reserve, rule, 4, 10s).retry_after == CounterState::never);
  CHECK_FALSE(window.apply(CounterChange::peek, rule, 0, 65s - 1us).admitted);
  CHECK(window.apply(CounterChange::peek, rule, 0, 65s).admitted);
}

TEST_CASE("random loads never put more than the limit into one period", "[base][sliding_window]") {
  const auto seed = GENERATE(1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u);
  SeededRandom random(seed);
  const std::int64_t limit = 1 + static_cast<std::int64_t>(random.below(5000));
  const CounterRule rule = sliding(limit, 10s);
  SlidingWindow window;
  struct Admitted {
    std::int64_t time, amount;
  };
  std::vector<Admitted> admitted;
  std::size_t oldest = 0;
  std::int64_t inside = 0, now = 0;
  bool exceeded = false, refused_without_reason = false;
  for (int step = 0; step < 20'000; ++step) {
    now += static_cast<std::int64_t>(random.below(20'000));
    const auto amount = static_cast<std::int64_t>(1 + random.below(static_cast<std::uint64_t>(limit) / 40 + 2));
    const CounterState state = window.apply(CounterChange::reserve, rule, amount, microseconds(now));
    // Everything within one period and a slot more, as the representation promises.
    const std::int64_t slack = rule.period.count() / SlidingWindow::slots_per_period;
    while (oldest < admitted.size() && admitted[oldest].time <= now - rule.period.count() - slack)
      inside -= admitted[oldest++].amount;
    std::int64_t exact = inside;
    for (std::size_t i = oldest; i < admitted.size() && admitted[i].time <= now - rule.period.count(); ++i)
      exact -= admitted[i].amount;
    if (state.admitted) {
      exceeded |= exact + amount > limit;
      admitted.push_back({now, amount});
      inside += amount;
    } else {
      refused_without_reason |= inside + amount <= limit;
    }
    REQUIRE(window.entries() <= SlidingWindow::exact_entries);
  }
  CHECK_FALSE(exceeded);
  CHECK_FALSE(refused_without_reason);
}

TEST_CASE("the wait that is told is the shortest that helps", "[base][sliding_window]") {
  SeededRandom random(9);
  SlidingWindow window;
  const CounterRule rule = sliding(50, 10s);
  std::int64_t now = 0;
  for (int step = 0; step < 2000; ++step) {
    now += static_cast<std::int64_t>(random.below(400'000));
    const auto amount = static_cast<std::int64_t>(1 + random.below(20));
    const CounterState state = window.apply(CounterChange::reserve, rule, amount, microseconds(now));
    if (state.admitted) continue;
    SlidingWindow before = window, after = window;
    const microseconds then = microseconds(now) + state.retry_after;
    REQUIRE_FALSE(before.apply(CounterChange::reserve, rule, amount, then - 1us).admitted);
    REQUIRE(after.apply(CounterChange::reserve, rule, amount, then).admitted);
  }
}

TEST_CASE("what is given back leaves the oldest additions", "[base][sliding_window]") {
  SlidingWindow window;
  const CounterRule rule = sliding(10, 60s);
  window.apply(CounterChange::reserve, rule, 6, 0s);
  window.apply(CounterChange::reserve, rule, 4, 10s);
  CHECK(window.apply(CounterChange::settle, rule, -7, 20s).remaining == 7);
  // The 3 that stay are of the later addition, so they stay until 70 s.
  CHECK(window.apply(CounterChange::peek, rule, 0, 69s).remaining == 7);
  CHECK(window.apply(CounterChange::peek, rule, 0, 70s).remaining == 10);
}

TEST_CASE("one window serves uses of different limits and periods", "[base][sliding_window]") {
  SlidingWindow window;
  const CounterRule minute = sliding(5, 60s), hour = sliding(7, 3600s);
  for (int i = 0; i < 5; ++i) CHECK(window.apply(CounterChange::reserve, minute, 1, std::chrono::seconds(i)).admitted);
  CHECK_FALSE(window.apply(CounterChange::reserve, minute, 1, 30s).admitted);
  CHECK(window.apply(CounterChange::reserve, hour, 1, 30s).admitted);
  CHECK(window.apply(CounterChange::reserve, minute, 1, 61s).remaining == 0);  // calls at 2, 3, 4, 30 and 61
  CHECK_FALSE(window.apply(CounterChange::reserve, hour, 1, 70s).admitted);
}

TEST_CASE("time that goes back counts as standing still", "[base][sliding_window]") {
  SlidingWindow window;
  const CounterRule rule = sliding(1, 60s);
  CHECK(window.apply(CounterChange::reserve, rule, 1, 100s).admitted);
  const CounterState refused = window.apply(CounterChange::reserve, rule, 1, 50s);
  CHECK_FALSE(refused.admitted);
  CHECK(refused.retry_after == 60s);
}

TEST_CASE("amounts without measure do not overflow", "[base][sliding_window]") {
  SlidingWindow window;
  const CounterRule rule = sliding(INT64_MAX, 60s);
  for (int i = 0; i < 100; ++i) window.apply(CounterChange::settle, rule, INT64_MAX, std::chrono::seconds(i));
  CHECK(window.apply(CounterChange::peek, rule, 0, 100s).admitted);
  window.apply(CounterChange::settle, rule, INT64_MIN + 1, 101s);
  CHECK(window.apply(CounterChange::peek, sliding(1, 60s), 0, 101s).remaining == 0);
}
