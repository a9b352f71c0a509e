// SPDX-License-Identifier: Apache-2.0
// SystemClock: the one place that asks the operating system for the time. Waiting uses one thread that sleeps until
// the nearest deadline; it is made when the first wait comes.
#include <sluice/clock.hpp>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace sluice {

/// Waits in order of deadline. A wait is fulfilled by whoever takes it out of the map: the thread at its deadline,
/// or the cancellation.
class SystemClock::Timer {
 public:
  using Waits = std::multimap<SteadyTime, Completion<bool>*>;

  ~Timer() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
  }

  void add(SteadyTime deadline, Completion<bool>& completion) {
    std::lock_guard lock(mutex_);
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
    const auto entry = waits_.emplace(deadline, &completion);
    if (entry == waits_.begin()) changed_.notify_one();
  }

  /// True when the wait was still pending; it will then not be completed by the timer.
  bool take(Completion<bool>& completion) {
    std::lock_guard lock(mutex_);
    const auto found =
        std::find_if(waits_.begin(), waits_.end(), [&](auto& wait) { return wait.second == &completion; });
    if (found == waits_.end()) return false;
    waits_.erase(found);
    return true;
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      if (waits_.empty()) {
        changed_.wait(lock);
      } else if (const auto first = waits_.begin();
                 first->first.time_since_epoch() <= std::chrono::steady_clock::now().time_since_epoch()) {
        Completion<bool>* due = first->second;
        waits_.erase(first);
        lock.unlock();
        due->complete(true);
        lock.lock();
      } else {
        changed_.wait_until(lock, std::chrono::time_point_cast<std::chrono::steady_clock::duration>(first->first));
      }
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  Waits waits_;
  std::thread thread_;
  bool stopping_ = false;
};

SystemClock::SystemClock() : timer_(std::make_unique<Timer>()) {}
SystemClock::~SystemClock() = default;

WallTime SystemClock::now() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}
SteadyTime SystemClock::steady_now() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::steady_clock::now());
}

Task<bool> SystemClock::wait_until(SteadyTime deadline, Cancellation& cancellation) {
  if (cancellation.requested()) co_return false;
  Completion<bool> completion;
  timer_->add(deadline, completion);
  Cancellation::Registration on_cancel(cancellation, [&] {
    if (timer_->take(completion)) completion.complete(false);
  });
  co_return co_await completion;
}

}  // namespace sluice
