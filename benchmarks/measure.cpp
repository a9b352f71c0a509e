// SPDX-License-Identifier: Apache-2.0
#include "measure.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <new>
#include <vector>

namespace {
std::atomic<std::uint64_t> allocations{0};
}

// GCC takes the pairing of malloc and delete for a mistake when it inlines these.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
void* operator new(std::size_t bytes) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(bytes != 0 ? bytes : 1)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace sluice::bench {
namespace {

using Clock = std::chrono::steady_clock;

double nanoseconds(const std::function<void()>& run, std::uint64_t times) {
  const auto start = Clock::now();
  for (std::uint64_t i = 0; i < times; ++i) run();
  return std::chrono::duration<double, std::nano>(Clock::now() - start).count();
}

}  // namespace

Measured measure(const std::function<void()>& run) {
  constexpr double batch_ns = 1e6;
  constexpr int batches = 101;
  std::uint64_t times = 1;
  while (nanoseconds(run, times) < batch_ns && times < (1u << 30)) times *= 2;
  std::vector<double> each;
  each.reserve(batches);
  const std::uint64_t before = allocations.load();
  for (int i = 0; i < batches; ++i) each.push_back(nanoseconds(run, times) / static_cast<double>(times));
  const auto allocated = static_cast<double>(allocations.load() - before);
  std::sort(each.begin(), each.end());
  return {each[batches / 2], each[batches / 10], each[batches * 9 / 10],
          allocated / (static_cast<double>(times) * batches)};
}

}  // namespace sluice::bench
