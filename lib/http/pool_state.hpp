// SPDX-License-Identifier: Apache-2.0
// Which connection to one origin the next request gets: the bookkeeping of a pool, without sockets or time.
//
//   lease ──▶ idle one │ may open │ wait in line        release ──▶ first in line │ idle
#pragma once

#include "http/waiter_line.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace sluice::http {

/// `Connection` and `Waiter` are the caller's; only their addresses are kept.
template <class Connection, class Waiter>
class PoolState : private WaiterLine<Waiter> {
  using Line = WaiterLine<Waiter>;

 public:
  struct Lease {
    Connection* idle = nullptr;  ///< Use this one.
    bool may_open = false;       ///< Open a new one; it is counted already. Neither: wait in line.
  };

  /// `cap`: connections open at the same time, connecting ones included. `line`: requests that may wait.
  PoolState(std::size_t cap, std::size_t line) : Line(line), cap_(cap) {}

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

  using Line::enqueue, Line::leave_line, Line::waiting;

  /// A leased connection is free again. The waiter that gets it, or null: it is idle now.
  Waiter* release(Connection& connection) {
    if (Waiter* const waiter = Line::take_waiter()) return waiter;
    idle_.push_back(&connection);
    return nullptr;
  }

  /// A leased or connecting connection has ended. The waiter that may open one in its place (counted), or null.
  Waiter* closed() {
    --open_;
    Waiter* const waiter = Line::take_waiter();
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
  bool is_empty() const { return open_ == 0 && waiting() == 0; }
  /// No request uses it or waits.
  bool is_unused() const { return open_ == idle_.size() && waiting() == 0; }

 private:
  std::size_t cap_;
  std::size_t open_ = 0;
  std::vector<Connection*> idle_;
};

}  // namespace sluice::http
