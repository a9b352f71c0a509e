// SPDX-License-Identifier: Apache-2.0
// `sluice run` between callers and a backend that both show certificates, directly and through a proxy.
#include "end_to_end/support.hpp"
#include "http/proxy_support.hpp"
#include "http/tls_support.hpp"

#include "base/crypto_certificate.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace sluice::test;
using http::test::Identity;
using http::test::TlsClient;

namespace {

/// Answers with the subject of the certificate that it is shown.
Task<Response> tell_subject(Request& request) {
  const auto shown = read_certificate(request.client_certificate);
  co_return http::test::text_response(request, 200, request.arena.copy(shown ? shown->subject : "nobody"));
}

/// An authority, who it vouches for, and a backend that wants to be shown a certificate.
struct World {
  http::test::TemporaryFolder folder;
  Identity authority{{.names = {}, .common_name = "authority", .is_authority = true}};
  Identity server{{.issuer = &authority}};
  Identity caller{{.names = {}, .common_name = "caller", .issuer = &authority}};
  Identity other_caller{{.names = {}, .common_name = "other", .issuer = &authority}};
  Identity gateway{{.names = {}, .common_name = "gateway", .issuer = &authority}};
  std::string authorities = folder.write("authority.pem", authority.certificate_pem());
  ListenerCertificate listener = folder.write_identity("listener", server);
  http::test::FunctionHandler handler{tell_subject};
  http::test::Served backend{handler, backend_options()};
  http::test::SmallProxy proxy;
  ArtifactsCopy artifacts;

  http::ServerOptions backend_options() const {
    http::ServerOptions options;
    options.tls.emplace().certificates.push_back(listener);
    options.tls->client_certificates = ClientCertificates::required;
    options.tls->client_ca_file = authorities;
    return options;
  }

  std::string settings() const {
    const auto shown = folder.write_identity("gateway", gateway);
    const auto pair = [](const ListenerCertificate& files) {
      return R"("certificateFile": ")" + files.certificate_file + R"(", "keyFile": ")" + files.key_file + "\"";
    };
    const std::string own = R"({"listenTls": {"certificates": [{)" + pair(listener) +
                            R"(}], "clientCertificates": "optional", "clientCaFile": ")" + authorities +
                            R"("}, "tls": {"caFile": ")" + authorities + R"("}, "certificates": [{"id": "gw", )" +
                            pair(shown) + "}],";
    return folder.write("settings.json", replaced(read_text(example_folder / "settings.json"), "{", own));
  }
};

std::string orders(TlsClient& client) {
  return client.send(request_text("GET", "/orders/", as("demo-key-partner"), {})).read_message();
}

}  // namespace

TEST_CASE("a host lets in callers that its policy lists, and shows the backend its own certificate",
          "[end_to_end][tls]") {
  World world;
  std::ofstream(world.artifacts.path() / "apis/orders/policy.xml") << R"x(<policies><inbound><base />
        <validate-client-certificate validate-revocation="false"><identities><identity subject="CN=caller" /></identities>
        </validate-client-certificate>
        <authentication-certificate certificate-id="gw" />
        <choose><when condition="@(context.Request.Headers.ContainsKey("X-By-Proxy"))">
          <proxy url="http://127.0.0.1:)x" << world.proxy.port() << R"x(" username="u" password="w" /></when></choose>
        <set-backend-service base-url="https://127.0.0.1:)x" << world.backend.port
                                                                   << R"x(" /></inbound></policies>)x";
  Process host("sluice", {"run", world.artifacts.path().string(), "--settings", world.settings(), "--listen",
                          "127.0.0.1:0", "--workers", "1"});
  const std::uint16_t port = port_of(host.line_after("listening on "));

  TlsClient nobody(port);
  CHECK(status_of(orders(nobody)) == 403);
  TlsClient other(port, {.identity = &world.other_caller});
  CHECK(status_of(orders(other)) == 403);
  TlsClient caller(port, {.identity = &world.caller});
  CHECK(body_of(orders(caller)) == "CN=gateway");
  CHECK(body_of(orders(caller)) == "CN=gateway");
  CHECK(world.proxy.connections() == 0);

  Fields fields = as("demo-key-partner");
  fields.emplace_back("X-By-Proxy", "1");
  CHECK(body_of(caller.send(request_text("GET", "/orders/", fields, {})).read_message()) == "CN=gateway");
  CHECK(http::test::header_of(world.proxy.last_head() + "\r\n\r\n", "Proxy-Authorization") == "Basic dTp3");
  CHECK(world.backend.server.statistics().tls_handshakes == 2);
}
