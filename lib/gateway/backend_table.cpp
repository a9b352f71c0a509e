// SPDX-License-Identifier: Apache-2.0
#include "gateway/backend_table.hpp"

#include "base/backend_url.hpp"
#include "base/entity_lookup.hpp"
#include "base/proxy_url.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace sluice {
namespace {

/// Whether `path` is `prefix` or goes on behind it with a slash.
bool lies_below(std::string_view path, std::string_view prefix) {
  while (!prefix.empty() && prefix.back() == '/') prefix.remove_suffix(1);
  return path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
}

bool same_members(const std::vector<PoolSlot>& left, const std::vector<PoolSlot>& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](const PoolSlot& a, const PoolSlot& b) {
    return a.id == b.id && a.priority == b.priority && a.weight == b.weight;
  });
}

template <class Map>
void erase_others(Map& map, const std::vector<Backend>& backends) {
  std::erase_if(map, [&](const auto& entry) {
    return std::none_of(backends.begin(), backends.end(),
                        [&](const Backend& backend) { return to_lower(entity_key(backend)) == entry.first; });
  });
}

/// Nothing when its URL is none (the rules of the model report it).
std::optional<ForwardProxy> proxy_of(const BackendProxy& entity, Arena& memory) {
  const auto parsed = parse_proxy_url(entity.url, memory);
  if (!parsed) return std::nullopt;
  ForwardProxy proxy = *parsed;
  if (!entity.username.empty()) proxy.authorization = basic_authorization(entity.username, entity.password, memory);
  return proxy;
}

}  // namespace

std::shared_ptr<CircuitBreaker> BackendStates::breaker(const std::string& id) {
  std::lock_guard lock(mutex_);
  auto& state = breakers_[to_lower(id)];
  if (!state) state = std::make_shared<CircuitBreaker>();
  return state;
}

std::shared_ptr<BackendMeter> BackendStates::meter(const std::string& id) {
  if (!ai_.spill_throttled) return nullptr;
  std::lock_guard lock(mutex_);
  auto& state = meters_[to_lower(id)];
  if (state) return state;
  const auto known = std::find_if(ai_.capacities.begin(), ai_.capacities.end(),
                                  [&](const auto& each) { return equal_ignoring_case(each.first, id); });
  state = std::make_shared<BackendMeter>(known != ai_.capacities.end() ? known->second : BackendCapacity{});
  return state;
}

std::shared_ptr<PoolSelection> BackendStates::pool(const std::string& id, std::vector<PoolSlot> members) {
  std::lock_guard lock(mutex_);
  auto& state = pools_[to_lower(id)];
  if (!state || !same_members(state->members(), members)) {
    state = std::make_shared<PoolSelection>(std::move(members), state.get());
  }
  return state;
}

std::shared_ptr<FabricCluster> BackendStates::cluster(const std::string& id,
                                                      const std::vector<std::string>& endpoints) {
  std::lock_guard lock(mutex_);
  auto& state = clusters_[to_lower(id)];
  if (!state || state->endpoints() != endpoints) state = std::make_shared<FabricCluster>(endpoints, fabric_);
  return state;
}

void BackendStates::keep_only(const std::vector<Backend>& backends) {
  std::lock_guard lock(mutex_);
  erase_others(breakers_, backends);
  erase_others(pools_, backends);
  erase_others(clusters_, backends);
  erase_others(meters_, backends);
}

BackendTable::BackendTable(const std::vector<Backend>& backends, BackendStates& states, std::vector<BackendTlsPair> tls)
    : entries_(backends.size()) {
  for (std::size_t i = 0; i < backends.size(); ++i) {
    const Backend& backend = backends[i];
    BackendEntry& entry = entries_[i];
    entry.entity = &backend;
    entry.key = entity_key(backend);
    by_key_.emplace(to_lower(entry.key), &entry);
    if (backend.is_pool()) continue;
    if (i < tls.size()) {
      entry.tls = std::move(tls[i].own);
      entry.cluster_tls = std::move(tls[i].cluster);
    }
    if (backend.proxy) entry.proxy = proxy_of(*backend.proxy, memory_);
    if (backend.circuit_breaker) entry.breaker = states.breaker(entry.key);
    if (backend.cluster) {
      entry.cluster = states.cluster(entry.key, backend.cluster->management_endpoints);
      continue;
    }
    if (const auto url = parse_backend_url(backend.url, memory_)) {
      entry.url = *url;
      by_origin_[std::string(origin_of(*url, memory_))].push_back(&entry);
    }
  }
  for (BackendEntry& entry : entries_) {
    if (!entry.entity->is_pool()) continue;
    std::vector<PoolSlot> slots;
    std::vector<std::string> ids;
    for (const PoolMember& member : entry.entity->pool) {
      BackendEntry* single = entry_of(entity_key(entry.entity->workspace_id, member.backend_id));
      if (single == nullptr || single->entity->is_pool()) continue;
      if (!single->meter) single->meter = states.meter(single->key);
      entry.members.push_back(single);
      slots.push_back({single->entity->id, member.priority, member.weight});
      ids.push_back(single->entity->id);
    }
    if (!entry.entity->affinity_cookie.empty()) entry.affinity.emplace(entry.key, entry.entity->affinity_cookie, ids);
    entry.selection = states.pool(entry.key, std::move(slots));
  }
  for (auto& [origin, entries] : by_origin_) {
    std::stable_sort(entries.begin(), entries.end(), [](const BackendEntry* left, const BackendEntry* right) {
      return left->url.path.size() > right->url.path.size();
    });
  }
}

const BackendEntry* BackendTable::find(std::string_view key) const { return entry_of(key); }

BackendEntry* BackendTable::entry_of(std::string_view key) const {
  if (const auto exact = by_key_.find(key); exact != by_key_.end()) return exact->second;
  const auto found = by_key_.find(to_lower(key));
  return found != by_key_.end() ? found->second : nullptr;
}

const BackendEntry* BackendTable::find_by_url(const Url& url, std::string_view workspace_id, Arena& arena) const {
  if (by_origin_.empty()) return nullptr;
  const auto found = by_origin_.find(origin_of(url, arena));
  if (found == by_origin_.end()) return nullptr;
  for (const BackendEntry* entry : found->second) {
    if (lies_below(url.path, entry->url.path) && equal_ignoring_case(entry->entity->workspace_id, workspace_id))
      return entry;
  }
  return nullptr;
}

}  // namespace sluice
