// SPDX-License-Identifier: Apache-2.0
// A gateway with one keyless API whose every operation runs one policy document, for what cases cannot say: requests
// that overlap, waits as they were asked for, and what a transport is told.
#pragma once

#include <sluice/gateway.hpp>
#include <sluice/random.hpp>

#include "testing/bare_context.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice::test {

/// Time passes at once; every wait is noted.
struct NotingClock final : Clock {
  WallTime wall{std::chrono::seconds(1'700'000'000)};
  SteadyTime steady{};
  std::vector<double> waits;  ///< In seconds.
  WallTime now() override { return wall; }
  SteadyTime steady_now() override { return steady; }
  Task<bool> wait_until(SteadyTime deadline, Cancellation&) override {
    waits.push_back(std::chrono::duration<double>(deadline - steady).count());
    wall += deadline - steady;
    steady = deadline;
    return true;
  }
};

/// Answers every call with the same status.
struct StatusTransport final : Transport {
  int status = 200;
  unsigned calls = 0;
  Task<Result<Response>> send(OutgoingRequest&, Arena& arena, Cancellation&) override {
    ++calls;
    Response answer(arena);
    answer.status = status;
    return Result<Response>(std::move(answer));
  }
};

inline ServiceModel one_api(std::string policy) {
  ServiceModel model;
  Api api;
  api.id = "test-api";
  api.display_name = "Test API";
  api.path = "api";
  api.service_url = "http://backend.test";
  api.protocols = {"http", "https"};
  api.subscription_required = false;
  Operation operation;
  operation.id = "any";
  operation.method = "GET";
  operation.url_template = "/*";
  api.operations.push_back(operation);
  api.policy = PolicySource{std::move(policy), "test.xml", PolicyFormat::rawxml};
  model.apis.push_back(std::move(api));
  return model;
}

/// A gateway that serves `one_api(policy)`.
class OneApi {
 public:
  OneApi(GatewayOptions options, std::string policy) : gateway(std::move(options)) {
    const Diagnostics found = gateway.load(one_api(std::move(policy)));
    for (const Diagnostic& diagnostic : found) UNSCOPED_INFO(render_text(diagnostic));
    REQUIRE_FALSE(found.has_errors());
  }
  Gateway gateway;
};

/// A GET of `url`, with a request that lives as long as its answer is looked at.
struct Call {
  explicit Call(std::string_view url) { REQUIRE(request.set_url(url)); }
  Request request;
  int status = 0;
  std::optional<Response> answer;
  void begin(Gateway& gateway) {
    gateway.handle(request, [this](Response made) {
      status = made.status;
      answer.emplace(std::move(made));
    });
  }
};

}  // namespace sluice::test
