// SPDX-License-Identifier: Apache-2.0
// Certificates from files: what is wrong with them is said, and a reload changes them without an end of connections.
#include "http/tls_support.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;

namespace {

struct Started {
  Started() {
    options.tls.emplace();
    options.tls->certificates = {folder.write_identity("first", identity)};
  }
  /// Why a server with these options does not start.
  std::string problem() {
    FunctionHandler handler(echo);
    Runtime runtime({.workers = 1, .limits = {}, .tls = {}});
    Server server(runtime, options, handler);
    auto started = server.start();
    return started ? std::string() : std::string(started.error().message());
  }
  TemporaryFolder folder;
  Identity identity{{.common_name = "first"}};
  ServerOptions options;
};

}  // namespace

TEST_CASE("a certificate that cannot be used is refused at the start, naming the file", "[http][tls]") {
  Started at;
  const std::string file = at.options.tls->certificates[0].certificate_file;
  const std::string key = at.options.tls->certificates[0].key_file;
  CHECK(at.problem().empty());
  at.options.tls->certificates[0].certificate_file = at.folder.path("none.pem");
  CHECK(at.problem() == "The file '" + at.folder.path("none.pem") + "' cannot be read: No such file or directory.");
  at.options.tls->certificates[0].certificate_file = at.folder.path("");
  CHECK(at.problem().find("cannot be read: Is a directory.") != std::string::npos);
  at.options.tls->certificates[0].certificate_file = key;
  CHECK(at.problem() == "The file '" + key + "' holds no certificate in PEM, or a malformed one.");
  at.options.tls->certificates[0].certificate_file = file;
  at.options.tls->certificates[0].key_file = file;
  CHECK(at.problem() == "The file '" + file + "' holds no private key in PEM.");
  at.options.tls->certificates[0].key_file = at.folder.write("locked.key", at.identity.key_pem("secret"));
  CHECK(at.problem().find("holds a key with a passphrase") != std::string::npos);
  at.options.tls->certificates[0].key_file = at.folder.write("other.key", Identity().key_pem());
  CHECK(at.problem() ==
        "The key in '" + at.folder.path("other.key") + "' does not belong to the certificate in '" + file + "'.");
  at.options.tls->certificates.clear();
  CHECK(at.problem() == "A TLS listener needs a certificate.");
}

TEST_CASE("certificates out of their time, or too weak, are refused at the start", "[http][tls]") {
  Started at;
  at.options.tls->certificates = {at.folder.write_identity("late", Identity({.ends = -60}))};
  CHECK(at.problem() == "The certificate in '" + at.folder.path("late.pem") + "' has expired.");
  at.options.tls->certificates = {at.folder.write_identity("early", Identity({.begins = 3600, .ends = 7200}))};
  CHECK(at.problem() == "The certificate in '" + at.folder.path("early.pem") + "' is not valid yet.");
  at.options.tls->certificates = {at.folder.write_identity("weak", Identity({.is_rsa = true, .rsa_bits = 1024}))};
  CHECK(at.problem() == "The certificate in '" + at.folder.path("weak.pem") + "' is weaker than TLS allows here.");
  at.options.tls->certificates = {at.folder.write_identity("first", at.identity),
                                  at.folder.write_identity("nameless", Identity({.names = {}}))};
  CHECK(at.problem().find("nameless.pem' has no DNS name") != std::string::npos);
}

TEST_CASE("authorities for callers must be there when certificates are asked for", "[http][tls]") {
  Started at;
  at.options.tls->client_certificates = ClientCertificates::optional;
  CHECK(at.problem().find("needs a file of authorities") != std::string::npos);
  at.options.tls->client_ca_file = at.folder.write("broken.pem", "-----BEGIN CERTIFICATE-----\nabc\n");
  CHECK(at.problem() ==
        "The file '" + at.folder.path("broken.pem") + "' holds no certificate in PEM, or a malformed one.");
}

TEST_CASE("a reload gives new connections the new certificate and leaves the others alone", "[http][tls]") {
  Started at;
  FunctionHandler handler(echo);
  Served served(handler, at.options, 2);
  TlsClient before(served.port);
  CHECK(before.shown_name() == "first");
  CHECK(status_of(before.get("/one")) == 200);
  // A request that has begun before the reload and ends after it.
  TlsClient running(served.port);
  running.send("POST /two HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab");
  // A handshake that has begun before, too.
  RawClient shaking(served.port);
  shaking.send(std::string("\x16\x03\x01", 3));
  CHECK(served.eventually([](const ServerStatistics& s) { return s.open_connections == 3 && s.requests == 2; }));

  at.folder.write_identity("first", Identity({.common_name = "second"}));
  REQUIRE(served.server.reload_tls());
  CHECK(TlsClient(served.port).shown_name() == "second");
  CHECK(status_of(before.get("/three")) == 200);
  CHECK(body_of(running.send("cd").read_message()).find("abcd") != std::string::npos);
  CHECK(status_of(running.get("/four")) == 200);
  CHECK(served.server.statistics().client_aborts == 0);
}

TEST_CASE("a reload that finds an error keeps what was there", "[http][tls]") {
  Started at;
  FunctionHandler handler(echo);
  Served served(handler, at.options);
  at.folder.write("first.key", Identity().key_pem());
  const auto reloaded = served.server.reload_tls();
  REQUIRE_FALSE(reloaded);
  CHECK(std::string(reloaded.error().message()).find("does not belong to") != std::string::npos);
  TlsClient client(served.port);
  CHECK(client.shown_name() == "first");
  CHECK(status_of(client.get()) == 200);
}

TEST_CASE("sessions go on over a reload of certificates", "[http][tls]") {
  Started at;
  FunctionHandler handler(echo);
  Served served(handler, at.options);
  TlsClient first(served.port);
  REQUIRE(status_of(first.get()) == 200);
  const auto session = first.session();
  REQUIRE(served.server.reload_tls());
  CHECK(TlsClient(served.port, {.session = session.get()}).is_resumed());
}
