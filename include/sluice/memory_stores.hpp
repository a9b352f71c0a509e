// SPDX-License-Identifier: Apache-2.0
// The stores that need nothing installed: sharded memory, bounded, with the clock of the host.
#pragma once

#include <sluice/cache_store.hpp>
#include <sluice/clock.hpp>
#include <sluice/counter_store.hpp>
#include <sluice/services.hpp>
#include <sluice/vector_store.hpp>

#include <cstddef>
#include <memory>

namespace sluice {

/// Counters in memory. `keys`: how many are kept, spread over shards; the one unused for longest leaves first.
/// Sliding windows are exact up to 128 additions in a period; beyond that an addition may count up to a 64th of the
/// period too long, never too short. A counter that gets something back loses its oldest additions first.
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

/// A bounded cache in memory; the least recently used entry leaves first. A value larger than the whole is not kept.
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

/// Vectors in memory, bounded by bytes; the least recently used leaves first.
class MemoryVectorStore final : public VectorStore {
 public:
  /// `dimensions`: of the longest vector that is kept.
  explicit MemoryVectorStore(Clock& clock, std::size_t capacity_bytes = 64u << 20, std::size_t dimensions = 4'096);
  ~MemoryVectorStore() override;
  Task<Result<std::optional<VectorMatch>>> nearest(std::string_view partition, std::span<const float> vector,
                                                   double most_distance) override;
  Task<Result<void>> put(std::string_view partition, std::span<const float> vector, std::string_view value,
                         std::chrono::milliseconds lifetime) override;

 private:
  class Partitions;
  std::unique_ptr<Partitions> partitions_;
};

/// Counts in memory who is inside; keys that nobody is in take no memory.
class MemoryConcurrencyLimiter final : public ConcurrencyLimiter {
 public:
  MemoryConcurrencyLimiter();
  ~MemoryConcurrencyLimiter() override;
  bool try_enter(std::string_view key, std::uint32_t limit) override;
  void leave(std::string_view key) override;

 private:
  class Shards;
  std::unique_ptr<Shards> shards_;
};

}  // namespace sluice
