// SPDX-License-Identifier: Apache-2.0
#include "http/worker_clock.hpp"

namespace sluice::http {
namespace {

/// A wait on the wheel that a coroutine awaits.
class Pause : DeadlineWheel::Entry {
 public:
  Pause(Worker& worker, SteadyTime deadline)
      : Entry([](Entry& entry) { static_cast<Pause&>(entry).end(true); }), worker_(worker), deadline_(deadline) {}

  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> waiting) {
    waiting_ = waiting;
    worker_.add_deadline(*this, deadline_);
  }
  bool await_resume() const { return reached_; }

  /// Resumes the waiter, if there is one.
  void end(bool reached) {
    if (!waiting_) return;
    reached_ = reached;
    worker_.remove_deadline(*this);
    std::exchange(waiting_, nullptr).resume();
  }

 private:
  Worker& worker_;
  SteadyTime deadline_;
  std::coroutine_handle<> waiting_;
  bool reached_ = false;
};

}  // namespace

Task<bool> WorkerClock::wait_until(SteadyTime deadline, Cancellation& cancellation) {
  if (cancellation.requested()) co_return false;
  if (deadline <= steady_now()) co_return true;
  Worker& worker = pick_();
  co_await worker.here();
  Pause pause(worker, deadline);
  Cancellation::Registration on_cancel(cancellation, [&pause] { pause.end(false); });
  const bool reached = co_await pause;
  co_return reached;
}

Task<void> WorkerClock::yield() {
  Worker* const worker = Worker::current();
  if (worker != nullptr) co_await worker->next_turn();
}

}  // namespace sluice::http
