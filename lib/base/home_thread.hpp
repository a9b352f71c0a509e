// SPDX-License-Identifier: Apache-2.0
// HomeThread: how work that another thread completes goes on where it began. A request of the server belongs to one
// event loop, which also cancels it; whoever wakes a request from elsewhere goes through here.
#pragma once

#include <coroutine>
#include <functional>
#include <utility>

namespace sluice {

class Cohorts;

/// The event loop of a thread. Empty on threads that have none: there, any thread may go on.
struct HomeThread {
  void* loop = nullptr;
  void (*post)(void* loop, std::function<void()> action) = nullptr;
  Cohorts* cohorts = nullptr;

  /// Runs `action` on the loop's thread, later; at once where there is no loop. Any thread.
  void run(std::function<void()> action) const {
    if (post == nullptr) return action();
    post(loop, std::move(action));
  }

  struct Turn;
  /// Awaited: go on on the loop's thread, when what runs there now has returned to the loop.
  Turn next_turn() const;
};

struct HomeThread::Turn {
  HomeThread home;
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> waiting) const {
    home.run([waiting] { waiting.resume(); });
  }
  void await_resume() const {}
};

inline HomeThread::Turn HomeThread::next_turn() const { return {*this}; }

/// That of the calling thread. Event loops set it.
HomeThread& home_thread();

}  // namespace sluice
