// SPDX-License-Identifier: Apache-2.0
#include "policies/one_api.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

/// Backend calls are answered at once, calls of the log when told to.
struct SlowLog final : Transport {
  Completion<bool> log;
  bool log_called = false;
  Task<Result<Response>> send(OutgoingRequest& request, Arena& arena, Cancellation&) override {
    if (request.url.host == "log.test") {
      log_called = true;
      co_await log;
    }
    co_return Response(arena);
  }
};

}  // namespace

TEST_CASE("The caller does not wait for send-one-way-request", "[policies][send-one-way-request]") {
  SlowLog transport;
  GatewayOptions options;
  options.transport = &transport;
  OneApi api(std::move(options),
             "<policies><inbound><send-one-way-request><set-url>http://log.test/</set-url><set-method>POST</set-method>"
             "<set-body>entry</set-body></send-one-way-request></inbound></policies>");
  Call call("http://api.test/api/x");
  call.begin(api.gateway);
  CHECK(call.status == 200);
  CHECK(transport.log_called);
  transport.log.complete(true);
  CHECK(api.gateway.running() == 0);
}
