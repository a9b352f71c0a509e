// SPDX-License-Identifier: Apache-2.0
#include <sluice/gateway.hpp>

#include <sluice/testing/policy_bench.hpp>

#include "base/cohorts.hpp"
#include "base/home_thread.hpp"

#include "gateway/one_service.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>
#include <utility>

using namespace sluice;
using namespace std::chrono_literals;
using sluice::test::inbound;
using sluice::test::one_service;
using sluice::testing::BenchAnswer;
using sluice::testing::PolicyBench;
using sluice::testing::ScriptedAnswer;

TEST_CASE("a request goes to the API's service and its answer comes back", "[gateway][gateway]") {
  PolicyBench bench;
  REQUIRE_FALSE(bench.load(one_service()).has_errors());
  bench.transport.answer(201, "made");
  const BenchAnswer answer = bench.send({.method = "GET", .url = "/shop/items/7?a=b", .headers = {}, .body = {}});
  CHECK(answer.status == 201);
  CHECK(answer.body == "made");
  REQUIRE(answer.calls.size() == 1);
  CHECK(answer.calls[0].url == "http://backend.test/items/7?a=b");
  CHECK(bench.gateway.running() == 0);
}

TEST_CASE("before anything is loaded requests are refused with 503", "[gateway][gateway]") {
  PolicyBench bench;
  CHECK_FALSE(bench.gateway.is_loaded());
  const BenchAnswer answer = bench.send({.method = "GET", .url = "/shop", .headers = {}, .body = {}});
  CHECK(answer.status == 503);
  CHECK(answer.body == R"({ "statusCode": 503, "message": "No configuration has been loaded." })");
}

TEST_CASE("a model with mistakes is refused whole and what was loaded goes on", "[gateway][gateway]") {
  PolicyBench bench;
  REQUIRE_FALSE(bench.load(one_service()).has_errors());
  ServiceModel broken = one_service(inbound("<nonsense /><set-header />"));
  const Diagnostics diagnostics = bench.load(std::move(broken));
  CHECK(diagnostics.has_errors());
  CHECK(std::count_if(diagnostics.begin(), diagnostics.end(),
                      [](const Diagnostic& d) { return d.severity == Severity::error; }) == 2);
  CHECK(bench.send({.method = "GET", .url = "/shop/x", .headers = {}, .body = {}}).status == 200);
}

TEST_CASE("documents that no request can reach are checked too", "[gateway][gateway]") {
  PolicyBench bench;
  ServiceModel model = one_service();
  Product lonely;
  lonely.id = "lonely";
  lonely.policy = test::document(inbound("<nonsense />"));
  model.products.push_back(lonely);
  model.fragments.push_back({.id = "unused", .policy = test::document("<fragment><rubbish /></fragment>")});
  const Diagnostics diagnostics = bench.load(std::move(model));
  CHECK(std::count_if(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& d) { return d.code == "SL2101"; }) ==
        2);
}

TEST_CASE("a streamed answer passes through piece by piece", "[gateway][gateway]") {
  PolicyBench bench;
  REQUIRE_FALSE(bench.load(one_service()).has_errors());
  ScriptedAnswer streamed;
  streamed.headers = {{"Content-Type", "text/event-stream"}};
  streamed.chunks = {"data: 1\n\n", "data: 2\n\n"};
  streamed.chunk_delay = 5s;
  bench.transport.answer(streamed);

  Request request;
  REQUIRE(request.set_url("http://api.test/shop/x"));
  Task<Response> task = bench.gateway.handle(request);
  auto response = bench.clock.run(task);
  REQUIRE(response);
  // The head is there before the first piece.
  CHECK(bench.clock.steady_now().time_since_epoch() == 0s);
  CHECK(bench.gateway.running() == 1);
  BodyStream& stream = *response->body.stream();
  Task<BodyChunk> first = stream.read();
  CHECK_FALSE(first.is_ready());
  CHECK(bench.clock.run(first)->value() == "data: 1\n\n");
  CHECK(bench.clock.steady_now().time_since_epoch() == 5s);
  Task<BodyChunk> second = stream.read();
  CHECK(bench.clock.run(second)->value() == "data: 2\n\n");
  CHECK(wait(stream.read()).value().empty());
  CHECK(bench.gateway.running() == 0);
  const auto records = bench.telemetry.requests();
  REQUIRE(records.size() == 1);
  CHECK(records[0].response_bytes == 18);
  CHECK_FALSE(records[0].aborted);
}

TEST_CASE("trailers pass through with a streamed body, and go with one that is read or replaced",
          "[gateway][gateway]") {
  PolicyBench bench;
  std::string policies;
  bool passes = true;
  SECTION("nobody looks") {}
  SECTION("replaced") {
    policies = "<set-body>other</set-body>";
    passes = false;
  }
  SECTION("read") {
    policies = "<set-header name=\"X\"><value>@(context.Response.Body.As<string>(true))</value></set-header>";
    passes = false;
  }
  REQUIRE_FALSE(bench.load(one_service("<policies><outbound>" + policies + "</outbound></policies>")).has_errors());
  ScriptedAnswer streamed;
  streamed.chunks = {"one", "two"};
  streamed.trailers = {{"Grpc-Status", "0"}};
  bench.transport.answer(streamed);
  Request request;
  REQUIRE(request.set_url("http://api.test/shop/x"));
  Response response = wait(bench.gateway.handle(request));
  const Headers* trailers = nullptr;
  if (BodyStream* stream = response.body.stream()) {
    while (!wait(stream->read()).value().empty()) CHECK(stream->trailers() == nullptr);
    trailers = stream->trailers();
  }
  CHECK((trailers != nullptr) == passes);
  if (trailers != nullptr) CHECK(trailers->get("grpc-status") == "0");
}

TEST_CASE("a caller that goes away while the body streams ends the backend's stream and the request",
          "[gateway][gateway]") {
  PolicyBench bench;
  REQUIRE_FALSE(bench.load(one_service()).has_errors());
  ScriptedAnswer streamed;
  streamed.chunks = {"one", "two"};
  bench.transport.answer(streamed);
  Request request;
  REQUIRE(request.set_url("http://api.test/shop/x"));
  Response response = wait(bench.gateway.handle(request));
  CHECK(wait(response.body.stream()->read()).value() == "one");
  SECTION("by close") { wait(response.body.stream()->close()); }
  SECTION("by cancel") { response.body.stream()->cancel(); }
  SECTION("by dropping the body") { response.body = Body(); }
  CHECK(bench.transport.cancelled_streams() == 1);
  CHECK(bench.gateway.running() == 0);
  REQUIRE(bench.telemetry.requests().size() == 1);
  CHECK(bench.telemetry.requests()[0].aborted);
  CHECK(bench.telemetry.requests()[0].response_bytes == 3);
}

TEST_CASE("a caller that goes away while the backend is slow cancels the call", "[gateway][gateway]") {
  PolicyBench bench;
  REQUIRE_FALSE(bench.load(one_service()).has_errors());
  ScriptedAnswer slow;
  slow.delay = 60s;
  bench.transport.answer(slow);
  Request request;
  REQUIRE(request.set_url("http://api.test/shop/x"));
  Task<Response> task = bench.gateway.handle(request);
  REQUIRE_FALSE(task.is_ready());
  request.cancellation.request();
  REQUIRE(task.is_ready());
  CHECK(task.take().status == 500);
  CHECK(bench.clock.waiting() == 0);
  CHECK(bench.telemetry.requests()[0].error_reason == "ClientConnectionFailure");
}

TEST_CASE("the record of a request names what it was", "[gateway][gateway]") {
  PolicyBench bench;
  ServiceModel model = one_service(inbound("<set-backend-service backend-id=\"a\" />"));
  Backend backend;
  backend.id = "a";
  backend.url = "http://a.test";
  model.backends.push_back(backend);
  Product product;
  product.id = "gold";
  product.api_ids = {"shop"};
  model.products.push_back(product);
  Subscription subscription;
  subscription.id = "team";
  subscription.scope = SubscriptionScope::product;
  subscription.scope_id = "gold";
  subscription.primary_key = "key1";
  model.subscriptions.push_back(subscription);
  REQUIRE_FALSE(bench.load(std::move(model)).has_errors());
  ScriptedAnswer slow;
  slow.status = 429;
  slow.body = "12345";
  slow.delay = 250ms;
  bench.transport.answer(slow);
  bench.send({.method = "GET", .url = "/shop/x", .headers = {{"Ocp-Apim-Subscription-Key", "key1"}}, .body = {}});
  const auto record = bench.telemetry.requests().at(0);
  CHECK(record.method == "GET");
  CHECK(record.path == "/shop/x");
  CHECK(record.api == "shop");
  CHECK(record.operation == "all");
  CHECK(record.product == "gold");
  CHECK(record.subscription == "team");
  CHECK(record.backend == "a");
  CHECK(record.status == 429);
  CHECK(record.total_us == 250'000);
  CHECK(record.backend_us == 250'000);
  CHECK(record.response_bytes == 5);
}

TEST_CASE("an answer to HEAD has no body but tells its length", "[gateway][gateway]") {
  PolicyBench bench;
  ServiceModel model = one_service();
  model.apis[0].operations[0].method = "HEAD";
  REQUIRE_FALSE(bench.load(std::move(model)).has_errors());
  ScriptedAnswer answer;
  answer.headers = {{"Content-Length", "77"}};
  bench.transport.answer(answer);
  bench.transport.answer(200, "must not travel");
  const BenchAnswer first = bench.send({.method = "HEAD", .url = "/shop/x", .headers = {}, .body = {}});
  CHECK(first.header("Content-Length") == std::vector<std::string>{"77"});
  const BenchAnswer second = bench.send({.method = "HEAD", .url = "/shop/x", .headers = {}, .body = {}});
  CHECK(second.body.empty());
  CHECK(second.header("Content-Length") == std::vector<std::string>{"15"});
}

TEST_CASE("the backend's length does not outlive the body it speaks of", "[gateway][gateway]") {
  PolicyBench bench;
  REQUIRE_FALSE(
      bench.load(one_service("<policies><outbound><set-body>longer than it was</set-body></outbound></policies>"))
          .has_errors());
  ScriptedAnswer answer;
  answer.headers = {{"Content-Length", "2"}};
  answer.body = "ok";
  bench.transport.answer(answer);
  const BenchAnswer got = bench.send({.method = "GET", .url = "/shop/x", .headers = {}, .body = {}});
  CHECK(got.body == "longer than it was");
  CHECK(got.header("Content-Length").empty());
}

TEST_CASE("a request keeps the snapshot it began with", "[gateway][reload]") {
  PolicyBench bench;
  const auto marked = [](const std::string& mark) {
    return one_service("<policies><outbound><set-header name=\"X-Snapshot\"><value>" + mark +
                       "</value></set-header></outbound></policies>");
  };
  REQUIRE_FALSE(bench.load(marked("old")).has_errors());
  ScriptedAnswer slow;
  slow.delay = 5s;
  slow.chunks = {"a", "b"};
  bench.transport.answer(slow);
  Request request;
  REQUIRE(request.set_url("http://api.test/shop/x"));
  Task<Response> task = bench.gateway.handle(request);
  REQUIRE_FALSE(bench.load(marked("new")).has_errors());
  auto response = bench.clock.run(task);
  REQUIRE(response);
  REQUIRE_FALSE(bench.load(marked("newest")).has_errors());
  CHECK(response->headers.get("X-Snapshot") == "old");
  CHECK(wait(response->body.stream()->read()).value() == "a");
  CHECK(bench.send({.method = "GET", .url = "/shop/x", .headers = {}, .body = {}}).status == 500);  // script used up
  bench.transport.reset();
  CHECK(bench.send({.method = "GET", .url = "/shop/x", .headers = {}, .body = {}}).header("X-Snapshot") ==
        std::vector<std::string>{"newest"});
  wait(response->body.stream()->close());
}

TEST_CASE("an answer that is given up while others catch up with it has been aborted, once", "[gateway]") {
  PolicyBench bench;
  REQUIRE_FALSE(bench.load(one_service()).has_errors());
  ScriptedAnswer answer;
  answer.chunks = {"a", "b"};
  bench.transport.answer(answer);
  Request request;
  REQUIRE(request.set_url("http://api.test/shop/x"));
  Task<Response> task = bench.gateway.handle(request);
  auto response = bench.clock.run(task);
  REQUIRE(response);
  BodyStream& body = *response->body.stream();
  CHECK(wait(body.read()).value() == "a");

  Cohorts cohorts;
  const HomeThread before = std::exchange(home_thread(), HomeThread{nullptr, nullptr, &cohorts});
  cohorts.begin();
  Task<BodyChunk> next = body.read();
  CHECK_FALSE(next.is_ready());
  body.cancel();
  cohorts.end();
  home_thread() = before;

  REQUIRE(next.is_ready());
  CHECK(wait(std::move(next)).error().code() == ErrorCode::cancelled);
  wait(body.close());
  const auto records = bench.telemetry.requests();
  REQUIRE(records.size() == 1);
  CHECK(records.front().aborted);
}

TEST_CASE("breakers and pools keep their state over a reload", "[gateway][reload]") {
  PolicyBench bench;
  const auto with_pool = [] {
    ServiceModel model = one_service(inbound("<set-backend-service backend-id=\"pool\" />"));
    CircuitBreakerRule rule;
    rule.count = 1;
    rule.trip_duration = 60s;
    rule.status_code_ranges = {{429, 429}};
    for (const char* id : {"a", "b"}) {
      Backend backend;
      backend.id = id;
      backend.url = std::string("http://") + id + ".test";
      backend.circuit_breaker = rule;
      model.backends.push_back(backend);
    }
    Backend pool;
    pool.id = "pool";
    pool.pool = {{"a", 1, 1}, {"b", 1, 1}};
    model.backends.push_back(pool);
    return model;
  };
  REQUIRE_FALSE(bench.load(with_pool()).has_errors());
  bench.transport.answer(429);
  bench.transport.answer(200);
  const auto first = bench.send({.method = "GET", .url = "/shop/x", .headers = {}, .body = {}});
  REQUIRE(first.calls.size() == 2);
  CHECK(first.calls[0].url == "http://a.test/x");
  REQUIRE_FALSE(bench.load(with_pool()).has_errors());
  bench.transport.reset();
  for (int i = 0; i < 3; ++i) {
    CHECK(bench.send({.method = "GET", .url = "/shop/x", .headers = {}, .body = {}}).calls.at(0).url ==
          "http://b.test/x");
  }
}

TEST_CASE("subscriptions without keys get some, and keep them over reloads", "[gateway][keys]") {
  PolicyBench bench;
  const auto with_subscription = [](std::string key) {
    ServiceModel model = one_service();
    model.apis[0].subscription_required = true;
    Subscription subscription;
    subscription.id = "team";
    subscription.primary_key = std::move(key);
    model.subscriptions.push_back(subscription);
    return model;
  };
  REQUIRE_FALSE(bench.load(with_subscription("")).has_errors());
  const auto keys = bench.gateway.generated_keys();
  REQUIRE(keys.size() == 1);
  CHECK(keys[0].subscription == "team");
  CHECK(keys[0].primary_key.size() == 32);
  CHECK(keys[0].primary_key != keys[0].secondary_key);
  const auto call = [&](const std::string& key) {
    return bench.send({.method = "GET", .url = "/shop/x", .headers = {{"Ocp-Apim-Subscription-Key", key}}, .body = {}})
        .status;
  };
  CHECK(call(keys[0].secondary_key) == 200);
  REQUIRE_FALSE(bench.load(with_subscription("")).has_errors());
  CHECK(bench.gateway.generated_keys()[0].primary_key == keys[0].primary_key);
  CHECK(call(keys[0].primary_key) == 200);
  REQUIRE_FALSE(bench.load(with_subscription("own")).has_errors());
  CHECK(bench.gateway.generated_keys().empty());
  CHECK(call(keys[0].primary_key) == 401);
  CHECK(call("own") == 200);
}

TEST_CASE("explain prints the effective pipeline and what was removed", "[gateway][explain]") {
  GatewayOptions options;
  options.deployment.region = "West US";
  PolicyBench bench(std::move(options));
  REQUIRE_FALSE(bench
                    .load(one_service(inbound("<choose><when condition=\"@(context.Deployment.Region == \"West US\")\">"
                                              "<set-header name=\"X-Kept\"><value>1</value></set-header></when>"
                                              "<otherwise><set-header name=\"X-Gone\"><value>1</value></set-header>"
                                              "</otherwise></choose>")))
                    .has_errors());
  const std::string text = bench.gateway.explain("shop", "all", "");
  CHECK(text.find("X-Kept") != std::string::npos);
  CHECK(text.find("policy.xml") != std::string::npos);
  CHECK(bench.gateway.explain("shop", "none", "").empty());
  CHECK(bench.gateway.explain("none", "all", "").empty());
  CHECK(bench.gateway.explain("shop", "all", "none").empty());
}

TEST_CASE("the blocking and the callback form answer alike", "[gateway][gateway]") {
  PolicyBench bench;
  REQUIRE_FALSE(bench.load(one_service()).has_errors());
  bench.transport.answer(200, "one");
  bench.transport.answer(200, "two");
  Request first;
  REQUIRE(first.set_url("http://api.test/shop/x"));
  CHECK(bench.gateway.handle_and_wait(first).body.data() == "one");
  Request second;
  REQUIRE(second.set_url("http://api.test/shop/x"));
  std::string body;
  bench.gateway.handle(second, [&](Response response) { body = response.body.data(); });
  CHECK(body == "two");
}

TEST_CASE("a request's object can be used again after reset", "[gateway][gateway]") {
  PolicyBench bench;
  REQUIRE_FALSE(bench.load(one_service()).has_errors());
  Request request;
  for (int i = 0; i < 3; ++i) {
    request.reset();
    REQUIRE(request.set_url("http://api.test/shop/x"));
    CHECK(bench.gateway.handle_and_wait(request).status == 200);
  }
  CHECK(bench.telemetry.requests().size() == 3);
}

TEST_CASE("without a transport calls to backends fail", "[gateway][gateway]") {
  Gateway gateway(GatewayOptions{});
  REQUIRE_FALSE(gateway.load(one_service()).has_errors());
  Request request;
  REQUIRE(request.set_url("http://api.test/shop/x"));
  CHECK(gateway.handle_and_wait(request).status == 500);
}
