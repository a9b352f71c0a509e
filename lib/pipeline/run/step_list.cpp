// SPDX-License-Identifier: Apache-2.0
// Lists of steps: how they run, with and without waiting.
#include "pipeline/run/policy_error.hpp"

#include <sluice/policy.hpp>

#include <optional>
#include <utility>

namespace sluice {

StepList::StepList() = default;
StepList::StepList(StepList&&) noexcept = default;
StepList& StepList::operator=(StepList&&) noexcept = default;
StepList::~StepList() = default;

bool StepList::empty() const { return nodes_.empty(); }
std::size_t StepList::size() const { return nodes_.size(); }

Effects StepList::effects() const {
  Effects all = Effects::none;
  for (const Node& node : nodes_) all |= node.effects;
  return all;
}

void StepList::add(Node node) {
  plain_ = plain_ && node.plain != nullptr && node.effects == Effects::none;
  nodes_.push_back(std::move(node));
}

void StepList::splice(StepList other) {
  for (Node& node : other.nodes_) add(std::move(node));
}

void place_error(Error& error, const StepOrigin& origin) {
  ErrorPlace& place = error.edit().place;
  if (!place.section.empty()) return;
  if (place.source.empty()) place.source = origin.element;
  place.scope = to_string(origin.scope);
  place.section = to_string(origin.section);
  place.path = origin.path;
  place.policy_id = origin.policy_id;
}

namespace {

/// Buffers what the node needs. Nothing to wait for in most requests: bodies come in memory or were read before.
Task<Result<void>> bodies_for(const StepList::Node& node, RequestContext& context) {
  const std::size_t limit = context.services.limits.request.buffered_body_bytes;
  if (has(node.effects, Effects::reads_request_body) && context.request.body.is_stream()) {
    auto read = co_await buffer_body(context.request.body, context.arena, limit, ErrorCode::request_body_too_large);
    if (!read) co_return fail(std::move(read.error()));
  }
  if (has(node.effects, Effects::reads_response_body) && context.has_response && context.response.body.is_stream()) {
    auto read = co_await buffer_body(context.response.body, context.arena, limit, ErrorCode::response_body_too_large);
    if (!read) co_return fail(std::move(read.error()));
  }
  co_return Result<void>();
}

bool needs_body_now(const StepList::Node& node, const RequestContext& context) {
  return (has(node.effects, Effects::reads_request_body) && context.request.body.is_stream()) ||
         (has(node.effects, Effects::reads_response_body) && context.has_response && context.response.body.is_stream());
}

}  // namespace

Outcome StepList::run_now(RequestContext& context) const {
  for (const Node& node : nodes_) {
    Outcome outcome = node.plain->run(context);
    if (outcome.is_next()) continue;
    if (outcome.is_failure()) place_error(outcome.error(), *node.origin);
    return outcome;
  }
  return Outcome::next();
}

namespace {

/// Steps from `first` on. `begun`: the first of them, which waits already; nothing: it is still to be run.
Task<Outcome> run_waiting(const StepList& steps, std::size_t first, std::optional<Task<Outcome>> begun,
                          RequestContext& context, Cancellation& cancellation) {
  for (std::size_t i = first; i < steps.size(); ++i) {
    const StepList::Node& node = steps.nodes()[i];
    Outcome outcome = Outcome::next();
    if (begun) {
      Task<Outcome>& running = *begun;
      outcome = co_await running;
      begun.reset();
    } else {
      if (needs_body_now(node, context)) {
        auto read = co_await bodies_for(node, context);
        if (!read) {
          place_error(read.error(), *node.origin);
          co_return Outcome::fail(std::move(read.error()));
        }
      }
      if (node.plain != nullptr) {
        outcome = node.plain->run(context);
      } else {
        outcome = co_await node.waiting->run(context, cancellation);
      }
    }
    if (outcome.is_next()) continue;
    if (outcome.is_failure()) place_error(outcome.error(), *node.origin);
    co_return outcome;
  }
  co_return Outcome::next();
}

}  // namespace

/// Without a coroutine until a step really waits.
Task<Outcome> StepList::run(RequestContext& context, Cancellation& cancellation, std::size_t first) const {
  for (std::size_t i = first; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    if (needs_body_now(node, context)) return run_waiting(*this, i, std::nullopt, context, cancellation);
    Outcome outcome = Outcome::next();
    if (node.plain != nullptr) {
      outcome = node.plain->run(context);
    } else {
      Task<Outcome> running = node.waiting->run(context, cancellation);
      if (!running.is_ready()) return run_waiting(*this, i, std::move(running), context, cancellation);
      outcome = running.take();
    }
    if (outcome.is_next()) continue;
    if (outcome.is_failure()) place_error(outcome.error(), *node.origin);
    return outcome;
  }
  return Outcome::next();
}

}  // namespace sluice
