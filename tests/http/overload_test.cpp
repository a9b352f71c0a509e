// SPDX-License-Identifier: Apache-2.0
// Overload on real sockets (O1, O2): who is refused and how, that the rest is served, and that all is well afterwards.
#include "http/gate.hpp"

#include <catch2/catch.hpp>

#include <sys/resource.h>

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;
using std::chrono::milliseconds;

namespace {

const std::string plain_get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string no_body_left = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab";

bool is_refusal(const std::string& answer, const std::string& seconds = "1") {
  return status_of(answer) == 503 && header_of(answer, "Retry-After") == seconds &&
         header_of(answer, "Content-Type") == "application/json" &&
         body_of(answer) == R"({ "statusCode": 503, "message": "The gateway is overloaded. Try again later." })";
}

ServerOptions with_running(std::size_t most) {
  ServerOptions options;
  options.limits.running_requests = most;
  return options;
}

}  // namespace

TEST_CASE("O1: beyond the bound on running requests 503 is answered, and the connection goes on", "[http][overload]") {
  Gate gate;
  FunctionHandler handler([&](Request& request) { return gate.hold(request); });
  Served served(handler, with_running(2), GENERATE(1u, 2u));
  RawClient first(served.port), second(served.port), third(served.port);
  first.send(plain_get);
  second.send(plain_get);
  REQUIRE(served.eventually([](const ServerStatistics& now) { return now.running_requests == 2; }));
  const std::string answer = third.send(plain_get).read_message();
  CHECK(is_refusal(answer));
  CHECK(header_of(answer, "Connection").empty());
  CHECK(is_refusal(third.send(no_body_left).read_message()));
  const std::string head = third.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n").read_message(true);
  CHECK(status_of(head) == 503);
  CHECK(header_of(third.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").read_message(), "Connection") ==
        "keep-alive");
  // Pipelined ones are refused in their order, the last is served when there is room.
  third.send(plain_get + no_body_left + plain_get + plain_get.substr(0, 9));
  for (int i = 0; i < 3; ++i) CHECK(is_refusal(third.read_message()));
  gate.open();
  CHECK(body_of(first.read_message()) == "held");
  CHECK(body_of(second.read_message()) == "held");
  REQUIRE(served.eventually([](const ServerStatistics& now) { return now.running_requests == 0; }));
  CHECK(body_of(third.send(plain_get.substr(9)).read_message()) == "held");
  const ServerStatistics now = served.server.statistics();
  CHECK(now.shed_running == 7);
  CHECK(now.shed() == 7);
  CHECK(now.requests == 10);
  CHECK(now.refused == 0);
}

TEST_CASE("R10: a refused request whose body is still to come ends its connection", "[http][overload]") {
  FunctionHandler handler(echo);
  Served served(handler, with_running(0));
  RawClient client(served.port);
  const std::string answer = client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab").read_to_end();
  CHECK(is_refusal(answer));
  CHECK(header_of(answer, "Connection") == "close");
  CHECK_FALSE(client.was_reset());
  RawClient expecting(served.port);
  expecting.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  CHECK(is_refusal(expecting.read_to_end()));
  RawClient closing(served.port);
  closing.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  CHECK(is_refusal(closing.read_to_end()));
  CHECK(served.eventually([](const ServerStatistics& now) { return now.open_connections == 0; }));
}

TEST_CASE("O1: a refused caller who does not read is dropped", "[http][overload]") {
  FunctionHandler handler(echo);
  Served served(handler, with_running(0));
  RawClient client(served.port);
  std::string flood;
  while (flood.size() < 60'000) flood += plain_get;
  // Refusals are larger than what asks for them: at some time they no longer fit.
  while (served.server.statistics().open_connections == 0) std::this_thread::yield();
  for (int i = 0; i < 1'000 && served.server.statistics().open_connections != 0; ++i) client.send(flood);
  CHECK(served.eventually([](const ServerStatistics& now) { return now.open_connections == 0; }));
}

TEST_CASE("O1: a listener that does not shed serves all", "[http][overload]") {
  FunctionHandler handler(echo);
  ServerOptions options = with_running(0);
  options.sheds = false;
  options.limits.memory_bytes = 1;
  Served served(handler, options);
  RawClient client(served.port);
  for (int i = 0; i < 3; ++i) CHECK(status_of(client.send(plain_get).read_message()) == 200);
}

TEST_CASE("O1: a process that has used up its memory refuses", "[http][overload]") {
  FunctionHandler handler(echo);
  ServerOptions options;
  options.limits.memory_bytes = 1;
  Served served(handler, options);
  RawClient client(served.port);
  CHECK(is_refusal(client.send(plain_get).read_message(), "5"));
  CHECK(served.server.statistics().shed_memory == 1);
  CHECK(served.server.statistics().shedding_for > milliseconds(0));
}

TEST_CASE("O1: callers who ask for more processor than there is are refused in part, and served when it is over",
          "[http][overload]") {
  FunctionHandler handler([](Request& request) -> Task<Response> {
    const auto until = std::chrono::steady_clock::now() + milliseconds(10);
    while (std::chrono::steady_clock::now() < until) {
    }
    return text_response(request, 200, "done");
  });
  ServerOptions options;
  options.limits.queue_delay = milliseconds(30);
  Served served(handler, options);
  constexpr int callers = 16;
  std::atomic<bool> is_enough{false};
  std::atomic<std::uint64_t> done{0}, refused{0}, other{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < callers; ++i) {
    threads.emplace_back([&] {
      RawClient client(served.port);
      while (!is_enough) {
        const std::string answer = client.send(plain_get).read_message();
        ++(status_of(answer) == 200 ? done : is_refusal(answer) ? refused : other);
      }
    });
  }
  CHECK(eventually([&] { return refused > 20 && done > 20; }));
  is_enough = true;
  for (auto& thread : threads) thread.join();
  CHECK(other == 0);
  CHECK(served.eventually([](const ServerStatistics& now) { return now.running_requests == 0; }));
  const ServerStatistics now = served.server.statistics();
  CHECK(now.shed_delay == refused);
  CHECK(now.shed() == refused);
  CHECK(now.completed == done);
  RawClient client(served.port);
  CHECK(eventually([&] { return status_of(client.send(plain_get).read_message()) == 200; }));
  CHECK(served.eventually([](const ServerStatistics& later) { return later.shedding_for == milliseconds(0); }));
}

TEST_CASE("O1: the adaptive limit refuses what would only wait, and forgets those that leave", "[http][overload]") {
  Gate gate;
  FunctionHandler handler([&](Request& request) { return gate.hold(request); });
  ServerOptions options;
  options.adaptive_concurrency = true;
  Served served(handler, options);
  std::vector<RawClient> held;
  for (int i = 0; i < 20; ++i) {
    held.emplace_back(served.port);
    held.back().send(plain_get);
  }
  REQUIRE(served.eventually([](const ServerStatistics& now) { return now.running_requests == 20; }));
  RawClient client(served.port);
  CHECK(is_refusal(client.send(plain_get).read_message()));
  CHECK(served.server.statistics().shed_concurrency == 1);
  gate.open();
  for (auto& one : held) CHECK(status_of(one.read_message()) == 200);
  CHECK(status_of(client.send(plain_get).read_message()) == 200);
}

TEST_CASE("O2: out of descriptors a server pauses, and goes on when there are some", "[http][overload]") {
  FunctionHandler handler(echo);
  Served served(handler);
  RawClient warm(served.port);  // everything that is opened once has been opened
  CHECK(status_of(warm.send(plain_get).read_message()) == 200);
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const auto began = std::chrono::steady_clock::now();
  std::vector<RawClient> clients;
  {
    // Room for the caller's end of one connection, not for the server's.
    RawClient probe(served.port);
    const rlimit tight{static_cast<rlim_t>(probe.descriptor()) + 1, before.rlim_max};
    REQUIRE(served.eventually([](const ServerStatistics& now) { return now.open_connections == 2; }));
    probe.close();
    REQUIRE(served.eventually([](const ServerStatistics& now) { return now.open_connections == 1; }));
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &tight) == 0);
  }
  clients.emplace_back(served.port);
  clients.back().send(plain_get);
  const bool failed = served.eventually([](const ServerStatistics& now) { return now.accept_failures >= 3; });
  const std::uint64_t failures = served.server.statistics().accept_failures;
  const auto waited = std::chrono::steady_clock::now() - began;
  CHECK(status_of(warm.send(plain_get).read_message()) == 200);  // who is connected is served
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(failed);
  // It does not spin: a pause is a hundred milliseconds by a clock of some milliseconds.
  CHECK(failures <= static_cast<std::uint64_t>(waited / milliseconds(80)) + 1);
  CHECK(status_of(clients.back().read_message()) == 200);
}
