// SPDX-License-Identifier: Apache-2.0
// Every way in which a WebSocket through server and client can end, and what is held for it meanwhile.
#include "http/heard.hpp"
#include "http/websocket_support.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;
using std::chrono::milliseconds;

namespace {

HttpLimits idle_after(milliseconds time) {
  HttpLimits limits;
  limits.upgraded_idle_timeout = time;
  limits.lingering_close = milliseconds{200};
  return limits;
}

}  // namespace

TEST_CASE("the end of the caller is passed on, and the backend may still speak", "[http][upgrade][end]") {
  Heard<std::string> heard;
  Heard<bool> was_reset;
  Upstream upstream(agreeing([&](RawClient& connection) {
    heard.tell(connection.read_to_end());
    was_reset.tell(connection.was_reset());
    connection.send(server_close(1000));
  }));
  Proxy proxy(upstream.port());
  Upgraded caller(proxy.port);
  caller.client.send(client_text("bye") + client_close(1000)).finish_sending();
  CHECK(caller.client.read_to_end() == server_close(1000));
  CHECK_FALSE(caller.client.was_reset());
  CHECK(heard.wait() == client_text("bye") + client_close(1000));
  CHECK(was_reset.wait() == false);
  CHECK(proxy.eventually([](const ServerStatistics& s) { return s.completed == 1 && s.open_connections == 0; }));
  const ServerStatistics statistics = proxy.server.statistics();
  CHECK(statistics.upgraded_closed == 1);
  CHECK(statistics.upgraded_cut == 0);
  CHECK(statistics.client_aborts == 0);
  CHECK(statistics.open_upgraded == 0);
  CHECK(proxy.client_eventually([](const ClientStatistics& s) { return s.open_connections == 0 && s.completed == 1; }));
}

TEST_CASE("the end of the backend is passed on, and the caller may still speak", "[http][upgrade][end]") {
  std::string rest;
  Signal done;
  Upstream upstream(agreeing([&](RawClient& connection) {
    connection.send(server_close(1011)).finish_sending();
    rest = connection.read_to_end();
    done.set();
  }));
  Proxy proxy(upstream.port());
  Upgraded caller(proxy.port);
  CHECK(caller.client.read_to_end() == server_close(1011));
  caller.client.send(client_text("last words")).finish_sending();
  REQUIRE(done.wait());
  CHECK(rest == client_text("last words"));
  CHECK(proxy.eventually([](const ServerStatistics& s) { return s.completed == 1 && s.open_connections == 0; }));
  CHECK(proxy.server.statistics().upgraded_closed == 1);
}

TEST_CASE("an end without Close frames counts as cut", "[http][upgrade][end]") {
  Upstream upstream(agreeing([](RawClient& connection) { connection.read_to_end(); }));
  Proxy proxy(upstream.port());
  Upgraded caller(proxy.port);
  caller.client.send(client_text("x")).finish_sending();
  CHECK(caller.client.read_to_end().empty());
  CHECK(proxy.eventually([](const ServerStatistics& s) { return s.upgraded_cut == 1 && s.open_connections == 0; }));
}

TEST_CASE("a reset of the caller resets the backend", "[http][upgrade][end]") {
  Signal ended;
  bool was_reset = false;
  Upstream upstream(agreeing([&](RawClient& connection) {
    connection.send(server_text("hi"));
    connection.read_to_end();
    was_reset = connection.was_reset();
    ended.set();
  }));
  Proxy proxy(upstream.port());
  Upgraded caller(proxy.port);
  caller.client.read_bytes(4);
  caller.client.abort();
  REQUIRE(ended.wait());
  CHECK(was_reset);
  CHECK(proxy.eventually([](const ServerStatistics& s) { return s.client_aborts == 1 && s.open_connections == 0; }));
  CHECK(proxy.server.statistics().upgraded_cut == 1);
  CHECK(proxy.client_eventually([](const ClientStatistics& s) { return s.open_connections == 0; }));
}

TEST_CASE("a reset of the backend resets the caller", "[http][upgrade][end]") {
  Upstream upstream(agreeing([](RawClient& connection) {
    connection.read_bytes(1);
    connection.abort();
  }));
  Proxy proxy(upstream.port());
  Upgraded caller(proxy.port);
  caller.client.send("x");
  caller.client.read_to_end();
  CHECK(caller.client.was_reset());
  CHECK(proxy.eventually([](const ServerStatistics& s) { return s.broken_answers == 1 && s.open_connections == 0; }));
}

TEST_CASE("a reset behind a Close frame is an end like another", "[http][upgrade][end]") {
  Upstream upstream(agreeing([](RawClient& connection) {
    connection.send(server_close(1000));
    connection.read_bytes(1);
    connection.abort();
  }));
  Proxy proxy(upstream.port());
  Upgraded caller(proxy.port);
  CHECK(caller.client.read_bytes(4) == server_close(1000));
  caller.client.send("x").finish_sending();
  CHECK(caller.client.read_to_end().empty());
  CHECK_FALSE(caller.client.was_reset());
  CHECK(proxy.eventually([](const ServerStatistics& s) { return s.completed == 1; }));
}

TEST_CASE("a reset of the caller is seen while the backend takes nothing", "[http][upgrade][end]") {
  Signal full, ended;
  bool was_reset = false;
  Upstream upstream(agreeing([&](RawClient& connection) {
    full.wait();  // reads nothing until the caller has gone
    was_reset = eventually([&] { return connection.is_reset(); });
    ended.set();
  }));
  Proxy proxy(upstream.port());
  Upgraded caller(proxy.port);
  caller.client.send_what_fits(std::string(1 << 20, 'x'));
  caller.client.abort();
  full.set();
  REQUIRE(ended.wait());
  CHECK(was_reset);
  CHECK(proxy.eventually([](const ServerStatistics& s) { return s.open_connections == 0; }));
}

TEST_CASE("a caller that leaves during the handshake ends it", "[http][upgrade][end]") {
  Signal asked, ended;
  Upstream upstream([&](RawClient& connection, int) {
    connection.read_message(true);
    asked.set();
    connection.read_to_end();
    ended.set();
  });
  Proxy proxy(upstream.port());
  RawClient client(proxy.port);
  client.send(handshake());
  REQUIRE(asked.wait());
  client.close();
  CHECK(ended.wait());
  CHECK(proxy.eventually([](const ServerStatistics& s) { return s.client_aborts == 1 && s.open_connections == 0; }));
  CHECK(proxy.client_eventually([](const ClientStatistics& s) { return s.cancelled == 1 && s.open_connections == 0; }));
}

TEST_CASE("a connection in silence is left with Close frames on both sides", "[http][upgrade][idle]") {
  std::string to_backend;
  Signal done;
  Upstream upstream(agreeing([&](RawClient& connection) {
    to_backend = connection.read_to_end();
    done.set();
  }));
  Proxy proxy(upstream.port(), with(idle_after(milliseconds{50})));
  Upgraded caller(proxy.port);
  CHECK(caller.client.read_to_end() == server_close(1001));
  CHECK_FALSE(caller.client.was_reset());
  REQUIRE(done.wait());
  WebSocketFrames frames(WebSocketEnd::client);
  frames.read(to_backend);
  CHECK(frames.close_code() == 1001);
  CHECK(frames.frames() == 1);
  caller.client.close();
  CHECK(proxy.eventually([](const ServerStatistics& s) { return s.upgraded_idle == 1 && s.open_connections == 0; }));
  CHECK(proxy.server.statistics().upgraded_closed == 1);
  CHECK(proxy.client_eventually([](const ClientStatistics& s) { return s.open_connections == 0; }));
}

TEST_CASE("silence within a frame breaks it off", "[http][upgrade][idle]") {
  std::atomic<bool> is_broken{false};
  Upstream upstream(agreeing([&](RawClient& connection) {
    connection.send(server_text("cut here").substr(0, 5));
    is_broken = eventually([&] { return connection.is_reset(); });
  }));
  Proxy proxy(upstream.port(), with(idle_after(milliseconds{50})));
  Upgraded caller(proxy.port);
  CHECK(caller.client.read_to_end() == server_text("cut here").substr(0, 5));
  CHECK(caller.client.was_reset());
  CHECK(proxy.eventually([](const ServerStatistics& s) { return s.upgraded_idle == 1 && s.upgraded_cut == 1; }));
  CHECK(eventually([&] { return is_broken.load(); }));
}

TEST_CASE("bytes in one direction keep the connection", "[http][upgrade][idle]") {
  using Clock = std::chrono::steady_clock;
  // A machine that pauses for longer than the silence that is allowed shows nothing: then with more of it.
  for (milliseconds idle{100};; idle *= 4) {
    REQUIRE(idle < patience);
    std::atomic<std::size_t> arrived{0};
    Upstream upstream(agreeing([&](RawClient& connection) {
      for (std::string bytes = connection.read_some(); !bytes.empty(); bytes = connection.read_some())
        arrived += bytes.size();
    }));
    Proxy proxy(upstream.port(), with(idle_after(idle)));
    auto last = Clock::now();
    const auto has_paused = [&] { return Clock::now() - last >= idle / 2; };
    Upgraded caller(proxy.port);
    bool is_steady = true;
    const auto end = last + 4 * idle;
    for (std::size_t sent = 0; is_steady && Clock::now() < end; ++sent) {
      caller.client.send("x");
      REQUIRE(eventually([&] { return arrived > sent || has_paused(); }));
      const auto now = Clock::now();
      is_steady = now - last < idle / 2;
      last = now;
    }
    const ServerStatistics seen = proxy.server.statistics();
    if (!is_steady || has_paused()) continue;
    CHECK(seen.upgraded_idle == 0);
    CHECK(seen.open_upgraded == 1);
    break;
  }
}

TEST_CASE("half of a connection does not stay for long", "[http][upgrade][idle]") {
  HttpLimits limits = idle_after(milliseconds{60'000});
  limits.body_gap_timeout = milliseconds{50};
  SECTION("when the backend has ended") {
    Signal done;
    Upstream upstream(agreeing([&](RawClient& connection) {
      connection.finish_sending();
      connection.read_to_end();
      done.set();
    }));
    Proxy proxy(upstream.port(), with(limits));
    Upgraded caller(proxy.port);
    CHECK(caller.client.read_to_end().empty());
    CHECK(done.wait());
    CHECK(proxy.eventually([](const ServerStatistics& s) { return s.completed == 1 && s.open_connections == 0; }));
  }
  SECTION("when the caller has ended") {
    Heard<bool> reset;
    Upstream upstream(agreeing([&](RawClient& connection) {
      connection.read_to_end();
      reset.tell(eventually([&] { return connection.is_reset(); }));
    }));
    Proxy proxy(upstream.port(), with(limits));
    Upgraded caller(proxy.port);
    caller.client.finish_sending();
    CHECK(caller.client.read_to_end() == server_close(1001));
    CHECK(reset.wait() == true);
    CHECK(proxy.eventually([](const ServerStatistics& s) { return s.upgraded_idle == 1 && s.open_connections == 0; }));
  }
}

TEST_CASE("O3: a drain takes leave of both ends", "[http][upgrade][drain]") {
  std::string to_backend;
  Signal done;
  Upstream upstream(agreeing([&](RawClient& connection) {
    connection.send(server_text("hello"));
    to_backend = connection.read_to_end();
    connection.send(server_close(1001));
    done.set();
  }));
  Proxy proxy(upstream.port());
  Upgraded caller(proxy.port);
  caller.client.send(client_text("x"));
  CHECK(caller.client.read_bytes(7) == server_text("hello"));
  bool whole = false;
  std::thread draining([&] { whole = proxy.server.drain_and_stop(std::chrono::seconds{10}); });
  CHECK(caller.client.read_to_end() == server_close(1001));
  caller.client.close();
  draining.join();
  CHECK(whole);
  REQUIRE(done.wait());
  WebSocketFrames frames(WebSocketEnd::client);
  frames.read(to_backend);
  CHECK(frames.frames() == 2);
  CHECK(frames.close_code() == 1001);
}

TEST_CASE("O3: a drain waits for the end of the frame that is under way", "[http][upgrade][drain]") {
  Signal draining_seen;
  Upstream upstream(agreeing([&](RawClient& connection) {
    const std::string text = server_text("in two halves");
    connection.send(text.substr(0, 6));
    draining_seen.wait();
    connection.send(text.substr(6) + server_text("not any more"));
    connection.read_to_end();
  }));
  Proxy proxy(upstream.port());
  Upgraded caller(proxy.port);
  CHECK(caller.client.read_bytes(6) == server_text("in two halves").substr(0, 6));
  RawClient idle(proxy.port);  // whose end shows that the drain has begun
  REQUIRE(proxy.eventually([](const ServerStatistics& s) { return s.connections_accepted == 2; }));
  std::thread draining([&] { proxy.server.drain_and_stop(std::chrono::seconds{10}); });
  idle.read_to_end();
  draining_seen.set();
  CHECK(caller.client.read_to_end() == server_text("in two halves").substr(6) + server_close(1001));
  caller.client.close();
  draining.join();
}

TEST_CASE("O3: what does not end within the drain is reset", "[http][upgrade][drain]") {
  Signal done;
  bool was_reset = false;
  Upstream upstream(agreeing([&](RawClient& connection) {
    connection.send(server_text("never whole").substr(0, 6));
    connection.read_to_end();
    was_reset = connection.was_reset();
    done.set();
  }));
  Proxy proxy(upstream.port());
  Upgraded caller(proxy.port);
  caller.client.send(client_text("nor this").substr(0, 6));
  caller.client.read_bytes(6);
  CHECK_FALSE(proxy.server.drain_and_stop(milliseconds{50}));
  caller.client.read_to_end();
  CHECK(caller.client.was_reset());
  REQUIRE(done.wait());
  CHECK(was_reset);
  CHECK(proxy.server.statistics().drain_broken == 1);
}

TEST_CASE("T5: a caller that does not read is reset, and not much is held for it", "[http][upgrade][limits]") {
  HttpLimits limits;
  limits.write_timeout = milliseconds{100};
  Signal done;
  Upstream upstream(agreeing([&](RawClient& connection) {
    const std::string block(65536, 'x');
    while (!connection.is_reset()) connection.send_what_fits(block);
    done.set();
  }));
  Proxy proxy(upstream.port(), with(limits));
  RawClient client(proxy.port);
  client.receive_slowly();
  client.send(handshake());
  REQUIRE(done.wait());
  CHECK(proxy.eventually([](const ServerStatistics& s) { return s.write_timeouts == 1 && s.open_connections == 0; }));
  // L13: what was read of the backend and not taken by the caller's side is less than a block of 66 KiB.
  const ClientStatistics read = proxy.runtime.client_statistics();
  const ServerStatistics written = proxy.server.statistics();
  CHECK(read.bytes_received <= written.bytes_sent + 67'584);
}

TEST_CASE("L13: a backend that does not read stops the reading of its caller", "[http][upgrade][limits]") {
  Signal done;
  Upstream upstream(agreeing([&](RawClient&) { done.wait(); }));
  Proxy proxy(upstream.port());
  Upgraded caller(proxy.port);
  std::size_t sent = 0;
  const std::string block(65536, 'x');
  std::uint64_t sent_on = 0;
  std::uint64_t received = 0;
  // Until nothing moves any more between three looks.
  for (int still = 0; still < 3;) {
    const std::size_t part = caller.client.send_what_fits(block);
    sent += part;
    received = proxy.server.statistics().bytes_received;
    const std::uint64_t now = proxy.runtime.client_statistics().bytes_sent;
    still = part == 0 && now == sent_on ? still + 1 : 0;
    sent_on = now;
  }
  CHECK(received <= sent_on + 67'584);
  done.set();
}

TEST_CASE("an upgraded connection is not used again, but counts until it has closed", "[http][upgrade][pool]") {
  Signal close_it;
  Upstream upstream([&](RawClient& connection, int) {
    const std::string request = connection.read_message(true);
    if (header_of(request, "Upgrade").empty()) {
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      connection.read_to_end();
      return;
    }
    connection.send(agreement(request));
    close_it.wait();
  });
  HttpLimits limits;
  limits.pool_connections_per_origin = 1;
  limits.connect_timeout = milliseconds{100};
  Proxy proxy(upstream.port(), {}, limits);
  Upgraded caller(proxy.port);
  REQUIRE(status_of(caller.answer) == 101);
  RawClient other(proxy.port);
  other.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(status_of(other.read_message()) == 502);
  close_it.set();
  CHECK(caller.client.read_to_end().empty());
  caller.client.close();
  REQUIRE(proxy.client_eventually([](const ClientStatistics& s) { return s.open_connections == 0; }));
  other.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(status_of(other.read_message()) == 200);
  CHECK(upstream.connections() == 2);
}

TEST_CASE("nothing is left of connections that have ended, however they did", "[http][upgrade]") {
  Upstream upstream([](RawClient& connection, int number) {
    const std::string request = connection.read_message(true);
    connection.send(agreement(request));
    if (number % 3 == 0) return connection.abort();
    if (number % 3 == 1) connection.send(server_close(1000));
    connection.read_to_end();
  });
  Proxy proxy(upstream.port());
  const std::size_t before = open_descriptors();
  for (int i = 0; i < 60; ++i) {
    RawClient client(proxy.port);
    client.send(handshake());
    client.read_until("\r\n\r\n");
    if (i % 2 == 0) client.abort();
  }
  CHECK(proxy.eventually([](const ServerStatistics& s) { return s.open_connections == 0 && s.open_upgraded == 0; }));
  CHECK(proxy.client_eventually([](const ClientStatistics& s) { return s.open_connections == 0; }));
  CHECK(eventually([&] { return open_descriptors() == before; }));
  const ServerStatistics statistics = proxy.server.statistics();
  CHECK(statistics.upgraded == statistics.upgraded_closed + statistics.upgraded_cut);
  CHECK(statistics.running_requests == 0);
}

TEST_CASE("a WebSocket counts for its origin, however it ends", "[http][upgrade][end][origins]") {
  struct Row {
    const char* name;
    std::function<void(RawClient&)> backend;
    std::function<void(RawClient&)> caller;
    std::uint64_t OriginStatistics::*counted;
  };
  const auto waits = [](RawClient& end) { end.read_to_end(); };
  const auto closes = [](RawClient& end) {
    end.finish_sending();
    end.read_to_end();
  };
  const auto resets = [](RawClient& end) { end.abort(); };
  const std::vector<Row> rows = {{"the backend ends", closes, closes, &OriginStatistics::completed},
                                 {"the caller ends first", waits, closes, &OriginStatistics::completed},
                                 {"the backend resets", resets, waits, &OriginStatistics::failed},
                                 {"the caller resets", waits, resets, &OriginStatistics::cancelled}};
  for (const Row& row : rows) {
    INFO(row.name);
    Upstream upstream(agreeing(row.backend));
    Proxy proxy(upstream.port());
    Upgraded caller(proxy.port);
    row.caller(caller.client);
    CHECK(proxy.client_eventually([](const ClientStatistics& now) { return now.open_connections == 0; }));
    CHECK(eventually([&] {
      const OriginStatistics origin = proxy.runtime.origin_statistics().at(0);
      return origin.*row.counted == 1 &&
             origin.completed + origin.failed + origin.timed_out + origin.cancelled == origin.requests;
    }));
  }
}

TEST_CASE("O1: a WebSocket counts as a running request until it has ended, as a stream does", "[http][upgrade][end]") {
  Upstream upstream([](RawClient& connection, int) {
    const std::string request = connection.read_message(true);
    if (header_of(request, "Upgrade").empty()) {
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    } else {
      connection.send(agreement(request));
    }
    connection.read_to_end();
  });
  HttpLimits limits;
  limits.running_requests = 1;
  Proxy proxy(upstream.port(), with(limits));
  Upgraded caller(proxy.port);
  REQUIRE(status_of(caller.answer) == 101);
  RawClient other(proxy.port);
  const std::string get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  const std::string refused = other.send(get).read_message();
  CHECK(status_of(refused) == 503);
  CHECK(header_of(refused, "Retry-After") == "1");
  CHECK(status_of(other.send(handshake()).read_message()) == 503);
  CHECK(proxy.server.statistics().shed_running == 2);
  CHECK(proxy.server.statistics().running_requests == 1);
  caller.client.abort();
  REQUIRE(proxy.eventually([](const ServerStatistics& now) { return now.running_requests == 0; }));
  CHECK(status_of(RawClient(proxy.port).send(get).read_message()) == 200);
}
