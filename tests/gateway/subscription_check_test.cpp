// SPDX-License-Identifier: Apache-2.0
#include "gateway/subscription_check.hpp"

#include <catch2/catch.hpp>

using namespace sluice;

namespace {

Subscription make_subscription(std::string id, SubscriptionScope scope, std::string scope_id, std::string key) {
  Subscription subscription;
  subscription.id = std::move(id);
  subscription.scope = scope;
  subscription.scope_id = std::move(scope_id);
  subscription.primary_key = key;
  subscription.secondary_key = key + "-second";
  return subscription;
}

Product make_product(std::string id, bool subscription_required, std::vector<std::string> apis) {
  Product product;
  product.id = std::move(id);
  product.subscription_required = subscription_required;
  product.api_ids = std::move(apis);
  return product;
}

/// API `a` in product `closed`, API `b` in none; keys of every kind.
ServiceModel make_model() {
  ServiceModel model;
  model.apis.resize(2);
  model.apis[0].id = "a";
  model.apis[0].path = "shop/a";
  model.apis[1].id = "b";
  model.products.push_back(make_product("closed", true, {"a"}));
  model.users.push_back({"u1", "mail", {}, {}, {}, {}, {}, {}});
  model.subscriptions = {make_subscription("by-product", SubscriptionScope::product, "closed", "kp"),
                         make_subscription("by-api", SubscriptionScope::api, "a", "ka"),
                         make_subscription("all", SubscriptionScope::all_apis, "", "kall")};
  model.subscriptions[0].owner_id = "u1";
  return model;
}

struct Bench {
  explicit Bench(ServiceModel with) : model(std::move(with)), subscriptions(model) {
    REQUIRE(request.set_url("http://api.test:8080/shop/a/x"));
  }
  Result<Caller> check(std::string_view key, std::uint32_t api = 0) {
    request.headers.clear();
    if (!key.empty()) request.headers.append("ocp-apim-subscription-key", key);
    return subscriptions.check(request, api);
  }
  /// Id of the subscription, or the reason of the refusal.
  std::string who(std::string_view key, std::uint32_t api = 0) {
    const auto caller = check(key, api);
    if (!caller) return std::string(caller.error().reason());
    return caller->subscription != nullptr ? caller->subscription->id : "nobody";
  }

  ServiceModel model;
  SubscriptionCheck subscriptions;
  Request request;
};

}  // namespace

TEST_CASE("either key of a subscription opens what it covers", "[gateway][subscription]") {
  Bench bench(make_model());
  CHECK(bench.who("kp") == "by-product");
  CHECK(bench.who("kp-second") == "by-product");
  CHECK(bench.who("ka") == "by-api");
  CHECK(bench.who("kall") == "all");
  CHECK(bench.who("kall", 1) == "all");
  CHECK(bench.who("kp", 1) == "SubscriptionKeyInvalid");
  CHECK(bench.who("ka", 1) == "SubscriptionKeyInvalid");
  CHECK(bench.who("KP") == "SubscriptionKeyInvalid");
  CHECK(bench.who("kp ") == "SubscriptionKeyInvalid");
}

TEST_CASE("a key opens all revisions of an API", "[gateway][subscription]") {
  ServiceModel model = make_model();
  Api second = model.apis[0];
  second.revision = "2";
  second.is_current = false;
  model.apis.push_back(second);
  model.products.push_back(make_product("open", false, {"a"}));
  Bench bench(std::move(model));
  CHECK(bench.who("kp", 2) == "by-product");
  CHECK(bench.who("ka", 2) == "by-api");
  CHECK(bench.who("", 2) == "nobody");
  CHECK(bench.subscriptions.products_of(2) == bench.subscriptions.products_of(0));
}

TEST_CASE("keys and products are for the APIs of their own workspace", "[gateway][subscription]") {
  ServiceModel model = make_model();
  model.workspaces.push_back({.id = "w"});
  Api inside = model.apis[0];
  inside.workspace_id = "W";  // Ids of workspaces are compared without case as all ids are.
  model.apis.push_back(inside);
  Product product = make_product("closed", true, {"A"});
  product.workspace_id = "w";
  model.products.push_back(product);
  for (auto& [id, key] : {std::pair<std::string, std::string>{"by-product", "wp"}, {"by-api", "wa"}, {"all", "wall"}}) {
    Subscription made = make_subscription(id,
                                          id == "by-product" ? SubscriptionScope::product
                                          : id == "by-api"   ? SubscriptionScope::api
                                                             : SubscriptionScope::all_apis,
                                          id == "by-product" ? "closed" : "a", key);
    made.workspace_id = "w";
    model.subscriptions.push_back(made);
  }
  Bench bench(std::move(model));
  for (const char* key : {"wp", "wa", "wall"}) {
    CHECK(bench.who(key, 2) != "SubscriptionKeyInvalid");
    CHECK(bench.who(key, 0) == "SubscriptionKeyInvalid");
  }
  for (const char* key : {"kp", "ka", "kall"}) {
    CHECK(bench.who(key, 2) == "SubscriptionKeyInvalid");
    CHECK(bench.who(key, 0) != "SubscriptionKeyInvalid");
  }
  const auto caller = bench.check("wp", 2);
  REQUIRE(caller);
  CHECK(caller->product == &bench.model.products[1]);
}

TEST_CASE("only a key of a product gives a product, and its owner is the user", "[gateway][subscription]") {
  Bench bench(make_model());
  const auto by_product = bench.check("kp");
  REQUIRE(by_product);
  CHECK(by_product->product == &bench.model.products[0]);
  CHECK(by_product->user == &bench.model.users[0]);
  CHECK(by_product->key == "kp");
  const auto by_api = bench.check("ka");
  REQUIRE(by_api);
  CHECK(by_api->product == nullptr);
  CHECK(by_api->user == nullptr);
}

TEST_CASE("only active subscriptions open anything", "[gateway][subscription]") {
  ServiceModel model = make_model();
  const auto state = GENERATE(SubscriptionState::suspended, SubscriptionState::submitted, SubscriptionState::rejected,
                              SubscriptionState::cancelled, SubscriptionState::expired);
  model.subscriptions[1].state = state;
  Bench bench(std::move(model));
  CHECK(bench.who("ka") == "SubscriptionKeyInvalid");
  CHECK(bench.who("kp") == "by-product");
}

TEST_CASE("no key and a wrong key are refused with the documented texts", "[gateway][subscription]") {
  Bench bench(make_model());
  const auto missing = bench.check("");
  REQUIRE_FALSE(missing);
  const Error& error = missing.error();
  CHECK(error.status() == 401);
  CHECK(error.reason() == "SubscriptionKeyNotFound");
  CHECK(error.detail().status_reason == "Access Denied");
  CHECK(error.detail().wire_message ==
        "Access denied due to missing subscription key. Make sure to include subscription key when making requests to "
        "an API.");
  CHECK(error.detail().place.source == "authorization");
  REQUIRE(error.detail().headers.size() == 1);
  CHECK(error.detail().headers[0].first == "WWW-Authenticate");
  CHECK(error.detail().headers[0].second ==
        "AzureApiManagementKey "
        "realm=\"https://api.test:8080/shop/a\",name=\"Ocp-Apim-Subscription-Key\",type=\"header\"");
  const auto wrong = bench.check("nonsense");
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().reason() == "SubscriptionKeyInvalid");
  CHECK(wrong.error().detail().wire_message ==
        "Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription.");
}

TEST_CASE("an open product lets everybody in, a valid key still says who", "[gateway][subscription]") {
  ServiceModel model = make_model();
  model.products.push_back(make_product("open", false, {"a"}));
  Bench bench(std::move(model));
  const auto keyless = bench.check("");
  REQUIRE(keyless);
  CHECK(keyless->product == &bench.model.products[1]);
  CHECK(keyless->subscription == nullptr);
  CHECK(bench.who("nonsense") == "nobody");
  CHECK(bench.check("kp")->product == &bench.model.products[0]);
}

TEST_CASE("an API that wants no key lets everybody in without a product", "[gateway][subscription]") {
  ServiceModel model = make_model();
  model.apis[0].subscription_required = false;
  Bench bench(std::move(model));
  const auto keyless = bench.check("");
  REQUIRE(keyless);
  CHECK(keyless->product == nullptr);
  CHECK(bench.who("nonsense") == "nobody");
  CHECK(bench.who("kp") == "by-product");
}

TEST_CASE("the names of header and query are the API's, the header comes first", "[gateway][subscription]") {
  ServiceModel model = make_model();
  model.apis[0].subscription_key_parameter_names = {"api-key", "code"};
  Bench bench(std::move(model));
  bench.request.headers.append("Ocp-Apim-Subscription-Key", "ka");
  CHECK_FALSE(bench.subscriptions.check(bench.request, 0));
  REQUIRE(bench.request.set_url("http://api.test/shop/a/x?code=kp"));
  CHECK(bench.subscriptions.check(bench.request, 0)->subscription->id == "by-product");
  bench.request.headers.append("api-key", "ka");
  CHECK(bench.subscriptions.check(bench.request, 0)->subscription->id == "by-api");
}

TEST_CASE("a key sent twice is refused (P6)", "[gateway][subscription]") {
  Bench bench(make_model());
  bench.request.headers.append("Ocp-Apim-Subscription-Key", "ka");
  bench.request.headers.append("Ocp-Apim-Subscription-Key", "kp");
  const auto caller = bench.subscriptions.check(bench.request, 0);
  REQUIRE_FALSE(caller);
  CHECK(caller.error().code() == ErrorCode::bad_request);
}

TEST_CASE("a key longer than any key is not looked up", "[gateway][subscription]") {
  ServiceModel model = make_model();
  model.subscriptions[0].primary_key = std::string(SubscriptionCheck::max_key_bytes, 'k');
  model.subscriptions[1].primary_key = std::string(SubscriptionCheck::max_key_bytes + 1, 'k');
  Bench bench(std::move(model));
  CHECK(bench.who(std::string(SubscriptionCheck::max_key_bytes, 'k')) == "by-product");
  CHECK(bench.who(std::string(SubscriptionCheck::max_key_bytes + 1, 'k')) == "SubscriptionKeyInvalid");
}

TEST_CASE("an empty key of a subscription opens nothing", "[gateway][subscription]") {
  ServiceModel model = make_model();
  model.subscriptions[0].secondary_key.clear();
  Bench bench(std::move(model));
  bench.request.headers.append("Ocp-Apim-Subscription-Key", "");
  CHECK(bench.subscriptions.check(bench.request, 0).error().reason() == "SubscriptionKeyNotFound");
}
