// SPDX-License-Identifier: Apache-2.0
// The documents of the reference architecture at work: the example's artifacts, unmodified, over sockets.
#include "end_to_end/support.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace sluice::test;

namespace {

constexpr const char* always_429 = R"({"failStatus":429,"failCount":-1,"failRetryAfter":7})";
constexpr const char* hello = "Hello";

}  // namespace

TEST_CASE("high priority goes to the primary reserved deployment", "[end_to_end]") {
  Upstreams upstreams;
  Host host(plan_of(upstreams));
  const std::string answer = call(host.port(), "POST", chat_path, as("demo-key-high", "high"), chat_body(hello));
  INFO(answer << host.process().err());
  CHECK(status_of(answer) == 200);
  CHECK(header_of(answer, "x-upstream") == "ptu-primary");
  CHECK(answer.find("\"chat.completion\"") != std::string::npos);
  // The subscription key is the gateway's business, the rest of the call goes on as it came.
  CHECK(upstreams.requests("ptu-primary").find("/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21") !=
        std::string::npos);
}

TEST_CASE("when reserved capacity answers 429 the caller sees 200 from pay-as-you-go", "[end_to_end]") {
  Upstreams upstreams;
  Host host(plan_of(upstreams));
  REQUIRE(upstreams.set("ptu-primary", always_429) == 200);
  REQUIRE(upstreams.set("ptu-secondary", always_429) == 200);
  const std::string body = chat_body("spill over");
  const std::string answer = call(host.port(), "POST", chat_path, as("demo-key-medium", "medium"), body);
  INFO(answer << host.process().err());
  CHECK(status_of(answer) == 200);
  CHECK(header_of(answer, "x-upstream") == "payg");
  // The same request was sent again: each deployment saw it once, with its body.
  CHECK(upstreams.count("ptu-primary") == 1);
  CHECK(upstreams.count("ptu-secondary") == 1);
  CHECK(upstreams.count("payg") == 1);
  CHECK(upstreams.requests("payg").find("spill over") != std::string::npos);
}

TEST_CASE("medium priority is spread over reserved capacity as long as that answers", "[end_to_end]") {
  Upstreams upstreams;
  Host host(plan_of(upstreams));
  for (int i = 0; i < 6; ++i) {
    CHECK(status_of(call(host.port(), "POST", chat_path, as("demo-key-medium"), chat_body(hello))) == 200);
  }
  CHECK(upstreams.count("ptu-primary") > 0);
  CHECK(upstreams.count("ptu-secondary") > 0);
  CHECK(upstreams.count("payg") == 0);
}

TEST_CASE("low priority has ten calls a minute and is then told when to come back", "[end_to_end]") {
  Upstreams upstreams;
  Host host(plan_of(upstreams));
  for (int i = 0; i < 10; ++i) {
    const std::string answer = call(host.port(), "POST", chat_path, as("demo-key-low", "low"), chat_body(hello));
    INFO(i << answer);
    CHECK(status_of(answer) == 200);
    CHECK(header_of(answer, "x-upstream") == "payg");
  }
  const std::string refused = call(host.port(), "POST", chat_path, as("demo-key-low", "low"), chat_body(hello));
  INFO(refused);
  CHECK(refused.substr(0, 30) == "HTTP/1.1 429 Too Many Requests");
  // on-error of the global document takes Retry-After over from the refusal.
  const std::string retry_after = header_of(refused, "Retry-After");
  REQUIRE_FALSE(retry_after.empty());
  CHECK(std::stoi(retry_after) >= 1);
  CHECK(std::stoi(retry_after) <= 60);
  CHECK(upstreams.count("payg") == 10);
  // The limit is one subscription's, not everybody's.
  CHECK(status_of(call(host.port(), "POST", chat_path, as("demo-key-medium", "low"), chat_body(hello))) == 200);
}

TEST_CASE("a backend that stays throttled is tried four times and its Retry-After reaches the caller", "[end_to_end]") {
  Upstreams upstreams;
  Host host(plan_of(upstreams));
  REQUIRE(upstreams.set("orders", always_429) == 200);
  const std::string answer = call(host.port(), "GET", "/orders/", as("demo-key-partner"));
  INFO(answer);
  CHECK(status_of(answer) == 429);
  CHECK(header_of(answer, "Retry-After") == "7");
  CHECK(upstreams.count("orders") == 4);
}

TEST_CASE("after three failures the circuit breaker of the pool spares a deployment", "[end_to_end]") {
  Upstreams upstreams;
  Host host(plan_of(upstreams));
  REQUIRE(upstreams.set("ptu-primary", always_429) == 200);
  const std::string answer = call(host.port(), "POST", chat_path, as("demo-key-high", "high"), chat_body(hello));
  INFO(answer);
  CHECK(status_of(answer) == 503);
  CHECK(upstreams.count("ptu-primary") == 3);
  // The rule accepts the backend's Retry-After instead of its own thirty seconds.
  const std::string retry_after = header_of(answer, "Retry-After");
  REQUIRE_FALSE(retry_after.empty());
  CHECK(std::stoi(retry_after) >= 1);
  CHECK(std::stoi(retry_after) <= 7);
}

TEST_CASE("calls without a key, or with one of another product, are refused as documented", "[end_to_end]") {
  Upstreams upstreams;
  Host host(plan_of(upstreams));
  const std::string without = call(host.port(), "POST", chat_path, {}, chat_body(hello));
  CHECK(status_of(without) == 401);
  CHECK(without.find("missing subscription key") != std::string::npos);
  CHECK(header_of(without, "WWW-Authenticate").find("Ocp-Apim-Subscription-Key") != std::string::npos);
  for (const char* key : {"nobody's", "demo-key-partner"}) {
    const std::string wrong = call(host.port(), "POST", chat_path, as(key), chat_body(hello));
    INFO(key << wrong);
    CHECK(status_of(wrong) == 401);
    CHECK(wrong.find("invalid subscription key") != std::string::npos);
  }
  CHECK(upstreams.count("ptu-primary") + upstreams.count("ptu-secondary") == 0);
}

TEST_CASE("tokens per minute are counted from what the model reports", "[end_to_end]") {
  ArtifactsCopy artifacts;
  // Shows the variable that the token limit sets; everything else is as written.
  artifacts.change(
      "apis/azure-openai/operations/chat-completions/policy.xml", "<outbound>",
      "<outbound><set-header name=\"X-Remaining\" exists-action=\"override\"><value>"
      "@(context.Variables.GetValueOrDefault<int>(\"remainingTokens\", -1).ToString())</value></set-header>");
  Upstreams upstreams;
  Host host(plan_of(upstreams), artifacts.path());
  INFO(host.process().err());
  for (const char* name : {"ptu-primary", "ptu-secondary"}) {
    REQUIRE(upstreams.set(name, R"({"completionTokens":6000})") == 200);
  }
  const auto ask = [&] { return call(host.port(), "POST", chat_path, as("demo-key-medium"), chat_body(hello)); };
  const std::string first = ask();
  REQUIRE(status_of(first) == 200);
  const int before = std::stoi("0" + header_of(first, "X-Remaining"));
  const std::string second = ask();
  REQUIRE(status_of(second) == 200);
  const int after = std::stoi("0" + header_of(second, "X-Remaining"));
  CHECK(before > 9000);
  CHECK(after < before - 5000);
  const std::string third = ask();
  INFO(third);
  CHECK(status_of(third) == 429);
  CHECK(std::stoi("0" + header_of(third, "Retry-After")) >= 1);
  CHECK(status_of(call(host.port(), "POST", chat_path, as("demo-key-high"), chat_body(hello))) == 200);
}

TEST_CASE("the region of the gateway chooses the deployment", "[end_to_end]") {
  Upstreams upstreams;
  const auto [region, name] = GENERATE(table<const char*, const char*>(
      {{"East US", "eastus"}, {"West US", "westus"}, {"west europe", "westeurope"}, {"Elsewhere", "eastus"}}));
  Host host(plan_of(upstreams), example_folder / "artifacts", {"--region", region});
  const std::string answer = call(host.port(), "POST", regional_path, as("demo-key-medium"), chat_body(hello));
  INFO(region << answer << host.process().err());
  CHECK(status_of(answer) == 200);
  CHECK(header_of(answer, "x-upstream") == name);
}

TEST_CASE("prompts that are not safe do not reach a model", "[end_to_end]") {
  Upstreams upstreams;
  Host host(plan_of(upstreams));
  const auto ask = [&](const char* text) {
    return call(host.port(), "POST", regional_path, as("demo-key-medium"), chat_body(text));
  };
  for (const char* text : {"this is hate4", "full of violence6", "a forbidden-term"}) {
    const std::string answer = ask(text);
    INFO(text << answer);
    CHECK(status_of(answer) == 403);
    CHECK(answer.find("Request failed content safety check.") != std::string::npos);
  }
  CHECK(upstreams.count("eastus") == 0);
  CHECK(status_of(ask("a little hate2")) == 200);
  CHECK(upstreams.count("eastus") == 1);
  CHECK(upstreams.count("content-safety") == 4);
}

TEST_CASE("content safety that does not answer blocks", "[end_to_end]") {
  Upstreams upstreams;
  Host host(plan_of(upstreams));
  REQUIRE(upstreams.set("content-safety", R"({"failStatus":500,"failCount":-1})") == 200);
  const std::string answer = call(host.port(), "POST", regional_path, as("demo-key-medium"), chat_body(hello));
  CHECK(status_of(answer) == 403);
  CHECK(upstreams.count("eastus") == 0);
}

TEST_CASE("metrics show tokens by subscription, API, region and model, and the calls", "[end_to_end]") {
  Upstreams upstreams;
  Host host(plan_of(upstreams));
  Fields fields = as("demo-key-high", "high");
  fields.emplace_back("X-Model", "gpt-4o\"quoted");
  REQUIRE(status_of(call(host.port(), "POST", chat_path, fields, chat_body(hello, R"(,"max_tokens":8)"))) == 200);
  const std::string metrics = host.metrics();
  INFO(metrics);
  const std::size_t at = metrics.find("\nsluice_llm_completion_tokens_total{");
  REQUIRE(at != std::string::npos);
  const std::string line = metrics.substr(at + 1, metrics.find('\n', at + 1) - at - 1);
  for (const char* part :
       {"namespace=\"genai-metrics\"", "Subscription=\"critical-operations\"", "Product=\"AI Gateway\"",
        "API=\"Azure OpenAI\"", "Region=\"East US\"", "Model=\"gpt-4o\\\"quoted\""}) {
    INFO(part);
    CHECK(line.find(part) != std::string::npos);
  }
  CHECK(line.substr(line.rfind(' ') + 1) == "8");
  CHECK(metrics.find("sluice_requests_total{api=\"azure-openai\"") != std::string::npos);
  CHECK(metrics.find("sluice_request_duration_seconds_count{api=\"azure-openai\"} 1") != std::string::npos);
  CHECK(metrics.find("demo-key") == std::string::npos);
}

TEST_CASE("business APIs are another product: their key opens them, and no other", "[end_to_end]") {
  Upstreams upstreams;
  Host host(plan_of(upstreams));
  const std::string list = call(host.port(), "GET", "/orders/", as("demo-key-partner"));
  INFO(list << host.process().err());
  CHECK(status_of(list) == 200);
  CHECK(header_of(list, "x-upstream") == "orders");
  CHECK(status_of(call(host.port(), "GET", "/customers/2", as("demo-key-partner"))) == 200);
  CHECK(status_of(call(host.port(), "GET", "/products/999", as("demo-key-partner"))) == 404);
  CHECK(status_of(call(host.port(), "POST", "/orders/", as("demo-key-partner"), R"({"id":"9"})")) == 201);
  CHECK(status_of(call(host.port(), "GET", "/orders/", as("demo-key-high"))) == 401);
}
