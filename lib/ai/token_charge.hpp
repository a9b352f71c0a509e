// SPDX-License-Identifier: Apache-2.0
// TokenCharge: what one request takes from the token counters of a key: reserved on admission, settled when its cost is
// known. A rate counts within a minute as the gateway's setting says; a quota within a calendar period.
#pragma once

#include <sluice/context.hpp>

#include "base/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::ai {

/// One counter of a charge and what it said last.
struct TokenCounter {
  enum class Kind : std::uint8_t { rate, quota };
  Kind kind = Kind::rate;
  std::string key;
  CounterRule rule;
  CounterState state;
};

class TokenCharge {
 public:
  explicit TokenCharge(RequestContext& context) : context_(context) {}

  void add_rate(std::string_view key, std::int64_t tokens_per_minute);
  void add_quota(std::string_view key, std::int64_t tokens, CalendarPeriod period);

  /// Takes `tokens` from all counters, or from none; the counter that refused, or nothing. More may be taken later. A
  /// rate whose store fails admits. **Errors**: store_unavailable for a quota that cannot be counted.
  Task<Result<std::optional<TokenCounter>>> reserve(std::int64_t tokens);
  /// Takes again what a sliding minute has lost of what was reserved, before the request is sent once more. The counter
  /// that refused, or nothing; a rate whose store fails admits.
  Task<Result<std::optional<TokenCounter>>> renew();
  std::int64_t reserved() const { return reserved_; }
  /// What was left of the counter that has least, when it was asked last.
  std::int64_t left() const;
  /// Puts `tokens` in the place of what was reserved.
  Task<Result<void>> settle(std::int64_t tokens);

  const TokenCounter* rate() const { return rate_ ? &*rate_ : nullptr; }
  const TokenCounter* quota() const { return quota_ ? &*quota_ : nullptr; }

 private:
  Task<Result<void>> correct(TokenCounter& counter, std::int64_t amount);
  void note(std::int64_t tokens);
  void add_part(std::int64_t tokens);
  Task<std::optional<TokenCounter>> take_from_rate(std::int64_t tokens);
  std::int64_t still_in_window() const;

  RequestContext& context_;
  std::optional<TokenCounter> rate_, quota_;
  /// What was taken at one time.
  struct Part {
    SteadyTime at;
    std::int64_t tokens;
  };

  std::int64_t reserved_ = 0;
  std::vector<Part> parts_;  ///< Of a rate, within its period; what is taken in the same second is one.
};

}  // namespace sluice::ai
