// SPDX-License-Identifier: Apache-2.0
// Whole requests through Gateway::handle: routing, key, policies, a backend that answers at once. No socket.
#include "bench.hpp"

#include <sluice/gateway.hpp>

#include <cstdio>
#include <cstdlib>
#include <memory>

namespace sluice::bench {
namespace {

/// Answers every call with the same small body.
class InstantTransport final : public Transport {
 public:
  Task<Result<Response>> send(OutgoingRequest&, Arena& arena, Cancellation&) override {
    Response response(arena);
    response.headers.append_view({"Content-Type"}, "application/json");
    response.body = Body::bytes("{\"ok\":true}");
    return Result<Response>(std::move(response));
  }
};

constexpr const char* typical_policy = R"xml(<policies>
  <inbound>
    <rate-limit-by-key calls="1000000" renewal-period="60" counter-key="@(context.Subscription.Id)" />
    <set-header name="X-Gateway" exists-action="override"><value>sluice</value></set-header>
    <set-header name="X-Consumer" exists-action="override"><value>@(context.Subscription.Name)</value></set-header>
    <set-header name="X-Debug" exists-action="delete" />
    <rewrite-uri template="/v2/items/{id}" />
    <choose>
      <when condition="@(context.Request.Headers.GetValueOrDefault("X-Tenant", "") == "alpha")">
        <set-query-parameter name="tenant" exists-action="override"><value>alpha</value></set-query-parameter>
      </when>
    </choose>
  </inbound>
  <backend><forward-request /></backend>
  <outbound><set-header name="X-Backend" exists-action="delete" /></outbound>
  <on-error />
</policies>)xml";

struct State {
  InstantTransport transport;
  Gateway gateway{GatewayOptions{.transport = &transport}};
  Request request;
};

std::shared_ptr<State> make_gateway(const char* policy) {
  auto state = std::make_shared<State>();
  ServiceModel model;
  Api api;
  api.id = "items";
  api.path = "items";
  api.service_url = "http://backend.test";
  Operation operation;
  operation.id = "get-item";
  operation.method = "GET";
  operation.url_template = "/{id}";
  if (policy != nullptr) operation.policy = PolicySource{policy, "bench.xml"};
  api.operations.push_back(operation);
  model.apis.push_back(api);
  Subscription subscription;
  subscription.id = subscription.display_name = "bench";
  subscription.primary_key = "bench-primary-key";
  subscription.secondary_key = "bench-secondary-key";
  model.subscriptions.push_back(subscription);
  const Diagnostics found = state->gateway.load(std::move(model));
  for (const auto& diagnostic : found) std::fputs(render_text(diagnostic).c_str(), stderr);
  if (found.has_errors()) std::exit(1);
  return state;
}

void run_once(State& state) {
  Request& request = state.request;
  request.reset();
  if (!request.set_url("http://gateway.test/items/42?x=1")) std::abort();
  request.client_address = "127.0.0.1";
  request.headers.append_view({"Host"}, "gateway.test");
  request.headers.append_view({"User-Agent"}, "bench");
  request.headers.append_view({"Accept"}, "*/*");
  request.headers.append_view({"X-Tenant"}, "alpha");
  request.headers.append_view({"X-Debug"}, "1");
  request.headers.append_view({"Ocp-Apim-Subscription-Key"}, "bench-primary-key");
  const Response response = state.gateway.handle(request).take();
  if (response.status != 200) std::abort();
}

}  // namespace

void add_gateway_stages(Bench& bench) {
  const auto plain = make_gateway(nullptr);
  bench.add("gateway.handle.plain", "a request with a subscription key and no policies of its own",
            [plain] { run_once(*plain); });
  const auto typical = make_gateway(typical_policy);
  bench.add("gateway.handle.policies",
            "the same with rate-limit-by-key, 2 set-header, 2 deletes, rewrite-uri and a choose on a header",
            [typical] { run_once(*typical); });
}

}  // namespace sluice::bench
