// SPDX-License-Identifier: Apache-2.0
// sluice_bench [--list] [name-prefix...]: runs stage benchmarks and prints one JSON line each:
//   name, median_ns, p10_ns, p90_ns (per operation), operations_per_second, allocations_per_operation, compiler.
// The stages:
//   document.*    reading, checking and compiling policy documents
//   expression.*  compiling and evaluating expressions
//   counter.*     the memory counter store
//   gateway.*     whole requests through Gateway::handle with a scripted backend, no socket
// Times on a shared machine move; allocations do not.
#include "bench.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <new>

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

void Bench::add(std::string name, std::string what, std::function<void()> run) {
  entries_.push_back({std::move(name), std::move(what), std::move(run)});
}

namespace {

using Clock = std::chrono::steady_clock;

double nanoseconds(const std::function<void()>& run, std::uint64_t times) {
  const auto start = Clock::now();
  for (std::uint64_t i = 0; i < times; ++i) run();
  return std::chrono::duration<double, std::nano>(Clock::now() - start).count();
}

/// Batches of about a millisecond, enough of them for percentiles.
void measure(const Bench::Entry& entry) {
  constexpr double batch_ns = 1e6;
  constexpr int batches = 101;
  std::uint64_t times = 1;
  while (nanoseconds(entry.run, times) < batch_ns && times < (1u << 30)) times *= 2;
  std::vector<double> per_operation;
  const std::uint64_t before = allocations.load();
  for (int i = 0; i < batches; ++i) per_operation.push_back(nanoseconds(entry.run, times) / static_cast<double>(times));
  const double allocated = static_cast<double>(allocations.load() - before - 8);  // the vector's own growth
  std::sort(per_operation.begin(), per_operation.end());
  const double median = per_operation[batches / 2];
  std::printf(
      "{\"name\":\"%s\",\"median_ns\":%.1f,\"p10_ns\":%.1f,\"p90_ns\":%.1f,\"operations_per_second\":%.0f,"
      "\"allocations_per_operation\":%.2f,\"compiler\":\"%s\"}\n",
      entry.name.c_str(), median, per_operation[batches / 10], per_operation[batches * 9 / 10], 1e9 / median,
      std::max(0.0, allocated / (static_cast<double>(times) * batches)), __VERSION__);
  std::fflush(stdout);
}

}  // namespace
}  // namespace sluice::bench

int main(int count, char** arguments) {
  using namespace sluice::bench;
  Bench bench;
  add_document_stages(bench);
  add_expression_stages(bench);
  add_counter_stages(bench);
  add_gateway_stages(bench);
  bool list = false;
  std::vector<std::string_view> wanted;
  for (int i = 1; i < count; ++i) {
    if (std::string_view(arguments[i]) == "--list") {
      list = true;
    } else {
      wanted.push_back(arguments[i]);
    }
  }
  int ran = 0;
  for (const auto& entry : bench.entries()) {
    const bool chosen = wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](std::string_view prefix) {
                          return std::string_view(entry.name).substr(0, prefix.size()) == prefix;
                        });
    if (!chosen) continue;
    ++ran;
    if (list) {
      std::printf("%-40s %s\n", entry.name.c_str(), entry.what.c_str());
    } else {
      measure(entry);
    }
  }
  if (ran == 0) {
    std::fprintf(stderr, "sluice_bench: no benchmark has a name that begins so; --list shows all\n");
    return 2;
  }
  return 0;
}
