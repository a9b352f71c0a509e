// SPDX-License-Identifier: Apache-2.0
// A gateway inside a program, without a socket: the program brings its own transport and calls `handle`.
#include <sluice/gateway.hpp>

#include <iostream>

using namespace sluice;

// [readme]
struct Echo final : Transport {  // stands for the backend: tells what it was sent
  Task<Result<Response>> send(OutgoingRequest& request, Arena& arena, Cancellation&) override {
    Response response(arena);
    response.body = Body::bytes(arena.concat({request.method, " ", request.url.to_string(arena)}));
    return Result<Response>(std::move(response));
  }
};

int main() {
  Echo transport;
  Gateway gateway({.transport = &transport});
  Api api{.id = "orders", .path = "orders", .service_url = "http://orders.internal", .subscription_required = false};
  api.operations.push_back({.id = "get-order", .method = "GET", .url_template = "/{id}"});
  api.policy = PolicySource{R"(<policies><inbound><base />
      <rewrite-uri template="/v2/orders/{id}" /></inbound></policies>)",
                            "orders.xml"};
  for (const auto& finding : gateway.load({.apis = {api}})) std::cerr << render_text(finding);

  Request request;
  if (!request.set_url("https://gateway.example/orders/42")) return 1;
  const Response response = gateway.handle_and_wait(request);
  std::cout << response.status << ' ' << response.body.data() << '\n';
  return response.body.data() == "GET http://orders.internal/v2/orders/42" ? 0 : 1;
}
// [/readme]
