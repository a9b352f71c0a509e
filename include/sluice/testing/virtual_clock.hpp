// SPDX-License-Identifier: Apache-2.0
// VirtualClock: time that stands still until a test moves it. Waits end in order of their deadlines, those of one
// deadline in order of their beginning; each sees the time of its own deadline.
#pragma once

#include <sluice/clock.hpp>

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace sluice::testing {

/// A clock for tests and simulations. Any thread may ask and wait; one thread moves it.
class VirtualClock final : public Clock {
 public:
  /// 2026-01-01T00:00:00Z.
  static constexpr WallTime default_start{std::chrono::seconds(1'767'225'600)};
  /// Waits that one call ends at most: a loop of waits without end stops there.
  static constexpr std::size_t max_steps = 1'000'000;

  explicit VirtualClock(WallTime start = default_start) : start_(start) {}

  WallTime now() override;
  SteadyTime steady_now() override;
  Task<bool> wait_until(SteadyTime deadline, Cancellation& cancellation) override;

  /// Moves time on and ends the waits that fall due on the way, also those that begin then.
  void advance(std::chrono::microseconds duration);
  /// Jumps to the nearest deadline and ends that one wait. False when nobody waits.
  bool step();
  /// Steps until nobody waits, at most `max_steps` times; returns how many waits ended.
  std::size_t run_until_idle();
  /// Steps until `task` has finished. Nothing when it waits for something other than this clock.
  template <class T>
  std::optional<T> run(Task<T>& task) {
    for (std::size_t i = 0; !task.is_ready() && i < max_steps && step(); ++i) {
    }
    if (!task.is_ready()) return std::nullopt;
    return task.take();
  }

  std::size_t waiting() const;
  std::optional<SteadyTime> next_deadline() const;

 private:
  using Waits = std::multimap<SteadyTime, Completion<bool>*>;
  /// Takes the first wait out if it is due by `limit`, and moves time to its deadline.
  Completion<bool>* take_due(SteadyTime limit);
  bool take(Completion<bool>& completion);

  mutable std::mutex mutex_;
  Waits waits_;
  WallTime start_;
  SteadyTime elapsed_{};
};

}  // namespace sluice::testing
