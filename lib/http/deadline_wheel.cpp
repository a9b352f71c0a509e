// SPDX-License-Identifier: Apache-2.0
// A slot's list is circular through its head. An entry is due when the tick that begins at or after its deadline has
// come, so that nothing ever fires early.
#include "http/deadline_wheel.hpp"

namespace sluice::http {
namespace {

std::int64_t tick_of(SteadyTime time) { return time.time_since_epoch().count() / DeadlineWheel::tick.count(); }

}  // namespace

void DeadlineWheel::Entry::unlink() {
  if (next_ == nullptr) return;
  previous_->next_ = next_;
  next_->previous_ = previous_;
  next_ = previous_ = nullptr;
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

void DeadlineWheel::place(Entry& entry) {
  entry.unlink();
  entry.wheel_ = this;
  entry.list_tick_ = entry.due_tick_;
  insert(lists_[static_cast<std::size_t>(entry.due_tick_) % slots], entry);
}

/// The time of a list has come: its entries are due, wait for later, or do not wait any more.
void DeadlineWheel::pass(List& list, std::int64_t now) {
  for (Entry* entry = list.next_; entry != &list;) {
    Entry* const next = entry->next_;
    if (entry->due_tick_ == Entry::none) {
      entry->unlink();
    } else if (entry->due_tick_ <= now) {
      entry->unlink();
      insert(due_, *entry);
    } else if (entry->list_tick_ <= now) {
      place(*entry);
    }
    entry = next;
  }
}

void DeadlineWheel::advance(SteadyTime now) {
  const std::int64_t target = tick_of(now);
  if (target <= current_tick_) return;
  const std::int64_t turns = std::min<std::int64_t>(target - current_tick_, slots);
  for (std::int64_t i = 0; i < turns; ++i) pass(lists_[static_cast<std::size_t>(target - i) % slots], target);
  current_tick_ = target;
  while (due_.next_ != &due_) {
    Entry& entry = *due_.next_;
    entry.unlink();
    if (entry.due_tick_ == Entry::none) continue;  // removed by one that fired before it
    if (entry.due_tick_ > target) {                // or moved by it
      place(entry);
      continue;
    }
    entry.end();
    entry.expired_(entry);
  }
}

}  // namespace sluice::http
