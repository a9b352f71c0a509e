// SPDX-License-Identifier: Apache-2.0
// Counting policies with stores that fail, requests that overlap, and threads.
#include "policies/one_api.hpp"

#include <atomic>
#include <deque>
#include <thread>

using namespace sluice;
using namespace sluice::test;

namespace {

std::string with(std::string_view policy) {
  return "<policies><inbound>" + std::string(policy) + "</inbound><backend><forward-request /></backend></policies>";
}

int status_of(OneApi& api) {
  Call call("http://api.test/api/x");
  call.begin(api.gateway);
  return call.status;
}

/// Holds every call until it is told to answer.
struct HoldingTransport final : Transport {
  std::deque<Completion<bool>> held;
  Task<Result<Response>> send(OutgoingRequest&, Arena& arena, Cancellation&) override {
    Completion<bool>& turn = held.emplace_back();
    co_await turn;
    co_return Response(arena);
  }
};

}  // namespace

TEST_CASE("a rate passes calls when its store fails, a quota refuses them", "[policies][rate]") {
  StatusTransport transport;
  testing::RefusingCounters counters;
  GatewayOptions options;
  options.transport = &transport;
  options.counters = &counters;
  OneApi rate(options, with(R"(<rate-limit-by-key calls="1" renewal-period="60" counter-key="k" />)"));
  CHECK(status_of(rate) == 200);
  CHECK(status_of(rate) == 200);
  OneApi deferred(
      options,
      with(
          R"x(<rate-limit-by-key calls="1" renewal-period="60" counter-key="k" increment-condition="@(context.Response.StatusCode == 200)" />)x"));
  CHECK(status_of(deferred) == 200);
  OneApi quota(options, with(R"(<quota-by-key calls="1" renewal-period="300" counter-key="k" />)"));
  CHECK(status_of(quota) == 503);
  OneApi bandwidth(options, with(R"(<quota-by-key bandwidth="1" renewal-period="300" counter-key="k" />)"));
  CHECK(status_of(bandwidth) == 503);
}

TEST_CASE("requests under way count against those that come", "[policies][rate]") {
  HoldingTransport transport;
  GatewayOptions options;
  options.transport = &transport;
  OneApi api(options, with(R"(<rate-limit-by-key calls="2" renewal-period="60" counter-key="k" />)"));
  std::deque<Call> calls;
  for (int i = 0; i < 3; ++i) {
    calls.emplace_back("http://api.test/api/x");
    calls.back().begin(api.gateway);
  }
  CHECK(calls[0].status == 0);
  CHECK(calls[1].status == 0);
  CHECK(calls[2].status == 429);
  transport.held[0].complete(true);
  transport.held[1].complete(true);
  CHECK(calls[1].status == 200);
}

TEST_CASE("threads together pass no more calls than the limit", "[policies][rate][threads]") {
  OneApi api(
      GatewayOptions(),
      R"(<policies><inbound><rate-limit-by-key calls="100" renewal-period="300" counter-key="k" /><return-response><set-status code="204" /></return-response></inbound></policies>)");
  std::atomic<int> passed{0}, refused{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 100; ++n) {
        Request request;
        if (!request.set_url("http://api.test/api/x")) continue;
        const int status = api.gateway.handle_and_wait(request).status;
        if (status == 204) ++passed;
        if (status == 429) ++refused;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(passed == 100);
  CHECK(refused == 300);
}

TEST_CASE("bandwidth of an answer that is given up counts what was delivered", "[policies][quota]") {
  struct Pieces final : BodyStream {
    int left = 4;
    std::string piece = std::string(512, 'x');
    Task<BodyChunk> read() override { return BodyChunk(left-- > 0 ? std::string_view(piece) : std::string_view()); }
    void cancel() override {}
  };
  struct StreamTransport final : Transport {
    Task<Result<Response>> send(OutgoingRequest&, Arena& arena, Cancellation&) override {
      Response answer(arena);
      answer.body = Body::stream(std::make_unique<Pieces>());
      return Result<Response>(std::move(answer));
    }
  } transport;
  GatewayOptions options;
  options.transport = &transport;
  OneApi api(
      options,
      R"(<policies><inbound><quota-by-key bandwidth="1" renewal-period="300" counter-key="k" /></inbound><backend><forward-request buffer-response="false" /></backend></policies>)");
  const auto read_pieces = [&](int pieces) {
    Call call("http://api.test/api/x");
    call.begin(api.gateway);
    if (call.status != 200) return call.status;
    for (int i = 0; i < pieces; ++i) CHECK(wait(call.answer->body.stream()->read()));
    call.answer->body.stream()->cancel();
    return call.status;
  };
  CHECK(read_pieces(1) == 200);
  CHECK(read_pieces(0) == 200);
  CHECK(read_pieces(1) == 200);
  CHECK(read_pieces(1) == 403);
}
