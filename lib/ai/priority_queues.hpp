// SPDX-License-Identifier: Apache-2.0
// PriorityQueues: the queues of a gateway, by key. They stand beside the snapshots: a reload keeps who waits.
#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace sluice {

class PriorityQueue;

class PriorityQueues {
 public:
  /// `most_waiting`: in all queues together.
  explicit PriorityQueues(std::size_t most_waiting) : most_waiting_(most_waiting) {}

  /// The queue of that key; made when it is asked for first.
  std::shared_ptr<PriorityQueue> of(std::string_view key);

  /// Takes a place among those who wait; false: there is none. Given back by `leave`.
  bool try_wait() {
    if (waiting_.fetch_add(1, std::memory_order_relaxed) < most_waiting_) return true;
    leave();
    return false;
  }
  void leave() { waiting_.fetch_sub(1, std::memory_order_relaxed); }

 private:
  const std::size_t most_waiting_;
  std::atomic<std::size_t> waiting_{0};
  std::mutex mutex_;
  std::map<std::string, std::weak_ptr<PriorityQueue>, std::less<>> queues_;  ///< Those that nobody uses leave.
};

}  // namespace sluice
