// SPDX-License-Identifier: Apache-2.0
// The pool of the client: who gets a connection and when, which requests are sent again, how old connections get, and
// that a caller who leaves ends its request whatever stage it has reached (M2).
#include "http/client_calls.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;
using std::chrono::milliseconds;

namespace {

const std::string plain_get = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string ok_answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

void answer_all(RawClient& connection, int) {
  while (!connection.read_message().empty()) connection.send(ok_answer);
}

HttpLimits with_cap(std::size_t connections) {
  HttpLimits limits;
  limits.pool_connections_per_origin = connections;
  return limits;
}

/// The one origin that is known.
OriginStatistics origin_of(Runtime& runtime) {
  const auto all = runtime.origin_statistics();
  return all.empty() ? OriginStatistics() : all.front();
}

/// A body of one piece that cannot be read a second time.
class OnePiece final : public BodyStream {
 public:
  Task<BodyChunk> read() override { return BodyChunk(std::exchange(left_, {})); }
  void cancel() override { left_ = {}; }

 private:
  std::string_view left_ = "ab";
};

}  // namespace

TEST_CASE("those in line are served in their order, on as many connections as there may be",
          "[http][client][pool][limits]") {
  Signal go_on;
  std::mutex mutex;
  std::vector<std::string> seen;
  Upstream upstream([&](RawClient& connection, int) {
    for (;;) {
      const std::string request = connection.read_message();
      if (request.empty()) return;
      {
        std::lock_guard lock(mutex);
        seen.push_back(request.substr(4, 2));
      }
      go_on.wait();
      connection.send(ok_answer);
    }
  });
  Proxy proxy(upstream.port(), {}, with_cap(1));
  std::vector<RawClient> clients;
  constexpr std::uint64_t count = 6;
  for (std::uint64_t i = 0; i < count; ++i) {
    clients.emplace_back(proxy.port);
    clients.back().send("GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n");
    REQUIRE(eventually([&] {
      const OriginStatistics origin = origin_of(proxy.runtime);
      return origin.requests == i + 1 && origin.waiting == i;
    }));
  }
  go_on.set();
  for (RawClient& client : clients) CHECK(status_of(client.read_message()) == 200);
  CHECK(seen == std::vector<std::string>{"/0", "/1", "/2", "/3", "/4", "/5"});
  CHECK(upstream.connections() == 1);
  CHECK(origin_of(proxy.runtime).waiting == 0);
}

TEST_CASE("who leaves the line leaves its place to the next", "[http][client][pool]") {
  Signal go_on;
  Upstream upstream([&](RawClient& connection, int) {
    while (!connection.read_message().empty()) {
      go_on.wait();
      connection.send(ok_answer);
    }
  });
  Proxy proxy(upstream.port(), {}, with_cap(1));
  const auto waiting = [&](std::uint64_t count) {
    return eventually([&] { return origin_of(proxy.runtime).waiting == count; });
  };
  RawClient first(proxy.port), leaves(proxy.port), stays(proxy.port);
  first.send(plain_get);
  REQUIRE(eventually([&] { return origin_of(proxy.runtime).requests == 1; }));
  leaves.send(plain_get);
  REQUIRE(waiting(1));
  stays.send(plain_get);
  REQUIRE(waiting(2));
  leaves.abort();
  CHECK(waiting(1));
  CHECK(proxy.client_eventually([](const ClientStatistics& now) { return now.cancelled == 1; }));
  go_on.set();
  CHECK(status_of(first.read_message()) == 200);
  CHECK(status_of(stays.read_message()) == 200);
}

TEST_CASE("a connection that ends gives the first in line the right to a new one", "[http][client][pool]") {
  Signal go_on;
  Upstream upstream([&](RawClient& connection, int number) {
    connection.read_message();
    if (number == 0) {
      go_on.wait();
      return connection.abort();
    }
    connection.send(ok_answer);
    connection.read_to_end();
  });
  Proxy proxy(upstream.port(), {}, with_cap(1));
  RawClient first(proxy.port), second(proxy.port);
  first.send(plain_get);
  REQUIRE(eventually([&] { return origin_of(proxy.runtime).requests == 1; }));
  second.send(plain_get);
  REQUIRE(eventually([&] { return origin_of(proxy.runtime).waiting == 1; }));
  go_on.set();
  CHECK(status_of(first.read_message()) == 502);
  CHECK(status_of(second.read_message()) == 200);
  CHECK(upstream.connections() == 2);
}

TEST_CASE("U4: what is sent again is safe to repeat, complete at hand, and has no answer", "[http][client][pool]") {
  enum class Kind { none, bytes, stream };
  struct Method {
    const char* name;
    bool is_idempotent;
  };
  const std::vector<Method> methods = {{"GET", true},    {"HEAD", true},  {"OPTIONS", true}, {"PUT", true},
                                       {"DELETE", true}, {"POST", false}, {"PATCH", false},  {"QUIT", false}};
  Runtime runtime({.workers = 1, .limits = {}, .tls = {}});
  for (const Method& method : methods) {
    for (const Kind kind : {Kind::none, Kind::bytes, Kind::stream}) {
      for (const bool reused : {false, true}) {
        for (const bool receives : {false, true}) {
          INFO(method.name << " body " << static_cast<int>(kind) << " reused " << reused << " receives " << receives);
          std::atomic<int> seen{0};
          Upstream upstream([&](RawClient& connection, int number) {
            const bool is_head = std::string_view(method.name) == "HEAD";
            if (number == 0 && reused) {
              connection.read_message();
              connection.send(ok_answer);
            }
            if (connection.read_message().empty()) return;
            ++seen;
            if (number == 0) {
              if (receives) connection.send("HTTP/1.1 20");
              return;
            }
            connection.send(is_head ? ok_answer.substr(0, ok_answer.size() - 2) : ok_answer);
            connection.read_to_end();
          });
          const std::uint64_t resent = runtime.client_statistics().resent;
          const auto call = [&](const char* name, Kind body) {
            Request request;
            OutgoingRequest outgoing(request.arena);
            outgoing.method = name;
            outgoing.url.host = "127.0.0.1";
            outgoing.url.port = upstream.port();
            if (body == Kind::bytes) outgoing.body = Body::bytes("ab");
            if (body == Kind::stream) outgoing.body = Body::stream(std::make_unique<OnePiece>(), 2);
            auto answer = wait(runtime.transport().send(outgoing, request.arena, request.cancellation));
            return answer ? answer->status : 0;
          };
          if (reused) REQUIRE(call("GET", Kind::none) == 200);
          const bool again = reused && !receives && method.is_idempotent && kind != Kind::stream;
          CHECK(call(method.name, kind) == (again ? 200 : 0));
          CHECK(seen == (again ? 2 : 1));
          CHECK(runtime.client_statistics().resent - resent == (again ? 1 : 0));
        }
      }
    }
  }
}

TEST_CASE("U4: a request is sent again once, not for as long as connections die", "[http][client][pool]") {
  std::atomic<int> seen{0};
  Upstream upstream([&](RawClient& connection, int number) {
    if (number == 0) {
      connection.read_message();
      connection.send(ok_answer);
    }
    if (!connection.read_message().empty()) ++seen;
  });
  Proxy proxy(upstream.port());
  RawClient client(proxy.port);
  CHECK(status_of(client.send(plain_get).read_message()) == 200);
  CHECK(status_of(client.send(plain_get).read_message()) == 502);
  CHECK(seen == 2);
}

TEST_CASE("L11: a backend connection is used for a limited time", "[http][client][pool][limits]") {
  Upstream upstream(answer_all);
  HttpLimits limits;
  limits.connection_age = milliseconds(1);
  Proxy proxy(upstream.port(), {}, limits);
  RawClient client(proxy.port);
  CHECK(eventually([&] {
    CHECK(status_of(client.send(plain_get).read_message()) == 200);
    return upstream.connections() >= 3;
  }));
  CHECK(proxy.client_eventually([](const ClientStatistics& now) { return now.connections_evicted >= 2; }));
}

TEST_CASE("M2: a caller who leaves ends its request in every stage", "[http][client][pool]") {
  const auto stage =
      GENERATE(as<std::string>(), "line", "resolving", "connecting", "tls", "sending", "waiting", "streaming");
  INFO(stage);
  Signal reached, is_over;
  const std::string large(32u << 20, 'x');
  Upstream upstream([&](RawClient& connection, int) {
    if (stage == "sending") {
      reached.set();
      is_over.wait();  // reads nothing until then
      return;
    }
    if (stage == "tls") {
      connection.read_bytes(1);  // of its hello
    } else {
      connection.read_message();
    }
    if (stage == "streaming") connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n");
    reached.set();
    connection.read_to_end();
  });
  const BlackHole silent("127.0.0.1");
  Front front(
      [&](Request& request) {
        const std::uint16_t port = stage == "connecting" ? silent.port() : upstream.port();
        if (stage == "sending") {
          request.method = "POST";
          request.body = Body::bytes(large);
        }
        return forward(front.runtime.transport(), request, stage == "resolving" ? "backend.test" : "127.0.0.1", port,
                       stage == "tls" ? "https" : "http");
      },
      with_cap(1));
  look_up_in(front.runtime, [&](const std::string&) {
    reached.set();
    is_over.wait();
    return std::vector<Address>();
  });
  RawClient client(front.port);
  client.send(plain_get);
  // A request that runs has begun to connect: that is done in the same turn of the loop.
  if (stage == "connecting") {
    REQUIRE(front.eventually([](const ServerStatistics& now) { return now.running_requests == 1; }));
  } else {
    REQUIRE(reached.wait());
  }
  if (stage == "streaming") CHECK(client.read_until("ok\r\n").find("200 OK") != std::string::npos);
  if (stage == "line") {
    RawClient second(front.port);
    second.send(plain_get);
    REQUIRE(eventually([&] { return origin_of(front.runtime).waiting == 1; }));
    second.abort();
    CHECK(eventually([&] { return origin_of(front.runtime).waiting == 0; }));
    CHECK(front.client_eventually([](const ClientStatistics& now) { return now.cancelled == 1; }));
  }
  client.abort();
  const std::uint64_t ended = stage == "line" ? 2 : 1;
  CHECK(front.client_eventually(
      [&](const ClientStatistics& now) { return now.cancelled == ended && now.open_connections == 0; }));
  CHECK(front.eventually([&](const ServerStatistics& now) {
    return now.client_aborts == ended && now.running_requests == 0 && now.open_connections == 0;
  }));
  CHECK(origin_of(front.runtime).cancelled == ended);
  is_over.set();
}

TEST_CASE("what becomes of requests is counted for each origin", "[http][client][pool]") {
  Upstream good(answer_all);
  Upstream bad([](RawClient& connection, int) { connection.read_message(); });
  Upstream slow([](RawClient& connection, int) { connection.read_to_end(); });
  Runtime runtime({.workers = 2, .limits = {}, .tls = {}});
  const auto call = [&](std::uint16_t port, milliseconds timeout = milliseconds(0)) {
    Request request;
    OutgoingRequest outgoing(request.arena);
    outgoing.url.host = "127.0.0.1";
    outgoing.url.port = port;
    outgoing.timeout = timeout;
    auto answer = wait(runtime.transport().send(outgoing, request.arena, request.cancellation));
    return answer ? answer->status : 0;
  };
  const std::uint16_t refuses = closed_port();
  for (int i = 0; i < 4; ++i) CHECK(call(good.port()) == 200);  // two on each worker
  CHECK(call(bad.port()) == 0);
  CHECK(call(slow.port(), milliseconds(30)) == 0);
  CHECK(call(refuses) == 0);
  const auto statistics_of = [&](std::uint16_t port) {
    for (const OriginStatistics& one : runtime.origin_statistics()) {
      if (one.origin == "http://127.0.0.1:" + std::to_string(port)) return one;
    }
    return OriginStatistics();
  };
  OriginStatistics origin = statistics_of(good.port());
  CHECK(origin.requests == 4);
  CHECK(origin.completed == 4);
  CHECK(origin.connections_opened == 2);
  CHECK(origin.connections_reused == 2);
  CHECK(origin.open_connections == 2);
  CHECK(eventually([&] { return statistics_of(good.port()).idle_connections == 2; }));
  CHECK(origin.failed + origin.timed_out + origin.cancelled == 0);
  std::uint64_t measured = 0;
  for (const std::uint64_t count : origin.head_times) measured += count;
  CHECK(measured >= 1);
  CHECK(measured <= 4);
  CHECK(statistics_of(bad.port()).failed == 1);
  CHECK(statistics_of(bad.port()).open_connections == 0);
  CHECK(statistics_of(slow.port()).timed_out == 1);
  CHECK(statistics_of(refuses).failed == 1);
  CHECK(runtime.origin_statistics().size() == 4);
}

TEST_CASE("origins that are not used are forgotten when there are too many", "[http][client][pool][limits]") {
  Runtime runtime({.workers = 1, .limits = {}, .tls = {}});
  look_up_in(runtime, [](const std::string&) { return std::vector<Address>(); });
  constexpr std::size_t kept = 256;
  for (std::size_t i = 0; i < kept + 40; ++i) {
    Request request;
    OutgoingRequest outgoing(request.arena);
    const std::string host = "host-" + std::to_string(i) + ".test";
    outgoing.url.host = host;
    CHECK_FALSE(wait(runtime.transport().send(outgoing, request.arena, request.cancellation)));
  }
  const auto all = runtime.origin_statistics();
  CHECK(all.size() == kept);
  const std::string last = "http://host-" + std::to_string(kept + 39) + ".test:80";
  CHECK(std::any_of(all.begin(), all.end(), [&](const OriginStatistics& one) { return one.origin == last; }));
}
