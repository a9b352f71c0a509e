// SPDX-License-Identifier: Apache-2.0
// What a stream takes before it needs it, from counters that fail and come back.
#include "ai/reservation.hpp"

#include <sluice/memory_stores.hpp>

#include "testing/bare_context.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace sluice::ai;

namespace {

/// Counts how often something is asked for, and fails when it is told to.
struct FailingCounters final : CounterStore {
  explicit FailingCounters(Clock& clock) : counters(clock) {}
  MemoryCounterStore counters;
  bool is_failing = false;
  int asked = 0;

  Task<Result<CounterState>> reserve(std::string_view key, const CounterRule& rule, std::int64_t amount) override {
    ++asked;
    return is_failing ? testing::RefusingCounters::refuse() : counters.reserve(key, rule, amount);
  }
  Task<Result<CounterState>> settle(std::string_view key, const CounterRule& rule, std::int64_t amount) override {
    return counters.settle(key, rule, amount);
  }
  Task<Result<CounterState>> peek(std::string_view key, const CounterRule& rule) override {
    return counters.peek(key, rule);
  }
};

/// A stream with a quota that has plenty.
struct Streaming : testing::ContextFixture {
  FailingCounters store{clock};
  Services with_store{clock,  random, store,  cache,   transport, backends, limiter,   telemetry, tokens,
                      tokens, tokens, events, vectors, queues,    limits,   behaviour, ai};
  RequestContext request_context{request, with_store, deployment};
  UsualCompletions usual{max_usual_completions};
  Prompt prompt;
  TokenCharge charge{request_context};
  std::optional<Reservation> reservation;

  Streaming() {
    request.url.path = "/chat/completions";
    request.body.set_bytes(R"({"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"Hi"}]})");
    prompt = read_prompt(request.body.data(), request.arena);
    charge.add_quota("k", 100'000'000, CalendarPeriod::month);
    reservation.emplace(request_context, charge, prompt, 8, usual, "k");
    CHECK_FALSE(*wait(reservation->admit()));
    store.asked = 0;
  }
  void pass(std::int64_t passed) { wait(reservation->note_passed(passed)); }
};

}  // namespace

TEST_CASE("a stream takes a stock before it needs it, and more when half of it has passed", "[ai][reservation]") {
  Streaming s;
  for (std::int64_t tokens = 0; tokens < Reservation::stocked_tokens / 2; ++tokens) s.pass(tokens);
  CHECK(s.store.asked == 1);
  s.pass(Reservation::stocked_tokens);
  CHECK(s.store.asked == 2);
}

TEST_CASE("a store that fails is not asked for a stock with each event", "[ai][reservation]") {
  Streaming s;
  s.store.is_failing = true;
  for (std::int64_t tokens = 0; tokens <= Reservation::slice_tokens; ++tokens) {
    s.pass(tokens);
    CHECK(s.reservation->has(tokens));
  }
  CHECK(s.store.asked == 1);

  SECTION("what is needed is asked for all the same, and ends the stream") {
    CHECK_FALSE(wait(s.reservation->grant(Reservation::slice_tokens + 1)));
    CHECK(s.reservation->ended_at() == 8 + Reservation::slice_tokens);
  }
  SECTION("when it has come back there is a stock again") {
    s.store.is_failing = false;
    CHECK(wait(s.reservation->grant(Reservation::slice_tokens + 1)));
    CHECK_FALSE(s.reservation->has(Reservation::stocked_tokens));
    s.pass(Reservation::slice_tokens + 1);
    CHECK(s.reservation->has(Reservation::stocked_tokens));
  }
}
