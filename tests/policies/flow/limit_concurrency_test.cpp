// SPDX-License-Identifier: Apache-2.0
#include "policies/one_api.hpp"

#include <deque>

using namespace sluice;
using namespace sluice::test;

namespace {

/// Holds every call until it is told to answer.
struct HoldingTransport final : Transport {
  std::deque<Completion<bool>> held;
  std::size_t answered = 0;
  Task<Result<Response>> send(OutgoingRequest&, Arena& arena, Cancellation&) override {
    Completion<bool>& turn = held.emplace_back();
    co_await turn;
    co_return Response(arena);
  }
  void answer_next() { held[answered++].complete(true); }
};

}  // namespace

TEST_CASE("limit-concurrency refuses one too many and lets others in when a place is free",
          "[policies][limit-concurrency]") {
  HoldingTransport transport;
  GatewayOptions options;
  options.transport = &transport;
  OneApi api(std::move(options),
             "<policies><backend><limit-concurrency key=\"k\" max-count=\"2\"><forward-request /></limit-concurrency>"
             "</backend></policies>");
  std::deque<Call> calls;
  for (int i = 0; i < 4; ++i) calls.emplace_back("http://api.test/api/x");

  calls[0].begin(api.gateway);
  calls[1].begin(api.gateway);
  calls[2].begin(api.gateway);
  CHECK(calls[0].status == 0);
  CHECK(calls[1].status == 0);
  CHECK(calls[2].status == 429);

  transport.answer_next();
  CHECK(calls[0].status == 200);
  calls[3].begin(api.gateway);
  CHECK(calls[3].status == 0);
  transport.answer_next();
  transport.answer_next();
  CHECK(calls[1].status == 200);
  CHECK(calls[3].status == 200);
}
