// SPDX-License-Identifier: Apache-2.0
// BackendMeter: what one backend can take now, as far as is known: from its capacity in the settings, from what its
// answers say of their limits, and from what has been sent to it. State lives as long as the backend's id is in use.
//
//   open ─ 429 or 503 that says when ─▶ throttled until then ─▶ probed by one request ─▶ open, or throttled again
//
// A 429 that does not say when concerns the request alone that met it.
//
// Sources: Azure OpenAI and OpenAI, rate limit headers (`retry-after-ms`, `x-ratelimit-*`).
#pragma once

#include <sluice/ai_settings.hpp>
#include <sluice/clock.hpp>
#include <sluice/message.hpp>
#include <sluice/services.hpp>

#include <chrono>
#include <mutex>
#include <optional>

namespace sluice {

/// How long a throttled caller shall wait, as the answer says it: `retry-after-ms`, Retry-After in seconds or as a
/// date, the reset of whatever `x-ratelimit-remaining-*` has used up.
std::optional<std::chrono::microseconds> throttle_time(const Headers& headers, WallTime now);

class BackendMeter {
 public:
  /// Longest time that an answer can keep a backend from being used.
  static constexpr std::chrono::hours max_throttle{24 * 7};

  /// What may be sent to it now.
  enum class State : std::uint8_t {
    open,
    nearly_full,  ///< There is less room than the request will take.
    throttled     ///< Until a time that it said itself, or until the one request that probes has been answered.
  };
  State state(std::int64_t tokens, SteadyTime now) const;
  std::chrono::microseconds throttled_for(SteadyTime now) const;
  BackendRoom room(SteadyTime now) const;

  /// `capacity`: from the settings; 0: what answers say.
  explicit BackendMeter(const BackendCapacity& capacity = {});
  /// Whether it is known how many tokens it can take.
  bool knows_tokens() const;
  /// A request is sent.
  void begin(std::int64_t tokens, SteadyTime now);
  /// It has been answered, or not (null).
  void end(const Response* answer, SteadyTime now, WallTime wall);
  /// Whether what requests really took makes a difference: not where answers tell what is left.
  bool wants_corrections() const;
  /// A request took so many tokens more (or less) than was thought.
  void correct(std::int64_t tokens);

 private:
  /// Something that may be used so often in a minute, and fills again.
  struct Bucket {
    double capacity = 0;  ///< A minute; 0: not known.
    double level = 0;
    SteadyTime at{};
    double level_at(SteadyTime now) const;
    void take(double amount, SteadyTime now);
    void learn(std::optional<double> limit, std::optional<double> remaining, double under_way, SteadyTime now);
  };

  mutable std::mutex mutex_;
  Bucket tokens_, requests_;
  std::int64_t under_way_ = 0;  ///< Requests that have not been answered.
  bool is_throttled_ = false, is_probed_ = false;
  bool is_told_ = false;  ///< Answers say how many tokens are left.
  SteadyTime throttled_until_{};
};

}  // namespace sluice
