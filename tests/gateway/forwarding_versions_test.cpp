// SPDX-License-Identifier: Apache-2.0
// With which version of HTTP a request is forwarded: forward-request says so, and the type of the API.
#include <sluice/gateway.hpp>

#include <sluice/testing/policy_bench.hpp>

#include "gateway/one_service.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using sluice::test::one_service;
using sluice::testing::PolicyBench;

namespace {

std::vector<HttpVersions> forwarded_with(ServiceModel model) {
  PolicyBench bench;
  REQUIRE_FALSE(bench.load(std::move(model)).has_errors());
  std::vector<HttpVersions> versions;
  for (const auto& call : bench.send({.method = "GET", .url = "/shop/x", .headers = {}, .body = {}}).calls) {
    versions.push_back(call.versions);
  }
  return versions;
}

std::string backend(const std::string& policies) { return "<policies><backend>" + policies + "</backend></policies>"; }

}  // namespace

TEST_CASE("forward-request says which versions of HTTP may be used", "[gateway][forwarding]") {
  using Versions = std::vector<HttpVersions>;
  CHECK(forwarded_with(one_service()) == Versions{HttpVersions::http_1});
  CHECK(forwarded_with(one_service(backend("<forward-request />"))) == Versions{HttpVersions::http_1});
  CHECK(forwarded_with(one_service(backend(R"(<forward-request http-version="1" />)"))) ==
        Versions{HttpVersions::http_1});
  CHECK(forwarded_with(one_service(backend(R"(<forward-request http-version="2or1" />)"))) ==
        Versions{HttpVersions::http_1_or_2});
  CHECK(forwarded_with(one_service(backend(R"(<forward-request http-version="2" />)"))) ==
        Versions{HttpVersions::http_2});
}

TEST_CASE("an API of type grpc is always forwarded with HTTP/2", "[gateway][forwarding]") {
  ServiceModel model = one_service(backend(R"(<forward-request http-version="1" />)"));
  model.apis[0].type = ApiType::grpc;
  CHECK(forwarded_with(std::move(model)) == std::vector<HttpVersions>{HttpVersions::http_2});
}
