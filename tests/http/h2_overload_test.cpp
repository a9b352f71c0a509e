// SPDX-License-Identifier: Apache-2.0
// Overload over HTTP/2 (O1): a stream that is not let in gets its answer, and the others do not notice.
#include "http/gate.hpp"
#include "http/h2_support.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;

namespace {

bool is_refusal(const H2Received& answer, std::string_view seconds = "1") {
  return answer.status == 503 && answer.ended && answer.field("retry-after") == seconds &&
         answer.body == R"({ "statusCode": 503, "message": "The gateway is overloaded. Try again later." })";
}

ServerOptions with_running(std::size_t most) {
  HttpLimits limits;
  limits.running_requests = most;
  return h2_options(limits);
}

}  // namespace

TEST_CASE("O1: streams beyond the bound on running requests get 503, and are counted", "[http][h2][overload]") {
  Gate gate;
  FunctionHandler handler([&](Request& request) { return gate.hold(request); });
  Served served(handler, with_running(2));
  H2RawClient client(served.port);
  client.request(1, h2_get()).request(3, h2_get());
  REQUIRE(served.eventually([](const ServerStatistics& now) { return now.running_requests == 2; }));
  CHECK(is_refusal(client.request(5, h2_get()).answer(5)));
  const H2Received head =
      client.request(7, {{":method", "HEAD"}, {":scheme", "http"}, {":path", "/"}, {":authority", "h"}}).answer(7);
  CHECK(head.status == 503);
  CHECK(head.body.empty());
  gate.open();
  CHECK(client.answer(1).body == "held");
  CHECK(client.answer(3).body == "held");
  REQUIRE(served.eventually([](const ServerStatistics& now) { return now.running_requests == 0; }));
  CHECK(client.request(9, h2_get()).answer(9).body == "held");  // the places are free again
  const ServerStatistics now = served.server.statistics();
  CHECK(now.shed_running == 2);
  CHECK(now.requests == 5);
  CHECK(now.completed == 3);
  CHECK(now.refused == 0);
  CHECK(now.http2_streams_refused == 0);
  CHECK(client.goaways.empty());
}

TEST_CASE("O1: a stream that is not let in need not send its body", "[http][h2][overload]") {
  FunctionHandler handler(echo);
  Served served(handler, with_running(0));
  H2RawClient client(served.port);
  const H2Received answer = client.request(1, h2_post("/", {{"content-length", "5"}}), false).answer(1);
  CHECK(is_refusal(answer));
  CHECK(client.read_until([&] { return client.received(1).reset.has_value(); }));
  CHECK(client.received(1).reset == NGHTTP2_NO_ERROR);
  client.data(1, "late", true);  // it was on its way
  CHECK(is_refusal(client.request(3, h2_post("/", {{"expect", "100-continue"}}), false).answer(3)));
  CHECK(client.received(3).interim.empty());
  CHECK(served.eventually([](const ServerStatistics& now) { return now.running_requests == 0; }));
  CHECK(served.server.statistics().shed() == 2);
}

TEST_CASE("O1: a process that has used up its memory refuses streams, too", "[http][h2][overload]") {
  FunctionHandler handler(echo);
  ServerOptions options = h2_options();
  options.limits.memory_bytes = 1;
  Served served(handler, options);
  H2RawClient client(served.port);
  CHECK(is_refusal(client.request(1, h2_get()).answer(1), "5"));
  CHECK(served.server.statistics().shed_memory == 1);
}
