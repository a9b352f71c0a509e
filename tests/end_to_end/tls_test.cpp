// SPDX-License-Identifier: Apache-2.0
// `sluice run` with certificates: what it says, what policies see of callers, what backends see of it, SIGHUP.
#include "end_to_end/support.hpp"
#include "http/tls_support.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace sluice::test;
using http::test::Identity;
using http::test::TlsClient;

namespace {

constexpr const char* caller_policy =
    "<policies><inbound><base /><return-response><set-body>@(context.Request.OriginalUrl.Scheme + \" \" + "
    "(context.Request.Certificate == null ? \"nobody\" : context.Request.Certificate.Subject))</set-body>"
    "</return-response></inbound></policies>";

/// Files of certificates, and settings that name them.
struct Files {
  http::test::TemporaryFolder folder;
  Identity authority{{.names = {}, .common_name = "authority", .is_authority = true}};
  Identity caller{{.names = {}, .common_name = "caller", .issuer = &authority}};
  std::string authorities = folder.write("authority.pem", authority.certificate_pem());

  std::string listener(const Identity& identity) const {
    const auto files = folder.write_identity("listener", identity);
    return R"("listenTls": {"certificates": [{"certificateFile": ")" + files.certificate_file + R"(", "keyFile": ")" +
           files.key_file + R"("}], "clientCertificates": "optional", "clientCaFile": ")" + authorities + "\"}";
  }
};

std::vector<std::string> run_arguments(const std::filesystem::path& artifacts, const std::string& settings) {
  return {"run", artifacts.string(), "--settings", settings, "--listen", "127.0.0.1:0", "--workers", "1"};
}

std::string orders(TlsClient& client) {
  return body_of(client.send(request_text("GET", "/orders/", as("demo-key-partner"), {})).read_message());
}

}  // namespace

TEST_CASE("a host listens by https, policies see the caller's certificate, SIGHUP renews the host's", "[end_to_end]") {
  Files files;
  ArtifactsCopy artifacts;
  std::ofstream(artifacts.path() / "apis/orders/policy.xml") << caller_policy;
  const std::string example = read_text(example_folder / "settings.json");
  const std::string settings = files.folder.write(
      "settings.json", replaced(example, "{", "{" + files.listener(Identity({.common_name = "one"})) + ","));
  Process host("sluice", run_arguments(artifacts.path(), settings));
  const std::string address = host.line_after("listening on ");
  CHECK(address.starts_with("https://127.0.0.1:"));
  const std::uint16_t port = port_of(address);
  TlsClient unknown(port);
  CHECK(unknown.shown_name() == "one");
  CHECK(orders(unknown) == "https nobody");
  TlsClient known(port, {.identity = &files.caller});
  CHECK(orders(known) == "https CN=caller");

  files.folder.write_identity("listener", Identity({.common_name = "two"}));
  host.signal(SIGHUP);
  host.line_after("reloaded certificates");
  CHECK(TlsClient(port).shown_name() == "two");
  CHECK(orders(unknown) == "https nobody");

  files.folder.write("listener.key", "nonsense");
  host.signal(SIGHUP);
  host.line_after("reloaded ");  // the artifacts
  CHECK(host.waits_for_err("holds no private key"));
  CHECK(TlsClient(port).shown_name() == "two");
}

TEST_CASE("a host whose certificate cannot be used does not start and says which file is wrong", "[end_to_end]") {
  Files files;
  ArtifactsCopy artifacts;
  const std::string tls = files.listener(Identity({.ends = -60}));
  const std::string settings = files.folder.write("settings.json", "{" + tls + "}");
  Process host("sluice", run_arguments(artifacts.path(), settings));
  CHECK(host.wait() != 0);
  CHECK(host.err().find("listener.pem' has expired.") != std::string::npos);
}
