// SPDX-License-Identifier: Apache-2.0
#include "http/delay_guard.hpp"

#include <utility>

namespace sluice::http {

void DelayGuard::measured(SteadyTime now, std::chrono::microseconds delay) {
  // Measurements come all the time while there is something to decide; after a gap nobody knows how it has been.
  if (now - std::exchange(last_measured_, now) > 2 * interval + delay) slow_since_.reset();
  if (delay <= target_) {
    slow_since_.reset();
    if (alert_ && now - last_slow_ >= calm_intervals * interval) alert_ = false;
    return;
  }
  last_slow_ = now;
  if (!slow_since_) slow_since_ = now;
  if (now - *slow_since_ >= interval) alert_ = true;
}

bool DelayGuard::refuses(SteadyTime now, SteadyTime due) {
  const bool is_late = now - due > target_;
  // A long queue tells of itself rarely: the next measurement stands at its end.
  if (is_late && slow_since_ && now - *slow_since_ >= interval) alert_ = true;
  return alert_ && (is_late || slow_since_);
}

}  // namespace sluice::http
