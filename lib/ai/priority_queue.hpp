// SPDX-License-Identifier: Apache-2.0
// PriorityQueue: who may go on to a pool now, and who waits. Capacity is tokens a minute, as a bucket of a few seconds
// of it, and requests at a time; what a request is taken to cost is corrected when its cost is known. Part of both is
// kept for classes that reserve it. In which order the others go on is FairOrder's.
// One for all workers; each request waits on its own thread.
#pragma once

#include <sluice/error.hpp>
#include <sluice/services.hpp>

#include "ai/fair_order.hpp"
#include "ai/priority_queues.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace sluice::ai {

struct QueueRules {
  struct Class : OrderClass {
    double reserved = 0;  ///< Of the capacity, 0 to 1: kept from all other classes.
    bool operator==(const Class&) const = default;
  };
  std::vector<Class> classes;
  std::int64_t tokens_per_minute = 0;  ///< 0: what the pool says, or no bound.
  std::int64_t concurrent = 0;         ///< 0: no bound.
  bool operator==(const QueueRules&) const = default;
};

/// One who wants to go on.
struct QueueClaim {
  std::size_t of_class = 0;
  std::string_view key;
  std::int64_t tokens = 1;  ///< About what the request costs.
  std::chrono::milliseconds max_wait{10'000};
};

/// What became of it.
struct QueueVerdict {
  bool admitted = false;
  std::chrono::microseconds waited{0};
  std::size_t position = 0;                  ///< How many were waiting when it came.
  std::chrono::microseconds retry_after{0};  ///< When it is not admitted: about when it would be.
};

/// What the pool behind a queue can take; asked whenever it matters.
using RoomOfPool = std::function<BackendRoom()>;

class PriorityQueue {
 public:
  /// Capacity that may be used at once after a pause.
  static constexpr std::chrono::seconds burst{6};

  PriorityQueue(PriorityQueues& all, QueueRules rules);
  PriorityQueue(const PriorityQueue&) = delete;
  PriorityQueue& operator=(const PriorityQueue&) = delete;

  /// Waits for a turn. Who is admitted calls `leave` once. **Errors**: cancelled.
  Task<Result<QueueVerdict>> enter(const QueueClaim& claim, const RoomOfPool& room, Clock& clock,
                                   Cancellation& cancellation);
  /// The request has ended, and has cost `used`.
  void leave(const QueueClaim& claim, std::int64_t used, const RoomOfPool& room, SteadyTime now);

  const QueueRules& rules() const { return rules_; }
  bool is_idle();

 private:
  struct Waiter;
  using Woken = std::vector<std::shared_ptr<Waiter>>;

  /// What is left of the shares that other classes reserve.
  std::int64_t slots_kept_from(std::size_t of_class) const;
  double tokens_kept_from(std::size_t of_class) const;
  void refill(SteadyTime now, const BackendRoom& room);
  /// Calls `visit` with whoever is next in the order, and then with the next of each class that has a share of its own,
  /// which does not wait for others to fit; until it says false.
  template <class Visit>
  void for_each_next(SteadyTime now, Visit visit) const;
  /// Null when none does.
  Waiter* next_that_fits(SteadyTime now, const BackendRoom& room) const;
  bool is_next(const Waiter& waiter, SteadyTime now) const;
  /// Time until it fits; 0: now; max: when somebody leaves.
  std::chrono::microseconds time_to_fit(const FairOrder::Item& item, const BackendRoom& room) const;
  /// Lets go on whoever can. Those who are to be told: they, and who is next, for whom the time to wait has changed;
  /// `has_changed`: as it has for another reason.
  Woken advance(const RoomOfPool& room, SteadyTime now, bool has_changed);
  std::chrono::microseconds estimate(const QueueClaim& claim) const;
  bool begin(const std::shared_ptr<Waiter>& waiter, const QueueClaim& claim, const RoomOfPool& room,
             QueueVerdict& verdict);
  /// When to look again; nothing: the wait has ended.
  std::optional<SteadyTime> look(const std::shared_ptr<Waiter>& waiter, const RoomOfPool& room, SteadyTime now,
                                 bool gives_up);
  static void wake(const Woken& waiters);

  PriorityQueues& all_;
  const QueueRules rules_;
  std::mutex mutex_;
  FairOrder order_;
  std::vector<std::int64_t> running_;  ///< Of each class.
  SteadyTime refilled_{};
  double level_ = 0, rate_ = 0, size_ = 0;  ///< Of the bucket: tokens; tokens a second, 0: no bound; tokens.
};

}  // namespace sluice::ai
