// SPDX-License-Identifier: Apache-2.0
// BackendSelection::forward_within_pool: a throttled answer moves this very request on to another member of the pool,
// as long as there is one that can take it and its body can be sent again. The caller sees the last answer alone.
#include "gateway/backend_selection.hpp"

namespace sluice {
namespace {

constexpr int too_many_requests = 429;

bool is_throttled(const RequestContext& context) {
  return context.has_response && context.response.status == too_many_requests;
}

void note_spill(const RequestContext& context, const BackendEntry& from) {
  const Label labels[] = {{"backend", from.key}};
  context.services.telemetry.count("sluice_backend_spills_total", 1, labels);
}

}  // namespace

Task<Outcome> BackendSelection::forward_within_pool(RequestContext& context, ForwardOptions options, Destination to,
                                                    Cancellation& cancellation) {
  for (;;) {
    Outcome outcome = co_await forward_to(context, options, to, cancellation);
    const bool may_spill = is_throttled(context) && context.services.ai.spill_throttled;
    if (!may_spill || !can_send_again(context, *to.entry, cancellation)) co_return outcome;
    if (!members_of(context, *to.pool, true).has_fresh) co_return outcome;
    auto next = choose_member(context, *to.pool, true);
    if (!next) co_return outcome;
    note_spill(context, *to.entry);
    begin_attempt(context);
    to = *next;
  }
}

}  // namespace sluice
