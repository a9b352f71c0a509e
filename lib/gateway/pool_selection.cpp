// SPDX-License-Identifier: Apache-2.0
#include "gateway/pool_selection.hpp"

#include <algorithm>

namespace sluice {

PoolSelection::PoolSelection(std::vector<PoolSlot> members, const PoolSelection* before)
    : members_(std::move(members)), balance_(members_.size(), 0) {
  if (before == nullptr) return;
  std::lock_guard lock(before->mutex_);
  for (std::size_t i = 0; i < members_.size(); ++i) {
    for (std::size_t j = 0; j < before->members_.size(); ++j) {
      if (before->members_[j].id == members_[i].id) balance_[i] = before->balance_[j];
    }
  }
}

std::size_t PoolSelection::choose(std::span<const Usable> usable) {
  std::lock_guard lock(mutex_);
  const std::size_t fresh = choose_within(usable, Usable::yes);
  return fresh != none ? fresh : choose_within(usable, Usable::when_no_other);
}

std::size_t PoolSelection::choose_within(std::span<const Usable> usable, Usable wanted) {
  std::uint32_t priority = UINT32_MAX;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (usable[i] == wanted) priority = std::min(priority, members_[i].priority);
  }
  const auto takes_part = [&](std::size_t i) { return usable[i] == wanted && members_[i].priority == priority; };
  std::int64_t total = 0;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (takes_part(i)) total += members_[i].weight;
  }
  // Weights of 0 take part only where all have it.
  const bool is_even = total == 0;
  std::size_t best = none;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const std::int64_t weight = is_even ? 1 : members_[i].weight;
    if (!takes_part(i) || weight == 0) continue;
    if (is_even) ++total;
    balance_[i] += weight;
    if (best == none || balance_[i] > balance_[best]) best = i;
  }
  if (best != none) balance_[best] -= total;
  return best;
}

}  // namespace sluice
