// SPDX-License-Identifier: Apache-2.0
// A number that one worker counts and any thread may read.
#pragma once

#include <atomic>
#include <cstdint>

namespace sluice::http {

class Cell {
 public:
  /// Only by the worker it belongs to.
  void add(std::uint64_t by = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }
  void subtract(std::uint64_t by = 1) {
    value_.store(value_.load(std::memory_order_relaxed) - by, std::memory_order_relaxed);
  }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

}  // namespace sluice::http
