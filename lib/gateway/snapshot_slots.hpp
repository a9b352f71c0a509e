// SPDX-License-Identifier: Apache-2.0
// SnapshotSlots: the current snapshot, in as many copies as it takes that threads do not meet over it. Each slot has
// its own reference count and its own count of running requests; a thread keeps to one slot.
#pragma once

#include "base/short_lock.hpp"
#include "gateway/snapshot.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>

namespace sluice {

class SnapshotSlots {
 public:
  static constexpr std::size_t count = 16;

  /// The slot of the calling thread.
  static std::size_t own_slot();

  std::shared_ptr<const Snapshot> load(std::size_t slot) const {
    std::lock_guard lock(slots_[slot].mutex);
    return slots_[slot].snapshot;
  }
  void store(std::shared_ptr<const Snapshot> snapshot);

  void begin(std::size_t slot) { slots_[slot].running.fetch_add(1, std::memory_order_relaxed); }
  void end(std::size_t slot) { slots_[slot].running.fetch_sub(1, std::memory_order_relaxed); }
  std::size_t running() const;

 private:
  struct alignas(64) Slot {
    mutable ShortLock mutex;
    std::shared_ptr<const Snapshot> snapshot;
    std::atomic<std::size_t> running{0};
  };
  std::array<Slot, count> slots_;
};

}  // namespace sluice
