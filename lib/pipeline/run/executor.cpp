// SPDX-License-Identifier: Apache-2.0
#include "pipeline/run/executor.hpp"

#include "pipeline/run/policy_error.hpp"

#include <algorithm>

namespace sluice {

const StepList& Pipeline::section(Section which) const {
  switch (which) {
    case Section::inbound: return inbound;
    case Section::backend: return backend;
    case Section::outbound: return outbound;
    case Section::on_error: return on_error;
  }
  return inbound;
}

/// A list as a task: of plain steps, or of a single one, without a coroutine of its own.
Task<Outcome> run_section(const Pipeline& pipeline, Section section, RequestContext& context,
                          Cancellation& cancellation) {
  context.section = section;
  // Nothing was forwarded and no policy answered: the answer that outbound works on is an empty 200.
  if (section == Section::outbound && !context.has_response) context.replace_response();
  const StepList& steps = pipeline.section(section);
  if (steps.is_plain()) return steps.run_now(context);
  if (steps.size() == 1 && steps.nodes()[0].effects == Effects::none && steps.nodes()[0].plain == nullptr)
    return steps.nodes()[0].waiting->run(context, cancellation);
  return steps.run(context, cancellation);
}

Task<Outcome> resume_outbound(const Pipeline& pipeline, RequestContext& context, Cancellation& cancellation) {
  context.section = Section::outbound;
  const auto& nodes = pipeline.outbound.nodes();
  const auto keeper = std::find_if(nodes.begin(), nodes.end(),
                                   [](const StepList::Node& node) { return has(node.effects, Effects::keeps_answer); });
  const std::size_t first = keeper == nodes.end() ? 0 : static_cast<std::size_t>(keeper - nodes.begin()) + 1;
  return pipeline.outbound.run(context, cancellation, first);
}

/// A single step that ran without its list has left the place open.
Error failure_of(Outcome outcome, const Pipeline& pipeline, Section section) {
  const StepList& steps = pipeline.section(section);
  if (steps.size() == 1) place_error(outcome.error(), *steps.nodes()[0].origin);
  return std::move(outcome.error());
}

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

Task<void> run_on_error(const Pipeline* pipeline, RequestContext& context, Error error, Cancellation& cancellation) {
  set_last_error(context, error);
  make_error_response(context, error);
  if (pipeline == nullptr) co_return;
  Outcome outcome = co_await run_section(*pipeline, Section::on_error, context, cancellation);
  if (!outcome.is_failure()) co_return;
  const Error last = failure_of(std::move(outcome), *pipeline, Section::on_error);
  set_last_error(context, last);
  make_error_response(context, last);
}

}  // namespace sluice
