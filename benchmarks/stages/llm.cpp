// SPDX-License-Identifier: Apache-2.0
// Whole requests of models through Gateway::handle: token limit, pool and metrics, whose first member takes them or
// throttles them, so that they spill. No socket.
#include "bench.hpp"
#include "stages/loading.hpp"

#include <cstdlib>
#include <memory>
#include <string>

namespace sluice::bench {
namespace {

constexpr std::string_view policy = R"x(<policies><inbound>
    <set-backend-service backend-id="pool" />
    <llm-token-limit counter-key="@(context.Subscription.Id)" tokens-per-minute="1000000000000" mode="reservation" />
    <llm-emit-token-metric namespace="bench"><dimension name="Subscription ID" /></llm-emit-token-metric>
  </inbound><backend><forward-request buffer-request-body="true" /></backend><outbound /><on-error /></policies>)x";

/// Every call of `first` is throttled when that is wanted; all others are answered.
class Models final : public Transport {
 public:
  explicit Models(bool throttles) : throttles_(throttles) {}
  Task<Result<Response>> send(OutgoingRequest& request, Arena& arena, Cancellation&) override {
    Response response(arena);
    response.headers.append_view({"Content-Type"}, "application/json");
    if (throttles_ && request.url.host == "first.test") {
      response.status = 429;
      response.body = Body::bytes(R"({"error":{"code":"429"}})");
    } else {
      response.body =
          Body::bytes(R"({"id":"chatcmpl-1","object":"chat.completion","model":"gpt-4o","choices":[{"index":0,)"
                      R"("message":{"role":"assistant","content":"Hello there."},"finish_reason":"stop"}],)"
                      R"("usage":{"prompt_tokens":200,"completion_tokens":3,"total_tokens":203}})");
    }
    return Result<Response>(std::move(response));
  }

 private:
  bool throttles_;
};

/// About 1 KiB.
std::string chat() {
  std::string words;
  while (words.size() < 900) words += "Please summarise what has been said about the delivery. ";
  return R"({"model":"gpt-4o","messages":[{"role":"user","content":")" + words + R"("}],"max_tokens":100})";
}

struct State {
  explicit State(bool throttles) : transport(throttles) {}
  Models transport;
  Gateway gateway{GatewayOptions{.transport = &transport}};
  Request request;
  const std::string body = chat();
};

ServiceModel model_with_pool() {
  ServiceModel model;
  Api api;
  api.id = "bench";
  api.path = "api";
  Operation operation;
  operation.id = "chat";
  operation.method = "POST";
  operation.url_template = "/chat/completions";
  operation.policy = PolicySource{std::string(policy), "bench.xml"};
  api.operations.push_back(operation);
  model.apis.push_back(api);
  for (const std::string id : {"first", "second"}) {
    Backend backend;
    backend.id = id;
    backend.url = "https://" + id + ".test";
    model.backends.push_back(backend);
  }
  Backend pool;
  pool.id = "pool";
  pool.pool = {{.backend_id = "first", .priority = 1}, {.backend_id = "second", .priority = 2}};
  model.backends.push_back(pool);
  return model;
}

std::shared_ptr<State> make_gateway(bool throttles) {
  auto state = std::make_shared<State>(throttles);
  load(state->gateway, model_with_pool());
  return state;
}

void run_once(State& state) {
  Request& request = state.request;
  request.reset();
  if (!request.set_url("http://gateway.test/api/chat/completions")) std::abort();
  request.method = "POST";
  request.client_address = "127.0.0.1";
  request.headers.append_view({"Host"}, "gateway.test");
  request.headers.append_view({"Content-Type"}, "application/json");
  request.headers.append_view({"Ocp-Apim-Subscription-Key"}, primary_key);
  request.body = Body::bytes(state.body);
  const Response response = state.gateway.handle(request).take();
  if (response.status != 200) std::abort();
}

}  // namespace

void add_llm_stages(Bench& bench) {
  const auto taken = make_gateway(false);
  bench.add("gateway.handle.llm", "a chat request of 1 KiB with key, token limit that reserves, pool and token metric",
            [taken] { run_once(*taken); });
  const auto spilled = make_gateway(true);
  bench.add("gateway.handle.llm.spill", "the same, throttled by the first member of the pool",
            [spilled] { run_once(*spilled); });
}

}  // namespace sluice::bench
