// SPDX-License-Identifier: Apache-2.0
// WebSocket over TLS, from a caller through server and client to a backend: the same as without, and an end that TLS
// has not announced is a cut.
#include "http/tls_support.hpp"
#include "http/websocket_support.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;

namespace {

using Then = std::function<void(TlsPeer&)>;

/// A backend that agrees to every handshake, then does what the test wants; before it a gateway, with TLS on both
/// sides.
class SecureProxy {
 public:
  explicit SecureProxy(Then then)
      : then_(std::move(then)),
        upstream_([this](RawClient& connection, int) { serve(connection); }),
        runtime_({.workers = 1,
                  .limits = {},
                  .tls = {.ca_file = folder_.write("ca.pem", identity_.certificate_pem()), .use_system_store = false}}),
        handler_(runtime_.transport(), upstream_.port()),
        server_(runtime_, options(), handler_) {
    handler_.scheme = "https";
    port = server_.start().value();
  }

  std::uint16_t port = 0;
  bool eventually(const std::function<bool(const ServerStatistics&)>& condition) {
    return test::eventually([&] { return condition(server_.statistics()); });
  }
  ClientStatistics client() const { return runtime_.client_statistics(); }
  Server& server() { return server_; }

 private:
  void serve(RawClient& connection) {
    TlsPeer peer(connection, identity_);
    const std::string request = peer.read_message();
    if (request.empty()) return;
    peer.send(agreement(request));
    then_(peer);
  }
  ServerOptions options() const {
    ServerOptions options;
    options.tls.emplace().certificates.push_back(folder_.write_identity("server", identity_));
    return options;
  }

  TemporaryFolder folder_;
  Identity identity_;
  Then then_;
  Upstream upstream_;
  Runtime runtime_;
  ForwardingHandler handler_;
  Server server_;
};

struct SecureCaller {
  explicit SecureCaller(std::uint16_t port) : client(port) {
    client.send(handshake());
    answer = client.read_message();
  }
  TlsClient client;
  std::string answer;
};

void echo_securely(TlsPeer& peer) {
  for (std::string bytes = peer.read_some(); !bytes.empty(); bytes = peer.read_some()) peer.send(bytes);
}

}  // namespace

TEST_CASE("wss: a handshake and frames of every size pass, and are counted", "[http][upgrade][tls]") {
  SecureProxy proxy(echo_securely);
  SecureCaller caller(proxy.port);
  REQUIRE(status_of(caller.answer) == 101);
  CHECK(header_of(caller.answer, "Sec-WebSocket-Accept") == sample_accept);
  std::string sent;
  for (std::size_t size : {0u, 1u, 125u, 126u, 16'384u, 65'535u}) sent += client_text(std::string(size, 'x'));
  caller.client.send(sent);
  CHECK(caller.client.read_bytes(sent.size()) == sent);
  const ServerStatistics now = proxy.server().statistics();
  CHECK(now.frames_received == 6);
  CHECK(now.open_upgraded == 1);
  CHECK(now.tls_handshakes == 1);
  CHECK(proxy.client().upgraded == 1);
  CHECK(proxy.client().tls_handshakes == 1);
}

TEST_CASE("wss: a slow reader holds up who sends, and gets all", "[http][upgrade][tls]") {
  constexpr std::size_t size = 8 << 20;
  SecureProxy proxy([](TlsPeer& peer) {
    const std::string block(65'536, 'b');
    for (std::size_t sent = 0; sent < size; sent += block.size()) peer.send(block);
    peer.read_to_end();
  });
  SecureCaller caller(proxy.port);
  CHECK(caller.client.read_bytes(size).size() == size);
}

TEST_CASE("wss: ends are announced and passed on, half by half", "[http][upgrade][tls][end]") {
  std::string received;
  bool was_announced = false;
  SecureProxy proxy([&](TlsPeer& peer) {
    received = peer.read_to_end();
    was_announced = peer.has_ended_properly();
    peer.send(server_close(1000)).finish_sending();
  });
  SecureCaller caller(proxy.port);
  caller.client.send(client_text("bye") + client_close(1000)).finish_sending();
  CHECK(caller.client.read_to_end() == server_close(1000));
  CHECK(caller.client.has_ended_properly());
  CHECK(proxy.eventually([](const ServerStatistics& s) { return s.completed == 1 && s.open_connections == 0; }));
  CHECK(received == client_text("bye") + client_close(1000));
  CHECK(was_announced);
  CHECK(proxy.server().statistics().upgraded_closed == 1);
}

TEST_CASE("U5, wss: an end that TLS has not announced is a cut, and looks like one", "[http][upgrade][tls][end]") {
  SECTION("of the caller") {
    Signal ended;
    bool was_announced = true;
    SecureProxy proxy([&](TlsPeer& peer) {
      peer.read_to_end();
      was_announced = peer.has_ended_properly();
      ended.set();
    });
    SecureCaller caller(proxy.port);
    caller.client.send(client_text("x"));
    caller.client.raw().close();
    REQUIRE(ended.wait());
    CHECK_FALSE(was_announced);
    CHECK(proxy.eventually([](const ServerStatistics& s) { return s.upgraded_cut == 1 && s.open_connections == 0; }));
  }
  SECTION("of the backend") {
    SecureProxy proxy([](TlsPeer& peer) { peer.send(server_text("x")); });  // and then it closes
    SecureCaller caller(proxy.port);
    CHECK(caller.client.read_to_end() == server_text("x"));
    CHECK_FALSE(caller.client.has_ended_properly());
    CHECK(proxy.eventually([](const ServerStatistics& s) { return s.broken_answers == 1 && s.open_connections == 0; }));
  }
}

TEST_CASE("O3, wss: a drain takes leave of both ends", "[http][upgrade][tls][end]") {
  std::string received;
  SecureProxy proxy([&](TlsPeer& peer) {
    received = peer.read_bytes(client_close(1001).size());
    peer.send(server_close(1001)).finish_sending();
  });
  SecureCaller caller(proxy.port);
  REQUIRE(proxy.eventually([](const ServerStatistics& s) { return s.open_upgraded == 1; }));
  bool drained = false;
  std::thread draining([&] { drained = proxy.server().drain_and_stop(patience); });
  CHECK(caller.client.read_bytes(4) == server_close(1001));
  caller.client.send(client_close(1001)).finish_sending();
  caller.client.read_to_end();
  draining.join();
  CHECK(drained);
  CHECK(received.size() == client_close(1001).size());
}
