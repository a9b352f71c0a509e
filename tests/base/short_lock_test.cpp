// SPDX-License-Identifier: Apache-2.0
#include "base/short_lock.hpp"

#include <catch2/catch.hpp>

#include <mutex>
#include <thread>
#include <vector>

using namespace sluice;

TEST_CASE("one thread at a time holds a short lock, and all get it", "[base][short_lock]") {
  constexpr unsigned threads = 4, times = 20'000;
  ShortLock lock;
  std::uint64_t left = 0, right = 0;
  bool differed = false;
  std::vector<std::thread> running;
  for (unsigned t = 0; t < threads; ++t) {
    running.emplace_back([&] {
      for (unsigned i = 0; i < times; ++i) {
        const std::lock_guard hold(lock);
        differed = differed || left != right;
        ++left;
        if (i % 1'000 == 0) std::this_thread::yield();  // others find it taken
        ++right;
      }
    });
  }
  for (std::thread& thread : running) thread.join();
  CHECK_FALSE(differed);
  CHECK(left == std::uint64_t{threads} * times);
}
