// SPDX-License-Identifier: Apache-2.0
#include <sluice/testing/policy_bench.hpp>

#include <catch2/catch.hpp>

using namespace sluice;
using namespace std::chrono_literals;
using sluice::testing::BenchAnswer;
using sluice::testing::PolicyBench;

namespace {

ServiceModel service(std::string policy) {
  ServiceModel model;
  Api api;
  api.id = "a";
  api.path = "a";
  api.service_url = "http://backend.test";
  api.subscription_required = false;
  Operation operation;
  operation.id = "post";
  operation.method = "POST";
  operation.url_template = "/*";
  operation.policy = PolicySource{std::move(policy), "policy.xml", PolicyFormat::rawxml};
  api.operations.push_back(std::move(operation));
  model.apis.push_back(std::move(api));
  return model;
}

}  // namespace

TEST_CASE("a bench shows everything that came of a request", "[testing][bench]") {
  PolicyBench bench;
  REQUIRE_FALSE(bench
                    .load(service("<policies><inbound><set-variable name=\"n\" value=\"@(1 + 1)\" />"
                                  "<trace source=\"s\" severity=\"information\">noted</trace></inbound>"
                                  "<backend><retry condition=\"@(context.Response.StatusCode == 503)\" count=\"1\" "
                                  "interval=\"4\"><forward-request buffer-request-body=\"true\" /></retry></backend>"
                                  "</policies>"))
                    .has_errors());
  bench.transport.answer(503);
  bench.transport.answer(200, "fine");
  const std::string body(PolicyBench::body_piece_bytes * 2 + 1, 'x');
  const BenchAnswer answer = bench.send(
      {.method = "POST", .url = "/a/b", .headers = {{"X-A", "b"}}, .body = body, .client_address = "192.0.2.1"});
  CHECK(answer.status == 200);
  CHECK(answer.reason == "OK");
  CHECK(answer.body == "fine");
  CHECK(answer.is_complete);
  CHECK_FALSE(answer.is_stuck);
  CHECK(answer.elapsed == 4s);
  CHECK(answer.variables.at("n") == "2");
  CHECK(answer.trace == std::vector<std::string>{"noted"});
  CHECK_FALSE(answer.last_error);
  REQUIRE(answer.calls.size() == 2);
  CHECK(answer.calls[0].body == body);
  CHECK(answer.calls[1].body == body);
  CHECK(answer.calls[1].header("x-a") == "b");
}

TEST_CASE("a bench tells of errors with their place", "[testing][bench]") {
  PolicyBench bench;
  REQUIRE_FALSE(
      bench
          .load(service("<policies><inbound><set-variable name=\"n\" value=\"@(int.Parse(\"x\"))\" id=\"it\" />"
                        "</inbound></policies>"))
          .has_errors());
  const BenchAnswer answer = bench.send({.method = "POST", .url = "/a/b", .headers = {}, .body = {}});
  CHECK(answer.status == 500);
  REQUIRE(answer.last_error);
  CHECK(answer.last_error->source == "set-variable");
  CHECK(answer.last_error->section == "inbound");
  CHECK(answer.last_error->scope == "operation");
  CHECK(answer.last_error->policy_id == "it");
}

TEST_CASE("two benches with the same requests do the same", "[testing][bench]") {
  const auto run = [] {
    PolicyBench bench;
    if (bench
            .load(service("<policies><inbound><set-variable name=\"id\" value=\"@(context.RequestId.ToString())\" />"
                          "</inbound></policies>"))
            .has_errors()) {
      return std::string("does not load");
    }
    return bench.send({.method = "POST", .url = "/a/b", .headers = {}, .body = {}}).variables.at("id");
  };
  CHECK(run() == run());
  CHECK(run().size() == 36);
}
