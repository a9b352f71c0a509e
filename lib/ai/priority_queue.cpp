// SPDX-License-Identifier: Apache-2.0
#include "ai/priority_queue.hpp"

#include "base/home_thread.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace sluice::ai {
namespace {

using std::chrono::microseconds;

/// Where no event loop can be told that a turn has come, the request looks for itself so often.
constexpr std::chrono::milliseconds look_interval{20};

std::vector<OrderClass> order_of(const QueueRules& rules) { return {rules.classes.begin(), rules.classes.end()}; }

microseconds seconds(double time) { return std::chrono::ceil<microseconds>(std::chrono::duration<double>(time)); }

}  // namespace

struct PriorityQueue::Waiter : FairOrder::Item {
  std::shared_ptr<Waiter> self;  ///< While it is in the order.
  HomeThread home;
  SteadyTime deadline;
  bool is_admitted = false;       ///< Under the queue's lock.
  Cancellation* pause = nullptr;  ///< Ends the wait. For the home thread alone.
};

PriorityQueue::PriorityQueue(PriorityQueues& all, QueueRules rules)
    : all_(all), rules_(std::move(rules)), order_(order_of(rules_)), running_(rules_.classes.size()) {}

bool PriorityQueue::is_idle() {
  std::lock_guard lock(mutex_);
  return order_.size() == 0 && std::accumulate(running_.begin(), running_.end(), std::int64_t{0}) == 0;
}

std::int64_t PriorityQueue::slots_kept_from(std::size_t of_class) const {
  std::int64_t kept = 0;
  for (std::size_t i = 0; i < running_.size(); ++i) {
    const auto reserved =
        static_cast<std::int64_t>(std::ceil(rules_.classes[i].reserved * static_cast<double>(rules_.concurrent)));
    if (i != of_class) kept += std::max<std::int64_t>(reserved - running_[i], 0);
  }
  return kept;
}

double PriorityQueue::tokens_kept_from(std::size_t of_class) const {
  double kept = 0;
  for (std::size_t i = 0; i < rules_.classes.size(); ++i) {
    if (i != of_class) kept += rules_.classes[i].reserved * size_;
  }
  return kept;
}

void PriorityQueue::refill(SteadyTime now, const BackendRoom& room) {
  const bool pool_knows = room.capacity != BackendRoom::unknown;
  const std::int64_t capacity = rules_.tokens_per_minute > 0 ? rules_.tokens_per_minute
                                : pool_knows                 ? room.capacity
                                                             : 0;
  const bool is_first = rate_ == 0;
  rate_ = static_cast<double>(capacity) / 60.0;
  size_ = rate_ * static_cast<double>(burst.count());
  const std::chrono::duration<double> passed = now - std::exchange(refilled_, now);
  level_ = is_first ? size_ : std::min(size_, level_ + rate_ * passed.count());
}

microseconds PriorityQueue::time_to_fit(const FairOrder::Item& item, const BackendRoom& room) const {
  if (rules_.concurrent > 0) {
    const std::int64_t running = std::accumulate(running_.begin(), running_.end(), std::int64_t{0});
    if (running >= rules_.concurrent - slots_kept_from(item.of_class)) return microseconds::max();
  }
  if (room.wait.count() > 0) return room.wait;
  if (rate_ == 0) return microseconds(0);
  const auto tokens = static_cast<double>(item.tokens);
  // More than the bucket holds, or its pool has in all, goes when there is as much as can be.
  const double missing = std::min(tokens + tokens_kept_from(item.of_class), size_) - level_;
  const double missing_of_pool =
      room.tokens == BackendRoom::unknown
          ? 0
          : std::min(tokens, static_cast<double>(room.capacity)) - static_cast<double>(room.tokens);
  return seconds(std::max({missing, missing_of_pool, 0.0}) / rate_);
}

template <class Visit>
void PriorityQueue::for_each_next(SteadyTime now, Visit visit) const {
  FairOrder::Item* const next = order_.next(now);
  if (next == nullptr || !visit(*static_cast<Waiter*>(next))) return;
  for (std::size_t i = 0; i < rules_.classes.size(); ++i) {
    if (rules_.classes[i].reserved == 0) continue;
    FairOrder::Item* const of_class = order_.next_of(i);
    if (of_class != nullptr && of_class != next && !visit(*static_cast<Waiter*>(of_class))) return;
  }
}

PriorityQueue::Waiter* PriorityQueue::next_that_fits(SteadyTime now, const BackendRoom& room) const {
  Waiter* found = nullptr;
  for_each_next(now, [&](Waiter& next) {
    if (time_to_fit(next, room).count() == 0) found = &next;
    return found == nullptr;
  });
  return found;
}

bool PriorityQueue::is_next(const Waiter& waiter, SteadyTime now) const {
  bool found = false;
  for_each_next(now, [&](const Waiter& next) {
    found = &next == &waiter;
    return !found;
  });
  return found;
}

PriorityQueue::Woken PriorityQueue::advance(const RoomOfPool& room_of_pool, SteadyTime now, bool has_changed) {
  Woken woken;
  BackendRoom room = room_of_pool();
  refill(now, room);
  while (Waiter* const next = next_that_fits(now, room)) {
    woken.push_back(next->self);
    order_.serve(*next, now);
    all_.leave();
    level_ -= static_cast<double>(next->tokens);
    if (room.tokens != BackendRoom::unknown) room.tokens -= std::min(room.tokens, next->tokens);
    ++running_[next->of_class];
    next->is_admitted = true;
    next->self.reset();
  }
  if (!has_changed && woken.empty()) return woken;
  for_each_next(now, [&](const Waiter& next) {
    woken.push_back(next.self);
    return true;
  });
  return woken;
}

microseconds PriorityQueue::estimate(const QueueClaim& claim) const {
  if (rate_ == 0) return microseconds(0);
  const double before = order_.tokens_before(claim.of_class, claim.key, claim.tokens);
  const double own = std::min(static_cast<double>(claim.tokens), size_);
  return seconds(std::max(before + own - level_, 0.0) / rate_);
}

bool PriorityQueue::begin(const std::shared_ptr<Waiter>& waiter, const QueueClaim& claim, const RoomOfPool& room,
                          QueueVerdict& verdict) {
  Woken woken;
  {
    std::lock_guard lock(mutex_);
    woken = advance(room, waiter->since, false);
    verdict.position = order_.size();
    verdict.retry_after = estimate(claim);
    if (verdict.retry_after > claim.max_wait || !all_.try_wait()) return false;
    waiter->self = waiter;
    order_.add(*waiter, claim.key);
  }
  wake(woken);
  return true;
}

std::optional<SteadyTime> PriorityQueue::look(const std::shared_ptr<Waiter>& waiter, const RoomOfPool& room,
                                              SteadyTime now, bool gives_up) {
  Woken woken;
  std::optional<SteadyTime> until;
  {
    std::lock_guard lock(mutex_);
    if (!waiter->is_admitted) woken = advance(room, now, false);
    if (!waiter->is_admitted && (gives_up || now >= waiter->deadline)) {
      order_.remove(*waiter);
      all_.leave();
      waiter->self.reset();
      const Woken after = advance(room, now, true);
      woken.insert(woken.end(), after.begin(), after.end());
    } else if (!waiter->is_admitted) {
      until = waiter->deadline;
      const microseconds wait =
          is_next(*waiter, now) ? time_to_fit(*waiter, room()) : rules_.classes[waiter->of_class].age_after;
      if (wait < *until - now) until = now + wait;
      if (waiter->home.post == nullptr) until = std::min<SteadyTime>(*until, now + look_interval);
    }
  }
  std::erase(woken, waiter);
  wake(woken);
  return until;
}

void PriorityQueue::wake(const Woken& waiters) {
  for (const std::shared_ptr<Waiter>& waiter : waiters) {
    if (waiter->home.post == nullptr) continue;
    waiter->home.run([waiter] {
      if (waiter->pause != nullptr) waiter->pause->request();
    });
  }
}

Task<Result<QueueVerdict>> PriorityQueue::enter(const QueueClaim& claim, const RoomOfPool& room, Clock& clock,
                                                Cancellation& cancellation) {
  auto waiter = std::make_shared<Waiter>();
  waiter->of_class = claim.of_class;
  waiter->tokens = claim.tokens;
  waiter->since = clock.steady_now();
  waiter->deadline = waiter->since + claim.max_wait;
  waiter->home = home_thread();
  QueueVerdict verdict;
  const bool has_begun = begin(waiter, claim, room, verdict);
  if (!has_begun) co_return verdict;
  for (;;) {
    const auto until = look(waiter, room, clock.steady_now(), cancellation.requested());
    if (!until) break;
    Cancellation pause(cancellation);
    waiter->pause = &pause;
    co_await clock.wait_until(*until, pause);
    waiter->pause = nullptr;
  }
  verdict.waited = clock.steady_now() - waiter->since;
  verdict.admitted = waiter->is_admitted;
  if (!verdict.admitted && cancellation.requested()) co_return fail(ErrorCode::cancelled);
  co_return verdict;
}

void PriorityQueue::leave(const QueueClaim& claim, std::int64_t used, const RoomOfPool& room, SteadyTime now) {
  Woken woken;
  {
    std::lock_guard lock(mutex_);
    --running_[claim.of_class];
    level_ += static_cast<double>(claim.tokens - used);
    woken = advance(room, now, true);
  }
  wake(woken);
}

}  // namespace sluice::ai
