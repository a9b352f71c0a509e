// SPDX-License-Identifier: Apache-2.0
// Turns of a worker with many events: the worker is held until all of them have happened, so that it finds them at once
// and works in batches (where the system has io_uring; what is seen must be the same without).
#include "http/runtime_state.hpp"
#include "http/streams.hpp"
#include "http/support.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <functional>
#include <future>
#include <memory>

namespace sluice::http::test {
namespace {

constexpr int callers = 40;  // more than a batch has room for

/// Holds the only worker of a runtime while it lives.
class Hold {
 public:
  explicit Hold(Runtime& runtime) {
    // The worker holds both: it may be about to wait when this is gone again.
    const auto held = std::make_shared<std::promise<void>>();
    runtime.state().workers().front()->post([held, released = released_.get_future().share()] {
      held->set_value();
      released.wait();
    });
    held->get_future().wait();
  }
  ~Hold() { released_.set_value(); }

 private:
  std::promise<void> released_;
};

std::vector<RawClient> connected(std::uint16_t port) {
  std::vector<RawClient> clients;
  for (int i = 0; i < callers; ++i) {
    clients.emplace_back(port).send("GET /first HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(status_of(clients.back().read_message()) == 200);
  }
  return clients;
}

std::string request(int number, std::string_view more = "") {
  return "GET /" + std::to_string(number) + " HTTP/1.1\r\nHost: a\r\n" + std::string(more) + "\r\n";
}

/// An empty answer that calls `when_read` when it leaves.
Task<Response> empty_answer(Request& request, std::function<void()> when_read) {
  struct Empty final : BodyStream {
    explicit Empty(std::function<void()> function) : when_read(std::move(function)) {}
    Task<BodyChunk> read() override {
      when_read();
      return BodyChunk(std::string_view());
    }
    void cancel() override {}
    std::function<void()> when_read;
  };
  Response response(request.arena);
  response.body = Body::stream(std::make_unique<Empty>(std::move(when_read)), 0);
  co_return response;
}

/// Asks all of them in one turn for an answer that is to be the last, which is `body` and then the end.
void check_last_answers(Served& served, std::vector<RawClient>& clients, const std::string& body) {
  {
    const Hold held(served.runtime);
    for (RawClient& client : clients) client.send(request(0, "Connection: close\r\n"));
  }
  for (RawClient& client : clients) {
    const bool is_whole = body_of(client.read_message()) == body;  // which may be too long to be shown
    CHECK(is_whole);
    CHECK(client.read_to_end().empty());
    CHECK_FALSE(client.was_reset());
  }
}

}  // namespace

TEST_CASE("Many requests of one turn are answered each to its caller", "[http][batches]") {
  FunctionHandler handler([](Request& request) { return echo(request); });
  Served served(handler);
  auto clients = connected(served.port);
  for (int round = 0; round < 3; ++round) {
    {
      const Hold held(served.runtime);
      for (int i = 0; i < callers; ++i) clients[static_cast<std::size_t>(i)].send(request(i));
    }
    for (int i = 0; i < callers; ++i) {
      const std::string answer = clients[static_cast<std::size_t>(i)].read_message();
      CHECK(body_of(answer).find("/" + std::to_string(i) + "?\n") != std::string::npos);
    }
  }
}

TEST_CASE("The requests of one turn are handled together, and then answered", "[http][batches]") {
  std::string notes;
  FunctionHandler handler([&](Request& request) -> Task<Response> {
    notes += 'h';
    return empty_answer(request, [&notes] { notes += 'r'; });
  });
  Served served(handler);
  auto clients = connected(served.port);
  notes.clear();
  {
    const Hold held(served.runtime);
    for (RawClient& client : clients) client.send(request(0));
  }
  for (RawClient& client : clients) CHECK(status_of(client.read_message()) == 200);
  const Hold held(served.runtime);
  CHECK(notes.substr(0, SocketBatch::most_sockets) == std::string(SocketBatch::most_sockets, 'h'));
  CHECK(notes.find("rr") != std::string::npos);
  CHECK(notes.size() == std::size_t{2} * callers);
}

TEST_CASE("Many requests of one turn are forwarded", "[http][batches]") {
  Upstream upstream([](RawClient& connection, int) {
    for (;;) {
      const std::string got = connection.read_message();
      if (got.empty()) return;
      const std::string path = got.substr(4, got.find(' ', 4) - 4);
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(path.size()) + "\r\n\r\n" + path);
    }
  });
  Proxy proxy(upstream.port());
  auto clients = connected(proxy.port);
  for (int round = 0; round < 3; ++round) {
    {
      const Hold held(proxy.runtime);
      for (int i = 0; i < callers; ++i) clients[static_cast<std::size_t>(i)].send(request(i));
    }
    for (int i = 0; i < callers; ++i)
      CHECK(body_of(clients[static_cast<std::size_t>(i)].read_message()) == "/" + std::to_string(i));
  }
}

TEST_CASE("Answers that end their connections arrive whole when many do in one turn", "[http][batches]") {
  FunctionHandler handler(
      [](Request& request) -> Task<Response> { co_return text_response(request, 200, "last words"); });
  Served served(handler);
  auto clients = connected(served.port);
  check_last_answers(served, clients, "last words");
}

TEST_CASE("Requests longer than a batch has room for arrive whole beside short ones", "[http][batches]") {
  FunctionHandler handler([](Request& request) { return echo(request); });
  Served served(handler);
  auto clients = connected(served.port);
  const auto body = [](int i) { return std::string(static_cast<std::size_t>(i) * 997, 'b'); };
  {
    const Hold held(served.runtime);
    for (int i = 0; i < callers; ++i) {
      const std::string length = "Content-Length: " + std::to_string(body(i).size()) + "\r\n";
      clients[static_cast<std::size_t>(i)].send(request(i, length) + body(i));
    }
  }
  for (int i = 0; i < callers; ++i) {
    const std::string answer = clients[static_cast<std::size_t>(i)].read_message();
    CHECK(answer.find("\nbody " + body(i) + "\n") != std::string::npos);
  }
}

TEST_CASE("Callers who do not read yet get every piece in order when they do", "[http][batches]") {
  std::vector<std::string> pieces;
  std::string all;
  for (int i = 0; i < 10'000; ++i) all += pieces.emplace_back(std::to_string(i) + std::string(1'000, '.'));
  FunctionHandler handler = answering(pieces, all.size());
  Served served(handler);
  std::vector<RawClient> clients;
  for (int i = 0; i < 6; ++i) clients.emplace_back(served.port);
  check_last_answers(served, clients, all);
}

TEST_CASE("Callers who have gone within the turn that has their requests are noticed", "[http][batches]") {
  FunctionHandler handler([](Request& request) { return echo(request); });
  Served served(handler);
  {
    auto clients = connected(served.port);
    const Hold held(served.runtime);
    for (int i = 0; i < callers; ++i) clients[static_cast<std::size_t>(i)].send(request(i));
    for (int i = 0; i < callers; ++i) {
      if (i % 2 == 0) clients[static_cast<std::size_t>(i)].abort();
      if (i % 4 == 1) clients[static_cast<std::size_t>(i)].close();
    }
  }
  CHECK(served.eventually(
      [](const ServerStatistics& is) { return is.open_connections == 0 && is.running_requests == 0; }));
}

TEST_CASE("Connections that a backend ends within the turn that uses them cost no request", "[http][batches]") {
  const bool is_reset = GENERATE(true, false);
  Signal reset;
  std::atomic<int> gone{0};
  Upstream upstream([&](RawClient& connection, int) {
    for (;;) {
      const std::string got = connection.read_message();
      if (got.empty()) return;
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      if (got.find("GET /0 ") != 0) continue;
      reset.wait();
      if (is_reset) {
        connection.abort();
      } else {
        connection.finish_sending();
        if (!eventually([&] { return connection.has_nothing_unacknowledged(); })) return;
      }
      ++gone;
      return;
    }
  });
  Proxy proxy(upstream.port());
  auto clients = connected(proxy.port);
  const auto ask = [&](const std::string& text) {
    for (RawClient& client : clients) client.send(text);
  };
  {
    const Hold held(proxy.runtime);
    ask(request(0));
  }
  for (RawClient& client : clients) CHECK(status_of(client.read_message()) == 200);
  REQUIRE(upstream.connections() == callers);  // each with a connection that waits for more
  {
    const Hold held(proxy.runtime);
    SECTION("before the requests") {
      reset.set();
      CHECK(eventually([&] { return gone == callers; }));
      ask(request(1));
    }
    SECTION("after the requests") {
      ask(request(1));
      reset.set();
      CHECK(eventually([&] { return gone == callers; }));
    }
    SECTION("after requests with bodies") {
      // Of a reset nobody knows when it arrives, so that what may be sent but once could be lost to it.
      const std::string method = is_reset ? "PUT" : GENERATE("PUT", "POST");
      ask(method + " /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
      reset.set();
      CHECK(eventually([&] { return gone == callers; }));
    }
  }
  for (RawClient& client : clients) CHECK(status_of(client.read_message()) == 200);
}

// A head that waited for the end of the turn could meet a connection that is dead by then, the stream used up.
TEST_CASE("A request whose body is a stream leaves before the turn that has it ends", "[http][batches]") {
  Signal arrived;
  std::atomic<bool> is_early = false;
  Upstream upstream([&](RawClient& connection, int) {
    connection.read_message();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    connection.read_until("body");
    arrived.set();
    connection.read_until("rest");
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  std::optional<ForwardingHandler> forward;
  FunctionHandler handler([&](Request& request) -> Task<Response> {
    if (request.method == "PUT") return forward->handle(request);
    if (request.url.path == "/wait") {
      // On the worker, when the other request has been handled: it gets no further meanwhile.
      return empty_answer(request, [&] { is_early = arrived.wait(); });
    }
    return echo(request);
  });
  Served served(handler);
  forward.emplace(served.runtime.transport(), upstream.port());
  auto clients = connected(served.port);
  const std::string put = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: ";
  clients[0].send(put + "0\r\n\r\n");  // opens the connection to the upstream
  CHECK(status_of(clients[0].read_message()) == 200);
  {
    const Hold held(served.runtime);
    clients[0].send(put + "8\r\n\r\nbody");
    clients[1].send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  CHECK(status_of(clients[1].read_message()) == 200);
  clients[0].send("rest");
  CHECK(status_of(clients[0].read_message()) == 200);
  CHECK(is_early.load());
}

}  // namespace sluice::http::test
