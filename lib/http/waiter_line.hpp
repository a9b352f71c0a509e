// SPDX-License-Identifier: Apache-2.0
// The line in front of a pool, without sockets or time: first come, first served.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>

namespace sluice::http {

/// `Waiter` is the caller's; only its address is kept.
template <class Waiter>
class WaiterLine {
 public:
  /// `most`: requests that may wait.
  explicit WaiterLine(std::size_t most) : most_(most) {}

  /// Puts a request in line. False when the line is full.
  bool enqueue(Waiter& waiter) {
    if (waiters_.size() >= most_) return false;
    waiters_.push_back(&waiter);
    return true;
  }
  void leave_line(Waiter& waiter) {
    waiters_.erase(std::remove(waiters_.begin(), waiters_.end(), &waiter), waiters_.end());
  }
  /// The first in line leaves it; null: nobody waits.
  Waiter* take_waiter() {
    if (waiters_.empty()) return nullptr;
    Waiter* const waiter = waiters_.front();
    waiters_.pop_front();
    return waiter;
  }
  std::size_t waiting() const { return waiters_.size(); }

 private:
  std::size_t most_;
  std::deque<Waiter*> waiters_;
};

}  // namespace sluice::http
