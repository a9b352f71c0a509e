// SPDX-License-Identifier: Apache-2.0
// A slot's list is circular through its head. An entry is due when the tick that begins at or after its deadline has
// come, so that nothing ever fires early.
#include "http/deadline_wheel.hpp"

#include <algorithm>

namespace sluice::http {
namespace {

std::int64_t tick_of(SteadyTime time) { return time.time_since_epoch().count() / DeadlineWheel::tick.count(); }
std::int64_t tick_after(SteadyTime time) {
  return (time.time_since_epoch().count() + DeadlineWheel::tick.count() - 1) / DeadlineWheel::tick.count();
}

}  // namespace

void DeadlineWheel::Entry::unlink() {
  if (next_ == nullptr) return;
  previous_->next_ = next_;
  next_->previous_ = previous_;
  next_ = previous_ = nullptr;
  if (wheel_ != nullptr) --wheel_->count_;
}

DeadlineWheel::DeadlineWheel() {
  for (List& list : lists_) list.next_ = list.previous_ = &list;
  due_.next_ = due_.previous_ = &due_;
}

void DeadlineWheel::insert(Entry& list, Entry& entry) {
  entry.next_ = &list;
  entry.previous_ = list.previous_;
  list.previous_->next_ = &entry;
  list.previous_ = &entry;
}

void DeadlineWheel::add(Entry& entry, SteadyTime deadline) {
  entry.unlink();
  entry.wheel_ = this;
  entry.due_tick_ = std::max(tick_after(deadline), current_tick_ + 1);
  insert(lists_[static_cast<std::size_t>(entry.due_tick_) % slots], entry);
  ++count_;
}

void DeadlineWheel::advance(SteadyTime now) {
  const std::int64_t target = tick_of(now);
  if (target <= current_tick_) return;
  const std::int64_t turns = std::min<std::int64_t>(target - current_tick_, slots);
  for (std::int64_t i = 0; i < turns; ++i) {
    List& list = lists_[static_cast<std::size_t>(target - i) % slots];
    for (Entry* entry = list.next_; entry != &list;) {
      Entry* const next = entry->next_;
      if (entry->due_tick_ <= target) {
        entry->unlink();
        ++count_;
        insert(due_, *entry);
      }
      entry = next;
    }
  }
  current_tick_ = target;
  while (due_.next_ != &due_) {
    Entry& entry = *due_.next_;
    entry.unlink();
    entry.expired_(entry);
  }
}

}  // namespace sluice::http
