// SPDX-License-Identifier: Apache-2.0
// The client over HTTP/2 against a peer whose every frame the test decides: what the peer receives, what the caller of
// the transport gets, and what becomes of the connection.
#include "http/h2_peer.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;
using std::chrono::milliseconds;

namespace {

/// An answer as its caller has used it up.
struct Got {
  int status = 0;
  std::string body;
  std::string trailers;
  std::optional<ErrorCode> error;  ///< Of the call, or of its body.
  std::optional<std::uint64_t> length;
  bool streamed = false;
};

std::string text_of(const Headers* fields) {
  std::string text;
  if (fields == nullptr) return text;
  for (const Header& line : *fields) text.append(line.name).append("=").append(line.value).append(" ");
  return text;
}

/// A client with one worker, and calls over it from this thread.
struct Client {
  explicit Client(HttpLimits limits = {}) : runtime({.workers = 1, .limits = limits, .tls = {}}) {}
  Runtime runtime;

  ClientStatistics statistics() const { return runtime.client_statistics(); }
  bool eventually(const std::function<bool(const ClientStatistics&)>& condition) {
    return test::eventually([&] { return condition(statistics()); });
  }
};

/// One request, which lives as long as its answer.
struct Call {
  Call(Client& client, std::uint16_t port, std::string_view path = "/x", std::string_view method = "GET")
      : client_(client), request(arena) {
    request.method = method;
    request.url = {.host = "127.0.0.1", .port = port, .path = path};
    request.versions = HttpVersions::http_2;
  }
  Task<Result<Response>> start() { return client_.runtime.transport().send(request, arena, cancellation); }
  Got finish() { return use(wait(start())); }

  static Got use(Result<Response> answer) {
    Got got;
    if (!answer) {
      got.error = answer.error().code();
      return got;
    }
    got.status = answer->status;
    got.length = answer->body.length();
    got.streamed = answer->body.is_stream();
    if (!got.streamed) {
      got.body = answer->body.data();
      return got;
    }
    for (;;) {
      const BodyChunk chunk = wait(answer->body.stream()->read());
      if (!chunk) got.error = chunk.error().code();
      if (!chunk || chunk->empty()) break;
      got.body += *chunk;
    }
    got.trailers = text_of(answer->body.stream()->trailers());
    return got;
  }

 private:
  Client& client_;

 public:
  Arena arena;
  Cancellation cancellation;
  OutgoingRequest request;
};

Got get(Client& client, std::uint16_t port, std::string_view path = "/x") { return Call(client, port, path).finish(); }

/// Gives what it is fed, when it is fed.
class Feed final : public BodyStream {
 public:
  Task<BodyChunk> read() override {
    given_ = co_await next();
    if (cancelled_) co_return fail(ErrorCode::cancelled);
    if (breaks_ && given_.empty()) co_return fail(ErrorCode::client_connection_failure);
    co_return std::string_view(given_);
  }
  void cancel() override {
    cancelled_ = true;
    cancelled.set();
    feed({});
  }
  const Headers* trailers() const override { return trailing; }

  /// Empty: the end.
  void feed(std::string piece) {
    std::unique_lock lock(mutex_);
    pieces_.push_back(std::move(piece));
    if (waiting_ == nullptr) return;
    Completion<std::string>* const waiting = std::exchange(waiting_, nullptr);
    std::string first = std::move(pieces_.front());
    pieces_.pop_front();
    lock.unlock();
    waiting->complete(std::move(first));
  }
  void break_off() {
    breaks_ = true;
    feed({});
  }

  const Headers* trailing = nullptr;
  Signal cancelled;

 private:
  Task<std::string> next() {
    Completion<std::string> arrival;
    {
      std::lock_guard lock(mutex_);
      if (!pieces_.empty()) {
        std::string first = std::move(pieces_.front());
        pieces_.pop_front();
        co_return first;
      }
      waiting_ = &arrival;
    }
    co_return co_await arrival;
  }

  std::mutex mutex_;
  std::deque<std::string> pieces_;
  Completion<std::string>* waiting_ = nullptr;
  std::string given_;
  std::atomic<bool> cancelled_{false};
  std::atomic<bool> breaks_{false};
};

}  // namespace

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
  H2Upstream upstream([&](H2Peer& peer, int) {
    const auto request = peer.read_request();
    peer.send_head(request->stream, {{":status", "200"}});
    peer.send_data(request->stream, std::string(64 * 1024 + 1, 'a'));
    peer.read(NGHTTP2_GOAWAY);
    peer.read();
  });
  Client client;
  CHECK(get(client, upstream.port()).error);
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

TEST_CASE("T6: an answer that does not come in time is a timeout of its stream alone", "[http][h2][client][limits]") {
  std::uint32_t code = 0;
  H2Upstream upstream([&](H2Peer& peer, int number) {
    peer.read_request();
    code = peer.read(NGHTTP2_RST_STREAM)->number();
    echo_all(peer, number);
  });
  Client client;
  Call call(client, upstream.port());
  call.request.timeout = milliseconds(50);
  CHECK(call.finish().error == ErrorCode::timeout);
  CHECK(get(client, upstream.port()).body == "GET /x ");
  CHECK(code == NGHTTP2_CANCEL);
  CHECK(client.statistics().timed_out == 1);
  CHECK(upstream.connections() == 1);
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
  std::size_t pings = 0;
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
  CHECK(pings == 1);
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
  std::string last;
  H2Upstream upstream([&](H2Peer& peer, int number) {
    peer.answer(peer.read_request()->stream);
    if (number == 1) return;
    for (auto frame = peer.read(); frame; frame = peer.read()) last = frame->type == NGHTTP2_GOAWAY ? "goaway" : "";
  });
  {
    Client client(limits);
    CHECK(get(client, upstream.port()).body == "ok");
    CHECK(client.eventually([](const auto& s) { return s.open_connections == 0; }));
    CHECK(client.statistics().connections_evicted == 1);
    CHECK(eventually([&] { return last == "goaway"; }));
  }
  Client client;
  CHECK(get(client, upstream.port()).body == "ok");
  CHECK(client.eventually([](const auto& s) { return s.open_connections == 0; }));
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
