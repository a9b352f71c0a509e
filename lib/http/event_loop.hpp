// SPDX-License-Identifier: Apache-2.0
// The event loop of one worker: epoll, edge-triggered. A descriptor is registered once for its life, so that waiting
// costs no system call. One descriptor stands for the whole loop, which lets another loop run it.
#pragma once

#include "base/cohorts.hpp"
#include "http/idle_poll.hpp"
#include "http/loop_pulse.hpp"
#include "http/socket_batch.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <sys/epoll.h>

namespace sluice::http {

/// A descriptor that is closed with its object.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() { close(); }
  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  void close();

 private:
  int number_ = -1;
};

/// What is run once, in its turn.
class Action {
 public:
  template <class Function>
  Action(Function function)  // NOLINT: implicit by design
      : held_(std::make_unique<Held<Function>>(std::move(function))) {}
  void operator()() { held_->run(); }

 private:
  struct Base {
    virtual ~Base() = default;
    virtual void run() = 0;
  };
  template <class Function>
  struct Held final : Base {
    explicit Held(Function from) : function(std::move(from)) {}
    void run() override { function(); }
    Function function;
  };
  std::unique_ptr<Base> held_;
};

/// Time to a few milliseconds, cheap to ask.
SteadyTime coarse_time();

class EventLoop {
 public:
  /// Something that hears of a descriptor's events.
  class Watched {
   public:
    using Report = void (*)(void* owner, std::uint32_t events);
    /// Called for some events before they are reported: what is received now is there when they are.
    using Prepare = void (*)(void* owner, std::uint32_t events, SocketBatch& batch);
    Watched(void* owner, Report report, Prepare prepare = nullptr)
        : owner_(owner), report_(report), prepare_(prepare) {}

   private:
    friend class EventLoop;
    void* owner_;
    Report report_;
    Prepare prepare_;
  };

  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Reports `events` (EPOLLIN, EPOLLET …) of the descriptor until `forget`. False when the system has no room for it.
  bool watch(Watched& watched, int descriptor, std::uint32_t events);
  /// Nothing is reported any more, of what this turn has collected neither. The descriptor is still open.
  void forget(Watched& watched, int descriptor);

  /// Something that its owner does once at the end of a turn, when everything has been reported and run.
  class TurnEnd {
   public:
    TurnEnd(void* owner, void (*run)(void* owner)) : owner_(owner), run_(run) {}

   private:
    friend class EventLoop;
    void* owner_;
    void (*run_)(void*);
    TurnEnd* next_ = nullptr;
    bool is_waiting_ = false;
  };
  /// Runs it at the end of this turn, only within one and on the loop's own thread. More often does nothing. It stays
  /// until it has run.
  void at_turn_end(TurnEnd& end);

  /// Runs the action in a later turn, from any thread. Actions run in the order they came.
  void post(Action action);

  /// Actions wait to be run.
  bool has_posted();

  /// How turns are run.
  struct Ways {
    IdlePoll poll = IdlePoll();  ///< How it waits in between.
    bool uses_batches = false;   ///< Where the system has them.
  };
  /// Runs turns on the calling thread until `stop`.
  void run(Ways ways);
  void run() { run(Ways{}); }
  /// From any thread; what is waiting then is not run.
  void stop();
  /// One turn without waiting, for a loop that watches `descriptor()`: it is readable when there is something to do.
  void run_ready();
  int descriptor() const { return epoll_.number(); }
  LoopPulse& pulse() { return pulse_; }
  /// Counts the exchanges under way: a loop with many has always something to do soon. Its own thread only.
  void begin_exchange() { ++exchanges_; }
  void end_exchange() { --exchanges_; }
  /// What sends and receives together in this turn; null: everybody for themselves. Its own thread only.
  SocketBatch* batch() { return is_batching_ ? &batch_ : nullptr; }
  /// The requests of this turn. Its own thread only.
  Cohorts& cohorts() { return cohorts_; }
  /// `coarse_time`, read once for a turn. Its own thread only.
  SteadyTime turn_time() {
    if (!is_turning_) return coarse_time();
    if (turn_time_ == SteadyTime{}) turn_time_ = coarse_time();
    return turn_time_;
  }

 private:
  static constexpr int most_events = 256;  // of one turn

  void turn(int timeout_ms);
  void collect(int timeout_ms);
  void wait_for_events();
  void report_events();
  void receive_for_group();
  void run_posted();
  void run_turn_ends();
  void wake();

  Descriptor epoll_;
  Descriptor wake_up_;
  Watched woken_;
  std::array<epoll_event, most_events> events_{};
  int event_count_ = 0;
  int next_event_ = 0;
  LoopPulse pulse_;
  IdlePoll poll_;
  std::uint32_t exchanges_ = 0;
  SteadyTime turn_time_{};  ///< Zero: nobody has asked in this turn.
  bool is_turning_ = false;
  bool is_batching_ = false;
  Cohorts cohorts_;
  SocketBatch batch_;
  TurnEnd* first_end_ = nullptr;

  std::mutex mutex_;
  std::vector<Action> posted_;
  bool is_woken_ = false;
  std::vector<Action> running_;
  std::atomic<bool> is_stopped_{false};
};

}  // namespace sluice::http
