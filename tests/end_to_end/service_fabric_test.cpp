// SPDX-License-Identifier: Apache-2.0
// `sluice run` before a small cluster: its management by TLS, which wants to be shown a certificate and is known by its
// thumbprint alone, and a service that moves.
#include "end_to_end/support.hpp"
#include "http/tls_support.hpp"

#include "base/crypto_certificate.hpp"

#include <catch2/catch.hpp>

#include <mutex>
#include <optional>

using namespace sluice;
using namespace sluice::test;
using http::test::Identity;

namespace {

/// Answers with a word.
struct Service {
  explicit Service(std::string word)
      : handler([text = std::move(word)](Request& request) -> Task<Response> {
          co_return http::test::text_response(request, 200, text);
        }) {}
  http::test::FunctionHandler handler;
  http::test::Served served{handler};
};

/// The management endpoint: says where the service is, and notes what it was asked.
class Management {
 public:
  Management(const http::test::TemporaryFolder& folder, const std::string& authorities)
      : files_(folder.write_identity("cluster", identity_)), served_(handler_, options(authorities)) {}

  std::uint16_t port() const { return served_.port; }
  std::string thumbprint() const { return read_certificate(identity_.der())->thumbprint; }
  void move_to(std::uint16_t port) {
    const std::lock_guard lock(mutex_);
    service_ = port;
    ++version_;
  }
  std::vector<std::string> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  http::ServerOptions options(const std::string& authorities) const {
    http::ServerOptions options = http::test::unhurried();
    options.tls.emplace().certificates.push_back(files_);
    options.tls->client_certificates = ClientCertificates::required;
    options.tls->client_ca_file = authorities;
    return options;
  }
  Task<Response> answer(Request& request) {
    const std::lock_guard lock(mutex_);
    const auto shown = read_certificate(request.client_certificate);
    asked_.push_back(std::string(request.url.path) + "?" + std::string(request.url.query) + " by " +
                     (shown ? shown->subject : "nobody"));
    const std::string address =
        R"({\"Endpoints\":{\"\":\"http://127.0.0.1:)" + std::to_string(service_) + R"(/base\"}})";
    const std::string text = R"({"Name": "fabric:/shop/orders", "Endpoints": [{"Kind": "Stateless", "Address": ")" +
                             address + R"("}], "Version": ")" + std::to_string(version_) + "\"}";
    co_return http::test::text_response(request, 200, request.arena.copy(text));
  }

  mutable std::mutex mutex_;
  std::uint16_t service_ = 0;
  int version_ = 0;
  std::vector<std::string> asked_;
  Identity identity_{{.common_name = "cluster"}};
  const ListenerCertificate files_;
  http::test::FunctionHandler handler_{[this](Request& request) { return answer(request); }};
  http::test::Served served_;
};

constexpr const char* policy = R"x(<policies><inbound><base />
  <set-backend-service backend-id="cluster" sf-resolve-condition="@(context.LastError?.Reason == "BackendConnectionFailure")" />
</inbound></policies>)x";

}  // namespace

TEST_CASE("a host asks a cluster where a service is, and again when it has moved", "[end_to_end][fabric]") {
  http::test::TemporaryFolder folder;
  const Identity authority{{.names = {}, .common_name = "authority", .is_authority = true}};
  const Identity gateway{{.names = {}, .common_name = "gateway", .issuer = &authority}};
  Management management(folder, folder.write("authority.pem", authority.certificate_pem()));
  std::optional<Service> first(std::in_place, "one");
  Service second("two");
  management.move_to(first->served.port);

  ArtifactsCopy artifacts;
  std::filesystem::create_directories(artifacts.path() / "backends/cluster");
  std::ofstream(artifacts.path() / "backends/cluster/backendInformation.json")
      << R"({"properties": {"url": "fabric:/shop/orders", "properties": {"serviceFabricCluster": {
        "managementEndpoints": ["https://127.0.0.1:1", "https://127.0.0.1:)"
      << management.port() << R"("], "clientCertificateId": "/certificates/admin", "serverCertificateThumbprints": [")"
      << management.thumbprint() << R"("]}}}})";
  std::ofstream(artifacts.path() / "apis/orders/policy.xml") << policy;
  const auto shown = folder.write_identity("gateway", gateway);
  const std::string own = R"({"certificates": [{"id": "admin", "certificateFile": ")" + shown.certificate_file +
                          R"(", "keyFile": ")" + shown.key_file + "\"}],";
  const std::string settings =
      folder.write("settings.json", replaced(read_text(example_folder / "settings.json"), "{", own));
  Process host("sluice",
               {"run", artifacts.path().string(), "--settings", settings, "--listen", "127.0.0.1:0", "--workers", "1"});
  const std::uint16_t port = port_of(host.line_after("listening on "));
  const auto orders = [&] { return body_of(call(port, "GET", "/orders/", as("demo-key-partner"))); };

  CHECK(orders() == "one");
  CHECK(orders() == "one");
  const std::string question = "/Services/shop~orders/$/ResolvePartition?api-version=6.0&PartitionKeyType=1";
  CHECK(management.asked() == std::vector<std::string>{question + "&timeout=5 by CN=gateway"});

  management.move_to(second.served.port);
  CHECK(orders() == "one");
  first.reset();
  CHECK(orders() == "two");
  CHECK(orders() == "two");
  const std::vector<std::string> asked = management.asked();
  REQUIRE(asked.size() == 2);
  CHECK(asked[1] == question + "&PreviousRspVersion=1&timeout=5 by CN=gateway");
}
