// SPDX-License-Identifier: Apache-2.0
// Client, server, pooled client and upstream together.
#include "http/support.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;

namespace {

/// Answers every request on a connection with 200 and the request line as its body.
void answer_all(RawClient& connection, int) {
  for (;;) {
    const std::string request = connection.read_message();
    if (request.empty()) return;
    const std::string line = request.substr(0, request.find("\r\n"));
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(line.size()) + "\r\n\r\n" + line);
  }
}

}  // namespace

TEST_CASE("a request goes through to the upstream and its answer comes back", "[http][proxy]") {
  Upstream upstream(answer_all);
  Proxy proxy(upstream.port());
  RawClient client(proxy.port);
  client.send("GET /a/./b?x=1 HTTP/1.1\r\nHost: example.com\r\n\r\n");
  const std::string answer = client.read_message();
  CHECK(status_of(answer) == 200);
  CHECK(body_of(answer) == "GET /a/b?x=1 HTTP/1.1");
}

TEST_CASE("connections are kept on both sides", "[http][proxy]") {
  Upstream upstream(answer_all);
  Proxy proxy(upstream.port());
  RawClient client(proxy.port);
  for (int i = 0; i < 20; ++i) {
    client.send("GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK(body_of(client.read_message()) == "GET /" + std::to_string(i) + " HTTP/1.1");
  }
  CHECK(upstream.connections() == 1);
  CHECK(proxy.server.statistics().connections_accepted == 1);
  CHECK(proxy.runtime.client_statistics().connections_reused == 19);
}
