// SPDX-License-Identifier: Apache-2.0
// Token limits with requests that overlap, callers that leave, and stores that fail.
#include "policies/one_api.hpp"

#include <sluice/memory_stores.hpp>
#include <sluice/testing/policy_bench.hpp>
#include <sluice/testing/recording_telemetry.hpp>

#include <deque>

using namespace sluice;
using namespace sluice::test;

namespace {

constexpr std::string_view six_words =
    R"({"stream":true,"messages":[{"role":"user","content":"one two three four five six"}]})";
constexpr std::int64_t prompt_tokens = 13;  // six words, a message and its role, the start of the answer

std::string with(std::string_view policy) {
  return "<policies><inbound>" + std::string(policy) +
         "</inbound><backend><forward-request buffer-response=\"false\" /></backend></policies>";
}
std::string limit(std::int64_t tokens) {
  return with("<llm-token-limit counter-key=\"k\" tokens-per-minute=\"" + std::to_string(tokens) +
              "\" estimate-prompt-tokens=\"true\" remaining-tokens-header-name=\"X-Left\" />");
}

struct Events final : BodyStream {
  std::deque<std::string> pieces = {
      "data: {\"choices\":[{\"delta\":{\"content\":\"one two \"}}]}\n\n",
      "data: {\"choices\":[{\"delta\":{\"content\":\"three four\"}}]}\n\n",
      "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":20,\"completion_tokens\":30,\"total_tokens\":50}}\n\n"};
  std::string current;
  Task<BodyChunk> read() override {
    if (pieces.empty()) return BodyChunk(std::string_view());
    current = std::move(pieces.front());
    pieces.pop_front();
    return BodyChunk(std::string_view(current));
  }
  void cancel() override { pieces.clear(); }
};

/// Streams events; holds each call first when told to.
struct EventTransport final : Transport {
  bool holds = false;
  std::deque<Completion<bool>> held;
  Task<Result<Response>> send(OutgoingRequest&, Arena& arena, Cancellation&) override {
    bool succeeds = true;
    if (holds) {
      Completion<bool>& turn = held.emplace_back();
      succeeds = co_await turn;
    }
    if (!succeeds) co_return fail(ErrorCode::backend_connection_failure);
    Response answer(arena);
    answer.headers.set("Content-Type", "text/event-stream");
    answer.body = Body::stream(std::make_unique<Events>());
    co_return answer;
  }
};

struct Bench {
  NotingClock clock;
  EventTransport transport;
  MemoryCounterStore counters{clock};
  testing::RecordingTelemetry telemetry;

  GatewayOptions options() {
    GatewayOptions options;
    options.clock = &clock;
    options.transport = &transport;
    options.counters = &counters;
    options.telemetry = &telemetry;
    return options;
  }
};

struct Chat : Call {
  Chat() : Call("http://api.test/api/chat") { request.body = Body::bytes(six_words); }
  /// Reads `pieces` of the answer, all when negative, and gives up.
  void read(int pieces = -1) {
    for (; pieces != 0; --pieces) {
      const BodyChunk chunk = wait(answer->body.stream()->read());
      REQUIRE(chunk);
      if (chunk->empty()) return;
    }
    answer->body.stream()->cancel();
  }
  std::string left() const { return std::string(answer->headers.get("X-Left")); }
};

}  // namespace

TEST_CASE("the prompts of requests under way are taken from the limit, and given back when they fail",
          "[policies][llm]") {
  Bench bench;
  bench.transport.holds = true;
  OneApi api(bench.options(), limit(2 * prompt_tokens));
  Chat first, second, third, fourth;
  first.begin(api.gateway);
  second.begin(api.gateway);
  third.begin(api.gateway);
  CHECK(first.status == 0);
  CHECK(second.status == 0);
  CHECK(third.status == 429);
  bench.transport.held[0].complete(false);
  CHECK(first.status == 500);
  fourth.begin(api.gateway);
  CHECK(fourth.status == 0);
  bench.transport.held[1].complete(false);
  bench.transport.held[2].complete(false);
  CHECK(fourth.status == 500);
}

TEST_CASE("events of a stream pass one by one and are charged at the end", "[policies][llm]") {
  Bench bench;
  OneApi api(bench.options(), limit(100));
  Chat first, second;
  first.begin(api.gateway);
  REQUIRE(first.status == 200);
  const BodyChunk piece = wait(first.answer->body.stream()->read());
  REQUIRE(piece);
  CHECK(*piece == "data: {\"choices\":[{\"delta\":{\"content\":\"one two \"}}]}\n\n");
  first.read();
  second.begin(api.gateway);
  CHECK(second.left() == std::to_string(100 - 50 - prompt_tokens));
  second.read();
}

TEST_CASE("a caller who leaves pays for what came", "[policies][llm]") {
  Bench bench;
  OneApi api(bench.options(), limit(100));
  Chat first, second;
  first.begin(api.gateway);
  first.read(1);
  second.begin(api.gateway);
  // Two words, and the blank that ends what came.
  CHECK(second.left() == std::to_string(100 - (prompt_tokens + 3) - prompt_tokens));
  second.read();
}

TEST_CASE("a store that fails lets a rate pass and refuses a token quota", "[policies][llm]") {
  Bench bench;
  testing::RefusingCounters counters;
  GatewayOptions options = bench.options();
  options.counters = &counters;
  OneApi rate(options, limit(1));
  Chat first;
  first.begin(rate.gateway);
  CHECK(first.status == 200);
  first.read();
  OneApi quota(options, with(R"(<llm-token-limit counter-key="k" token-quota="100" token-quota-period="Daily" />)"));
  Chat second;
  second.begin(quota.gateway);
  CHECK(second.status == 503);
}

TEST_CASE("metrics of a stream that is given up are estimated from what came", "[policies][llm]") {
  Bench bench;
  OneApi api(bench.options(),
             with(R"(<llm-emit-token-metric namespace="ns"><dimension name="API ID" /></llm-emit-token-metric>)"));
  Chat chat;
  chat.begin(api.gateway);
  CHECK_FALSE(bench.telemetry.counter("sluice_llm_tokens_total"));
  chat.read(2);
  CHECK(bench.telemetry.counter("sluice_llm_completion_tokens_total") == 4);
  CHECK(bench.telemetry.counter("sluice_llm_prompt_tokens_total") == static_cast<double>(prompt_tokens));
}

TEST_CASE("a retry whose reservation has left its minute is refused when others have taken the room",
          "[policies][llm-token-limit]") {
  testing::PolicyBench bench;
  ServiceModel model = one_api(
      R"(<policies><inbound><llm-token-limit counter-key="k" tokens-per-minute="200" mode="reservation" /></inbound>)"
      R"x(<backend><retry condition="@(context.Response.StatusCode == 503)" count="1" interval="70">)x"
      R"(<forward-request buffer-request-body="true" /></retry></backend></policies>)");
  model.apis.front().operations.front().method = "POST";
  REQUIRE_FALSE(bench.load(std::move(model)).has_errors());
  bench.transport.answer(503);
  bench.transport.answer(200, R"({"usage":{"total_tokens":190}})");

  constexpr std::string_view body = R"({"max_tokens":150,"messages":[{"role":"user","content":"one two"}]})";
  Request waiting;
  REQUIRE(waiting.set_url("http://api.test/api/chat/completions"));
  waiting.method = "POST";
  waiting.body = Body::bytes(body);
  Task<Response> first = bench.gateway.handle(waiting);
  bench.clock.advance(std::chrono::seconds(65));
  testing::BenchRequest other;
  other.method = "POST";
  other.url = "/api/chat/completions";
  other.body = std::string(body);
  CHECK(bench.send(other).status == 200);
  REQUIRE_FALSE(first.is_ready());
  const auto refused = bench.clock.run(first);
  REQUIRE(refused);
  CHECK(refused->status == 429);
  CHECK(refused->headers.contains("Retry-After"));
  CHECK(bench.transport.call_count() == 2);
}
