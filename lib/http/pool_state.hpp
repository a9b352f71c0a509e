// SPDX-License-Identifier: Apache-2.0
// Which connection to one origin the next request gets: the bookkeeping of a pool, without sockets or time.
//
//   lease ──▶ idle one │ may open │ wait in line        release ──▶ first in line │ idle
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <vector>

namespace sluice::http {

/// `Connection` and `Waiter` are the caller's; only their addresses are kept.
template <class Connection, class Waiter>
class PoolState {
 public:
  struct Lease {
    Connection* idle = nullptr;  ///< Use this one.
    bool may_open = false;       ///< Open a new one; it is counted already. Neither: wait in line.
  };

  /// `cap`: connections open at the same time, connecting ones included. `line`: requests that may wait.
  PoolState(std::size_t cap, std::size_t line) : cap_(cap), line_(line) {}

  /// The connection used last comes first: the others may get old and be closed.
  Lease lease() {
    if (!idle_.empty()) {
      Connection* const connection = idle_.back();
      idle_.pop_back();
      return {connection, false};
    }
    if (open_ >= cap_) return {};
    ++open_;
    return {nullptr, true};
  }

  /// Counts a connection that was opened elsewhere as a leased one.
  void adopt() { ++open_; }

  /// Puts a request in line. False when the line is full.
  bool enqueue(Waiter& waiter) {
    if (waiters_.size() >= line_) return false;
    waiters_.push_back(&waiter);
    return true;
  }
  void leave_line(Waiter& waiter) {
    waiters_.erase(std::remove(waiters_.begin(), waiters_.end(), &waiter), waiters_.end());
  }

  /// A leased connection is free again. The waiter that gets it, or null: it is idle now.
  Waiter* release(Connection& connection) {
    if (Waiter* const waiter = take_waiter()) return waiter;
    idle_.push_back(&connection);
    return nullptr;
  }

  /// A leased or connecting connection has ended. The waiter that may open one in its place (counted), or null.
  Waiter* closed() {
    --open_;
    Waiter* const waiter = take_waiter();
    if (waiter != nullptr) ++open_;
    return waiter;
  }

  /// An idle connection has ended.
  void idle_closed(Connection& connection) {
    const auto found = std::find(idle_.begin(), idle_.end(), &connection);
    if (found == idle_.end()) return;
    idle_.erase(found);
    --open_;
  }

  const std::vector<Connection*>& idle() const { return idle_; }
  std::size_t open() const { return open_; }
  std::size_t waiting() const { return waiters_.size(); }
  bool is_empty() const { return open_ == 0 && waiters_.empty(); }

 private:
  Waiter* take_waiter() {
    if (waiters_.empty()) return nullptr;
    Waiter* const waiter = waiters_.front();
    waiters_.pop_front();
    return waiter;
  }

  std::size_t cap_;
  std::size_t line_;
  std::size_t open_ = 0;
  std::vector<Connection*> idle_;
  std::deque<Waiter*> waiters_;
};

}  // namespace sluice::http
