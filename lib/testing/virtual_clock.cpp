// SPDX-License-Identifier: Apache-2.0
// VirtualClock: waits sorted by deadline. A wait is fulfilled by whoever takes it out of the map, outside the lock.
#include <sluice/testing/virtual_clock.hpp>

#include <algorithm>

namespace sluice::testing {

WallTime VirtualClock::now() {
  std::lock_guard lock(mutex_);
  return start_ + elapsed_.time_since_epoch();
}

SteadyTime VirtualClock::steady_now() {
  std::lock_guard lock(mutex_);
  return elapsed_;
}

Task<bool> VirtualClock::wait_until(SteadyTime deadline, Cancellation& cancellation) {
  if (cancellation.requested()) co_return false;
  Completion<bool> completion;
  {
    std::lock_guard lock(mutex_);
    if (deadline <= elapsed_) co_return true;
    waits_.emplace(deadline, &completion);
  }
  Cancellation::Registration on_cancel(cancellation, [&] {
    if (take(completion)) completion.complete(false);
  });
  co_return co_await completion;
}

Completion<bool>* VirtualClock::take_due(SteadyTime limit) {
  std::lock_guard lock(mutex_);
  const auto first = waits_.begin();
  if (first == waits_.end() || first->first > limit) return nullptr;
  elapsed_ = std::max(elapsed_, first->first);
  Completion<bool>* due = first->second;
  waits_.erase(first);
  return due;
}

bool VirtualClock::take(Completion<bool>& completion) {
  std::lock_guard lock(mutex_);
  const auto found = std::find_if(waits_.begin(), waits_.end(), [&](auto& wait) { return wait.second == &completion; });
  if (found == waits_.end()) return false;
  waits_.erase(found);
  return true;
}

void VirtualClock::advance(std::chrono::microseconds duration) {
  const SteadyTime target = steady_now() + duration;
  for (std::size_t i = 0; i < max_steps; ++i) {
    Completion<bool>* due = take_due(target);
    if (due == nullptr) break;
    due->complete(true);
  }
  std::lock_guard lock(mutex_);
  elapsed_ = std::max(elapsed_, target);
}

bool VirtualClock::step() {
  Completion<bool>* due = take_due(SteadyTime::max());
  if (due != nullptr) due->complete(true);
  return due != nullptr;
}

std::size_t VirtualClock::run_until_idle() {
  std::size_t ended = 0;
  while (ended < max_steps && step()) ++ended;
  return ended;
}

std::size_t VirtualClock::waiting() const {
  std::lock_guard lock(mutex_);
  return waits_.size();
}

std::optional<SteadyTime> VirtualClock::next_deadline() const {
  std::lock_guard lock(mutex_);
  if (waits_.empty()) return std::nullopt;
  return waits_.begin()->first;
}

}  // namespace sluice::testing
