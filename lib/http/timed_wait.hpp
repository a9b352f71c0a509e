// SPDX-License-Identifier: Apache-2.0
// A coroutine's wait for something that others bring about, or for a time to pass. One waiter, on one worker.
#pragma once

#include "http/wire.hpp"

#include <coroutine>
#include <utility>

namespace sluice::http {

class TimedWait : DeadlineWheel::Entry {
 public:
  explicit TimedWait(Worker& worker)
      : Entry([](Entry& entry) { static_cast<TimedWait&>(entry).wake(Wake::timeout); }), worker_(worker) {}

  /// Awaited: why the wait has ended. What was there before is not waited for: look first.
  struct Waiting {
    TimedWait& wait;
    SteadyTime limit;
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> waiting) const {
      wait.waiting_ = waiting;
      if (limit != SteadyTime::max()) wait.worker_.add_deadline(wait, limit);
    }
    Wake await_resume() const { return wait.result_; }
  };
  /// `limit`: `SteadyTime::max()` for ever.
  Waiting until(SteadyTime limit) { return {*this, limit}; }
  /// 0: for ever.
  Waiting for_at_most(std::chrono::milliseconds timeout) {
    return until(timeout.count() > 0 ? Worker::coarse_now() + timeout : SteadyTime::max());
  }

  /// Ends the wait, if there is one. The waiter may have ended this object when it returns.
  void wake(Wake why) {
    if (!waiting_) return;
    worker_.remove_deadline(*this);
    result_ = why;
    std::exchange(waiting_, nullptr).resume();
  }

 private:
  Worker& worker_;
  std::coroutine_handle<> waiting_;
  Wake result_ = Wake::ready;
};

}  // namespace sluice::http
