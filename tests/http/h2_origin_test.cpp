// SPDX-License-Identifier: Apache-2.0
// What is counted of an origin over HTTP/2: the same as over HTTP/1.1, in the same numbers.
#include "http/h2_calls.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;
using std::chrono::milliseconds;

namespace {

OriginStatistics origin_of(const Client& client, std::uint16_t port) {
  for (const OriginStatistics& one : client.runtime.origin_statistics()) {
    if (one.origin == "http://127.0.0.1:" + std::to_string(port)) return one;
  }
  return {};
}

/// How attempts have ended, as `name=count`.
std::string ends_of(const OriginStatistics& origin) {
  std::string text = "requests=" + std::to_string(origin.requests);
  const auto add = [&](std::string_view name, std::uint64_t count) {
    if (count != 0) text.append(" ").append(name).append("=").append(std::to_string(count));
  };
  add("completed", origin.completed);
  add("failed", origin.failed);
  add("timed_out", origin.timed_out);
  add("cancelled", origin.cancelled);
  return text;
}

/// Answers what the path asks for.
void as_asked(H2Peer& peer, int) {
  for (auto request = peer.read_request(); request; request = peer.read_request()) {
    const std::string path = request->get(":path");
    if (path == "/cut") return;
    if (path == "/reset") peer.send_reset(request->stream, NGHTTP2_INTERNAL_ERROR);
    if (path == "/malformed") peer.send_head(request->stream, {{":status", "abc"}});
    if (path == "/part" || path == "/stall") {
      peer.send_head(request->stream, {{":status", "200"}});
      peer.send_data(request->stream, "part");
    }
    if (path == "/part") peer.send_reset(request->stream, NGHTTP2_INTERNAL_ERROR);
    if (path == "/empty") peer.send_head(request->stream, {{":status", "204"}});  // the stream stays open
    if (path == "/ok") peer.answer(request->stream);
  }
}

}  // namespace

TEST_CASE("requests over HTTP/2 count for their origin, however they end", "[http][h2][client][origins]") {
  struct Row {
    std::string path;
    const char* ends;
  };
  const auto row = GENERATE(Row{"/ok", "requests=1 completed=1"}, Row{"/empty", "requests=1 completed=1"},
                            Row{"/cut", "requests=1 failed=1"}, Row{"/reset", "requests=1 failed=1"},
                            Row{"/malformed", "requests=1 failed=1"}, Row{"/part", "requests=1 failed=1"},
                            Row{"/stall", "requests=1 timed_out=1"}, Row{"/late", "requests=1 timed_out=1"});
  INFO(row.path);
  HttpLimits limits;
  if (row.path == "/stall" || row.path == "/late") limits.answer_gap_timeout = milliseconds(60);
  H2Upstream upstream(as_asked);
  Client client(limits);
  get(client, upstream.port(), row.path);
  CHECK(ends_of(origin_of(client, upstream.port())) == row.ends);
}

TEST_CASE("connections over HTTP/2 count for their origin, and those that nobody uses", "[http][h2][client][origins]") {
  H2Upstream upstream(as_asked);
  Client client;
  for (int i = 0; i < 3; ++i) CHECK(get(client, upstream.port(), "/ok").body == "ok");
  CHECK(eventually([&] { return origin_of(client, upstream.port()).idle_connections == 1; }));
  OriginStatistics origin = origin_of(client, upstream.port());
  CHECK(ends_of(origin) == "requests=3 completed=3");
  CHECK(origin.connections_opened == 1);
  CHECK(origin.connections_reused == 2);
  CHECK(origin.open_connections == 1);
  CHECK(origin.waiting == 0);
  std::uint64_t measured = 0;
  for (const std::uint64_t count : origin.head_times) measured += count;
  CHECK(measured >= 1);  // at most one for each beat of the loop
  CHECK(measured <= 3);
  Call call(client, upstream.port(), "/stall");
  auto answer = wait(call.start());
  REQUIRE(answer);
  CHECK(eventually([&] { return origin_of(client, upstream.port()).idle_connections == 0; }));
  answer->body.stream()->cancel();
  CHECK(eventually([&] { return origin_of(client, upstream.port()).cancelled == 1; }));
  CHECK(get(client, upstream.port(), "/cut").error);
  CHECK(eventually([&] { return origin_of(client, upstream.port()).open_connections == 0; }));
  CHECK(origin_of(client, upstream.port()).idle_connections == 0);
}

TEST_CASE("a request over HTTP/2 that finds no connection has failed, those in line are seen",
          "[http][h2][client][origins][limits]") {
  Client none;
  const std::uint16_t refuses = closed_port();
  CHECK(get(none, refuses).error == ErrorCode::backend_connection_failure);
  CHECK(ends_of(origin_of(none, refuses)) == "requests=1 failed=1");
  CHECK(none.statistics().connections_failed == 1);

  HttpLimits limits;
  limits.pool_connections_per_origin = 1;
  limits.connect_timeout = milliseconds(500);
  H2Upstream upstream(as_asked, {{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 1}});
  Client client(limits);
  CHECK(get(client, upstream.port(), "/ok").body == "ok");  // the settings are known now
  Call first(client, upstream.port(), "/stall");
  auto answer = wait(first.start());
  REQUIRE(answer);
  Call second(client, upstream.port(), "/ok");
  auto waiting = second.start();
  CHECK(eventually([&] { return origin_of(client, upstream.port()).waiting == 1; }));
  CHECK(Call::use(wait(std::move(waiting))).error == ErrorCode::backend_connection_failure);
  CHECK(ends_of(origin_of(client, upstream.port())) == "requests=3 completed=1 failed=1");
  CHECK(origin_of(client, upstream.port()).waiting == 0);
  answer->body.stream()->cancel();
}

TEST_CASE("a request that is sent again over HTTP/2 counts again", "[http][h2][client][origins]") {
  std::atomic<int> requests{0};
  H2Upstream upstream([&](H2Peer& peer, int number) {
    const auto request = peer.read_request();
    if (requests++ == 0) peer.send_reset(request->stream, NGHTTP2_REFUSED_STREAM);
    as_asked(peer, number);
  });
  Client client;
  CHECK(get(client, upstream.port(), "/ok").body == "ok");
  CHECK(ends_of(origin_of(client, upstream.port())) == "requests=2 completed=1 failed=1");
}

TEST_CASE("an origin whose connections over HTTP/2 have gone keeps what it has counted, up to a bound",
          "[http][h2][client][origins][limits]") {
  H2Upstream upstream(as_asked);
  Client client;
  CHECK(get(client, upstream.port(), "/ok").body == "ok");
  CHECK(get(client, upstream.port(), "/cut").error);
  CHECK(client.eventually([](const ClientStatistics& now) { return now.open_connections == 0; }));
  CHECK(origin_of(client, upstream.port()).completed == 1);
  constexpr std::size_t kept = 256;
  for (std::size_t i = 0; i < kept + 40; ++i) {
    Call call(client, closed_port());
    const std::string host = "127.0." + std::to_string(1 + i / 200) + "." + std::to_string(1 + i % 200);
    call.request.url.host = host;
    CHECK(call.finish().error);
  }
  const auto all = client.runtime.origin_statistics();
  CHECK(all.size() == kept);
  CHECK(origin_of(client, upstream.port()).completed == 0);  // it was the oldest
}
