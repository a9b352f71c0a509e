// SPDX-License-Identifier: Apache-2.0
#include "gateway/snapshot_slots.hpp"

namespace sluice {

std::size_t SnapshotSlots::own_slot() {
  static std::atomic<std::size_t> next{0};
  thread_local const std::size_t slot = next.fetch_add(1, std::memory_order_relaxed) % count;
  return slot;
}

void SnapshotSlots::store(std::shared_ptr<const Snapshot> snapshot) {
  for (Slot& slot : slots_) {
    // A count of its own for each slot: the copy is held by the one it points through.
    auto holder = std::make_shared<std::shared_ptr<const Snapshot>>(snapshot);
    std::shared_ptr<const Snapshot> own(holder, holder->get());
    std::lock_guard lock(slot.mutex);
    slot.snapshot.swap(own);
  }
}

std::size_t SnapshotSlots::running() const {
  std::size_t sum = 0;
  for (const Slot& slot : slots_) sum += slot.running.load(std::memory_order_relaxed);
  return sum;
}

}  // namespace sluice
