// SPDX-License-Identifier: Apache-2.0
// The pooled client against upstreams whose every byte the test decides, seen through a server in front of it: what
// the caller gets, what the upstream really received, and what became of the connections.
#include "http/resolver.hpp"
#include "http/support.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;
using std::chrono::milliseconds;

namespace {

const std::string plain_get = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string ok_answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// An upstream that answers each request on each connection with the same bytes.
Upstream::Serve always(std::string answer, bool close = false) {
  return [=](RawClient& connection, int) {
    while (!connection.read_message().empty()) {
      connection.send(answer);
      if (close) return;
    }
  };
}

std::string exchange(Proxy& proxy, const std::string& request) {
  RawClient client(proxy.port);
  return client.send(request).read_message();
}

/// What the upstream received of one request, behind a proxy.
std::string received_by_upstream(const std::string& request) {
  std::string received;
  Signal done;
  Upstream upstream([&](RawClient& connection, int) {
    received = connection.read_message();
    connection.send(ok_answer);
    done.set();
    received += connection.read_to_end();
  });
  {
    Proxy proxy(upstream.port());
    RawClient client(proxy.port);
    if (client.send(request).read_message().find(" 200 ") != std::string::npos) {
      done.wait();
    } else {
      client.read_to_end();  // A refusal ends the connection: nothing behind it is looked at.
    }
  }
  return received;
}

}  // namespace

TEST_CASE("R1: what the upstream gets is rebuilt with one framing, without fields of another hop", "[http][client]") {
  const std::string request = received_by_upstream(
      "POST http://other/a/../b?q HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: CHUNKED\r\nConnection: keep-alive, "
      "X-Hop\r\nX-Hop: 1\r\n"
      "TE: trailers\r\nX_Forwarded_For: 1\r\nX-A:  b \r\n\r\n5;e=1\r\nhello\r\n0\r\nContent-Length: 9\r\n\r\n");
  CHECK(request.substr(0, 18) == "POST /b?q HTTP/1.1");
  CHECK(header_of(request, "Content-Length") == "5");
  CHECK(header_of(request, "Transfer-Encoding").empty());
  CHECK(header_of(request, "X-A") == "b");
  for (const char* name : {"X-Hop", "TE", "Connection", "X_Forwarded_For"}) CHECK(header_of(request, name).empty());
  CHECK(body_of(request) == "hello");
}

TEST_CASE("smuggling pairs reach the upstream as one request or not at all", "[http][client][conformance]") {
  const std::string inner = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";
  const std::string size = std::to_string(inner.size());
  struct Pair {
    const char* name;
    std::string bytes;
  };
  const std::vector<Pair> pairs = {
      {"length beside chunked", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + size +
                                    "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inner},
      {"folded chunked",
       "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + size + "\r\nTransfer-Encoding:\r\n chunked\r\n\r\n" + inner},
      {"blank before colon",
       "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + size + "\r\nTransfer-Encoding : chunked\r\n\r\n" + inner},
      {"chunked in a bare-LF line", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + size +
                                        "\r\nA: b\nTransfer-Encoding: chunked\r\n\r\n" + inner},
      {"two lengths",
       "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nContent-Length: " + size + "\r\n\r\n" + inner},
      {"coding that only looks like chunked",
       "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + size + "\r\nTransfer-Encoding: xchunked\r\n\r\n" + inner},
      {"bare LF in a chunk line", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2;\nxx\r\n" + inner},
      {"chunked on 1.0", "POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + inner},
      {"split by an encoded line end", "GET /a%0d%0aHost:%20x HTTP/1.1\r\nHost: h\r\n\r\n" + inner},
      {"split by a bare CR in a value", "GET / HTTP/1.1\r\nHost: h\r\nA: b\r" + inner},
  };
  for (const Pair& pair : pairs) {
    INFO(pair.name);
    CHECK(received_by_upstream(pair.bytes).empty());
  }
  // A body that looks like a request stays a body.
  const std::string carried =
      received_by_upstream("POST /outer HTTP/1.1\r\nHost: h\r\nContent-Length: " + size + "\r\n\r\n" + inner);
  CHECK(body_of(carried) == inner);
  CHECK(header_of(carried, "Content-Length") == size);
}

TEST_CASE("answers in each framing come through, and their connections are reused when they may be", "[http][client]") {
  struct Row {
    const char* name;
    std::string answer;
    std::string body;
    bool reused;
    bool close;
  };
  const std::vector<Row> rows = {
      {"length", ok_answer, "ok", true, false},
      {"empty", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "", true, false},
      {"chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n", "ok", true,
       false},
      {"until the end", "HTTP/1.1 200 OK\r\n\r\nok", "2\r\nok\r\n0\r\n\r\n", false, true},
      {"1.0 with length", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", "ok", false, false},
      {"announced close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", "ok", false, false},
      {"interim answers", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok_answer, "ok",
       true, false},
      {"no reason phrase", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", "ok", true, false},
      {"U1 both framings",
       "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "ok", false,
       false},
      {"U3 bytes after the answer", ok_answer + "X", "ok", false, false},
      {"U2 body after 204", "HTTP/1.1 204 No Content\r\n\r\nok", "", false, false},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Upstream upstream(always(row.answer, row.close));
    Proxy proxy(upstream.port());
    CHECK(body_of(exchange(proxy, plain_get)) == row.body);
    CHECK(body_of(exchange(proxy, plain_get)) == row.body);
    CHECK(upstream.connections() == (row.reused ? 1 : 2));
  }
}

TEST_CASE("U1 U2: answers that are no HTTP are a failure of the backend, and their connection is dropped",
          "[http][client]") {
  const auto answer =
      GENERATE(as<std::string>(), "garbage\r\n\r\n", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "HTTP/1.1 200 OK\nA: b\n\n",
               "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nok",
               "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nok", "HTTP/1.1 101 Switching Protocols\r\n\r\n",
               "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
               "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "HTTP/1.1 999 No\r\n\r\n",
               "HTTP/1.1 200 OK\r\nX: a\r\n folded\r\n\r\n");
  INFO(answer);
  Upstream upstream(always(answer));
  Proxy proxy(upstream.port());
  CHECK(status_of(exchange(proxy, plain_get)) == 502);
  CHECK(proxy.client_eventually(
      [](const ClientStatistics& now) { return now.invalid_answers == 1 && now.open_connections == 0; }));
}

TEST_CASE("L8 L9: an endless head and endless interim answers are refused", "[http][client][limits]") {
  HttpLimits limits;
  limits.response_head_bytes = 1000;
  limits.interim_responses = 3;
  Upstream head([](RawClient& connection, int) {
    connection.read_message();
    connection.send("HTTP/1.1 200 OK\r\nA: " + std::string(5000, 'a'));
    connection.read_to_end();
  });
  Proxy first(head.port(), {}, limits);
  CHECK(status_of(exchange(first, plain_get)) == 502);
  Upstream interim([](RawClient& connection, int) {
    connection.read_message();
    for (int i = 0; i < 4; ++i) connection.send("HTTP/1.1 103 Early Hints\r\n\r\n");
    connection.read_to_end();
  });
  Proxy second(interim.port(), {}, limits);
  CHECK(status_of(exchange(second, plain_get)) == 502);
}

TEST_CASE("an upstream that refuses is a connection failure that may be tried again", "[http][client]") {
  Runtime runtime({.workers = 1, .limits = {}, .tls = {}});
  Request request;
  OutgoingRequest outgoing(request.arena);
  outgoing.url.host = "127.0.0.1";
  outgoing.url.port = closed_port();
  const auto answer = wait(runtime.transport().send(outgoing, request.arena, request.cancellation));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code() == ErrorCode::backend_connection_failure);
  CHECK(answer.error().retry() == RetryAdvice::yes);
  CHECK(std::string(answer.error().message()).find("127.0.0.1") == std::string::npos);  // K4
  CHECK(runtime.client_statistics().connections_failed == 1);
}

TEST_CASE("S2: addresses that are never to be called are refused before connecting", "[http][client]") {
  Runtime runtime({.workers = 1, .limits = {}, .tls = {}});
  for (const char* host :
       {"169.254.169.254", "0.0.0.0", "[::]", "[fe80::1]", "224.0.0.1", "[::ffff:169.254.169.254]"}) {
    Request request;
    OutgoingRequest outgoing(request.arena);
    outgoing.url.host = host;
    const auto answer = wait(runtime.transport().send(outgoing, request.arena, request.cancellation));
    INFO(host);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code() == ErrorCode::backend_connection_failure);
  }
  CHECK(runtime.client_statistics().connections_opened == 0);
}

TEST_CASE("an upstream that closes without an answer is a cut connection", "[http][client]") {
  Upstream upstream([](RawClient& connection, int) {
    connection.read_message();
    connection.abort();
  });
  Proxy proxy(upstream.port());
  const std::string answer = exchange(proxy, plain_get);
  CHECK(status_of(answer) == 502);
  CHECK(upstream.connections() == 1);  // U4: a new connection that dies is not tried again
  CHECK(proxy.client_eventually(
      [](const ClientStatistics& now) { return now.broken == 1 && now.open_connections == 0; }));
}

TEST_CASE("U4: a safe request that dies on a reused connection is sent once more", "[http][client]") {
  Upstream upstream([](RawClient& connection, int number) {
    connection.read_message();
    connection.send(ok_answer);
    if (number == 0) {
      connection.read_until("\r\n\r\n");  // takes the second request and dies on it
      return;
    }
    always(ok_answer)(connection, number);
  });
  Proxy proxy(upstream.port());
  RawClient client(proxy.port);
  CHECK(body_of(client.send(plain_get).read_message()) == "ok");
  CHECK(body_of(client.send(plain_get).read_message()) == "ok");
  CHECK(upstream.connections() == 2);
  CHECK(proxy.runtime.client_statistics().resent == 1);
}

TEST_CASE("U4: a POST that may have been taken is not sent twice", "[http][client]") {
  std::atomic<int> posts{0};
  Upstream upstream([&](RawClient& connection, int) {
    connection.read_message();
    connection.send(ok_answer);
    if (!connection.read_message().empty()) ++posts;
  });
  Proxy proxy(upstream.port());
  RawClient client(proxy.port);
  CHECK(body_of(client.send(plain_get).read_message()) == "ok");
  CHECK(status_of(client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi").read_message()) == 502);
  CHECK(posts == 1);
  CHECK(proxy.runtime.client_statistics().resent == 0);
}

TEST_CASE("U4: a body that nobody has read yet goes out on another connection when the first had ended",
          "[http][client]") {
  Signal close_now, closed;
  Upstream upstream([&](RawClient& connection, int number) {
    connection.read_message();
    connection.send(ok_answer);
    if (number != 0 || !close_now.wait()) return;
    connection.finish_sending();
    closed.set();
    connection.read_to_end();
  });
  Runtime runtime({.workers = 1, .limits = {}, .tls = {}});
  ForwardingHandler forwarding(runtime.transport(), upstream.port());
  FunctionHandler handler([&](Request& request) {
    // The worker waits itself, so that it cannot notice the end of its idle connection before it uses it.
    if (request.method == "POST") {
      close_now.set();
      closed.wait();
    }
    return forwarding.handle(request);
  });
  Server server(runtime, {}, handler);
  RawClient client(server.start().value());
  CHECK(body_of(client.send(plain_get).read_message()) == "ok");
  client.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhe");
  REQUIRE(closed.wait());
  CHECK(body_of(client.send("llo").read_message()) == "ok");
  const ClientStatistics now = runtime.client_statistics();
  CHECK(now.resent == 1);
  CHECK(now.broken == 1);
  CHECK(now.connections_opened == 2);
}

TEST_CASE("U3: an idle connection that the upstream closes or speaks on is evicted", "[http][client]") {
  const bool speaks = GENERATE(false, true);
  Signal answered, evicted;
  Upstream upstream([&](RawClient& connection, int number) {
    if (number > 0) return always(ok_answer)(connection, number);
    connection.read_message();
    connection.send(ok_answer);
    answered.wait();
    if (speaks) connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
    if (speaks) evicted.wait();
  });
  Proxy proxy(upstream.port());
  RawClient client(proxy.port);
  CHECK(body_of(client.send(plain_get).read_message()) == "ok");
  answered.set();
  CHECK(proxy.client_eventually([](const ClientStatistics& now) { return now.connections_evicted == 1; }));
  evicted.set();
  CHECK(body_of(client.send(plain_get).read_message()) == "ok");
  CHECK(upstream.connections() == 2);
}

TEST_CASE("an idle connection is closed when it gets too old", "[http][client][limits]") {
  Upstream upstream(always(ok_answer));
  HttpLimits limits;
  limits.pool_idle_timeout = milliseconds(40);
  Proxy proxy(upstream.port(), {}, limits);
  CHECK(body_of(exchange(proxy, plain_get)) == "ok");
  CHECK(proxy.client_eventually(
      [](const ClientStatistics& now) { return now.connections_evicted == 1 && now.open_connections == 0; }));
}

TEST_CASE("U5: an answer that is cut looks cut to the caller", "[http][client]") {
  const std::string head = GENERATE(as<std::string>(), "Content-Length: 10", "Transfer-Encoding: chunked");
  const bool chunked = head[0] == 'T';
  Upstream upstream([&](RawClient& connection, int) {
    connection.read_message();
    connection.send("HTTP/1.1 200 OK\r\n" + head + "\r\n\r\n" + (chunked ? "5\r\nhello\r\n" : "hello"));
  });
  Proxy proxy(upstream.port());
  RawClient client(proxy.port);
  const std::string answer = client.send(plain_get).read_to_end();
  CHECK(status_of(answer) == 200);
  CHECK(body_of(answer) == (chunked ? "5\r\nhello\r\n" : "hello"));
  CHECK(proxy.eventually(
      [](const ServerStatistics& now) { return now.broken_answers == 1 && now.open_connections == 0; }));
}

TEST_CASE("U5: a malformed chunk amid an answer breaks it", "[http][client]") {
  Upstream upstream([&](RawClient& connection, int) {
    connection.read_message();
    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    connection.send("nonsense\r\n");
    connection.read_to_end();
  });
  Proxy proxy(upstream.port());
  RawClient client(proxy.port);
  const std::string answer = client.send(plain_get).read_to_end();
  CHECK(answer.find("0\r\n\r\n") == std::string::npos);
  CHECK(proxy.client_eventually(
      [](const ClientStatistics& now) { return now.invalid_answers == 1 && now.open_connections == 0; }));
}

TEST_CASE("T6: an upstream that does not answer in time is a timeout", "[http][client][limits]") {
  Upstream upstream([](RawClient& connection, int) {
    connection.read_message();
    connection.read_to_end();
  });
  SECTION("by the policy's limit") {
    Proxy proxy(upstream.port());
    proxy.handler.timeout = milliseconds(50);
    CHECK(status_of(exchange(proxy, plain_get)) == 504);
    CHECK(proxy.runtime.client_statistics().timed_out == 1);
    CHECK(proxy.client_eventually([](const ClientStatistics& now) { return now.open_connections == 0; }));
  }
  SECTION("by the client's own") {
    HttpLimits limits;
    limits.answer_gap_timeout = milliseconds(50);
    Proxy proxy(upstream.port(), {}, limits);
    CHECK(status_of(exchange(proxy, plain_get)) == 504);
  }
}

TEST_CASE("T6: an answer that stalls amid its body is broken", "[http][client][limits]") {
  Upstream upstream([](RawClient& connection, int) {
    connection.read_message();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
    connection.read_to_end();
  });
  HttpLimits limits;
  limits.answer_gap_timeout = milliseconds(50);
  Proxy proxy(upstream.port(), {}, limits);
  RawClient client(proxy.port);
  CHECK(body_of(client.send(plain_get).read_to_end()) == "hello");
  CHECK(proxy.runtime.client_statistics().timed_out == 1);
}

TEST_CASE("M1: an event reaches the caller before the upstream has finished", "[http][client][sse]") {
  Signal first_seen;
  std::atomic<bool> in_time{false};
  Upstream upstream([&](RawClient& connection, int) {
    connection.read_message();
    connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
    connection.send("9\r\ndata: 1\n\n\r\n");
    in_time = first_seen.wait();  // the second event only once the caller has the first
    connection.send("9\r\ndata: 2\n\n\r\n0\r\n\r\n");
    connection.read_to_end();
  });
  Proxy proxy(upstream.port());
  RawClient client(proxy.port);
  client.send(plain_get);
  CHECK(client.read_until("data: 1\n\n").find("data: 1") != std::string::npos);
  first_seen.set();
  CHECK(client.read_until("0\r\n\r\n").find("data: 2") != std::string::npos);
  CHECK(in_time);
}

TEST_CASE("the head of a stream reaches the caller before its first event", "[http][client][sse]") {
  Signal head_seen;
  Upstream upstream([&](RawClient& connection, int) {
    connection.read_message();
    connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
    head_seen.wait();
    connection.send("data: 1\n\n");
  });
  Proxy proxy(upstream.port());
  RawClient client(proxy.port);
  client.send(plain_get);
  CHECK(status_of(client.read_until("\r\n\r\n")) == 200);
  head_seen.set();
  CHECK(client.read_until("0\r\n\r\n").find("data: 1") != std::string::npos);
}

TEST_CASE("M2: a caller who leaves ends the call to the upstream", "[http][client]") {
  Signal called, ended;
  const bool streaming = GENERATE(false, true);
  Upstream upstream([&](RawClient& connection, int) {
    connection.read_message();
    if (streaming) connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n");
    called.set();
    connection.read_to_end();
    if (!connection.timed_out()) ended.set();
  });
  Proxy proxy(upstream.port());
  {
    RawClient client(proxy.port);
    client.send(plain_get);
    REQUIRE(called.wait());
    if (streaming) client.read_until("x\r\n");
  }
  CHECK(ended.wait());
  CHECK(proxy.eventually(
      [](const ServerStatistics& now) { return now.client_aborts == 1 && now.open_connections == 0; }));
  CHECK(proxy.client_eventually(
      [](const ClientStatistics& now) { return now.cancelled == 1 && now.open_connections == 0; }));
}

TEST_CASE("request bodies stream to the upstream as they come", "[http][client]") {
  Signal first_piece;
  std::string body;
  Upstream upstream([&](RawClient& connection, int) {
    connection.read_until("\r\n\r\n");
    body = connection.read_until("hello");
    first_piece.set();
    body += connection.read_until("0\r\n\r\n");
    connection.send(ok_answer);
    connection.read_to_end();
  });
  Proxy proxy(upstream.port());
  RawClient client(proxy.port);
  client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
  REQUIRE(first_piece.wait());
  client.send("6\r\n world\r\n0\r\n\r\n");
  CHECK(body_of(client.read_message()) == "ok");
  CHECK(body == "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
}

TEST_CASE("a request body that breaks breaks the call to the upstream", "[http][client]") {
  Signal called;
  std::string received;
  Signal done;
  Upstream upstream([&](RawClient& connection, int) {
    received = connection.read_until("\r\nhello\r\n");
    called.set();
    received += connection.read_to_end();
    done.set();
  });
  Proxy proxy(upstream.port());
  SECTION("by a malformed chunk: 400") {
    RawClient client(proxy.port);
    client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    REQUIRE(called.wait());
    client.send("nonsense\r\n");
    CHECK(status_of(client.read_message()) == 400);
  }
  SECTION("by a caller who leaves") {
    RawClient client(proxy.port);
    client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    REQUIRE(called.wait());
    client.close();
  }
  REQUIRE(done.wait());
  CHECK(received.find("0\r\n\r\n") == std::string::npos);  // U5 towards the upstream, too
  CHECK(proxy.client_eventually([](const ClientStatistics& now) { return now.open_connections == 0; }));
}

TEST_CASE("an upstream may answer before it has read the body", "[http][client]") {
  Upstream upstream([](RawClient& connection, int) {
    connection.read_until("\r\n\r\n");
    connection.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");
    connection.read_to_end();
  });
  Proxy proxy(upstream.port());
  RawClient client(proxy.port);
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 50000000\r\n\r\n" + std::string(100'000, 'x'));
  const std::string answer = client.read_message();
  CHECK(status_of(answer) == 413);
  CHECK(body_of(answer) == "big");
  CHECK(header_of(answer, "Connection") == "close");
}

TEST_CASE("large bodies come through in both directions", "[http][client]") {
  const std::string large(3'000'000, 'y');
  Upstream upstream([&](RawClient& connection, int) {
    for (;;) {
      const std::string request = connection.read_message();
      if (request.empty()) return;
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body_of(request).size()) + "\r\n\r\n" +
                      body_of(request));
    }
  });
  Proxy proxy(upstream.port());
  RawClient client(proxy.port);
  for (int round = 0; round < 2; ++round) {
    std::thread sending([&] { client.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 3000000\r\n\r\n" + large); });
    const std::string answer = client.read_message();
    sending.join();
    CHECK(body_of(answer) == large);
    CHECK(header_of(answer, "Connection").empty());
  }
  CHECK(upstream.connections() == 1);
}

TEST_CASE("HEAD goes through with the length and without a body", "[http][client]") {
  Upstream upstream([](RawClient& connection, int) {
    while (!connection.read_message().empty()) connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
  });
  Proxy proxy(upstream.port());
  RawClient client(proxy.port);
  for (int i = 0; i < 2; ++i) {
    client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK(header_of(client.read_message(true), "Content-Length") == "1000");
  }
  CHECK(upstream.connections() == 1);
}

TEST_CASE("the cap on connections makes requests wait in line", "[http][client][limits]") {
  Signal both_there;
  std::atomic<int> waiting{0};
  Upstream upstream([&](RawClient& connection, int) {
    while (!connection.read_message().empty()) {
      both_there.wait();
      connection.send(ok_answer);
    }
  });
  HttpLimits limits;
  limits.pool_connections_per_origin = 1;
  Proxy proxy(upstream.port(), {}, limits);
  RawClient a(proxy.port), b(proxy.port);
  a.send(plain_get);
  b.send(plain_get);
  CHECK(proxy.client_eventually([](const ClientStatistics& now) { return now.requests == 2; }));
  both_there.set();
  CHECK(body_of(a.read_message()) == "ok");
  CHECK(body_of(b.read_message()) == "ok");
  CHECK(upstream.connections() == 1);
}

TEST_CASE("who waits in line too long fails, and may be tried again", "[http][client][limits]") {
  Signal release;
  Upstream upstream([&](RawClient& connection, int) {
    connection.read_message();
    release.wait();
    connection.send(ok_answer);
    connection.read_to_end();
  });
  HttpLimits limits;
  limits.pool_connections_per_origin = 1;
  limits.connect_timeout = milliseconds(50);
  Proxy proxy(upstream.port(), {}, limits);
  RawClient a(proxy.port), b(proxy.port);
  a.send(plain_get);
  CHECK(proxy.client_eventually([](const ClientStatistics& now) { return now.connections_opened == 1; }));
  CHECK(status_of(b.send(plain_get).read_message()) == 502);
  release.set();
  CHECK(body_of(a.read_message()) == "ok");
}

TEST_CASE("localhost and the names below it are the loopback interface's", "[http][client]") {
  Upstream upstream(always(ok_answer));
  Runtime runtime({.workers = 1, .limits = {}, .tls = {}});
  const auto call = [&](std::string_view host) {
    Request request;
    OutgoingRequest outgoing(request.arena);
    outgoing.url.host = host;
    outgoing.url.port = upstream.port();
    return wait(runtime.transport().send(outgoing, request.arena, request.cancellation)).has_value();
  };
  CHECK(call("localhost"));
  CHECK(call("orders.LocalHost."));
  for (const char* name : {"localhost", "LOCALHOST.", "a.b.localhost"}) CHECK(is_loopback_name(name));
  for (const char* name : {"", ".", "notlocalhost", "localhost.test", "local", "localhost.."}) {
    INFO(name);
    CHECK_FALSE(is_loopback_name(name));
  }
}

TEST_CASE("a call from a foreign thread is carried by a worker, its body too", "[http][client]") {
  const std::string large(200'000, 'z');
  Upstream upstream(always("HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + large));
  Runtime runtime({.workers = 2, .limits = {}, .tls = {}});
  for (int i = 0; i < 3; ++i) {
    Request request;
    OutgoingRequest outgoing(request.arena);
    outgoing.url.host = "localhost";
    outgoing.url.port = upstream.port();
    auto answer = wait(runtime.transport().send(outgoing, request.arena, request.cancellation));
    REQUIRE(answer);
    REQUIRE(wait(buffer_body(answer->body, request.arena, 1 << 20, ErrorCode::response_body_too_large)));
    CHECK(answer->body.data() == large);
  }
  {
    Request request;
    OutgoingRequest outgoing(request.arena);
    outgoing.url.host = "127.0.0.1";
    outgoing.url.port = upstream.port();
    auto answer = wait(runtime.transport().send(outgoing, request.arena, request.cancellation));
    REQUIRE(answer);  // and is dropped unread
  }
  CHECK(eventually([&] { return runtime.client_statistics().completed == 3; }));
}

TEST_CASE("P7: a request that HTTP does not allow is not sent", "[http][client]") {
  Upstream upstream(always(ok_answer));
  Runtime runtime({.workers = 1, .limits = {}, .tls = {}});
  Request request;
  OutgoingRequest outgoing(request.arena);
  outgoing.url.host = "127.0.0.1";
  outgoing.url.port = upstream.port();
  outgoing.headers.append("A", "b\r\nX: y");
  const auto answer = wait(runtime.transport().send(outgoing, request.arena, request.cancellation));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code() == ErrorCode::policy_value_invalid);
}

TEST_CASE("an unknown host is a connection failure", "[http][client]") {
  Runtime runtime({.workers = 1, .limits = {}, .tls = {}});
  Request request;
  OutgoingRequest outgoing(request.arena);
  outgoing.url.host = "no-such-host.invalid";
  const auto answer = wait(runtime.transport().send(outgoing, request.arena, request.cancellation));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code() == ErrorCode::backend_connection_failure);
}

TEST_CASE("no descriptor is left behind by any of the ways a request can end", "[http][client]") {
  const std::size_t before = open_descriptors();
  {
    Upstream upstream([](RawClient& connection, int number) {
      for (;;) {
        const std::string request = connection.read_message();
        if (request.empty()) return;
        if (number % 4 == 0) return connection.abort();
        if (number % 4 == 1) {
          connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\ncut");
          return;
        }
        connection.send(number % 4 == 2 ? "nonsense\r\n\r\n" : ok_answer);
      }
    });
    Proxy proxy(upstream.port(), {}, {}, 2);
    for (int i = 0; i < 60; ++i) {
      RawClient client(proxy.port);
      client.send(i % 5 == 0 ? "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\na" : plain_get);
      if (i % 3 == 0) {
        client.abort();
      } else if (i % 5 != 0) {
        client.read_message();
      }
    }
    CHECK(proxy.eventually([](const ServerStatistics& now) { return now.open_connections == 0; }));
  }
  CHECK(open_descriptors() == before);
}
