// SPDX-License-Identifier: Apache-2.0
// MemoryCacheStore: one table in order of use, bounded by the bytes of its keys and values. An expired entry leaves
// when it is asked for, or as the one used longest ago.
#include <sluice/memory_stores.hpp>

#include "base/text_hash.hpp"

#include <list>
#include <mutex>
#include <unordered_map>

namespace sluice {

class MemoryCacheStore::Entries {
 public:
  Entries(Clock& clock, std::size_t capacity_bytes) : clock_(clock), capacity_bytes_(capacity_bytes) {}

  std::optional<std::string> get(std::string_view key) {
    std::lock_guard lock(mutex_);
    const auto found = index_.find(key);
    if (found == index_.end()) return std::nullopt;
    if (found->second->expires <= clock_.steady_now()) {
      drop(found->second);
      return std::nullopt;
    }
    by_use_.splice(by_use_.begin(), by_use_, found->second);
    return found->second->value;
  }

  void put(std::string_view key, std::string_view value, std::chrono::milliseconds lifetime) {
    std::lock_guard lock(mutex_);
    remove_locked(key);
    if (lifetime.count() <= 0 || size_of(key, value) > capacity_bytes_) return;
    bytes_ += size_of(key, value);
    while (bytes_ > capacity_bytes_) drop(std::prev(by_use_.end()));
    const auto bounded = std::min<std::chrono::milliseconds>(lifetime, max_lifetime);
    by_use_.push_front({std::string(key), std::string(value), clock_.steady_now() + bounded});
    index_.emplace(by_use_.front().key, by_use_.begin());
  }

  void remove(std::string_view key) {
    std::lock_guard lock(mutex_);
    remove_locked(key);
  }

 private:
  struct Entry {
    std::string key, value;
    SteadyTime expires;
  };
  using Place = std::list<Entry>::iterator;

  /// What the tables themselves take for an entry, about.
  static constexpr std::size_t overhead_bytes = 128;
  static constexpr std::chrono::hours max_lifetime{24 * 365 * 100};

  static std::size_t size_of(std::string_view key, std::string_view value) {
    return key.size() + value.size() + overhead_bytes;
  }

  void remove_locked(std::string_view key) {
    if (const auto found = index_.find(key); found != index_.end()) drop(found->second);
  }

  void drop(Place entry) {
    bytes_ -= size_of(entry->key, entry->value);
    index_.erase(entry->key);
    by_use_.erase(entry);
  }

  Clock& clock_;
  const std::size_t capacity_bytes_;
  std::mutex mutex_;
  std::size_t bytes_ = 0;
  std::list<Entry> by_use_;  ///< Used last first.
  std::unordered_map<std::string_view, Place, TextHash> index_;
};

MemoryCacheStore::MemoryCacheStore(Clock& clock, std::size_t capacity_bytes)
    : entries_(std::make_unique<Entries>(clock, capacity_bytes)) {}
MemoryCacheStore::~MemoryCacheStore() = default;

Task<Result<std::optional<std::string>>> MemoryCacheStore::get(std::string_view key) {
  return Result<std::optional<std::string>>(entries_->get(key));
}

Task<Result<void>> MemoryCacheStore::put(std::string_view key, std::string_view value,
                                         std::chrono::milliseconds lifetime) {
  entries_->put(key, value, lifetime);
  return Result<void>();
}

Task<Result<void>> MemoryCacheStore::remove(std::string_view key) {
  entries_->remove(key);
  return Result<void>();
}

}  // namespace sluice
