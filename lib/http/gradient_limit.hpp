// SPDX-License-Identifier: Apache-2.0
// How many requests of one worker may wait for their answers, found by watching how long they take: while the times
// are as ever the number may grow, when they grow it shrinks by as much. Pure: told what was measured.
//
// Source: the gradient limit of Netflix's concurrency-limits (Gradient2Limit), which compares recent times with a long
// average, so that the number never has to be brought down to find out what an idle backend would take. After TCP
// Vegas (Brakmo, Peterson 1995). Differs: a window of times counts by its median, so that calls that are slow on
// purpose (long polling) do not look like growth as long as they are fewer than the others.
#pragma once

#include <sluice/clock.hpp>

#include <array>
#include <cstddef>

namespace sluice::http {

class GradientLimit {
 public:
  static constexpr double least = 20;
  static constexpr std::size_t window_times = 64;  ///< Kept of one window; further ones replace them.
  static constexpr std::size_t fewest_times = 10;  ///< A window with fewer goes on.
  static constexpr std::chrono::milliseconds window{100};

  /// `most`: the limit never grows beyond it.
  explicit GradientLimit(std::size_t most) : most_(static_cast<double>(most)) {}

  std::size_t limit() const { return static_cast<std::size_t>(limit_); }
  /// A request took `time` to the head of its answer, while `waiting` requests were under way.
  void measured(SteadyTime now, std::chrono::microseconds time, std::size_t waiting);

 private:
  void end_window();
  double median();

  double most_;
  double limit_ = least;
  double long_average_ = 0;
  std::array<double, window_times> times_{};
  std::size_t count_ = 0;
  std::size_t most_waiting_ = 0;
  SteadyTime window_began_{};
};

}  // namespace sluice::http
