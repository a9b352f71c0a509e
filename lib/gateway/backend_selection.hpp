// SPDX-License-Identifier: Apache-2.0
// BackendSelection: the gateway's Backends: from a target to a member, from a request to an exchange, from an
// exchange to what breakers and pools learn of it. One per snapshot; any thread.
//
//   target ─▶ entity by id or URL ─▶ pool: member by priority, weight, breaker ─▶ request: URL, fields, credentials
//          ─▶ origins ─▶ transport ─▶ redirects ─▶ report to breaker, note a failing member ─▶ context.response
//
// A backend of a Service Fabric cluster has no URL: the cluster says where it is, and may be asked again after an
// attempt.
#pragma once

#include <sluice/context.hpp>
#include <sluice/services.hpp>
#include <sluice/transport.hpp>

#include "base/fabric_choice.hpp"
#include "base/forwarding_state.hpp"
#include "gateway/backend_table.hpp"
#include "gateway/certificate_store.hpp"
#include "gateway/graphql_api.hpp"
#include "gateway/origin_map.hpp"

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace sluice {

class BackendSelection final : public Backends {
 public:
  /// Redirects followed for one exchange (S3).
  static constexpr unsigned max_redirects = 5;

  BackendSelection(const BackendTable& table, const OriginMap& origins, CertificateStore& certificates,
                   const std::vector<Certificate>& entities, const GraphqlApis& graphql)
      : table_(table), origins_(origins), certificates_(certificates), entities_(entities), graphql_(graphql) {}

  bool contains(std::string_view backend_id) const override { return table_.find(backend_id) != nullptr; }
  Result<BackendRoom> room(RequestContext& context, std::string_view backend_id) const override;
  Result<std::shared_ptr<const BackendTls>> identity(const ClientIdentity& wanted) override;
  Task<Outcome> forward(RequestContext& context, const ForwardOptions& options, Cancellation& cancellation) override;
  Task<Result<Response>> call(RequestContext& context, OutgoingRequest& request, std::string_view backend_id,
                              Cancellation& cancellation) override;

 private:
  /// Where an exchange goes. Without an entity only the URL counts; with a pool alone its member is still to be chosen.
  struct Destination {
    const BackendEntry* entry = nullptr;  ///< Single.
    Url base;
    const SessionAffinity* affinity =
        nullptr;  ///< Of the pool that `entry` is number `member` of: to be told the caller.
    std::size_t member = 0;
    const BackendEntry* pool = nullptr;  ///< That `entry` is a member of.
  };

  /// The API that answers by itself, by means of resolvers; null for all others.
  const GraphqlApi* graphql_of(RequestContext& context) const;
  Result<Destination> choose(RequestContext& context, const BackendEntry& entry, bool is_forward) const;
  Result<Destination> choose_member(RequestContext& context, const BackendEntry& pool, bool is_forward) const;
  /// Which members of a pool can be chosen now, and why the others cannot.
  struct Members {
    std::span<const Usable> usable;
    std::chrono::microseconds soonest = std::chrono::microseconds::max();  ///< Until one of them can be.
    bool any_throttled = false;
    bool has_fresh = false;  ///< One that this request has not met failing.
  };
  static Members members_of(RequestContext& context, const BackendEntry& pool, bool is_forward);
  static Result<Destination> choose_among(RequestContext& context, const BackendEntry& pool, const Members& members,
                                          bool is_forward);
  Result<Destination> destination_of(RequestContext& context) const;
  /// The end of a request that no backend takes.
  static Outcome refused(RequestContext& context, Error error);
  /// Where the service of a cluster is.
  struct FabricRoute {
    std::shared_ptr<const FabricPartition> partition;
    std::string_view address;  ///< Of those of `partition`; it and what follows live in the request's arena.
    Url base;
  };

  /// Makes room for what an attempt brings. Null when there have been too many.
  static ForwardingState* begin_attempt(RequestContext& context);
  /// Whether another attempt of the same request is possible (U4).
  static bool can_send_again(RequestContext& context, const BackendEntry& entry, const Cancellation& cancellation);
  /// The request's body, so that it can be read and sent again.
  static Task<Result<void>> keep_body(RequestContext& context);
  Task<Outcome> attempt(RequestContext& context, ForwardOptions options, Destination to, Cancellation& cancellation);
  /// Waits for the first bytes of a stream of events. False when it breaks before, which its member is blamed for.
  Task<bool> begins(RequestContext& context, const BackendEntry& entry) const;
  Task<bool> stream_begins(RequestContext& context, const BackendEntry& entry) const;
  /// Attempts, and goes on to other members while they throttle.
  Task<Outcome> forward_within_pool(RequestContext& context, ForwardOptions options, const BackendEntry& pool,
                                    Cancellation& cancellation);
  Task<Outcome> forward_now(RequestContext& context, const ForwardOptions& options, Cancellation& cancellation);
  /// When those who want to be asked before let it.
  Task<Outcome> forward_again(RequestContext& context, const ForwardingState& state, const ForwardOptions& options,
                              Cancellation& cancellation);
  Task<Outcome> forward_to(RequestContext& context, const ForwardOptions& options, const Destination& to,
                           Cancellation& cancellation);
  /// Attempts, and looks in between whether the service has moved.
  Task<Outcome> forward_to_cluster(RequestContext& context, ForwardOptions options, Destination to,
                                   Cancellation& cancellation);
  /// What policies have said of where in this cluster the request goes.
  FabricChoice choice_in(RequestContext& context, const BackendEntry& entry) const;
  /// `before`: a route that has led nowhere; with the same partition, nobody knows of another.
  Task<Result<FabricRoute>> route_to(RequestContext& context, const BackendEntry& entry, FabricChoice choice,
                                     FabricRoute before, Cancellation& cancellation) const;
  /// Puts the token of the entity's managed identity into the request.
  Task<Result<void>> add_token(RequestContext& context, const ManagedIdentityCredentials& identity,
                               OutgoingRequest& request, Cancellation& cancellation) const;
  /// What the entity and the origins say of a request before it is sent.
  void prepare(RequestContext& context, OutgoingRequest& request, const BackendEntry* entry) const;
  /// What an exchange has taught, and what of its answer or error goes on.
  void conclude(RequestContext& context, const BackendEntry* entry, Result<Response>& answer) const;
  Task<Result<Response>> follow_redirects(RequestContext& context, OutgoingRequest& request, const BackendEntry* entry,
                                          SteadyTime started, Response redirecting, Cancellation& cancellation);
  void report(RequestContext& context, const BackendEntry* entry, const ExchangeOutcome& outcome) const;

  const BackendTable& table_;
  const OriginMap& origins_;
  CertificateStore& certificates_;
  const std::vector<Certificate>& entities_;
  const GraphqlApis& graphql_;
};

}  // namespace sluice
