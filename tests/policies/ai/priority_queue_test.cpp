// SPDX-License-Identifier: Apache-2.0
// The queue in front of a backend with requests that overlap: whose turn comes, who leaves, and that nothing stays.
#include "policies/one_api.hpp"

#include <sluice/testing/virtual_clock.hpp>

#include <deque>
#include <memory>

using namespace sluice;
using namespace sluice::test;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view usual_classes =
    "<class name='high' weight='strict' /><class name='medium' weight='2' /><class name='low' age-after='60' />";

std::string with(std::string_view attributes, std::string_view classes) {
  return "<policies><backend><priority-queue class='@(context.Request.Headers.GetValueOrDefault(\"X-Class\", \"\"))' "
         "key='@(context.Request.Headers.GetValueOrDefault(\"X-Key\", \"\"))' " +
         std::string(attributes) + ">" + std::string(classes) +
         "<admitted><forward-request /></admitted></priority-queue></backend></policies>";
}

/// Notes who comes, and answers each when it is told to.
struct HeldBackend final : Transport {
  std::vector<std::string> came;
  std::deque<Completion<bool>> held;
  Task<Result<Response>> send(OutgoingRequest& request, Arena& arena, Cancellation&) override {
    came.emplace_back(request.headers.get("X-Name"));
    Completion<bool>& turn = held.emplace_back();
    co_await turn;
    co_return Response(arena);
  }
};

struct Bench {
  explicit Bench(std::string_view attributes, std::string_view classes = usual_classes)
      : api(options(), with(attributes, classes)) {}
  testing::VirtualClock clock;
  HeldBackend backend;
  OneApi api;
  std::deque<Call> calls;
  std::size_t answered = 0;

  GatewayOptions options() {
    GatewayOptions made;
    made.clock = &clock;
    made.transport = &backend;
    return made;
  }
  Call& begin(std::string_view name, std::string_view of_class, std::string_view key = "k") {
    Call& call = prepare(name, of_class, key);
    call.begin(api.gateway);
    return call;
  }
  Call& prepare(std::string_view name, std::string_view of_class, std::string_view key = "k") {
    Call& call = calls.emplace_back("http://api.test/api/x");
    call.request.headers.set("X-Name", name);
    call.request.headers.set("X-Class", of_class);
    call.request.headers.set("X-Key", key);
    return call;
  }
  /// The oldest call of the backend ends; whoever waits takes notice.
  void answer() {
    backend.held[answered++].complete(true);
    clock.advance(20ms);
  }
  std::string came() const {
    std::string all;
    for (const std::string& name : backend.came) all += name;
    return all;
  }
};

}  // namespace

TEST_CASE("a free place goes to the class that comes first", "[policies][priority_queue]") {
  Bench bench("max-concurrent='1'");
  bench.begin("a", "low");
  bench.begin("b", "low");
  bench.begin("c", "medium");
  bench.begin("d", "high");
  CHECK(bench.came() == "a");
  for (int i = 0; i < 4; ++i) bench.answer();
  CHECK(bench.came().substr(0, 2) == "ad");
  CHECK(bench.came().size() == 4);
  CHECK(bench.api.gateway.running() == 0);
}

TEST_CASE("keys of a class take turns", "[policies][priority_queue]") {
  Bench bench("max-concurrent='1'");
  for (const std::string_view name : {"a", "b", "c", "d"}) bench.begin(name, "low", "greedy");
  bench.begin("e", "low", "modest");
  for (int i = 0; i < 5; ++i) bench.answer();
  CHECK(bench.came() == "abecd");
}

TEST_CASE("who waits too long is refused and leaves its place to others", "[policies][priority_queue]") {
  Bench bench("max-concurrent='1' max-wait='5'");
  bench.begin("a", "low");
  Call& late = bench.begin("b", "low");
  bench.clock.advance(4s);
  bench.begin("c", "low");
  CHECK(late.status == 0);
  bench.clock.advance(2s);
  CHECK(late.status == 429);
  CHECK(late.answer->headers.get("Retry-After") == "1");
  bench.answer();
  CHECK(bench.came() == "ac");
  bench.answer();
  CHECK(bench.api.gateway.running() == 0);
}

TEST_CASE("a caller who leaves gives up its turn", "[policies][priority_queue]") {
  Bench bench("max-concurrent='1'");
  bench.begin("a", "low");
  Call& gone = bench.begin("b", "high");
  bench.begin("c", "low");
  gone.request.cancellation.request();
  CHECK(gone.status != 0);
  bench.answer();
  CHECK(bench.came() == "ac");
  bench.answer();
  CHECK(bench.api.gateway.running() == 0);
}

TEST_CASE("who has waited longest comes first in the end", "[policies][priority_queue]") {
  Bench bench("max-concurrent='1' max-wait='600'");
  bench.begin("a", "high");
  bench.begin("b", "low");
  bench.clock.advance(61s);
  bench.begin("c", "high");
  bench.answer();
  CHECK(bench.came() == "ab");
  bench.answer();
  bench.answer();
  CHECK(bench.came() == "abc");
}

TEST_CASE("a class with a share of its own does not wait for others to fit", "[policies][priority_queue]") {
  // Six seconds of ten tokens; half of it is kept for one class.
  Bench bench("tokens-per-minute='600'",
              "<class name='high' weight='strict' reserved='50' /><class name='low' age-after='1' />");
  const std::string body = R"({"messages":[{"role":"user","content":"hello"}],"max_tokens":20})";
  const auto begin = [&](std::string_view name, std::string_view of_class) {
    bench.prepare(name, of_class).request.body = Body::bytes(body);
    bench.calls.back().begin(bench.api.gateway);
  };
  begin("a", "low");
  begin("b", "low");
  bench.clock.advance(1500ms);
  CHECK(bench.came() == "a");
  // The one before it has waited too long, and needs more than there is.
  begin("c", "high");
  CHECK(bench.came() == "ac");
  bench.clock.advance(10s);
  CHECK(bench.came() == "acb");
  for (int i = 0; i < 3; ++i) bench.answer();
  CHECK(bench.api.gateway.running() == 0);
}
