// SPDX-License-Identifier: Apache-2.0
// What cases cannot say: messages of a gateway that has an identity.
#include <sluice/testing/policy_bench.hpp>

#include "base/guid_text.hpp"
#include "policies/one_api.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace sluice::testing;

namespace {

struct NamingTokens final : TokenSource {
  Task<Result<AccessToken>> token(std::string_view resource, std::string_view client_id, Cancellation&) override {
    return Result<AccessToken>(AccessToken{std::string(resource) + "|" + std::string(client_id), {}});
  }
};

/// A service whose only operation runs `policy`, with an identity.
struct ServiceBusFixture {
  NamingTokens tokens;
  PolicyBench bench{[&] {
    GatewayOptions options;
    options.tokens = &tokens;
    return options;
  }()};

  BenchAnswer run(const std::string& policy, int status) {
    const Diagnostics diagnostics = bench.load(test::one_api("<policies><inbound>" + policy + "</inbound></policies>"));
    REQUIRE_FALSE(diagnostics.has_errors());
    ScriptEntry entry;
    entry.when.url_prefix = "https://";
    entry.answer.status = status;
    bench.transport.add(entry);
    bench.transport.add(ScriptEntry());
    return bench.send({.url = "/api/x"});
  }
};

}  // namespace

TEST_CASE("a message goes to its queue with a token, its properties and what the broker needs",
          "[policies][service-bus]") {
  ServiceBusFixture fixture;
  const BenchAnswer answer = fixture.run(R"(
    <send-service-bus-message queue-name="or/ders" namespace="ns.servicebus.test" client-id="c1" time-to-live="00:01:30"
        message-id="6f9619ff-8b86-d011-b42d-00c04fc964ff" session-id="00000000-0000-0000-0000-000000000001"
        response-variable-name="r">
      <message-properties><message-property name="Customer">Con"toso</message-property></message-properties>
      <payload>@("hel" + "lo")</payload>
    </send-service-bus-message>)",
                                         201);
  CHECK(answer.status == 200);
  REQUIRE(answer.calls.size() == 2);
  const RecordedCall& call = answer.calls[0];
  CHECK(call.method == "POST");
  CHECK(call.url == "https://ns.servicebus.test/or/ders/messages");
  CHECK(call.body == "hello");
  CHECK(call.header("Authorization") == "Bearer https://servicebus.azure.net|c1");
  CHECK(call.header("Customer") == R"("Con\"toso")");
  CHECK(
      call.header("BrokerProperties") ==
      R"({"MessageId":"6f9619ff-8b86-d011-b42d-00c04fc964ff","SessionId":"00000000-0000-0000-0000-000000000001","TimeToLive":90})");
  CHECK(answer.variables.at("r").find("6f9619ff-8b86-d011-b42d-00c04fc964ff") != std::string::npos);
}

TEST_CASE("a message without an id gets a new one", "[policies][service-bus]") {
  ServiceBusFixture fixture;
  const BenchAnswer answer = fixture.run(
      R"(<send-service-bus-message topic-name="t" namespace="ns.test"><payload>x</payload></send-service-bus-message>)",
      201);
  REQUIRE(answer.calls.size() == 2);
  const std::string properties(answer.calls[0].header("BrokerProperties").value_or(""));
  const std::size_t begin = std::string_view(R"({"MessageId":")").size();
  CHECK(is_guid_text(std::string_view(properties).substr(begin, 36)));
  CHECK(properties.size() == begin + 36 + 2);
}

TEST_CASE("a refusal is an error, or is told to the variable", "[policies][service-bus]") {
  ServiceBusFixture fixture;
  BenchAnswer answer = fixture.run(
      R"(<send-service-bus-message topic-name="t" namespace="ns.test"><payload>x</payload></send-service-bus-message>)",
      401);
  CHECK(answer.status == 500);
  REQUIRE(answer.last_error);
  CHECK(answer.last_error->source == "send-service-bus-message");
  CHECK(answer.last_error->message == "Service Bus answered with status 401.");
  ServiceBusFixture ignoring;
  answer = ignoring.run(R"(<send-service-bus-message topic-name="t" namespace="ns.test" ignore-error="true"
      response-variable-name="r"><payload>x</payload></send-service-bus-message>)",
                        401);
  CHECK(answer.status == 200);
  CHECK(answer.variables.at("r").find("Service Bus answered with status 401.") != std::string::npos);
}

TEST_CASE("properties that cannot stand in a head are errors", "[policies][service-bus]") {
  ServiceBusFixture fixture;
  const BenchAnswer answer = fixture.run(R"~(<send-service-bus-message topic-name="t" namespace="ns.test">
      <message-properties><message-property name="@("a b")">x</message-property></message-properties>
      <payload>x</payload></send-service-bus-message>)~",
                                         201);
  CHECK(answer.status == 500);
  CHECK(answer.calls.empty());
}
