// SPDX-License-Identifier: Apache-2.0
// Admission (O1) under loads that are simulated: a loop that serves what is ready in its order, its timer among it,
// in a time that stands still unless the test moves it.
#include "http/admission.hpp"

#include <sluice/testing/virtual_clock.hpp>

#include <catch2/catch.hpp>

#include <deque>
#include <thread>
#include <vector>

using namespace sluice;
using namespace sluice::http;
using sluice::testing::VirtualClock;
using std::chrono::microseconds;
using std::chrono::milliseconds;

namespace {

constexpr microseconds timer_period{20'000};
constexpr microseconds cost_of_refusal{10};
constexpr std::size_t events_of_a_turn = 256;

AdmissionRules rules(std::size_t running, milliseconds delay = milliseconds(100)) { return {running, delay, 0}; }

/// One worker under a load.
class SimulatedLoop {
 public:
  explicit SimulatedLoop(AdmissionRules of) : budget_(of), admission(budget_, pulse_, clock_) {
    clock_.advance(milliseconds(1));
  }

  struct Seen {
    std::size_t served = 0;
    std::size_t shed = 0;
    microseconds longest_wait{0};  // of those let in
  };

  /// A request every `pause`, each taking the processor for `work`, for `duration`.
  Seen load(microseconds pause, microseconds work, microseconds duration) {
    Seen seen;
    const SteadyTime end = clock_.steady_now() + duration;
    next_request_ = clock_.steady_now() + pause;
    while (clock_.steady_now() < end) {
      collect(pause);
      if (queue_.empty()) {
        clock_.advance(std::min(next_request_, next_beat_) - clock_.steady_now());
        continue;
      }
      for (std::size_t i = std::min(queue_.size(), events_of_a_turn); i > 0; --i) {
        const Ready ready = queue_.front();
        queue_.pop_front();
        serve(ready, work, seen);
        collect(pause);
      }
    }
    return seen;
  }
  /// Something keeps the loop from its work.
  void stall(microseconds time) { clock_.advance(time); }
  VirtualClock& clock() { return clock_; }

 private:
  struct Ready {
    SteadyTime since;
    bool is_timer;
  };

  void collect(microseconds pause) {
    const SteadyTime now = clock_.steady_now();
    for (;;) {
      const bool timer = !timer_is_queued_ && next_beat_ <= now && next_beat_ <= next_request_;
      if (!timer && next_request_ > now) return;
      queue_.push_back({timer ? next_beat_ : next_request_, timer});
      if (timer) {
        timer_is_queued_ = true;
      } else {
        next_request_ += pause;
      }
    }
  }

  void serve(const Ready& ready, microseconds work, Seen& seen) {
    const SteadyTime now = clock_.steady_now();
    if (ready.is_timer) {
      while (next_beat_ <= now) next_beat_ += timer_period;
      pulse_.beat(now - ready.since, next_beat_);
      timer_is_queued_ = false;
      return;
    }
    Admission::Ticket ticket;
    if (!admission.enter(ticket)) {
      ++seen.shed;
      clock_.advance(cost_of_refusal);
      return;
    }
    seen.longest_wait = std::max(seen.longest_wait, now - ready.since);
    clock_.advance(work);
    ++seen.served;
    admission.answered(ticket);
    admission.leave(ticket);
  }

  AdmissionBudget budget_;
  LoopPulse pulse_;
  VirtualClock clock_;
  std::deque<Ready> queue_;
  SteadyTime next_beat_{};
  SteadyTime next_request_ = SteadyTime::max();
  bool timer_is_queued_ = false;

 public:
  Admission admission;
};

}  // namespace

TEST_CASE("O1: never more requests run than may", "[http][overload]") {
  const auto most = GENERATE(as<std::size_t>(), 0, 1, 2, 7, 100, 10'000);
  AdmissionRules of = rules(most);
  of.workers = 3;
  AdmissionBudget budget(of);
  VirtualClock clock;
  LoopPulse pulse;
  Admission workers[] = {{budget, pulse, clock}, {budget, pulse, clock}, {budget, pulse, clock}};
  Admission::Ticket ticket;
  std::size_t running[3] = {};
  const auto fill = [&](std::size_t worker) {
    while (workers[worker].enter(ticket)) ++running[worker];
  };
  for (std::size_t i = 0; i < 3; ++i) fill(i);
  CHECK(running[0] + running[1] + running[2] == most);
  CHECK(workers[0].cause() == ShedCause::running);
  // What one worker gives back is another's, but for the few that the first keeps for itself.
  while (running[0] > 0) {
    workers[0].leave(ticket);
    --running[0];
  }
  fill(1);
  fill(2);
  CHECK(running[1] + running[2] <= most);
  CHECK(running[1] + running[2] >= most - most / 8);
}

TEST_CASE("O1: workers that take and give places at the same time never pass the bound", "[http][overload]") {
  constexpr std::size_t most = 20;
  AdmissionRules of = rules(most);
  of.workers = 2;
  AdmissionBudget budget(of);
  std::atomic<std::size_t> running{0};
  std::atomic<bool> passed{false};
  const auto work = [&] {
    VirtualClock clock;
    LoopPulse pulse;
    Admission admission(budget, pulse, clock);
    Admission::Ticket ticket;
    for (int round = 0; round < 2'000; ++round) {
      std::size_t mine = 0;
      while (mine < 15 && admission.enter(ticket)) {
        ++mine;
        if (running.fetch_add(1) >= most) passed = true;
      }
      for (; mine > 0; --mine) {
        running.fetch_sub(1);
        admission.leave(ticket);
      }
    }
  };
  std::thread other(work);
  work();
  other.join();
  CHECK_FALSE(passed);
}

TEST_CASE("O1: below saturation nothing is refused", "[http][overload]") {
  const auto work = GENERATE(microseconds(50), microseconds(1'000), microseconds(20'000));
  SimulatedLoop loop(rules(10'000));
  const auto seen = loop.load(work * 5 / 4, work, std::chrono::seconds(20));
  CHECK(seen.shed == 0);
  CHECK(seen.served > 0);
}

TEST_CASE("O1: beyond saturation as much is served as can be, those let in do not wait long, and it ends",
          "[http][overload]") {
  const auto work = GENERATE(microseconds(100), microseconds(1'000), microseconds(5'000));
  const auto times = GENERATE(2, 4);  // as many requests as can be served
  INFO("work " << work.count() << ", times " << times);
  SimulatedLoop loop(rules(1'000'000));
  const milliseconds duration(10'000);
  loop.load(work / times, work, milliseconds(1'000));  // until it has been noticed
  const auto seen = loop.load(work / times, work, duration);
  // What is left of the processor when all others have been refused.
  const auto arrived = duration / (work / times);
  const auto possible = (duration - arrived * cost_of_refusal) / (work - cost_of_refusal);
  CHECK(seen.served >= static_cast<std::size_t>(possible) * 8 / 10);
  CHECK(seen.longest_wait <= milliseconds(250));
  CHECK(seen.shed > seen.served / 2);
  CHECK(loop.admission.cause() == ShedCause::delay);
  CHECK(loop.admission.shedding_for(loop.clock().steady_now()) > milliseconds(5'000));
  // The queue that is left goes away with the load.
  loop.load(work * 2, work, milliseconds(500));
  CHECK(loop.load(work * 2, work, std::chrono::seconds(5)).shed == 0);
  CHECK(loop.admission.shedding_for(loop.clock().steady_now()) == milliseconds(0));
}

TEST_CASE("O1: without a limit of the delay the same load makes everyone wait", "[http][overload]") {
  SimulatedLoop loop(admit_all());
  const auto seen = loop.load(microseconds(500), microseconds(1'000), std::chrono::seconds(10));
  CHECK(seen.shed == 0);
  CHECK(seen.longest_wait > std::chrono::seconds(4));
}

TEST_CASE("O1: a single delay is no overload", "[http][overload]") {
  SimulatedLoop loop(rules(10'000));
  loop.load(milliseconds(2), milliseconds(1), milliseconds(500));
  for (int i = 0; i < 10; ++i) {
    loop.stall(milliseconds(150));
    CHECK(loop.load(milliseconds(2), milliseconds(1), milliseconds(1'000)).shed == 0);
  }
}

TEST_CASE("O1: a slow queue is refused after an interval, and after a short recovery at once", "[http][overload]") {
  constexpr SteadyTime start{std::chrono::seconds(100)};
  DelayGuard guard{milliseconds(100)};
  guard.measured(start, milliseconds(101));
  CHECK_FALSE(guard.refuses(start, start));
  guard.measured(start + milliseconds(60), milliseconds(150));
  CHECK_FALSE(guard.refuses(start + milliseconds(60), start));
  guard.measured(start + milliseconds(100), milliseconds(150));
  CHECK(guard.refuses(start + milliseconds(100), start + milliseconds(120)));
  guard.measured(start + milliseconds(120), milliseconds(5));
  const SteadyTime due = start + milliseconds(140);
  CHECK_FALSE(guard.refuses(start + milliseconds(120), due));
  // Who was there before a timer that is late has waited for at least as long.
  CHECK_FALSE(guard.refuses(due + milliseconds(100), due));
  CHECK(guard.refuses(due + milliseconds(101), due));
  guard.measured(start + milliseconds(240), milliseconds(101));
  CHECK(guard.refuses(start + milliseconds(240), start + milliseconds(260)));
  // After a long recovery it takes an interval again.
  SteadyTime now = start + milliseconds(240);
  for (int i = 0; i < 100; ++i) guard.measured(now += milliseconds(20), milliseconds(5));
  CHECK_FALSE(guard.is_watchful());
  guard.measured(now += milliseconds(20), milliseconds(101));
  CHECK_FALSE(guard.refuses(now, now));
}

TEST_CASE("O1: two delays with nothing known between them are no overload", "[http][overload]") {
  DelayGuard guard{milliseconds(100)};
  guard.measured(SteadyTime(std::chrono::seconds(1)), milliseconds(150));
  const SteadyTime later(std::chrono::seconds(9));
  guard.measured(later, milliseconds(150));
  CHECK_FALSE(guard.refuses(later, later));
}

TEST_CASE("O1: connections that wait to be accepted count", "[http][overload]") {
  AdmissionBudget budget(rules(10));
  VirtualClock clock;
  LoopPulse pulse;
  Admission admission(budget, pulse, clock);
  admission.set_accept_delay(milliseconds(500));
  Admission::Ticket ticket;
  bool entered = true;
  for (int i = 0; i < 10 && entered; ++i) {
    clock.advance(milliseconds(20));
    pulse.beat(milliseconds(1), SteadyTime::max());
    entered = admission.enter(ticket);
    if (entered) admission.leave(ticket);
  }
  CHECK_FALSE(entered);
  CHECK(admission.cause() == ShedCause::delay);
  admission.set_accept_delay(milliseconds(0));
  pulse.beat(milliseconds(1), SteadyTime::max());
  CHECK(admission.enter(ticket));
}

TEST_CASE("O1: from nine tenths of the memory on requests are refused, until it is free again", "[http][overload]") {
  static std::size_t used;
  static int looks;
  used = looks = 0;
  AdmissionRules of = rules(10);
  of.memory_bytes = 1'000;
  AdmissionBudget budget(of, [] {
    ++looks;
    return used;
  });
  VirtualClock clock;
  LoopPulse pulse;
  Admission admission(budget, pulse, clock);
  Admission::Ticket ticket;
  const auto enters = [&] {
    clock.advance(timer_period);
    pulse.beat({}, SteadyTime::max());
    const bool entered = admission.enter(ticket);
    if (entered) admission.leave(ticket);
    return entered;
  };
  used = 899;
  CHECK(enters());
  used = 900;
  for (int i = 0; i < 5; ++i) enters();
  CHECK_FALSE(enters());
  CHECK(admission.cause() == ShedCause::memory);
  CHECK(admission.shed(ShedCause::memory) > 0);
  used = 800;
  for (int i = 0; i < 5; ++i) enters();
  CHECK(enters());
  const int before = looks;
  for (int i = 0; i < 100; ++i) enters();  // two seconds
  CHECK(looks - before <= 20);
  CHECK(resident_bytes() > 0);
}

TEST_CASE("O1: the adaptive limit finds what a backend takes, and lets the rest go", "[http][overload]") {
  constexpr double capacity = 100;  // requests at once, before they wait for each other
  GradientLimit limit(10'000);
  SteadyTime now{};
  const auto time_of = [](double waiting) {
    return microseconds(static_cast<std::int64_t>(10'000 * std::max(1.0, waiting / capacity)));
  };
  for (int i = 0; i < 200'000; ++i) {
    const std::size_t waiting = limit.limit();  // there is always more to do
    limit.measured(now += microseconds(100), time_of(static_cast<double>(waiting)), waiting);
  }
  CHECK(limit.limit() >= 100);
  CHECK(limit.limit() <= 300);
}

TEST_CASE("O1: the adaptive limit does not shrink for streams, slow calls of a few, or want of load",
          "[http][overload]") {
  GradientLimit limit(10'000);
  SteadyTime now{};
  for (int i = 0; i < 20'000; ++i) limit.measured(now += milliseconds(1), milliseconds(10), limit.limit());
  const std::size_t grown = limit.limit();
  REQUIRE(grown > 500);
  for (int i = 0; i < 20'000; ++i) {
    const bool polls = i % 3 == 0;
    limit.measured(now += milliseconds(1), polls ? milliseconds(30'000) : milliseconds(10), limit.limit());
  }
  CHECK(limit.limit() >= grown);
  for (int i = 0; i < 1'000; ++i) limit.measured(now += milliseconds(1), milliseconds(500), 3);
  CHECK(limit.limit() >= grown);
}

TEST_CASE("O1: only requests without an answer count for the adaptive limit", "[http][overload]") {
  AdmissionRules of = rules(10'000);
  of.adaptive = true;
  AdmissionBudget budget(of);
  VirtualClock clock;
  clock.advance(milliseconds(1));
  LoopPulse pulse;
  Admission admission(budget, pulse, clock);
  std::vector<Admission::Ticket> streams(500);
  for (auto& stream : streams) {
    REQUIRE(admission.enter(stream));
    admission.answered(stream);  // the head is out, the body goes on
  }
  std::vector<Admission::Ticket> waiting(static_cast<std::size_t>(GradientLimit::least));
  for (auto& ticket : waiting) REQUIRE(admission.enter(ticket));
  Admission::Ticket refused;
  CHECK_FALSE(admission.enter(refused));
  CHECK(admission.cause() == ShedCause::concurrency);
  admission.leave(waiting.front());  // its caller has gone
  CHECK(admission.enter(waiting.front()));
  for (auto& stream : streams) admission.leave(stream);
  for (auto& ticket : waiting) admission.leave(ticket);
}
