// SPDX-License-Identifier: Apache-2.0
// CounterStore: counters in time windows, the ground of rate limits, quotas and token limits. One atomic operation
// per decision. Any thread may call it. The memory store answers at once; remote ones wait.
#pragma once

#include <sluice/arena.hpp>
#include <sluice/clock.hpp>
#include <sluice/error.hpp>
#include <sluice/task.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace sluice {

/// How a counter forgets.
enum class WindowKind : std::uint8_t {
  sliding,       ///< What was added within the last `period` counts (classic tiers).
  token_bucket,  ///< Capacity `limit`, refilled at limit / period, full at first (v2 tiers).
  fixed          ///< Windows of `period` that start at multiples of it after `anchor`; period 0: one endless window.
};

/// The rule under which a counter is read or changed. All users of one key must use the same kind; sliding windows
/// serve uses that differ in limit and period, the others only agree with uses of the same limit, period and anchor.
struct CounterRule {
  WindowKind kind = WindowKind::sliding;
  std::int64_t limit = 0;
  std::chrono::microseconds period{0};
  WallTime anchor{};  ///< Fixed windows only.
};

/// A counter after an operation.
struct CounterState {
  bool admitted = true;                      ///< The amount was within the limit (and, for `reserve`, has been added).
  std::int64_t remaining = 0;                ///< Room left, at least 0.
  std::chrono::microseconds retry_after{0};  ///< When the refused amount could pass; 0 when admitted.

  /// `retry_after` of an amount that can never pass: above the limit, or in a window without end.
  static constexpr auto never = std::chrono::microseconds::max();
};

class CounterStore {
 public:
  virtual ~CounterStore() = default;

  /// Adds `amount` if it fits under the limit, otherwise leaves the counter alone. Amount 0 is admitted while
  /// anything is left. An amount above the limit itself is never admitted.
  virtual Task<Result<CounterState>> reserve(std::string_view key, const CounterRule& rule, std::int64_t amount) = 0;

  /// Adds `amount` (negative gives back) whatever the limit: settling a reservation against what was really used,
  /// or counting afterwards. A counter may go over its limit; the debt then blocks until it has run off.
  virtual Task<Result<CounterState>> settle(std::string_view key, const CounterRule& rule, std::int64_t amount) = 0;

  /// Reads without changing; `admitted` tells whether an amount of 1 would fit.
  virtual Task<Result<CounterState>> peek(std::string_view key, const CounterRule& rule) = 0;
};

/// Joins parts into a key that no other list of parts gives (each part is length-prefixed, C1).
std::string counter_key(std::initializer_list<std::string_view> parts);
/// The same in the arena.
std::string_view counter_key(Arena& arena, std::initializer_list<std::string_view> parts);

}  // namespace sluice
