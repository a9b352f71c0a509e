// SPDX-License-Identifier: Apache-2.0
// Which connection to one origin carries the next request, where each carries many at a time: the bookkeeping of a
// pool, without sockets or time.
//
//   lease ──▶ a connection with room │ may open │ wait in line        room, end of a connection ──▶ first in line
#pragma once

#include "http/waiter_line.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace sluice::http {

/// `Connection` has `room()`: how many more requests it takes now. Only addresses are kept.
template <class Connection, class Waiter>
class H2PoolState : private WaiterLine<Waiter> {
  using Line = WaiterLine<Waiter>;

 public:
  struct Lease {
    Connection* connection = nullptr;  ///< Use this one.
    bool may_open = false;             ///< Open a new one; it is counted already. Neither: wait in line.
  };

  /// `cap`: connections at the same time, connecting and ending ones included. `line`: requests that may wait.
  /// `expected`: how many requests a new connection is going to carry.
  H2PoolState(std::size_t cap, std::size_t line, std::size_t expected) : Line(line), cap_(cap), expected_(expected) {}
  void expect(std::size_t requests) { expected_ = std::max(requests, std::size_t{1}); }

  Lease lease() {
    for (Connection* const connection : open_) {
      if (connection->room() != 0) return {connection, false};
    }
    return {nullptr, may_open(waiting() + 1)};
  }

  using Line::enqueue, Line::leave_line, Line::take_waiter, Line::waiting;

  /// A connection that was counted by `lease` is made.
  void opened(Connection& connection) {
    --connecting_;
    open_.push_back(&connection);
  }
  /// It could not be made, or is not one of ours. The waiter that may open one in its place (counted), or null.
  Waiter* not_opened() {
    --connecting_;
    return opener();
  }
  /// A connection has ended. The waiter that may open one in its place (counted), or null.
  Waiter* closed(Connection& connection) {
    open_.erase(std::remove(open_.begin(), open_.end(), &connection), open_.end());
    return opener();
  }

  /// There is no room: the waiter that may open a connection (counted), or null.
  Waiter* opener() { return may_open(waiting()) ? take_waiter() : nullptr; }

  const std::vector<Connection*>& open() const { return open_; }
  bool is_empty() const { return open_.empty() && is_settled(); }
  /// Nothing is about to use a connection that is not open yet.
  bool is_settled() const { return connecting_ == 0 && waiting() == 0; }

 private:
  /// No more at a time than those who wait for them are going to fill.
  bool may_open(std::size_t wanting) {
    if (open_.size() + connecting_ >= cap_ || wanting <= connecting_ * expected_) return false;
    ++connecting_;
    return true;
  }

  std::size_t cap_;
  std::size_t expected_;
  std::size_t connecting_ = 0;
  std::vector<Connection*> open_;
};

}  // namespace sluice::http
