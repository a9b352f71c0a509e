// SPDX-License-Identifier: Apache-2.0
#include <sluice/host_settings.hpp>

#include "base/text.hpp"
#include "model/support/folder.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

HostSettings settings(const std::string& text) {
  LoadedSettings loaded = parse_host_settings(text, "settings.json");
  INFO(testing::rendered(loaded.diagnostics));
  REQUIRE(loaded.settings);
  return *loaded.settings;
}

std::string findings(const std::string& text) {
  return testing::short_forms(parse_host_settings(text, "settings.json").diagnostics, nullptr, Severity::info);
}

}  // namespace

TEST_CASE("Everything has a default", "[model][settings]") {
  const HostSettings read = settings("{}");
  CHECK(read.listen == "127.0.0.1:8080");
  CHECK(read.admin == "");
  CHECK(read.workers == 0);
  CHECK(read.poll_time == std::chrono::microseconds(200));
  CHECK(read.io_uring);
  CHECK(read.deployment.region == "Local");
  CHECK(read.limits.http.request_line_bytes == HttpLimits{}.request_line_bytes);
  CHECK(read.behaviour.missing_section_is_base);
  CHECK_FALSE(read.behaviour.gateway_status_codes);
  CHECK(read.stores.counters == "memory");
  CHECK(read.tls.use_system_store);
  CHECK(read.file == "settings.json");
}

TEST_CASE("The management interface is read, with its TLS", "[model][settings]") {
  const HostSettings read = settings(
      R"({"management": {"listen": "127.0.0.1:0", "token": "t", "writeBack": true, "allowPlainHttp": true,
                         "listenTls": {"certificates": [{"certificateFile": "a.pem", "keyFile": "a.key"}]}}})");
  CHECK(read.management.listen == "127.0.0.1:0");
  CHECK(read.management.token == "t");
  CHECK(read.management.write_back);
  CHECK(read.management.allow_plain_http);
  REQUIRE(read.management.listen_tls);
  CHECK(read.management.listen_tls->certificates.at(0).key_file == "a.key");
  CHECK(settings("{}").management.listen.empty());
}

TEST_CASE("Mistakes in the settings of the management interface are found, and its token is not shown",
          "[model][settings]") {
  CHECK(findings(R"({"management": {"listen": "x"}})") == "error SL5003 1:27\n");
  CHECK(findings(R"({"management": {"tokn": "t"}})") == "error SL5004 1:17\n");
  CHECK(findings(R"({"management": {"token": "t", "tokenFile": "f"}})") == "error SL5003 1:44\n");
  const LoadedSettings loaded =
      parse_host_settings(R"({"management": {"token": "hush", "writeBack": 1}})", "settings.json");
  CHECK(testing::rendered(loaded.diagnostics).find("hush") == std::string::npos);
}

TEST_CASE("The token may stand in a file", "[model][settings]") {
  testing::TemporaryFolder folder;
  folder.write("token", "from a file\n");
  folder.write("settings.json", R"({"management": {"tokenFile": ")" + folder.file("token") + R"("}})");
  const LoadedSettings loaded = load_host_settings(folder.file("settings.json"));
  REQUIRE(loaded.settings);
  CHECK(loaded.settings->management.token == "from a file");
  folder.write("settings.json", R"({"management": {"tokenFile": ")" + folder.file("none") + R"("}})");
  CHECK_FALSE(load_host_settings(folder.file("settings.json")).settings);
}

TEST_CASE("All settings are read", "[model][settings]") {
  const HostSettings read = settings(
      R"({"$comment": "x", "listen": "[::]:80", "admin": "localhost:0", "workers": 3, "pollMicroseconds": 7, "ioUring": false, "region": "East US",
    "deployment": {"serviceId": "i", "serviceName": "n", "gatewayId": "g", "gatewayInstanceId": "gi"},
    "behaviour": {"rateWindow": "token_bucket", "missingSectionIsBase": false, "gatewayStatusCodes": true,
                  "expressionNewline": "\r\n", "tolerateConsumedBody": false, "lenientAliases": false,
                  "forwardSubscriptionKey": false},
    "limits": {"http": {"header_lines": 50, "header_timeout": "3s", "idle_timeout": 1500}, "metric_series": 7},
    "stores": {"counters": "memory", "cache": "memory", "cacheCapacityBytes": 1000},
    "listenTls": {"certificates": [{"certificateFile": "a.pem", "keyFile": "a.key"}, {"certificateFile": "b.pem", "keyFile": "b.key"}],
                  "clientCertificates": "optional", "clientCaFile": "callers.pem", "http2": false},
    "tls": {"caFile": "ca.pem", "useSystemStore": false, "backends": {"b": {"caFile": "b.pem"}}},
    "certificates": [{"id": "c", "certificateFile": "c.pem", "keyFile": "c.key"}, {"id": "d", "certificateFile": "d.pem"}],
    "namedValues": {"host": "x.test"}, "subscriptionKeys": {"s": {"primaryKey": "a", "secondaryKey": "b"}, "t": {"primaryKey": "c"}},
    "origins": {"https://X.test/": "http://127.0.0.1:9101"},
    "trustedProxies": ["10.0.0.0/8", "::1"], "identityHeaders": ["X-User"], "allowEncodedSlash": true, "mergeSlashes": true,
    "overload": {"adaptiveConcurrency": true}, "http2PriorKnowledge": true})");
  CHECK(read.adaptive_concurrency);
  CHECK(read.listen == "[::]:80");
  CHECK(read.admin == "localhost:0");
  CHECK(read.workers == 3);
  CHECK(read.poll_time == std::chrono::microseconds(7));
  CHECK_FALSE(read.io_uring);
  CHECK(read.deployment.region == "East US");
  CHECK(read.deployment.service_id == "i");
  CHECK(read.deployment.service_name == "n");
  CHECK(read.deployment.gateway_id == "g");
  CHECK(read.deployment.gateway_instance_id == "gi");
  CHECK(read.behaviour.rate_window == WindowKind::token_bucket);
  CHECK_FALSE(read.behaviour.missing_section_is_base);
  CHECK(read.behaviour.gateway_status_codes);
  CHECK(read.behaviour.expression_newline == "\r\n");
  CHECK_FALSE(read.behaviour.tolerate_consumed_body);
  CHECK_FALSE(read.behaviour.lenient_aliases);
  CHECK_FALSE(read.behaviour.forward_subscription_key);
  CHECK(read.limits.http.header_lines == 50);
  CHECK(read.limits.http.header_timeout == 3s);
  CHECK(read.limits.http.idle_timeout == 1500ms);
  CHECK(read.limits.metric_series == 7);
  CHECK(read.stores.cache_capacity_bytes == 1000);
  CHECK(read.tls.ca_file == "ca.pem");
  CHECK_FALSE(read.tls.use_system_store);
  REQUIRE(read.listen_tls);
  REQUIRE(read.listen_tls->certificates.size() == 2);
  CHECK(read.listen_tls->certificates[1].certificate_file == "b.pem");
  CHECK(read.listen_tls->certificates[1].key_file == "b.key");
  CHECK(read.listen_tls->client_certificates == ClientCertificates::optional);
  CHECK(read.listen_tls->client_ca_file == "callers.pem");
  CHECK_FALSE(read.listen_tls->http2);
  CHECK(read.tls.backend_ca_files.at("b") == "b.pem");
  REQUIRE(read.certificates.size() == 2);
  CHECK(read.certificates[0].id == "c");
  CHECK(read.certificates[0].key_file == "c.key");
  CHECK(read.certificates[1].key_file.empty());
  CHECK(read.named_values.at("host") == "x.test");
  CHECK(read.subscription_keys.at("s").primary_key == "a");
  CHECK(read.subscription_keys.at("s").secondary_key == "b");
  CHECK(read.subscription_keys.at("t").secondary_key == "");
  CHECK(read.origins.at("https://x.test") == "http://127.0.0.1:9101");
  CHECK(read.trusted_proxies == std::vector<std::string>{"10.0.0.0/8", "::1"});
  CHECK(read.identity_headers == std::vector<std::string>{"X-User"});
  CHECK(read.allow_encoded_slash);
  CHECK(read.merge_slashes);
  CHECK(read.http2_prior_knowledge);
}

TEST_CASE("TLS settings that cannot be meant are refused where they stand", "[model][settings]") {
  CHECK_FALSE(settings("{}").listen_tls);
  CHECK(findings(R"({"listenTls": {}})") == "error SL5002 1:15\n");
  CHECK(findings(R"({"listenTls": {"certificates": []}})") == "error SL5003 1:32\n");
  CHECK(findings(R"({"listenTls": {"certificates": [{"certificateFile": "a"}]}})") == "error SL5002 1:33\n");
  CHECK(findings(R"({"listenTls": {"certificates": [{"certificateFile": "a", "keyFile": 1}]}})") ==
        "error SL5003 1:69\n");
  CHECK(findings(R"({"listenTls": {"certificates": "a.pem"}})") == "error SL5003 1:32\n");
  const std::string good = R"("certificates": [{"certificateFile": "a", "keyFile": "b"}])";
  CHECK(findings("{\"listenTls\": {" + good + R"(, "clientCertificates": "always"}})") == "error SL5003 1:98\n");
  CHECK(findings("{\"listenTls\": {" + good + R"(, "clientCertificates": "required"}})") == "error SL5002 1:15\n");
  CHECK(findings("{\"listenTls\": {" + good + R"(, "ciphers": "all"}})") == "error SL5004 1:76\n");
  CHECK(findings(R"({"certificates": [{"id": "a", "certificateFile": "f"}, {"id": "A", "certificateFile": "g"}]})") ==
        "error SL5003 1:56\n");
}

TEST_CASE("Every limit of limits.hpp can be set by its name", "[model][settings][limits]") {
  // Walks the header itself, so that a limit that is added there and forgotten here fails.
  std::ifstream header(std::string(SLUICE_SOURCE_DIR) + "/include/sluice/limits.hpp");
  REQUIRE(header);
  std::string line, section;
  std::size_t limits = 0;
  while (std::getline(header, line)) {
    const std::string_view text = trim(line);
    if (text.substr(0, 7) == "struct ") {
      section = to_lower(text.substr(7, text.find("Limits") - 7));
      if (section == "event") section = "events";  // of many, though each is bounded
      if (section == "servicefabric") section = "service_fabric";
      if (section == "graphqlsocket") section = "graphql_sockets";
      continue;
    }
    const std::size_t end = text.find_first_of("={");
    if (end == std::string_view::npos || text.find(';') == std::string_view::npos || text.substr(0, 2) == "//")
      continue;
    const std::vector<std::string_view> words = split_words(text.substr(0, end));
    REQUIRE(words.size() >= 2);
    // Within the bounds of all.
    const bool is_rate = words.front() == "AllowedRate";
    const bool is_large = words.back() == "connection_window_bytes" || words.back() == "frame_bytes";
    const std::string value = is_rate ? "{\"burst\": 1, \"per_second\": 1}" : is_large ? "65536" : "1";
    const std::string field = "\"" + std::string(words.back()) + "\": " + value;
    const std::string inner = section.empty() ? field : "\"" + section + "\": {" + field + "}";
    const std::string body = section == "http2" ? "\"http\": {" + inner + "}" : inner;
    INFO(body);
    CHECK(findings("{\"limits\": {" + body + "}}") == "");
    ++limits;
  }
  CHECK(limits >= 40);
}

TEST_CASE("A limit far beyond reason is refused, and so is none", "[model][settings][limits]") {
  CHECK(findings(R"({"limits": {"http": {"request_line_bytes": 65536}}})") == "");
  CHECK(findings(R"({"limits": {"http": {"request_line_bytes": 65537}}})") == "error SL5003 1:44\n");
  CHECK(findings(R"({"limits": {"http": {"request_line_bytes": 0}}})") == "error SL5003 1:44\n");
  CHECK(findings(R"({"limits": {"http": {"request_body_bytes": 0}}})") == "");
  CHECK(findings(R"({"limits": {"document": {"bytes": 1.5}}})") == "error SL5003 1:35\n");
}

TEST_CASE("Times are milliseconds or texts with a unit", "[model][settings]") {
  const auto [written, expected] = GENERATE(table<std::string, std::chrono::milliseconds>({{"250", 250ms},
                                                                                           {"\"250ms\"", 250ms},
                                                                                           {"\"2s\"", 2s},
                                                                                           {"\"3m\"", 3min},
                                                                                           {"\"1h\"", 1h},
                                                                                           {"\"PT1.5S\"", 1500ms}}));
  CHECK(settings("{\"limits\": {\"http\": {\"write_timeout\": " + written + "}}}").limits.http.write_timeout ==
        expected);
}

TEST_CASE("Other times are refused", "[model][settings]") {
  const std::string written = GENERATE("0", "-1", "\"\"", "\"s\"", "\"5\"", "\"5x\"", "\"25h\"", "true", "1.5",
                                       "\"99999999999999999999s\"", "\"-5s\"", "86400001");
  CHECK(findings("{\"limits\": {\"http\": {\"write_timeout\": " + written + "}}}") == "error SL5003 1:39\n");
}

TEST_CASE("An unknown field is an error with the name that was meant", "[model][settings]") {
  const auto [text, place, hint] = GENERATE(table<std::string, std::string, std::string>({
      {R"({"lisen": "x"})", "error SL5004 1:2\n", "did you mean 'listen'?"},
      {R"({"gatewayStatusCodes": true})", "error SL5004 1:2\n", "it belongs in 'behaviour'"},
      {R"({"http": {}})", "error SL5004 1:2\n", "it belongs in 'limits'"},
      {R"({"limits": {"http": {"header_line": 5}}})", "error SL5004 1:22\n", "did you mean 'header_lines'?"},
      {R"({"behaviour": {"gatewayStatusCode": true}})", "error SL5004 1:16\n", "did you mean 'gatewayStatusCodes'?"},
      {R"({"subscriptionKeys": {"s": {"primaryKey": "x", "secondary": "y"}}})", "error SL5004 1:48\n",
       "did you mean 'secondaryKey'?"},
  }));
  const LoadedSettings loaded = parse_host_settings(text, "settings.json");
  CHECK_FALSE(loaded.settings);
  CHECK(testing::short_forms(loaded.diagnostics) == place);
  REQUIRE(loaded.diagnostics.size() == 1);
  CHECK(loaded.diagnostics[0].hint == hint);
}

TEST_CASE("Mistakes in settings are all found where they stand", "[model][settings]") {
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"[]", "error SL5003 1:1\n"},
      {"{", "error SL5001 1:2\n"},
      {R"({"listen": "8080"})", "error SL5003 1:12\n"},
      {R"({"listen": ":8080"})", "error SL5003 1:12\n"},
      {R"({"listen": "x:70000"})", "error SL5003 1:12\n"},
      {R"({"listen": "::1:80"})", "error SL5003 1:12\n"},
      {R"({"listen": ""})", "error SL5003 1:12\n"},
      {R"({"admin": ""})", ""},
      {R"({"workers": -1})", "error SL5003 1:13\n"},
      {R"({"workers": 2000})", "error SL5003 1:13\n"},
      {R"({"pollMicroseconds": 1001})", "error SL5003 1:22\n"},
      {R"({"stores": {"counters": "redis"}})", "error SL5003 1:25\n"},
      {R"({"origins": {"x.test": "http://127.0.0.1"}})", "error SL5003 1:14\n"},
      {R"({"origins": {"https://x.test/path": "http://127.0.0.1"}})", "error SL5003 1:14\n"},
      {R"({"origins": {"https://x.test": "127.0.0.1:1"}})", "error SL5003 1:32\n"},
      {R"({"origins": {"https://x.test": 5}})", "error SL5003 1:32\n"},
      {R"({"trustedProxies": ["10.0.0.0/33"]})", "error SL5003 1:21\n"},
      {R"({"identityHeaders": ["a b"]})", "error SL5003 1:22\n"},
      {R"({"namedValues": {"a": 1}})", "error SL5003 1:23\n"},
      {R"({"namedValues": {"a": "1", "a": "2"}})", "error SL5006 1:28\n"},
      {R"({"subscriptionKeys": {"s": {}}})", "error SL5002 1:28\n"},
      {R"({"behaviour": {"rateWindow": "tumbling"}, "tls": []})", "error SL5003 1:30\nerror SL5003 1:50\n"},
  }));
  CHECK(findings(text) == expected);
}

TEST_CASE("No finding shows a key or a named value", "[model][settings]") {
  const std::string text =
      GENERATE(R"({"namedValues": {"a": "hush", "b": 4711}})",
               R"({"subscriptionKeys": {"s": {"primaryKey": "hush", "secondaryKey": 4711}}})",
               R"({"namedValues": {"a": "hush", oops}})", R"({"subscriptionKeys": {"s": {"primaryKeys": "hush"}}})");
  const LoadedSettings loaded = parse_host_settings(text, "settings.json");
  REQUIRE_FALSE(loaded.diagnostics.empty());
  const std::string shown = testing::rendered(loaded.diagnostics);
  CHECK(shown.find("hush") == std::string::npos);
  CHECK(shown.find("4711") == std::string::npos);
}

TEST_CASE("A settings file is read from its path", "[model][settings]") {
  testing::TemporaryFolder folder;
  folder.write("s.json", "\xEF\xBB\xBF{\"region\": \"West US\"}");
  const LoadedSettings loaded = load_host_settings(folder.path() / "s.json");
  REQUIRE(loaded.settings);
  CHECK(loaded.settings->deployment.region == "West US");
  CHECK(loaded.settings->file == folder.file("s.json"));
  const LoadedSettings missing = load_host_settings(folder.path() / "none.json");
  CHECK_FALSE(missing.settings);
  CHECK(testing::short_forms(missing.diagnostics) == "error SL1001 0:0\n");
}

TEST_CASE("The reference of settings names every field that is read", "[model][settings]") {
  std::ifstream page(std::string(SLUICE_SOURCE_DIR) + "/docs/settings.md");
  REQUIRE(page);
  const std::string text((std::istreambuf_iterator<char>(page)), {});
  for (const char* field : {"listen",
                            "admin",
                            "workers",
                            "region",
                            "deployment.serviceId",
                            ".serviceName",
                            "deployment.gatewayId",
                            ".gatewayInstanceId",
                            "namedValues",
                            "subscriptionKeys",
                            "origins",
                            "trustedProxies",
                            "identityHeaders",
                            "allowEncodedSlash",
                            "mergeSlashes",
                            "overload.adaptiveConcurrency",
                            "http2PriorKnowledge",
                            "tls.caFile",
                            "tls.useSystemStore",
                            "stores.counters",
                            "stores.cache",
                            "stores.cacheCapacityBytes",
                            "behaviour.rateWindow",
                            "behaviour.missingSectionIsBase",
                            "behaviour.gatewayStatusCodes",
                            "behaviour.expressionNewline",
                            "behaviour.tolerateConsumedBody",
                            "behaviour.lenientAliases",
                            "behaviour.forwardSubscriptionKey",
                            "identity",
                            "limits"}) {
    INFO(field);
    CHECK(text.find("`" + std::string(field) + "`") != std::string::npos);
  }
}

TEST_CASE("The example of the reference is a settings file", "[model][settings]") {
  std::ifstream page(std::string(SLUICE_SOURCE_DIR) + "/docs/settings.md");
  const std::string text((std::istreambuf_iterator<char>(page)), {});
  const std::size_t start = text.find("```json");
  REQUIRE(start != std::string::npos);
  const HostSettings read = settings(text.substr(start + 7, text.find("```", start + 7) - start - 7));
  CHECK(read.deployment.region == "East US");
  CHECK(read.limits.http.header_timeout == 5s);
}

TEST_CASE("settings say who the gateway is to others", "[model][settings]") {
  const LoadedSettings loaded = parse_host_settings(R"({"identity": {
    "managedIdentity": {"source": "endpoint", "endpoint": "http://127.0.0.1:1/msi", "header": "h"},
    "clientCredentials": {"tokenUrl": "https://login.test/token", "clientId": "c", "clientSecret": "s"},
    "authenticationEndpoint": "https://login.partner.test",
    "connections": [{"providerId": "p", "authorizationId": "a", "tokenUrl": "https://p.test/token", "clientId": "c",
      "clientSecret": "s", "scope": "x", "accessPolicies": [{"tenantId": "t", "objectId": "o"}]}]}})",
                                                    "settings.json");
  REQUIRE(loaded.settings);
  const IdentitySettings& read = loaded.settings->identity;
  REQUIRE(read.managed_identity);
  CHECK(read.managed_identity->endpoint == "http://127.0.0.1:1/msi");
  CHECK(read.managed_identity->header == "h");
  REQUIRE(read.client_credentials);
  CHECK(read.client_credentials->token_url == "https://login.test/token");
  CHECK(read.client_credentials->scope.empty());
  CHECK(read.authentication_endpoint == "https://login.partner.test");
  REQUIRE(read.connections.size() == 1);
  CHECK(read.connections[0].credentials.scope == "x");
  CHECK(read.connections[0].access[0].object_id == "o");
  CHECK_FALSE(loaded.settings->identity_by_environment);
}

TEST_CASE("without a source the environment is asked who the gateway is", "[model][settings]") {
  CHECK(parse_host_settings("{}", "s").settings->identity_by_environment);
  const auto imds = parse_host_settings(R"({"identity": {"managedIdentity": {"source": "instanceMetadata"}}})", "s");
  REQUIRE(imds.settings);
  CHECK_FALSE(imds.settings->identity_by_environment);
  CHECK(imds.settings->identity.managed_identity->endpoint.empty());
  const auto none = parse_host_settings(R"({"identity": {"managedIdentity": {"source": "none"}}})", "s");
  CHECK_FALSE(none.settings->identity_by_environment);
  CHECK_FALSE(none.settings->identity.managed_identity);
}

TEST_CASE("secrets of the identity stand in no finding", "[model][settings]") {
  const LoadedSettings loaded =
      parse_host_settings(R"({"identity": {"clientCredentials": {"tokenUrl": "http://login.test",
    "clientId": "c", "clientSecret": "geheim", "scopes": "geheim"}, "connections": [{"clientSecret": "geheim"}]}})",
                          "settings.json");
  CHECK_FALSE(loaded.settings);
  CHECK(loaded.diagnostics.size() >= 5);
  for (const Diagnostic& diagnostic : loaded.diagnostics)
    CHECK(render_text(diagnostic).find("geheim") == std::string::npos);
}

TEST_CASE("usage of streams is asked for unless the settings say otherwise", "[model][settings]") {
  CHECK(settings("{}").ai.ask_usage);
  CHECK_FALSE(settings(R"({"ai": {"askUsage": false}})").ai.ask_usage);
  CHECK(findings(R"({"ai": {"askUsage": "no"}})").find("SL5003") != std::string::npos);
}
