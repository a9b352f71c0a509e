// SPDX-License-Identifier: Apache-2.0
// Admission: whether one more request may run, or is answered 503 before everything gets slow (O1). Each worker
// decides by itself; what they share is asked for in batches. Pure: loop, clock and memory are told to it.
#pragma once

#include "http/counters.hpp"
#include "http/delay_guard.hpp"
#include "http/gradient_limit.hpp"
#include "http/loop_pulse.hpp"
#include "http/memory_watch.hpp"

#include <sluice/limits.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <string_view>

namespace sluice::http {

/// Why a request was not let in.
enum class ShedCause : std::uint8_t {
  running,      ///< As many as may run are running.
  delay,        ///< Work has been waiting too long for its turn, for a while.
  concurrency,  ///< More would only make the answers slower.
  memory,       ///< The memory is nearly used up.
};
constexpr std::size_t shed_causes = 4;

/// What the answer to a refused request says, whatever speaks it.
constexpr int shed_status = 503;
constexpr std::string_view shed_message = "The gateway is overloaded. Try again later.";
/// Value of its Retry-After.
constexpr std::string_view retry_after(ShedCause cause) { return cause == ShedCause::memory ? "5" : "1"; }

struct AdmissionRules {
  std::size_t running_requests;
  std::chrono::microseconds queue_delay;
  std::size_t memory_bytes;
  bool adaptive = false;  ///< Use a GradientLimit.
  unsigned workers = 1;
};
/// Rules that let everything in.
AdmissionRules admit_all();

/// What the workers of one server share.
class AdmissionBudget {
 public:
  explicit AdmissionBudget(const AdmissionRules& rules, MemoryWatch::Measure measure = resident_bytes);

  const AdmissionRules rules;
  MemoryWatch memory;

  /// Places that a worker keeps for its next requests. All workers together keep at most an eighth, so that none has
  /// to refuse before seven eighths are taken; never are more given out than there are.
  std::size_t kept() const { return kept_; }
  /// Some places; 0 when none is left.
  std::size_t take();
  void give_back(std::size_t places) { left_.fetch_add(places, std::memory_order_relaxed); }

 private:
  std::size_t kept_;
  std::atomic<std::size_t> left_;
};

/// The decision on one worker.
class Admission {
 public:
  /// Of a request that was let in, until `leave`.
  class Ticket {
    friend class Admission;
    SteadyTime entered_{};  // nothing, when its time is not measured
  };

  /// `pulse`: of the worker's loop.
  Admission(AdmissionBudget& budget, const LoopPulse& pulse, Clock& clock);

  /// Lets a request in; false: answer it with 503, see `cause`.
  bool enter(Ticket& ticket) {
    if (pulse_.beats == seen_beats_ && !is_watchful_ && places_ > 0) {
      --places_;
      return true;
    }
    return decide(ticket);
  }
  /// Its answer has a head now. How long its body takes is no sign of anything: it may be a stream.
  void answered(Ticket& ticket) {
    if (ticket.entered_ != SteadyTime{}) measure(ticket);
  }
  void leave(Ticket& ticket) {
    if (ticket.entered_ != SteadyTime{}) forget(ticket);
    if (++places_ > budget_.kept()) give_back();
  }
  /// Why the last request was refused.
  ShedCause cause() const { return cause_; }

  /// New connections wait this long before they are accepted.
  void set_accept_delay(std::chrono::microseconds delay) { accept_delay_ = delay; }

  // Any thread.
  std::uint64_t shed(ShedCause cause) const { return shed_[static_cast<std::size_t>(cause)].value(); }
  /// For how long requests have been refused again and again; 0: the last one is a while ago.
  std::chrono::milliseconds shedding_for(SteadyTime now) const;

 private:
  static constexpr std::chrono::microseconds longest_pause{1'000'000};  // between two refusals of one overload

  bool decide(Ticket& ticket);
  void look_at_loop(SteadyTime now);
  bool refuse(ShedCause cause, SteadyTime now);
  void measure(Ticket& ticket);
  /// Left without an answer.
  void forget(Ticket& ticket);
  void give_back();

  AdmissionBudget& budget_;
  const LoopPulse& pulse_;
  Clock& clock_;
  std::size_t places_ = 0;
  std::uint64_t seen_beats_ = ~std::uint64_t{0};  // the first request looks at everything
  bool is_watchful_ = false;                      // each request has to be looked at closely
  ShedCause cause_ = ShedCause::running;
  bool memory_is_short_ = false;
  std::chrono::microseconds accept_delay_{0};
  DelayGuard guard_;
  std::unique_ptr<GradientLimit> gradient_;
  std::size_t waiting_ = 0;  // measured requests without an answer
  std::array<Cell, shed_causes> shed_;
  std::atomic<std::int64_t> shedding_since_{0};
  std::atomic<std::int64_t> last_shed_{-2 * longest_pause.count()};
};

}  // namespace sluice::http
