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

namespace ai {
class PriorityQueue;
struct QueueRules;
}  // namespace ai

class PriorityQueues {
 public:
  /// `most_waiting`: in all queues together.
  explicit PriorityQueues(std::size_t most_waiting) : most_waiting_(most_waiting) {}

  /// The queue of that key and these rules, made when it is asked for first. One whose rules have changed is another:
  /// who waits in the old one goes on by the old ones.
  std::shared_ptr<ai::PriorityQueue> of(std::string_view key, const ai::QueueRules& rules);

  /// Takes a place among those who wait; false: there is none. Given back by `leave`.
  bool try_wait();
  void leave() { waiting_.fetch_sub(1, std::memory_order_relaxed); }

 private:
  const std::size_t most_waiting_;
  std::atomic<std::size_t> waiting_{0};
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<ai::PriorityQueue>, std::less<>> queues_;
};

}  // namespace sluice
