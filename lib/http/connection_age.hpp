// SPDX-License-Identifier: Apache-2.0
// L11: connections that are used all the time come to their end, too, and then find what has changed behind a name.
// Pure.
#pragma once

#include <sluice/clock.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace sluice::http {

/// When a connection that was opened then is old: after `age`, and up to a tenth more, so that not all end at once:
/// `which` tells them apart.
inline SteadyTime end_of_age(SteadyTime opened, std::chrono::milliseconds age, const void* which) {
  constexpr std::int64_t steps = 16;
  const std::chrono::microseconds whole = age;
  const auto step =
      static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(which) / alignof(std::max_align_t) % steps);
  return opened + whole + whole / 10 * step / steps;
}

}  // namespace sluice::http
