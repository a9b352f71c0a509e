// SPDX-License-Identifier: Apache-2.0
#include "gateway/fabric_cluster.hpp"

#include <sluice/testing/recording_telemetry.hpp>
#include <sluice/testing/scripted_transport.hpp>
#include <sluice/testing/virtual_clock.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

using Partition = std::shared_ptr<const FabricPartition>;

const std::string service = "fabric:/shop/carts";

std::string answer_of(const std::string& version) {
  return R"({"Endpoints": [{"Kind": "Stateless", "Address": "http://10.0.0.4:8081"}], "Version": ")" + version + "\"}";
}

struct Bench {
  testing::VirtualClock clock;
  testing::ScriptedTransport transport{clock};
  testing::RecordingTelemetry telemetry;
  OriginMap origins{{}};
  FabricDoors doors{transport, origins, clock, telemetry};
  ServiceFabricLimits limits;
  FabricCluster cluster{{"https://one.test:19080", "https://two.test:19080"}, limits};

  void say(const std::string& version, std::chrono::milliseconds delay = 0ms) {
    transport.answer({.body = answer_of(version), .delay = delay});
  }
  Task<FabricCluster::Answer> begin(Cancellation& cancellation, const Partition& outdated = {},
                                    std::string_view key = {}) {
    return cluster.resolve(doors, service, key, nullptr, outdated, cancellation);
  }
  FabricCluster::Answer ask(const Partition& outdated = {}, std::string_view key = {}) {
    Cancellation cancellation;
    Task<FabricCluster::Answer> asking = begin(cancellation, outdated, key);
    auto answer = clock.run(asking);
    REQUIRE(answer);
    return *answer;
  }
  /// The version, or the reason why there is none.
  std::string version(const Partition& outdated = {}, std::string_view key = {}) {
    return described(ask(outdated, key));
  }
  static std::string described(const FabricCluster::Answer& answer) {
    return answer ? (*answer)->version : std::string(answer.error().reason());
  }
};

}  // namespace

TEST_CASE("many who wait for a partition cost one look-up", "[gateway][fabric]") {
  Bench bench;
  bench.say("1", 100ms);
  std::deque<Cancellation> cancellations(50);
  std::deque<Task<FabricCluster::Answer>> asking;
  for (Cancellation& cancellation : cancellations) asking.push_back(bench.begin(cancellation));
  bench.clock.run_until_idle();
  for (auto& task : asking) {
    REQUIRE(task.is_ready());
    CHECK(Bench::described(task.take()) == "1");
  }
  CHECK(bench.transport.call_count() == 1);
  CHECK(bench.version() == "1");
  CHECK(bench.transport.call_count() == 1);
}

TEST_CASE("many whose attempts have failed cost one new look-up", "[gateway][fabric]") {
  Bench bench;
  bench.say("1");
  const Partition old = bench.ask().value();
  bench.say("1", 100ms);  // nothing has changed, which the cluster says once
  std::deque<Cancellation> cancellations(20);
  std::deque<Task<FabricCluster::Answer>> asking;
  for (Cancellation& cancellation : cancellations) asking.push_back(bench.begin(cancellation, old));
  Cancellation content;
  auto contented = bench.begin(content);  // who believes what is known does not wait
  REQUIRE(contented.is_ready());
  CHECK(Bench::described(contented.take()) == "1");
  bench.clock.run_until_idle();
  for (auto& task : asking) {
    const FabricCluster::Answer answer = task.take();
    CHECK(Bench::described(answer) == "1");
    CHECK(answer.value() != old);
  }
  CHECK(bench.transport.call_count() == 2);
  CHECK(bench.transport.calls()[1].url.find("PreviousRspVersion=1&") != std::string::npos);
  // Who comes late with what is old has it at once.
  CHECK(bench.ask(old).value() != old);
  CHECK(bench.transport.call_count() == 2);
}

TEST_CASE("when the one who looks up is cancelled the next one takes over", "[gateway][fabric]") {
  Bench bench;
  bench.say("lost", 100ms);
  bench.say("2", 100ms);
  Cancellation first, second;
  auto leading = bench.begin(first);
  auto following = bench.begin(second);
  first.request();
  REQUIRE(leading.is_ready());
  CHECK(leading.take().error().code() == ErrorCode::cancelled);
  CHECK_FALSE(following.is_ready());
  bench.clock.run_until_idle();
  REQUIRE(following.is_ready());
  CHECK(Bench::described(following.take()) == "2");
}

TEST_CASE("threads that ask for a partition at the same time share one look-up", "[gateway][fabric]") {
  /// Answers from a thread of its own, once the gate is open.
  struct Gate final : Transport {
    std::mutex mutex;
    std::condition_variable changed;
    bool is_open = false;
    std::atomic<int> calls{0};
    Task<Result<Response>> send(OutgoingRequest&, Arena& arena, Cancellation&) override {
      ++calls;
      Completion<bool> arrived;
      std::thread sender([&] {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return is_open; });
        lock.unlock();
        arrived.complete(true);
      });
      sender.detach();
      co_await arrived;
      Response response(arena);
      response.body = Body::bytes(arena.copy(answer_of("1")));
      co_return response;
    }
  } gate;
  Bench bench;
  const FabricDoors doors{gate, bench.origins, bench.clock, bench.telemetry};
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      Cancellation cancellation;
      if (wait(bench.cluster.resolve(doors, service, {}, nullptr, nullptr, cancellation))) ++good;
    });
  }
  while (gate.calls == 0) std::this_thread::yield();
  {
    const std::lock_guard lock(gate.mutex);
    gate.is_open = true;
    gate.changed.notify_all();
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(good == 8);
  CHECK(gate.calls == 1);
}

TEST_CASE("a partition that is old is looked up again, and used meanwhile", "[gateway][fabric]") {
  Bench bench;
  bench.say("1");
  CHECK(bench.version() == "1");
  bench.clock.advance(bench.limits.partition_age - 1ms);
  CHECK(bench.version() == "1");
  bench.clock.advance(1ms);
  bench.say("2", 100ms);
  Cancellation cancellation;
  auto renewing = bench.begin(cancellation);
  CHECK(bench.version() == "1");
  bench.clock.run_until_idle();
  CHECK(Bench::described(renewing.take()) == "2");
  CHECK(bench.version() == "2");
  CHECK(bench.transport.call_count() == 2);
  CHECK(bench.transport.calls()[1].url.find("PreviousRspVersion") == std::string::npos);
}

TEST_CASE("a cluster that is away is not asked by every request, and what it said is used for an hour",
          "[gateway][fabric]") {
  Bench bench;
  bench.say("1");
  const Partition old = bench.ask().value();
  bench.transport.add({.when = {}, .answer = {.error = ErrorCode::backend_connection_failure}, .repeat = 0});
  CHECK(bench.ask(old).value() == old);  // nobody knows better
  CHECK(bench.transport.call_count() == 3);
  for (int i = 0; i < 10; ++i) CHECK(bench.ask(old).value() == old);
  CHECK(bench.transport.call_count() == 3);
  bench.clock.advance(bench.limits.refetch_interval);
  CHECK(bench.ask(old).value() == old);
  CHECK(bench.transport.call_count() == 5);
  bench.clock.advance(bench.limits.outage_age);
  CHECK(bench.version() == "1");
  bench.clock.advance(bench.limits.partition_age);
  CHECK(bench.version() == "BackendConnectionFailure");
  const std::size_t calls = bench.transport.call_count();
  CHECK(bench.version() == "BackendConnectionFailure");
  CHECK(bench.transport.call_count() == calls);
}

TEST_CASE("an answer of a cluster has a bounded size and time", "[gateway][fabric]") {
  const auto [answer, expected] = GENERATE(table<testing::ScriptedAnswer, std::string>({
      {{.body = answer_of("1") + std::string(256 * 1024, ' ')}, "answered with too much"},
      {{.chunks = {answer_of("1"), std::string(256 * 1024, ' ')}}, "answered with too much"},
      {{.chunks = {answer_of("1"), " ", " ", " "}, .chunk_delay = 2s}, "did not answer in time"},
      {{.delay = 6s}, "did not answer in time"},
      {{.chunks = {answer_of("1")}, .is_cut = true}, "could not be reached"},
      {{.status = 302, .headers = {{"Location", "https://elsewhere.test"}}}, "answered with status 302"},
      {{.status = 403}, "answered with status 403"},
      {{.status = 404, .body = "{}"}, "answered with status 404"},
      {{.error = ErrorCode::backend_answer_invalid}, "answered something that is not HTTP"},
  }));
  INFO(expected);
  Bench bench;
  bench.transport.add({.when = {}, .answer = answer, .repeat = 2});
  const FabricCluster::Answer got = bench.ask();
  REQUIRE_FALSE(got);
  CHECK(got.error().message() == "The Service Fabric cluster " + expected + ".");
  CHECK(got.error().code() == ErrorCode::backend_connection_failure);
  CHECK(bench.transport.call_count() == 2);  // both endpoints
  CHECK(bench.transport.calls()[0].timeout == bench.limits.timeout);
}

TEST_CASE("what a cluster says of a service that it does not know is its last word", "[gateway][fabric]") {
  Bench bench;
  bench.transport.answer({.status = 400, .body = R"({"Error": {"Code": "FABRIC_E_INVALID_PARTITION_KEY"}})"});
  const FabricCluster::Answer got = bench.ask();
  REQUIRE_FALSE(got);
  CHECK(got.error().code() == ErrorCode::backend_not_found);
  CHECK(got.error().message() == "The Service Fabric cluster has no such partition: FABRIC_E_INVALID_PARTITION_KEY.");
  CHECK(bench.transport.call_count() == 1);
  for (const char* const body : {R"({"Error": {"Code": "a\r\nb"}})", R"({"Error": {"Code": 7}})", R"({"Error": "x"})",
                                 "[", R"({"Error": {"Code": ""}})"}) {
    Bench other;
    other.transport.add({.when = {}, .answer = {.status = 404, .body = body}, .repeat = 2});
    CHECK(other.version() == "BackendConnectionFailure");
  }
}

TEST_CASE("a bounded number of partitions is kept", "[gateway][fabric]") {
  Bench bench;
  bench.limits.cached_partitions = 2;
  FabricCluster cluster({"https://one.test"}, bench.limits);
  const auto asks = [&](std::string_view key) {
    bench.say("1");
    Cancellation cancellation;
    CHECK(wait(cluster.resolve(bench.doors, service, key, nullptr, nullptr, cancellation)));
    const bool asked = bench.transport.call_count() == 1;
    bench.transport.reset();
    return asked;
  };
  CHECK(asks("1"));
  CHECK(asks("2"));
  CHECK_FALSE(asks("01"));  // the same number
  CHECK(asks("3"));
  CHECK_FALSE(asks("1"));
  CHECK(asks("2"));
  CHECK(cluster.kept() == 2);
}

TEST_CASE("names and keys are bounded, and nothing is asked for those that are too long", "[gateway][fabric]") {
  Bench bench;
  const std::string longest(bench.limits.name_bytes, 'k');
  bench.say("1");
  CHECK(bench.version({}, longest) == "1");
  CHECK(bench.version({}, longest + "k") == "PolicyValueInvalid");
  Cancellation cancellation;
  CHECK(Bench::described(wait(bench.cluster.resolve(bench.doors, "fabric:/" + longest, {}, nullptr, nullptr,
                                                    cancellation))) == "PolicyValueInvalid");
  CHECK(bench.transport.call_count() == 1);
}

TEST_CASE("a version that is too long to be sent again is not sent", "[gateway][fabric]") {
  Bench bench;
  bench.say(std::string(bench.limits.name_bytes + 1, '7'));
  bench.say("2");
  const Partition old = bench.ask().value();
  CHECK(bench.version(old) == "2");
  CHECK(bench.transport.calls()[1].url.find("PreviousRspVersion") == std::string::npos);
}

TEST_CASE("a version is encoded when it is sent again", "[gateway][fabric]") {
  Bench bench;
  bench.say("1&timeout=9 #");
  bench.say("2");
  const Partition old = bench.ask().value();
  CHECK(bench.version(old) == "2");
  CHECK(bench.transport.calls()[1].url.find("&PreviousRspVersion=1%26timeout%3D9%20%23&timeout=5") !=
        std::string::npos);
}
