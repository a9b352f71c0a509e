// SPDX-License-Identifier: Apache-2.0
// MemoryCounterStore: keys spread over shards by their hash, each shard with a short lock and a list in order of use.
// The clock is read under the lock, so that a shard never sees time go back.
#include <sluice/memory_stores.hpp>

#include "base/fixed_window.hpp"
#include "base/short_lock.hpp"
#include "base/sliding_window.hpp"
#include "base/text_hash.hpp"
#include "base/token_bucket.hpp"

#include <list>
#include <mutex>
#include <unordered_map>
#include <variant>
#include <vector>

namespace sluice {
namespace {

constexpr std::size_t max_shards = 64;
/// Shards are chosen by other bits than places within them.
constexpr std::size_t shard_divisor = std::size_t{1} << 40;
/// Fewer keys than this in a shard would make the bound on keys uneven.
constexpr std::size_t least_keys_per_shard = 1024;

using Window = std::variant<SlidingWindow, TokenBucket, FixedWindow>;

template <class Kind>
Kind& window_as(Window& window) {
  // A key whose kind of window has changed (another setting after a reload) starts anew.
  if (auto* held = std::get_if<Kind>(&window)) return *held;
  return window.emplace<Kind>();
}

/// A key with its hash, which chooses the shard and the place within.
struct HashedKey {
  std::string_view text;
  std::size_t hash;
  bool operator==(const HashedKey& other) const { return text == other.text; }
};
struct KnownHash {
  std::size_t operator()(const HashedKey& key) const { return key.hash; }
};

class Shard {
 public:
  CounterState apply(const HashedKey& key, CounterChange change, const CounterRule& rule, std::int64_t amount,
                     Clock& clock, std::size_t capacity) {
    std::lock_guard lock(mutex_);
    Window& window = window_of(key, capacity);
    switch (rule.kind) {
      case WindowKind::sliding: return window_as<SlidingWindow>(window).apply(change, rule, amount, steady(clock));
      case WindowKind::token_bucket: return window_as<TokenBucket>(window).apply(change, rule, amount, steady(clock));
      case WindowKind::fixed: return window_as<FixedWindow>(window).apply(change, rule, amount, clock.now());
    }
    return {};
  }

 private:
  struct Counter {
    std::string key;
    std::size_t hash;
    Window window;
  };

  static std::chrono::microseconds steady(Clock& clock) { return clock.steady_now().time_since_epoch(); }

  Window& window_of(const HashedKey& key, std::size_t capacity) {
    if (const auto found = index_.find(key); found != index_.end()) {
      by_use_.splice(by_use_.begin(), by_use_, found->second);
      return found->second->window;
    }
    if (by_use_.size() >= capacity) {
      const Counter& last = by_use_.back();
      index_.erase(HashedKey{last.key, last.hash});
      by_use_.pop_back();
    }
    by_use_.push_front({std::string(key.text), key.hash, {}});
    index_.emplace(HashedKey{by_use_.front().key, key.hash}, by_use_.begin());
    return by_use_.front().window;
  }

  ShortLock mutex_;
  std::list<Counter> by_use_;  ///< Used last first.
  std::unordered_map<HashedKey, std::list<Counter>::iterator, KnownHash> index_;
};

}  // namespace

class MemoryCounterStore::Shards {
 public:
  Shards(Clock& clock, std::size_t keys)
      : clock_(clock),
        shards_(std::clamp<std::size_t>(keys / least_keys_per_shard, 1, max_shards)),
        keys_per_shard_(std::max<std::size_t>(keys / shards_.size(), 1)) {}

  Task<Result<CounterState>> apply(std::string_view key, CounterChange change, const CounterRule& rule,
                                   std::int64_t amount) {
    const HashedKey hashed{key, TextHash()(key)};
    Shard& shard = shards_[hashed.hash / shard_divisor % shards_.size()];
    return Result<CounterState>(shard.apply(hashed, change, rule, amount, clock_, keys_per_shard_));
  }

 private:
  Clock& clock_;
  std::vector<Shard> shards_;
  std::size_t keys_per_shard_;
};

MemoryCounterStore::MemoryCounterStore(Clock& clock, std::size_t keys)
    : shards_(std::make_unique<Shards>(clock, keys)) {}
MemoryCounterStore::~MemoryCounterStore() = default;

Task<Result<CounterState>> MemoryCounterStore::reserve(std::string_view key, const CounterRule& rule,
                                                       std::int64_t amount) {
  return shards_->apply(key, CounterChange::reserve, rule, amount);
}

Task<Result<CounterState>> MemoryCounterStore::settle(std::string_view key, const CounterRule& rule,
                                                      std::int64_t amount) {
  return shards_->apply(key, CounterChange::settle, rule, amount);
}

Task<Result<CounterState>> MemoryCounterStore::peek(std::string_view key, const CounterRule& rule) {
  return shards_->apply(key, CounterChange::peek, rule, 0);
}

}  // namespace sluice
