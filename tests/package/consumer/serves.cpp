// SPDX-License-Identifier: Apache-2.0
// A program that links everything: a server, the pooled client and metrics, one request through all of them.
#include <sluice/gateway.hpp>
#include <sluice/http/runtime.hpp>
#include <sluice/http/server.hpp>
#include <sluice/telemetry/prometheus.hpp>

#include <iostream>

using namespace sluice;

namespace {

struct Hello final : http::Handler {
  Task<Response> handle(Request& request) override {
    Response response(request.arena);
    response.body = Body::bytes("hello");
    return response;
  }
};

}  // namespace

int main() {
  Hello hello;
  http::Runtime runtime({.workers = 1});
  http::Server upstream(runtime, {}, hello);
  if (!upstream.start()) return 1;

  telemetry::PrometheusTelemetry telemetry(runtime.clock());
  Gateway gateway({.transport = &runtime.transport(), .clock = &runtime.clock(), .telemetry = &telemetry});
  Api api{
      .id = "hello", .path = "hello", .service_url = "http://" + upstream.address(), .subscription_required = false};
  api.operations.push_back({.id = "get", .method = "GET", .url_template = "/"});
  for (const auto& finding : gateway.load({.apis = {api}})) std::cerr << render_text(finding);

  Request request;
  if (!request.set_url("https://gateway.example/hello/")) return 1;
  Response response = gateway.handle_and_wait(request);
  const auto read = wait(buffer_body(response.body, request.arena, 1024, ErrorCode::response_body_too_large));
  std::cout << response.status << ' ' << response.body.data() << '\n' << telemetry.scrape();
  return read && response.status == 200 && response.body.data() == "hello" ? 0 : 1;
}
