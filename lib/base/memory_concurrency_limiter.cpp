// SPDX-License-Identifier: Apache-2.0
// MemoryConcurrencyLimiter: a count per key while somebody is inside; so there are never more keys than requests.
#include <sluice/memory_stores.hpp>

#include "base/text_hash.hpp"

#include <array>
#include <cassert>
#include <mutex>
#include <string>
#include <unordered_map>

namespace sluice {
namespace {

struct SameText {
  using is_transparent = void;
  bool operator()(std::string_view left, std::string_view right) const { return left == right; }
};
struct HashText : TextHash {
  using is_transparent = void;
};

}  // namespace

class MemoryConcurrencyLimiter::Shards {
 public:
  struct Shard {
    std::mutex mutex;
    std::unordered_map<std::string, std::uint32_t, HashText, SameText> inside;
  };
  Shard& of(std::string_view key) { return shards_[TextHash()(key) % shards_.size()]; }

 private:
  std::array<Shard, 16> shards_;
};

MemoryConcurrencyLimiter::MemoryConcurrencyLimiter() : shards_(std::make_unique<Shards>()) {}
MemoryConcurrencyLimiter::~MemoryConcurrencyLimiter() = default;

bool MemoryConcurrencyLimiter::try_enter(std::string_view key, std::uint32_t limit) {
  if (limit == 0) return false;
  Shards::Shard& shard = shards_->of(key);
  std::lock_guard lock(shard.mutex);
  const auto found = shard.inside.find(key);
  if (found == shard.inside.end()) {
    shard.inside.emplace(key, 1);
    return true;
  }
  if (found->second >= limit) return false;
  ++found->second;
  return true;
}

void MemoryConcurrencyLimiter::leave(std::string_view key) {
  Shards::Shard& shard = shards_->of(key);
  std::lock_guard lock(shard.mutex);
  const auto found = shard.inside.find(key);
  assert(found != shard.inside.end() && "leave without try_enter");
  if (found != shard.inside.end() && --found->second == 0) shard.inside.erase(found);
}

}  // namespace sluice
