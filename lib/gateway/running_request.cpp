// SPDX-License-Identifier: Apache-2.0
// RunningRequest: the life of a request.
//
//   route ─▶ (preflight) ─▶ key ─▶ inbound, backend, outbound ─▶ hooks ─▶ final headers ─▶ body ─▶ hooks, record
//     │ no operation           │ refused
//     └────────▶ on-error ◀────┘   of the documents that can be located
#include "gateway/running_request.hpp"

#include "base/entity_lookup.hpp"
#include "gateway/delivery.hpp"
#include "gateway/request_log.hpp"
#include "gateway/websocket_watch.hpp"
#include "pipeline/run/executor.hpp"

#include <exception>

namespace sluice {
namespace {

/// A random UUID (version 4). **Source**: RFC 9562 section 5.4.
std::array<std::uint8_t, 16> make_request_id(Random& random) {
  std::array<std::uint8_t, 16> id;
  const std::uint64_t words[] = {random.bits(), random.bits()};
  std::memcpy(id.data(), words, sizeof words);
  id[6] = static_cast<std::uint8_t>((id[6] & 0x0F) | 0x40);
  id[8] = static_cast<std::uint8_t>((id[8] & 0x3F) | 0x80);
  return id;
}

}  // namespace

RunningRequest::RunningRequest(Request& request, std::shared_ptr<const Snapshot> snapshot, SnapshotSlots& slots,
                               std::size_t slot, const GatewayOptions& options)
    : snapshot_(std::move(snapshot)),
      context(request, snapshot_->services, options.deployment),
      slots_(slots),
      slot_(slot),
      options_(options) {
  slots_.begin(slot_);
  context.model = &snapshot_->model;
  context.timestamp = context.services.clock.now();
  context.started = context.services.clock.steady_now();
  context.request_id = make_request_id(context.services.random);
}

RunningRequest::~RunningRequest() {
  // A hook that threw has taken the request past its end.
  if (!is_finished_) slots_.end(slot_);
}

Task<Response> RunningRequest::serve() {
  const Request& request = context.request;
  std::string defect;
  try {
    Route route = snapshot_->router.match(request.method, request.url, request.headers, context.arena);
    settle_operation(route);
    prepare(route);
    if (!route.has_operation()) {
      co_await answer_unmatched(route);
    } else if (auto caller = snapshot_->subscriptions.check(request, route.api)) {
      identify(*caller);
      pipeline_ = snapshot_->pipeline(route.api, route.operation, caller->product);
      for (const Section section : request_sections) {
        Outcome outcome = co_await run_section(*pipeline_, section, context, context.request.cancellation);
        if (outcome.is_next()) continue;
        Section failed = section;
        if (outcome.is_resume()) {
          failed = Section::outbound;
          outcome = co_await resume_outbound(*pipeline_, context, context.request.cancellation);
        }
        if (outcome.is_failure()) {
          Error error = failure_of(std::move(outcome), *pipeline_, failed);
          co_await run_on_error(pipeline_, context, std::move(error), context.request.cancellation);
        }
        break;
      }
    } else {
      pipeline_ = snapshot_->pipeline(route.api, route.operation, nullptr);
      co_await run_on_error(pipeline_, context, std::move(caller.error()), context.request.cancellation);
    }
  } catch (const std::exception& exception) {
    // Nothing of ours throws; a library or a host's policy has. The request fails, the process goes on.
    defect = exception.what();
  }
  if (!defect.empty()) {
    const Label fields[] = {{"what", defect}};
    context.services.telemetry.log(LogLevel::error, "A request met an exception.", fields);
    make_error_response(context, Error(ErrorCode::internal));
  }
  co_return co_await answer();
}

/// The one operation of a WebSocket API is the handshake; one for the subscriptions of a GraphQL API is part of the
/// operation that takes requests.
void RunningRequest::settle_operation(Route& route) const {
  if (!route.has_api()) return;
  const Request& request = context.request;
  const Api& api = snapshot_->model.apis[route.api];
  if (api.type == ApiType::websocket && request.upgrade.empty()) route.operation = Route::none;
  if (route.has_operation() || request.upgrade.empty() || !takes_graphql_sockets(api)) return;
  const Route other = snapshot_->router.match("POST", request.url, request.headers, context.arena);
  if (other.has_operation() && other.api == route.api) route = other;
}

bool RunningRequest::takes_graphql_sockets(const Api& api) const {
  const auto graphql = snapshot_->graphql.find(&api);
  return graphql != snapshot_->graphql.end() && graphql->second.takes_sockets();
}

void RunningRequest::identify(const Caller& caller) {
  context.subscription = caller.subscription;
  context.product = caller.product;
  context.user = caller.user;
  context.subscription_key = caller.key;
  context.tracing = caller.subscription != nullptr && caller.subscription->allow_tracing &&
                    equal_ignoring_case(context.request.headers.get("Ocp-Apim-Trace"), "true");
}

void RunningRequest::prepare(const Route& route) {
  context.target.path = route.has_api() ? route.path : context.request.url.path;
  context.target.query = context.request.url.query;
  context.matched_parameters = route.parameters;
  if (route.has_api()) context.api = &snapshot_->model.apis[route.api];
  if (!context.request.upgrade.empty()) settle_upgrade();
  if (!route.has_api()) return;
  const Snapshot::ServedApi& served = snapshot_->served(route.api);
  if (served.workspace != nullptr) {
    context.workspace_id = served.workspace->id;
    context.workspace_name = served.workspace->display_name;
  }
  if (!served.diagnostics.empty()) log_ = context.arena.make<RequestLog>(served.diagnostics, context);
  if (route.has_operation()) context.operation = &context.api->operations[route.operation];
  if (served.service_url != nullptr) {
    context.target.base = *served.service_url;
    context.target.has_base = true;
  }
}

/// P4: only an API that declares WebSocket, or GraphQL subscriptions that are resolved here, takes upgrades; for others
/// this is a request like any other. Policies see none of the bytes that follow a handshake: they run on its head and
/// on the answer's.
void RunningRequest::settle_upgrade() {
  Request& request = context.request;
  const Api* const api = context.api;
  if (api != nullptr && (api->type == ApiType::websocket || takes_graphql_sockets(*api))) {
    context.state<ForwardingState>().caller_bytes = websocket_watch().watch_caller(std::move(request.body));
  } else {
    request.upgrade = {};
  }
  request.body = Body();
}

/// An answer that still agrees to the handshake gets the backend's bytes for its body, whatever policies put there.
void RunningRequest::restore_backend_bytes() {
  constexpr int switching_protocols = 101;
  Body bytes = std::move(context.state<ForwardingState>().backend_bytes);
  if (!bytes.is_stream() || context.response.status != switching_protocols)
    return;  // Dropped, and the backend with it.
  context.response.body = websocket_watch().watch_backend(std::move(bytes));
}

WebSocketWatch& RunningRequest::websocket_watch() { return context.state<WebSocketWatch>(); }

bool RunningRequest::is_preflight() const {
  const Headers& headers = context.request.headers;
  return context.api != nullptr && context.original_method == "OPTIONS" && headers.contains("Origin") &&
         headers.contains("Access-Control-Request-Method");
}

Task<void> RunningRequest::answer_unmatched(const Route& route) {
  pipeline_ = route.has_api() ? snapshot_->pipeline(route.api, Route::none, nullptr) : snapshot_->global_pipeline();
  if (is_preflight() && !pipeline_->preflight_nodes.empty()) {
    const bool is_answered = co_await ask(pipeline_->preflight_nodes);
    if (!is_answered) context.replace_response();
    co_return;
  }
  const bool is_answered = co_await ask(pipeline_->unmatched_nodes);
  if (is_answered) co_return;
  Error error = Error(ErrorCode::operation_not_found).with_source("configuration");
  if (route.has_other_method && context.services.behaviour.gateway_status_codes) {
    error.edit().status = 405;
    error.edit().wire_message = "Method not allowed";
  }
  co_await run_on_error(pipeline_, context, std::move(error), context.request.cancellation);
}

/// Runs these nodes of inbound alone, until one does not say `next`. False when all do.
Task<bool> RunningRequest::ask(std::span<const std::size_t> nodes) {
  context.section = Section::inbound;
  for (const std::size_t index : nodes) {
    const StepList::Node& node = pipeline_->inbound.nodes()[index];
    if (!node.plain) continue;
    Outcome outcome = node.plain->run(context);
    if (outcome.is_next()) continue;
    if (outcome.is_failure())
      co_await run_on_error(pipeline_, context, std::move(outcome.error()), context.request.cancellation);
    co_return true;
  }
  co_return false;
}

Task<void> RunningRequest::buffer_answer() {
  auto buffered =
      co_await buffer_body(context.response.body, context.arena, context.services.limits.request.buffered_body_bytes,
                           ErrorCode::response_body_too_large);
  if (buffered) co_return;
  co_await run_on_error(pipeline_, context, std::move(buffered.error()), context.request.cancellation);
}

void RunningRequest::complete_head() {
  Response& response = context.response;
  for (const Header& line : context.final_headers) response.headers.set_view({line.name}, line.value);
  // The server frames what the body turns out to be; the head of HEAD and 304 speaks of another answer.
  const bool is_bodiless = context.original_method == "HEAD" || response.status == 204 || response.status == 304;
  if (!is_bodiless || response.status == 204) response.headers.remove("Content-Length");
  if (!is_bodiless) return;
  const auto length = response.body.length();
  if (response.status != 204 && length.value_or(0) != 0)
    response.headers.set("Content-Length", std::to_string(*length));
  if (response.body.is_stream()) response.body.stream()->cancel();
  response.body.clear();
}

Task<Response> RunningRequest::answer() {
  const bool must_be_read = context.wants_buffered_response && context.response.body.is_stream();
  if (must_be_read || context.has_before_send()) return answer_later(must_be_read);
  return answer_now();
}

Task<Response> RunningRequest::answer_later(bool must_be_read) {
  if (must_be_read) co_await buffer_answer();
  co_await context.run_before_send();
  co_return co_await answer_now();
}

/// A body that somebody watches, or that is still to come, tells of its end; others have been used up with the answer.
Task<Response> RunningRequest::answer_now() {
  complete_head();
  if (!context.request.upgrade.empty()) restore_backend_bytes();
  sent_status_ = context.response.status;
  if (log_ != nullptr) log_->note_answer(context.response);
  Response response = std::move(context.response);
  context.response = Response(context.arena);
  Body body = std::move(response.body);
  response.body = Body();
  const bool is_watched = !context.observers().empty() || context.has_after_send();
  if (body.is_stream() || (body.is_bytes() && is_watched)) {
    const auto length = body.length();
    response.body = Body::stream(std::make_unique<Delivery>(*this, std::move(body)), length);
    return response;
  }
  delivered_bytes = body.data().size();
  response.body = std::move(body);
  if (context.has_after_send()) return answer_after_hooks(std::move(response));
  is_finished_ = true;
  record(DeliveryOutcome::complete);
  return response;
}

Task<Response> RunningRequest::answer_after_hooks(Response response) {
  co_await finish(DeliveryOutcome::complete);
  co_return response;
}

Task<void> RunningRequest::finish(DeliveryOutcome outcome) {
  if (std::exchange(is_finished_, true)) return Task<void>();
  if (context.has_after_send()) return run_hooks(outcome);
  record(outcome);
  return Task<void>();
}

Task<void> RunningRequest::run_hooks(DeliveryOutcome outcome) {
  co_await context.run_after_send(outcome);
  record(outcome);
}

/// The request has ended.
void RunningRequest::record(DeliveryOutcome outcome) {
  RequestRecord entry;
  entry.method = context.original_method;
  entry.path = context.request.url.path;
  entry.api = snapshot_->key(context.api);
  if (context.operation != nullptr) entry.operation = context.operation->id;
  entry.product = snapshot_->key(context.product);
  if (context.subscription != nullptr) entry.subscription = entity_key(*context.subscription, context.arena);
  entry.backend = context.chosen_backend_id;
  entry.status = sent_status_;
  if (context.last_error != nullptr) entry.error_reason = context.last_error->reason;
  entry.total_us = (context.services.clock.steady_now() - context.started).count();
  entry.backend_us = context.state<ForwardingState>().waited.count();
  entry.response_bytes = delivered_bytes;
  entry.aborted = outcome == DeliveryOutcome::aborted;
  context.services.telemetry.request_finished(entry);
  if (log_ != nullptr) log_->write(entry);
  if (!context.request.upgrade.empty()) websocket_watch().report(context.services.telemetry, entry.api);
  if (options_.on_finished) options_.on_finished(context, outcome);
  slots_.end(slot_);
}

}  // namespace sluice
