// SPDX-License-Identifier: Apache-2.0
// Certificates that a backend's entity names: they are trusted by being named, and nothing else is.
#include "http/tls_support.hpp"

#include "base/crypto_certificate.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;

namespace {

std::string thumbprint_of(const Identity& identity) { return read_certificate(identity.der())->thumbprint; }

RuntimeOptions trusting_nobody() {
  RuntimeOptions options;
  options.workers = 1;
  options.tls.use_system_store = false;
  return options;
}

/// Whether the backend on that port is called; otherwise because of its certificate.
bool is_accepted(Runtime& runtime, std::uint16_t port, const BackendTls& tls) {
  Request request;
  OutgoingRequest outgoing(request.arena);
  outgoing.url.scheme = "https";
  outgoing.url.host = "localhost";
  outgoing.url.port = port;
  outgoing.tls = &tls;
  auto answer = wait(runtime.transport().send(outgoing, request.arena, request.cancellation));
  if (!answer) CHECK(answer.error().message() == "The certificate of the backend is not acceptable.");
  return answer.has_value();
}

/// A backend with a certificate of an authority that the client does not know, shown with its issuer or without.
struct Backend {
  TemporaryFolder folder;
  Identity authority{{.names = {}, .common_name = "authority", .is_authority = true}};
  Identity server;
  FunctionHandler handler{[](Request& request) -> Task<Response> { co_return text_response(request, 200, "ok"); }};
  Served served;
  Runtime runtime{trusting_nobody()};

  Backend(bool shows_issuer, IdentityOptions options)
      : server(with_issuer(std::move(options))), served(handler, server_options(shows_issuer)) {}

  IdentityOptions with_issuer(IdentityOptions options) const {
    options.issuer = &authority;
    return options;
  }
  ServerOptions server_options(bool shows_issuer) const {
    ServerOptions options;
    const auto files = folder.write_identity("server", server);
    if (shows_issuer) folder.write("server.pem", server.certificate_pem() + authority.certificate_pem());
    options.tls.emplace().certificates.push_back(files);
    return options;
  }
  bool accepts(const BackendTls& tls) { return is_accepted(runtime, served.port, tls); }
};

BackendTls pinned(std::vector<std::string> thumbprints, std::string authorities = {}) {
  BackendTls tls;
  tls.authorities = std::move(authorities);
  tls.thumbprints = std::move(thumbprints);
  return tls;
}
BackendTls named(std::string name, std::string issuer) {
  BackendTls tls;
  tls.names.emplace_back(std::move(name), std::move(issuer));
  return tls;
}

}  // namespace

TEST_CASE("a backend's certificate is trusted by its thumbprint, for its host alone", "[http][tls]") {
  Backend backend(false, {.common_name = "server"});
  const std::string good = thumbprint_of(backend.server);
  CHECK(backend.accepts(pinned({std::string(40, '0'), good})));
  CHECK_FALSE(backend.accepts(pinned({std::string(40, '0')})));
  CHECK_FALSE(backend.accepts(BackendTls()));
  Backend elsewhere(false, {.names = "DNS:elsewhere.test", .common_name = "server"});
  CHECK_FALSE(elsewhere.accepts(pinned({thumbprint_of(elsewhere.server)})));
}

TEST_CASE("a pinned issuer is trusted when it is shown, or an authority", "[http][tls]") {
  Backend shown(true, {.common_name = "server"});
  CHECK(shown.accepts(pinned({thumbprint_of(shown.authority)})));
  CHECK_FALSE(shown.accepts(pinned({thumbprint_of(Identity())})));
  Backend unshown(false, {.common_name = "server"});
  CHECK_FALSE(unshown.accepts(pinned({thumbprint_of(unshown.authority)})));
  CHECK(unshown.accepts(pinned({thumbprint_of(unshown.authority)}, unshown.authority.certificate_pem())));
  // A trusted authority alone is not enough.
  CHECK_FALSE(unshown.accepts(pinned({std::string(40, '0')}, unshown.authority.certificate_pem())));
}

TEST_CASE("a certificate is known by its name and its issuer's thumbprint", "[http][tls]") {
  Backend backend(true, {.common_name = "server.test"});
  const std::string issuer = thumbprint_of(backend.authority);
  CHECK(backend.accepts(named("Server.Test", issuer)));
  CHECK(backend.accepts(named("localhost", issuer)));  // in its subjectAltName
  CHECK_FALSE(backend.accepts(named("other.test", issuer)));
  CHECK_FALSE(backend.accepts(named("server.test", std::string(40, '0'))));
}

TEST_CASE("what is pinned must be valid all the same", "[http][tls]") {
  const Identity old({.begins = -7200, .ends = -60});
  Upstream upstream([&](RawClient& connection, int) { TlsPeer peer(connection, old); });
  Runtime runtime(trusting_nobody());
  CHECK_FALSE(is_accepted(runtime, upstream.port(), pinned({thumbprint_of(old)})));
}
