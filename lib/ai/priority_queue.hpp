// SPDX-License-Identifier: Apache-2.0
// PriorityQueue: who waits in front of a pool, and who is next.
#pragma once

#include "ai/priority_queues.hpp"

namespace sluice {

class PriorityQueue {
 public:
  explicit PriorityQueue(PriorityQueues& all) : all_(all) {}

  bool try_wait() { return all_.try_wait(); }
  void leave() { all_.leave(); }

 private:
  PriorityQueues& all_;
};

}  // namespace sluice
