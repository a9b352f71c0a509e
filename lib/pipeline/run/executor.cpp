// SPDX-License-Identifier: Apache-2.0
#include "pipeline/run/executor.hpp"

#include "pipeline/run/policy_error.hpp"

namespace sluice {
namespace {

/// A list as a task: of plain steps, or of a single one, without a coroutine of its own. Errors are to be placed.
Task<Outcome> run_section(const StepList& steps, RequestContext& context, Cancellation& cancellation) {
  if (steps.is_plain()) return steps.run_now(context);
  if (steps.size() == 1 && steps.nodes()[0].effects == Effects::none && steps.nodes()[0].plain == nullptr)
    return steps.nodes()[0].waiting->run(context, cancellation);
  return steps.run(context, cancellation);
}

/// What a single step has left undone.
void place(Outcome& outcome, const StepList& steps) {
  if (outcome.is_failure() && steps.size() == 1) place_error(outcome.error(), *steps.nodes()[0].origin);
}

}  // namespace

const StepList& Pipeline::section(Section which) const {
  switch (which) {
    case Section::inbound: return inbound;
    case Section::backend: return backend;
    case Section::outbound: return outbound;
    case Section::on_error: return on_error;
  }
  return inbound;
}

Task<void> run_pipeline(const Pipeline& pipeline, RequestContext& context, Cancellation& cancellation) {
  for (Section section : {Section::inbound, Section::backend, Section::outbound}) {
    context.section = section;
    // Nothing was forwarded and no policy answered: the answer that outbound works on is an empty 200.
    if (section == Section::outbound && !context.has_response) context.replace_response();
    const StepList& steps = pipeline.section(section);
    Outcome outcome = co_await run_section(steps, context, cancellation);
    if (outcome.is_respond()) co_return;
    place(outcome, steps);
    if (outcome.is_failure()) {
      co_await run_on_error(&pipeline, context, std::move(outcome.error()), cancellation);
      co_return;
    }
  }
}

namespace {

void set_last_error(RequestContext& context, const Error& error) {
  Arena& arena = context.arena;
  const ErrorPlace& place = error.detail().place;
  auto* last = arena.make<LastError>();
  last->source = arena.copy(place.source);
  last->reason = error.reason();
  last->message = arena.copy(error.message());
  last->scope = arena.copy(place.scope);
  last->section = arena.copy(place.section);
  last->path = arena.copy(place.path);
  last->policy_id = arena.copy(place.policy_id);
  context.last_error = last;
}

}  // namespace

Task<void> run_on_error(const Pipeline* pipeline, RequestContext& context, Error error, Cancellation& cancellation) {
  set_last_error(context, error);
  make_error_response(context, error);
  if (pipeline == nullptr) co_return;
  context.section = Section::on_error;
  Outcome outcome = co_await run_section(pipeline->on_error, context, cancellation);
  if (!outcome.is_failure()) co_return;
  place(outcome, pipeline->on_error);
  set_last_error(context, outcome.error());
  make_error_response(context, outcome.error());
}

}  // namespace sluice
