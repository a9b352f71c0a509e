// SPDX-License-Identifier: Apache-2.0
// Times one operation in batches and counts its heap allocations. Linking measure.cpp replaces operator new.
#pragma once

#include <cstdint>
#include <functional>

namespace sluice::bench {

/// Keeps the optimiser from removing what computes `value`.
template <class T>
inline void keep(const T& value) {
  asm volatile("" : : "r,m"(value) : "memory");
}

/// Nanoseconds for one operation; heap allocations for one operation.
struct Measured {
  double median_ns = 0, p10_ns = 0, p90_ns = 0;
  double allocations = 0;
};

/// Runs `run` in batches of about a millisecond, enough of them for percentiles.
Measured measure(const std::function<void()>& run);

}  // namespace sluice::bench
