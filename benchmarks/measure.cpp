// SPDX-License-Identifier: Apache-2.0
#include "measure.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

namespace {
std::atomic<std::uint64_t> counted{0};
}

// GCC takes the pairing of malloc and delete for a mistake when it inlines these.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
void* operator new(std::size_t bytes) {
  counted.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(bytes != 0 ? bytes : 1)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace sluice::bench {

std::uint64_t allocations() { return counted.load(std::memory_order_relaxed); }

Measured summary(std::vector<double> each, double allocations) {
  std::sort(each.begin(), each.end());
  return {each[each.size() / 2], each[each.size() / 10], each[each.size() * 9 / 10], allocations};
}

}  // namespace sluice::bench
