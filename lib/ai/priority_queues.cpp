// SPDX-License-Identifier: Apache-2.0
#include "ai/priority_queues.hpp"

#include "ai/priority_queue.hpp"

namespace sluice {

std::shared_ptr<PriorityQueue> PriorityQueues::of(std::string_view key) {
  std::lock_guard lock(mutex_);
  if (const auto found = queues_.find(key); found != queues_.end()) {
    if (auto queue = found->second.lock()) return queue;
  }
  std::erase_if(queues_, [](const auto& each) { return each.second.expired(); });
  auto queue = std::make_shared<PriorityQueue>(*this);
  queues_.emplace(std::string(key), queue);
  return queue;
}

}  // namespace sluice
