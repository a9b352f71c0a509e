// SPDX-License-Identifier: Apache-2.0
// Caches that fail: trouble is a miss, never a failed request, unless the policy says so.
#include <sluice/memory_stores.hpp>
#include <sluice/testing/fail_after.hpp>

#include "policies/one_api.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

constexpr const char* everything = R"(<policies>
  <inbound>
    <cache-store-value key="k" value="v" duration="60" />
    <cache-lookup-value key="k" variable-name="v" default-value="default" />
    <cache-remove-value key="k" />
    <cache-value key="m" variable-name="w"><value><set-variable name="w" value="w" /></value></cache-value>
    <cache-lookup vary-by-developer="false" vary-by-developer-groups="false" />
  </inbound>
  <outbound><cache-store duration="60" /></outbound>
</policies>)";

/// Answers of two requests for the same, while the cache fails at one call.
std::pair<int, int> ask_twice(const char* policy, testing::FailAfter& failure) {
  NotingClock clock;
  StatusTransport transport;
  MemoryCacheStore memory(clock);
  testing::FailingCacheStore cache(memory, failure);
  GatewayOptions options;
  options.clock = &clock;
  options.transport = &transport;
  options.cache = &cache;
  OneApi api(std::move(options), policy);
  Call first("http://api.test/api/x"), second("http://api.test/api/x");
  first.begin(api.gateway);
  second.begin(api.gateway);
  CHECK(api.gateway.running() == 0);
  CHECK(transport.calls >= 1);
  return {first.status, second.status};
}

}  // namespace

TEST_CASE("a cache that fails at any of its calls fails no request", "[policies][cache]") {
  const std::size_t calls = testing::fail_at_every_call(
      [](testing::FailAfter& failure) { CHECK(ask_twice(everything, failure) == std::pair(200, 200)); });
  CHECK(calls > 10);
}

TEST_CASE("cache-remove-value fails its request when that is asked for", "[policies][cache]") {
  testing::FailAfter failure(0);
  CHECK(ask_twice("<policies><inbound><cache-remove-value key=\"k\" fail-on-cache-removal-error=\"true\" /></inbound>"
                  "</policies>",
                  failure) == std::pair(503, 200));
}

TEST_CASE("what a store holds that nobody wrote is a miss", "[policies][cache]") {
  struct Rubbish final : CacheStore {
    std::string bytes;
    Task<Result<std::optional<std::string>>> get(std::string_view) override {
      return Result<std::optional<std::string>>(bytes);
    }
    Task<Result<void>> put(std::string_view, std::string_view, std::chrono::milliseconds) override {
      return Result<void>();
    }
    Task<Result<void>> remove(std::string_view) override { return Result<void>(); }
  } cache;
  cache.bytes = GENERATE(std::string(), std::string(1, '\1'), std::string(64, '\xFF'), std::string(64, '\0'),
                         std::string("\1\0\0\0\0\0\0\0\0\xC8\0\0\0\0\0\0\0\xFF\xFF\xFF\xFF", 21));
  StatusTransport transport;
  GatewayOptions options;
  options.transport = &transport;
  options.cache = &cache;
  OneApi api(std::move(options), everything);
  Call call("http://api.test/api/x");
  call.begin(api.gateway);
  CHECK(call.status == 200);
  CHECK(transport.calls == 1);
}
