// SPDX-License-Identifier: Apache-2.0
#include "identity/provider_keys.hpp"

#include "support/test_keys.hpp"

#include <sluice/testing/recording_telemetry.hpp>
#include <sluice/testing/scripted_transport.hpp>
#include <sluice/testing/virtual_clock.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

const std::string url = "https://id.test/.well-known/openid-configuration";
const std::string discovery = R"({"issuer":"https://id.test/","jwks_uri":"https://id.test/keys"})";

std::string key_set(std::initializer_list<std::string_view> ids) {
  std::string keys;
  for (const std::string_view id : ids) {
    keys += (keys.empty() ? "" : ",") + std::string(R"({"kty":"OKP","crv":"Ed25519","kid":")") + std::string(id) +
            R"(","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";
  }
  return "{\"keys\":[" + keys + "]}";
}

struct Bench {
  testing::VirtualClock clock;
  testing::ScriptedTransport transport{clock};
  testing::RecordingTelemetry telemetry;
  IdentityLimits limits;
  identity::ProviderKeys keys{{transport, clock, telemetry, limits}};

  /// One fetch: the document, and the keys.
  void publish(std::initializer_list<std::string_view> ids, std::chrono::milliseconds delay = 0ms) {
    transport.answer({.body = discovery, .delay = delay});
    transport.answer({.body = key_set(ids), .delay = delay});
  }
  std::string ask(std::string_view key_id = {}, const std::string& of = url) {
    Cancellation cancellation;
    Task<OpenIdResult> asking = keys.configuration(of, key_id, cancellation);
    auto answer = clock.run(asking);
    REQUIRE(answer);
    return described(*answer);
  }
  static std::string described(const OpenIdResult& answer) {
    if (!answer) return std::string(answer.error().reason());
    std::string ids;
    for (const VerificationKey& key : (*answer)->keys) ids += (ids.empty() ? "" : " ") + key.id;
    return ids;
  }
};

}  // namespace

TEST_CASE("a provider's issuer and keys are fetched once and kept for an hour", "[identity][keys]") {
  Bench bench;
  bench.publish({"a", "b"});
  CHECK(bench.ask() == "a b");
  CHECK(bench.ask("b") == "a b");
  bench.clock.advance(3'599s);
  CHECK(bench.ask() == "a b");
  REQUIRE(bench.transport.call_count() == 2);
  CHECK(bench.transport.calls()[0].url == url);
  CHECK(bench.transport.calls()[1].url == "https://id.test/keys");
  CHECK(bench.transport.calls()[0].timeout == bench.limits.fetch_timeout);
  bench.publish({"c"});
  bench.clock.advance(1s);
  CHECK(bench.ask() == "c");
  CHECK(bench.transport.call_count() == 4);
}

TEST_CASE("an unknown key is looked for at once, and then not before the interval is over (J6)", "[identity][keys]") {
  Bench bench;
  bench.publish({"a"});
  CHECK(bench.ask() == "a");
  CHECK(bench.ask("b") == "a");  // they are as new as can be
  bench.clock.advance(1s);
  bench.publish({"a", "b"});
  CHECK(bench.ask("b") == "a b");
  for (int i = 0; i < 10; ++i) CHECK(bench.ask("c") == "a b");
  CHECK(bench.transport.call_count() == 4);
  bench.clock.advance(299s);
  CHECK(bench.ask("c") == "a b");
  bench.publish({"c"});
  bench.clock.advance(1s);
  CHECK(bench.ask("c") == "c");
  CHECK(bench.transport.call_count() == 6);
}

TEST_CASE("many who wait cost one fetch", "[identity][keys]") {
  Bench bench;
  bench.publish({"a"}, 100ms);
  std::deque<Cancellation> cancellations(50);
  std::deque<Task<OpenIdResult>> asking;
  for (Cancellation& cancellation : cancellations) asking.push_back(bench.keys.configuration(url, "a", cancellation));
  bench.clock.run_until_idle();
  for (Task<OpenIdResult>& task : asking) {
    REQUIRE(task.is_ready());
    CHECK(Bench::described(task.take()) == "a");
  }
  CHECK(bench.transport.call_count() == 2);
}

TEST_CASE("many who look for a new key wait for one fetch", "[identity][keys]") {
  Bench bench;
  bench.publish({"a"});
  CHECK(bench.ask() == "a");
  bench.clock.advance(1s);
  bench.publish({"b"}, 100ms);
  std::deque<Cancellation> cancellations(20);
  std::deque<Task<OpenIdResult>> asking;
  for (Cancellation& cancellation : cancellations) asking.push_back(bench.keys.configuration(url, "b", cancellation));
  CHECK(bench.ask("a") == "a");  // who knows his key does not wait
  bench.clock.run_until_idle();
  for (Task<OpenIdResult>& task : asking) CHECK(Bench::described(task.take()) == "b");
  CHECK(bench.transport.call_count() == 4);
}

TEST_CASE("while keys are renewed others go on with the old ones", "[identity][keys]") {
  Bench bench;
  bench.publish({"a"});
  CHECK(bench.ask() == "a");
  bench.clock.advance(3'600s);
  bench.publish({"b"}, 100ms);
  Cancellation cancellation;
  Task<OpenIdResult> renewing = bench.keys.configuration(url, {}, cancellation);
  CHECK_FALSE(renewing.is_ready());
  CHECK(bench.ask() == "a");
  bench.clock.run_until_idle();
  CHECK(Bench::described(renewing.take()) == "b");
  CHECK(bench.ask() == "b");
}

TEST_CASE("when the one who fetches is cancelled the next one takes over", "[identity][keys]") {
  Bench bench;
  bench.transport.answer({.body = discovery, .delay = 100ms});  // for the one who is cancelled
  bench.publish({"a"}, 100ms);
  Cancellation first, second, third;
  Task<OpenIdResult> leading = bench.keys.configuration(url, {}, first);
  Task<OpenIdResult> following = bench.keys.configuration(url, {}, second);
  Task<OpenIdResult> leaving = bench.keys.configuration(url, {}, third);
  third.request();
  REQUIRE(leaving.is_ready());
  CHECK(leaving.take().error().code() == ErrorCode::cancelled);
  first.request();
  REQUIRE(leading.is_ready());
  CHECK(leading.take().error().code() == ErrorCode::cancelled);
  CHECK_FALSE(following.is_ready());
  bench.clock.run_until_idle();
  REQUIRE(following.is_ready());
  CHECK(following.take());
}

TEST_CASE("who waits goes on where he began", "[identity][keys]") {
  Bench bench;
  bench.publish({"a"}, 100ms);
  Cancellation first, second;
  Task<OpenIdResult> leading = bench.keys.configuration(url, {}, first);
  std::vector<std::function<void()>> loop;
  home_thread() = {&loop, [](void* to, std::function<void()> action) {
                     static_cast<std::vector<std::function<void()>>*>(to)->push_back(std::move(action));
                   }};
  Task<OpenIdResult> following = bench.keys.configuration(url, {}, second);
  home_thread() = {};
  bench.clock.run_until_idle();
  CHECK(leading.take());
  CHECK_FALSE(following.is_ready());
  REQUIRE(loop.size() == 1);
  loop.front()();
  REQUIRE(following.is_ready());
  CHECK(Bench::described(following.take()) == "a");
}

TEST_CASE("threads that ask at the same time share one fetch", "[identity][keys]") {
  /// Answers from a thread of its own, once the gate is open.
  struct Gate final : Transport {
    std::mutex mutex;
    std::condition_variable changed;
    bool is_open = false;
    std::atomic<int> calls{0};
    Task<Result<Response>> send(OutgoingRequest& request, Arena& arena, Cancellation&) override {
      ++calls;
      const bool is_discovery = request.url.path != "/keys";
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
      response.body = Body::bytes(arena.copy(is_discovery ? discovery : key_set({"a"})));
      co_return response;
    }
  } gate;
  testing::VirtualClock clock;
  testing::RecordingTelemetry telemetry;
  IdentityLimits limits;
  identity::ProviderKeys keys({gate, clock, telemetry, limits});
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      Cancellation cancellation;
      if (wait(keys.configuration(url, "a", cancellation))) ++good;
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
  CHECK(gate.calls == 2);
}

TEST_CASE("a provider that is away is not asked by every request (J6)", "[identity][keys]") {
  Bench bench;
  bench.transport.answer({.error = ErrorCode::backend_connection_failure});
  CHECK(bench.ask() == "AccessTokenUnavailable");
  CHECK(bench.ask("a") == "AccessTokenUnavailable");
  bench.clock.advance(299s);
  CHECK(bench.ask() == "AccessTokenUnavailable");
  CHECK(bench.transport.call_count() == 1);
  bench.publish({"a"});
  bench.clock.advance(1s);
  CHECK(bench.ask() == "a");
}

TEST_CASE("old keys are used for a day when newer ones cannot be had (J6)", "[identity][keys]") {
  Bench bench;
  bench.publish({"a"});
  CHECK(bench.ask() == "a");
  for (int i = 0; i < 12; ++i) bench.transport.answer({.error = ErrorCode::timeout});
  bench.clock.advance(1h);
  CHECK(bench.ask() == "a");
  CHECK(bench.ask("b") == "a");
  CHECK(bench.transport.call_count() == 3);
  bench.clock.advance(24h - 1s);
  CHECK(bench.ask() == "a");
  bench.clock.advance(300s);
  CHECK(bench.ask() == "AccessTokenUnavailable");
}

TEST_CASE("answers that are no configuration are as good as none", "[identity][keys]") {
  for (const char* const document :
       {"", "[]", "not JSON", "{}", R"({"issuer":"https://id.test/"})", R"({"jwks_uri":"https://id.test/keys"})",
        R"({"issuer":"","jwks_uri":"https://id.test/keys"})", R"({"issuer":7,"jwks_uri":"https://id.test/keys"})",
        R"({"issuer":"i","jwks_uri":"http://id.test/keys"})", R"({"issuer":"i","jwks_uri":"file:///keys"})",
        R"({"issuer":"i","jwks_uri":["https://id.test/keys"]})"}) {
    Bench bench;
    bench.transport.answer(200, document);
    CHECK(bench.ask() == "AccessTokenUnavailable");
    CHECK(bench.transport.call_count() == 1);
  }
  Bench bench;
  bench.transport.answer(200, discovery);
  bench.transport.answer(200, "{}");
  CHECK(bench.ask() == "AccessTokenUnavailable");
}

TEST_CASE("other statuses, redirects among them, are failures (J6)", "[identity][keys]") {
  for (const int status : {204, 301, 302, 307, 400, 404, 500}) {
    Bench bench;
    bench.transport.answer({.status = status, .headers = {{"Location", url}}, .body = discovery});
    CHECK(bench.ask() == "AccessTokenUnavailable");
    CHECK(bench.transport.call_count() == 1);
  }
}

TEST_CASE("a document has a bounded size and time (L16)", "[identity][keys]") {
  Bench large;
  large.transport.answer(200, discovery + std::string(large.limits.document_bytes, ' '));
  CHECK(large.ask() == "AccessTokenUnavailable");
  Bench streamed;
  streamed.transport.answer({.chunks = {discovery, std::string(streamed.limits.document_bytes, ' ')}});
  CHECK(streamed.ask() == "AccessTokenUnavailable");
  Bench slow;
  slow.transport.answer({.chunks = {discovery, " ", " ", " "}, .chunk_delay = 4s});
  CHECK(slow.ask() == "AccessTokenUnavailable");
  Bench cut;
  cut.transport.answer({.chunks = {discovery}, .is_cut = true});
  CHECK(cut.ask() == "AccessTokenUnavailable");
}

TEST_CASE("only https is asked, or this machine", "[identity][keys]") {
  Bench bench;
  for (const char* const refused :
       {"http://id.test/x", "ftp://id.test/x", "id.test", "", "http://127.0.0.1.evil.test/"})
    CHECK(bench.ask({}, refused) == "PolicyValueInvalid");
  CHECK(bench.transport.call_count() == 0);
  bench.publish({"a"});
  CHECK(bench.ask({}, "http://127.0.0.1:9000/x") == "a");
}

TEST_CASE("a bounded number of providers is kept", "[identity][keys]") {
  Bench bench;
  bench.limits.cached_documents = 2;
  identity::ProviderKeys keys({bench.transport, bench.clock, bench.telemetry, bench.limits});
  Cancellation cancellation;
  const auto ask = [&](const std::string& of) {
    bench.publish({"a"});
    const std::size_t before = bench.transport.call_count();
    CHECK(wait(keys.configuration(of, {}, cancellation)));
    const bool fetched = bench.transport.call_count() != before;
    bench.transport.reset();
    return fetched;
  };
  CHECK(ask("https://1.test"));
  CHECK(ask("https://2.test"));
  CHECK_FALSE(ask("https://1.test"));
  CHECK(ask("https://3.test"));
  CHECK_FALSE(ask("https://1.test"));
  CHECK(ask("https://2.test"));
}
