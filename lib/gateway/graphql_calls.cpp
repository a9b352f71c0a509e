// SPDX-License-Identifier: Apache-2.0
#include "gateway/graphql_calls.hpp"

#include "gateway/graphql_subscriptions.hpp"
#include "gateway/inner_request.hpp"

#include "base/entity_lookup.hpp"
#include "base/forwarding_state.hpp"
#include "base/own_call.hpp"
#include "base/published_events.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <exception>

namespace sluice {
namespace {

/// What the caller is told of an error: what an author means for callers, and what a data source said; nothing of what
/// went wrong inside (K4).
std::string told(const Error& error) {
  if (!error.detail().wire_message.empty()) return error.detail().wire_message;
  if (error.code() == ErrorCode::backend_error_status) return std::string(error.message());
  return "The value could not be resolved.";
}

tl::unexpected<graphql::CallFailure> failure(std::string message, std::string_view code = {}) {
  return tl::unexpected(graphql::CallFailure{std::move(message), code});
}

}  // namespace

GraphqlCalls::GraphqlCalls(const GraphqlApi& api, RequestContext& context, const ForwardOptions& options,
                           Cancellation& cancellation)
    : api_(api),
      context_(context),
      options_(options),
      cancellation_(cancellation),
      bytes_left_(context.services.limits.graphql.resolver_bytes),
      values_left_(context.services.limits.graphql.values) {}

/// One cancellation each: those who wait listen to their own.
Task<void> GraphqlCalls::make(const std::deque<graphql::Call>& calls) {
  calls_ = &calls;
  next_ = 0;
  ended_.clear();
  ended_.resize(calls.size());
  const SteadyTime started = context_.services.clock.steady_now();
  const std::size_t workers = std::min(calls.size(), context_.services.limits.graphql.concurrent_calls);
  std::deque<Cancellation> cancellations;
  std::deque<Task<void>> running;
  for (std::size_t i = 0; i < workers; ++i) running.push_back(work(cancellations.emplace_back(cancellation_)));
  for (Task<void>& task : running) co_await task;
  context_.state<ForwardingState>().waited += context_.services.clock.steady_now() - started;
}

Task<void> GraphqlCalls::work(Cancellation& cancellation) {
  for (std::size_t number = next_++; number < calls_->size(); number = next_++) {
    if (cancellation.requested()) co_return;
    co_await make_one(number, cancellation);
  }
}

Task<void> GraphqlCalls::make_one(std::size_t number, Cancellation& cancellation) {
  const graphql::Call& call = (*calls_)[number];
  Ended& ended = ended_[number];
  try {
    InnerRequest inner(context_);
    if (call.is_passed_on) {
      inner.begin_passed_on(context_, call);
    } else {
      inner.begin_resolver(call);
    }
    Outcome outcome = co_await run(call, inner.context, cancellation);
    if (outcome.is_failure()) {
      ended.error = std::move(outcome.error());
    } else {
      ended.body = inner.context.response.body.data();
      publish(inner.context.state<PublishedEvents>(), ended);
    }
    if (inner.context.has_before_send()) co_await inner.context.run_before_send();
    if (inner.context.has_after_send()) co_await inner.context.run_after_send(DeliveryOutcome::complete);
    for (const TraceEntry& entry : inner.context.trace_entries()) ended.trace.emplace_back(entry.message);
    // What is left of an answer is given up while its request is still there.
    if (BodyStream* left = inner.context.response.body.stream()) co_await left->close();
  } catch (const std::exception& exception) {
    // Nothing of ours throws; a host's policy has. The field fails, the others go on.
    ended.error = Error(ErrorCode::internal, exception.what());
  }
}

/// The value is there: also when the caller has gone meanwhile, others are told.
void GraphqlCalls::publish(const PublishedEvents& events, Ended& ended) const {
  const std::string_view text = trim(ended.body);
  for (const std::string_view field : events.subscriptions) {
    const std::size_t count = api_.subscriptions->publish({api_.key, field}, text.empty() ? "null" : text);
    const std::string whose = " of the subscription '" + std::string(field) + "'";
    ended.trace.push_back(count == 0
                              ? "The subscription '" + std::string(field) + "' has no subscribers."
                              : "The event has gone to subscribers" + whose + ": " + std::to_string(count) + ".");
    const std::string api = entity_key(*context_.api);
    const Label labels[] = {{"api", api}, {"subscription", field}};
    context_.services.telemetry.count("sluice_graphql_events_total", 1, labels);
  }
}

Task<Outcome> GraphqlCalls::run(const graphql::Call& call, RequestContext& inner, Cancellation& cancellation) {
  if (call.is_passed_on) return pass_on(inner, cancellation);
  return api_.resolvers[call.resolver]->run(inner, cancellation);
}

/// A service tells of errors in its answer, whatever the status.
Task<Outcome> GraphqlCalls::pass_on(RequestContext& inner, Cancellation& cancellation) {
  Outcome outcome = co_await inner.services.backends.forward(inner, options_, cancellation);
  if (!outcome.is_next()) co_return outcome;
  auto read = co_await buffer_body(inner.response.body, inner.arena, inner.services.limits.request.buffered_body_bytes,
                                   ErrorCode::response_body_too_large);
  if (!read) co_return Outcome::fail(std::move(read.error()));
  const bool may_be_answer = inner.response.body.data().starts_with('{');
  if (inner.response.status >= 400 && !may_be_answer)
    co_return Outcome::fail(parts::refused_by("The service", inner.response));
  co_return outcome;
}

void GraphqlCalls::supply(graphql::Execution& execution, std::size_t call) {
  Ended& ended = ended_[call];
  const bool is_passed_on = (*calls_)[call].is_passed_on;
  for (const std::string& message : ended.trace) context_.trace("graphql", "information", message);
  if (ended.error) {
    context_.trace("graphql", "error", ended.error->message());
    return execution.supply(call, failure(told(*ended.error), ended.error->reason()));
  }
  const std::string_view text = trim(ended.body);
  if (text.size() > bytes_left_) return execution.supply(call, failure("The resolvers' answers are too large."));
  bytes_left_ -= text.size();
  if (text.empty() && !is_passed_on) return execution.supply(call, nullptr);
  const std::string_view kept = context_.arena.copy(text);
  const unsigned depth = context_.services.limits.content.depth;
  const auto value = parse_json(kept, context_.arena, {depth, values_left_});
  if (value) {
    values_left_ -= std::min(values_left_, count_values(**value));
    if (!is_passed_on || (*value)->is_object()) return execution.supply(call, *value);
  }
  if (is_passed_on) return execution.supply(call, failure("The service's answer is no answer of GraphQL."));
  auto* const plain = context_.arena.make<JsonValue>();
  plain->kind = JsonKind::string;
  plain->text = kept;
  execution.supply_text(call, *plain, value.error().message);
}

}  // namespace sluice
