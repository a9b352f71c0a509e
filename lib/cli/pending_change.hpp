// SPDX-License-Identifier: Apache-2.0
// PendingChange: when a folder that has changed is read again.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

namespace sluice::cli {

/// A folder is reloaded this long after its last change: tools write many files in a row.
inline constexpr std::chrono::milliseconds settle_time{300};
/// … but not later than this after the first one, however long changes go on.
inline constexpr std::chrono::milliseconds longest_settle_time{5'000};

/// A change that waits for the folder to come to rest.
class PendingChange {
 public:
  void note() {
    const auto now = std::chrono::steady_clock::now();
    if (!first_) first_ = now;
    due_ = std::min(now + settle_time, *first_ + longest_settle_time);
  }
  void clear() { first_.reset(); }
  bool is_due() const { return first_ && std::chrono::steady_clock::now() >= due_; }
  /// For poll; negative: nothing is pending.
  int milliseconds_left() const {
    if (!first_) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(due_ - std::chrono::steady_clock::now());
    return static_cast<int>(std::max<std::chrono::milliseconds::rep>(left.count(), 0));
  }

 private:
  std::optional<std::chrono::steady_clock::time_point> first_;
  std::chrono::steady_clock::time_point due_;
};

}  // namespace sluice::cli
