// SPDX-License-Identifier: Apache-2.0
// Decides whether a loop that has nothing to do looks again and again for a moment before it sleeps. To wake a thread
// costs more than a short wait, and whoever waits for an answer pays for it twice; to look in vain costs processor time
// that others may want. So it looks only where waits have lately been that short, and the rarer it is right, the longer
// it waits for that. The loop measures, and asks while few exchanges are under way.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace sluice::http {

class IdlePoll {
 public:
  using Duration = std::chrono::nanoseconds;
  /// Shorter waits say nothing: what had to be done was there already, or nearly.
  static constexpr Duration no_wait{2'000};
  /// With more than these under way somebody's event is always about to come, and none of them waits for the thread
  /// alone.
  static constexpr std::uint32_t few_exchanges = 4;
  static constexpr std::uint32_t least_row = 8;
  static constexpr std::uint32_t longest_row = 4'096;

  /// `most`: how long a wait may be looked through; 0: none.
  explicit IdlePoll(Duration most = {}) : most_(most) {}

  bool is_on() const { return most_.count() != 0; }
  /// Whether the coming wait is to be timed: each one while it is looked through, some of the others.
  bool is_timed() {
    constexpr std::uint32_t one_of = 8;  // reading the clock is not for every wait
    return is_on() && (row_ >= needed_row_ || ++waits_ % one_of == 0);
  }
  /// How long the coming wait is to be looked through before sleeping; 0: not at all.
  Duration patience() const { return row_ >= needed_row_ ? most_ : Duration{0}; }
  /// A wait that was timed is over.
  void waited(Duration time) {
    if (time < no_wait) return;
    const bool was_looking = row_ >= needed_row_;
    if (time <= most_) {
      row_ = std::min(row_ + 1, longest_row);
      if (was_looking) needed_row_ = std::max(needed_row_ - 1, least_row);
    } else {
      row_ = 0;
      if (was_looking) needed_row_ = std::min(needed_row_ * 2, longest_row);
    }
  }

 private:
  Duration most_;
  std::uint32_t waits_ = 0;
  std::uint32_t row_ = 0;  ///< Short waits in a row, of those that were timed.
  std::uint32_t needed_row_ = least_row;
};

}  // namespace sluice::http
