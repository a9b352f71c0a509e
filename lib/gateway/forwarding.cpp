// SPDX-License-Identifier: Apache-2.0
// BackendSelection::attempt: one forwarding of the context's request to a destination that has been chosen.
#include "gateway/backend_selection.hpp"

#include "gateway/metered_call.hpp"
#include "gateway/outgoing_head.hpp"

#include "base/head_syntax.hpp"
#include "base/query_edit.hpp"
#include "base/text.hpp"
#include "base/url.hpp"

namespace sluice {
namespace {

/// Gives the request's body to `request`: bytes are lent and stay for another attempt, a stream goes away with it.
Result<void> take_body(RequestContext& context, OutgoingRequest& request) {
  Body& body = context.request.body;
  auto& state = context.state<ForwardingState>();
  if (state.body_is_gone && body.is_none()) {
    return fail(ErrorCode::policy_value_invalid,
                "The request's body has been sent already and is not kept: buffer-request-body keeps it.");
  }
  if (body.consumed() && !context.services.behaviour.tolerate_consumed_body) return {};
  if (body.is_bytes()) {
    request.body = Body::bytes(body.data());
  } else if (body.is_stream()) {
    const auto length = body.length();
    request.body = Body::stream(body.take_stream(), length);
    state.body_is_gone = true;
  }
  return {};
}

/// A handshake is what it is, whatever policies have made of method and body (they run on its head).
void take_handshake(RequestContext& context, OutgoingRequest& request) {
  request.method = "GET";
  request.versions = HttpVersions::http_1;
  request.upgrade = context.request.upgrade;
  request.body = std::move(context.state<ForwardingState>().caller_bytes);
}

/// The caller's bytes wait for another attempt, or the backend's for the answer.
void settle_handshake(ForwardingState& state, OutgoingRequest& request, Result<Response>& answer) {
  constexpr int switching_protocols = 101;
  if (answer && answer->status == switching_protocols) {
    state.backend_bytes = std::move(answer->body);
    answer->body = Body();
  } else {
    state.caller_bytes = std::move(request.body);
    request.body = Body();
  }
}

void address(RequestContext& context, const Url& base, OutgoingRequest& request) {
  const BackendTarget& target = context.target;
  request.method = context.request.method;
  request.url = base;
  request.url.path = join_paths(base.path, target.path, context.arena);
  request.url.query = join_queries(base.query, target.query, context.arena);
}

/// What marks the gateway in the request's head (P5). **Source**: RFC 9110 section 7.6.3.
const Header via = ready_field("Via: 1.1 sluice\r\n");

/// Counts Max-Forwards of OPTIONS down (P5). False when the request ends here. **Source**: RFC 9110 section 7.6.2.
bool may_go_on(OutgoingRequest& request) {
  constexpr HeaderName max_forwards("Max-Forwards");
  if (request.method != "OPTIONS" || !request.headers.contains(max_forwards)) return true;
  const auto left = parse_unsigned(request.headers.get(max_forwards));
  if (!left) return true;
  if (*left == 0) return false;
  request.headers.set(max_forwards, std::to_string(*left - 1));
  return true;
}

/// `fail-on-error-status-code`: the error has the answer's status, and says when to come back as the answer did.
Error error_status(const Response& response) {
  Error error(ErrorCode::backend_error_status,
              "The backend answered with status " + std::to_string(response.status) + ".");
  error.edit().status = response.status;
  if (const Header* wait = response.headers.find("Retry-After"))
    error.edit().headers.emplace_back("Retry-After", wait->value);
  return error;
}

}  // namespace

bool BackendSelection::can_send_again(RequestContext& context, const BackendEntry& entry,
                                      const Cancellation& cancellation) {
  constexpr int switching_protocols = 101;
  const auto& state = context.state<ForwardingState>();
  const bool body_is_gone = state.body_is_gone && context.request.body.is_none();
  const bool has_switched = context.has_response && context.response.status == switching_protocols;
  const bool has_budget = state.attempts <= context.services.limits.request.nested_forwards;
  const bool is_open = entry.breaker && entry.breaker->is_open(context.services.clock.steady_now());
  return !body_is_gone && !has_switched && has_budget && !is_open && !cancellation.requested();
}

Task<Result<void>> BackendSelection::keep_body(RequestContext& context) {
  if (!context.request.body.is_stream()) return Result<void>();
  return buffer_body(context.request.body, context.arena, context.services.limits.request.buffered_body_bytes,
                     ErrorCode::request_body_too_large);
}

Task<Outcome> BackendSelection::attempt(RequestContext& context, ForwardOptions options, Destination to,
                                        Cancellation& cancellation) {
  if (options.buffer_request_body) {
    auto kept = co_await keep_body(context);
    if (!kept) co_return Outcome::fail(std::move(kept.error()));
  }
  // In the arena: the transport may read it for as long as the answer's body streams.
  auto& request = *context.arena.make<OutgoingRequest>(context.arena);
  address(context, to.base, request);
  copy_request_fields(context, request.headers);
  if (!context.services.behaviour.forward_subscription_key && context.api != nullptr) {
    remove_subscription_key(*context.api, request, context.arena);
  }
  request.headers.append_line(via);
  if (!may_go_on(request)) {
    context.replace_response();
    co_return Outcome::next();
  }
  const bool is_handshake = !context.request.upgrade.empty();
  if (is_handshake) {
    take_handshake(context, request);
  } else if (auto has_body = take_body(context, request); !has_body) {
    co_return Outcome::fail(std::move(has_body.error()));
  }
  if (to.entry != nullptr) {
    const BackendCredentials& credentials = to.entry->entity->credentials;
    apply_credentials(credentials, request, context.arena);
    if (credentials.managed_identity) {
      auto added = co_await add_token(context, *credentials.managed_identity, request, cancellation);
      if (!added) co_return Outcome::fail(std::move(added.error()));
    }
  }
  request.timeout = options.timeout;
  context.chosen_backend_id = to.entry != nullptr ? std::string_view(to.entry->key) : std::string_view();

  auto& state = context.state<ForwardingState>();
  // gRPC knows nothing but HTTP/2, whatever the policy says.
  const bool is_grpc = context.api != nullptr && context.api->type == ApiType::grpc;
  request.versions = is_grpc ? HttpVersions::http_2 : options.versions;
  if (state.choices != nullptr) {
    request.tls = state.choices->identity;
    request.proxy = state.choices->proxy;
  }
  const SteadyTime started = context.services.clock.steady_now();
  const Url called = request.url;
  prepare(context, request, to.entry);
  MeteredCall metered(to.entry, context);
  Result<Response> answer = co_await context.services.transport.send(request, context.arena, cancellation);
  metered.end(answer);
  conclude(context, to.entry, answer);
  if (answer && options.follow_redirects) {
    request.url = called;  // `prepare` may have put another place there.
    answer = co_await follow_redirects(context, request, to.entry, started, std::move(*answer), cancellation);
  }
  state.waited += context.services.clock.steady_now() - started;
  if (is_handshake) settle_handshake(state, request, answer);
  const bool is_failing =
      answer ? answer->status == 429 || answer->status >= 500 : answer.error().origin() == ErrorOrigin::backend;
  if (is_failing && to.entry != nullptr) context.avoid_backend(to.entry->key);
  if (!answer) co_return Outcome::fail(std::move(answer.error()));
  context.response = std::move(*answer);
  context.has_response = true;
  context.answered_by_backend = true;
  if (to.affinity != nullptr)
    to.affinity->pin(to.member, context.request.url.scheme == "https", context.response.headers);
  if (options.fail_on_error_status_code && context.response.status >= 400)
    co_return Outcome::fail(error_status(context.response));
  co_return Outcome::next();
}

}  // namespace sluice
