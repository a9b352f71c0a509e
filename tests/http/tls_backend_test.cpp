// SPDX-License-Identifier: Apache-2.0
// What one backend has of its own over TLS: authorities, a certificate that it is shown, sessions that go on (K1).
#include "http/tls_support.hpp"

#include <catch2/catch.hpp>

#include "http/backend_contexts.hpp"

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;

namespace {

Task<Response> show_certificate(Request& request) { co_return text_response(request, 200, request.client_certificate); }

/// A backend that demands a certificate, and a client that trusts nobody of its own.
struct Backend {
  TemporaryFolder folder;
  Identity authority{{.names = {}, .common_name = "authority", .is_authority = true}};
  Identity server{{.issuer = &authority}};
  Identity gateway{{.names = {}, .common_name = "gateway", .issuer = &authority}};
  FunctionHandler handler{show_certificate};
  Served served;
  Runtime runtime{trusting_nobody()};

  /// `requests`: that the backend answers on one connection.
  explicit Backend(std::size_t requests = 100) : served(handler, options(requests)) {}

  ServerOptions options(std::size_t requests) const {
    ServerOptions options;
    options.limits.requests_per_connection = requests;
    options.tls.emplace().certificates.push_back(folder.write_identity("server", server));
    options.tls->client_certificates = ClientCertificates::required;
    options.tls->client_ca_file = folder.write("authority.pem", authority.certificate_pem());
    return options;
  }
  static RuntimeOptions trusting_nobody() {
    RuntimeOptions options;
    options.workers = 1;
    options.tls.use_system_store = false;
    return options;
  }
  BackendTls good() const { return {authority.certificate_pem(), gateway.certificate_pem(), gateway.key_pem()}; }

  Result<std::string> call(const BackendTls* tls) {
    Request request;
    OutgoingRequest outgoing(request.arena);
    outgoing.url.scheme = "https";
    outgoing.url.host = "localhost";
    outgoing.url.port = served.port;
    outgoing.tls = tls;
    auto answer = wait(runtime.transport().send(outgoing, request.arena, request.cancellation));
    if (!answer) return fail(std::move(answer.error()));
    return std::string(answer->body.data());
  }
};

}  // namespace

TEST_CASE("a backend is shown its certificate and verified by its own authorities", "[http][tls]") {
  Backend backend;
  const BackendTls tls = backend.good();
  CHECK(backend.call(&tls).value() == backend.gateway.der());
  const BackendTls same = tls;  // compared by what it holds
  CHECK(backend.call(&same).value() == backend.gateway.der());
  CHECK(backend.runtime.client_statistics().connections_opened == 1);
}

TEST_CASE("connections made with other certificates or authorities are not shared", "[http][tls]") {
  Backend backend;
  const BackendTls tls = backend.good();
  REQUIRE(backend.call(&tls));
  CHECK_FALSE(backend.call(nullptr));  // trusts nobody
  BackendTls unshown = tls;
  unshown.certificate.clear();
  CHECK_FALSE(backend.call(&unshown));
  BackendTls distrusting = tls;
  distrusting.authorities = Identity().certificate_pem();
  CHECK_FALSE(backend.call(&distrusting));
  CHECK(backend.call(&tls));
}

TEST_CASE("a certificate for a backend that cannot be used fails the call, and says no more than that", "[http][tls]") {
  Backend backend;
  const BackendTls good = backend.good();
  BackendTls wrong = good;
  wrong.key = Identity().key_pem();
  BackendTls broken = good;
  broken.key = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n";
  BackendTls authorities = good;
  authorities.authorities = "nonsense";
  for (const auto& [tls, why] : {std::pair{&wrong, "do not belong together"}, std::pair{&broken, "key of the client"},
                                 std::pair{&authorities, "authorities of the backend cannot be read"}}) {
    const auto refused = backend.call(tls);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code() == ErrorCode::backend_connection_failure);
    CHECK(std::string(refused.error().message()).find(why) != std::string::npos);
  }
}

TEST_CASE("a new connection to a backend goes on with the last session, the certificate with it", "[http][tls]") {
  Backend backend(1);
  const BackendTls tls = backend.good();
  for (int i = 0; i < 4; ++i) CHECK(backend.call(&tls).value() == backend.gateway.der());
  const ClientStatistics statistics = backend.runtime.client_statistics();
  CHECK(statistics.tls_handshakes == 4);
  CHECK(statistics.tls_resumed == 3);
}

TEST_CASE("contexts for backends are made once for each content, and not without bound", "[http][tls]") {
  BackendContexts contexts({.ca_file = {}, .use_system_store = false});
  const Identity identity;
  BackendTls tls{identity.certificate_pem(), {}, {}};
  const auto first = contexts.find(tls);
  CHECK(contexts.find(tls) == first);
  CHECK(contexts.find(BackendTls()) == contexts.own());
  for (std::size_t i = 0; i < BackendContexts::most_kept + 10; ++i) {
    tls.key = std::to_string(i);
    contexts.find(tls);
  }
  CHECK(contexts.size() == BackendContexts::most_kept);
}
