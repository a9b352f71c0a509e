// SPDX-License-Identifier: Apache-2.0
// FetchedOnce: something that is fetched once for all who want it. Who comes first fetches, within his own request; the
// others wait, each on his own thread, or go on with what was fetched before. When the one who fetches is cancelled,
// the next one takes over: no work goes on that nobody waits for.
#pragma once

#include <sluice/clock.hpp>
#include <sluice/error.hpp>
#include <sluice/task.hpp>

#include "base/home_thread.hpp"

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace sluice {

/// What is known of an answer.
template <class T>
struct Knowledge {
  std::shared_ptr<const T> value;  ///< Null: never fetched.
  SteadyTime fetched{};
  std::optional<Error> error;  ///< Of the last fetch, when it failed.
  SteadyTime failed{};
};

/// What is to be done with it.
enum class Move : std::uint8_t {
  use,      ///< The value is good, or as good as it gets.
  fail,     ///< There is none, and it is too soon to try again.
  refresh,  ///< Fetch; while somebody else does, the value is good enough.
  fetch     ///< Fetch; while somebody else does, wait.
};

template <class T>
class FetchedOnce {
 public:
  using Answer = Result<std::shared_ptr<const T>>;

  /// `decide(knowledge)` says what to do, under a lock; `fetch()` is a task of `Result<T>`. After a failed fetch the
  /// old value is given while `decide` calls it good. **Errors**: those of `fetch`; cancelled.
  template <class Decide, class Fetch>
  Task<Answer> get(Clock& clock, Decide decide, Fetch fetch, Cancellation& cancellation) {
    for (;;) {
      if (cancellation.requested()) co_return fail(ErrorCode::cancelled);
      Waiter waiter;
      {
        std::lock_guard lock(mutex_);
        const Move move = decide(std::as_const(known_));
        if (move == Move::fail) co_return fail(*known_.error);
        if (move == Move::use || (move == Move::refresh && is_fetching_)) co_return known_.value;
        if (is_fetching_) {
          waiter.home = home_thread();
          waiters_.push_back(&waiter);
        }
        waiter.is_listed = std::exchange(is_fetching_, true);
      }
      if (!waiter.is_listed) co_return co_await fetch_for_all(clock, decide, std::move(fetch));
      Cancellation::Registration on_cancel(cancellation, [&] {
        if (take(waiter)) waiter.woken.complete(true);
      });
      co_await waiter.woken;
    }
  }

 private:
  struct Waiter {
    HomeThread home;
    bool is_listed = false;
    Completion<bool> woken;
  };

  /// Ends the fetch, whatever happens in it.
  class Turn {
   public:
    explicit Turn(FetchedOnce& owner) : owner_(owner) {}
    ~Turn() { owner_.wake_all(); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    FetchedOnce& owner_;
  };

  template <class Decide, class Fetch>
  Task<Answer> fetch_for_all(Clock& clock, Decide decide, Fetch fetch) {
    const Turn turn(*this);
    Result<T> fetched = co_await fetch();
    std::lock_guard lock(mutex_);
    if (!fetched && fetched.error().code() == ErrorCode::cancelled) co_return fail(std::move(fetched.error()));
    const SteadyTime now = clock.steady_now();
    if (fetched) {
      known_ = {std::make_shared<const T>(std::move(*fetched)), now, std::nullopt, {}};
      co_return known_.value;
    }
    known_.error = std::move(fetched.error());
    known_.failed = now;
    if (known_.value == nullptr || decide(std::as_const(known_)) == Move::fail) co_return fail(*known_.error);
    co_return known_.value;
  }

  bool take(Waiter& waiter) {
    std::lock_guard lock(mutex_);
    return std::erase(waiters_, &waiter) != 0;
  }

  void wake_all() {
    std::vector<Waiter*> waiting;
    {
      std::lock_guard lock(mutex_);
      is_fetching_ = false;
      waiting.swap(waiters_);
    }
    for (Waiter* waiter : waiting) {
      const HomeThread home = waiter->home;  // the waiter may be gone as soon as it is woken
      home.run([waiter] { waiter->woken.complete(true); });
    }
  }

  std::mutex mutex_;
  Knowledge<T> known_;
  bool is_fetching_ = false;
  std::vector<Waiter*> waiters_;
};

}  // namespace sluice
