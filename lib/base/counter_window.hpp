// SPDX-License-Identifier: Apache-2.0
// What the three window algorithms have in common. They are plain values without locks or clocks: the caller brings
// the time, which must not go back, and one thread at a time.
#pragma once

#include <sluice/counter_store.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace sluice {

/// Amounts are held within these bounds, so that no sum overflows: far more than any counter that means something.
inline constexpr std::int64_t max_amount = std::int64_t{1} << 50;

constexpr std::int64_t bounded_amount(std::int64_t amount) { return std::clamp(amount, -max_amount, max_amount); }

/// What an operation does to a counter.
enum class CounterChange : std::uint8_t {
  reserve,  ///< Adds if it fits.
  settle,   ///< Adds whatever the limit; a negative amount gives back.
  peek      ///< Looks.
};

/// The amount whose fitting decides `admitted`: reservations of nothing and looks ask for room for 1.
constexpr std::int64_t asked_amount(CounterChange change, std::int64_t amount) {
  return change == CounterChange::reserve && amount > 0 ? amount : 1;
}

}  // namespace sluice
