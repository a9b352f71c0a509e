// SPDX-License-Identifier: Apache-2.0
#include "gateway/backend_meter.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace std::chrono_literals;
using State = BackendMeter::State;

namespace {

const WallTime wall{std::chrono::seconds(1'700'000'000)};  // 2023-11-14T22:13:20Z

struct Answer {
  explicit Answer(int status, std::initializer_list<std::pair<std::string_view, std::string_view>> fields = {}) {
    response.status = status;
    for (const auto& [name, value] : fields) response.headers.append(name, value);
  }
  Arena arena{1024};
  Response response{arena};
};

struct Metered {
  explicit Metered(const BackendCapacity& capacity = {}) : meter(capacity) {}
  BackendMeter meter;
  SteadyTime now{};
  void answer(const Answer& made) { meter.end(&made.response, now, wall); }
  void send(const Answer& made, std::int64_t tokens = 1) {
    meter.begin(tokens, now);
    answer(made);
  }
};

}  // namespace

TEST_CASE("a backend says when it takes requests again in several ways", "[gateway][backend_meter]") {
  const auto time = [](std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
    return throttle_time(Answer(429, fields).response.headers, wall);
  };
  CHECK(time({{"Retry-After", "7"}}) == 7s);
  CHECK(time({{"Retry-After", "Tue, 14 Nov 2023 22:13:50 GMT"}}) == 30s);
  CHECK(time({{"Retry-After", "7"}, {"retry-after-ms", "6120"}}) == 6120ms);
  CHECK(time({{"x-ratelimit-remaining-tokens", "0"}, {"x-ratelimit-reset-tokens", "6m0s"}}) == 6min);
  CHECK(time({{"x-ratelimit-remaining-requests", "0"}, {"x-ratelimit-reset-requests", "120ms"}}) == 120ms);
  CHECK(time({{"x-ratelimit-remaining-requests", "0"}, {"x-ratelimit-reset-requests", "1.5"}}) == 1500ms);
  CHECK_FALSE(time({{"x-ratelimit-remaining-tokens", "5"}, {"x-ratelimit-reset-tokens", "9s"}}));
  CHECK_FALSE(time({{"Retry-After", "soon"}, {"retry-after-ms", "-1"}}));
  CHECK_FALSE(time({{"x-ratelimit-remaining-tokens", "0"}, {"x-ratelimit-reset-tokens", "5 parsecs"}}));
  CHECK_FALSE(time({}));
}

TEST_CASE("a throttled backend is not probed early, and then by one request", "[gateway][backend_meter]") {
  Metered m;
  m.send(Answer(429, {{"Retry-After", "10"}}));
  CHECK(m.meter.state(1, m.now) == State::throttled);
  CHECK(m.meter.throttled_for(m.now) == 10s);
  CHECK(m.meter.room(m.now).wait == 10s);
  m.now += 9'999ms;
  CHECK(m.meter.state(1, m.now) == State::throttled);
  m.now += 1ms;
  CHECK(m.meter.state(1, m.now) == State::open);
  m.meter.begin(1, m.now);
  CHECK(m.meter.state(1, m.now) == State::throttled);
  m.answer(Answer(200));
  CHECK(m.meter.state(1, m.now) == State::open);
}

TEST_CASE("a probe that fails keeps others away, one that is given up lets another try", "[gateway][backend_meter]") {
  Metered m;
  m.send(Answer(429, {{"Retry-After", "1"}}));
  m.now += 1s;
  m.send(Answer(429, {{"retry-after-ms", "500"}}));
  CHECK(m.meter.throttled_for(m.now) == 500ms);
  m.now += 500ms;
  m.meter.begin(1, m.now);
  m.meter.end(nullptr, m.now, wall);
  CHECK(m.meter.state(1, m.now) == State::open);
}

TEST_CASE("an answer to an earlier request does not end a refusal", "[gateway][backend_meter]") {
  Metered m;
  m.meter.begin(1, m.now);
  m.send(Answer(429, {{"Retry-After", "10"}}));
  m.answer(Answer(200));
  CHECK(m.meter.state(1, m.now) == State::throttled);
}

TEST_CASE("a 429 that does not say for how long keeps nobody else away", "[gateway][backend_meter]") {
  Metered m;
  m.send(Answer(429));
  CHECK(m.meter.state(1, m.now) == State::open);
}

TEST_CASE("a 503 throttles when it says for how long", "[gateway][backend_meter]") {
  Metered m;
  m.send(Answer(503));
  CHECK(m.meter.state(1, m.now) == State::open);
  m.send(Answer(503, {{"Retry-After", "3"}}));
  CHECK(m.meter.state(1, m.now) == State::throttled);
}

TEST_CASE("room is what is left of a minute's capacity", "[gateway][backend_meter]") {
  CHECK(BackendMeter().room(SteadyTime()).tokens == BackendRoom::unknown);
  Metered m({6'000, 0});
  m.meter.begin(4'000, m.now);
  CHECK(m.meter.room(m.now).tokens == 2'000);
  CHECK(m.meter.state(2'001, m.now) == State::nearly_full);
  CHECK(m.meter.state(2'000, m.now) == State::open);
  m.now += 10s;
  CHECK(m.meter.room(m.now).tokens == 3'000);
  m.meter.correct(-1'000);
  CHECK(m.meter.room(m.now).tokens == 4'000);
  CHECK(m.meter.state(1'000'000, m.now) == State::nearly_full);
  m.now += 60s;
  CHECK(m.meter.room(m.now).tokens == 6'000);
  CHECK(m.meter.state(1'000'000, m.now) == State::open);
}

TEST_CASE("answers tell capacity and what is left", "[gateway][backend_meter]") {
  Metered m;
  m.send(Answer(200, {{"x-ratelimit-limit-tokens", "1000"}, {"x-ratelimit-remaining-tokens", "40"}}));
  CHECK(m.meter.room(m.now).capacity == 1'000);
  CHECK(m.meter.room(m.now).tokens == 40);
  m.send(Answer(200, {{"x-ratelimit-limit-requests", "10"}, {"x-ratelimit-remaining-requests", "0"}}));
  CHECK(m.meter.state(1, m.now) == State::nearly_full);
  m.now += 6s;
  CHECK(m.meter.state(1, m.now) == State::open);
}

TEST_CASE("nonsense in headers teaches nothing", "[gateway][backend_meter]") {
  Metered m;
  m.send(Answer(200, {{"x-ratelimit-limit-tokens", "-5"}, {"x-ratelimit-remaining-tokens", "1e9"}}));
  m.send(Answer(200, {{"x-ratelimit-limit-tokens", "99999999999999999999"}}));
  CHECK(m.meter.room(m.now).capacity == BackendRoom::unknown);
  m.send(Answer(429, {{"Retry-After", "999999999"}}));
  CHECK(m.meter.throttled_for(m.now) <= BackendMeter::max_throttle);
}
