// SPDX-License-Identifier: Apache-2.0
#include "policies/one_api.hpp"

#include <map>

using namespace sluice;
using namespace sluice::test;

namespace {

/// Answers calls when told to; a cancelled call ends at once with `cancelled`.
struct ManualTransport final : Transport {
  struct Exchange {
    Completion<bool> done;  ///< True: answer; false: given up.
    bool cancelled = false;
  };
  std::map<std::string, Exchange, std::less<>> exchanges;

  Task<Result<Response>> send(OutgoingRequest& request, Arena& arena, Cancellation& cancellation) override {
    if (request.url.host == "backend.test") co_return Response(arena);
    Exchange& exchange = exchanges[std::string(request.url.host)];
    auto give_up = [&exchange] {
      exchange.cancelled = true;
      exchange.done.complete(false);
    };
    Cancellation::Registration<decltype(give_up)> listening(cancellation, give_up);
    const bool answered = co_await exchange.done;
    if (!answered) co_return fail(ErrorCode::cancelled);
    co_return Response(arena);
  }
};

constexpr std::string_view document =
    "<policies><inbound><wait for=\"MODE\">"
    "<send-request response-variable-name=\"a\"><set-url>http://a.test/</set-url></send-request>"
    "<send-request response-variable-name=\"b\" ignore-error=\"true\"><set-url>http://b.test/</set-url></send-request>"
    "<send-request response-variable-name=\"c\"><set-url>http://c.test/</set-url></send-request>"
    "</wait></inbound></policies>";

std::string with_mode(std::string_view mode) {
  std::string text(document);
  return text.replace(text.find("MODE"), 4, mode);
}

}  // namespace

TEST_CASE("wait starts all children before it waits for any", "[policies][wait]") {
  ManualTransport transport;
  GatewayOptions options;
  options.transport = &transport;
  OneApi api(std::move(options), with_mode("all"));
  Call call("http://api.test/api/x");
  call.begin(api.gateway);
  REQUIRE(transport.exchanges.size() == 3);
  transport.exchanges["c.test"].done.complete(true);
  transport.exchanges["a.test"].done.complete(true);
  CHECK(call.status == 0);
  transport.exchanges["b.test"].done.complete(true);
  CHECK(call.status == 200);
}

TEST_CASE("wait for any cancels the others and has them end before it goes on", "[policies][wait]") {
  ManualTransport transport;
  GatewayOptions options;
  options.transport = &transport;
  OneApi api(std::move(options), with_mode("any"));
  Call call("http://api.test/api/x");
  call.begin(api.gateway);
  REQUIRE(transport.exchanges.size() == 3);
  transport.exchanges["b.test"].done.complete(true);
  CHECK(transport.exchanges["a.test"].cancelled);
  CHECK_FALSE(transport.exchanges["b.test"].cancelled);
  CHECK(transport.exchanges["c.test"].cancelled);
  CHECK(call.status == 200);
}

TEST_CASE("A caller who leaves ends every child of wait", "[policies][wait]") {
  ManualTransport transport;
  GatewayOptions options;
  options.transport = &transport;
  OneApi api(std::move(options), with_mode("all"));
  Call call("http://api.test/api/x");
  call.begin(api.gateway);
  REQUIRE(transport.exchanges.size() == 3);
  call.request.cancellation.request();
  for (auto& [host, exchange] : transport.exchanges) {
    INFO(host);
    CHECK(exchange.cancelled);
  }
  CHECK(call.status != 0);
}
