// SPDX-License-Identifier: Apache-2.0
// Clock: the only source of time. Implemented by the system clock, by the host's event loops, and by VirtualClock
// in tests. Any thread may call it.
#pragma once

#include <sluice/task.hpp>

#include <chrono>
#include <memory>

namespace sluice {

/// Wall-clock time: UTC, microseconds.
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;
/// Time for measuring and waiting; never goes back.
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::microseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime now() = 0;
  virtual SteadyTime steady_now() = 0;
  /// Waits until `deadline`; earlier when `cancellation` is requested. True when the deadline was reached.
  virtual Task<bool> wait_until(SteadyTime deadline, Cancellation& cancellation) = 0;

  /// Lets whatever else is ready on this thread go first: long work that comes in slices awaits it in between. Where no
  /// event loop waits there is nobody to let go first.
  virtual Task<void> yield() { return {}; }

  Task<bool> wait_for(std::chrono::microseconds duration, Cancellation& cancellation) {
    return wait_until(steady_now() + duration, cancellation);
  }
};

/// The operating system's clock with one timer thread, made on first wait. For programs that bring no event loop.
class SystemClock final : public Clock {
 public:
  SystemClock();
  ~SystemClock() override;
  WallTime now() override;
  SteadyTime steady_now() override;
  Task<bool> wait_until(SteadyTime deadline, Cancellation& cancellation) override;

 private:
  class Timer;
  std::unique_ptr<Timer> timer_;
};

}  // namespace sluice
