// SPDX-License-Identifier: Apache-2.0
// Connections that leave HTTP for WebSocket, from a raw caller through server and client to a raw backend: the
// handshake and the bytes both ways. How it ends is in upgrade_end_test.cpp.
#include "http/heard.hpp"
#include "http/websocket_support.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;

TEST_CASE("a handshake goes to the backend and its agreement comes back", "[http][upgrade]") {
  std::string seen;
  Signal done;
  Upstream upstream([&](RawClient& connection, int) {
    seen = connection.read_message(true);
    connection.send(agreement(seen, "Sec-WebSocket-Protocol: chat\r\n"));
    done.wait();
  });
  Proxy proxy(upstream.port());
  RawClient client(proxy.port);
  client.send(handshake("/chat?room=1", "Sec-WebSocket-Protocol: chat\r\nX-Mine: 1\r\n"));
  const std::string answer = client.read_message(true);
  CHECK(answer.starts_with("HTTP/1.1 101 Switching Protocols\r\n"));
  CHECK(header_of(answer, "Connection") == "Upgrade");
  CHECK(header_of(answer, "Upgrade") == "websocket");
  CHECK(header_of(answer, "Sec-WebSocket-Accept") == sample_accept);
  CHECK(header_of(answer, "Sec-WebSocket-Protocol") == "chat");
  CHECK(header_of(answer, "Content-Length").empty());
  CHECK(header_of(answer, "Transfer-Encoding").empty());
  CHECK(seen.starts_with("GET /chat?room=1 HTTP/1.1\r\n"));
  CHECK(header_of(seen, "Connection") == "Upgrade");
  CHECK(header_of(seen, "Upgrade") == "websocket");
  CHECK(header_of(seen, "Sec-WebSocket-Key") == sample_key);
  CHECK(header_of(seen, "X-Mine") == "1");
  CHECK(header_of(seen, "Transfer-Encoding").empty());
  CHECK(header_of(seen, "Content-Length").empty());
  CHECK(proxy.server.statistics().open_upgraded == 1);
  CHECK(proxy.runtime.client_statistics().upgraded == 1);
  done.set();
}

TEST_CASE("bytes pass both ways as they are, and frames are counted", "[http][upgrade]") {
  Upstream upstream(agreeing(echo_bytes));
  Proxy proxy(upstream.port());
  Upgraded caller(proxy.port);
  REQUIRE(status_of(caller.answer) == 101);
  std::string sent;
  for (std::size_t size : {0u, 1u, 125u, 126u, 1000u, 65535u}) sent += client_text(std::string(size, 'x'));
  caller.client.send(sent);
  // An echo is no server's frame, so only the caller's count; the bytes are the same all the same.
  CHECK(caller.client.read_bytes(sent.size()) == sent);
  CHECK(proxy.server.statistics().frames_received == 6);
  CHECK(proxy.server.statistics().bytes_received == handshake().size() + sent.size());
}

TEST_CASE("both directions move at the same time", "[http][upgrade]") {
  constexpr std::size_t size = 4 << 20;
  std::atomic<std::size_t> arrived{0};
  Upstream upstream(agreeing([&](RawClient& connection) {
    std::thread sending([&] {
      std::string block(65536, 'b');
      for (std::size_t sent = 0; sent < size; sent += block.size()) connection.send(block);
    });
    while (arrived < size) {
      const std::string bytes = connection.read_some();
      if (bytes.empty()) break;
      arrived += bytes.size();
    }
    sending.join();
  }));
  Proxy proxy(upstream.port());
  Upgraded caller(proxy.port);
  std::thread sending([&] {
    std::string block(65536, 'c');
    for (std::size_t sent = 0; sent < size; sent += block.size()) caller.client.send(block);
  });
  CHECK(caller.client.read_bytes(size).size() == size);
  sending.join();
  CHECK(eventually([&] { return arrived == size; }));
}

TEST_CASE("bytes behind the backend's head are the first of the stream", "[http][upgrade]") {
  Signal done;
  Upstream upstream([&](RawClient& connection, int) {
    const std::string request = connection.read_message(true);
    connection.send(agreement(request) + server_text("welcome"));
    done.wait();
  });
  Proxy proxy(upstream.port());
  Upgraded caller(proxy.port);
  CHECK(caller.client.read_bytes(9) == server_text("welcome"));
  CHECK(proxy.eventually([](const ServerStatistics& s) { return s.frames_sent == 1; }));
  done.set();
}

TEST_CASE("an answer other than 101 is an ordinary one, and HTTP goes on", "[http][upgrade]") {
  Upstream upstream([](RawClient& connection, int) {
    for (;;) {
      const std::string request = connection.read_message(true);
      if (request.empty()) return;
      connection.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
    }
  });
  Proxy proxy(upstream.port());
  RawClient client(proxy.port);
  for (int i = 0; i < 3; ++i) {
    client.send(i == 1 ? std::string("GET / HTTP/1.1\r\nHost: h\r\n\r\n") : handshake());
    const std::string answer = client.read_message();
    CHECK(status_of(answer) == 403);
    CHECK(body_of(answer) == "no");
    CHECK(header_of(answer, "Connection").empty());
  }
  CHECK(upstream.connections() == 1);
  CHECK(proxy.server.statistics().connections_accepted == 1);
  CHECK(proxy.server.statistics().upgraded == 0);
}

TEST_CASE("P4: what a caller sends before the answer is never a request when that is not 101", "[http][upgrade]") {
  const bool at_once = GENERATE(true, false);
  Signal asked, spoken;
  Heard<std::string> more;
  Upstream upstream([&](RawClient& connection, int) {
    connection.read_message(true);
    asked.set();
    spoken.wait();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno");
    more.tell(connection.read_message(true));
  });
  const std::string smuggled = "GET /admin HTTP/1.1\r\nHost: h\r\n\r\n";
  {
    Proxy proxy(upstream.port());
    RawClient client(proxy.port);
    client.send(at_once ? handshake() + smuggled : handshake());
    REQUIRE(asked.wait());
    if (!at_once) client.send(smuggled);
    spoken.set();
    const std::string answer = client.read_message();
    CHECK(status_of(answer) == 200);
    CHECK(header_of(answer, "Connection") == "close");
    CHECK(client.read_to_end().empty());
    CHECK(proxy.server.statistics().requests == 1);
  }
  CHECK(more.wait() == std::string());
}

TEST_CASE("what a caller sends before the answer goes to the backend behind a 101", "[http][upgrade]") {
  Upstream upstream(agreeing(echo_bytes));
  Proxy proxy(upstream.port());
  RawClient client(proxy.port);
  client.send(handshake() + client_text("early"));
  CHECK(status_of(client.read_message(true)) == 101);
  CHECK(client.read_bytes(11) == client_text("early"));
}

TEST_CASE("a handshake may follow other requests on the connection", "[http][upgrade]") {
  Upstream upstream([](RawClient& connection, int) {
    for (;;) {
      const std::string request = connection.read_message(true);
      if (request.empty()) return;
      if (!header_of(request, "Upgrade").empty()) {
        connection.send(agreement(request));
        return echo_bytes(connection);
      }
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    }
  });
  Proxy proxy(upstream.port());
  RawClient client(proxy.port);
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n" + handshake());
  CHECK(status_of(client.read_message()) == 200);
  CHECK(status_of(client.read_message(true)) == 101);
  client.send("abc");
  CHECK(client.read_bytes(3) == "abc");
}

TEST_CASE("U2: a 101 that does not agree to the handshake is no answer", "[http][upgrade]") {
  const std::string accept = "Sec-WebSocket-Accept: " + std::string(sample_accept) + "\r\n";
  const auto fields = GENERATE_COPY(
      as<std::string>(), "Upgrade: websocket\r\nConnection: Upgrade\r\n",
      "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n",
      "Connection: Upgrade\r\n" + accept, "Upgrade: websocket\r\n" + accept,
      "Upgrade: h2c\r\nConnection: Upgrade\r\n" + accept,
      "Upgrade: websocket, h2c\r\nConnection: Upgrade\r\n" + accept);
  Heard<std::string> more;
  Upstream upstream([&](RawClient& connection, int) {
    connection.read_message(true);
    connection.send("HTTP/1.1 101 Switching Protocols\r\n" + fields + "\r\n");
    more.tell(connection.read_to_end());
  });
  Proxy proxy(upstream.port());
  RawClient client(proxy.port);
  client.send(handshake());
  CHECK(status_of(client.read_message()) == 502);
  CHECK(more.wait() == std::string());
  CHECK(proxy.runtime.client_statistics().invalid_answers == 1);
  CHECK(proxy.client_eventually([](const ClientStatistics& s) { return s.open_connections == 0; }));
}

TEST_CASE("U2: a 101 to a request that is no handshake is no answer", "[http][upgrade]") {
  Heard<std::string> more;
  Upstream upstream([&](RawClient& connection, int) {
    connection.read_message(true);
    connection.send(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: " +
        std::string(sample_accept) + "\r\n\r\n");
    more.tell(connection.read_to_end());
  });
  Proxy proxy(upstream.port());
  RawClient client(proxy.port);
  client.send("GET / HTTP/1.1\r\nHost: h\r\nSec-WebSocket-Key: " + std::string(sample_key) + "\r\n\r\n");
  CHECK(status_of(client.read_message()) == 502);
  CHECK(more.wait() == std::string());
}

TEST_CASE("a handler that says 101 unasked, or without a stream, has failed", "[http][upgrade]") {
  FunctionHandler handler([](Request& request) -> Task<Response> { return text_response(request, 101, "x"); });
  Served served(handler);
  RawClient client(served.port);
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(status_of(client.read_message()) == 500);
  client.send(handshake());
  CHECK(status_of(client.read_message()) == 500);
}
