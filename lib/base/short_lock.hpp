// SPDX-License-Identifier: Apache-2.0
// A lock for data that a thread nearly always has to itself, held for a moment: two exchanges in place, no call.
// Whoever finds it taken sleeps in the system. Source: Drepper, "Futexes Are Tricky", 2011, section 5 (mutex 2).
#pragma once

#include <atomic>
#include <cstdint>

namespace sluice {

/// For std::lock_guard.
class ShortLock {
 public:
  void lock() {
    if (state_.exchange(held, std::memory_order_acquire) != open) wait();
  }
  void unlock() {
    if (state_.exchange(open, std::memory_order_release) == awaited) state_.notify_one();
  }

 private:
  static constexpr std::uint32_t open = 0, held = 1, awaited = 2;
  void wait() {
    // From here on it counts as awaited, by whomever it is held: the next one to open it wakes somebody.
    while (state_.exchange(awaited, std::memory_order_acquire) != open) state_.wait(awaited, std::memory_order_relaxed);
  }
  std::atomic<std::uint32_t> state_{open};
};

}  // namespace sluice
