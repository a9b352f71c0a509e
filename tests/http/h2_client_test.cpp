// SPDX-License-Identifier: Apache-2.0
// The client over HTTP/2 against a peer whose every frame the test decides: what the peer receives, and what the caller
// of the transport gets. How exchanges and connections end is in h2_client_end_test.cpp.
#include "http/h2_calls.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;

TEST_CASE("a request arrives as HTTP/2 has it, and its answer comes back", "[http][h2][client]") {
  H2Request seen;
  H2Upstream upstream([&](H2Peer& peer, int) {
    seen = peer.read_request().value_or(H2Request{});
    peer.answer(seen.stream, "hello", {{"content-length", "5"}, {"x-a", "b"}, {"set-cookie", "c"}});
    peer.read();
  });
  Client client;
  Call call(client, upstream.port(), "/a/b", "POST");
  call.request.url.query = "c=d";
  call.request.headers.append("X-Custom", " v");
  call.request.headers.append("Connection", "x-hop");
  call.request.headers.append("TE", "gzip");
  call.request.headers.append("Cookie", "e=f; g=h");
  call.request.body = Body::bytes("ping");
  const Got got = call.finish();
  CHECK(got.status == 200);
  CHECK(got.body == "hello");
  CHECK_FALSE(got.streamed);
  CHECK(seen.fields == H2Fields{{":method", "POST"},
                                {":scheme", "http"},
                                {":authority", "127.0.0.1:" + std::to_string(upstream.port())},
                                {":path", "/a/b?c=d"},
                                {"x-custom", "v"},
                                {"cookie", "e=f; g=h"},
                                {"content-length", "4"},
                                {"te", "trailers"}});
  CHECK(seen.body == "ping");
  CHECK(client.statistics().completed == 1);
  CHECK(client.statistics().bytes_sent > 0);
}

TEST_CASE("a Host that a policy chose is the authority", "[http][h2][client]") {
  H2Upstream upstream([](H2Peer& peer, int) {
    const auto request = peer.read_request();
    peer.answer(request->stream, request->get(":authority") + request->get("host"));
    peer.read();
  });
  Client client;
  Call call(client, upstream.port());
  call.request.headers.append("Host", "other.example:81");
  CHECK(call.finish().body == "other.example:81");
}

TEST_CASE("P7: a request that HTTP does not allow is not sent, and harms no other", "[http][h2][client]") {
  H2Upstream upstream(echo_all);
  Client client;
  for (int broken = 0; broken < 4; ++broken) {
    Call call(client, upstream.port());
    if (broken == 0) call.request.method = "GE T";
    if (broken == 1) call.request.url.path = "/a b";
    if (broken == 2) call.request.headers.append("A", "b\r\nc: d");
    if (broken == 3) call.request.headers.append("Host", "a/b");
    CHECK(call.finish().error == ErrorCode::policy_value_invalid);
  }
  CHECK(get(client, upstream.port()).body == "GET /x ");
  CHECK(upstream.connections() == 1);
}

TEST_CASE("requests share a connection, one after the other and at the same time", "[http][h2][client]") {
  constexpr int together = 50;
  H2Upstream upstream([&](H2Peer& peer, int) {
    for (int i = 0; i < 3; ++i) peer.answer(peer.read_request()->stream);
    std::vector<std::int32_t> streams;
    while (streams.size() < together) streams.push_back(peer.read_request()->stream);
    for (auto stream = streams.rbegin(); stream != streams.rend(); ++stream)
      peer.answer(*stream, std::to_string(*stream));
    peer.read();
  });
  Client client;
  for (int i = 0; i < 3; ++i) CHECK(get(client, upstream.port()).body == "ok");
  std::vector<std::unique_ptr<Call>> calls;
  std::vector<Task<Result<Response>>> answers;
  for (int i = 0; i < together; ++i) {
    calls.push_back(std::make_unique<Call>(client, upstream.port()));
    answers.push_back(calls.back()->start());
  }
  std::vector<std::string> bodies;
  for (auto& answer : answers) bodies.push_back(Call::use(wait(std::move(answer))).body);
  std::sort(bodies.begin(), bodies.end());
  CHECK(std::adjacent_find(bodies.begin(), bodies.end()) == bodies.end());
  CHECK(upstream.connections() == 1);
  CHECK(client.statistics().connections_opened == 1);
  CHECK(client.statistics().connections_reused == together + 2);
}

TEST_CASE("the peer's limit on streams makes more connections, the cap on those a line", "[http][h2][client][limits]") {
  HttpLimits limits;
  limits.pool_connections_per_origin = 2;
  std::atomic<int> beyond{0};
  H2Upstream upstream(
      [&](H2Peer& peer, int) {
        for (auto request = peer.read_request(); request; request = peer.read_request()) {
          // Whatever the client sends beside this request stands before its answer to a ping.
          peer.send(NGHTTP2_PING, 0, 0, "12345678");
          for (auto frame = peer.read(); frame && frame->type != NGHTTP2_PING; frame = peer.read()) {
            if (frame->type == NGHTTP2_HEADERS) ++beyond;
          }
          peer.answer(request->stream);
        }
      },
      {{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 1}});
  Client client(limits);
  CHECK(get(client, upstream.port()).body == "ok");  // the settings are known now
  std::vector<std::unique_ptr<Call>> calls;
  std::vector<Task<Result<Response>>> answers;
  for (int i = 0; i < 20; ++i) {
    calls.push_back(std::make_unique<Call>(client, upstream.port()));
    answers.push_back(calls.back()->start());
  }
  for (auto& answer : answers) CHECK(Call::use(wait(std::move(answer))).body == "ok");
  CHECK(beyond == 0);
  CHECK(upstream.connections() <= 2);
}

TEST_CASE("an answer streams, and the peer may send more only when it has been read", "[http][h2][client][limits]") {
  constexpr std::size_t window = 64 * 1024;
  const std::string first(window, 'a');
  Signal may_read;
  std::size_t opened_early = 0;
  std::size_t opened = 0;
  H2Upstream upstream([&](H2Peer& peer, int) {
    const auto request = peer.read_request();
    peer.send_head(request->stream, {{":status", "200"}});
    peer.send_data(request->stream, first);
    // A ping behind the data comes back when the data has been taken in.
    peer.send(NGHTTP2_PING, 0, 0, "12345678");
    for (auto frame = peer.read(); frame && frame->type != NGHTTP2_PING; frame = peer.read()) {
      if (frame->type == NGHTTP2_WINDOW_UPDATE && frame->stream == request->stream) opened_early += frame->number();
    }
    may_read.set();
    while (opened < window / 2) {
      const auto frame = peer.read(NGHTTP2_WINDOW_UPDATE);
      if (!frame) return;
      if (frame->stream == request->stream) opened += frame->number();
    }
    peer.send_data(request->stream, "end", true);
    peer.read();
  });
  Client client;
  Call call(client, upstream.port());
  auto answer = wait(call.start());
  REQUIRE(answer);
  REQUIRE(may_read.wait());
  const Got got = Call::use(std::move(answer));
  CHECK(got.body == first + "end");
  CHECK(opened_early == 0);
  CHECK(opened >= window / 2);
}

TEST_CASE("a peer that sends beyond the window loses the connection", "[http][h2][client][limits]") {
  Signal was_refused;
  H2Upstream upstream([&](H2Peer& peer, int) {
    const auto request = peer.read_request();
    peer.send_head(request->stream, {{":status", "200"}});
    peer.send_data(request->stream, std::string(64 * 1024 + 1, 'a'));
    const auto reset = peer.read(NGHTTP2_RST_STREAM);
    if (reset && reset->number() == NGHTTP2_FLOW_CONTROL_ERROR) was_refused.set();
    peer.read();
  });
  Client client;
  Call call(client, upstream.port());
  auto answer = wait(call.start());
  REQUIRE(answer);
  CHECK(was_refused.wait());  // Reading would open the window.
  CHECK(Call::use(std::move(answer)).error);
  CHECK(client.eventually([](const auto& s) { return s.open_connections == 0; }));
}

TEST_CASE("trailers come behind the body, or with the head alone", "[http][h2][client][trailers]") {
  H2Upstream upstream([&](H2Peer& peer, int) {
    peer.answer(peer.read_request()->stream, "hello", {}, {{"grpc-status", "0"}, {"set-cookie", "x"}, {"via", "y"}});
    peer.send_head(peer.read_request()->stream, {{":status", "200"}, {"grpc-status", "5"}}, true);
    peer.answer(peer.read_request()->stream, "hello", {{"content-length", "5"}}, {{"content-length", "9"}});
    peer.read();
  });
  Client client;
  const Got trailed = get(client, upstream.port());
  CHECK(trailed.body == "hello");
  CHECK(trailed.trailers == "grpc-status=0 ");
  CHECK_FALSE(trailed.length);
  Call call(client, upstream.port());
  const auto alone = wait(call.start());
  REQUIRE(alone);
  CHECK(alone->headers.get("grpc-status") == "5");
  CHECK(alone->body.is_none());
  CHECK(get(client, upstream.port()).trailers.empty());
}

TEST_CASE("a body in memory goes out within the peer's window", "[http][h2][client]") {
  const std::string body(300 * 1024, 'b');
  std::string received;
  H2Upstream upstream([&](H2Peer& peer, int) {
    const auto request = peer.read_request();
    received = request->body;
    peer.answer(request->stream);
    peer.read();
  });
  Client client;
  Call call(client, upstream.port(), "/x", "PUT");
  call.request.body = Body::bytes(body);
  CHECK(call.finish().body == "ok");
  CHECK(received == body);
}

TEST_CASE("a streamed body goes out as it comes, with its trailers", "[http][h2][client][trailers]") {
  Signal first_came;
  H2Request seen;
  H2Upstream upstream([&](H2Peer& peer, int) {
    auto request = *peer.read_request(true);
    while (request.body.empty() && peer.read(NGHTTP2_DATA)) request.body = "one";
    first_came.set();
    peer.read_body(request);
    seen = request;
    peer.answer(request.stream);
    peer.read();
  });
  Client client;
  Call call(client, upstream.port(), "/x", "POST");
  auto stream = std::make_unique<Feed>();
  Feed& feed = *stream;
  Headers trailers(call.arena);
  trailers.append("X-Sum", "1");
  trailers.append("Content-Length", "1");
  feed.trailing = &trailers;
  call.request.body = Body::stream(std::move(stream));
  auto answer = call.start();
  feed.feed("one");
  CHECK(first_came.wait());
  feed.feed(std::string(100'000, 't'));
  feed.feed({});
  CHECK(Call::use(wait(std::move(answer))).body == "ok");
  CHECK(seen.body == "one" + std::string(100'000, 't'));
  CHECK(seen.trailers == H2Fields{{"x-sum", "1"}});
  CHECK(seen.get("content-length").empty());
}

TEST_CASE("interim answers are passed over", "[http][h2][client]") {
  H2Upstream upstream([&](H2Peer& peer, int) {
    const auto request = peer.read_request();
    peer.send_head(request->stream, {{":status", "100"}});
    peer.send_head(request->stream, {{":status", "103"}, {"link", "x"}});
    peer.answer(request->stream);
    peer.read();
  });
  Client client;
  CHECK(get(client, upstream.port()).body == "ok");
}

TEST_CASE("HEAD, 204 and 304 have no body", "[http][h2][client]") {
  H2Upstream upstream([&](H2Peer& peer, int) {
    peer.send_head(peer.read_request()->stream, {{":status", "200"}, {"content-length", "7"}}, true);
    const auto open = peer.read_request();
    peer.send_head(open->stream, {{":status", "204"}});
    peer.read(NGHTTP2_RST_STREAM);
    peer.send_head(peer.read_request()->stream, {{":status", "304"}, {"content-length", "7"}}, true);
    peer.read();
  });
  Client client;
  const Got head = Call(client, upstream.port(), "/x", "HEAD").finish();
  CHECK(head.status == 200);
  CHECK_FALSE(head.error);
  CHECK(get(client, upstream.port()).status == 204);
  CHECK(get(client, upstream.port()).status == 304);
  CHECK(upstream.connections() == 1);
}

TEST_CASE("a peer that does not speak HTTP/2 is an invalid answer", "[http][h2][client]") {
  Upstream upstream([](RawClient& connection, int) {
    connection.read_until("SM\r\n\r\n");
    connection.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    connection.read_to_end();
  });
  Client client;
  CHECK(get(client, upstream.port()).error == ErrorCode::backend_answer_invalid);
  CHECK(client.eventually([](const auto& s) { return s.open_connections == 0; }));
}

TEST_CASE("without TLS only prior knowledge is HTTP/2", "[http][h2][client]") {
  Upstream upstream([](RawClient& connection, int) {
    const std::string request = connection.read_message();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n" + request.substr(request.find("HTTP/1.1"), 8));
    connection.read_to_end();
  });
  Client client;
  Call call(client, upstream.port());
  call.request.versions = HttpVersions::http_1_or_2;
  CHECK(call.finish().body == "HTTP/1.1");
}
