// SPDX-License-Identifier: Apache-2.0
// Backends by name: who looks a name up, how often, and which of its addresses is connected to.
#include "http/resolver.hpp"
#include "http/client_calls.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;
using std::chrono::milliseconds;

namespace {

const std::string plain_get = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";

/// Answers one request on each connection, so that every request needs a new one.
void answer_once(RawClient& connection, int) {
  connection.read_message();
  connection.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
}

/// A gateway that calls `backend.test`, and the resolver that knows it.
struct Named {
  explicit Named(std::uint16_t upstream, LookUp look_up, HttpLimits limits = {})
      : front([this, upstream](
                  Request& request) { return forward(front.runtime.transport(), request, "backend.test", upstream); },
              limits) {
    look_up_in(front.runtime, [this, look_up](const std::string& name) {
      ++asked;
      return name == "backend.test" ? look_up(name) : std::vector<Address>();
    });
  }
  int call() { return status_of(RawClient(front.port).send(plain_get).read_message()); }
  std::atomic<int> asked{0};
  Front front;
};

}  // namespace

TEST_CASE("a name is looked up once for many connections", "[http][client][names]") {
  Upstream upstream(answer_once);
  Named named(upstream.port(), [](const std::string&) { return addresses({"127.0.0.1"}); });
  for (int i = 0; i < 4; ++i) CHECK(named.call() == 200);
  CHECK(upstream.connections() == 4);
  CHECK(named.asked == 1);
}

TEST_CASE("requests that need a name at the same time wait for one look-up", "[http][client][names]") {
  Signal go_on;
  Upstream upstream(answer_once);
  Named named(upstream.port(), [&](const std::string&) {
    go_on.wait();
    return addresses({"127.0.0.1"});
  });
  std::vector<RawClient> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back(named.front.port);
    clients.back().send(plain_get);
  }
  CHECK(named.front.eventually([](const ServerStatistics& now) { return now.running_requests == 3; }));
  go_on.set();
  for (RawClient& client : clients) CHECK(status_of(client.read_message()) == 200);
  CHECK(named.asked == 1);
}

TEST_CASE("an unknown name fails, and is not asked for with each request", "[http][client][names]") {
  Named named(1, [](const std::string&) { return std::vector<Address>(); });
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 5; ++i) CHECK(named.call() == 502);
  const auto seconds = (std::chrono::steady_clock::now() - began) / NameCache::unknown_time;
  CHECK(named.asked <= seconds + 1);
}

TEST_CASE("addresses are used on when they cannot be looked up again", "[http][client][names]") {
  HttpLimits limits;
  limits.name_cache_time = milliseconds(1);
  Upstream upstream(answer_once);
  std::atomic<int> times{0};
  Named named(
      upstream.port(),
      [&](const std::string&) { return times++ == 0 ? addresses({"127.0.0.1"}) : std::vector<Address>(); }, limits);
  CHECK(eventually([&] {
    CHECK(named.call() == 200);
    return times >= 2;
  }));
  CHECK(named.call() == 200);
}

TEST_CASE("a look-up that takes too long is a connection failure, and its answer serves the next",
          "[http][client][names]") {
  HttpLimits limits;
  limits.connect_timeout = milliseconds(60);
  Signal go_on;
  Upstream upstream(answer_once);
  Named named(
      upstream.port(),
      [&](const std::string&) {
        go_on.wait();
        return addresses({"127.0.0.1"});
      },
      limits);
  CHECK(named.call() == 502);
  go_on.set();
  CHECK(eventually([&] { return named.call() == 200; }));
  CHECK(named.asked == 1);
}

TEST_CASE("an address that refuses is passed over for the next", "[http][client][names]") {
  Upstream upstream(answer_once);
  Named named(upstream.port(), [](const std::string&) { return addresses({"127.0.0.2", "127.0.0.3", "127.0.0.1"}); });
  for (int i = 0; i < 4; ++i) CHECK(named.call() == 200);
  CHECK(named.front.runtime.client_statistics().connections_failed == 0);
}

TEST_CASE("an address that does not answer is overtaken by the next (RFC 8305)", "[http][client][names]") {
  Upstream upstream(answer_once);
  const BlackHole silent("127.0.0.2", upstream.port());
  HttpLimits limits;
  limits.connect_timeout = std::chrono::hours(1);  // waiting it out is not what helps
  Named named(
      upstream.port(),
      [](const std::string&) {
        return addresses({"127.0.0.2", "127.0.0.1"});
      },
      limits);
  for (int i = 0; i < 3; ++i) CHECK(named.call() == 200);
}

TEST_CASE("T6: addresses of which none answers in time are a connection failure", "[http][client][names][limits]") {
  const BlackHole first("127.0.0.2");
  const BlackHole second("127.0.0.3", first.port());
  HttpLimits limits;
  limits.connect_timeout = milliseconds(80);
  Named named(
      first.port(),
      [](const std::string&) {
        return addresses({"127.0.0.2", "127.0.0.3"});
      },
      limits);
  const std::string answer = RawClient(named.front.port).send(plain_get).read_message();
  CHECK(status_of(answer) == 502);
  CHECK(body_of(answer) == "The connection to the backend was not made in time.");
  CHECK(named.front.runtime.client_statistics().connections_failed == 1);
  CHECK(named.front.runtime.client_statistics().open_connections == 0);
}

TEST_CASE("S2: a name is no way to an address that is never to be called", "[http][client][names]") {
  Upstream upstream(answer_once);
  Named named(upstream.port(), [](const std::string&) { return addresses({"169.254.169.254", "0.0.0.0"}); });
  CHECK(named.call() == 502);
  Named mixed(upstream.port(), [](const std::string&) { return addresses({"169.254.169.254", "127.0.0.1"}); });
  CHECK(mixed.call() == 200);
}

TEST_CASE("S2: the instance metadata service is there for the gateway's own identity alone", "[http][client][names]") {
  const LookUp nobody = [](const std::string&) { return std::vector<Address>(); };
  Worker worker(nullptr);
  Resolver resolver(worker, HttpLimits(), nobody);
  Cancellation cancellation;
  constexpr std::string_view host = "169.254.169.254";
  CHECK_FALSE(wait(resolver.resolve(host, 80, SteadyTime::max(), cancellation, false)));
  const auto found = wait(resolver.resolve(host, 80, SteadyTime::max(), cancellation, true));
  REQUIRE(found);
  CHECK(found->size() == 1);
}
