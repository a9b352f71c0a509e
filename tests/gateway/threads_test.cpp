// SPDX-License-Identifier: Apache-2.0
// Many threads in one gateway, with reloads between: what the thread sanitizer looks at.
#include "gateway/snapshot_slots.hpp"

#include <sluice/gateway.hpp>

#include "gateway/one_service.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

using namespace sluice;

namespace {

/// Answers on the calling thread; every third call is throttled.
class CountingTransport final : public Transport {
 public:
  Task<Result<Response>> send(OutgoingRequest& request, Arena& arena, Cancellation&) override {
    Response response(arena);
    response.status = calls.fetch_add(1) % 3 == 0 ? 429 : 200;
    response.body = Body::bytes(request.url.host);
    return Result<Response>(std::move(response));
  }
  std::atomic<unsigned> calls{0};
};

ServiceModel pooled(int generation) {
  ServiceModel model = test::one_service(
      "<policies><inbound><base /><set-backend-service backend-id=\"pool\" />"
      "<set-header name=\"X-Generation\"><value>" +
      std::to_string(generation) +
      "</value></set-header></inbound>"
      "<backend><retry condition=\"@(context.Response.StatusCode == 429)\" count=\"3\" interval=\"0\">"
      "<forward-request /></retry></backend></policies>");
  Backend pool;
  pool.id = "pool";
  for (const char* id : {"a", "b", "c"}) {
    Backend backend;
    backend.id = id;
    backend.url = std::string("http://") + id + ".test";
    CircuitBreakerRule rule;
    rule.count = 1'000'000;
    rule.status_code_ranges = {{429, 429}};
    backend.circuit_breaker = rule;
    model.backends.push_back(backend);
    pool.pool.push_back({id, 1, 1});
  }
  model.backends.push_back(pool);
  return model;
}

}  // namespace

TEST_CASE("threads share a gateway while it is reloaded", "[gateway][threads]") {
  CountingTransport transport;
  GatewayOptions options;
  options.transport = &transport;
  Gateway gateway(std::move(options));
  REQUIRE_FALSE(gateway.load(pooled(0)).has_errors());
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      Request request;
      for (int i = 0; i < 200; ++i) {
        request.reset();
        if (!request.set_url("http://api.test/shop/x")) return;
        const Response response = gateway.handle_and_wait(request);
        if (response.status == 200 && response.body.data().ends_with(".test")) ++good;
      }
    });
  }
  for (int generation = 1; generation <= 10; ++generation) {
    CHECK_FALSE(gateway.load(pooled(generation)).has_errors());
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(good == 800);
  CHECK(gateway.running() == 0);
}

TEST_CASE("slots hand out one snapshot with a count of each slot's own", "[gateway][threads]") {
  SnapshotSlots slots;
  CHECK(slots.load(0) == nullptr);
  slots.begin(3);
  slots.begin(5);
  CHECK(slots.running() == 2);
  slots.end(3);
  CHECK(slots.running() == 1);
  CHECK(SnapshotSlots::own_slot() == SnapshotSlots::own_slot());
  CHECK(SnapshotSlots::own_slot() < SnapshotSlots::count);
}
