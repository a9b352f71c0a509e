// SPDX-License-Identifier: Apache-2.0
#include "http/gradient_limit.hpp"

#include <algorithm>
#include <cmath>

namespace sluice::http {
namespace {

constexpr double tolerance = 1.5;      // times may grow by as much before the limit shrinks
constexpr double strongest_cut = 0.5;  // of the limit in one window
constexpr double smoothing = 0.2;      // how far one window moves the limit
constexpr double memory = 1.0 / 600;   // how far one window moves the long average
constexpr double recovery = 0.95;      // of the long average, each window, when it is twice the recent times

}  // namespace

void GradientLimit::measured(SteadyTime now, std::chrono::microseconds time, std::size_t waiting) {
  if (count_ == 0) window_began_ = now;
  times_[count_++ % window_times] = static_cast<double>(std::max<std::int64_t>(time.count(), 1));
  most_waiting_ = std::max(most_waiting_, waiting);
  if (count_ >= fewest_times && now - window_began_ >= window) end_window();
}

double GradientLimit::median() {
  const auto end = times_.begin() + static_cast<std::ptrdiff_t>(std::min(count_, window_times));
  const auto middle = times_.begin() + (end - times_.begin()) / 2;
  std::nth_element(times_.begin(), middle, end);
  return *middle;
}

void GradientLimit::end_window() {
  const double recent = median();
  const double waiting = static_cast<double>(most_waiting_);
  count_ = most_waiting_ = 0;
  long_average_ = long_average_ == 0 ? recent : long_average_ + (recent - long_average_) * memory;
  if (long_average_ > 2 * recent) long_average_ *= recovery;
  if (waiting < limit_ / 2) return;  // the limit is not what holds them
  const double gradient = std::clamp(tolerance * long_average_ / recent, strongest_cut, 1.0);
  const double room = std::sqrt(limit_);  // for a queue that lets the limit grow
  const double next = limit_ * (1 - smoothing) + (limit_ * gradient + room) * smoothing;
  limit_ = std::clamp(next, std::min(least, most_), most_);
}

}  // namespace sluice::http
