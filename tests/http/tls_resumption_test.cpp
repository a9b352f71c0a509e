// SPDX-License-Identifier: Apache-2.0
// Who may go on with which session (K1), and certificates of callers.
#include "http/tls_support.hpp"

#include <catch2/catch.hpp>

#include "http/ticket_keys.hpp"

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;

namespace {

/// Answers with the caller's certificate.
Task<Response> show_certificate(Request& request) { co_return text_response(request, 200, request.client_certificate); }

/// Who may sign callers' certificates, who has, and listeners that ask for them.
struct Callers {
  TemporaryFolder folder;
  Identity server;
  Identity authority{{.names = {}, .common_name = "authority", .is_authority = true}};
  Identity other_authority{{.names = {}, .common_name = "other", .is_authority = true}};
  Identity caller{{.names = {}, .common_name = "caller", .issuer = &authority}};
  Identity stranger{{.names = {}, .common_name = "stranger", .issuer = &other_authority}};
  Identity late{{.names = {}, .common_name = "late", .ends = -60, .issuer = &authority}};
  FunctionHandler handler{show_certificate};

  ServerOptions options(ClientCertificates mode) const {
    ServerOptions options;
    ListenerTls& tls = options.tls.emplace();
    tls.certificates.push_back(folder.write_identity("server", server));
    tls.client_certificates = mode;
    if (mode != ClientCertificates::none)
      tls.client_ca_file = folder.write("authority.pem", authority.certificate_pem());
    return options;
  }
};

/// A session of a connection that has been used for a request, so that its tickets have arrived.
Owned<SSL_SESSION> used_session(TlsClient& client) {
  REQUIRE(status_of(client.get()) == 200);
  return client.session();
}

const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

}  // namespace

TEST_CASE("a session is resumed on any worker, and its ticket needs no memory of the server", "[http][tls]") {
  Callers callers;
  for (const int version : versions) {
    Served served(callers.handler, callers.options(ClientCertificates::none), 2);
    TlsClient first(served.port, {.server_name = "localhost", .most_version = version});
    const auto session = used_session(first);
    for (int i = 0; i < 6; ++i) {
      TlsClient again(served.port, {.server_name = "localhost", .most_version = version, .session = session.get()});
      CHECK(again.is_resumed());
      CHECK(status_of(again.get()) == 200);
    }
    CHECK(served.eventually([](const ServerStatistics& s) { return s.tls_resumed == 6 && s.tls_handshakes == 7; }));
  }
}

TEST_CASE("K1: a ticket is good for the host that was named, and for no other", "[http][tls]") {
  Callers callers;
  for (const int version : versions) {
    Served served(callers.handler, callers.options(ClientCertificates::none));
    TlsClient first(served.port, {.server_name = "a.test", .most_version = version});
    const auto session = used_session(first);
    for (const char* name : {"b.test", ""}) {
      TlsClient other(served.port, {.server_name = name, .most_version = version, .session = session.get()});
      CHECK(other.is_connected());
      CHECK_FALSE(other.is_resumed());
    }
    TlsClient same(served.port, {.server_name = "A.test", .most_version = version, .session = session.get()});
    CHECK(same.is_resumed());
  }
}

TEST_CASE("tickets do not outlive their server's keys", "[http][tls]") {
  Callers callers;
  for (const int version : versions) {
    Served served(callers.handler, callers.options(ClientCertificates::none));
    Served other(callers.handler, callers.options(ClientCertificates::none));
    TlsClient first(served.port, {.most_version = version});
    const auto session = used_session(first);
    TlsClient again(other.port, {.most_version = version, .session = session.get()});
    CHECK(again.is_connected());
    CHECK_FALSE(again.is_resumed());
    CHECK(status_of(again.get()) == 200);
  }
}

TEST_CASE("ticket keys are renewed, and old ones stay as long as their tickets are good", "[http][tls]") {
  TicketKeys keys;
  const SteadyTime start{};
  const auto first = keys.current(start);
  REQUIRE(first);
  CHECK(keys.current(start + TicketKeys::renewal - std::chrono::seconds(1))->name == first->name);
  const auto second = keys.current(start + TicketKeys::renewal);
  CHECK(second->name != first->name);
  CHECK(second->cipher != first->cipher);
  const auto end = start + TicketKeys::renewal + TicketKeys::ticket_time;
  CHECK(keys.find(first->name, end - std::chrono::seconds(1))->cipher == first->cipher);
  CHECK_FALSE(keys.find(first->name, end));
  CHECK(keys.find(second->name, end));
}

TEST_CASE("a caller's certificate is seen by the request, also on a resumed session", "[http][tls]") {
  Callers callers;
  for (const auto mode : {ClientCertificates::optional, ClientCertificates::required}) {
    Served served(callers.handler, callers.options(mode));
    for (const int version : versions) {
      TlsClient first(served.port, {.most_version = version, .identity = &callers.caller});
      CHECK(body_of(first.get()) == callers.caller.der());
      const auto session = first.session();
      TlsClient again(served.port, {.most_version = version, .session = session.get()});
      CHECK(again.is_resumed());
      CHECK(body_of(again.get()) == callers.caller.der());
    }
  }
}

TEST_CASE("a caller without a certificate is served where it is optional, and only there", "[http][tls]") {
  Callers callers;
  Served optional(callers.handler, callers.options(ClientCertificates::optional));
  Served required(callers.handler, callers.options(ClientCertificates::required));
  for (const int version : versions) {
    TlsClient free(optional.port, {.most_version = version});
    CHECK(status_of(free.get()) == 200);
    CHECK(TlsClient(required.port, {.most_version = version}).get().empty());
  }
  CHECK(required.eventually([](const ServerStatistics& s) { return s.tls_failures == 2; }));
  CHECK(required.server.statistics().requests == 0);
}

TEST_CASE("a caller's certificate of an unknown authority or past its time is refused everywhere", "[http][tls]") {
  Callers callers;
  for (const auto mode : {ClientCertificates::optional, ClientCertificates::required}) {
    Served served(callers.handler, callers.options(mode));
    for (const int version : versions) {
      for (const Identity* wrong : {&callers.stranger, &callers.late}) {
        CHECK(TlsClient(served.port, {.most_version = version, .identity = wrong}).get().empty());
      }
    }
    CHECK(served.eventually([](const ServerStatistics& s) { return s.tls_failures == 4; }));
    CHECK(served.server.statistics().requests == 0);
  }
}

TEST_CASE("a caller whose certificate is refused gets the alert, not a reset", "[http][tls]") {
  Callers callers;
  Served required(callers.handler, callers.options(ClientCertificates::required));
  for (const int version : versions) {
    TlsClient client(required.port, {.most_version = version});
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\n").send(std::string(50'000, 'x'));
    client.read_to_end();
    CHECK_FALSE(client.raw().was_reset());
    CHECK(client.refusal().find("alert") != std::string::npos);
  }
}

TEST_CASE("K1: a session does not skip what a listener demands after a reload", "[http][tls]") {
  Callers callers;
  for (const int version : versions) {
    callers.folder.write("authority.pem", callers.authority.certificate_pem());
    ServerOptions options = callers.options(ClientCertificates::optional);
    const std::string authorities = options.tls->client_ca_file;
    Served served(callers.handler, std::move(options));
    TlsClient first(served.port, {.most_version = version, .identity = &callers.caller});
    const auto session = used_session(first);
    REQUIRE(TlsClient(served.port, {.most_version = version, .session = session.get()}).is_resumed());
    callers.folder.write("authority.pem", callers.other_authority.certificate_pem());
    REQUIRE(served.server.reload_tls());
    TlsClient again(served.port, {.most_version = version, .session = session.get()});
    CHECK_FALSE(again.is_resumed());
    CHECK(body_of(again.get()).empty());
    CHECK(TlsClient(served.port, {.most_version = version, .identity = &callers.caller}).get().empty());
  }
}
