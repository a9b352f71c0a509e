// SPDX-License-Identifier: Apache-2.0
#include <sluice/memory_stores.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>
#include <vector>

using namespace sluice;

TEST_CASE("as many as the limit may be inside under one key", "[base][concurrency]") {
  MemoryConcurrencyLimiter limiter;
  CHECK(limiter.try_enter("a", 2));
  CHECK(limiter.try_enter("a", 2));
  CHECK_FALSE(limiter.try_enter("a", 2));
  CHECK(limiter.try_enter("b", 2));
  limiter.leave("a");
  CHECK(limiter.try_enter("a", 2));
  CHECK_FALSE(limiter.try_enter("c", 0));
}

TEST_CASE("each use brings its own limit to the shared count", "[base][concurrency]") {
  MemoryConcurrencyLimiter limiter;
  CHECK(limiter.try_enter("a", 1));
  CHECK(limiter.try_enter("a", 2));
  CHECK_FALSE(limiter.try_enter("a", 1));
  limiter.leave("a");
  limiter.leave("a");
  CHECK(limiter.try_enter("a", 1));
}

TEST_CASE("threads are never inside in greater number than the limit", "[base][concurrency][threads]") {
  MemoryConcurrencyLimiter limiter;
  std::atomic<int> inside{0}, most{0}, entered{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 3000; ++round) {
        if (!limiter.try_enter("key", 3)) continue;
        const int now = ++inside;
        int seen = most;
        while (now > seen && !most.compare_exchange_weak(seen, now)) {
        }
        ++entered;
        --inside;
        limiter.leave("key");
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(most <= 3);
  CHECK(entered > 0);
  CHECK(limiter.try_enter("key", 1));
}
