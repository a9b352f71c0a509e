// SPDX-License-Identifier: Apache-2.0
// What a caller of HTTP/2 may not do, over real sockets: malformed requests, abuse, limits of size, number and time,
// drain. Times are short limits, never sleeps.
#include "http/h2_support.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;
using std::chrono::milliseconds;

namespace {

Task<Response> answer_ok(Request& request) { return text_response(request, 200, "ok"); }

/// Counts the requests that come to it.
struct Counting {
  std::atomic<int> requests{0};
  FunctionHandler handler{[this](Request& request) -> Task<Response> {
    ++requests;
    return text_response(request, 200, "ok");
  }};
};

/// Ends its requests when it is told to.
struct Holding {
  Signal started;
  Signal let_go;
  Runtime* runtime = nullptr;
  FunctionHandler handler{[this](Request& request) -> Task<Response> {
    started.set();
    while (!let_go.is_set() && !request.cancellation.requested())
      co_await runtime->clock().wait_for(milliseconds{20}, request.cancellation);
    co_return text_response(request, 200, "done");
  }};
};

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("H1: a malformed request is a stream error and reaches nobody", "[http][h2][limits]") {
  Counting counting;
  Served served(counting.handler, h2_options());
  H2RawClient client(served.port);
  const std::vector<H2Lines> heads{
      h2_get("/", {{"X-Upper", "x"}}),
      h2_get("/", {{"x y", "x"}}),
      h2_get("/", {{"", "x"}}),
      h2_get("/", {{"x", "a\r\nb: c"}}),
      h2_get("/", {{"x", std::string("a\0b", 3)}}),
      h2_get("/", {{"connection", "close"}}),
      h2_get("/", {{"transfer-encoding", "chunked"}}),
      h2_get("/", {{"te", "gzip"}}),
      h2_get("/", {{"host", "g"}}),
      h2_get("/", {{":path", "/b"}}),
      h2_get("/", {{":protocol", "websocket"}}),
      h2_get("x"),
      h2_get("/a b"),
      h2_get("/", {{"content-length", "1"}}),
      {{":method", "GET"}},
  };
  std::int32_t id = 1;
  for (const H2Lines& head : heads) {
    const H2Received answer = client.request(id, head).answer(id);
    CHECK(answer.reset == NGHTTP2_PROTOCOL_ERROR);
    CHECK(answer.status == 0);
    id += 2;
  }
  CHECK(client.request(id, h2_get()).answer(id).status == 200);  // the connection goes on
  CHECK(counting.requests == 1);
  const ServerStatistics now = served.server.statistics();
  CHECK(now.refused == heads.size());
  CHECK(now.requests == heads.size() + 1);
}

TEST_CASE("H1: a body that is not as long as announced is a stream error", "[http][h2][limits]") {
  FunctionHandler handler(echo);
  Served served(handler, h2_options());
  H2RawClient client(served.port);
  client.request(1, h2_post("/", {{"content-length", "5"}}), false);
  CHECK(client.data(1, "abc", true).answer(1).reset == NGHTTP2_PROTOCOL_ERROR);
  client.request(3, h2_post("/", {{"content-length", "2"}}), false);
  CHECK(client.data(3, "abc").answer(3).reset == NGHTTP2_PROTOCOL_ERROR);
  client.request(5, h2_post("/", {{"content-length", "0"}}), false);
  CHECK(client.data(5, "abc").answer(5).reset == NGHTTP2_PROTOCOL_ERROR);
  client.request(7, h2_post("/", {{"content-length", "3"}}), false);
  CHECK(client.data(7, "abc", true).answer(7).status == 200);
}

TEST_CASE("H1: trailers without an end, or with what no trailers hold", "[http][h2][limits]") {
  FunctionHandler handler(echo);
  Served served(handler, h2_options());
  H2RawClient client(served.port);
  client.request(1, h2_post(), false).data(1, "a");
  CHECK(client.request(1, {{"x", "y"}}, false).answer(1).reset == NGHTTP2_PROTOCOL_ERROR);
  client.request(3, h2_post(), false).data(3, "a");
  CHECK(client.request(3, {{":path", "/"}}).answer(3).reset == NGHTTP2_PROTOCOL_ERROR);
  client.request(5, h2_post(), false).data(5, "a");
  CHECK(client.request(5, {{"x", std::string(9000, 'y')}}).answer(5).reset == NGHTTP2_PROTOCOL_ERROR);  // L6
}

TEST_CASE("refusals of HTTP/1.1 are answers here too", "[http][h2][limits]") {
  Counting counting;
  Served served(counting.handler, h2_options());
  H2RawClient client(served.port);
  H2Lines trace = h2_get();
  trace[0].second = "TRACE";
  CHECK(client.request(1, trace).answer(1).status == 405);
  CHECK(client.received(1).body == R"({ "statusCode": 405, "message": "The method is not allowed." })");
  CHECK(client.request(3, h2_get("/../x")).answer(3).status == 400);
  CHECK(client.request(5, h2_get("/", {{"expect", "tea"}})).answer(5).status == 417);
  CHECK(client.request(7, h2_get("/" + std::string(9000, 'a'))).answer(7).status == 414);
  CHECK(counting.requests == 0);
  CHECK(served.server.statistics().refused == 4);
}

TEST_CASE("L2, L3: a head that is too large is answered 431, and the connection goes on", "[http][h2][limits]") {
  Counting counting;
  Served served(counting.handler, h2_options());
  H2RawClient client(served.port);
  H2Lines many = h2_get();
  for (int i = 0; i < 120; ++i) many.emplace_back("cookie", "c");  // each crumb counts
  CHECK(client.request(1, many).answer(1).status == 431);
  CHECK(client.request(3, h2_get()).answer(3).status == 200);
  CHECK(counting.requests == 1);
}

TEST_CASE("H4: a header bomb ends the connection before it is decoded", "[http][h2][limits]") {
  Counting counting;
  Served served(counting.handler, h2_options());
  H2RawClient client(served.port);
  const std::string value(2000, 'v');
  client.request(1, h2_get("/", {{"bomb", value}})).answer(1);
  // Each byte stands for a line of 2 KB.
  std::string block = client.block(h2_get("/", {{"bomb", value}}));
  const char indexed = block.back();
  block += std::string(16000, indexed);
  client.send_frame(NGHTTP2_HEADERS, end_headers | end_stream, 3, block);
  CHECK(client.goaway() == NGHTTP2_ENHANCE_YOUR_CALM);
  client.read_to_end();
  CHECK(counting.requests == 1);
  CHECK(served.eventually(
      [](const ServerStatistics& now) { return now.http2_abuse_ended == 1 && now.open_connections == 0; }));
}

TEST_CASE("H4: a flood of CONTINUATION ends the connection", "[http][h2][limits]") {
  Counting counting;
  Served served(counting.handler, h2_options());
  H2RawClient client(served.port);
  const std::string block = client.block(h2_get());
  std::string frames = h2_frame(NGHTTP2_HEADERS, end_stream, 1, block.substr(0, 1));
  for (std::size_t i = 1; i < 10; ++i) frames += h2_frame(NGHTTP2_CONTINUATION, 0, 1, block.substr(1, i == 1 ? 99 : 0));
  CHECK(client.send(frames).goaway() == NGHTTP2_ENHANCE_YOUR_CALM);
  client.read_to_end();
  CHECK(counting.requests == 0);
}

TEST_CASE("a head in as many CONTINUATION frames as are allowed is taken", "[http][h2][limits]") {
  Counting counting;
  Served served(counting.handler, h2_options());
  H2RawClient client(served.port);
  const std::string block = client.block(h2_get("/a/longer/path"));
  std::string frames = h2_frame(NGHTTP2_HEADERS, end_stream, 1, block.substr(0, 1));
  for (std::size_t i = 1; i < 8; ++i) frames += h2_frame(NGHTTP2_CONTINUATION, 0, 1, block.substr(i, 1));
  frames += h2_frame(NGHTTP2_CONTINUATION, end_headers, 1, block.substr(8));
  CHECK(client.send(frames).answer(1).status == 200);
}

TEST_CASE("H3: floods end with ENHANCE_YOUR_CALM", "[http][h2][limits]") {
  const std::string settings = h2_frame(NGHTTP2_SETTINGS, 0, 0);
  const std::string ping = h2_frame(NGHTTP2_PING, 0, 0, "12345678");
  const std::string priority = h2_frame(NGHTTP2_PRIORITY, 0, 3, std::string(5, '\0'));
  const std::string unknown = h2_frame(0xBE, 0, 0, "x");
  const std::string small_update = h2_frame(NGHTTP2_WINDOW_UPDATE, 0, 0, h2_number(1));
  const std::string empty_data = h2_frame(NGHTTP2_DATA, 0, 1);
  const std::vector<std::pair<std::string, int>> floods{{settings, 101}, {ping, 101},          {priority, 1001},
                                                        {unknown, 1001}, {small_update, 1001}, {empty_data, 101}};
  for (const auto& [frame, count] : floods) {
    Holding holding;
    Served served(holding.handler, h2_options());
    holding.runtime = &served.runtime;
    H2RawClient client(served.port);
    client.request(1, h2_post(), false).send(repeated(frame, count + 10));
    CHECK(client.goaway() == NGHTTP2_ENHANCE_YOUR_CALM);
    client.read_to_end();
    CHECK(served.eventually([](const ServerStatistics& now) {
      return now.http2_abuse_ended == 1 && now.open_connections == 0 && now.running_requests == 0;
    }));
  }
}

TEST_CASE("H3: a flood counts, too, when its caller leaves before it has been told", "[http][h2][limits]") {
  FunctionHandler handler([](Request& request) -> Task<Response> {
    Response response(request.arena);
    response.body = Body::bytes(request.arena.copy(std::string(16 << 20, 'x')));
    co_return response;
  });
  Served served(handler, h2_options());
  // Windows as large as they can be, and a peer that does not read: GOAWAY has to wait behind the answer.
  H2RawClient client(served.port, std::string("\0\x04", 2) + h2_number(0x7FFFFFFF));
  client.raw().receive_slowly();
  client.send_frame(NGHTTP2_WINDOW_UPDATE, 0, 0, h2_number(0x70000000)).request(1, h2_get());
  REQUIRE(served.eventually([](const ServerStatistics& now) { return now.bytes_sent > 100'000; }));
  const std::uint64_t before = served.server.statistics().bytes_received;
  const std::string flood = repeated(h2_frame(NGHTTP2_PING, 0, 0, "12345678"), 110);
  client.send(flood);
  REQUIRE(served.eventually([&](const ServerStatistics& now) { return now.bytes_received >= before + flood.size(); }));
  client.raw().abort();
  CHECK(served.eventually(
      [](const ServerStatistics& now) { return now.http2_abuse_ended == 1 && now.open_connections == 0; }));
}

TEST_CASE("H3: rapid reset, and making us reset", "[http][h2][limits]") {
  Counting counting;
  HttpLimits limits;
  limits.http2.resets = {20, 1};
  Served served(counting.handler, h2_options(limits));
  H2RawClient rapid(served.port);
  std::string frames;
  for (std::int32_t id = 1; id < 200; id += 2) {
    frames += h2_frame(NGHTTP2_HEADERS, end_headers | end_stream, id, rapid.block(h2_get()));
    frames += h2_frame(NGHTTP2_RST_STREAM, 0, id, h2_number(NGHTTP2_CANCEL));
  }
  CHECK(rapid.send(frames).goaway() == NGHTTP2_ENHANCE_YOUR_CALM);
  CHECK(counting.requests <= 20);
  H2RawClient malformed(served.port);
  for (std::int32_t id = 1; id < 60; id += 2) malformed.request(id, h2_get("/", {{"connection", "x"}}));
  CHECK(malformed.goaway() == NGHTTP2_ENHANCE_YOUR_CALM);
}

TEST_CASE("L12: streams beyond those allowed are refused", "[http][h2][limits]") {
  Holding holding;
  HttpLimits limits;
  limits.http2.concurrent_streams = 2;
  Served served(holding.handler, h2_options(limits));
  holding.runtime = &served.runtime;
  H2RawClient client(served.port);
  client.request(1, h2_get()).request(3, h2_get()).request(5, h2_get());
  CHECK(client.answer(5).reset == NGHTTP2_REFUSED_STREAM);
  holding.let_go.set();
  CHECK(client.answer(1).body == "done");
  CHECK(client.answer(3).body == "done");
  CHECK(served.eventually([](const ServerStatistics& now) { return now.http2_streams_refused == 1; }));
}

TEST_CASE("L12: frames longer than allowed end the connection", "[http][h2][limits]") {
  FunctionHandler handler(answer_ok);
  Served served(handler, h2_options());
  H2RawClient client(served.port);
  client.request(1, h2_post(), false).data(1, std::string(16385, 'x'));
  CHECK(client.goaway() == NGHTTP2_FRAME_SIZE_ERROR);
}

TEST_CASE("L4: a body beyond its bound is 413 where it is announced, and an error where it is not",
          "[http][h2][limits]") {
  FunctionHandler handler(echo);
  HttpLimits limits;
  limits.request_body_bytes = 10;
  Served served(handler, h2_options(limits));
  H2RawClient client(served.port);
  CHECK(client.request(1, h2_post("/", {{"content-length", "11"}}), false).answer(1).status == 413);
  client.request(3, h2_post(), false);
  CHECK(client.data(3, "12345678901").answer(3).status == 413);
}

TEST_CASE("T2: a header block that does not end", "[http][h2][limits]") {
  FunctionHandler handler(answer_ok);
  HttpLimits limits;
  limits.header_timeout = milliseconds{100};
  Served served(handler, h2_options(limits));
  H2RawClient client(served.port);
  client.read_until([&] { return !client.settings.empty(); });
  const std::string frame = h2_frame(NGHTTP2_HEADERS, end_stream, 1, client.block(h2_get()));
  CHECK(client.send(frame).goaway() == NGHTTP2_ENHANCE_YOUR_CALM);
  client.read_to_end();
  CHECK(served.eventually(
      [](const ServerStatistics& now) { return now.read_timeouts == 1 && now.open_connections == 0; }));
}

TEST_CASE("T2: a preface that does not end", "[http][h2][limits]") {
  FunctionHandler handler(answer_ok);
  HttpLimits limits;
  limits.header_timeout = milliseconds{100};
  Served served(handler, h2_options(limits));
  RawClient client(served.port);
  client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n");
  client.read_to_end();
  CHECK(served.eventually(
      [](const ServerStatistics& now) { return now.read_timeouts == 1 && now.open_connections == 0; }));
}

TEST_CASE("T3: a body that does not arrive", "[http][h2][limits]") {
  FunctionHandler handler(echo);
  HttpLimits limits;
  limits.body_gap_timeout = milliseconds{100};
  Served served(handler, h2_options(limits));
  H2RawClient client(served.port);
  CHECK(client.request(1, h2_post(), false).data(1, "a").answer(1).status == 408);
  CHECK(served.eventually([](const ServerStatistics& now) { return now.read_timeouts == 1; }));
  CHECK(client.request(3, h2_get()).answer(3).status == 200);
}

TEST_CASE("T4: a connection without streams is told and closed", "[http][h2][limits]") {
  FunctionHandler handler(answer_ok);
  HttpLimits limits;
  limits.idle_timeout = milliseconds{100};
  Served served(handler, h2_options(limits));
  H2RawClient client(served.port);
  client.request(1, h2_get()).answer(1);
  CHECK(client.goaway() == NGHTTP2_NO_ERROR);
  client.read_to_end();
  CHECK_FALSE(client.raw().was_reset());
  CHECK(
      served.eventually([](const ServerStatistics& now) { return now.idle_closed == 1 && now.open_connections == 0; }));
}

TEST_CASE("T7: a window that stays shut ends the stream, then the connection", "[http][h2][limits]") {
  FunctionHandler handler(answer_ok);
  HttpLimits limits;
  limits.http2.stall_timeout = milliseconds{100};
  Served served(handler, h2_options(limits));
  H2RawClient client(served.port, std::string("\0\x04\0\0\0\0", 6));
  CHECK(client.request(1, h2_get()).answer(1).reset == NGHTTP2_CANCEL);
  CHECK(client.goaway() == NGHTTP2_NO_ERROR);
  client.read_to_end();
  CHECK(served.eventually(
      [](const ServerStatistics& now) { return now.write_timeouts == 1 && now.open_connections == 0; }));
}

TEST_CASE("L11: after so many requests the connection ends in two steps", "[http][h2][limits]") {
  FunctionHandler handler(answer_ok);
  HttpLimits limits;
  limits.requests_per_connection = 2;
  Served served(handler, h2_options(limits));
  H2RawClient client(served.port);
  client.answers_ping = false;  // for the test to decide when the second step comes
  client.request(1, h2_get()).request(3, h2_get());
  CHECK(client.goaway() == NGHTTP2_NO_ERROR);
  CHECK(client.last_streams[0] == 0x7FFFFFFF);
  CHECK(client.request(5, h2_get()).answer(5).status == 200);  // was on its way
  client.send_frame(NGHTTP2_PING, ack, 0, std::string(8, '\0'));
  client.read_until([&] { return client.goaways.size() == 2; });
  CHECK(client.last_streams[1] == 5);
  client.read_to_end();
  CHECK(client.answer(3).status == 200);
  CHECK_FALSE(client.raw().was_reset());
}

TEST_CASE("L11: an old connection ends, also for a peer that does not hear", "[http][h2][limits]") {
  FunctionHandler handler(answer_ok);
  HttpLimits limits;
  limits.connection_age = milliseconds{1};
  Served served(handler, h2_options(limits));
  H2RawClient client(served.port);
  client.answers_ping = false;
  // Ages are told by a coarse clock, and looked at when something has come.
  constexpr std::int32_t most_streams = 20'000;
  for (std::int32_t stream = 1; client.goaways.empty() && stream < most_streams; stream += 2)
    CHECK(client.request(stream, h2_get()).answer(stream).status == 200);
  client.read_until([&] { return client.goaways.size() == 2; });
  client.read_to_end();
  CHECK(served.eventually([](const ServerStatistics& now) { return now.open_connections == 0; }));
}

TEST_CASE("O3: a drain lets streams end, tells the peer in two steps, and is clean", "[http][h2][limits]") {
  Holding holding;
  Served served(holding.handler, h2_options());
  holding.runtime = &served.runtime;
  H2RawClient client(served.port);
  client.request(1, h2_get());
  REQUIRE(holding.started.wait());
  bool clean = false;
  std::thread drain([&] { clean = served.server.drain_and_stop(patience); });
  client.read_until([&] { return client.goaways.size() == 2; });
  CHECK(client.goaways == std::vector<std::uint32_t>{0, 0});
  CHECK(client.last_streams == std::vector<std::uint32_t>{0x7FFFFFFF, 1});
  client.request(3, h2_get());  // too late: ignored
  holding.let_go.set();
  CHECK(client.answer(1).body == "done");
  client.read_to_end();
  CHECK(client.received(3).status == 0);
  drain.join();
  CHECK(clean);
}

TEST_CASE("O3: a drain that does not wait breaks visibly", "[http][h2][limits]") {
  Holding holding;
  Served served(holding.handler, h2_options());
  holding.runtime = &served.runtime;
  H2RawClient client(served.port);
  client.answers_ping = false;  // sending would take the reset's notice away
  client.request(1, h2_get());
  client.read_until([&] { return !client.settings.empty(); });
  REQUIRE(holding.started.wait());
  CHECK_FALSE(served.server.drain_and_stop(milliseconds{0}));
  CHECK(served.server.statistics().drain_broken == 1);
  client.read_to_end();
  CHECK(client.raw().was_reset());
}

TEST_CASE("errors of the protocol end the connection", "[http][h2][limits]") {
  FunctionHandler handler(answer_ok);
  Served served(handler, h2_options());
  const std::vector<std::pair<std::string, std::uint32_t>> errors{
      {h2_frame(NGHTTP2_DATA, 0, 0, "x"), NGHTTP2_PROTOCOL_ERROR},
      {h2_frame(NGHTTP2_HEADERS, end_headers, 2, "\x82"), NGHTTP2_PROTOCOL_ERROR},
      {h2_frame(NGHTTP2_HEADERS, end_headers, 1, "\xFF\xFF\xFF\xFF"), NGHTTP2_COMPRESSION_ERROR},
      {h2_frame(NGHTTP2_PUSH_PROMISE, end_headers, 1, "1234"), NGHTTP2_PROTOCOL_ERROR},
      {h2_frame(NGHTTP2_SETTINGS, 0, 0, "12345"), NGHTTP2_FRAME_SIZE_ERROR},
      {h2_frame(NGHTTP2_WINDOW_UPDATE, 0, 0, h2_number(0)), NGHTTP2_PROTOCOL_ERROR},
      {h2_frame(NGHTTP2_WINDOW_UPDATE, 0, 0, h2_number(0x7FFFFFFF)), NGHTTP2_FLOW_CONTROL_ERROR},
  };
  for (const auto& [bytes, code] : errors) {
    H2RawClient client(served.port);
    CHECK(client.send(bytes).goaway() == code);
    client.read_to_end();
  }
  CHECK(served.eventually([](const ServerStatistics& now) { return now.open_connections == 0; }));
}

TEST_CASE("nothing is left of connections and requests that ended in any way", "[http][h2][limits]") {
  Holding holding;
  Served served(holding.handler, h2_options());
  holding.runtime = &served.runtime;
  const std::size_t before = open_descriptors();
  for (int i = 0; i < 20; ++i) {
    H2RawClient client(served.port);
    client.request(1, h2_get()).request(3, h2_post(), false).data(3, "x");
    if (i % 2 == 0) client.send_frame(NGHTTP2_RST_STREAM, 0, 1, h2_number(NGHTTP2_CANCEL));
    if (i % 3 == 0) client.request(5, h2_get("/", {{"upgrade", "x"}})).answer(5);
    if (i % 5 == 0) client.raw().abort();
  }
  CHECK(served.eventually(
      [](const ServerStatistics& now) { return now.open_connections == 0 && now.running_requests == 0; }));
  CHECK(eventually([&] { return open_descriptors() == before; }));
}
