// SPDX-License-Identifier: Apache-2.0
// The bound of what one streamed completion may have checked.
#include "ai/safety_guard.hpp"

#include <sluice/testing/policy_bench.hpp>

#include <catch2/catch.hpp>

using namespace sluice;
using namespace sluice::testing;

namespace {

ServiceModel checking_model() {
  ServiceModel model;
  Api api;
  api.id = "test-api";
  api.path = "api";
  api.service_url = "http://backend.test";
  api.protocols = {"http"};
  api.subscription_required = false;
  Operation operation;
  operation.id = "any";
  operation.method = "GET";
  operation.url_template = "/*";
  api.operations.push_back(operation);
  api.policy = PolicySource{R"(<policies><inbound /><backend><forward-request /></backend><outbound>)"
                            R"(<llm-content-safety backend-id="safety" window-size="1" /></outbound></policies>)",
                            "test.xml", PolicyFormat::rawxml};
  model.apis.push_back(std::move(api));
  Backend backend;
  backend.id = "safety";
  backend.url = "http://safety.test";
  model.backends.push_back(std::move(backend));
  return model;
}

constexpr std::string_view clean =
    R"({"categoriesAnalysis":[{"category":"Hate","severity":0},{"category":"SelfHarm","severity":0},)"
    R"({"category":"Sexual","severity":0},{"category":"Violence","severity":0}]})";

}  // namespace

TEST_CASE("a stream that needs more windows than the bound ends there", "[policies][llm-content-safety]") {
  PolicyBench bench;
  REQUIRE_FALSE(bench.load(checking_model()).has_errors());
  const std::string event = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n";
  ScriptedAnswer stream;
  stream.headers = {{"Content-Type", "text/event-stream"}};
  stream.chunks.assign(ai::max_stream_windows + 2, event);
  ScriptedAnswer verdict;
  verdict.body = clean;
  bench.transport.add({.when = {.method = {}, .url = {}, .url_prefix = "http://backend.test"}, .answer = stream});
  bench.transport.add({.when = {}, .answer = verdict, .repeat = ScriptEntry::forever});
  BenchRequest request;
  request.url = "/api/chat/completions";
  const BenchAnswer answer = bench.send(request);
  CHECK(answer.status == 200);
  CHECK(answer.calls.size() == 1 + ai::max_stream_windows);
  CHECK(answer.body.find("\"finish_reason\":\"content_filter\"") ==
        event.size() * ai::max_stream_windows + event.find(",\"delta\"") + 12);
  CHECK(bench.transport.cancelled_streams() == 1);
}
