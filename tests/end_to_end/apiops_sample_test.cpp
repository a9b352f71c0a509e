// SPDX-License-Identifier: Apache-2.0
// The folder that the APIOps extractor wrote, served as it is by the host when it lies beside the checkout: every API
// of it answers, with the policies that its documents hold.
#include "end_to_end/support.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace sluice::test;

namespace {

const std::filesystem::path sample = std::filesystem::path(SLUICE_SOURCE_DIR) / "../shared/artifacts/apiops-sample";

/// What the sample's URLs lead to: tells what it was asked.
class Origin {
 public:
  std::uint16_t port() const { return served_.port; }

 private:
  http::test::FunctionHandler handler_{http::test::echo};
  http::test::Served served_{handler_};
};

class SampleHost {
 public:
  explicit SampleHost(const Origin& origin) : process_("sluice", arguments(origin)) {
    port_ = port_of(process_.line_after("listening on "));
  }
  /// A request of the client whose address the sample lets in.
  std::string call(const std::string& method, const std::string& path, Fields fields = {},
                   const std::string& body = {}) {
    fields.emplace_back("X-Forwarded-For", "10.0.0.1");
    return test::call(port_, method, path, fields, body);
  }
  std::string call_as_anybody(const std::string& path) { return test::call(port_, "GET", path); }

 private:
  std::vector<std::string> arguments(const Origin& origin) {
    const std::string here = "\"http://127.0.0.1:" + std::to_string(origin.port()) + "\"";
    folder_.write("settings.json", R"({"trustedProxies": ["127.0.0.1"],
      "subscriptionKeys": {"subscription1": {"primaryKey": "product-key"}, "subscription2": {"primaryKey": "api-key"}},
      "origins": {"https://httpbin.org": )" +
                                       here + R"(, "https://example.com": )" + here + "}}");
    return {"run", sample.string(), "--settings", folder_.file("settings.json"), "--listen", "127.0.0.1:0"};
  }

  sluice::testing::TemporaryFolder folder_;
  Process process_;
  std::uint16_t port_ = 0;
};

void check_echo(const std::string& answer, std::initializer_list<std::string_view> parts) {
  INFO(answer);
  CHECK(status_of(answer) == 200);
  for (std::string_view part : parts) {
    INFO(part);
    CHECK(body_of(answer).find(part) != std::string::npos);
  }
}

}  // namespace

TEST_CASE("every API of the extractor's sample is served", "[end_to_end]") {
  if (!std::filesystem::exists(sample)) {
    WARN("no sample beside the checkout");
    return;
  }
  Origin origin;
  SampleHost host(origin);
  const Fields product = as("product-key");

  SECTION("an API with policies at all scopes, by either subscription") {
    for (const char* key : {"product-key", "api-key"}) {
      check_echo(host.call("GET", "/basic-api/items", as(key)), {"GET", "/items", "source=get-items"});
    }
    const std::string made = host.call("POST", "/basic-api/items", product, R"({"term":"legacy"})");
    check_echo(made, {"POST", "X-Operation=create-item", R"({"term":"created"})"});
    CHECK(status_of(host.call("GET", "/basic-api/items")) == 401);
  }
  SECTION("revisions: the current one and the other by name") {
    check_echo(host.call("GET", "/revisioned-api/revision", product), {"/revision", "X-Revision=1"});
    check_echo(host.call("GET", "/revisioned-api;rev=2/revision", product), {"/revision", "X-Revision=2"});
    check_echo(host.call("GET", "/revisioned-api;rev=2/revision/details", product), {"X-Api-Revision=2"});
    CHECK(status_of(host.call("GET", "/revisioned-api/revision/details", product)) == 404);
  }
  SECTION("versions by a segment behind the path; an open product needs no key") {
    check_echo(host.call("GET", "/versioned-api/v1/v1/version", product), {"/version"});
    check_echo(host.call("GET", "/versioned-api/v2/v2/version"), {"/version", "X-Product=product2"});
  }
  SECTION("WADL, SOAP and GraphQL") {
    check_echo(host.call("GET", "/wadl-api/status"), {"/wadl/status", "X-Product=product2"});
    check_echo(host.call("POST", "/soap-api", {{"SOAPAction", "x"}}, "<a/>"), {"POST", "/soap", "<a/>"});
    check_echo(host.call("POST", "/graphql-api", {}, R"({"query":"{sampleMessage}"})"), {"POST", "{sampleMessage}"});
  }
  SECTION("the product's filter lets nobody else in") {
    CHECK(status_of(host.call_as_anybody("/wadl-api/status")) == 403);
  }
}
