// SPDX-License-Identifier: Apache-2.0
// Whether a queue has been slow for so long that what stands in it has to be refused. Pure: told what was measured.
//
// The idea is CoDel's: a queue that is long for a moment does its work, one whose delay never falls below a target
// for an interval is only a delay. Refusing begins after such an interval; afterwards it begins again at once, until
// the delay has been good for a while. Source: RFC 8289; for requests instead of packets: B. Maurer, "Fail at Scale",
// ACM Queue 13(8), 2015.
#pragma once

#include <sluice/clock.hpp>

#include <cstdint>
#include <optional>

namespace sluice::http {

class DelayGuard {
 public:
  static constexpr std::chrono::milliseconds interval{100};
  static constexpr int calm_intervals = 16;  ///< With a good delay, until another interval is allowed to pass.

  explicit DelayGuard(std::chrono::microseconds target) : target_(target) {}

  /// What has come to its turn now has waited for `delay`.
  void measured(SteadyTime now, std::chrono::microseconds delay);
  /// There is or was a delay not long ago: ask about each request.
  bool is_watchful() const { return alert_ || slow_since_; }
  /// Whether a request that comes to its turn now is to be refused. `due`: it was there before that.
  bool refuses(SteadyTime now, SteadyTime due);

 private:
  std::chrono::microseconds target_;
  std::optional<SteadyTime> slow_since_;
  SteadyTime last_measured_{};
  SteadyTime last_slow_{};
  bool alert_ = false;
};

}  // namespace sluice::http
