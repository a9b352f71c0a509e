// SPDX-License-Identifier: Apache-2.0
// backends/<id>: single ones, pools of ARM, and pools as the reference architecture writes them.
#include <sluice/model.hpp>

#include "model/support/folder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <iterator>

using namespace sluice;
using namespace std::chrono_literals;
using testing::TemporaryFolder;

namespace {

const Backend& backend(const ServiceModel& model, std::string_view id) {
  const auto found =
      std::find_if(model.backends.begin(), model.backends.end(), [&](const Backend& b) { return b.id == id; });
  REQUIRE(found != model.backends.end());
  return *found;
}

/// The finding that reading and checking a backend of these properties gives.
std::string findings(const std::string& properties) {
  TemporaryFolder folder;
  folder.write("backends/b/backendInformation.json", "{\"properties\": {" + properties + "}}");
  LoadedModel loaded = load_artifacts(folder.path());
  if (loaded.model) validate_model(*loaded.model, loaded.diagnostics);
  return testing::short_forms(loaded.diagnostics);
}

/// So many URLs of endpoints, as JSON.
std::string endpoints(int count) {
  std::string text = R"("https://0.test")";
  for (int i = 1; i < count; ++i) text += ", \"https://" + std::to_string(i) + ".test\"";
  return text;
}

std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

const std::string mission_pool = text_of(std::filesystem::path(SLUICE_SOURCE_DIR) / "policies/backend-pool.json");

}  // namespace

TEST_CASE("A single backend is read with everything it has", "[model][unit]") {
  TemporaryFolder folder;
  folder.write("backends/b/backendInformation.json", R"({"name": "b", "properties": {
    "title": "T", "description": "D", "url": "https://b.test/base", "protocol": "http", "azureRegion": "West US",
    "credentials": {"authorization": {"scheme": "Bearer", "parameter": "t"}, "header": {"x-key": ["1", "2"], "y": "3"},
                    "query": {"code": ["{{code}}"]}, "managedIdentity": {"resource": "https://r.test", "clientId": "i"},
                    "certificateIds": ["/certificates/c"], "certificate": ["0123AB"]},
    "tls": {"validateCertificateChain": false, "validateCertificateName": false},
    "proxy": {"url": "http://p.test:3128", "username": "u", "password": "w"}, "properties": {},
    "circuitBreaker": {"rules": [{"name": "r", "failureCondition": {"count": 3, "interval": "PT1M30S",
      "statusCodeRanges": [{"min": 429, "max": 429}, {"min": 500, "max": 599}], "errorReasons": ["Timeout"]},
      "tripDuration": "PT1H", "acceptRetryAfter": true, "failureResponse": {"statusCode": 503}}]}}})");
  const LoadedModel loaded = load_artifacts(folder.path());
  INFO(testing::rendered(loaded.diagnostics));
  REQUIRE(loaded.model);
  CHECK(testing::short_forms(loaded.diagnostics) == "warning SL5003 4:73\n");
  const Backend& b = loaded.model->backends.at(0);
  REQUIRE(b.credentials.managed_identity);
  CHECK(b.credentials.managed_identity->resource == "https://r.test");
  CHECK(b.credentials.managed_identity->client_id == "i");
  REQUIRE(b.proxy);
  CHECK(b.proxy->url == "http://p.test:3128");
  CHECK(b.proxy->username == "u");
  CHECK(b.proxy->password == "w");
  CHECK(b.title == "T");
  CHECK(b.description == "D");
  CHECK(b.url == "https://b.test/base");
  CHECK(b.azure_region == "West US");
  CHECK(b.credentials.authorization == std::pair<std::string, std::string>("Bearer", "t"));
  CHECK(b.credentials.headers ==
        std::vector<std::pair<std::string, std::string>>{{"x-key", "1"}, {"x-key", "2"}, {"y", "3"}});
  CHECK(b.credentials.query.at(0).second == "{{code}}");
  CHECK(b.credentials.certificates == std::vector<std::string>{"c", "0123AB"});
  CHECK_FALSE(b.validate_certificate_chain);
  CHECK_FALSE(b.validate_certificate_name);
  CHECK_FALSE(b.is_pool());
  REQUIRE(b.circuit_breaker);
  CHECK(b.circuit_breaker->name == "r");
  CHECK(b.circuit_breaker->count == 3u);
  CHECK_FALSE(b.circuit_breaker->percentage);
  CHECK(b.circuit_breaker->interval == 90s);
  CHECK(b.circuit_breaker->trip_duration == 1h);
  CHECK(b.circuit_breaker->status_code_ranges.at(1).max == 599);
  CHECK(b.circuit_breaker->error_reasons == std::vector<std::string>{"Timeout"});
  CHECK(b.circuit_breaker->accept_retry_after);
  CHECK(b.circuit_breaker->failure_status == 503);
}

TEST_CASE("Mistakes in a backend are found where they stand", "[model][unit]") {
  const auto [properties, expected] = GENERATE(table<std::string, std::string>({
      {R"("title": "x")", "error SL5002 1:16\n"},
      {R"("url": "")", "error SL5002 1:24\n"},
      {R"("url": "https://x.test", "type": "Many")", "error SL5003 1:50\n"},
      {R"("url": "https://x.test", "tls": {"validateCertificateName": 1})", "error SL5003 1:77\n"},
      {R"("url": "https://x.test", "credentials": {"header": {"k": [1]}})", "error SL5003 1:75\n"},
      {R"("url": "https://x.test", "credentials": {"header": {"k": 1}})", "error SL5003 1:74\n"},
      {R"("url": "https://x.test", "credentials": {"authorization": {}})", "error SL5002 1:75\n"},
      {R"("url": "https://x.test", "credentials": {"managedIdentity": {}})", "error SL5002 1:77\n"},
      {R"("url": "https://x.test", "credentials": {"certificateIds": [1]})", "error SL5003 1:77\n"},
      {R"("url": "https://x.test", "proxy": {"url": "http://p"})", ""},
      {R"("url": "https://x.test", "proxy": {"url": "https://p"})", "error SL5003 1:51\n"},
      {R"("url": "https://x.test", "proxy": {"url": "{{p}}"})", "error SL5005 0:0\n"},
      {R"("url": "https://x.test", "proxy": {"username": "u"})", "error SL5002 1:51\n"},
      {R"("url": "https://x.test", "resourceId": "https://r.test/1", "new": 1)", ""},  // infos, see below
      {R"("url": "https://x.test", "tls": {"serverCertificateThumbprints": [1]})", "error SL5003 1:83\n"},
      {R"("url": "https://x.test", "tls": {"serverX509Names": [{"name": "x"}]})", "error SL5002 1:70\n"},
      {R"("url": "fabric:/a/b", "properties": {"serviceFabricCluster": {}})", "error SL5002 1:78\n"},
      {R"("url": "fabric:/a/b", "properties": {"serviceFabricCluster": null})", "error SL5003 1:24\n"},
      {R"("type": "Pool")", "error SL5002 1:16\n"},
      {R"("type": "Pool", "pool": {"services": []})", "error SL5002 1:41\n"},
      {R"("type": "Pool", "pool": {"services": [{"priority": 1}]})", "error SL5002 1:55\n"},
      {R"("url": "nonsense")", "error SL5003 1:24\n"},
      {R"("url": "http://x.test")", "warning SL5003 1:24\n"},
      {R"("url": "http://127.0.0.1:9101")", ""},
  }));
  CHECK(findings(properties) == expected);
}

TEST_CASE("A backend of a Service Fabric cluster is read with everything it has", "[model][unit]") {
  TemporaryFolder folder;
  folder.write("backends/b/backendInformation.json", R"({"properties": {"url": "fabric:/shop/carts", "protocol": "http",
    "properties": {"serviceFabricCluster": {
      "managementEndpoints": ["https://one.test:19080", "{{second}}"], "clientCertificateId": "/service/certificates/c",
      "clientCertificatethumbprint": "ignored", "serverCertificateThumbprints": ["AB"],
      "serverX509Names": [{"name": "n", "issuerCertificateThumbprint": "CD"}], "maxPartitionResolutionRetries": 9}}}})");
  folder.write("namedValues/second/namedValueInformation.json",
               R"({"properties": {"displayName": "second", "value": "https://two.test:19080"}})");
  LoadedModel loaded = load_artifacts(folder.path());
  INFO(testing::rendered(loaded.diagnostics));
  REQUIRE(loaded.model);
  validate_model(*loaded.model, loaded.diagnostics);
  CHECK(testing::short_forms(loaded.diagnostics) == "");
  resolve_backend_values(*loaded.model);
  const Backend& b = loaded.model->backends.at(0);
  CHECK(b.url == "fabric:/shop/carts");
  REQUIRE(b.cluster);
  CHECK(b.cluster->management_endpoints ==
        std::vector<std::string>{"https://one.test:19080", "https://two.test:19080"});
  CHECK(b.cluster->client_certificate == "c");
  CHECK(b.cluster->certificate_thumbprints == std::vector<std::string>{"AB"});
  CHECK(b.cluster->certificate_names == std::vector<std::pair<std::string, std::string>>{{"n", "CD"}});
  CHECK(b.cluster->resolution_retries == 9);
  CHECK(b.certificate_thumbprints.empty());  // those of the service itself stand in `tls`
}

TEST_CASE("A cluster's certificate may be named by a thumbprint in either spelling", "[model][unit]") {
  const std::string field = GENERATE("clientCertificatethumbprint", "clientCertificateThumbprint");
  TemporaryFolder folder;
  folder.write("backends/b/backendInformation.json", R"({"properties": {"url": "fabric:/a/b", "properties": {
    "serviceFabricCluster": {"managementEndpoints": ["https://x.test"], ")" +
                                                         field + R"(": "0123AB"}}}})");
  const LoadedModel loaded = load_artifacts(folder.path());
  REQUIRE(loaded.model);
  CHECK(testing::short_forms(loaded.diagnostics, nullptr, Severity::info) == "");
  REQUIRE(loaded.model->backends.at(0).cluster);
  CHECK(loaded.model->backends[0].cluster->client_certificate == "0123AB");
  CHECK(loaded.model->backends[0].cluster->resolution_retries == 5);
}

TEST_CASE("Mistakes in a cluster are found where they stand", "[model][unit]") {
  const auto [url, cluster, expected] = GENERATE(table<std::string, std::string, std::string>({
      {"fabric:/a", R"("managementEndpoints": ["https://x.test"])", ""},
      {"{{name}}", R"("managementEndpoints": ["https://x.test"])", "error SL5005"},
      {"https://x.test", R"("managementEndpoints": ["https://x.test"])", "warning SL5003"},
      {"fabric:/a", R"("managementEndpoints": [])", "error SL5002"},
      {"fabric:/a", R"("managementEndpoints": "https://x.test")", "error SL5003"},
      {"fabric:/a", R"("managementEndpoints": [7])", "error SL5003"},
      {"fabric:/a", R"("managementEndpoints": ["x.test:19080"])", "error SL5003"},
      {"fabric:/a", R"("managementEndpoints": ["http://x.test:19080"])", "warning SL5003"},
      {"fabric:/a", R"("managementEndpoints": ["http://localhost:19080"])", ""},
      {"fabric:/a", R"("managementEndpoints": ["https://x.test"], "maxPartitionResolutionRetries": -1)",
       "error SL5003"},
      {"fabric:/a", R"("managementEndpoints": ["https://x.test"], "maxPartitionResolutionRetries": 51)",
       "error SL5003"},
      {"fabric:/a", R"("managementEndpoints": ["https://x.test"], "serverX509Names": [{"name": "n"}])", "error SL5002"},
      {"fabric:/a", R"("managementEndpoints": ["https://x.test"], "serverCertificateThumbprints": "AB")",
       "error SL5003"},
      {"fabric:/a", "\"managementEndpoints\": [" + endpoints(32) + "]", ""},
      {"fabric:/a", "\"managementEndpoints\": [" + endpoints(33) + "]", "error SL5003"},
  }));
  INFO(cluster);
  const std::string found =
      findings("\"url\": \"" + url + R"(", "properties": {"serviceFabricCluster": {)" + cluster + "}}");
  CHECK(found.substr(0, expected.size()) == expected);
  CHECK(found.empty() == expected.empty());
}

TEST_CASE("What has no effect, or is not known, is mentioned", "[model][unit]") {
  TemporaryFolder folder;
  folder.write("backends/b/backendInformation.json",
               R"({"properties": {"url": "https://x.test", "resourceId": "https://r.test/1", "new": 1}})");
  const LoadedModel loaded = load_artifacts(folder.path());
  CHECK(testing::short_forms(loaded.diagnostics, nullptr, Severity::info) == "info SL5004 1:56\ninfo SL5004 1:76\n");
}

TEST_CASE("Certificates that a backend names are looked at whatever else is said", "[model][unit]") {
  TemporaryFolder folder;
  folder.write("backends/b/backendInformation.json", R"({"properties": {"url": "https://b.test", "tls": {
    "validateCertificateChain": false, "validateCertificateName": false, "serverCertificateThumbprints": ["AB"],
    "serverX509Names": [{"name": "n", "issuerCertificateThumbprint": "CD"}]}}})");
  const LoadedModel loaded = load_artifacts(folder.path());
  REQUIRE(loaded.model);
  const Backend& b = loaded.model->backends.at(0);
  CHECK(b.certificate_thumbprints == std::vector<std::string>{"AB"});
  CHECK(b.certificate_names == std::vector<std::pair<std::string, std::string>>{{"n", "CD"}});
  CHECK(b.validate_certificate_chain);
  CHECK(b.validate_certificate_name);
}

TEST_CASE("A pool may bring callers back to their member by a cookie", "[model][unit]") {
  const auto [affinity, cookie, expected] = GENERATE(table<std::string, std::string, std::string>({
      {R"({"sessionId": {"source": "Cookie", "name": "SessionId"}})", "SessionId", ""},
      {R"({"sessionId": {"name": "x"}})", "x", ""},
      {R"({"sessionId": {"source": "Header", "name": "x"}})", "", "error SL5003"},
      {R"({"sessionId": {"source": "Cookie"}})", "", "error SL5002"},
      {R"({"sessionId": {"source": "Cookie", "name": "a b"}})", "", "error SL5003"},
      {R"({})", "", "error SL5002"},
  }));
  INFO(affinity);
  TemporaryFolder folder;
  folder.write("backends/a/backendInformation.json", R"({"properties": {"url": "https://a.test"}})");
  folder.write("backends/p/backendInformation.json",
               R"({"properties": {"type": "Pool", "pool": {"services": [{"id": "/backends/a"}], "sessionAffinity": )" +
                   affinity + "}}}");
  const LoadedModel loaded = load_artifacts(folder.path());
  const std::string found = testing::short_forms(loaded.diagnostics);
  CHECK(found.substr(0, expected.size()) == expected);
  CHECK(found.empty() == expected.empty());
  if (loaded.model) CHECK(backend(*loaded.model, "p").affinity_cookie == cookie);
}

TEST_CASE("Certificates of a folder are names: what they are made of stays with the service", "[model][unit]") {
  TemporaryFolder folder;
  folder.write("certificates/c/certificateInformation.json", R"({"name": "c", "properties": {"subject": "CN=c",
    "thumbprint": "AB12", "expirationDate": "2030-01-01T00:00:00Z", "keyVault": {"secretIdentifier": "https://v/c"}}})");
  const LoadedModel loaded = load_artifacts(folder.path());
  INFO(testing::rendered(loaded.diagnostics));
  REQUIRE(loaded.model);
  CHECK(loaded.diagnostics.empty());
  const Certificate& certificate = loaded.model->certificates.at(0);
  CHECK(certificate.id == "c");
  CHECK(certificate.subject == "CN=c");
  CHECK(certificate.thumbprint == "AB12");
  CHECK(certificate.expiration_date == "2030-01-01T00:00:00Z");
  CHECK_FALSE(certificate.is_at_hand);
}

TEST_CASE("Mistakes in a circuit breaker are found where they stand", "[model][unit]") {
  const std::string before = R"("url": "https://x.test", "circuitBreaker": )";
  const auto [breaker, expected] = GENERATE(table<std::string, std::string>({
      {R"({"rules": []})", ""},
      {R"({"rules": [{}]})", "error SL5002 1:71\nerror SL5002 1:71\n"},
      {R"({"rules": [{"failureCondition": {"count": 1, "interval": "10s", "errorReasons": ["x"]}, "tripDuration": "PT1S"}]})",
       "error SL5003 1:117\n"},
      {R"({"rules": [{"failureCondition": {"interval": "PT1S", "errorReasons": ["x"]}, "tripDuration": "PT1S"}]})",
       "error SL5002 1:92\n"},
      {R"({"rules": [{"failureCondition": {"count": 1, "interval": "PT1S"}, "tripDuration": "PT1S"}]})",
       "warning SL5002 1:92\n"},
      {R"({"rules": [{"failureCondition": {"count": 0, "interval": "PT1S", "errorReasons": ["x"]}, "tripDuration": "PT1S"}]})",
       "error SL5003 1:102\n"},
      {R"({"rules": [{"failureCondition": {"count": 1, "interval": "PT1S", "statusCodeRanges": [{"min": 599, "max": 500}]},
         "tripDuration": "PT1S"}]})",
       "error SL5003 1:146\n"},
  }));
  CHECK(findings(before + breaker) == expected);
}

TEST_CASE("Of several rules the first counts", "[model][unit]") {
  const std::string rule =
      R"({"failureCondition": {"count": 1, "interval": "PT1S", "errorReasons": ["x"]}, "tripDuration": "PT1S"})";
  CHECK(findings(R"("url": "https://x.test", "circuitBreaker": {"rules": [)" + rule + ",\n" + rule + "]}") ==
        "warning SL5003 2:1\n");
}

TEST_CASE("A pool names its members by id", "[model][unit]") {
  TemporaryFolder folder;
  folder.write("backends/a/backendInformation.json", R"({"properties": {"url": "https://a.test"}})");
  folder.write("backends/b/backendInformation.json", R"({"properties": {"url": "https://b.test"}})");
  folder.write("backends/p/backendInformation.json", R"({"properties": {"type": "Pool", "pool": {"services": [
    {"id": "/backends/a", "priority": 1, "weight": 3},
    {"id": "/subscriptions/0/resourceGroups/r/providers/Microsoft.ApiManagement/service/s/backends/b"}],
    "failureResponse": {"statusCode": 429}}}})");
  const LoadedModel loaded = load_artifacts(folder.path());
  INFO(testing::rendered(loaded.diagnostics));
  REQUIRE(loaded.model);
  const Backend& pool = backend(*loaded.model, "p");
  REQUIRE(pool.pool.size() == 2);
  CHECK(pool.pool[0].backend_id == "a");
  CHECK(pool.pool[0].priority == 1);
  CHECK(pool.pool[0].weight == 3);
  CHECK(pool.pool[1].backend_id == "b");
  CHECK(pool.pool_failure_status == 429);
}

TEST_CASE("A pool has a bound on its members", "[model][limits]") {
  std::string services;
  for (int i = 0; i < 31; ++i) services += std::string(i == 0 ? "" : ",") + R"({"id": "/backends/x"})";
  CHECK(findings(R"("type": "Pool", "pool": {"services": [)" + services + "]}").find("error SL5003 1:54\n") == 0);
  std::string urls;
  for (int i = 0; i < 31; ++i) {
    urls += std::string(i == 0 ? "" : ",") + R"({"url": "https://x)" + std::to_string(i) + R"(.test"})";
  }
  CHECK(findings("\"backends\": [" + urls + "]") == "error SL5003 1:29\n");
}

TEST_CASE("The pool of the reference architecture is taken as it is written", "[model][unit]") {
  REQUIRE_FALSE(mission_pool.empty());
  TemporaryFolder folder;
  SECTION("as the whole file") { folder.write("backends/pool/backendInformation.json", mission_pool); }
  SECTION("under properties") {
    folder.write("backends/pool/backendInformation.json", "{\"properties\": " + mission_pool + "}");
  }
  const LoadedModel loaded = load_artifacts(folder.path());
  INFO(testing::rendered(loaded.diagnostics));
  REQUIRE(loaded.model);
  CHECK(loaded.diagnostics.empty());
  const Backend& pool = backend(*loaded.model, "pool");
  REQUIRE(pool.pool.size() == 3);
  CHECK(pool.pool[0].backend_id == "pool.aoai-ptu-primary.openai.azure.com");
  CHECK(pool.pool[0].priority == 1);
  CHECK(pool.pool[0].weight == 50);
  CHECK(pool.pool[2].backend_id == "pool.aoai-payg-spillover.openai.azure.com");
  CHECK(pool.pool[2].priority == 2);
  CHECK(pool.pool[2].weight == 100);
  for (const PoolMember& member : pool.pool) {
    const Backend& single = backend(*loaded.model, member.backend_id);
    REQUIRE(single.circuit_breaker);
    CHECK(single.circuit_breaker->count == 3u);
    CHECK(single.circuit_breaker->interval == 10s);
    CHECK(single.circuit_breaker->trip_duration == 30s);
    CHECK(single.circuit_breaker->accept_retry_after);
    CHECK(single.circuit_breaker->status_code_ranges.size() == 2);
  }
  Diagnostics rules;
  validate_model(*loaded.model, rules);
  CHECK(testing::short_forms(rules) == "");
}

TEST_CASE("A URL of such a pool is the backend that has it", "[model][unit]") {
  TemporaryFolder folder;
  folder.write("backends/pool/backendInformation.json", mission_pool);
  folder.write("backends/primary/backendInformation.json",
               R"({"properties": {"url": "HTTPS://AOAI-PTU-Primary.openai.azure.com:443/"}})");
  folder.write("backends/zz-payg/backendInformation.json", R"({"properties": {
    "url": "https://aoai-payg-spillover.openai.azure.com", "circuitBreaker": {"rules": [{"failureCondition":
      {"count": 9, "interval": "PT1S", "errorReasons": ["x"]}, "tripDuration": "PT1S"}]}}})");
  const LoadedModel loaded = load_artifacts(folder.path());
  REQUIRE(loaded.model);
  const Backend& pool = backend(*loaded.model, "pool");
  CHECK(pool.pool.at(0).backend_id == "primary");
  CHECK(pool.pool.at(1).backend_id == "pool.aoai-ptu-secondary.openai.azure.com");
  CHECK(pool.pool.at(2).backend_id == "zz-payg");
  // The pool's rule goes to members without one.
  CHECK(backend(*loaded.model, "primary").circuit_breaker->count == 3u);
  CHECK(backend(*loaded.model, "zz-payg").circuit_breaker->count == 9u);
}

TEST_CASE("Members made for a pool's URLs have ids of their own", "[model][unit]") {
  TemporaryFolder folder;
  folder.write(
      "backends/pool/backendInformation.json",
      R"({"backends": [{"url": "https://x.test/a"}, {"url": "https://x.test:8443/a?b"}, {"url": "https://x.test/a-b"}]})");
  folder.write("backends/pool.x.test-a/backendInformation.json", R"({"properties": {"url": "https://y.test"}})");
  const LoadedModel loaded = load_artifacts(folder.path());
  REQUIRE(loaded.model);
  const Backend& pool = backend(*loaded.model, "pool");
  CHECK(pool.pool.at(0).backend_id == "pool.x.test-a-2");
  CHECK(pool.pool.at(1).backend_id == "pool.x.test-8443-a-b");
  CHECK(pool.pool.at(2).backend_id == "pool.x.test-a-b");
}

TEST_CASE("Mistakes in such a pool are found where they stand", "[model][unit]") {
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {R"({"backends": []})", "error SL5002 1:14\n"},
      {R"({"backends": 5})", "error SL5003 1:14\n"},
      {R"({"backends": [{"priority": 1}]})", "error SL5002 1:15\n"},
      {R"({"backends": [{"url": "https://x.test", "priority": -1}]})", "error SL5003 1:53\n"},
      {R"({"backends": [{"url": "https://x.test"}, {"url": "x test"}]})", "error SL5003 1:50\n"},
      {R"({"backends": [{"url": "https://x.test"}, {"url": "https://x.test/"}]})", "error SL5006 0:0\n"},
  }));
  TemporaryFolder folder;
  folder.write("backends/b/backendInformation.json", text);
  LoadedModel loaded = load_artifacts(folder.path());
  if (loaded.model) validate_model(*loaded.model, loaded.diagnostics);
  CHECK(testing::short_forms(loaded.diagnostics) == expected);
}
