// SPDX-License-Identifier: Apache-2.0
// MemoryVectorStore: directions of unit length by partition, compared one by one. One table in order of use, bounded by
// the bytes of vectors, values and partitions' names. An expired entry leaves when a search meets it.
#include <sluice/memory_stores.hpp>

#include <algorithm>
#include <cmath>
#include <list>
#include <map>
#include <mutex>
#include <numeric>

namespace sluice {
namespace {

/// Nothing for a vector that has no direction.
std::vector<float> direction_of(std::span<const float> vector) {
  const double square = std::inner_product(vector.begin(), vector.end(), vector.begin(), 0.0);
  if (!std::isfinite(square) || square <= 0) return {};
  const double length = std::sqrt(square);
  std::vector<float> direction(vector.size());
  std::transform(vector.begin(), vector.end(), direction.begin(),
                 [&](float each) { return static_cast<float>(each / length); });
  return direction;
}

double distance_between(std::span<const float> left, std::span<const float> right) {
  const float product = std::inner_product(left.begin(), left.end(), right.begin(), 0.0F);
  return std::clamp(1.0 - static_cast<double>(product), 0.0, 2.0);
}

}  // namespace

class MemoryVectorStore::Partitions {
 public:
  Partitions(Clock& clock, std::size_t capacity_bytes, std::size_t dimensions)
      : clock_(clock), capacity_bytes_(capacity_bytes), dimensions_(dimensions) {}

  std::optional<VectorMatch> nearest(std::string_view partition, std::span<const float> vector, double most_distance) {
    const std::vector<float> direction = direction_of(vector);
    if (direction.empty()) return std::nullopt;
    std::lock_guard lock(mutex_);
    drop_expired(partition);
    const auto found = partitions_.find(partition);
    if (found == partitions_.end()) return std::nullopt;
    Place best = by_use_.end();
    double least = most_distance;
    for (const Place entry : found->second) {
      if (entry->direction.size() != direction.size()) continue;
      const double distance = distance_between(entry->direction, direction);
      if (distance > least) continue;
      least = distance;
      best = entry;
    }
    if (best == by_use_.end()) return std::nullopt;
    by_use_.splice(by_use_.begin(), by_use_, best);
    return VectorMatch{best->value, least};
  }

  void put(std::string_view partition, std::span<const float> vector, std::string_view value,
           std::chrono::milliseconds lifetime) {
    std::vector<float> direction = vector.size() <= dimensions_ ? direction_of(vector) : std::vector<float>();
    if (direction.empty() || lifetime.count() <= 0) return;
    std::lock_guard lock(mutex_);
    drop_same(partition, direction);
    Entry entry{std::string(partition), std::move(direction), std::string(value),
                clock_.steady_now() + std::min<std::chrono::milliseconds>(lifetime, max_lifetime)};
    if (size_of(entry) > capacity_bytes_) return;
    bytes_ += size_of(entry);
    while (bytes_ > capacity_bytes_ && !by_use_.empty()) drop(std::prev(by_use_.end()));
    by_use_.push_front(std::move(entry));
    partitions_[by_use_.front().partition].push_back(by_use_.begin());
  }

 private:
  struct Entry {
    std::string partition;
    std::vector<float> direction;
    std::string value;
    SteadyTime expires;
  };
  using Place = std::list<Entry>::iterator;

  /// What the tables themselves take for an entry, about.
  static constexpr std::size_t overhead_bytes = 192;
  static constexpr std::chrono::hours max_lifetime{24 * 365 * 100};

  static std::size_t size_of(const Entry& entry) {
    return entry.partition.size() + entry.direction.size() * sizeof(float) + entry.value.size() + overhead_bytes;
  }

  template <class Leaves>
  void drop_if(std::string_view partition, Leaves leaves) {
    const auto found = partitions_.find(partition);
    if (found == partitions_.end()) return;
    std::erase_if(found->second, [&](Place entry) {
      if (!leaves(entry)) return false;
      bytes_ -= size_of(*entry);
      by_use_.erase(entry);
      return true;
    });
    if (found->second.empty()) partitions_.erase(found);
  }
  void drop_expired(std::string_view partition) {
    const SteadyTime now = clock_.steady_now();
    drop_if(partition, [&](Place entry) { return entry->expires <= now; });
  }
  void drop_same(std::string_view partition, const std::vector<float>& direction) {
    drop_if(partition, [&](Place entry) { return entry->direction == direction; });
  }

  void drop(Place entry) {
    bytes_ -= size_of(*entry);
    const auto found = partitions_.find(entry->partition);
    std::erase(found->second, entry);
    if (found->second.empty()) partitions_.erase(found);
    by_use_.erase(entry);
  }

  Clock& clock_;
  const std::size_t capacity_bytes_, dimensions_;
  std::mutex mutex_;
  std::size_t bytes_ = 0;
  std::list<Entry> by_use_;  ///< Used last first.
  std::map<std::string, std::vector<Place>, std::less<>> partitions_;
};

MemoryVectorStore::MemoryVectorStore(Clock& clock, std::size_t capacity_bytes, std::size_t dimensions)
    : partitions_(std::make_unique<Partitions>(clock, capacity_bytes, dimensions)) {}
MemoryVectorStore::~MemoryVectorStore() = default;

Task<Result<std::optional<VectorMatch>>> MemoryVectorStore::nearest(std::string_view partition,
                                                                    std::span<const float> vector,
                                                                    double most_distance) {
  return Result<std::optional<VectorMatch>>(partitions_->nearest(partition, vector, most_distance));
}

Task<Result<void>> MemoryVectorStore::put(std::string_view partition, std::span<const float> vector,
                                          std::string_view value, std::chrono::milliseconds lifetime) {
  partitions_->put(partition, vector, value, lifetime);
  return Result<void>();
}

}  // namespace sluice
