// SPDX-License-Identifier: Apache-2.0
#include "ai/priority_queues.hpp"

#include "ai/priority_queue.hpp"

namespace sluice {
namespace {

/// Queues that are kept; beyond, those that nobody is in are forgotten.
constexpr std::size_t most_idle_queues = 1'000;

}  // namespace

std::shared_ptr<ai::PriorityQueue> PriorityQueues::of(std::string_view key, const ai::QueueRules& rules) {
  std::lock_guard lock(mutex_);
  const auto found = queues_.find(key);
  if (found != queues_.end() && found->second->rules() == rules) return found->second;
  if (queues_.size() >= most_idle_queues)
    std::erase_if(queues_, [](const auto& each) { return each.second->is_idle(); });
  auto queue = std::make_shared<ai::PriorityQueue>(*this, rules);
  queues_.insert_or_assign(std::string(key), queue);
  return queue;
}

bool PriorityQueues::try_wait() {
  if (waiting_.fetch_add(1, std::memory_order_relaxed) < most_waiting_) return true;
  leave();
  return false;
}

}  // namespace sluice
