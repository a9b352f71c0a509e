// SPDX-License-Identifier: Apache-2.0
// MemoryVectorStore: directions by partition and length. One table in order of use, bounded by the bytes of vectors,
// values, partitions' names and indexes. An expired entry leaves before the next search or addition, whosever it is.
#include <sluice/memory_stores.hpp>

#include "base/vector_partition.hpp"

#include <algorithm>
#include <list>
#include <map>
#include <mutex>
#include <set>
#include <utility>

namespace sluice {

class MemoryVectorStore::Partitions {
 public:
  Partitions(Clock& clock, std::size_t capacity_bytes, std::size_t dimensions)
      : clock_(clock), capacity_bytes_(capacity_bytes), dimensions_(dimensions) {}

  std::optional<VectorMatch> nearest(std::string_view partition, std::span<const float> vector, double most_distance) {
    const std::vector<float> direction = direction_of(vector);
    if (direction.empty()) return std::nullopt;
    std::lock_guard lock(mutex_);
    drop_expired();
    const auto group = groups_.find(name_of(partition, direction.size()));
    if (group == groups_.end()) return std::nullopt;
    std::optional<VectorMatch> match;
    if (const auto found = group->second.nearest(direction, most_distance)) {
      const Place entry = by_id_.at(found->id);
      by_use_.splice(by_use_.begin(), by_use_, entry);
      match = VectorMatch{entry->value, found->distance};
    }
    tend(group);
    return match;
  }

  void put(std::string_view partition, std::span<const float> vector, std::string_view value,
           std::chrono::milliseconds lifetime) {
    std::vector<float> direction = vector.size() <= dimensions_ ? direction_of(vector) : std::vector<float>();
    if (direction.empty() || lifetime.count() <= 0) return;
    std::lock_guard lock(mutex_);
    drop_expired();
    const std::string name = name_of(partition, direction.size());
    drop_same(name, direction);
    Entry entry{next_id_++,
                {},
                std::move(direction),
                std::string(value),
                clock_.steady_now() + std::min<std::chrono::milliseconds>(lifetime, max_lifetime)};
    if (size_of(entry, name) > capacity_bytes_) return;
    entry.group = groups_.try_emplace(name, entry.direction.size()).first;
    bytes_ += size_of(entry, name);
    by_use_.push_front(std::move(entry));
    const Place place = by_use_.begin();
    by_id_.emplace(place->id, place);
    by_expiry_.emplace(place->expires, place->id);
    place->group->second.add(place->id, place->direction);
    tend(place->group);
  }

 private:
  using Groups = std::map<std::string, VectorPartition, std::less<>>;
  using Group = Groups::iterator;
  struct Entry {
    VectorPartition::Id id;
    Group group;
    std::vector<float> direction;
    std::string value;
    SteadyTime expires;
  };
  using Place = std::list<Entry>::iterator;

  /// What the tables themselves take for an entry and a partition of its own, about.
  static constexpr std::size_t overhead_bytes = 640;
  static constexpr std::chrono::hours max_lifetime{24 * 365 * 100};

  /// No two partitions and lengths have the same: what is behind the last bar is the length.
  static std::string name_of(std::string_view partition, std::size_t dimensions) {
    return std::string(partition) + '|' + std::to_string(dimensions);
  }
  static std::size_t size_of(const Entry& entry, std::string_view name) {
    return name.size() + entry.direction.size() * sizeof(float) + entry.value.size() + overhead_bytes;
  }

  void drop_expired() {
    const SteadyTime now = clock_.steady_now();
    while (!by_expiry_.empty() && by_expiry_.begin()->first <= now) drop(by_id_.at(by_expiry_.begin()->second));
  }

  void drop_same(const std::string& name, const std::vector<float>& direction) {
    const auto group = groups_.find(name);
    if (group == groups_.end()) return;
    if (const auto same = group->second.same_as(direction)) drop(by_id_.at(*same));
  }

  /// Lets the group's index go on, and makes room for what it took.
  void tend(Group group) {
    const std::size_t before = group->second.bytes();
    group->second.tend();
    bytes_ += group->second.bytes();
    bytes_ -= before;
    while (bytes_ > capacity_bytes_ && !by_use_.empty()) drop(std::prev(by_use_.end()));
  }

  void drop(Place entry) {
    bytes_ -= size_of(*entry, entry->group->first);
    by_expiry_.erase({entry->expires, entry->id});
    by_id_.erase(entry->id);
    VectorPartition& group = entry->group->second;
    group.remove(entry->id);
    if (group.size() == 0) {
      bytes_ -= group.bytes();
      groups_.erase(entry->group);
    }
    by_use_.erase(entry);
  }

  Clock& clock_;
  const std::size_t capacity_bytes_, dimensions_;
  std::mutex mutex_;
  std::size_t bytes_ = 0;
  VectorPartition::Id next_id_ = 0;
  Groups groups_;
  std::list<Entry> by_use_;  ///< Used last first.
  std::unordered_map<VectorPartition::Id, Place> by_id_;
  std::set<std::pair<SteadyTime, VectorPartition::Id>> by_expiry_;
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
