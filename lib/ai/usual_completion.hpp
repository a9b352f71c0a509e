// SPDX-License-Identifier: Apache-2.0
// UsualCompletion: how long the answers to a caller's requests have been lately, so that one whose request does not say
// how long it may become takes no more of a limit than it is likely to need. Any thread.
#pragma once

#include "base/kept_table.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace sluice::ai {

class UsualCompletion {
 public:
  /// While nothing is known. Short answers bring it down little by little.
  static constexpr std::int64_t first_allowance = 1'023;
  /// What a backend says may be wrong.
  static constexpr std::int64_t most_tokens = 128 * 1'024;

  /// Tokens that an answer hardly ever has: half as many again as the longest of late.
  std::int64_t allowance() const {
    const std::int64_t longest = longest_.load(std::memory_order_relaxed);
    return longest + longest / 2;
  }
  /// An answer had so many. Of two at a time one may go unnoticed.
  void note(std::int64_t tokens) {
    tokens = std::clamp<std::int64_t>(tokens, 0, most_tokens);
    const std::int64_t longest = longest_.load(std::memory_order_relaxed);
    longest_.store(std::max(tokens, longest - (longest - tokens) / memory), std::memory_order_relaxed);
  }

 private:
  /// About how many shorter answers make a long one forgotten.
  static constexpr std::int64_t memory = 64;
  std::atomic<std::int64_t> longest_{first_allowance / 3 * 2};
};

/// By key; the keys that were heard of last.
using UsualCompletions = KeptTable<UsualCompletion>;
inline constexpr std::size_t max_usual_completions = 10'000;

}  // namespace sluice::ai
