// SPDX-License-Identifier: Apache-2.0
#include <sluice/context.hpp>

#include "testing/bare_context.hpp"

#include <catch2/catch.hpp>

using namespace sluice;

TEST_CASE("variables are found by name, with case, and replaced", "[base][context]") {
  testing::ContextFixture fixture;
  auto& variables = fixture.context.variables;
  CHECK(variables.set("a", Value::int32(1)));
  CHECK(variables.set("A", Value::int32(2)));
  CHECK(variables.set("a", Value::string("x")));
  CHECK(variables.find("a")->as_string() == "x");
  CHECK(variables.find("A")->as_integer() == 2);
  CHECK(variables.find("b") == nullptr);
  CHECK(variables.remove("a"));
  CHECK(variables.find("a") == nullptr);
  CHECK(variables.entries().size() == 1);
}

TEST_CASE("the number of variables is bounded", "[base][context][limits]") {
  testing::ContextFixture fixture;
  for (std::size_t i = 0; i < fixture.limits.request.variables; ++i) {
    REQUIRE(fixture.context.variables.set(std::string_view("v" + std::to_string(i)), Value()));
  }
  CHECK_FALSE(fixture.context.variables.set("one more", Value()));
  CHECK(fixture.context.variables.set("v7", Value::int32(7)));
}

TEST_CASE("the current URL is the target's base and rest", "[base][context]") {
  testing::ContextFixture fixture;
  auto& context = fixture.context;
  REQUIRE(context.request.set_url("http://gateway.test/api/x?q=1"));
  context.target.path = "/x";
  context.target.query = "q=1";
  CHECK(context.current_url().to_string(context.arena) == "http://gateway.test/x?q=1");
  context.target.base = *parse_url("https://backend.test/v2/", context.arena);
  context.target.has_base = true;
  CHECK(context.current_url().to_string(context.arena) == "https://backend.test/v2/x?q=1");
}

namespace {
Task<void> note(std::string* order, char name) {
  *order += name;
  co_return;
}
}  // namespace

TEST_CASE("hooks run in order and once, those added by a hook too", "[base][context]") {
  testing::ContextFixture fixture;
  auto& context = fixture.context;
  std::string order;
  context.before_send([&]() {
    context.before_send([&] { return note(&order, 'c'); });
    return note(&order, 'a');
  });
  context.before_send([&] { return note(&order, 'b'); });
  context.after_send(
      [&](DeliveryOutcome outcome) { return note(&order, outcome == DeliveryOutcome::aborted ? 'x' : 'y'); });
  context.run_before_send().take();
  CHECK(order == "abc");
  context.run_before_send().take();
  context.run_after_send(DeliveryOutcome::aborted).take();
  context.run_after_send(DeliveryOutcome::complete).take();
  CHECK(order == "abcx");
}

TEST_CASE("trace output is kept up to its bound", "[base][context][limits]") {
  testing::ContextFixture fixture;
  const std::string line(100'000, 'x');
  for (int i = 0; i < 5; ++i) fixture.context.trace("s", "verbose", line);
  CHECK(fixture.context.trace_entries().size() == 2);
}

TEST_CASE("backends that failed are remembered once", "[base][context]") {
  testing::ContextFixture fixture;
  for (int i = 0; i < 3; ++i) fixture.context.avoid_backend("a");
  fixture.context.avoid_backend("b");
  CHECK(fixture.context.avoids_backend("a"));
  CHECK(fixture.context.avoids_backend("b"));
  CHECK_FALSE(fixture.context.avoids_backend("c"));
}

TEST_CASE("replacing the response gives up the stream of the one before", "[base][context]") {
  struct Endless final : BodyStream {
    explicit Endless(bool& flag) : cancelled(flag) {}
    Task<BodyChunk> read() override { return BodyChunk(std::string_view("x")); }
    void cancel() override { cancelled = true; }
    bool& cancelled;
  };
  testing::ContextFixture fixture;
  bool cancelled = false;
  fixture.context.replace_response().body = Body::stream(std::make_unique<Endless>(cancelled));
  fixture.context.replace_response();
  CHECK(cancelled);
  CHECK(fixture.context.response.body.is_none());
}

namespace {
struct CountedState {
  explicit CountedState(Arena& owner) : arena(owner) {}
  Arena& arena;
  int uses = 0;
};
struct OtherState {
  explicit OtherState(Arena&) {}
  int uses = 0;
};
}  // namespace

TEST_CASE("a request keeps one object of each type of state", "[base][context]") {
  testing::ContextFixture f;
  ++f.context.state<CountedState>().uses;
  ++f.context.state<OtherState>().uses;
  ++f.context.state<CountedState>().uses;
  CHECK(f.context.state<CountedState>().uses == 2);
  CHECK(f.context.state<OtherState>().uses == 1);
  CHECK(&f.context.state<CountedState>().arena == &f.context.arena);
}
