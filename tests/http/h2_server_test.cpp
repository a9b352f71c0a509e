// SPDX-License-Identifier: Apache-2.0
// HTTP/2 over real sockets with a client whose frames the test decides: requests, answers, bodies both ways, flow
// control, trailers, ends.
#include "http/h2_support.hpp"
#include "http/streams.hpp"
#include "http/worker.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;
using std::chrono::milliseconds;

namespace {

/// Waits until it is cancelled.
Task<Response> hang(Runtime& runtime, Request& request, Signal& started, Signal& cancelled) {
  started.set();
  const bool reached = co_await runtime.clock().wait_for(patience, request.cancellation);
  if (!reached) cancelled.set();
  co_return text_response(request, 200, "late");
}

std::string initial_window(std::uint32_t bytes) { return std::string("\0\x04", 2) + h2_number(bytes); }

}  // namespace

TEST_CASE("H6: HTTP/2 begins by prior knowledge, and only where that is allowed", "[http][h2][server]") {
  FunctionHandler handler([](Request& request) -> Task<Response> { return text_response(request, 201, "made"); });
  Served served(handler, h2_options());
  H2RawClient client(served.port);
  const H2Received answer = client.request(1, h2_get()).answer(1);
  CHECK(answer.status == 201);
  CHECK(answer.body == "made");
  CHECK(answer.field("content-length") == "4");
  CHECK(answer.field("date").size() == 29);
  CHECK(answer.ended);
  CHECK(client.settings[NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS] == 100);
  CHECK(client.settings[NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE] == 65536);
  CHECK(client.settings[NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE] == 32768);
  CHECK(served.eventually([](const ServerStatistics& now) {
    return now.completed == 1 && now.requests == 1 && now.http2_connections == 1 && now.http2_streams == 1 &&
           now.running_requests == 0;
  }));
  Served closed(handler);
  RawClient other(closed.port);
  CHECK(status_of(other.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").read_to_end()) == 505);
}

TEST_CASE("the preface is recognised wherever it is cut, and nothing else is", "[http][h2][server]") {
  FunctionHandler handler(echo);
  Served served(handler, h2_options());
  const std::string preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  for (std::size_t cut = 1; cut < preface.size(); ++cut) {
    RawClient client(served.port);
    const auto before = served.server.statistics().bytes_received;
    client.send(preface.substr(0, cut));
    REQUIRE(served.eventually([&](const ServerStatistics& now) { return now.bytes_received >= before + cut; }));
    client.send(preface.substr(cut) + h2_frame(NGHTTP2_SETTINGS, 0, 0));
    CHECK(client.read_bytes(9).substr(3, 1) == "\x04");
  }
  RawClient http1(served.port);
  CHECK(status_of(http1.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n").read_message()) == 200);
  RawClient late(served.port);
  late.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").read_message();
  CHECK(status_of(late.send(preface).read_to_end()) == 505);
  RawClient wrong(served.port);
  CHECK(status_of(wrong.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\rX").read_to_end()) == 505);
}

TEST_CASE("many streams are answered on one connection, in frames of few writes", "[http][h2][server]") {
  FunctionHandler handler(echo);
  Served served(handler, h2_options());
  H2RawClient client(served.port);
  std::string requests;
  for (std::int32_t id = 1; id < 100; id += 2)
    requests += h2_frame(NGHTTP2_HEADERS, end_headers | end_stream, id, client.block(h2_get("/" + std::to_string(id))));
  client.send(requests);
  for (std::int32_t id = 1; id < 100; id += 2) {
    const H2Received answer = client.answer(id);
    CHECK(answer.body.substr(0, 5 + std::to_string(id).size()) == "GET /" + std::to_string(id));
  }
}

TEST_CASE("H2: the handler sees what it would of HTTP/1.1", "[http][h2][server]") {
  FunctionHandler handler(echo);
  ServerOptions options = h2_options();
  options.identity_headers = {"x-user"};
  Served served(handler, options);
  H2RawClient client(served.port);
  const H2Lines more{{"cookie", "a=1"}, {"x-user", "eve"}, {"x-b", "c"}, {"cookie", "b=2"}, {"te", "trailers"}};
  const std::string body = client.request(1, h2_get("/%7ea/./b?x=1", more)).answer(1).body;
  CHECK(body.find("GET /~a/b?x=1\n") == 0);
  CHECK(body.find("authority h\n") != std::string::npos);
  CHECK(body.find("cookie=a=1; b=2\n") != std::string::npos);
  CHECK(body.find("x-b=c\n") != std::string::npos);
  CHECK(body.find("eve") == std::string::npos);
  CHECK(body.find("te=") == std::string::npos);
}

TEST_CASE("a small body that comes with its head is bytes", "[http][h2][server]") {
  std::atomic<bool> was_bytes{false};
  FunctionHandler handler([&](Request& request) -> Task<Response> {
    was_bytes = request.body.is_bytes();
    return text_response(request, 200, request.body.data());
  });
  Served served(handler, h2_options());
  H2RawClient client(served.port);
  client.send(h2_frame(NGHTTP2_HEADERS, end_headers, 1, client.block(h2_post())) + h2_frame(NGHTTP2_DATA, 0, 1, "abc") +
              h2_frame(NGHTTP2_DATA, end_stream, 1, "def"));
  CHECK(client.answer(1).body == "abcdef");
  CHECK(was_bytes);
}

TEST_CASE("a body is read as it comes; its window grows by what has been read", "[http][h2][server]") {
  FunctionHandler handler([](Request& request) -> Task<Response> {
    std::size_t size = 0;
    std::unique_ptr<BodyStream> stream = request.body.take_stream();
    for (;;) {
      const BodyChunk chunk = co_await stream->read();
      if (!chunk || chunk->empty()) break;
      size += chunk->size();
    }
    co_return text_response(request, 200, std::to_string(size));
  });
  Served served(handler, h2_options());
  H2RawClient client(served.port);
  client.request(1, h2_post(), false);
  const std::string piece(16000, 'x');
  std::size_t sent = 0;
  std::size_t window = 65535;
  for (int i = 0; i < 20; ++i) {
    while (window < piece.size()) {
      const H2ReceivedFrame frame = client.next_frame();
      REQUIRE(frame.type != 0xFF);
      if (frame.type == NGHTTP2_WINDOW_UPDATE && frame.stream == 1) window += frame.number_at(0);
    }
    client.data(1, piece);
    window -= piece.size();
    sent += piece.size();
  }
  client.data(1, "", true);
  CHECK(client.answer(1).body == std::to_string(sent));
  CHECK(client.window_updates > 0);
}

TEST_CASE("L12: a body that nobody reads gets no more than its window", "[http][h2][server]") {
  Signal started;
  Signal cancelled;
  Runtime* runtime = nullptr;
  FunctionHandler handler([&](Request& request) { return hang(*runtime, request, started, cancelled); });
  Served served(handler, h2_options());
  runtime = &served.runtime;
  H2RawClient client(served.port);
  client.request(1, h2_post(), false);
  for (int i = 0; i < 4; ++i) client.data(1, std::string(16384, 'x'));
  client.send_frame(NGHTTP2_PING, 0, 0, "12345678");
  client.read_until([&] { return client.pings_acknowledged == 1; });
  CHECK(client.window_updates == 0);
  client.data(1, "x");  // beyond the window
  CHECK(client.answer(1).reset == NGHTTP2_FLOW_CONTROL_ERROR);
  CHECK(cancelled.wait());
}

TEST_CASE("trailers of a request are the body's", "[http][h2][server]") {
  FunctionHandler handler([](Request& request) -> Task<Response> {
    std::unique_ptr<BodyStream> stream = request.body.take_stream();
    std::string text;
    for (;;) {
      const BodyChunk chunk = co_await stream->read();
      if (!chunk || chunk->empty()) break;
      text.append(*chunk);
    }
    if (stream->trailers() != nullptr) {
      for (const Header& line : *stream->trailers()) text.append(" ").append(line.name).append("=").append(line.value);
    }
    co_return text_response(request, 200, text);
  });
  Served served(handler, h2_options());
  H2RawClient client(served.port);
  client.send(h2_frame(NGHTTP2_HEADERS, end_headers, 1, client.block(h2_post())) + h2_frame(NGHTTP2_DATA, 0, 1, "abc") +
              h2_frame(NGHTTP2_HEADERS, end_headers | end_stream, 1,
                       client.block({{"x-sum", "7"}, {"content-length", "9"}, {"authorization", "x"}})));
  CHECK(client.answer(1).body == "abc x-sum=7");
}

TEST_CASE("trailers of an answer end its stream", "[http][h2][server]") {
  FunctionHandler handler([](Request& request) -> Task<Response> {
    auto* const trailers = request.arena.make<Headers>(request.arena);
    trailers->append("Grpc-Status", "0");
    trailers->append("Connection", "x");
    Response response(request.arena);
    response.headers.append("Content-Type", "application/grpc");
    response.body = Body::stream(std::make_unique<Pieces>(std::vector<std::string>{"ab", "c"}, false, trailers));
    return response;
  });
  Served served(handler, h2_options());
  H2RawClient client(served.port);
  const H2Received answer = client.request(1, h2_post("/", {{"te", "trailers"}})).answer(1);
  CHECK(answer.body == "abc");
  CHECK(answer.ended);
  CHECK(answer.trailers == H2Lines{{"grpc-status", "0"}});
  CHECK(served.eventually([](const ServerStatistics& now) { return now.completed == 1; }));
}

TEST_CASE("P4: fields of a connection do not leave, names leave in lower case", "[http][h2][server]") {
  FunctionHandler handler([](Request& request) -> Task<Response> {
    Response response = text_response(request, 200, "x");
    for (const char* name : {"Connection", "Keep-Alive", "Transfer-Encoding", "Upgrade", "Proxy-Connection"})
      response.headers.append(name, "x");
    response.headers.append("X-Upper", "Value");
    response.headers.append("Content-Length", "77");
    return response;
  });
  Served served(handler, h2_options());
  H2RawClient client(served.port);
  const H2Received answer = client.request(1, h2_get()).answer(1);
  H2Lines fields = answer.fields;
  std::erase_if(fields, [](const auto& line) { return line.first == "date"; });
  CHECK(fields == H2Lines{{":status", "200"}, {"x-upper", "Value"}, {"content-length", "1"}});
}

TEST_CASE("P7: an answer that may not stand in a head becomes 500", "[http][h2][server]") {
  FunctionHandler handler([](Request& request) -> Task<Response> {
    Response response = text_response(request, 200, "x");
    response.headers.append("x", "a\r\nb: c");
    if (request.url.path == "/stream")
      response.body = Body::stream(std::make_unique<Pieces>(std::vector<std::string>{"a"}, false, nullptr));
    return response;
  });
  Served served(handler, h2_options());
  H2RawClient client(served.port);
  CHECK(client.request(1, h2_get()).answer(1).status == 500);
  CHECK(client.request(3, h2_get("/stream")).answer(3).status == 500);
  CHECK(client.received(3).body.find("Internal server error") != std::string::npos);
}

TEST_CASE("HEAD, 204 and 304 end with their head", "[http][h2][server]") {
  FunctionHandler handler([](Request& request) -> Task<Response> {
    const bool streams = request.url.query == "s";
    const int status = request.url.path == "/204" ? 204 : request.url.path == "/304" ? 304 : 200;
    Response response = text_response(request, status, "four");
    if (streams)
      response.body = Body::stream(std::make_unique<Pieces>(std::vector<std::string>{"four"}, false, nullptr), 4);
    return response;
  });
  Served served(handler, h2_options());
  H2RawClient client(served.port);
  std::int32_t id = 1;
  for (const std::string path : {"/?b", "/?s", "/204?b", "/204?s", "/304?b", "/304?s"}) {
    H2Lines lines = h2_get(path);
    if (path[1] == '?') lines[0].second = "HEAD";
    const H2Received answer = client.request(id, lines).answer(id);
    CHECK(answer.ended);
    CHECK(answer.body.empty());
    CHECK(answer.field("content-length") == (path.substr(0, 4) == "/204" ? "" : "4"));
    id += 2;
  }
}

TEST_CASE("R11: 100 Continue comes when the body is wanted, and only then", "[http][h2][server]") {
  FunctionHandler handler([](Request& request) -> Task<Response> {
    if (request.url.path == "/no") return text_response(request, 403, "no");
    return echo(request);
  });
  Served served(handler, h2_options());
  H2RawClient client(served.port);
  client.request(1, h2_post("/", {{"expect", "100-continue"}}), false);
  client.read_until([&] { return !client.received(1).interim.empty(); });
  const H2Received answer = client.data(1, "abc", true).answer(1);
  CHECK(answer.interim == std::vector<int>{100});
  CHECK(answer.body.find("body abc") != std::string::npos);
  const H2Received refused = client.request(3, h2_post("/no", {{"expect", "100-continue"}}), false).answer(3);
  CHECK(refused.status == 403);
  CHECK(refused.interim.empty());
}

TEST_CASE("an early answer is whole, and asks for no more of the request", "[http][h2][server]") {
  FunctionHandler handler([](Request& request) -> Task<Response> { return text_response(request, 403, "no"); });
  Served served(handler, h2_options());
  H2RawClient client(served.port);
  client.request(1, h2_post(), false);
  client.read_until([&] { return client.received(1).reset.has_value(); });
  CHECK(client.received(1).ended);
  CHECK(client.received(1).body == "no");
  CHECK(client.received(1).reset == NGHTTP2_NO_ERROR);
  client.data(1, "more");  // was on its way
  CHECK(client.request(3, h2_get()).answer(3).status == 403);
  CHECK(served.eventually([](const ServerStatistics& now) { return now.completed == 2; }));
}

TEST_CASE("U5: a body that breaks is reset, as is one that does not keep its length", "[http][h2][server]") {
  auto breaking = answering({"abc"}, {}, true);
  auto too_short = answering({"abc"}, 5);
  auto too_long = answering({"abcdefgh"}, 5);
  for (FunctionHandler* handler : {&breaking, &too_short, &too_long}) {
    Served served(*handler, h2_options());
    H2RawClient client(served.port);
    const H2Received answer = client.request(1, h2_get()).answer(1);
    CHECK(answer.status == 200);
    CHECK_FALSE(answer.ended);
    CHECK(answer.reset == NGHTTP2_INTERNAL_ERROR);
    CHECK(served.eventually([](const ServerStatistics& now) { return now.broken_answers == 1 && now.completed == 0; }));
    CHECK(client.request(3, h2_get()).answer(3).status == 200);  // the connection goes on
  }
}

TEST_CASE("an answer's stream is read no faster than the peer's window grows", "[http][h2][server]") {
  std::atomic<std::uint64_t> given{0};
  FunctionHandler handler([&](Request& request) -> Task<Response> {
    Response response(request.arena);
    response.body = Body::stream(std::make_unique<Endless>(given, 10000));
    return response;
  });
  Served served(handler, h2_options());
  H2RawClient client(served.port, initial_window(25000));
  client.request(1, h2_get());
  client.read_until([&] { return client.received(1).body.size() == 25000; });
  client.send_frame(NGHTTP2_PING, 0, 0, "12345678");
  client.read_until([&] { return client.pings_acknowledged == 1; });
  CHECK(given == 30000);  // the third piece waits
  client.send_frame(NGHTTP2_WINDOW_UPDATE, 0, 1, h2_number(5000));
  client.read_until([&] { return client.received(1).body.size() == 30000; });
  client.send_frame(NGHTTP2_PING, 0, 0, "12345678");
  client.read_until([&] { return client.pings_acknowledged == 2; });
  CHECK(given == 30000);
}

TEST_CASE("a peer that does not read its socket stops the reading of answers", "[http][h2][server]") {
  std::atomic<std::uint64_t> given{0};
  FunctionHandler handler([&](Request& request) -> Task<Response> {
    Response response(request.arena);
    response.body = Body::stream(std::make_unique<Endless>(given, 10000));
    return response;
  });
  HttpLimits limits;
  limits.write_timeout = milliseconds{300};
  Served served(handler, h2_options(limits));
  H2RawClient client(served.port, initial_window(0x7FFFFFFF));
  client.raw().receive_slowly();
  client.send_frame(NGHTTP2_WINDOW_UPDATE, 0, 0, h2_number(0x7FFF0000));
  client.read_until([&] { return !client.settings.empty(); });
  client.request(1, h2_get());
  // T5: no progress ends it, visibly.
  CHECK(served.eventually(
      [](const ServerStatistics& now) { return now.write_timeouts == 1 && now.open_connections == 0; }));
  CHECK(given < 64u << 20);
  client.read_to_end();
  CHECK(client.raw().was_reset());
}

TEST_CASE("H5: a reset stream stops its work and keeps its slot until that has ended", "[http][h2][server]") {
  Signal started;
  Signal cancelled;
  Signal let_go;
  Runtime* runtime = nullptr;
  FunctionHandler handler([&](Request& request) -> Task<Response> {
    if (request.url.path == "/quick") co_return text_response(request, 200, "quick");
    started.set();
    co_await runtime->clock().wait_for(patience, request.cancellation);
    cancelled.set();
    Cancellation none;
    while (!let_go.is_set()) co_await runtime->clock().wait_for(milliseconds{20}, none);
    co_return text_response(request, 200, "late");
  });
  HttpLimits limits;
  limits.http2.concurrent_streams = 1;
  Served served(handler, h2_options(limits));
  runtime = &served.runtime;
  H2RawClient client(served.port);
  client.request(1, h2_get());
  REQUIRE(started.wait());
  client.send_frame(NGHTTP2_RST_STREAM, 0, 1, h2_number(NGHTTP2_CANCEL));
  REQUIRE(cancelled.wait());
  CHECK(client.request(3, h2_get("/quick")).answer(3).reset == NGHTTP2_REFUSED_STREAM);
  let_go.set();
  CHECK(served.eventually([](const ServerStatistics& now) {
    return now.running_requests == 0 && now.client_aborts == 1 && now.http2_streams_refused == 1;
  }));
  CHECK(client.request(5, h2_get("/quick")).answer(5).body == "quick");
  CHECK(client.received(1).status == 0);  // no answer to what was reset
}

TEST_CASE("a caller who closes or resets the connection cancels all its requests", "[http][h2][server]") {
  for (const bool aborts : {false, true}) {
    Signal started;
    std::atomic<int> cancelled{0};
    Runtime* runtime = nullptr;
    FunctionHandler handler([&](Request& request) -> Task<Response> {
      if (request.url.path == "/3") started.set();
      const bool reached = co_await runtime->clock().wait_for(patience, request.cancellation);
      if (!reached) ++cancelled;
      co_return text_response(request, 200, "late");
    });
    Served served(handler, h2_options());
    runtime = &served.runtime;
    {
      H2RawClient client(served.port);
      client.request(1, h2_get("/1")).request(3, h2_get("/3"));
      REQUIRE(started.wait());
      if (aborts) client.raw().abort();
    }
    CHECK(served.eventually([](const ServerStatistics& now) {
      return now.open_connections == 0 && now.client_aborts == 2 && now.running_requests == 0;
    }));
    CHECK(cancelled == 2);
  }
}

TEST_CASE("a body whose sender leaves is an error to its reader", "[http][h2][server]") {
  Signal started;
  Signal failed;
  FunctionHandler handler([&](Request& request) -> Task<Response> {
    started.set();
    const auto body = co_await buffer_body(request.body, request.arena, 1 << 20, ErrorCode::request_body_too_large);
    if (!body && body.error().code() == ErrorCode::client_connection_failure) failed.set();
    co_return text_response(request, 200, "x");
  });
  Served served(handler, h2_options());
  H2RawClient client(served.port);
  client.request(1, h2_post(), false).data(1, "abc");
  REQUIRE(started.wait());
  client.send_frame(NGHTTP2_RST_STREAM, 0, 1, h2_number(NGHTTP2_CANCEL));
  CHECK(failed.wait());
}

TEST_CASE("a handler that throws is answered 500, and counted", "[http][h2][server]") {
  FunctionHandler handler([](Request&) -> Task<Response> { throw std::runtime_error("x"); });
  Served served(handler, h2_options());
  H2RawClient client(served.port);
  CHECK(client.request(1, h2_get()).answer(1).status == 500);
  CHECK(served.server.statistics().handler_failures == 1);
}

TEST_CASE("OPTIONS for the server itself are answered by it", "[http][h2][server]") {
  FunctionHandler handler(echo);
  Served served(handler, h2_options());
  H2RawClient client(served.port);
  H2Lines lines = h2_get("*");
  lines[0].second = "OPTIONS";
  CHECK(client.request(1, lines).answer(1).status == 204);
}

TEST_CASE("an answer goes through a whole proxy of HTTP/2 to HTTP/1.1", "[http][h2][server]") {
  Upstream upstream([](RawClient& connection, int) {
    const std::string head = connection.read_until("\r\n\r\n");
    const bool good =
        head.find("POST /p?q HTTP/1.1\r\nHost: ") == 0 && head.find("\r\ncookie: a; b\r\n") != std::string::npos;
    connection.send(good ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
                         : "HTTP/1.1 500 Bad\r\nContent-Length: 0\r\n\r\n");
    connection.read_to_end();
  });
  Proxy proxy(upstream.port(), h2_options());
  H2RawClient client(proxy.port);
  const H2Received answer = client.request(1, h2_post("/p?q", {{"cookie", "a"}, {"cookie", "b"}})).answer(1);
  CHECK(answer.status == 200);
  CHECK(answer.body == "abc");
  CHECK_FALSE(answer.field("transfer-encoding").size());
}
