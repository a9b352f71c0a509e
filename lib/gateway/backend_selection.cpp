// SPDX-License-Identifier: Apache-2.0
// BackendSelection: choosing where an exchange goes and learning from how it ended.
// Differs: an error of the connection counts for a breaker's status ranges with the status that the caller would get
// (500), so that a rule for 500-599 also opens for a backend that is down. Refusals carry Retry-After.
#include "gateway/backend_selection.hpp"

#include "gateway/backend_refusal.hpp"
#include "gateway/graphql_request.hpp"
#include "gateway/outgoing_head.hpp"

#include "base/entity_lookup.hpp"
#include "base/query_edit.hpp"
#include "base/time.hpp"
#include "base/url.hpp"
#include "pipeline/run/executor.hpp"

#include <algorithm>

namespace sluice {
namespace {

Error circuit_open(const BackendEntry& entry, SteadyTime now) {
  const auto& rule = entry.entity->circuit_breaker;
  return refusal(ErrorCode::backend_circuit_open, rule ? rule->failure_status : std::nullopt,
                 entry.breaker->open_for(now));
}

/// With `gatewayStatusCodes` failures of a backend have statuses of their own.
Error with_gateway_status(Error error, const Behaviour& behaviour) {
  if (!behaviour.gateway_status_codes || error.detail().status != 0) return error;
  switch (error.code()) {
    case ErrorCode::backend_connection_failure:
    case ErrorCode::backend_answer_invalid: return std::move(error).with_status(502).with_wire_message("Bad gateway");
    case ErrorCode::timeout: return std::move(error).with_status(504).with_wire_message("Gateway timeout");
    default: return error;
  }
}

/// A request that ends because its caller has gone is the caller's doing.
Error blamed(Error error, const RequestContext& context) {
  if (error.code() != ErrorCode::cancelled || !context.request.cancellation.requested()) return error;
  return Error(ErrorCode::client_connection_failure);
}

/// What an entity says, with the identity that a policy has chosen (null: none) in place of the entity's.
const BackendTls* combined(const BackendTls& of_entity, const BackendTls* chosen, Arena& arena) {
  if (chosen == nullptr) return &of_entity;
  auto* const both = arena.make<BackendTls>(of_entity);
  both->certificate = chosen->certificate;
  both->key = chosen->key;
  return both;
}

}  // namespace

Result<BackendSelection::Destination> BackendSelection::choose(RequestContext& context, const BackendEntry& entry,
                                                               bool is_forward) const {
  if (entry.selection) return choose_member(context, entry, is_forward);
  const SteadyTime now = context.services.clock.steady_now();
  if (entry.breaker && entry.breaker->is_open(now)) return fail(circuit_open(entry, now));
  return Destination{&entry, entry.url};
}

Result<BackendSelection::Destination> BackendSelection::destination_of(RequestContext& context) const {
  const BackendTarget& target = context.target;
  if (!target.backend_id.empty()) {
    const BackendEntry* entry = table_.find(target.backend_id);
    if (entry == nullptr) return fail(backend_missing(target.backend_id));
    if (entry->selection) return Destination{.pool = entry};
    return choose(context, *entry, true);
  }
  if (!target.has_base) {
    return fail(ErrorCode::backend_not_found, "The API has no service URL and no policy chose a backend.");
  }
  // An entity whose URL is called lends its settings.
  const BackendEntry* entry =
      table_.has_urls() ? table_.find_by_url(context.current_url(), context.workspace_id, context.arena) : nullptr;
  if (entry == nullptr) return Destination{nullptr, target.base};
  auto chosen = choose(context, *entry, true);
  if (chosen) chosen->base = target.base;
  return chosen;
}

Outcome BackendSelection::refused(RequestContext& context, Error error) {
  if (error.code() != ErrorCode::backend_not_found) make_error_response(context, error);  // Conditions of retry look.
  return Outcome::fail(std::move(error));
}

void BackendSelection::report(RequestContext& context, const BackendEntry* entry,
                              const ExchangeOutcome& outcome) const {
  if (entry == nullptr || !entry->breaker) return;
  const Services& services = context.services;
  const bool opened = entry->breaker->report(*entry->entity->circuit_breaker, outcome, services.clock.steady_now(),
                                             services.clock.now());
  if (!opened) return;
  const Label labels[] = {{"backend", entry->key}};
  services.telemetry.count("sluice_circuit_breaker_trips_total", 1, labels);
  services.telemetry.log(LogLevel::warning, "A circuit breaker has opened.", labels);
}

void BackendSelection::prepare(RequestContext& context, OutgoingRequest& request, const BackendEntry* entry) const {
  if (entry != nullptr) {
    request.verify_certificate_chain = entry->entity->validate_certificate_chain;
    request.verify_certificate_name = entry->entity->validate_certificate_name;
    if (entry->tls) request.tls = combined(*entry->tls, request.tls, context.arena);
    if (entry->proxy && request.proxy == nullptr) request.proxy = &*entry->proxy;
  }
  origins_.apply(request.url, context.arena);
}

void BackendSelection::conclude(RequestContext& context, const BackendEntry* entry, Result<Response>& answer) const {
  if (answer) {
    report(context, entry, {answer->status, nullptr, &answer->headers});
    clean_answer(*answer);
    return;
  }
  answer.error() = blamed(with_gateway_status(std::move(answer.error()), context.services.behaviour), context);
  report(context, entry, {answer.error().status(), &answer.error(), nullptr});
}

Task<Result<Response>> BackendSelection::follow_redirects(RequestContext& context, OutgoingRequest& request,
                                                          const BackendEntry* entry, SteadyTime started,
                                                          Response redirecting, Cancellation& cancellation) {
  Clock& clock = context.services.clock;
  const std::chrono::milliseconds timeout = request.timeout;
  Result<Response> answer = std::move(redirecting);
  for (unsigned followed = 0; followed < max_redirects; ++followed) {
    const auto next = redirect_target(*answer, request.url, context.arena);
    const BackendCredentials* credentials = entry != nullptr ? &entry->entity->credentials : nullptr;
    if (!next || !follow_redirect(request, *next, answer->status, context.api, credentials)) break;
    if (answer->body.is_stream()) answer->body.stream()->cancel();
    if (timeout.count() != 0) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(started + timeout - clock.steady_now());
      if (left.count() <= 0) co_return fail(with_gateway_status(Error(ErrorCode::timeout), context.services.behaviour));
      request.timeout = left;
    }
    const Url called = request.url;
    origins_.apply(request.url, context.arena);
    answer = co_await context.services.transport.send(request, context.arena, cancellation);
    request.url = called;
    if (!answer) {
      conclude(context, entry, answer);
      break;
    }
    clean_answer(*answer);
  }
  co_return answer;
}

Task<Result<void>> BackendSelection::add_token(RequestContext& context, const ManagedIdentityCredentials& identity,
                                               OutgoingRequest& request, Cancellation& cancellation) const {
  auto token = co_await context.services.tokens.token(identity.resource, identity.client_id, cancellation);
  if (!token) co_return fail(std::move(token.error()));
  request.headers.set("Authorization", context.arena.concat({"Bearer ", token->value}));
  co_return Result<void>();
}

Task<Result<Response>> BackendSelection::call(RequestContext& context, OutgoingRequest& request,
                                              std::string_view backend_id, Cancellation& cancellation) {
  const BackendEntry* entry = nullptr;
  const EntityName name = backend_id.empty() ? EntityName{context.workspace_id, {}} : name_of_key(backend_id);
  if (!name.id.empty()) {
    const BackendEntry* named = table_.find(backend_id);
    if (named == nullptr) co_return fail(backend_missing(backend_id));
    auto chosen = choose(context, *named, false);
    if (!chosen) co_return fail(std::move(chosen.error()));
    entry = chosen->entry;
    Url base = entry->url;
    if (entry->cluster) {
      const FabricChoice choice = choice_in(context, *entry);
      const FabricRoute no_other;
      auto route = co_await route_to(context, *entry, choice, no_other, cancellation);
      if (!route) co_return fail(std::move(route.error()));
      base = route->base;
    }
    const std::string_view path = join_paths(base.path, request.url.path, context.arena);
    const std::string_view query = join_queries(base.query, request.url.query, context.arena);
    request.url = base;
    request.url.path = path;
    request.url.query = query;
  } else if (table_.has_urls()) {
    if (const BackendEntry* found = table_.find_by_url(request.url, name.workspace_id, context.arena)) {
      auto chosen = choose(context, *found, false);
      if (!chosen) co_return fail(std::move(chosen.error()));
      entry = chosen->entry;
    }
  }
  if (entry != nullptr) {
    const BackendCredentials& credentials = entry->entity->credentials;
    apply_credentials(credentials, request, context.arena);
    if (credentials.managed_identity) {
      auto added = co_await add_token(context, *credentials.managed_identity, request, cancellation);
      if (!added) co_return fail(std::move(added.error()));
    }
  }
  prepare(context, request, entry);
  Result<Response> answer = co_await context.services.transport.send(request, context.arena, cancellation);
  conclude(context, entry, answer);
  co_return answer;
}

Result<std::shared_ptr<const BackendTls>> BackendSelection::identity(const ClientIdentity& wanted) {
  if (!wanted.pkcs12.empty()) return certificates_.open(wanted.pkcs12, wanted.password);
  const EntityName name = name_of_key(wanted.id.empty() ? wanted.thumbprint : wanted.id);
  const HeldCertificate* const held = certificates_.find(name.workspace_id, name.id, entities_);
  if (held == nullptr)
    return fail(ErrorCode::policy_value_invalid,
                "The certificate '" + std::string(name.id.substr(0, 100)) + "' is not at hand.");
  if (held->identity == nullptr)
    return fail(ErrorCode::policy_value_invalid, "The certificate '" + held->id + "' " + held->problem + ".");
  return held->identity;
}

const GraphqlApi* BackendSelection::graphql_of(RequestContext& context) const {
  if (context.api == nullptr || context.api->type != ApiType::graphql) return nullptr;
  if (context.state<ForwardingState>().is_inner) return nullptr;
  const auto found = graphql_.find(context.api);
  return found == graphql_.end() ? nullptr : &found->second;
}

ForwardingState* BackendSelection::begin_attempt(RequestContext& context) {
  auto& state = context.state<ForwardingState>();
  // What an earlier attempt brought is not the answer any more, and nothing reads it.
  context.replace_response();
  context.has_response = false;
  state.backend_bytes = Body();
  if (state.attempts > context.services.limits.request.nested_forwards) return nullptr;
  ++state.attempts;
  return &state;
}

Task<Outcome> BackendSelection::forward_to(RequestContext& context, const ForwardOptions& options,
                                           const Destination& to, Cancellation& cancellation) {
  if (to.entry != nullptr && to.entry->cluster) return forward_to_cluster(context, options, to, cancellation);
  return attempt(context, options, to, cancellation);
}

Task<Outcome> BackendSelection::forward(RequestContext& context, const ForwardOptions& options,
                                        Cancellation& cancellation) {
  const ForwardingState* const state = begin_attempt(context);
  if (state == nullptr)
    return Outcome::fail(Error(ErrorCode::policy_value_invalid, "The request has been forwarded too often."));
  if (state->wants_readmission()) return forward_again(context, *state, options, cancellation);
  return forward_now(context, options, cancellation);
}

Task<Outcome> BackendSelection::forward_again(RequestContext& context, const ForwardingState& state,
                                              const ForwardOptions& options, Cancellation& cancellation) {
  Result<void> readmitted = co_await state.readmit();
  if (!readmitted) co_return Outcome::fail(std::move(readmitted.error()));
  co_return co_await forward_now(context, options, cancellation);
}

Task<Outcome> BackendSelection::forward_now(RequestContext& context, const ForwardOptions& options,
                                            Cancellation& cancellation) {
  if (const GraphqlApi* graphql = graphql_of(context)) return answer_graphql(*graphql, context, options, cancellation);
  auto to = destination_of(context);
  if (!to) return refused(context, std::move(to.error()));
  if (to->pool != nullptr) return forward_within_pool(context, options, *to->pool, cancellation);
  return forward_to(context, options, *to, cancellation);
}

}  // namespace sluice
