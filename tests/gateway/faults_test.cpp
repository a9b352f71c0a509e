// SPDX-License-Identifier: Apache-2.0
// Every effect of a request fails once: each time there is exactly one answer and nothing is left running.
#include <sluice/gateway.hpp>

#include <sluice/memory_stores.hpp>
#include <sluice/testing/fail_after.hpp>
#include <sluice/testing/recording_telemetry.hpp>
#include <sluice/testing/scripted_transport.hpp>
#include <sluice/testing/virtual_clock.hpp>

#include "gateway/one_service.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using sluice::testing::FailAfter;

namespace {

constexpr auto busy_policy =
    "<policies><inbound><base />"
    "<rate-limit-by-key calls=\"10\" renewal-period=\"60\" counter-key=\"k\" />"
    "<quota-by-key calls=\"100\" renewal-period=\"3600\" counter-key=\"k\" />"
    "<send-request response-variable-name=\"r\" ignore-error=\"true\"><set-url>http://side.test/</set-url>"
    "<set-method>GET</set-method></send-request></inbound>"
    "<backend><retry condition=\"@(context.Response == null || context.Response.StatusCode &gt;= 500)\" count=\"2\" "
    "interval=\"1\"><forward-request /></retry></backend></policies>";

struct Ending {
  int status = 0;
  std::string body;
  std::size_t running = 1;
  std::size_t records = 0;
};

Ending answer_with(FailAfter& failure) {
  testing::VirtualClock clock;
  testing::ScriptedTransport script(clock);
  testing::RecordingTelemetry telemetry;
  MemoryCounterStore counters(clock);
  testing::ScriptedAnswer streamed;
  streamed.chunks = {"one", "two"};
  script.add({.when = {.method = {}, .url = {}, .url_prefix = "http://backend.test"},
              .answer = streamed,
              .repeat = testing::ScriptEntry::forever});
  testing::FailingTransport transport(script, failure);
  testing::FailingCounterStore failing_counters(counters, failure);
  GatewayOptions options;
  options.clock = &clock;
  options.transport = &transport;
  options.counters = &failing_counters;
  options.telemetry = &telemetry;
  Gateway gateway(std::move(options));
  ServiceModel model = test::one_service(busy_policy);
  model.apis[0].operations[0].policy->format = PolicyFormat::xml;
  REQUIRE_FALSE(gateway.load(std::move(model)).has_errors());

  Ending result;
  Request request;
  REQUIRE(request.set_url("http://api.test/shop/x"));
  Task<Response> task = gateway.handle(request);
  auto response = clock.run(task);
  REQUIRE(response);
  result.status = response->status;
  result.body = response->body.data();
  while (response->body.is_stream()) {
    Task<BodyChunk> reading = response->body.stream()->read();
    const auto chunk = clock.run(reading);
    REQUIRE(chunk);
    REQUIRE(*chunk);
    if ((*chunk)->empty()) break;
    result.body += **chunk;
  }
  result.running = gateway.running();
  result.records = telemetry.requests().size();
  return result;
}

}  // namespace

TEST_CASE("whichever effect fails, a request ends in one answer and leaves nothing behind", "[gateway][faults]") {
  std::vector<int> statuses;
  const std::size_t effects = testing::fail_at_every_call([&](FailAfter& failure) {
    const Ending result = answer_with(failure);
    statuses.push_back(result.status);
    CHECK(result.running == 0);
    CHECK(result.records == 1);
    CHECK((result.status == 200 ? result.body == "onetwo" : result.body.starts_with("{ \"statusCode\": ")));
  });
  // Counters, the side call and the forward at least; a retry makes the last failure good.
  CHECK(effects >= 4);
  CHECK(statuses.back() == 200);
  CHECK(statuses[statuses.size() - 2] == 200);
}
