// SPDX-License-Identifier: Apache-2.0
// Whether the process has used up its budget of memory (O1). Asked by all workers; the system is asked by one of
// them, now and then.
#pragma once

#include <sluice/clock.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace sluice::http {

/// What of the process is in memory; 0 when the system does not say.
std::size_t resident_bytes();

class MemoryWatch {
 public:
  static constexpr std::chrono::milliseconds period{100};
  using Measure = std::size_t (*)();

  /// `budget` 0: there is none.
  explicit MemoryWatch(std::size_t budget, Measure measure = resident_bytes)
      : mark_(budget - budget / 10), measure_(measure) {}
  bool has_budget() const { return mark_ != 0; }
  /// True from nine tenths of the budget on.
  bool is_short(SteadyTime now);

 private:
  const std::size_t mark_;
  const Measure measure_;
  std::atomic<std::int64_t> next_look_{0};
  std::atomic<bool> short_{false};
};

}  // namespace sluice::http
