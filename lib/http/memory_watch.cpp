// SPDX-License-Identifier: Apache-2.0
#include "http/memory_watch.hpp"

#include <unistd.h>

#include <cstdio>
#include <memory>

namespace sluice::http {

std::size_t resident_bytes() {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen("/proc/self/statm", "re"), std::fclose);
  unsigned long all = 0;
  unsigned long resident = 0;
  if (file == nullptr || std::fscanf(file.get(), "%lu %lu", &all, &resident) != 2) return 0;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

bool MemoryWatch::is_short(SteadyTime now) {
  if (!has_budget()) return false;
  constexpr std::int64_t step = std::chrono::microseconds(period).count();
  const std::int64_t time = now.time_since_epoch().count();
  std::int64_t due = next_look_.load(std::memory_order_relaxed);
  if (time >= due && next_look_.compare_exchange_strong(due, time + step, std::memory_order_relaxed)) {
    short_.store(measure_() >= mark_, std::memory_order_relaxed);
  }
  return short_.load(std::memory_order_relaxed);
}

}  // namespace sluice::http
