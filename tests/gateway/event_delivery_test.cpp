// SPDX-License-Identifier: Apache-2.0
#include "gateway/event_delivery.hpp"

#include <sluice/testing/recording_telemetry.hpp>

#include "testing/bare_context.hpp"

#include <catch2/catch.hpp>

#include <list>

using namespace sluice;
using namespace sluice::testing;

namespace {

/// Keeps every call until it is told to answer.
class HeldTransport final : public Transport {
 public:
  struct Held {
    std::string url, body, authorization;
    std::unique_ptr<Completion<int>> answer = std::make_unique<Completion<int>>();
  };
  std::list<Held> held;

  Task<Result<Response>> send(OutgoingRequest& request, Arena& arena, Cancellation&) override {
    held.push_back({std::string(request.url.to_string(arena)), std::string(request.body.data()),
                    std::string(request.headers.get("Authorization"))});
    Completion<int>& completion = *held.back().answer;
    const int status = co_await completion;
    Response response(arena);
    response.status = status;
    co_return Result<Response>(std::move(response));
  }
  /// Answers the call that waits longest.
  void answer(int status) {
    Held first = std::move(held.front());
    held.pop_front();
    first.answer->complete(status);
  }
};

struct DeliveryFixture {
  EventLimits limits;
  OriginMap origins{{}};
  HeldTransport transport;
  StoppedClock clock;
  RecordingTelemetry telemetry;
  Logger logger;
  std::unique_ptr<EventDelivery> delivery;

  DeliveryFixture() {
    logger.id = "hub";
    logger.event_hub = "logs";
    logger.endpoint = "https://ns.servicebus.test/";
  }
  EventDelivery& start() {
    delivery = std::make_unique<EventDelivery>(EventDelivery::Parts{limits, origins, transport, clock, telemetry});
    return *delivery;
  }
  double outcome(std::string_view name) {
    const Label labels[] = {{"logger", "hub"}, {"outcome", name}};
    return telemetry.counter(series_name("sluice_events_total", labels)).value_or(0);
  }
};

}  // namespace

TEST_CASE("a hub without a key is shown the token", "[gateway][events]") {
  DeliveryFixture fixture;
  fixture.start().post(fixture.logger, {}, "message", "token");
  REQUIRE(fixture.transport.held.size() == 1);
  const auto& call = fixture.transport.held.front();
  CHECK(call.url == "https://ns.servicebus.test/logs/messages?timeout=60&api-version=2014-01");
  CHECK(call.authorization == "Bearer token");
  CHECK(call.body == "message");
  fixture.transport.answer(201);
  CHECK(fixture.outcome("sent") == 1);
}

TEST_CASE("without a key and a token nothing is sent", "[gateway][events]") {
  DeliveryFixture fixture;
  fixture.start().post(fixture.logger, {}, "message", "");
  CHECK(fixture.transport.held.empty());
  CHECK(fixture.outcome("failed") == 1);
}

TEST_CASE("so many are under way, so many wait, the rest is dropped", "[gateway][events][limits]") {
  DeliveryFixture fixture;
  fixture.limits.sends = 2;
  fixture.limits.waiting_messages = 3;
  EventDelivery& delivery = fixture.start();
  for (int i = 0; i < 7; ++i) delivery.post(fixture.logger, {}, std::to_string(i), "token");
  CHECK(fixture.transport.held.size() == 2);
  CHECK(fixture.outcome("dropped") == 2);
  for (int i = 0; i < 5; ++i) {
    CHECK(fixture.transport.held.size() == (i < 4 ? 2 : 1));
    CHECK(fixture.transport.held.front().body == std::to_string(i));
    fixture.transport.answer(201);
  }
  CHECK(fixture.outcome("sent") == 5);
  // All senders have ended: the next message starts one again.
  delivery.post(fixture.logger, {}, "more", "token");
  REQUIRE(fixture.transport.held.size() == 1);
  fixture.transport.answer(503);
  CHECK(fixture.outcome("failed") == 1);
}

TEST_CASE("what waits has a bound in bytes", "[gateway][events][limits]") {
  DeliveryFixture fixture;
  fixture.limits.sends = 1;
  fixture.limits.waiting_bytes = 1'000;
  EventDelivery& delivery = fixture.start();
  for (int i = 0; i < 3; ++i) delivery.post(fixture.logger, {}, std::string(700, 'x'), "token");
  CHECK(fixture.outcome("dropped") == 1);
  fixture.transport.answer(201);
  fixture.transport.answer(201);
}

TEST_CASE("long messages are cut between characters", "[gateway][events][limits]") {
  DeliveryFixture fixture;
  fixture.limits.message_bytes = 10;
  EventDelivery& delivery = fixture.start();
  delivery.post(fixture.logger, {}, "0123456789abc", "token");
  delivery.post(fixture.logger, {}, "01234567\xE2\x82\xAC", "token");
  CHECK(fixture.transport.held.front().body == "0123456789");
  CHECK(fixture.transport.held.back().body == "01234567");
  fixture.transport.answer(201);
  fixture.transport.answer(201);
}

TEST_CASE("what is under way outlives the delivery and touches nothing of it", "[gateway][events]") {
  DeliveryFixture fixture;
  fixture.limits.sends = 1;
  fixture.start().post(fixture.logger, {}, "a", "token");
  fixture.delivery->post(fixture.logger, {}, "waits", "token");
  fixture.delivery.reset();
  CHECK(fixture.transport.held.size() == 1);
  fixture.transport.answer(201);
  CHECK(fixture.transport.held.empty());
  CHECK(fixture.outcome("sent") == 0);
}
