// SPDX-License-Identifier: Apache-2.0
// The stores that need nothing installed: sharded memory, bounded, with the clock of the host.
#pragma once

#include <sluice/cache_store.hpp>
#include <sluice/clock.hpp>
#include <sluice/counter_store.hpp>

#include <cstddef>
#include <memory>

namespace sluice {

/// Counters in memory. `keys`: how many are kept; the one unused for longest leaves first.
class MemoryCounterStore final : public CounterStore {
 public:
  explicit MemoryCounterStore(Clock& clock, std::size_t keys = 1'000'000);
  ~MemoryCounterStore() override;
  Task<Result<CounterState>> reserve(std::string_view key, const CounterRule& rule, std::int64_t amount) override;
  Task<Result<CounterState>> settle(std::string_view key, const CounterRule& rule, std::int64_t amount) override;
  Task<Result<CounterState>> peek(std::string_view key, const CounterRule& rule) override;

 private:
  class Shards;
  std::unique_ptr<Shards> shards_;
};

/// A bounded cache in memory; the least recently used entry leaves first.
class MemoryCacheStore final : public CacheStore {
 public:
  explicit MemoryCacheStore(Clock& clock, std::size_t capacity_bytes = 64u << 20);
  ~MemoryCacheStore() override;
  Task<Result<std::optional<std::string>>> get(std::string_view key) override;
  Task<Result<void>> put(std::string_view key, std::string_view value, std::chrono::milliseconds lifetime) override;
  Task<Result<void>> remove(std::string_view key) override;

 private:
  class Entries;
  std::unique_ptr<Entries> entries_;
};

}  // namespace sluice
