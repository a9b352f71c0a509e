// SPDX-License-Identifier: Apache-2.0
// What the gateway owes to policies: hooks, observers, final headers, buffering, and a process that goes on when a
// policy throws. Shown with policies of the test's own.
#include "gateway/running_request.hpp"

#include <sluice/testing/policy_bench.hpp>

#include "gateway/one_service.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using namespace sluice;
using namespace std::chrono_literals;
using sluice::test::inbound;
using sluice::test::one_service;
using sluice::testing::BenchAnswer;
using sluice::testing::PolicyBench;
using sluice::testing::ScriptedAnswer;

namespace {

/// What the policies below have seen; one test at a time.
std::vector<std::string> seen;

struct Watcher final : BodyObserver {
  void on_data(std::string_view data) override { seen.emplace_back("data " + std::string(data)); }
};

Task<void> note(RequestContext& context, std::string what) {
  co_await context.services.clock.wait_for(1s, context.request.cancellation);
  seen.push_back(std::move(what));
}

class WatchStep final : public Step {
 public:
  Outcome run(RequestContext& context) const override {
    context.observe_response_body(*context.arena.make<Watcher>());
    context.final_headers.set("X-Final", "from the policy");
    context.before_send([&context] { return note(context, "before " + std::to_string(context.response.status)); });
    context.after_send([&context](DeliveryOutcome outcome) {
      return note(context, outcome == DeliveryOutcome::complete ? "after complete" : "after aborted");
    });
    return Outcome::next();
  }
};

class ThrowStep final : public Step {
 public:
  Outcome run(RequestContext&) const override { throw std::runtime_error("boom"); }
};

class BufferStep final : public Step {
 public:
  Outcome run(RequestContext& context) const override {
    context.wants_buffered_response = true;
    return Outcome::next();
  }
};

template <class S>
StepPtr compile(const PolicyElement&, CompileContext&) {
  return make_step<S>();
}

constexpr PolicyDescriptor watch{.elements = "watch", .sections = Sections::all, .compile = compile<WatchStep>};
constexpr PolicyDescriptor throws{.elements = "throw", .sections = Sections::all, .compile = compile<ThrowStep>};
constexpr PolicyDescriptor buffer{.elements = "buffer", .sections = Sections::all, .compile = compile<BufferStep>};

GatewayOptions with_own_policies(const PolicyRegistry& registry) {
  GatewayOptions options;
  options.policies = &registry;
  return options;
}

struct Bench {
  PolicyRegistry registry = PolicyRegistry::with_builtins();
  std::unique_ptr<PolicyBench> bench;

  explicit Bench(const std::string& policies, Limits limits = {}) {
    seen.clear();
    registry.add(watch);
    registry.add(throws);
    registry.add(buffer);
    GatewayOptions options = with_own_policies(registry);
    options.limits = limits;
    bench = std::make_unique<PolicyBench>(std::move(options));
    REQUIRE_FALSE(bench->load(one_service(inbound(policies))).has_errors());
  }
  BenchAnswer get() { return bench->send({.method = "GET", .url = "/shop/x", .headers = {}, .body = {}}); }
};

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("hooks and observers see an answer in order, streamed or not", "[gateway][hooks]") {
  Bench bench("<watch />");
  ScriptedAnswer answer;
  const bool streamed = GENERATE(true, false);
  if (streamed) {
    answer.chunks = {"one", "two"};
  } else {
    answer.body = "onetwo";
  }
  bench.bench->transport.answer(answer);
  const BenchAnswer got = bench.get();
  CHECK(got.body == "onetwo");
  CHECK(got.is_complete);
  CHECK(got.header("X-Final") == Texts{"from the policy"});
  CHECK(seen == (streamed ? Texts{"before 200", "data one", "data two", "after complete"}
                          : Texts{"before 200", "data onetwo", "after complete"}));
}

TEST_CASE("an answer without a body runs its hooks before it is handed out", "[gateway][hooks]") {
  Bench bench("<watch />");
  bench.bench->transport.answer(204);
  CHECK(bench.get().status == 204);
  CHECK(seen == Texts{"before 204", "after complete"});
}

TEST_CASE("a body that breaks off tells the hooks", "[gateway][hooks]") {
  Bench bench("<watch />");
  ScriptedAnswer answer;
  answer.chunks = {"one"};
  answer.is_cut = true;
  bench.bench->transport.answer(answer);
  CHECK_FALSE(bench.get().is_complete);
  CHECK(seen == Texts{"before 200", "data one", "after aborted"});
}

TEST_CASE("closing a body waits for what hooks still do", "[gateway][hooks]") {
  Bench bench("<watch />");
  ScriptedAnswer answer;
  answer.chunks = {"one", "two"};
  bench.bench->transport.answer(answer);
  Request request;
  REQUIRE(request.set_url("http://api.test/shop/x"));
  Task<Response> task = bench.bench->gateway.handle(request);
  auto response = bench.bench->clock.run(task);
  REQUIRE(response);
  Task<void> closing = response->body.stream()->close();
  CHECK_FALSE(closing.is_ready());
  CHECK(bench.bench->gateway.running() == 1);
  bench.bench->clock.run_until_idle();
  REQUIRE(closing.is_ready());
  closing.take();
  CHECK(seen.back() == "after aborted");
  CHECK(bench.bench->gateway.running() == 0);
}

TEST_CASE("built-in errors carry final headers and run hooks as well", "[gateway][hooks]") {
  Bench bench("<watch /><set-variable name=\"v\" value=\"@(int.Parse(context.Request.Method))\" />");
  const BenchAnswer got = bench.get();
  CHECK(got.status == 500);
  CHECK(got.header("X-Final") == Texts{"from the policy"});
  CHECK(seen.front() == "before 500");
  CHECK(seen.back() == "after complete");
}

TEST_CASE("a policy that throws fails its request and nothing else", "[gateway][hooks]") {
  Bench bench("<throw />");
  const BenchAnswer got = bench.get();
  CHECK(got.status == 500);
  CHECK(got.body.find("boom") == std::string::npos);
  REQUIRE(bench.bench->telemetry.logs().size() == 1);
  CHECK(bench.bench->telemetry.logs()[0].fields[0].second == "boom");
  CHECK(bench.bench->gateway.running() == 0);
}

TEST_CASE("an answer that a policy wants whole is read in, within its limit", "[gateway][hooks]") {
  Limits limits;
  limits.request.buffered_body_bytes = 6;
  Bench bench("<buffer />", limits);
  ScriptedAnswer answer;
  answer.chunks = {"one", "two"};
  bench.bench->transport.answer(answer);
  CHECK(bench.get().chunks == Texts{"onetwo"});
  answer.chunks = {"one", "two", "3"};
  bench.bench->transport.answer(answer);
  const BenchAnswer too_large = bench.get();
  CHECK(too_large.status == 502);
  REQUIRE(too_large.last_error);
  CHECK(too_large.last_error->reason == "ResponseBodyTooLarge");
}
