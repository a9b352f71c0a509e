// SPDX-License-Identifier: Apache-2.0
// A WebSocket API through the real host: policies on the handshake, bytes both ways, its end in the metrics, a drain.
#include "end_to_end/support.hpp"
#include "http/websocket_support.hpp"

#include <catch2/catch.hpp>

#include <signal.h>

using namespace sluice;
using namespace sluice::test;
using namespace sluice::http::test;

namespace {

class WebSocketService {
 public:
  explicit WebSocketService(std::uint16_t backend) {
    folder_
        .write("artifacts/apis/live/apiInformation.json",
               R"({"properties": {"displayName": "Live", "path": "live", "type": "websocket", "protocols": ["ws"],)"
               R"( "subscriptionRequired": false, "serviceUrl": "ws://127.0.0.1:)" +
                   std::to_string(backend) + R"(/base"}})")
        .write(
            "artifacts/apis/live/operations/onHandshake/policy.xml",
            R"(<policies><inbound><base /><check-header name="X-Room" failed-check-httpcode="400")"
            R"( failed-check-error-message="Which room?" ignore-case="true" />)"
            R"(<set-header name="X-Api" exists-action="override"><value>@(context.Operation.Id)</value></set-header>)"
            R"(</inbound><backend><base /></backend><outbound><base /></outbound></policies>)");
  }
  std::filesystem::path artifacts() const { return folder_.path() / "artifacts"; }

 private:
  sluice::testing::TemporaryFolder folder_;
};

std::string upgrade_of(const std::string& path) { return handshake(path, "X-Room: red\r\n"); }

}  // namespace

TEST_CASE("a WebSocket passes through the host, and its end is counted", "[end_to_end][websocket]") {
  std::string seen;
  http::test::Upstream backend([&](RawClient& connection, int) {
    seen = connection.read_message(true);
    connection.send(agreement(seen) + server_text("welcome"));
    const std::string text = connection.read_bytes(client_text("hello").size());
    connection.send(server_text(text == client_text("hello") ? "you said hello" : "what?"));
    connection.read_bytes(client_close(1000).size());
    connection.send(server_close(1000)).finish_sending();
    connection.read_to_end();
  });
  const WebSocketService service(backend.port());
  Host host({}, service.artifacts());
  RawClient client(host.port());
  client.send(upgrade_of("/live/chat?room=1"));
  const std::string answer = client.read_message(true);
  INFO(answer << host.process().err());
  REQUIRE(status_of(answer) == 101);
  CHECK(header_of(answer, "Sec-WebSocket-Accept") == sample_accept);
  CHECK(client.read_bytes(9) == server_text("welcome"));
  CHECK(seen.starts_with("GET /base/chat?room=1 HTTP/1.1\r\n"));
  CHECK(header_of(seen, "X-Api") == "onHandshake");
  client.send(client_text("hello"));
  CHECK(client.read_bytes(16) == server_text("you said hello"));
  client.send(client_close(1000));
  CHECK(client.read_to_end() == server_close(1000));
  client.close();
  const std::string line = R"(sluice_websocket_closed_total{api="live",caller="1000",backend="1000"} 1)";
  std::string metrics;
  CHECK(eventually([&] { return (metrics = host.metrics()).find(line) != std::string::npos; }));
  INFO(metrics);
}

TEST_CASE("a handshake that a policy refuses never reaches the backend", "[end_to_end][websocket]") {
  http::test::Upstream backend([](RawClient&, int) {});
  const WebSocketService service(backend.port());
  Host host({}, service.artifacts());
  RawClient client(host.port());
  client.send(handshake("/live/chat"));
  CHECK(status_of(client.read_message()) == 400);
  client.send("GET /live/chat HTTP/1.1\r\nHost: h\r\n\r\n");  // the connection is still one of HTTP
  CHECK(status_of(client.read_message()) == 404);
  CHECK(backend.connections() == 0);
}

TEST_CASE("O3: the host takes leave of WebSockets when it is told to end", "[end_to_end][websocket]") {
  http::test::Upstream backend([](RawClient& connection, int) {
    connection.send(agreement(connection.read_message(true)));
    connection.read_to_end();
  });
  const WebSocketService service(backend.port());
  Host host({}, service.artifacts());
  RawClient client(host.port());
  client.send(upgrade_of("/live/"));
  REQUIRE(status_of(client.read_message(true)) == 101);
  host.process().signal(SIGTERM);
  CHECK(client.read_to_end() == server_close(1001));
  client.close();
  CHECK(host.process().wait() == 0);
}
