// SPDX-License-Identifier: Apache-2.0
// BackendSelection::forward_to_cluster: a request to a service of a Service Fabric cluster. Its partition is looked up,
// and looked up anew, with the request sent once more, when no connection could be made or sf-resolve-condition is
// true: at most as often as the backend says, and only while the request can be sent again (U4). Differs: whether a
// connection that could not be made counts without a condition is not documented; here it does.
#include "gateway/backend_selection.hpp"

#include <sluice/policy.hpp>

#include "base/backend_url.hpp"
#include "base/fabric_name.hpp"
#include "pipeline/run/executor.hpp"

namespace sluice {
namespace {

/// What the condition says of an attempt. It sees a failed one as on-error would.
Task<Result<bool>> is_condition_met(RequestContext& context, const Template& condition, Outcome& outcome) {
  if (has(condition.effects(), Effects::reads_response_body) && context.has_response) {
    auto read =
        co_await buffer_body(context.response.body, context.arena, context.services.limits.request.buffered_body_bytes,
                             ErrorCode::response_body_too_large);
    if (!read) co_return fail(std::move(read.error()));
  }
  LastError* const before = context.last_error;
  const bool had_response = context.has_response;
  if (outcome.is_failure()) {
    set_last_error(context, outcome.error());
    if (!had_response) make_error_response(context, outcome.error());
  }
  Result<bool> is_met = condition.boolean(context);
  context.last_error = before;
  if (!had_response) {
    context.replace_response();
    context.has_response = false;
  }
  co_return is_met;
}

Task<Result<bool>> wants_new_route(RequestContext& context, const FabricChoice& choice, Outcome& outcome) {
  if (outcome.is_failure()) {
    const Error& error = outcome.error();
    if (error.code() == ErrorCode::backend_connection_failure && error.retry() == RetryAdvice::yes) return true;
  }
  if (choice.resolve_condition == nullptr) return false;
  return is_condition_met(context, *choice.resolve_condition, outcome);
}

}  // namespace

FabricChoice BackendSelection::choice_in(RequestContext& context, const BackendEntry& entry) const {
  const FabricChoice* const said = context.state<ForwardingState>().fabric;
  // It is not meant for members of a pool that has been chosen since.
  const bool is_meant = said != nullptr && table_.find(context.target.backend_id) == &entry;
  return is_meant ? *said : FabricChoice{};
}

Task<Result<BackendSelection::FabricRoute>> BackendSelection::route_to(RequestContext& context,
                                                                       const BackendEntry& entry, FabricChoice choice,
                                                                       FabricRoute before,
                                                                       Cancellation& cancellation) const {
  const Services& services = context.services;
  const Backend& entity = *entry.entity;
  if (choice.service.empty() && is_fabric_name(entity.url)) choice.service = entity.url;
  if (choice.service.empty()) {
    co_return fail(ErrorCode::policy_value_invalid,
                   "Neither the backend '" + entity.id + "' nor sf-service-instance-name names a service.");
  }
  const BackendTls* tls = entry.cluster_tls ? &*entry.cluster_tls : nullptr;
  const FabricDoors doors{services.transport, origins_, services.clock, services.telemetry};
  FabricCluster::Answer found =
      co_await entry.cluster->resolve(doors, choice.service, choice.partition_key, tls, before.partition, cancellation);
  if (!found) {
    Result<Response> answer = fail(std::move(found.error()));
    if (answer.error().origin() == ErrorOrigin::backend) context.avoid_backend(entry.key);
    conclude(context, &entry, answer);
    co_return fail(std::move(answer.error()));
  }
  const auto address = choose_address(**found, choice, before.address, services.random);
  if (!address) co_return fail(address.error());
  FabricRoute route{std::move(*found), context.arena.copy(*address), {}};
  auto base = parse_backend_url(route.address, context.arena);
  if (!base)
    co_return fail(ErrorCode::backend_not_found,
                   "The cluster of the backend '" + entity.id + "' gives an address that is no URL.");
  route.base = *base;
  co_return route;
}

Task<Outcome> BackendSelection::forward_to_cluster(RequestContext& context, ForwardOptions options, Destination to,
                                                   Cancellation& cancellation) {
  const BackendEntry& entry = *to.entry;
  const FabricChoice choice = choice_in(context, entry);
  const FabricRoute no_other;
  auto route = co_await route_to(context, entry, choice, no_other, cancellation);
  if (!route) co_return Outcome::fail(std::move(route.error()));
  for (unsigned repeats = 0;; ++repeats) {
    to.base = route->base;
    Outcome outcome = co_await attempt(context, options, to, cancellation);
    if (repeats == entry.entity->cluster->resolution_retries || !can_send_again(context, entry, cancellation))
      co_return outcome;
    Result<bool> again = co_await wants_new_route(context, choice, outcome);
    if (!again && !outcome.is_failure()) co_return Outcome::fail(std::move(again.error()));
    if (!again || !*again) co_return outcome;
    auto next = co_await route_to(context, entry, choice, *route, cancellation);
    // What the attempt has brought stands when there is nowhere else to go.
    if (!next || next->partition == route->partition) co_return outcome;
    route = std::move(next);
    begin_attempt(context);
  }
}

}  // namespace sluice
