// SPDX-License-Identifier: Apache-2.0
// How punctual an event loop is, measured by its own timer. The system queues what is ready in the order in which it
// became ready, the timer among it: as late as the timer is reported, as long has other work waited for its turn,
// in the system and in the loop. A measurement costs requests nothing.
#pragma once

#include <sluice/clock.hpp>

#include <cstdint>

namespace sluice::http {

struct LoopPulse {
  std::uint64_t beats = 0;             ///< Measurements until now.
  std::chrono::microseconds delay{0};  ///< What the last one found.
  /// When the timer rings next. After that and until it is reported, whoever comes to its turn was there before it.
  SteadyTime due = SteadyTime::max();

  void beat(std::chrono::microseconds late, SteadyTime next) {
    ++beats;
    delay = late;
    due = next;
  }
};

}  // namespace sluice::http
