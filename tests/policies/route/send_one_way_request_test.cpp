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
    Response answer(arena);
    answer.body.set_bytes("fine");
    co_return answer;
  }
};

}  // namespace

TEST_CASE("The answer and its body are there before send-one-way-request has ended",
          "[policies][send-one-way-request]") {
  SlowLog transport;
  GatewayOptions options;
  options.transport = &transport;
  OneApi api(std::move(options),
             "<policies><inbound><send-one-way-request><set-url>http://log.test/</set-url><set-method>POST</set-method>"
             "<set-body>entry</set-body></send-one-way-request></inbound></policies>");
  Call call("http://api.test/api/x");
  call.begin(api.gateway);
  REQUIRE(call.status == 200);
  REQUIRE(call.answer->body.is_stream());
  CHECK_FALSE(transport.log_called);
  {
    Task<BodyChunk> piece = call.answer->body.stream()->read();
    REQUIRE(piece.is_ready());
    CHECK(piece.take().value() == "fine");
  }
  Task<BodyChunk> end = call.answer->body.stream()->read();
  CHECK(transport.log_called);
  CHECK_FALSE(end.is_ready());
  transport.log.complete(true);
  REQUIRE(end.is_ready());
  CHECK(end.take().value().empty());
  CHECK(api.gateway.running() == 0);
}
