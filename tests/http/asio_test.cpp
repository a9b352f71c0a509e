// SPDX-License-Identifier: Apache-2.0
// A runtime on the host's io_context: served by whoever runs it, started late, stopped early, drained without waiting.
#include <sluice/http/asio.hpp>

#include "http/support.hpp"
#include "http/worker.hpp"

#include <boost/asio.hpp>
#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;
using std::chrono::milliseconds;
namespace asio = boost::asio;

namespace {

const std::string plain_get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

void answer_all(RawClient& connection, int) {
  while (!connection.read_message().empty()) connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
}

/// A forwarding server on an io_context that a thread of the test runs.
struct Embedded {
  explicit Embedded(std::uint16_t upstream, ServerOptions options = {})
      : loop(io.get_executor()),
        runtime(std::make_unique<Runtime>(loop)),
        handler(runtime->transport(), upstream),
        server(std::make_unique<Server>(*runtime, std::move(options), handler)) {
    port = server->start().value();
  }
  ~Embedded() {
    io.stop();
    if (thread.joinable()) thread.join();
    server.reset();
    runtime.reset();
  }
  void run() {
    thread = std::thread([this] { io.run(); });
  }

  asio::io_context io;
  AsioLoop loop;
  std::unique_ptr<Runtime> runtime;
  ForwardingHandler handler;
  std::unique_ptr<Server> server;
  std::uint16_t port = 0;
  std::thread thread;
};

}  // namespace

TEST_CASE("a server and its client run on the host's loop", "[http][asio]") {
  Upstream upstream(answer_all);
  Embedded embedded(upstream.port());
  CHECK(embedded.runtime->workers() == 1);
  embedded.run();
  RawClient client(embedded.port);
  for (int i = 0; i < 100; ++i) {
    client.send(plain_get);
    REQUIRE(body_of(client.read_message()) == "ok");
  }
  CHECK(upstream.connections() == 1);
}

TEST_CASE("what arrives before the loop runs is answered when it does", "[http][asio]") {
  Upstream upstream(answer_all);
  Embedded embedded(upstream.port());
  RawClient client(embedded.port);
  client.send(plain_get);
  embedded.run();
  CHECK(body_of(client.read_message()) == "ok");
}

TEST_CASE("a loop that stops early leaves nothing behind", "[http][asio]") {
  Signal asked;
  Upstream upstream([&](RawClient& connection, int) {
    connection.read_message();
    asked.set();
    connection.read_to_end();
  });
  const std::size_t before = open_descriptors();
  RawClient client = [&] {
    Embedded embedded(upstream.port());
    embedded.run();
    RawClient caller(embedded.port);
    caller.send(plain_get);
    REQUIRE(asked.wait());
    return caller;
  }();
  client.read_to_end();
  CHECK(client.was_reset());
  client.close();
  CHECK(eventually([&] { return open_descriptors() == before; }));
}

TEST_CASE("O3: a drain on the loop waits for what runs, and the loop has no work left then", "[http][asio][drain]") {
  Signal asked, go_on;
  Upstream upstream([&](RawClient& connection, int) {
    connection.read_message();
    asked.set();
    go_on.wait();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    connection.read_to_end();
  });
  Embedded embedded(upstream.port());
  std::optional<bool> whole;
  embedded.run();
  RawClient client(embedded.port);
  client.send(plain_get);
  REQUIRE(asked.wait());
  asio::post(embedded.io, [&] {
    embedded.server->drain(std::chrono::seconds{10}, [&](bool nothing_broken) {
      whole = nothing_broken;
      embedded.server.reset();
      embedded.runtime.reset();
    });
    go_on.set();
  });
  CHECK(header_of(client.read_message(), "Connection") == "close");
  client.close();
  embedded.thread.join();  // run() returns by itself
  CHECK(whole == true);
}

TEST_CASE("O3: a drain on the loop breaks what does not end in time", "[http][asio][drain]") {
  Signal asked;
  Upstream upstream([&](RawClient& connection, int) {
    connection.read_message();
    asked.set();
    connection.read_to_end();
  });
  Embedded embedded(upstream.port());
  std::optional<bool> whole;
  embedded.run();
  RawClient client(embedded.port);
  client.send(plain_get);
  REQUIRE(asked.wait());
  asio::post(embedded.io, [&] {
    embedded.server->drain(milliseconds{50}, [&](bool nothing_broken) {
      whole = nothing_broken;
      embedded.io.stop();
    });
  });
  client.read_to_end();
  CHECK(client.was_reset());
  embedded.thread.join();
  CHECK(whole == false);
}

TEST_CASE("the host's own handlers may use clock and transport, and go on in the loop", "[http][asio]") {
  Upstream upstream(answer_all);
  Embedded embedded(upstream.port());
  std::thread::id looping, resumed;
  int status = 0;
  bool was_waited = false;
  Request request;
  OutgoingRequest outgoing(request.arena);
  outgoing.url.host = "127.0.0.1";
  outgoing.url.port = upstream.port();
  const auto call = [&]() -> Task<void> {
    was_waited = co_await embedded.runtime->clock().wait_for(milliseconds{1}, request.cancellation);
    const auto answer = co_await embedded.runtime->transport().send(outgoing, request.arena, request.cancellation);
    status = answer ? answer->status : 0;
  };
  asio::post(embedded.io, [&] {
    looping = std::this_thread::get_id();
    CHECK(Worker::current() == nullptr);
    spawn(call(), [&] {
      resumed = std::this_thread::get_id();
      embedded.io.stop();
    });
  });
  embedded.io.run();
  CHECK(was_waited);
  CHECK(status == 200);
  CHECK(resumed == looping);
  CHECK(Worker::current() == nullptr);
}

TEST_CASE("other threads may use the transport of a runtime on a loop", "[http][asio]") {
  Upstream upstream(answer_all);
  Embedded embedded(upstream.port());
  embedded.run();
  Request request;
  OutgoingRequest outgoing(request.arena);
  outgoing.url.host = "127.0.0.1";
  outgoing.url.port = upstream.port();
  const auto answer = wait(embedded.runtime->transport().send(outgoing, request.arena, request.cancellation));
  REQUIRE(answer);
  CHECK(answer->body.data() == "ok");
}

TEST_CASE("a strand serves on an io_context that several threads run", "[http][asio]") {
  Upstream upstream(answer_all);
  asio::io_context io;
  AsioLoop loop(asio::make_strand(io));
  Runtime runtime(loop);
  ForwardingHandler handler(runtime.transport(), upstream.port());
  Server server(runtime, {}, handler);
  const std::uint16_t port = server.start().value();
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) threads.emplace_back([&] { io.run(); });
  std::vector<std::thread> callers;
  std::atomic<int> answered{0};
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&] {
      RawClient client(port);
      for (int k = 0; k < 50; ++k) {
        client.send(plain_get);
        if (body_of(client.read_message()) == "ok") ++answered;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  CHECK(answered == 200);
  io.stop();
  for (std::thread& thread : threads) thread.join();
}

TEST_CASE("two runtimes share a loop with the host's own timer", "[http][asio]") {
  Upstream upstream(answer_all);
  asio::io_context io;
  AsioLoop first_loop(io.get_executor()), second_loop(io.get_executor());
  Runtime first(first_loop), second(second_loop);
  ServerOptions options;
  options.sheds = false;  // A machine that is busy with something else is no overload.
  ForwardingHandler to_upstream(second.transport(), upstream.port());
  Server inner(second, options, to_upstream);
  const std::uint16_t inner_port = inner.start().value();
  ForwardingHandler to_inner(first.transport(), inner_port);
  Server outer(first, options, to_inner);
  const std::uint16_t port = outer.start().value();
  int ticks = 0;
  asio::steady_timer timer(io);
  std::function<void()> tick = [&] {
    timer.expires_after(milliseconds{1});
    timer.async_wait([&](boost::system::error_code error) {
      if (error) return;
      ++ticks;
      tick();
    });
  };
  tick();
  std::thread running([&] { io.run(); });
  RawClient client(port);
  for (int i = 0; i < 20; ++i) {
    client.send(plain_get);
    CHECK(body_of(client.read_message()) == "ok");
  }
  io.stop();
  running.join();
  CHECK(ticks > 0);
}
