// SPDX-License-Identifier: Apache-2.0
// BackendSelection: which member of a pool takes a request, and what a backend or pool can take at all.
#include "gateway/backend_refusal.hpp"
#include "gateway/backend_selection.hpp"

#include "ai/request_cost.hpp"

#include <algorithm>

namespace sluice {
namespace {

using std::chrono::microseconds;

/// The phrase is what public documents look for to stop retrying.
Error pool_unavailable(const Backend& pool, microseconds wait, bool is_throttled) {
  const std::optional<int> status = is_throttled ? std::optional(too_many_requests) : std::nullopt;
  Error error =
      refusal(ErrorCode::backend_pool_unavailable, pool.pool_failure_status ? pool.pool_failure_status : status, wait);
  error.edit().status_reason = "Backend pool '" + pool.id + "' is temporarily unavailable";
  error.edit().message = error.detail().status_reason + ".";
  return error;
}

/// What of `member` says no, if anything does; `until`: for how long.
Usable usable_now(const BackendEntry& member, std::int64_t tokens, SteadyTime now, microseconds& until,
                  bool& throttled) {
  if (member.breaker && member.breaker->is_open(now)) {
    until = member.breaker->open_for(now);
    return Usable::no;
  }
  if (!member.meter) return Usable::yes;
  const BackendMeter::State state = member.meter->state(tokens, now);
  if (state == BackendMeter::State::open) return Usable::yes;
  if (state == BackendMeter::State::nearly_full) return Usable::when_no_other;
  until = member.meter->throttled_for(now);
  throttled = true;
  return Usable::no;
}

}  // namespace

BackendSelection::Members BackendSelection::members_of(RequestContext& context, const BackendEntry& pool,
                                                       bool is_forward) {
  const SteadyTime now = context.services.clock.steady_now();
  const std::int64_t tokens = is_forward ? ai::known_cost(context) : 1;
  const auto usable = context.arena.make_array<Usable>(pool.members.size());
  Members members{usable};
  for (std::size_t i = 0; i < pool.members.size(); ++i) {
    microseconds until = microseconds::max();
    usable[i] = usable_now(*pool.members[i], tokens, now, until, members.any_throttled);
    members.soonest = std::min(members.soonest, until);
    if (usable[i] == Usable::no) continue;
    if (is_forward && context.avoids_backend(pool.members[i]->key)) {
      usable[i] = Usable::when_no_other;
    } else {
      members.has_fresh = true;
    }
  }
  return members;
}

Result<BackendSelection::Destination> BackendSelection::choose_member(RequestContext& context, const BackendEntry& pool,
                                                                      bool is_forward) const {
  return choose_among(context, pool, members_of(context, pool, is_forward), is_forward);
}

Result<BackendSelection::Destination> BackendSelection::choose_among(RequestContext& context, const BackendEntry& pool,
                                                                     const Members& members, bool is_forward) {
  const SessionAffinity* affinity = is_forward && pool.affinity ? &*pool.affinity : nullptr;
  std::size_t chosen = affinity != nullptr ? affinity->member_of(context.request.headers) : SessionAffinity::none;
  if (chosen != SessionAffinity::none && members.usable[chosen] == Usable::yes) {
    affinity = nullptr;  // the caller knows
  } else {
    chosen = pool.selection->choose(members.usable);
  }
  if (chosen != PoolSelection::none) {
    const BackendEntry* const member = pool.members[chosen];
    return Destination{member, member->url, affinity, chosen, &pool};
  }
  const bool is_known = members.soonest != microseconds::max();
  return fail(pool_unavailable(*pool.entity, is_known ? members.soonest : microseconds(0), members.any_throttled));
}

Result<BackendRoom> BackendSelection::room(RequestContext& context, std::string_view backend_id) const {
  const BackendEntry* entry = table_.find(backend_id);
  if (entry == nullptr) return fail(backend_missing(backend_id));
  const SteadyTime now = context.services.clock.steady_now();
  const auto room_of = [now](const BackendEntry& each) {
    BackendRoom room = each.meter ? each.meter->room(now) : BackendRoom();
    if (each.breaker) room.wait = std::max(room.wait, each.breaker->open_for(now));
    return room;
  };
  if (!entry->entity->is_pool()) return room_of(*entry);
  BackendRoom all{0, 0, microseconds::max()};
  for (const BackendEntry* member : entry->members) {
    const BackendRoom room = room_of(*member);
    all.wait = std::min(all.wait, room.wait);
    if (room.wait.count() > 0) continue;
    const auto add = [](std::int64_t& to, std::int64_t more) {
      to = to == BackendRoom::unknown || more == BackendRoom::unknown ? BackendRoom::unknown : to + more;
    };
    add(all.tokens, room.tokens);
    add(all.capacity, room.capacity);
  }
  return all;
}

}  // namespace sluice
