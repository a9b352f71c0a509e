// SPDX-License-Identifier: Apache-2.0
// The server over real sockets: answers in every framing, bodies with back-pressure, limits of size and time, callers
// that leave, drain. Times are short limits, never sleeps.
#include "http/streams.hpp"
#include "http/support.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;
using std::chrono::milliseconds;

namespace {

const std::string plain_get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

/// Waits until it is cancelled, or `seconds` at most.
Task<Response> hang(Runtime& runtime, Request& request, Signal& started, Signal& cancelled) {
  started.set();
  const bool reached = co_await runtime.clock().wait_for(patience, request.cancellation);
  if (!reached) cancelled.set();
  co_return text_response(request, 200, "late");
}

}  // namespace

TEST_CASE("an answer in memory goes out with its length", "[http][server]") {
  FunctionHandler handler([](Request& request) -> Task<Response> { return text_response(request, 201, "made"); });
  Served served(handler);
  RawClient client(served.port);
  const std::string answer = client.send(plain_get).read_message();
  CHECK(status_of(answer) == 201);
  CHECK(answer.substr(0, 22) == "HTTP/1.1 201 Created\r\n");
  CHECK(header_of(answer, "Content-Length") == "4");
  CHECK(header_of(answer, "Date").size() == 29);
  CHECK(body_of(answer) == "made");
}

TEST_CASE("a stream of known length goes out with it, one of unknown length chunked", "[http][server]") {
  auto known = answering({"abc", "de"}, 5);
  Served first(known);
  RawClient client(first.port);
  const std::string answer = client.send(plain_get).read_message();
  CHECK(header_of(answer, "Content-Length") == "5");
  CHECK(body_of(answer) == "abcde");
  auto unknown = answering({"abc", "de"});
  Served second(unknown);
  RawClient other(second.port);
  CHECK(body_of(other.send(plain_get).read_message()) == "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  CHECK(body_of(other.send(plain_get).read_message()) == "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
}

TEST_CASE("U5: HTTP/1.0 gets a length or the close, never chunks", "[http][server]") {
  auto handler = answering({"abc", "de"});
  Served served(handler);
  RawClient client(served.port);
  const std::string answer = client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").read_to_end();
  CHECK(header_of(answer, "Transfer-Encoding").empty());
  CHECK(header_of(answer, "Connection") == "close");
  CHECK(body_of(answer) == "abcde");
  CHECK_FALSE(client.was_reset());
}

TEST_CASE("U5: a body that breaks looks broken in every framing", "[http][server]") {
  auto chunked = answering({"abc"}, {}, true);
  Served first(chunked);
  RawClient a(first.port);
  const std::string cut = a.send(plain_get).read_to_end();
  CHECK(body_of(cut) == "3\r\nabc\r\n");  // no last chunk
  auto with_length = answering({"abc"}, 10, true);
  Served second(with_length);
  RawClient b(second.port);
  CHECK(body_of(b.send(plain_get).read_to_end()) == "abc");
  CHECK(first.eventually(
      [](const ServerStatistics& now) { return now.broken_answers == 1 && now.open_connections == 0; }));
  Served third(chunked);
  RawClient c(third.port);
  c.send("GET / HTTP/1.0\r\n\r\n").read_to_end();
  CHECK(c.was_reset());
}

TEST_CASE("a stream that does not keep its announced length is broken off", "[http][server]") {
  auto too_short = answering({"abc"}, 5);
  Served first(too_short);
  RawClient a(first.port);
  CHECK(body_of(a.send(plain_get).read_to_end()) == "abc");
  auto too_long = answering({"abcdefgh"}, 5);
  Served second(too_long);
  RawClient b(second.port);
  CHECK(body_of(b.send(plain_get).read_to_end()).empty());
  CHECK(second.eventually([](const ServerStatistics& now) { return now.broken_answers == 1; }));
}

TEST_CASE("HEAD, 204 and 304 have no body, and the connection goes on", "[http][server]") {
  FunctionHandler handler([](Request& request) -> Task<Response> {
    const int status = request.url.path == "/204" ? 204 : request.url.path == "/304" ? 304 : 200;
    return text_response(request, status, "body");
  });
  Served served(handler);
  RawClient client(served.port);
  client.send(
      "HEAD / HTTP/1.1\r\nHost: h\r\n\r\nGET /204 HTTP/1.1\r\nHost: h\r\n\r\nGET /304 HTTP/1.1\r\nHost: h\r\n\r\n" +
      plain_get);
  CHECK(header_of(client.read_message(true), "Content-Length") == "4");
  const std::string no_content = client.read_message(true);
  CHECK(status_of(no_content) == 204);
  CHECK(header_of(no_content, "Content-Length").empty());
  CHECK(status_of(client.read_message(true)) == 304);
  CHECK(body_of(client.read_message()) == "body");
}

TEST_CASE("HEAD of a streamed answer sends its head only and cancels the stream", "[http][server]") {
  auto handler = answering({"abc"}, 3);
  Served served(handler);
  RawClient client(served.port);
  client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n" + plain_get);
  CHECK(header_of(client.read_message(true), "Content-Length") == "3");
  CHECK(body_of(client.read_message()) == "abc");
}

TEST_CASE("P7: a head that a handler split becomes a 500", "[http][server]") {
  FunctionHandler handler([](Request& request) -> Task<Response> {
    Response response = text_response(request, 200, "x");
    response.headers.append("X-Bad", "a\r\nSet-Cookie: b");
    return response;
  });
  Served served(handler);
  RawClient client(served.port);
  const std::string answer = client.send(plain_get).read_message();
  CHECK(status_of(answer) == 500);
  CHECK(answer.find("Set-Cookie") == std::string::npos);
}

TEST_CASE("P7: the stream of an answer that cannot be written down is closed", "[http][server]") {
  std::atomic<std::uint64_t> given = 0;
  FunctionHandler handler([&](Request& request) -> Task<Response> {
    Response response(request.arena);
    if (request.url.path == "/split") response.headers.append("X-Bad", "a\r\nSet-Cookie: b");
    response.body = request.url.path == "/split" ? Body::stream(std::make_unique<Endless>(given), std::nullopt)
                                                 : Body::bytes("whole");
    return response;
  });
  Served served(handler);
  RawClient client(served.port);
  const std::string answer = client.send("GET /split HTTP/1.1\r\nHost: h\r\n\r\n" + plain_get).read_message();
  CHECK(status_of(answer) == 500);
  CHECK(answer.find("Set-Cookie") == std::string::npos);
  CHECK(body_of(client.read_message()) == "whole");
  CHECK(given == 0);
}

TEST_CASE("an exception out of the handler is a 500 and is counted", "[http][server]") {
  FunctionHandler handler([](Request&) -> Task<Response> { throw std::runtime_error("host code"); });
  Served served(handler);
  RawClient client(served.port);
  const std::string answer = client.send(plain_get).read_message();
  CHECK(status_of(answer) == 500);
  CHECK(answer.find("host code") == std::string::npos);
  CHECK(served.server.statistics().handler_failures == 1);
  CHECK(status_of(client.send(plain_get).read_message()) == 500);
}

TEST_CASE("R11: 100 is sent when the body is first read, and only then", "[http][server]") {
  FunctionHandler handler([](Request& request) -> Task<Response> {
    if (request.url.path == "/refuse") return text_response(request, 403, "no");
    return echo(request);
  });
  Served served(handler);
  RawClient client(served.port);
  client.send("POST /take HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.read_message(true) == "HTTP/1.1 100 Continue\r\n\r\n");
  CHECK(body_of(client.send("hello").read_message()).find("body hello\n") != std::string::npos);
  client.send("POST /refuse HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  const std::string refused = client.read_message();
  CHECK(status_of(refused) == 403);
  CHECK(header_of(refused, "Connection") == "close");  // whether the body comes is not known
}

TEST_CASE("R11: no 100 for a body that is there already", "[http][server]") {
  FunctionHandler handler(echo);
  Served served(handler);
  RawClient client(served.port);
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello");
  CHECK(status_of(client.read_message()) == 200);
}

TEST_CASE("R10: an early answer with the body unread closes, and reaches the caller", "[http][server]") {
  FunctionHandler handler([](Request& request) -> Task<Response> { return text_response(request, 403, "no"); });
  Served served(handler);
  RawClient client(served.port);
  const std::string body(4'000'000, 'x');
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4000000\r\n\r\n");
  client.send(body);
  const std::string answer = client.read_to_end();
  CHECK(status_of(answer) == 403);
  CHECK(header_of(answer, "Connection") == "close");
}

TEST_CASE("large bodies pass in both framings", "[http][server]") {
  FunctionHandler handler([](Request& request) -> Task<Response> {
    std::uint64_t bytes = 0;
    std::uint64_t sum = 0;
    if (BodyStream* stream = request.body.stream()) {
      for (;;) {
        const BodyChunk chunk = co_await stream->read();
        if (!chunk) co_return text_response(request, chunk.error().status(), chunk.error().message());
        if (chunk->empty()) break;
        bytes += chunk->size();
        for (char c : *chunk) sum += static_cast<unsigned char>(c);
      }
    }
    co_return text_response(request, 200, std::to_string(bytes) + " " + std::to_string(sum));
  });
  Served served(handler);
  std::string body;
  std::uint64_t sum = 0;
  for (int i = 0; i < 1'000'000; ++i) body += static_cast<char>(i % 251);
  for (char c : body) sum += static_cast<unsigned char>(c);
  const std::string expected = "1000000 " + std::to_string(sum);
  RawClient client(served.port);
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n" + body);
  CHECK(body_of(client.read_message()) == expected);
  client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (std::size_t at = 0; at < body.size(); at += 7777) {
    const std::string piece = body.substr(at, 7777);
    char size[32];
    std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
    client.send(size + piece + "\r\n");
  }
  client.send("0\r\n\r\n" + plain_get);
  CHECK(body_of(client.read_message()) == expected);
  CHECK(body_of(client.read_message()) == "0 0");
}

TEST_CASE("L4: a chunked body is cut at its limit while it is read", "[http][server][limits]") {
  FunctionHandler handler(echo);
  ServerOptions options;
  options.limits.request_body_bytes = 1000;
  Served served(handler, options);
  RawClient whole(served.port);
  whole.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" + std::string(1001, 'x') +
             "\r\n0\r\n\r\n");
  CHECK(status_of(whole.read_message()) == 413);
  RawClient slow(served.port);
  slow.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
  slow.read_message(true);
  slow.send("3e9\r\n" + std::string(1001, 'x') + "\r\n0\r\n\r\n");
  const std::string answer = slow.read_to_end();
  CHECK(status_of(answer) == 413);
  CHECK(header_of(answer, "Connection") == "close");
}

TEST_CASE("L13: a slow reader stops the stream instead of filling memory", "[http][server][limits]") {
  std::atomic<std::uint64_t> given{0};
  FunctionHandler handler([&](Request& request) -> Task<Response> {
    Response response(request.arena);
    response.body = Body::stream(std::make_unique<Endless>(given));
    return response;
  });
  ServerOptions options;
  options.limits.write_timeout = milliseconds(100);
  Served served(handler, options);
  RawClient client(served.port);
  client.receive_slowly();
  client.send(plain_get);
  // T5: without progress the connection is reset; until then only the kernel's buffers were filled.
  CHECK(served.eventually(
      [](const ServerStatistics& now) { return now.write_timeouts == 1 && now.open_connections == 0; }));
  CHECK(given < 16'000'000);
  client.read_to_end();
  CHECK(client.was_reset());
}

TEST_CASE("T2: a head that does not arrive in time is answered 408", "[http][server][limits]") {
  FunctionHandler handler(echo);
  ServerOptions options;
  options.limits.header_timeout = milliseconds(60);
  Served served(handler, options);
  RawClient client(served.port);
  client.send("GET / HTTP/1.1\r\nHo");
  const std::string answer = client.read_to_end();
  CHECK(status_of(answer) == 408);
  CHECK(served.server.statistics().read_timeouts == 1);
}

TEST_CASE("T2: the time for a head does not begin anew with each byte", "[http][server][limits]") {
  FunctionHandler handler(echo);
  ServerOptions options;
  options.limits.header_timeout = milliseconds(100);
  options.limits.header_section_bytes = 1 << 30;
  Served served(handler, options);
  RawClient client(served.port);
  client.send("GET / HTTP/1.1\r\n");
  Signal over;
  std::thread dripping([&] {  // one byte whenever the server has read the last
    std::uint64_t sent = 16;
    while (served.server.statistics().refused == 0) {
      if (served.server.statistics().bytes_received >= sent) {
        client.send("a");
        ++sent;
      }
      std::this_thread::yield();
    }
    over.set();
  });
  CHECK(over.wait());
  dripping.join();
  CHECK(status_of(client.read_to_end()) == 408);
}

TEST_CASE("T3: a body that stalls is answered 408", "[http][server][limits]") {
  FunctionHandler handler(echo);
  ServerOptions options;
  options.limits.body_gap_timeout = milliseconds(60);
  Served served(handler, options);
  RawClient client(served.port);
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhe");
  const std::string answer = client.read_to_end();
  CHECK(status_of(answer) == 408);
  CHECK(header_of(answer, "Connection") == "close");
}

TEST_CASE("T4: an idle connection is closed without an answer", "[http][server][limits]") {
  FunctionHandler handler(echo);
  ServerOptions options;
  options.limits.idle_timeout = milliseconds(60);
  Served served(handler, options);
  RawClient fresh(served.port);
  RawClient used(served.port);
  CHECK(status_of(used.send(plain_get).read_message()) == 200);
  CHECK(fresh.read_to_end().empty());
  CHECK(used.read_to_end().empty());
  CHECK(served.eventually([](const ServerStatistics& now) { return now.idle_closed == 2; }));
}

TEST_CASE("L11: requests and age of a connection have bounds", "[http][server][limits]") {
  FunctionHandler handler(echo);
  ServerOptions options;
  options.limits.requests_per_connection = 3;
  Served served(handler, options);
  RawClient client(served.port);
  client.send(plain_get + plain_get + plain_get + plain_get);
  CHECK(header_of(client.read_message(), "Connection").empty());
  CHECK(header_of(client.read_message(), "Connection").empty());
  CHECK(header_of(client.read_message(), "Connection") == "close");
  CHECK(client.read_to_end().empty());
  options.limits.requests_per_connection = 10;
  options.limits.connection_age = milliseconds(0);
  Served aged(handler, options);
  RawClient old(aged.port);
  CHECK(header_of(old.send(plain_get).read_message(), "Connection") == "close");
}

TEST_CASE("L10: connections beyond the bound are closed at once", "[http][server][limits]") {
  FunctionHandler handler(echo);
  ServerOptions options;
  options.limits.connections_per_client = 2;
  Served served(handler, options);
  RawClient a(served.port), b(served.port);
  CHECK(status_of(a.send(plain_get).read_message()) == 200);
  CHECK(status_of(b.send(plain_get).read_message()) == 200);
  RawClient c(served.port);
  CHECK(c.read_to_end().empty());
  CHECK(served.server.statistics().connections_refused == 1);
  a.close();
  CHECK(served.eventually([](const ServerStatistics& now) { return now.open_connections == 1; }));
  RawClient d(served.port);
  CHECK(status_of(d.send(plain_get).read_message()) == 200);
}

TEST_CASE("M2: a caller who leaves cancels the request", "[http][server]") {
  Runtime* runtime = nullptr;
  Signal started, cancelled;
  FunctionHandler handler([&](Request& request) { return hang(*runtime, request, started, cancelled); });
  Served served(handler);
  runtime = &served.runtime;
  SECTION("by closing") {
    RawClient client(served.port);
    client.send(plain_get);
    REQUIRE(started.wait());
    client.close();
    CHECK(cancelled.wait());
  }
  SECTION("by a reset") {
    RawClient client(served.port);
    client.send(plain_get);
    REQUIRE(started.wait());
    client.abort();
    CHECK(cancelled.wait());
  }
  CHECK(served.eventually(
      [](const ServerStatistics& now) { return now.client_aborts == 1 && now.open_connections == 0; }));
  CHECK(served.server.statistics().running_requests == 0);
}

TEST_CASE("a caller who leaves amid the body shows as the caller's failure", "[http][server]") {
  std::atomic<int> code{-1};
  FunctionHandler handler([&](Request& request) -> Task<Response> {
    const auto buffered = co_await buffer_body(request.body, request.arena, 1000, ErrorCode::request_body_too_large);
    code = buffered ? 0 : static_cast<int>(buffered.error().code());
    co_return text_response(request, 200, "");
  });
  Served served(handler);
  {
    RawClient client(served.port);
    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhe");
  }
  CHECK(served.eventually([](const ServerStatistics& now) { return now.client_aborts == 1; }));
  CHECK(code == static_cast<int>(ErrorCode::client_connection_failure));
}

TEST_CASE("a caller who leaves amid an endless answer ends it", "[http][server]") {
  std::atomic<std::uint64_t> given{0};
  FunctionHandler handler([&](Request& request) -> Task<Response> {
    Response response(request.arena);
    response.body = Body::stream(std::make_unique<Endless>(given));
    return response;
  });
  Served served(handler);
  {
    RawClient client(served.port);
    client.send(plain_get);
    client.read_bytes(100'000);
  }
  CHECK(served.eventually(
      [](const ServerStatistics& now) { return now.client_aborts == 1 && now.open_connections == 0; }));
}

TEST_CASE("O3: a drain closes idle connections and lets requests finish", "[http][server][drain]") {
  Runtime* runtime = nullptr;
  Signal started;
  Signal release;
  FunctionHandler handler([&](Request& request) -> Task<Response> {
    if (request.url.path == "/slow") {
      started.set();
      while (!release.is_set()) co_await runtime->clock().wait_for(milliseconds(20), request.cancellation);
    }
    co_return text_response(request, 200, "done");
  });
  Served served(handler);
  runtime = &served.runtime;
  RawClient idle(served.port), busy(served.port);
  CHECK(status_of(idle.send(plain_get).read_message()) == 200);
  busy.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  REQUIRE(started.wait());
  bool drained = false;
  std::thread draining([&] { drained = served.server.drain_and_stop(patience); });
  CHECK(idle.read_to_end().empty());
  RawClient late(served.port);
  CHECK(late.send(plain_get).read_to_end().empty());
  release.set();
  const std::string answer = busy.read_to_end();
  CHECK(body_of(answer) == "done");
  CHECK(header_of(answer, "Connection") == "close");
  draining.join();
  CHECK(drained);
  CHECK(served.server.statistics().open_connections == 0);
}

TEST_CASE("O3: what a drain does not wait for is cancelled and broken visibly", "[http][server][drain]") {
  Runtime* runtime = nullptr;
  Signal started, cancelled;
  FunctionHandler handler([&](Request& request) { return hang(*runtime, request, started, cancelled); });
  Served served(handler);
  runtime = &served.runtime;
  RawClient client(served.port);
  client.send(plain_get);
  REQUIRE(started.wait());
  CHECK_FALSE(served.server.drain_and_stop(milliseconds(50)));
  CHECK(cancelled.wait());
  CHECK(client.read_to_end().empty());
  CHECK(client.was_reset());
  CHECK(served.server.statistics().drain_broken == 1);
  CHECK(served.server.statistics().open_connections == 0);
}

TEST_CASE("an address that is in use or malformed is an error that says so", "[http][server]") {
  FunctionHandler handler(echo);
  Served first(handler);
  Runtime runtime({.workers = 1, .limits = {}, .tls = {}});
  const auto start = [&](std::string listen) {
    ServerOptions options;
    options.listen = std::move(listen);
    return Server(runtime, options, handler).start();
  };
  const auto taken = start("127.0.0.1:" + std::to_string(first.port));
  REQUIRE_FALSE(taken);
  CHECK(std::string(taken.error().message()).find("in use") != std::string::npos);
  for (const char* text :
       {"", "nonsense", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000", "host.name:80"}) {
    INFO(text);
    CHECK_FALSE(start(text).has_value());
  }
  CHECK(start("localhost:0").has_value());
  CHECK(start("*:0").has_value());
}

TEST_CASE("two workers share a port, and each request stays on its worker", "[http][server]") {
  std::mutex mutex;
  std::vector<std::thread::id> threads;
  Runtime* runtime = nullptr;
  std::atomic<int> moved{0};
  FunctionHandler handler([&](Request& request) -> Task<Response> {
    const auto before = std::this_thread::get_id();
    {
      std::lock_guard lock(mutex);
      threads.push_back(before);
    }
    co_await runtime->clock().wait_for(milliseconds(1), request.cancellation);
    if (std::this_thread::get_id() != before) ++moved;
    co_return text_response(request, 200, "");
  });
  Served served(handler, {}, 2);
  runtime = &served.runtime;
  CHECK(served.runtime.workers() == 2);
  for (int i = 0; i < 40; ++i) {
    RawClient client(served.port);
    CHECK(status_of(client.send(plain_get).read_message()) == 200);
  }
  CHECK(moved == 0);
  std::sort(threads.begin(), threads.end());
  CHECK(std::unique(threads.begin(), threads.end()) - threads.begin() == 2);
}

TEST_CASE("clock waits end at their deadline or when cancelled, on workers and elsewhere", "[http][clock]") {
  Runtime runtime({.workers = 1, .limits = {}, .tls = {}});
  Cancellation never;
  const auto before = runtime.clock().steady_now();
  CHECK(wait(runtime.clock().wait_for(milliseconds(30), never)));
  CHECK(runtime.clock().steady_now() - before >= milliseconds(30));
  Cancellation already;
  already.request();
  CHECK_FALSE(wait(runtime.clock().wait_for(patience, already)));
  CHECK(wait(runtime.clock().wait_until(before, never)));
}
