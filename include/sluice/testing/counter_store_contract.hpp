// SPDX-License-Identifier: Apache-2.0
// What every CounterStore must do, as one suite for all implementations. It needs no test framework: it returns what
// was wrong, and nothing when all is well.
//
//   const auto failures = check_counter_store({.make = [&] { return std::make_unique<MemoryCounterStore>(clock); },
//                                              .advance = [&](auto time) { clock.advance(time); },
//                                              .now = [&] { return clock.now(); }});
//   REQUIRE(failures.empty());
#pragma once

#include <sluice/counter_store.hpp>
#include <sluice/random.hpp>

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace sluice::testing {

/// The store under test and the time it lives in.
struct CounterStoreTrial {
  /// An empty store (or one whose keys of earlier calls do not matter: give it a fresh prefix).
  std::function<std::unique_ptr<CounterStore>()> make;
  /// Lets that much time pass for the store: moves a virtual clock, or sleeps.
  std::function<void(std::chrono::microseconds)> advance;
  /// The store's wall clock, for fixed windows.
  std::function<WallTime()> now;
  /// How long a second of the suite lasts: shorten it where time is real.
  std::chrono::microseconds second{1'000'000};
  /// How much later than told an amount may pass, and how much of a window may go by unasked: 0 for a virtual clock.
  std::chrono::microseconds tolerance{0};
  /// Threads that count at the same time.
  unsigned threads = 4;
};

namespace detail {

class CounterStoreSuite {
 public:
  explicit CounterStoreSuite(const CounterStoreTrial& trial) : trial_(trial) {}

  std::vector<std::string> run() {
    sliding_admits_up_to_the_limit();
    sliding_never_exceeds_the_limit_in_any_window();
    amounts_at_the_edges(WindowKind::sliding);
    amounts_at_the_edges(WindowKind::token_bucket);
    amounts_at_the_edges(WindowKind::fixed);
    debt_blocks_until_it_has_run_off();
    what_is_given_back_can_be_used_again();
    bucket_refills_at_its_rate();
    fixed_windows_start_at_the_anchor();
    an_endless_window_never_resets();
    keys_do_not_touch_one_another();
    threads_share_one_limit();
    return std::move(failures_);
  }

 private:
  using Microseconds = std::chrono::microseconds;

  Microseconds seconds(std::int64_t count) const { return trial_.second * count; }
  CounterRule rule(WindowKind kind, std::int64_t limit, std::int64_t period_seconds) const {
    return {kind, limit, seconds(period_seconds), WallTime{}};
  }
  void begin(std::string name) {
    test_ = std::move(name);
    store_ = trial_.make();
  }
  void expect(bool held, const std::string& what) {
    if (!held) failures_.push_back(test_ + ": " + what);
  }
  CounterState checked(Result<CounterState> state) {
    if (state) return *state;
    failures_.push_back(test_ + ": the store failed: " + std::string(state.error().message()));
    return {};
  }
  CounterState reserve(const CounterRule& rule, std::int64_t amount = 1, std::string_view key = "key") {
    return checked(wait(store_->reserve(key, rule, amount)));
  }
  CounterState settle(const CounterRule& rule, std::int64_t amount, std::string_view key = "key") {
    return checked(wait(store_->settle(key, rule, amount)));
  }
  CounterState peek(const CounterRule& rule, std::string_view key = "key") {
    return checked(wait(store_->peek(key, rule)));
  }
  bool is_near(Microseconds value, Microseconds wanted) const {
    return value <= wanted && value >= wanted - trial_.tolerance;
  }

  void sliding_admits_up_to_the_limit() {
    begin("a sliding window admits the limit and refuses one more");
    const CounterRule ten = rule(WindowKind::sliding, 10, 60);
    for (int call = 0; call < 10; ++call) {
      const CounterState state = reserve(ten);
      expect(state.admitted, "call " + std::to_string(call + 1) + " of 10 was refused");
      expect(state.remaining == 9 - call, "remaining is not what is left");
      expect(state.retry_after.count() == 0, "an admitted call was told to wait");
      if (call == 0) trial_.advance(seconds(10));
    }
    const CounterState refused = reserve(ten);
    expect(!refused.admitted && refused.remaining == 0, "the 11th call was admitted");
    expect(is_near(refused.retry_after, seconds(50)), "the wait is not the time until the oldest call leaves");
    expect(!peek(ten).admitted, "a look says there is room");
    trial_.advance(refused.retry_after + trial_.tolerance);
    expect(reserve(ten).admitted, "after the wait the call was refused");
    expect(!reserve(ten).admitted, "only one call had left the window");
  }

  void sliding_never_exceeds_the_limit_in_any_window() {
    begin("no window of one period holds more than the limit");
    const CounterRule seven = rule(WindowKind::sliding, 7, 20);
    SeededRandom random(20);
    Microseconds now{0};
    std::deque<std::pair<Microseconds, std::int64_t>> admitted;
    for (int step = 0; step < 400; ++step) {
      const Microseconds pause = trial_.second * static_cast<std::int64_t>(random.below(4)) / 2;
      if (pause.count() > 0) trial_.advance(pause);
      now += pause;
      const auto amount = static_cast<std::int64_t>(1 + random.below(3));
      while (!admitted.empty() && admitted.front().first <= now - seven.period) admitted.pop_front();
      std::int64_t inside = 0;
      for (const auto& [time, size] : admitted) inside += size;
      const bool fits = inside + amount <= seven.limit;
      const bool passed = reserve(seven, amount).admitted;
      if (passed) admitted.emplace_back(now, amount);
      expect(fits || !passed, "an amount above the limit was admitted at step " + std::to_string(step));
      // Where time is real, the store's window may lie a little later than the one kept here.
      expect(passed || !fits || trial_.tolerance.count() > 0,
             "a fitting amount was refused at step " + std::to_string(step));
    }
  }

  void amounts_at_the_edges(WindowKind kind) {
    begin("amounts of 0 and above the limit, kind " + std::to_string(static_cast<int>(kind)));
    const CounterRule five = rule(kind, 5, 3600);
    expect(reserve(five, 0).admitted, "0 was refused by an empty counter");
    const CounterState large = reserve(five, 6);
    expect(!large.admitted && large.retry_after == CounterState::never, "6 of 5 may pass some day");
    expect(reserve(five, 5).admitted, "a refused amount was counted");
    const CounterState nothing = reserve(five, 0);
    expect(!nothing.admitted, "0 was admitted by a counter that is used up");
    expect(nothing.retry_after.count() > 0, "the refusal of 0 tells no wait");
    const CounterRule closed = rule(kind, 0, 3600);
    expect(!reserve(closed, 1, "closed").admitted, "a limit of 0 admitted something");
  }

  void debt_blocks_until_it_has_run_off() {
    begin("what is settled above the limit blocks later calls");
    const CounterRule bucket = rule(WindowKind::token_bucket, 60, 60);
    expect(settle(bucket, 180).remaining == 0, "a counter in debt has room");
    const CounterState refused = reserve(bucket, 1);
    expect(!refused.admitted && is_near(refused.retry_after, seconds(121)), "the wait does not cover the debt");
    trial_.advance(refused.retry_after + trial_.tolerance);
    expect(reserve(bucket, 1).admitted, "the debt outlived its wait");

    const CounterRule sliding = rule(WindowKind::sliding, 60, 60);
    settle(sliding, 180, "sliding");
    const CounterState blocked = reserve(sliding, 1, "sliding");
    expect(!blocked.admitted && is_near(blocked.retry_after, seconds(60)), "a sliding debt leaves with its period");
    trial_.advance(blocked.retry_after + trial_.tolerance);
    expect(reserve(sliding, 60, "sliding").admitted, "a sliding debt outlived its period");
  }

  void what_is_given_back_can_be_used_again() {
    for (const WindowKind kind : {WindowKind::sliding, WindowKind::token_bucket, WindowKind::fixed}) {
      begin("giving back, kind " + std::to_string(static_cast<int>(kind)));
      const CounterRule ten = rule(kind, 10, 36'000);
      reserve(ten, 10);
      expect(settle(ten, -4).remaining == 4, "what was given back is not there");
      expect(reserve(ten, 4).admitted, "what was given back cannot be used");
      settle(ten, -1000);
      expect(peek(ten).remaining == 10, "a counter went below nothing, or did not get all back");
    }
  }

  void bucket_refills_at_its_rate() {
    begin("a bucket is full at first and refills at limit / period");
    const CounterRule bucket = rule(WindowKind::token_bucket, 6, 60);
    for (int call = 0; call < 6; ++call) expect(reserve(bucket).admitted, "a full bucket refused");
    const CounterState refused = reserve(bucket);
    expect(!refused.admitted && is_near(refused.retry_after, seconds(10)), "the wait is not one sixth of the period");
    trial_.advance(refused.retry_after + trial_.tolerance);
    expect(reserve(bucket).admitted && !reserve(bucket).admitted, "10 seconds did not give exactly one call");
    trial_.advance(seconds(600));
    expect(peek(bucket).remaining == 6, "a bucket did not fill up to its limit, or overflowed");
  }

  void fixed_windows_start_at_the_anchor() {
    begin("fixed windows start at multiples of the period after the anchor");
    CounterRule fixed = rule(WindowKind::fixed, 2, 100);
    fixed.anchor = trial_.now() - seconds(530);
    expect(reserve(fixed, 2).admitted, "a new window refused");
    const CounterState refused = reserve(fixed);
    expect(!refused.admitted && is_near(refused.retry_after, seconds(70)), "the wait does not end with the window");
    trial_.advance(refused.retry_after + trial_.tolerance);
    expect(reserve(fixed, 2).admitted, "the next window is not new");
    settle(fixed, 50);
    trial_.advance(seconds(100));
    expect(peek(fixed).remaining == 2, "debt outlived its window");
    fixed.anchor = trial_.now() + seconds(30);
    expect(reserve(fixed, 2, "future").admitted, "a window before the anchor refused");
    expect(is_near(reserve(fixed, 1, "future").retry_after, seconds(30)),
           "a window before the anchor does not end at it");
  }

  void an_endless_window_never_resets() {
    begin("a period of 0 is a window without end");
    const CounterRule endless = rule(WindowKind::fixed, 3, 0);
    expect(reserve(endless, 3).admitted, "an endless window refused what fits");
    trial_.advance(seconds(1000));
    const CounterState refused = reserve(endless);
    expect(!refused.admitted && refused.retry_after == CounterState::never, "an endless window came back");
  }

  void keys_do_not_touch_one_another() {
    begin("keys are counted apart");
    const CounterRule one = rule(WindowKind::sliding, 1, 3600);
    for (const std::string& key : {std::string(), std::string("a"), std::string("a\0b", 3), std::string(500, 'x')}) {
      expect(reserve(one, 1, key).admitted, "a new key was refused");
      expect(!reserve(one, 1, key).admitted, "a used key was admitted");
    }
  }

  void threads_share_one_limit() {
    begin("threads together get exactly the limit");
    const CounterRule shared = rule(WindowKind::fixed, 500, 0);
    std::atomic<int> admitted{0};
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < trial_.threads; ++i) {
      threads.emplace_back([&] {
        for (int call = 0; call < 300; ++call) {
          const Result<CounterState> state = wait(store_->reserve("shared", shared, 1));
          if (state && state->admitted) ++admitted;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    const int wanted = std::min(500, static_cast<int>(trial_.threads) * 300);
    expect(admitted == wanted, std::to_string(admitted) + " were admitted in place of " + std::to_string(wanted));
  }

  const CounterStoreTrial& trial_;
  std::unique_ptr<CounterStore> store_;
  std::string test_;
  std::vector<std::string> failures_;
};

}  // namespace detail

/// Runs the suite. One line for each thing that was not as the contract says.
inline std::vector<std::string> check_counter_store(const CounterStoreTrial& trial) {
  return detail::CounterStoreSuite(trial).run();
}

}  // namespace sluice::testing
