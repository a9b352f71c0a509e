// SPDX-License-Identifier: Apache-2.0
// BackendTable: the backend entities of a snapshot, found by id and by the URL that is called. BackendStates: what
// moves - breakers, the rounds of pools, what clusters have said - kept by id beside the snapshots, so that a reload
// keeps it.
#pragma once

#include <sluice/message.hpp>
#include <sluice/model.hpp>
#include <sluice/transport.hpp>

#include "gateway/backend_meter.hpp"
#include "gateway/circuit_breaker.hpp"
#include "gateway/fabric_cluster.hpp"
#include "gateway/pool_selection.hpp"
#include "gateway/session_affinity.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sluice {

/// One backend entity, single or pool.
struct BackendEntry {
  const Backend* entity = nullptr;
  std::string key;                           ///< `entity_key`, by which it is told from those of other workspaces.
  Url url;                                   ///< Single backends that are no clusters.
  std::optional<BackendTls> tls;             ///< What calls over TLS show and trust, when the entity or the host says.
  std::optional<ForwardProxy> proxy;         ///< What calls go through, when the entity says.
  std::shared_ptr<CircuitBreaker> breaker;   ///< Single backends with a rule.
  std::shared_ptr<BackendMeter> meter;       ///< Members of pools, where throttled requests spill over.
  std::shared_ptr<PoolSelection> selection;  ///< Pools.
  std::vector<const BackendEntry*> members;
  std::shared_ptr<FabricCluster> cluster;   ///< Single backends of one.
  std::optional<BackendTls> cluster_tls;    ///< Of its management endpoints, like `tls`.
  std::optional<SessionAffinity> affinity;  ///< Pools whose members callers come back to.
};

/// How a backend, and its cluster's management, are spoken to over TLS.
struct BackendTlsPair {
  std::optional<BackendTls> own, cluster;
};

class BackendStates {
 public:
  explicit BackendStates(const ServiceFabricLimits& fabric = {}, const AiSettings& ai = {})
      : fabric_(fabric), ai_(ai) {}
  /// By `entity_key`.
  std::shared_ptr<CircuitBreaker> breaker(const std::string& id);
  /// Null where throttled requests do not spill over.
  std::shared_ptr<BackendMeter> meter(const std::string& id);
  std::shared_ptr<PoolSelection> pool(const std::string& id, std::vector<PoolSlot> members);
  /// What is known of a cluster is worth nothing once other endpoints stand for it.
  std::shared_ptr<FabricCluster> cluster(const std::string& id, const std::vector<std::string>& endpoints);
  /// Drops the state of ids that the model does not have any more.
  void keep_only(const std::vector<Backend>& backends);

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<CircuitBreaker>> breakers_;
  std::map<std::string, std::shared_ptr<PoolSelection>> pools_;
  std::map<std::string, std::shared_ptr<FabricCluster>> clusters_;
  std::map<std::string, std::shared_ptr<BackendMeter>> meters_;
  const ServiceFabricLimits fabric_;
  const AiSettings ai_;
};

class BackendTable {
 public:
  /// `backends` must outlive the table. Members that do not exist, or are pools themselves, are left out (the rules of
  /// the model report them). `tls`: for each backend; or nothing at all.
  BackendTable(const std::vector<Backend>& backends, BackendStates& states, std::vector<BackendTlsPair> tls = {});
  BackendTable(const BackendTable&) = delete;
  BackendTable& operator=(const BackendTable&) = delete;

  /// By `entity_key`, compared without case; null when there is none.
  const BackendEntry* find(std::string_view key) const;
  /// The workspace's single backend whose URL is the longest prefix of `url`, on segment boundaries; null when there is
  /// none.
  const BackendEntry* find_by_url(const Url& url, std::string_view workspace_id, Arena& arena) const;
  bool has_urls() const { return !by_origin_.empty(); }

 private:
  struct TextHasher {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  template <class T>
  using ByText = std::unordered_map<std::string, T, TextHasher, std::equal_to<>>;

  BackendEntry* entry_of(std::string_view key) const;

  Arena memory_;
  std::vector<BackendEntry> entries_;
  ByText<BackendEntry*> by_key_;                        ///< Keys in lower case.
  ByText<std::vector<const BackendEntry*>> by_origin_;  ///< Longest path first.
};

}  // namespace sluice
