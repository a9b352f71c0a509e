// SPDX-License-Identifier: Apache-2.0
#include "http/name_cache.hpp"

#include <algorithm>

namespace sluice::http {

NameCache::Name* NameCache::entry(std::string_view name) {
  const auto found = index_.find(name);
  if (found == index_.end()) return nullptr;
  names_.splice(names_.begin(), names_, found->second);
  return &names_.front();
}

NameCache::Found NameCache::find(std::string_view name, SteadyTime now) {
  Name* const known = entry(name);
  if (known == nullptr) return {};
  if (known->addresses.empty()) return {now < known->fresh_until ? State::unknown : State::missing, {}};
  if (now >= known->old_until) return {};
  const State state = now < known->fresh_until ? State::fresh : now < known->aging_until ? State::aging : State::old;
  return {state, in_order(*known, now)};
}

/// The system's order says which family works best: the families alternate (RFC 8305 section 4), within each the
/// first changes, and what failed lately is last.
std::vector<Address> NameCache::in_order(Name& name, SteadyTime now) {
  const bool first_is_v6 = name.addresses.front().address.is_v6();
  std::vector<Known> families[2];
  for (const Known& one : name.addresses) families[one.address.is_v6() == first_is_v6 ? 0 : 1].push_back(one);
  for (auto& family : families) {
    if (family.empty()) continue;
    const auto first = static_cast<std::ptrdiff_t>(name.turn % family.size());
    std::rotate(family.begin(), family.begin() + first, family.end());
  }
  ++name.turn;
  std::vector<Known> order;
  for (std::size_t i = 0; i < std::max(families[0].size(), families[1].size()); ++i) {
    for (const auto& family : families) {
      if (i < family.size()) order.push_back(family[i]);
    }
  }
  std::stable_partition(order.begin(), order.end(), [&](const Known& one) { return one.avoid_until <= now; });
  std::vector<Address> addresses;
  for (const Known& one : order) addresses.push_back(one.address);
  return addresses;
}

void NameCache::learned(std::string_view name, const std::vector<Address>& addresses, SteadyTime now) {
  Name* known = entry(name);
  if (known == nullptr) {
    if (names_.size() >= most_ && !names_.empty()) {
      index_.erase(names_.back().name);
      names_.pop_back();
    }
    names_.push_front(Name{std::string(name), {}});
    known = &names_.front();
    index_.emplace(known->name, names_.begin());
  }
  if (addresses.empty()) {
    known->fresh_until = now + unknown_time;
    if (now >= known->old_until) known->addresses.clear();
    return;
  }
  std::vector<Known> fresh;
  for (const Address& address : addresses) {
    if (fresh.size() == most_addresses) break;
    const auto before = std::find_if(known->addresses.begin(), known->addresses.end(),
                                     [&](const Known& one) { return one.address == address; });
    fresh.push_back(before != known->addresses.end() ? *before : Known{address});
  }
  known->addresses = std::move(fresh);
  known->fresh_until = now + keep_;
  known->aging_until = now + 2 * keep_;
  known->old_until = now + std::max<std::chrono::microseconds>(2 * keep_, longest_use);
}

void NameCache::tried(std::string_view name, const Address& address, bool worked, SteadyTime now) {
  const auto found = index_.find(name);
  if (found == index_.end()) return;
  for (Known& one : found->second->addresses) {
    if (one.address == address) one.avoid_until = worked ? SteadyTime{} : now + avoid_time;
  }
}

}  // namespace sluice::http
