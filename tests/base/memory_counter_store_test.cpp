// SPDX-License-Identifier: Apache-2.0
#include <sluice/memory_stores.hpp>
#include <sluice/testing/counter_store_contract.hpp>

#include "testing/bare_context.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

struct Fixture {
  testing::StoppedClock clock;
  MemoryCounterStore store{clock};

  void advance(std::chrono::microseconds time) {
    clock.wall += time;
    clock.steady += time;
  }
  CounterState reserve(std::string_view key, const CounterRule& rule, std::int64_t amount = 1) {
    return *wait(store.reserve(key, rule, amount));
  }
};

constexpr CounterRule ten_a_minute{WindowKind::sliding, 10, 60s, {}};

}  // namespace

TEST_CASE("the memory store keeps the contract of counter stores", "[base][counter_store]") {
  testing::StoppedClock clock;
  const auto failures =
      testing::check_counter_store({.make = [&] { return std::make_unique<MemoryCounterStore>(clock); },
                                    .advance =
                                        [&](std::chrono::microseconds time) {
                                          clock.wall += time;
                                          clock.steady += time;
                                        },
                                    .now = [&] { return clock.now(); }});
  for (const std::string& failure : failures) UNSCOPED_INFO(failure);
  CHECK(failures.empty());
}

TEST_CASE("the key unused for longest leaves first", "[base][counter_store]") {
  testing::StoppedClock clock;
  MemoryCounterStore store(clock, 2);
  const CounterRule once{WindowKind::sliding, 1, 60s, {}};
  const auto reserve = [&](std::string_view key) { return wait(store.reserve(key, once, 1))->admitted; };
  CHECK(reserve("a"));
  CHECK(reserve("b"));
  CHECK_FALSE(reserve("a"));  // a is now the one used last
  CHECK(reserve("c"));        // b leaves
  CHECK_FALSE(reserve("a"));
  CHECK(reserve("b"));
}

TEST_CASE("many keys stay within the bound and keep their counts", "[base][counter_store]") {
  testing::StoppedClock clock;
  MemoryCounterStore store(clock, 100'000);
  for (int round = 0; round < 2; ++round) {
    int admitted = 0;
    for (int i = 0; i < 20'000; ++i) {
      if (wait(store.reserve("key" + std::to_string(i), {WindowKind::sliding, 1, 60s, {}}, 1))->admitted) ++admitted;
    }
    CHECK(admitted == (round == 0 ? 20'000 : 0));
  }
}

TEST_CASE("a key that changes its kind of window starts anew", "[base][counter_store]") {
  Fixture f;
  CHECK(f.reserve("k", ten_a_minute, 10).admitted);
  CHECK(f.reserve("k", {WindowKind::token_bucket, 10, 60s, {}}, 10).admitted);
  CHECK(f.reserve("k", ten_a_minute, 10).admitted);
}

TEST_CASE("threads never get more than the limit out of a sliding window", "[base][counter_store][threads]") {
  SystemClock clock;
  MemoryCounterStore store(clock);
  std::atomic<int> admitted{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int call = 0; call < 2000; ++call) {
        if (wait(store.reserve("shared", {WindowKind::sliding, 1000, 3600s, {}}, 1))->admitted) ++admitted;
        wait(store.settle("other" + std::to_string(call), ten_a_minute, call % 3 - 1)).value();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(admitted == 1000);
}

TEST_CASE("keys are made of parts that cannot be confused", "[base][counter_store]") {
  CHECK(counter_key({"a", "b"}) != counter_key({"ab", ""}));
  CHECK(counter_key({"a", "b"}) != counter_key({"a:b"}));
  CHECK(counter_key({"1:a", "b"}) != counter_key({"1", "a1:b"}));
  CHECK(counter_key({}) != counter_key({""}));
}
