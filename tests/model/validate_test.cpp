// SPDX-License-Identifier: Apache-2.0
// The rules of validate_model, over models made in code (which have no files) and over folders (which have lines).
#include <sluice/model.hpp>

#include "model/support/folder.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using testing::TemporaryFolder;

namespace {

/// `error SL5005 product p`, one a line.
std::string findings(const ServiceModel& model) {
  Diagnostics diagnostics;
  validate_model(model, diagnostics);
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) {
    text += std::string(to_string(diagnostic.severity)) + ' ' + diagnostic.code + ' ' + diagnostic.file + '\n';
  }
  return text;
}

/// With position and file below the folder.
std::string findings(const TemporaryFolder& folder) {
  const LoadedModel loaded = load_artifacts(folder.path());
  INFO(testing::rendered(loaded.diagnostics));
  REQUIRE(loaded.model);
  Diagnostics diagnostics;
  validate_model(*loaded.model, diagnostics);
  return testing::short_forms(diagnostics, &folder);
}

Api api(const std::string& id, const std::string& path) {
  Api made;
  made.id = id;
  made.path = path;
  return made;
}

Operation operation(const std::string& id, const std::string& method, const std::string& url_template) {
  Operation made;
  made.id = id;
  made.method = method;
  made.url_template = url_template;
  return made;
}

Backend backend(const std::string& id, const std::string& url, std::vector<std::string> members = {}) {
  Backend made;
  made.id = id;
  made.url = url;
  for (std::string& member : members) made.pool.push_back({std::move(member), 0, 1});
  return made;
}

}  // namespace

TEST_CASE("A model without mistakes has no findings", "[model][validate]") {
  ServiceModel model;
  model.apis = {api("a", "a"), api("b", "b")};
  model.apis[0].operations = {operation("x", "GET", "/x"), operation("y", "POST", "/x")};
  model.products.push_back({.id = "p", .api_ids = {"a", "b"}});
  model.subscriptions.push_back({.id = "s", .scope = SubscriptionScope::product, .scope_id = "p", .primary_key = "k"});
  model.backends = {backend("one", "https://one.test"), backend("pool", "", {"one"})};
  model.named_values.push_back({.id = "n", .display_name = "n", .value = "v"});
  CHECK(findings(model) == "");
}

TEST_CASE("A product holds APIs that exist", "[model][validate]") {
  ServiceModel model;
  model.apis = {api("orders", "o")};
  model.products.push_back({.id = "p", .api_ids = {"order"}});
  CHECK(findings(model) == "error SL5005 product p\n");
  Diagnostics diagnostics;
  validate_model(model, diagnostics);
  CHECK(diagnostics[0].hint == "did you mean 'orders'?");

  TemporaryFolder folder;
  folder.write("products/p/productInformation.json", R"({"properties": {"displayName": "p"}})");
  folder.write("products/p/apis.json", "[\n  {\"name\": \"x\"}\n]");
  folder.write("products/q/productInformation.json", R"({"properties": {"displayName": "q"}})");
  folder.write("products/q/apis/y/productApiInformation.json", "{}");
  CHECK(findings(folder) == "error SL5005 2:12 products/p/apis.json\nerror SL5005 0:0 products/q/apis/y\n");
}

TEST_CASE("A subscription is for something that exists", "[model][validate]") {
  TemporaryFolder folder;
  folder.write("subscriptions/a/subscriptionInformation.json", "{\"properties\": {\n\"scope\": \"/apis/x\"}}");
  folder.write("subscriptions/b/subscriptionInformation.json", "{\"properties\": {\n \"scope\": \"/products/x\"}}");
  folder.write("subscriptions/c/subscriptionInformation.json", "{\"properties\": {\"scope\": \"/apis\"}}");
  CHECK(findings(folder) ==
        "error SL5005 2:10 subscriptions/a/subscriptionInformation.json\n"
        "error SL5005 2:11 subscriptions/b/subscriptionInformation.json\n");
}

TEST_CASE("A key belongs to one subscription and is never shown", "[model][validate]") {
  ServiceModel model;
  model.subscriptions.push_back({.id = "a", .primary_key = "hush", .secondary_key = "hush"});
  CHECK(findings(model) == "");
  model.subscriptions.push_back({.id = "b", .primary_key = "other", .secondary_key = "hush"});
  CHECK(findings(model) == "error SL5006 subscription b\n");
  Diagnostics diagnostics;
  validate_model(model, diagnostics);
  CHECK(testing::rendered(diagnostics).find("hush") == std::string::npos);
}

TEST_CASE("Current revisions of two APIs may not share path and version", "[model][validate]") {
  ServiceModel model;
  model.apis = {api("a", "shop"), api("b", "Shop")};
  CHECK(findings(model) == "error SL5006 API b\n");
  SECTION("unless one is not current") {
    model.apis[1].id = "a";
    model.apis[1].revision = "2";
    model.apis[1].is_current = false;
    CHECK(findings(model) == "");
  }
  SECTION("unless their versions differ") {
    model.version_sets.push_back({.id = "v", .scheme = VersioningScheme::query, .version_query_name = "v"});
    model.apis[0].version_set_id = model.apis[1].version_set_id = "v";
    model.apis[1].version = "v2";
    CHECK(findings(model) == "");
    model.apis[0].version = "V2";
    CHECK(findings(model) == "error SL5006 API b\n");
  }
  SECTION("a version in the path counts as path") {
    model.version_sets.push_back({.id = "v"});
    model.apis[0].version_set_id = "v";
    model.apis[0].version = "v1";
    CHECK(findings(model) == "");
    model.apis[1].path = "shop/v1";
    CHECK(findings(model) == "error SL5006 API b\n");
  }
}

TEST_CASE("A revision stands once, and one is current", "[model][validate]") {
  ServiceModel model;
  model.apis = {api("a", "shop"), api("a", "shop")};
  model.apis[1].is_current = false;
  CHECK(findings(model) == "error SL5006 API a\n");
  model.apis[1].revision = "2";
  model.apis[0].is_current = false;
  CHECK(findings(model) == "warning SL5002 API a\n");
}

TEST_CASE("The path that two APIs share is shown where it stands", "[model][validate]") {
  TemporaryFolder folder;
  folder.write_api("a").write_api("b");
  folder.write("apis/b/apiInformation.json", "{\"properties\": {\n  \"path\": \"a\"\n}}");
  CHECK(findings(folder) == "error SL5006 2:11 apis/b/apiInformation.json\n");
}

TEST_CASE("Display names of named values are unique and can stand in braces", "[model][validate]") {
  ServiceModel model;
  model.named_values = {{.id = "1", .display_name = "host", .value = "a"},
                        {.id = "2", .display_name = "host", .value = "b"},
                        {.id = "3", .display_name = "a b", .value = "c"},
                        {.id = "4", .display_name = "ok-1.x_Y", .value = "d"},
                        // Another workspace's name is another name.
                        {.id = "5", .workspace_id = "w", .display_name = "host", .value = "e"}};
  model.workspaces.push_back({.id = "w"});
  CHECK(findings(model) == "error SL5006 named value 2\nerror SL5003 named value 3\n");

  TemporaryFolder folder;
  folder.write("named values/x/namedValueInformation.json",
               "{\"properties\": {\n\"value\": \"hush\", \"displayName\": \"a b\"}}");
  CHECK(findings(folder) == "error SL5003 2:33 named values/x/namedValueInformation.json\n");
  Diagnostics diagnostics;
  validate_model(*load_artifacts(folder.path()).model, diagnostics);
  CHECK(testing::rendered(diagnostics).find("hush") == std::string::npos);
}

TEST_CASE("Members of a pool are single backends that exist, each once", "[model][validate]") {
  ServiceModel model;
  model.backends = {backend("one", "https://one.test"), backend("missing", "", {"one", "two"}),
                    backend("nested", "", {"missing"}), backend("self", "", {"self", "one"}),
                    backend("twice", "", {"one", "one"})};
  CHECK(findings(model) ==
        "error SL5005 backend missing\nerror SL5007 backend nested\nerror SL5007 backend self\nerror SL5006 backend "
        "twice\n");

  TemporaryFolder folder;
  folder.write("backends/one/backendInformation.json", R"({"properties": {"url": "https://one.test"}})");
  folder.write("backends/pool/backendInformation.json",
               "{\"properties\": {\"type\": \"Pool\", \"pool\": {\"services\": [\n"
               "  {\"id\": \"/backends/one\"},\n  {\"id\": \"/backends/two\"}]}}}");
  CHECK(findings(folder) == "error SL5005 3:10 backends/pool/backendInformation.json\n");
}

TEST_CASE("A version belongs to a version set that exists", "[model][validate]") {
  TemporaryFolder folder;
  folder.write_api("a", ",\n\"apiVersionSetId\": \"/apiVersionSets/v\"").write_api("b", ",\n\"apiVersion\": \"v1\"");
  CHECK(findings(folder) ==
        "error SL5005 2:20 apis/a/apiInformation.json\nwarning SL5002 2:15 apis/b/apiInformation.json\n");
}

TEST_CASE("URLs are absolute, well-formed and, beyond this machine, not plain", "[model][validate]") {
  const auto [url, expected] = GENERATE(table<std::string, std::string>({
      {"https://x.test", ""},
      {"https://x.test:8443/base/", ""},
      {"wss://x.test", ""},
      {"HTTPS://x.test", ""},
      {"https://{{host}}/x", ""},
      {"http://localhost:9101", ""},
      {"http://127.0.0.1", ""},
      {"http://127.1.2.3:80/x", ""},
      {"http://[::1]:80", ""},
      {"http://x.localhost", ""},
      {"http://x.test", "warning SL5003 backend 'b'\n"},
      {"http://127.example.com", "warning SL5003 backend 'b'\n"},
      {"http://10.0.0.1", "warning SL5003 backend 'b'\n"},
      {"ws://x.test", "warning SL5003 backend 'b'\n"},
      {"x.test", "error SL5003 backend 'b'\n"},
      {"ftp://x.test", "error SL5003 backend 'b'\n"},
      {"https://", "error SL5003 backend 'b'\n"},
      {"https:///path", "error SL5003 backend 'b'\n"},
      {"https://user:secret@x.test", "error SL5003 backend 'b'\n"},
      {"https://x.test#part", "error SL5003 backend 'b'\n"},
      {"https://x.test/a b", "error SL5003 backend 'b'\n"},
      {"https://x.test/a\\b", "error SL5003 backend 'b'\n"},
      {"https://x.test/" + std::string(2000, 'a'), "error SL5003 backend 'b'\n"},
  }));
  ServiceModel model;
  model.backends = {backend("b", url)};
  model.named_values = {{.id = "host", .display_name = "host", .value = "x.test"}};
  CHECK(findings(model) == expected);
}

TEST_CASE("The URL of an API is checked where it stands", "[model][validate]") {
  TemporaryFolder folder;
  folder.write_api("a", ",\n\"serviceUrl\": \"http://x.test\"").write_api("b", ",\n\"serviceUrl\": \"x\"");
  CHECK(findings(folder) ==
        "warning SL5003 2:15 apis/a/apiInformation.json\nerror SL5003 2:15 apis/b/apiInformation.json\n");
}

TEST_CASE("Two operations of an API do not answer the same calls", "[model][validate]") {
  ServiceModel model;
  model.apis = {api("a", "a")};
  const auto [first, second, same] = GENERATE(table<std::string, std::string, bool>({
      {"/items/{id}", "/items/{key}", true},
      {"/items", "/Items/", true},
      {"/items/{id}?a={x}", "/items/{id}?a={y}", true},
      {"/items/{id}?a={x}", "/items/{id}?b={x}", false},
      {"/items/{id}", "/items/*", false},
      {"/items/{*rest}", "/items/{rest}", false},
      {"/", "/*", false},
  }));
  model.apis[0].operations = {operation("x", "GET", first), operation("y", "GET", second)};
  CHECK(findings(model) == (same ? "error SL5006 API a\n" : ""));
  model.apis[0].operations[1].method = "PUT";
  CHECK(findings(model) == "");
}

TEST_CASE("Operations of one id are an error; a specification shows the line", "[model][validate]") {
  ServiceModel model;
  model.apis = {api("a", "a")};
  model.apis[0].operations = {operation("x", "GET", "/x"), operation("X", "GET", "/y")};
  CHECK(findings(model) == "error SL5006 API a\n");

  TemporaryFolder folder;
  folder.write_api("a").write("apis/a/specification.yaml",
                              "openapi: 3.0.0\npaths:\n  /a/{x}:\n    get: {}\n  /a/{y}:\n    get: {}\n");
  CHECK(findings(folder) == "error SL5006 6:10 apis/a/specification.yaml\n");
}

TEST_CASE("Ids are unique within their kind", "[model][validate]") {
  ServiceModel model;
  model.products = {{.id = "p"}, {.id = "P"}};
  model.backends = {backend("b", "https://x.test"), backend("b", "https://y.test")};
  model.fragments = {{.id = "f"}, {.id = "f"}};
  model.groups = {{.id = ""}};
  CHECK(findings(model) ==
        "error SL5006 product P\nerror SL5006 backend b\nerror SL5006 policy fragment f\nerror SL5002 group \n");
}

TEST_CASE("An API in two open products is warned of", "[model][validate]") {
  ServiceModel model;
  model.apis = {api("a", "a")};
  model.products = {{.id = "p", .subscription_required = false, .api_ids = {"a"}},
                    {.id = "q", .subscription_required = true, .api_ids = {"a"}}};
  CHECK(findings(model) == "");
  model.products[1].subscription_required = false;
  CHECK(findings(model) == "warning SL5006 product q\n");
}

TEST_CASE("Named values in credentials must exist", "[model][validate]") {
  ServiceModel model;
  model.backends = {backend("b", "https://x.test")};
  model.backends[0].credentials.authorization = {"Bearer", "{{token}}"};
  model.backends[0].credentials.headers = {{"x-key", "k-{{key}}-{{token}}"}};
  CHECK(findings(model) == "error SL5005 backend b\nerror SL5005 backend b\n");
  model.named_values = {{.id = "1", .display_name = "token", .value = "t"},
                        {.id = "2", .display_name = "key", .value = "k"}};
  CHECK(findings(model) == "");
}

TEST_CASE("All rules run, whatever the others find", "[model][validate]") {
  ServiceModel model;
  model.apis = {api("a", "a"), api("b", "a")};
  model.apis[0].service_url = "nonsense";
  model.apis[1].version_set_id = "none";
  model.products = {{.id = "p", .api_ids = {"c"}}};
  model.subscriptions.push_back({.id = "s", .scope = SubscriptionScope::api, .scope_id = "c"});
  model.backends = {backend("pool", "", {"none"})};
  Diagnostics diagnostics;
  validate_model(model, diagnostics);
  CHECK(diagnostics.size() == 6);
}
