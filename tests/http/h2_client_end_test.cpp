// SPDX-License-Identifier: Apache-2.0
// Every way in which an exchange of the client over HTTP/2 can end before its time, and what becomes of the connection.
#include "http/h2_calls.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;
using std::chrono::milliseconds;

TEST_CASE("U5: an upload that breaks is reset, and the connection stays", "[http][h2][client]") {
  std::uint32_t code = 0;
  H2Upstream upstream([&](H2Peer& peer, int number) {
    peer.read_request(true);
    code = peer.read(NGHTTP2_RST_STREAM)->number();
    echo_all(peer, number);
  });
  Client client;
  Call call(client, upstream.port(), "/x", "POST");
  auto stream = std::make_unique<Feed>();
  Feed& feed = *stream;
  ErrorCode expected = ErrorCode::client_connection_failure;
  std::optional<std::uint64_t> length;
  SECTION("it fails") {
    feed.feed("part");
    feed.break_off();
  }
  SECTION("it is longer than it says") {
    length = 5;
    feed.feed("four");
    feed.feed("four");
    expected = ErrorCode::bad_request;
  }
  SECTION("it is shorter than it says") {
    length = 30;
    feed.feed("four");
    feed.feed({});
    expected = ErrorCode::bad_request;
  }
  call.request.body = Body::stream(std::move(stream), length);
  CHECK(call.finish().error == expected);
  CHECK(get(client, upstream.port()).body == "GET /x ");
  CHECK(code == NGHTTP2_CANCEL);
  CHECK(upstream.connections() == 1);
}

TEST_CASE("an answer that is whole before the upload ends it", "[http][h2][client]") {
  std::uint32_t code = 99;
  H2Upstream upstream([&](H2Peer& peer, int number) {
    peer.answer(peer.read_request(true)->stream, "enough");
    code = peer.read(NGHTTP2_RST_STREAM)->number();
    echo_all(peer, number);
  });
  Client client;
  Call call(client, upstream.port(), "/x", "POST");
  auto stream = std::make_unique<Feed>();
  Feed& feed = *stream;
  call.request.body = Body::stream(std::move(stream));
  CHECK(call.finish().body == "enough");
  CHECK(feed.cancelled.wait());
  CHECK(get(client, upstream.port()).body == "GET /x ");
  CHECK(code == NGHTTP2_CANCEL);
  CHECK(upstream.connections() == 1);
}

TEST_CASE("M2: giving up resets the stream, and the connection goes on", "[http][h2][client]") {
  Signal arrived;
  std::uint32_t code = 0;
  bool with_head = false;
  SECTION("before the head") {}
  SECTION("amid the body") { with_head = true; }
  H2Upstream upstream([&](H2Peer& peer, int number) {
    const auto request = peer.read_request();
    if (with_head) {
      peer.send_head(request->stream, {{":status", "200"}});
      peer.send_data(request->stream, "part");
    }
    arrived.set();
    code = peer.read(NGHTTP2_RST_STREAM)->number();
    peer.send_data(request->stream, "too late", true);
    echo_all(peer, number);
  });
  Client client;
  Call call(client, upstream.port());
  if (with_head) {
    auto answer = wait(call.start());
    REQUIRE(answer);
    CHECK(wait(answer->body.stream()->read()).value() == "part");
    answer->body.stream()->cancel();
    CHECK(wait(answer->body.stream()->read()).error().code() == ErrorCode::cancelled);
  } else {
    // Cancellations are requested on the thread that runs the work.
    FunctionHandler handler([&](Request& request) -> Task<Response> {
      auto answer = co_await client.runtime.transport().send(call.request, call.arena, request.cancellation);
      co_return text_response(request, answer ? 200 : 500, "x");
    });
    Server server(client.runtime, {}, handler);
    const auto port = server.start();
    RawClient caller(port.value());
    caller.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK(arrived.wait());
    caller.abort();
    CHECK(client.eventually([](const auto& s) { return s.cancelled == 1; }));
    server.drain_and_stop(patience);
  }
  CHECK(get(client, upstream.port()).body == "GET /x ");
  CHECK(code == NGHTTP2_CANCEL);
  CHECK(upstream.connections() == 1);
}

TEST_CASE("U4: what the peer has not looked at is sent again", "[http][h2][client]") {
  std::atomic<int> requests{0};
  std::string how;
  SECTION("REFUSED_STREAM") { how = "refused"; }
  SECTION("GOAWAY below it") { how = "goaway"; }
  H2Upstream upstream([&](H2Peer& peer, int number) {
    const auto request = peer.read_request();
    if (++requests > 1) {
      peer.answer(request->stream, request->body);
      return echo_all(peer, number);
    }
    if (how == "refused") {
      peer.send_reset(request->stream, NGHTTP2_REFUSED_STREAM);
      const auto again = peer.read_request();
      peer.answer(again->stream, again->body);
    } else {
      peer.send_goaway(0);
    }
    peer.read();
  });
  Client client;
  Call call(client, upstream.port(), "/x", "POST");
  call.request.body = Body::bytes("precious");
  CHECK(call.finish().body == "precious");
  CHECK(client.statistics().resent == 1);
  CHECK(upstream.connections() == (how == "refused" ? 1 : 2));
}

TEST_CASE("U4: a peer that refuses every time is asked so often", "[http][h2][client][limits]") {
  std::atomic<int> requests{0};
  H2Upstream upstream([&](H2Peer& peer, int) {
    for (auto request = peer.read_request(); request; request = peer.read_request()) {
      ++requests;
      peer.send_reset(request->stream, NGHTTP2_REFUSED_STREAM);
    }
  });
  Client client;
  CHECK(get(client, upstream.port()).error == ErrorCode::backend_connection_failure);
  CHECK(requests == 3);
}

TEST_CASE("a connection that goes away lets running exchanges end, and takes no more", "[http][h2][client]") {
  H2Upstream upstream([&](H2Peer& peer, int number) {
    if (number > 0) return echo_all(peer, number);
    const auto request = peer.read_request();
    peer.send_goaway(request->stream);
    peer.send_head(request->stream, {{":status", "200"}});
    peer.send_data(request->stream, "part");
    peer.connection().read_until("never");  // until the client closes
  });
  Client client;
  Call call(client, upstream.port());
  auto answer = wait(call.start());
  REQUIRE(answer);
  CHECK(get(client, upstream.port()).body == "GET /x ");
  CHECK(upstream.connections() == 2);
  CHECK(wait(answer->body.stream()->read()).value() == "part");
  answer->body.stream()->cancel();
  CHECK(client.eventually([](const auto& s) { return s.open_connections == 1; }));
}

TEST_CASE("U4: a safe request that dies on a reused connection is sent once more, others are not",
          "[http][h2][client]") {
  H2Upstream upstream([&](H2Peer& peer, int) {
    peer.answer(peer.read_request()->stream);
    peer.read_request();
  });
  Client client;
  CHECK(get(client, upstream.port()).body == "ok");
  CHECK(get(client, upstream.port()).body == "ok");
  CHECK(client.statistics().resent == 1);
  Call call(client, upstream.port(), "/x", "POST");
  CHECK(call.finish().error == ErrorCode::backend_connection_failure);
  CHECK(client.statistics().resent == 1);
}

TEST_CASE("U5: an answer that is cut or reset amid its body is an error behind what came", "[http][h2][client]") {
  const bool by_reset = GENERATE(true, false);
  H2Upstream upstream([&](H2Peer& peer, int) {
    const auto request = peer.read_request();
    peer.send_head(request->stream, {{":status", "200"}});
    peer.send_data(request->stream, "part");
    if (by_reset) {
      peer.send_reset(request->stream, NGHTTP2_INTERNAL_ERROR);
      peer.read_request();
    }
  });
  Client client;
  const Got got = get(client, upstream.port());
  CHECK(got.status == 200);
  CHECK(got.body == "part");
  CHECK(got.error == ErrorCode::backend_connection_failure);
  CHECK(client.statistics().broken == 1);
}

TEST_CASE("T6: an answer that does not come in time is a timeout of its stream alone", "[http][h2][client][limits]") {
  std::uint32_t code = 0;
  H2Upstream upstream([&](H2Peer& peer, int number) {
    if (number > 0) return echo_all(peer, number);
    peer.read_request();
    code = peer.read(NGHTTP2_RST_STREAM)->number();
    for (auto request = peer.read_request(); request; request = peer.read_request())
      peer.answer(request->stream, "first");
  });
  Client client;
  Call call(client, upstream.port());
  call.request.timeout = milliseconds(50);
  CHECK(call.finish().error == ErrorCode::timeout);
  CHECK(client.statistics().timed_out == 1);
  // Other requests go elsewhere as long as it is not known that the connection is alive.
  CHECK(eventually([&] { return get(client, upstream.port()).body == "first"; }));
  CHECK(code == NGHTTP2_CANCEL);
}

TEST_CASE("T6: an answer over HTTP/2 that stalls amid its body is broken", "[http][h2][client][limits]") {
  HttpLimits limits;
  limits.answer_gap_timeout = milliseconds(60);
  H2Upstream upstream([&](H2Peer& peer, int) {
    const auto request = peer.read_request();
    peer.send_head(request->stream, {{":status", "200"}});
    peer.send_data(request->stream, "part");
    peer.read(NGHTTP2_RST_STREAM);
    peer.read();
  });
  Client client(limits);
  const Got got = get(client, upstream.port());
  CHECK(got.body == "part");
  CHECK(got.error == ErrorCode::timeout);
}

TEST_CASE("a connection that gives no sign of life is dropped after one ping", "[http][h2][client][limits]") {
  HttpLimits limits;
  limits.connect_timeout = milliseconds(100);
  std::atomic<std::size_t> pings{0};
  H2Upstream upstream([&](H2Peer& peer, int number) {
    if (number > 0) return echo_all(peer, number);
    peer.read_request();
    peer.set_answers_pings(false);
    while (peer.read()) pings = peer.pings();
  });
  Client client(limits);
  Call call(client, upstream.port());
  call.request.timeout = milliseconds(60);
  CHECK(call.finish().error == ErrorCode::timeout);
  CHECK(get(client, upstream.port()).body == "GET /x ");  // not on the one that is doubted
  CHECK(upstream.connections() == 2);
  CHECK(client.eventually([](const auto& s) { return s.open_connections == 1; }));
  CHECK(eventually([&] { return pings == 1; }));
}

TEST_CASE("T7: an upload that the peer's window stops is given up", "[http][h2][client][limits]") {
  HttpLimits limits;
  limits.http2.stall_timeout = milliseconds(60);
  limits.answer_gap_timeout = milliseconds(60);
  const bool streamed = GENERATE(true, false);
  H2Upstream upstream([&](H2Peer& peer, int) {
    peer.set_opens_windows(false);
    peer.read(NGHTTP2_RST_STREAM);
    peer.read();
  });
  Client client(limits);
  Call call(client, upstream.port(), "/x", "POST");
  const std::string body(100'000, 'x');
  if (streamed) {
    auto stream = std::make_unique<Feed>();
    stream->feed(body);
    call.request.body = Body::stream(std::move(stream));
  } else {
    call.request.body = Body::bytes(body);
  }
  CHECK(call.finish().error == ErrorCode::timeout);
}

TEST_CASE("an idle connection that gets too old, or that the peer ends, leaves", "[http][h2][client][limits]") {
  HttpLimits limits;
  limits.pool_idle_timeout = milliseconds(50);
  std::atomic<bool> was_told{false};  // with the last frame
  H2Upstream upstream([&](H2Peer& peer, int number) {
    peer.answer(peer.read_request()->stream);
    if (number == 1) return;
    for (auto frame = peer.read(); frame; frame = peer.read()) was_told = frame->type == NGHTTP2_GOAWAY;
  });
  {
    Client client(limits);
    CHECK(get(client, upstream.port()).body == "ok");
    CHECK(client.eventually([](const auto& s) { return s.open_connections == 0; }));
    CHECK(client.statistics().connections_evicted == 1);
    CHECK(eventually([&] { return was_told.load(); }));
  }
  Client client;
  CHECK(get(client, upstream.port()).body == "ok");
  CHECK(client.eventually([](const auto& s) { return s.open_connections == 0; }));
}

TEST_CASE("no descriptor is left behind by any of the ways an exchange can end", "[http][h2][client]") {
  const std::size_t before = open_descriptors();
  {
    H2Upstream upstream([&](H2Peer& peer, int) {
      for (auto request = peer.read_request(); request; request = peer.read_request()) {
        const std::string path = request->get(":path");
        if (path == "/cut") return;
        if (path == "/reset") peer.send_reset(request->stream, NGHTTP2_INTERNAL_ERROR);
        if (path == "/malformed") peer.send_head(request->stream, {{":status", "abc"}});
        if (path == "/goaway") peer.send_goaway(request->stream);
        if (path != "/late" && path != "/reset" && path != "/malformed") peer.answer(request->stream);
      }
    });
    Client client;
    for (int i = 0; i < 5; ++i) {
      for (const char* path : {"/", "/cut", "/reset", "/malformed", "/goaway", "/late"}) {
        Call call(client, upstream.port(), path);
        call.request.timeout = milliseconds(path == std::string("/late") ? 20 : 5000);
        call.finish();
      }
    }
  }
  CHECK(open_descriptors() == before);
}
