// SPDX-License-Identifier: Apache-2.0
// Times one operation in batches and counts its heap allocations. Linking measure.cpp replaces operator new.
#pragma once

#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

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

/// Heap allocations of this process so far.
std::uint64_t allocations();
/// `each`: nanoseconds for one operation, by batch.
Measured summary(std::vector<double> each, double allocations);

/// How long `times` runs take, in nanoseconds. The operation is called directly: nothing is measured with it.
template <class Run>
double nanoseconds(Run& run, std::uint64_t times) {
  const auto start = std::chrono::steady_clock::now();
  for (std::uint64_t i = 0; i < times; ++i) run();
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count();
}

/// Runs `run` in batches of about a millisecond, enough of them for percentiles.
template <class Run>
Measured measure(Run&& run) {
  constexpr double batch_ns = 1e6;
  constexpr int batches = 101;
  std::uint64_t times = 1;
  while (nanoseconds(run, times) < batch_ns && times < (1u << 30)) times *= 2;
  std::vector<double> each;
  each.reserve(batches);
  const std::uint64_t before = allocations();
  for (int i = 0; i < batches; ++i) each.push_back(nanoseconds(run, times) / static_cast<double>(times));
  const auto allocated = static_cast<double>(allocations() - before);
  return summary(std::move(each), allocated / (static_cast<double>(times) * batches));
}

}  // namespace sluice::bench
