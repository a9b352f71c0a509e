// SPDX-License-Identifier: Apache-2.0
// CircuitBreaker: counts the failures of one backend and keeps requests away from it for a while. State lives as long
// as the backend's id is in use; the rule comes with the snapshot, so that a reload keeps what was counted.
// Source: policies.md section 3.3.
#pragma once

#include <sluice/clock.hpp>
#include <sluice/error.hpp>
#include <sluice/message.hpp>
#include <sluice/model.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <vector>

namespace sluice {

/// What became of one exchange with a backend.
struct ExchangeOutcome {
  int status = 0;                    ///< Of the answer; for an error the status the gateway gives it.
  const Error* error = nullptr;      ///< Null: the backend answered.
  const Headers* headers = nullptr;  ///< Of the answer, for Retry-After.
};

/// Whether the rule counts this as a failure. An error counts by its reason and, when it is the backend's doing, by its
/// status like an answer.
bool is_failure(const CircuitBreakerRule& rule, const ExchangeOutcome& outcome);

class CircuitBreaker {
 public:
  /// Failures that a rule may count; a larger count is taken as this many.
  static constexpr std::uint32_t max_count = 10'000;
  /// Longest time that a Retry-After keeps a breaker open.
  static constexpr std::chrono::hours max_retry_after{24 * 7};

  bool is_open(SteadyTime now) const { return now < open_until_.load(std::memory_order_acquire); }
  /// Time until it closes; 0 when it is closed.
  std::chrono::microseconds open_for(SteadyTime now) const;

  /// Takes notice of an exchange that has ended. True when it opened the breaker.
  bool report(const CircuitBreakerRule& rule, const ExchangeOutcome& outcome, SteadyTime now, WallTime wall);

 private:
  /// The interval in slices, for rules by percentage.
  static constexpr std::size_t slices = 16;
  struct Slice {
    std::int64_t number = -1;
    std::uint32_t total = 0, failed = 0;
  };

  bool count_failure(const CircuitBreakerRule& rule, SteadyTime now);
  bool count_share(const CircuitBreakerRule& rule, bool failed, SteadyTime now);
  void forget();

  std::atomic<SteadyTime> open_until_{SteadyTime::min()};
  std::mutex mutex_;
  std::vector<SteadyTime> failures_;  ///< The last `count` ones, a ring.
  std::size_t next_ = 0;
  std::array<Slice, slices> window_{};
};

}  // namespace sluice
