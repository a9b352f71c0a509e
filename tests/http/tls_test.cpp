// SPDX-License-Identifier: Apache-2.0
// HTTPS towards backends: certificate and host name are verified unless the request says otherwise (K1).
#include "http/tls_support.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;

namespace {

/// Speaks TLS on an accepted connection and answers each request with 200 `ok`.
Upstream::Serve tls_server(Identity& identity, int most_version = TLS1_3_VERSION) {
  return [&identity, most_version](RawClient& connection, int) {
    TlsPeer peer(connection, identity, {.most_version = most_version, .protocols = {}});
    while (!peer.read_message().empty()) peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  };
}

/// One worker whose client trusts `authority` alone.
RuntimeOptions trusting(const TemporaryFolder& folder, const Identity& authority) {
  RuntimeOptions options;
  options.workers = 1;
  options.tls = {.ca_file = folder.write("trusted.pem", authority.certificate_pem()), .use_system_store = false};
  return options;
}

struct Call {
  std::string host = "127.0.0.1";
  bool chain = true;
  bool name = true;
};

Result<std::string> call(Runtime& runtime, std::uint16_t port, const Call& how) {
  Request request;
  OutgoingRequest outgoing(request.arena);
  outgoing.url.scheme = "https";
  outgoing.url.host = how.host;
  outgoing.url.port = port;
  outgoing.verify_certificate_chain = how.chain;
  outgoing.verify_certificate_name = how.name;
  auto answer = wait(runtime.transport().send(outgoing, request.arena, request.cancellation));
  if (!answer) return fail(std::move(answer.error()));
  return std::string(answer->body.data());
}

}  // namespace

TEST_CASE("K1: a backend with a trusted certificate for its name is called, and its connection kept", "[http][tls]") {
  TemporaryFolder folder;
  Identity identity("IP:127.0.0.1,DNS:localhost");
  Upstream upstream(tls_server(identity));
  Runtime runtime(trusting(folder, identity));
  CHECK(call(runtime, upstream.port(), {}).value() == "ok");
  CHECK(call(runtime, upstream.port(), {}).value() == "ok");
  CHECK(upstream.connections() == 1);
  CHECK(call(runtime, upstream.port(), {.host = "localhost"}).value() == "ok");
}

TEST_CASE("K1: an unknown authority, a wrong name or an expired certificate is refused", "[http][tls]") {
  TemporaryFolder folder;
  Identity wrong_name("DNS:other.example");
  Upstream upstream(tls_server(wrong_name));
  Runtime trustful(trusting(folder, wrong_name));
  Runtime strict({.workers = 1, .limits = {}, .tls = {.ca_file = {}, .use_system_store = false}});
  for (const Result<std::string>& refused :
       {call(trustful, upstream.port(), {}), call(trustful, upstream.port(), {.host = "localhost"}),
        call(trustful, upstream.port(), {.host = "127.0.0.1", .chain = false}), call(strict, upstream.port(), {}),
        call(strict, upstream.port(), {.host = "127.0.0.1", .chain = true, .name = false})}) {
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code() == ErrorCode::backend_connection_failure);
    CHECK(std::string(refused.error().message()) == "The certificate of the backend is not acceptable.");
  }
  Identity expired({.names = "IP:127.0.0.1", .ends = -3600});
  Upstream late(tls_server(expired));
  Runtime runtime(trusting(folder, expired));
  CHECK_FALSE(call(runtime, late.port(), {}).has_value());
}

TEST_CASE("what a request need not verify is not verified, on connections of its own", "[http][tls]") {
  TemporaryFolder folder;
  Identity wrong_name("DNS:other.example");
  Upstream upstream(tls_server(wrong_name));
  Runtime trustful(trusting(folder, wrong_name));
  CHECK(call(trustful, upstream.port(), {.host = "127.0.0.1", .chain = true, .name = false}).value() == "ok");
  CHECK(call(trustful, upstream.port(), {.host = "127.0.0.1", .chain = false, .name = false}).value() == "ok");
  CHECK_FALSE(call(trustful, upstream.port(), {}).has_value());  // not over the connection just used
}

TEST_CASE("K1: TLS below 1.2 is not spoken, nor is plain text taken for TLS", "[http][tls]") {
  TemporaryFolder folder;
  Identity identity("IP:127.0.0.1");
  Upstream old(tls_server(identity, TLS1_1_VERSION));
  Runtime runtime(trusting(folder, identity));
  CHECK_FALSE(call(runtime, old.port(), {}).has_value());
  Upstream plain([](RawClient& connection, int) {
    connection.read_bytes(1);
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  });
  CHECK_FALSE(call(runtime, plain.port(), {}).has_value());
  Upstream tls12(tls_server(identity, TLS1_2_VERSION));
  CHECK(call(runtime, tls12.port(), {}).value() == "ok");
}
