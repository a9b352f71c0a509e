// SPDX-License-Identifier: Apache-2.0
// BackendSelection::forward_within_pool: an answer that is throttled, or a stream of events that breaks before its
// first bytes, moves this very request on to another member of the pool, as long as there is one that can take it and
// its body can be sent again. The caller sees the last answer alone.
#include "gateway/backend_refusal.hpp"
#include "gateway/backend_selection.hpp"
#include "gateway/begun_stream.hpp"

#include "ai/answer_head.hpp"
#include "ai/request_cost.hpp"

#include "base/cohorts.hpp"

#include <algorithm>

namespace sluice {
namespace {

bool is_throttled(const RequestContext& context) {
  return context.has_response && context.response.status == too_many_requests;
}

/// Whether members are chosen by what the request costs.
bool any_counts_tokens(const BackendEntry& pool) {
  return std::any_of(pool.members.begin(), pool.members.end(),
                     [](const BackendEntry* member) { return member->meter && member->meter->knows_tokens(); });
}

void note_spill(const RequestContext& context, const BackendEntry& from) {
  const Label labels[] = {{"backend", from.key}};
  context.services.telemetry.count("sluice_backend_spills_total", 1, labels);
}

}  // namespace

Task<bool> BackendSelection::begins(RequestContext& context, const BackendEntry& entry) const {
  const Response& response = context.response;
  const bool is_stream = context.has_response && response.body.is_stream() && ai::is_event_stream(response.headers);
  if (!is_stream) return true;
  return stream_begins(context, entry);
}

Task<bool> BackendSelection::stream_begins(RequestContext& context, const BackendEntry& entry) const {
  Body& body = context.response.body;
  const auto length = body.length();
  std::unique_ptr<BodyStream> stream = body.take_stream();
  BodyChunk first = co_await stream->read();
  const bool is_broken = !first && first.error().origin() == ErrorOrigin::backend;
  if (is_broken) {
    report(context, &entry, {first.error().status(), &first.error(), nullptr});
    context.avoid_backend(entry.key);
  }
  body = Body::stream(std::make_unique<BegunStream>(std::move(stream), std::move(first)), length);
  co_return !is_broken;
}

Task<Outcome> BackendSelection::forward_within_pool(RequestContext& context, ForwardOptions options,
                                                    const BackendEntry& pool, Cancellation& cancellation) {
  if (any_counts_tokens(pool)) {
    if (options.buffer_request_body) {
      auto kept = co_await keep_body(context);
      if (!kept) co_return Outcome::fail(std::move(kept.error()));
    }
    // A body that nobody can make sense of goes on: what it cost is told by the answer.
    [[maybe_unused]] const Result<std::int64_t> cost = co_await ai::expected_tokens(context);
  }
  co_await cohorts_of_thread().at(Cohorts::Place::forwarding);
  auto to = choose_member(context, pool, true);
  if (!to) co_return refused(context, std::move(to.error()));
  for (;;) {
    Outcome outcome = co_await forward_to(context, options, *to, cancellation);
    if (!context.services.ai.spill_throttled || pool.members.size() < 2) co_return outcome;
    // The breaker of the member that was full may just have opened: that is no reason to stay.
    if (!can_send_again(context, pool, cancellation)) co_return outcome;
    if (!is_throttled(context)) {
      const bool has_begun = co_await begins(context, *to->entry);
      if (has_begun) co_return outcome;
    }
    const Members others = members_of(context, pool, true);
    if (!others.has_fresh) co_return outcome;
    auto next = choose_among(context, pool, others, true);
    if (!next) co_return outcome;
    note_spill(context, *to->entry);
    begin_attempt(context);
    to = std::move(next);
  }
}

}  // namespace sluice
