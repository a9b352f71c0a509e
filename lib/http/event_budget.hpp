// SPDX-License-Identifier: Apache-2.0
// How often a peer may do something that costs us more than it costs the peer (H3). Pure.
#pragma once

#include <sluice/clock.hpp>
#include <sluice/limits.hpp>

#include <algorithm>
#include <cstdint>

namespace sluice::http {

/// A bucket of events, full at first, that fills again as time passes.
class EventBudget {
 public:
  explicit EventBudget(AllowedRate rate) : rate_(rate), left_(full()) {}

  /// Counts one event. False: that was one too many.
  bool take(SteadyTime now) {
    const std::int64_t passed = std::clamp<std::int64_t>((now - at_).count(), 0, longest);
    at_ = now;
    left_ = std::min(full(), left_ + passed * rate_.per_second);
    if (left_ < event) return false;
    left_ -= event;
    return true;
  }

 private:
  static constexpr std::int64_t event = 1'000'000;              // as much as one event a second adds in a second
  static constexpr std::int64_t longest = 3'600 * 1'000'000ll;  // more fills any bucket that there is use for
  std::int64_t full() const { return rate_.burst * event; }

  AllowedRate rate_;
  std::int64_t left_;
  SteadyTime at_{};
};

}  // namespace sluice::http
