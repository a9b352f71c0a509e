// SPDX-License-Identifier: Apache-2.0
#include "management/accounts.hpp"

#include "management/service.hpp"

using namespace sluice;
using management::Answer;
using test::answering;
using test::policy;
using test::resource;
using test::Service;
using test::text_at;

namespace {

/// An API that wants a key, in a product.
Service& with_product(Service& service) {
  service.load().make_shop();
  service.done("PATCH", "apis/shop", resource(R"("subscriptionRequired":true)"));
  service.done("PUT", "products/p", resource(R"("displayName":"p","subscriptionRequired":true,"state":"published")"));
  service.done("PUT", "products/p/apis/shop");
  return service;
}

}  // namespace

TEST_CASE("A subscription gets keys that open its product", "[management][accounts]") {
  Service service;
  with_product(service);
  CHECK(service.get("http://gw/shop/items") == "401 ");
  const Answer made = service.done(
      "PUT", "subscriptions/s",
      resource(
          R"("scope":"/subscriptions/x/resourceGroups/y/providers/Microsoft.ApiManagement/service/z/products/p","displayName":"S","state":"active")"));
  CHECK(made.status == 201);
  const Answer keys = service.call("POST", "subscriptions/s/listSecrets");
  const std::string primary = text_at(keys, "primaryKey"), secondary = text_at(keys, "secondaryKey");
  CHECK(primary.size() == 32);
  CHECK(secondary.size() == 32);
  CHECK(primary != secondary);
  CHECK(service.get("http://gw/shop/items", primary) == "200 items");
  CHECK(service.get("http://gw/shop/items", secondary) == "200 items");
  CHECK(text_at(service.call("GET", "products/p/subscriptions"), "value.0.name") == "s");
}

TEST_CASE("K2: keys are told by listSecrets alone", "[management][accounts][threats]") {
  Service service;
  with_product(service);
  const std::string body = resource(
      R"("scope":"/products/p","displayName":"S","state":"active","primaryKey":"first-key","secondaryKey":"second-key")");
  for (const Answer& answer : {service.call("PUT", "subscriptions/s", body),
                               service.call("PUT", "subscriptions/s", body), service.call("GET", "subscriptions/s"),
                               service.call("GET", "subscriptions"), service.call("GET", "products/p/subscriptions"),
                               service.call("PATCH", "subscriptions/s", resource(R"("displayName":"T")"))}) {
    CHECK(answer.status < 300);
    CHECK(answer.body.find("first-key") == std::string::npos);
    CHECK(answer.body.find("second-key") == std::string::npos);
  }
  CHECK(text_at(service.call("POST", "subscriptions/s/listSecrets"), "primaryKey") == "first-key");
  const Answer refused = service.call("PUT", "subscriptions/s", resource(R"("scope":"x","primaryKey":"third-key")"));
  CHECK(refused.status == 400);
  CHECK(refused.body.find("third-key") == std::string::npos);
}

TEST_CASE("A subscription that does not say its state waits for approval", "[management][accounts]") {
  Service service;
  with_product(service);
  service.done("PUT", "subscriptions/s", resource(R"("scope":"/products/p","displayName":"S")"));
  CHECK(text_at(service.call("GET", "subscriptions/s"), "properties.state") == "submitted");
  const std::string key = text_at(service.call("POST", "subscriptions/s/listSecrets"), "primaryKey");
  CHECK(service.get("http://gw/shop/items", key) == "401 ");
  service.done("PATCH", "subscriptions/s", resource(R"("state":"active")"));
  CHECK(service.get("http://gw/shop/items", key) == "200 items");
  service.done("PATCH", "subscriptions/s", resource(R"("state":"suspended")"));
  CHECK(service.get("http://gw/shop/items", key) == "401 ");
}

TEST_CASE("A later PUT keeps keys and state, and changes what it says", "[management][accounts]") {
  Service service;
  with_product(service);
  service.done("PUT", "subscriptions/s", resource(R"("scope":"/products/p","displayName":"S","state":"active")"));
  const std::string before = service.call("POST", "subscriptions/s/listSecrets").body;
  service.done("PUT", "subscriptions/s", resource(R"("scope":"/apis","displayName":"All")"));
  CHECK(service.call("POST", "subscriptions/s/listSecrets").body == before);
  const Answer now = service.call("GET", "subscriptions/s");
  CHECK(text_at(now, "properties.state") == "active");
  CHECK(text_at(now, "properties.scope") == "/apis");
}

TEST_CASE("A key is renewed and the old one opens nothing", "[management][accounts]") {
  Service service;
  with_product(service);
  service.done("PUT", "subscriptions/s", resource(R"("scope":"/products/p","displayName":"S","state":"active")"));
  const Answer before = service.call("POST", "subscriptions/s/listSecrets");
  CHECK(service.call("POST", "subscriptions/s/regeneratePrimaryKey").status == 204);
  const Answer between = service.call("POST", "subscriptions/s/listSecrets");
  CHECK(text_at(between, "primaryKey") != text_at(before, "primaryKey"));
  CHECK(text_at(between, "secondaryKey") == text_at(before, "secondaryKey"));
  CHECK(service.get("http://gw/shop/items", text_at(before, "primaryKey")) == "401 ");
  CHECK(service.get("http://gw/shop/items", text_at(between, "primaryKey")) == "200 items");
  CHECK(service.call("POST", "subscriptions/s/regenerateSecondaryKey").status == 204);
  CHECK(text_at(service.call("POST", "subscriptions/s/listSecrets"), "secondaryKey") !=
        text_at(before, "secondaryKey"));
}

TEST_CASE("Generated keys of a folder's subscription are told, and renewed one by one", "[management][accounts]") {
  Service service;
  service.folder.write_api("a");
  service.folder.write("subscriptions/s/subscriptionInformation.json",
                       R"({"properties":{"scope":"/apis","displayName":"S"}})");
  service.load();
  const Answer before = service.call("POST", "subscriptions/s/listSecrets");
  CHECK(text_at(before, "primaryKey").size() == 32);
  service.done("POST", "subscriptions/s/regeneratePrimaryKey");
  const Answer after = service.call("POST", "subscriptions/s/listSecrets");
  CHECK(text_at(after, "primaryKey") != text_at(before, "primaryKey"));
  CHECK(text_at(after, "secondaryKey") == text_at(before, "secondaryKey"));
}

TEST_CASE("Keys have 1 to 256 characters", "[management][accounts]") {
  Service service;
  with_product(service);
  const auto put = [&](const std::string& key) {
    return service.call("PUT", "subscriptions/s", resource("\"scope\":\"/products/p\",\"primaryKey\":" + key)).status;
  };
  CHECK(put("\"\"") == 400);
  CHECK(put("1") == 400);
  CHECK(put('"' + std::string(257, 'k') + '"') == 400);
  CHECK(put('"' + std::string(256, 'k') + '"') == 201);
}

TEST_CASE("K2: the value of a secret is told by listValue alone", "[management][accounts][threats]") {
  Service service;
  service.load();
  service.done("PUT", "namedValues/plain", resource(R"("displayName":"plain","value":"open")"));
  const Answer made =
      service.done("PUT", "namedValues/hidden", resource(R"("displayName":"hidden","value":"hush","secret":true)"));
  CHECK(text_at(made, "properties.value") == "(none)");
  CHECK(text_at(service.call("GET", "namedValues/plain"), "properties.value") == "open");
  CHECK(service.call("GET", "namedValues/hidden").body.find("hush") == std::string::npos);
  CHECK(service.call("GET", "namedValues").body.find("hush") == std::string::npos);
  CHECK(text_at(service.call("POST", "namedValues/hidden/listValue"), "value") == "hush");
  service.done("PATCH", "namedValues/hidden", resource(R"("tags":["t"])"));
  CHECK(text_at(service.call("POST", "namedValues/hidden/listValue"), "value") == "hush");
}

TEST_CASE("A named value is put into policies, and a new one takes its place", "[management][accounts]") {
  Service service;
  service.load().make_shop();
  CHECK(service.call("PUT", "apis/shop/policies/policy", policy(answering("{{word}}"))).status == 400);
  service.done("PUT", "namedValues/word", resource(R"("displayName":"word","value":"one")"));
  service.done("PUT", "apis/shop/policies/policy", policy(answering("{{word}}")));
  CHECK(service.get("http://gw/shop/items") == "200 one");
  service.done("PATCH", "namedValues/word", resource(R"("value":"two")"));
  CHECK(service.get("http://gw/shop/items") == "200 two");
  CHECK(service.call("DELETE", "namedValues/word").status == 400);
  CHECK(service.get("http://gw/shop/items") == "200 two");
}

TEST_CASE("Values that only the host's settings know are not told", "[management][accounts][threats]") {
  Service service;
  service.settings.named_values["hidden"] = "of the host";
  service.folder.write("named values/hidden/namedValueInformation.json",
                       R"({"properties":{"displayName":"hidden","secret":true}})");
  service.load();
  CHECK(service.call("POST", "namedValues/hidden/listValue").body == "{}");
}

TEST_CASE("Passwords of proxies and connection strings are not told, names of named values are",
          "[management][accounts][threats]") {
  Service service;
  service.load();
  const Answer backend = service.done(
      "PUT", "backends/b",
      resource(R"("url":"https://a.test","proxy":{"url":"http://127.0.0.1:1","username":"u","password":"hush"})"));
  CHECK(text_at(backend, "properties.proxy.username") == "u");
  CHECK(backend.body.find("hush") == std::string::npos);
  service.done("PUT", "namedValues/pw", resource(R"("displayName":"pw","value":"hush","secret":true)"));
  const Answer named = service.done(
      "PUT", "backends/b",
      resource(R"("url":"https://a.test","proxy":{"url":"http://127.0.0.1:1","username":"u","password":"{{pw}}"})"));
  CHECK(text_at(named, "properties.proxy.password") == "{{pw}}");
  const Answer logger =
      service.done("PUT", "loggers/l",
                   resource(R"("loggerType":"applicationInsights","credentials":{"instrumentationKey":"hush"})"));
  CHECK(logger.body.find("hush") == std::string::npos);
}
