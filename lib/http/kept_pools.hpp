// SPDX-License-Identifier: Apache-2.0
// Pools stay when their connections have gone, with what they have counted, until there are many: policies may compute
// hosts, proxies, and certificates that are shown. Then those that are idle go, connections and all.
#pragma once

#include <cstddef>

namespace sluice::http {

/// Of one worker and version of HTTP, before unused ones are forgotten.
constexpr std::size_t kept_pools = 256;

/// The one to forget before one more is made, of a map to pointers: the least recently used of those that
/// `is_unused(pool)` holds for; its end: there is room, or all are in use, which are as many as there are requests at
/// most.
template <class Pools, class IsUnused>
typename Pools::iterator pool_to_forget(Pools& pools, IsUnused is_unused) {
  auto oldest = pools.end();
  if (pools.size() < kept_pools) return oldest;
  for (auto one = pools.begin(); one != pools.end(); ++one) {
    if (!is_unused(*one->second)) continue;
    if (oldest == pools.end() || one->second->last_use < oldest->second->last_use) oldest = one;
  }
  return oldest;
}

}  // namespace sluice::http
