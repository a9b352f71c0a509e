// SPDX-License-Identifier: Apache-2.0
// What cases cannot say: cases in tests/cases/authentication-managed-identity show the calls and what comes of them.
#include "identity/token_sources.hpp"

#include "identity/connections.hpp"
#include "identity/provider_keys.hpp"

#include <sluice/testing/recording_telemetry.hpp>
#include <sluice/testing/scripted_transport.hpp>
#include <sluice/testing/virtual_clock.hpp>

#include <catch2/catch.hpp>

#include <deque>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

struct Bench {
  testing::VirtualClock clock;
  testing::ScriptedTransport transport{clock};
  testing::RecordingTelemetry telemetry;
  IdentityLimits limits;
  identity::Doors doors{transport, clock, telemetry, limits};

  void answer(std::string_view token, std::string_view more, std::chrono::milliseconds delay = 0ms) {
    transport.answer(
        {.body = "{\"access_token\":\"" + std::string(token) + "\"" + std::string(more) + "}", .delay = delay});
  }
  std::string ask(TokenSource& source, std::string_view resource = "r", std::string_view client_id = {}) {
    Cancellation cancellation;
    Task<Result<AccessToken>> asking = source.token(resource, client_id, cancellation);
    const auto token = clock.run(asking);
    REQUIRE(token);
    return *token ? (*token)->value : std::string((*token).error().message());
  }
};

WallTime expiry(std::string_view more) {
  const identity::Reply reply{200, "{\"access_token\":\"t\"" + std::string(more) + "}"};
  return identity::read_token_answer(reply, WallTime(1'000s))->expires;
}

}  // namespace

TEST_CASE("an answer says when its token ends, in one of three ways", "[identity][tokens]") {
  CHECK(expiry(R"(,"expires_in":60)") == WallTime(1'060s));
  CHECK(expiry(R"(,"expires_in":"60")") == WallTime(1'060s));
  CHECK(expiry(R"(,"expires_on":"5000","expires_in":"60")") == WallTime(5'000s));
  CHECK(expiry("") == WallTime(1'000s + identity::unstated_lifetime));
  for (const char* const none : {R"(,"expires_in":-1)", R"(,"expires_in":"soon")", R"(,"expires_in":1e300)",
                                 R"(,"expires_in":null)", R"(,"expires_in":[60])"}) {
    CHECK(expiry(none) == WallTime(1'000s + identity::unstated_lifetime));
  }
}

TEST_CASE("many who want a token cost one call", "[identity][tokens]") {
  Bench bench;
  identity::ManagedIdentityTokens source(bench.doors, {});
  bench.answer("t", R"(,"expires_in":3600)", 50ms);
  std::deque<Cancellation> cancellations(20);
  std::deque<Task<Result<AccessToken>>> asking;
  for (Cancellation& cancellation : cancellations) asking.push_back(source.token("r", {}, cancellation));
  bench.clock.run_until_idle();
  for (auto& task : asking) CHECK(task.take()->value == "t");
  CHECK(bench.transport.call_count() == 1);
}

TEST_CASE("a token that ends at once is fetched for every request, and never handed out late", "[identity][tokens]") {
  Bench bench;
  identity::ManagedIdentityTokens source(bench.doors, {});
  bench.answer("a", R"(,"expires_in":11)");
  CHECK(bench.ask(source) == "a");
  bench.answer("b", R"(,"expires_in":3600)");
  bench.clock.advance(1s);
  CHECK(bench.ask(source) == "b");
}

TEST_CASE("a token that cannot be renewed is used to its end", "[identity][tokens]") {
  Bench bench;
  identity::ManagedIdentityTokens source(bench.doors, {});
  bench.answer("a", R"(,"expires_in":600)");
  CHECK(bench.ask(source) == "a");
  bench.clock.advance(300s);
  bench.transport.answer({.error = ErrorCode::timeout});
  CHECK(bench.ask(source) == "a");
  CHECK(bench.ask(source) == "a");
  CHECK(bench.transport.call_count() == 2);
  bench.transport.answer({.error = ErrorCode::backend_connection_failure});
  bench.clock.advance(290s);
  CHECK(bench.ask(source) == "The identity provider could not be reached.");
}

TEST_CASE("names that are too long are not asked for, and tokens of a bounded number kept", "[identity][tokens]") {
  Bench bench;
  bench.limits.cached_documents = 1;
  identity::ManagedIdentityTokens source(bench.doors, {});
  CHECK(bench.ask(source, std::string(2'001, 'r')) == "No access token: the resource's name is too long.");
  CHECK(bench.transport.call_count() == 0);
  for (int i = 0; i < 3; ++i) bench.answer("t", R"(,"expires_in":3600)");
  CHECK(bench.ask(source, "a") == "t");
  CHECK(bench.ask(source, "b") == "t");
  CHECK(bench.ask(source, "a") == "t");
  CHECK(bench.transport.call_count() == 3);
}

TEST_CASE("a secret is sent over https alone", "[identity][tokens]") {
  Bench bench;
  identity::ClientCredentialsTokens source(bench.doors, {"http://login.test/token", "c", "s", {}});
  CHECK(bench.ask(source) == "No access token: the provider's URL is neither https:// nor on this machine.");
  CHECK(bench.transport.call_count() == 0);
}

TEST_CASE("the environment tells of the platform's service", "[identity][tokens]") {
  const auto environment = [](std::string_view name) -> std::optional<std::string> {
    return "of " + std::string(name);
  };
  const auto service = managed_identity_of_environment(environment);
  REQUIRE(service);
  CHECK(service->endpoint == "of IDENTITY_ENDPOINT");
  CHECK(service->header == "of IDENTITY_HEADER");
  CHECK_FALSE(managed_identity_of_environment([](std::string_view) { return std::optional<std::string>(); }));
}
