// SPDX-License-Identifier: Apache-2.0
// Whole requests through Gateway::handle: routing, key, policies, a backend that answers at once. No socket.
#include "bench.hpp"
#include "stages/loading.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>

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

/// The document that `./dev bench proxy` and `./dev bench micro` run: one text for all of them.
std::string typical_policy() {
  const char* path = SLUICE_SOURCE_DIR "/benchmarks/proxy/artifacts/policies/apis/bench/policy.xml";
  std::ifstream file(path);
  if (!file) {
    std::fprintf(stderr, "%s cannot be read\n", path);
    std::exit(1);
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

struct State {
  InstantTransport transport;
  Gateway gateway{GatewayOptions{.transport = &transport}};
  Request request;
};

std::shared_ptr<State> make_gateway(std::optional<std::string> policy) {
  auto state = std::make_shared<State>();
  ServiceModel model;
  Api api;
  api.id = "bench";
  api.path = "api";
  api.service_url = "http://127.0.0.1:9000";
  Operation operation;
  operation.id = "get-item";
  operation.method = "GET";
  operation.url_template = "/items/{kind}/{id}";
  if (policy) operation.policy = PolicySource{std::move(*policy), "bench.xml"};
  api.operations.push_back(operation);
  model.apis.push_back(api);
  load(state->gateway, std::move(model));
  return state;
}

void run_once(State& state) {
  Request& request = state.request;
  request.reset();
  if (!request.set_url("http://gateway.test/api/items/bytes/1024")) std::abort();
  request.client_address = "127.0.0.1";
  request.headers.append_view({"Host"}, "gateway.test");
  request.headers.append_view({"User-Agent"}, "bench");
  request.headers.append_view({"Accept"}, "*/*");
  request.headers.append_view({"X-Tenant"}, "alpha");
  request.headers.append_view({"X-Debug"}, "1");
  request.headers.append_view({"Ocp-Apim-Subscription-Key"}, primary_key);
  const Response response = state.gateway.handle(request).take();
  if (response.status != 200) std::abort();
}

}  // namespace

void add_gateway_stages(Bench& bench) {
  const auto plain = make_gateway(std::nullopt);
  bench.add("gateway.handle.plain", "a request with a subscription key and no policies of its own",
            [plain] { run_once(*plain); });
  const auto typical = make_gateway(typical_policy());
  bench.add("gateway.handle.policies",
            "the same with rate-limit-by-key, 2 set-header, 2 deletes, rewrite-uri and a choose on a header",
            [typical] { run_once(*typical); });
}

}  // namespace sluice::bench
