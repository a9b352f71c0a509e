// SPDX-License-Identifier: Apache-2.0
#include "management/management.hpp"

#include "management/bounds.hpp"
#include "management/service.hpp"

#include <sluice/testing/virtual_clock.hpp>

using namespace sluice;
using management::Answer;
using test::answering;
using test::policy;
using test::resource;
using test::Service;
using test::text_at;

TEST_CASE("A service that was empty is configured and called", "[management]") {
  Service service;
  service.load();
  CHECK(service.get("http://gw/shop/items") == "404 ");
  service.make_shop();
  CHECK(service.get("http://gw/shop/items") == "200 items");
  service.done("DELETE", "apis/shop");
  CHECK(service.get("http://gw/shop/items") == "404 ");
}

TEST_CASE("K2: nobody gets in without the token", "[management][threats]") {
  Service service;
  service.load().make_shop();
  const std::string path = std::string(test::service_path) + "/apis/shop";
  for (const char* shown : {"", "Bearer", "Bearer ", "Bearer a token of the tesT", "Bearer a token of the test2",
                            "Basic YTpi", "a token of the test", "Bearer  a token of the test"}) {
    management::Call call;
    call.method = "DELETE";
    call.path = path;
    call.query = test::api_version;
    call.authorization = shown;
    const Answer answer = service.interface().answer(call);
    INFO(shown);
    CHECK(answer.status == 401);
    CHECK(text_at(answer, "error.code") == "AuthenticationFailed");
  }
  CHECK(service.get("http://gw/shop/items") == "200 items");
}

TEST_CASE("Without a token of its own the interface lets nobody in", "[management][threats]") {
  management::ManagementOptions options;
  testing::TemporaryFolder folder;
  options.store = {folder.path(), false, [](ServiceModel) { return Diagnostics(); }};
  management::Management management(std::move(options));
  management::Call call;
  call.method = "GET";
  const std::string path = std::string(test::service_path) + "/apis";
  call.path = path;
  call.query = test::api_version;
  call.authorization = "Bearer ";
  CHECK(management.answer(call).status == 401);
}

TEST_CASE("Requests of HTTP are answered with the head that ARM's clients look at", "[management][http]") {
  Service service;
  service.load().make_shop();
  Request request;
  REQUIRE(request.set_url("http://host" + std::string(test::service_path) + "/apis/shop?" +
                          std::string(test::api_version)));
  SECTION("with the token") {
    request.headers.append({"Authorization"}, "Bearer a token of the test");
    const Response response = wait(service.interface().handle(request));
    CHECK(response.status == 200);
    CHECK(response.headers.get({"ETag"}) == service.call("GET", "apis/shop").etag);
    CHECK(response.headers.get({"Content-Type"}) == "application/json; charset=utf-8");
    CHECK(response.headers.get({"Cache-Control"}) == "no-store");
  }
  SECTION("without one") {
    const Response response = wait(service.interface().handle(request));
    CHECK(response.status == 401);
    CHECK(response.headers.get({"WWW-Authenticate"}) == "Bearer");
  }
  SECTION("P6: with the token shown twice") {
    request.headers.append({"Authorization"}, "Bearer a token of the test");
    request.headers.append({"Authorization"}, "Bearer a token of the test");
    CHECK(wait(service.interface().handle(request)).status == 401);
  }
}

namespace {

/// A body of `size` bytes in one piece.
class LongBody final : public BodyStream {
 public:
  explicit LongBody(std::size_t size) : bytes_(size, ' ') {}
  Task<BodyChunk> read() override { return BodyChunk(std::exchange(told_, true) ? std::string_view() : bytes_); }
  void cancel() override {}

 private:
  std::string bytes_;
  bool told_ = false;
};

}  // namespace

TEST_CASE("L5: a body beyond the bound is refused with 413", "[management][http][threats]") {
  Service service;
  service.load();
  Request request;
  request.method = "PUT";
  REQUIRE(
      request.set_url("http://host" + std::string(test::service_path) + "/apis/a?" + std::string(test::api_version)));
  request.headers.append({"Authorization"}, "Bearer a token of the test");
  request.body = Body::stream(std::make_unique<LongBody>(management::request_bytes + 1));
  CHECK(wait(service.interface().handle(request)).status == 413);
}

TEST_CASE("Ids of ARM are made of the path that the caller used", "[management]") {
  Service service;
  service.load().make_shop();
  const Answer answer = service.call("GET", "apis/shop/operations/list");
  CHECK(text_at(answer, "id") == std::string(test::service_path) + "/apis/shop/operations/list");
  CHECK(text_at(answer, "type") == "Microsoft.ApiManagement/service/apis/operations");
  CHECK(text_at(answer, "name") == "list");
  CHECK(text_at(answer, "properties.method") == "GET");
}

TEST_CASE("What is not there is 404, with the place that misses", "[management]") {
  Service service;
  service.load();
  for (const char* path :
       {"apis/none", "apis/none/operations/x", "apis/none/operations", "products/none/policies/policy",
        "policies/policy", "nothing/x", "nothing", "apis/a/b", "policies/other", "subscriptions/s/listSecrets"}) {
    const std::string method = std::string_view(path).ends_with("listSecrets") ? "POST" : "GET";
    const Answer answer = service.call(method, path);
    INFO(path << ": " << answer.body);
    CHECK(answer.status == 404);
    CHECK(text_at(answer, "error.code") == "ResourceNotFound");
  }
  CHECK(service.call("PUT", "apis/none/operations/x", resource(R"("method":"GET","urlTemplate":"/")")).status == 404);
}

TEST_CASE("A request without api-version is refused, one beside the service is not found", "[management]") {
  Service service;
  service.load();
  management::Call call;
  call.method = "GET";
  call.authorization = "Bearer a token of the test";
  const std::string path = std::string(test::service_path) + "/apis";
  call.path = path;
  CHECK(text_at(service.interface().answer(call), "error.code") == "MissingApiVersionParameter");
  call.path = "/subscriptions/s";
  CHECK(service.interface().answer(call).status == 404);
  call.path = test::service_path;
  call.query = test::api_version;
  CHECK(text_at(service.interface().answer(call), "location") == "West Europe");
}

TEST_CASE("P2: ids that could lead out of the folder are refused in every place of a path", "[management][threats]") {
  Service service(true);
  service.load().make_shop();
  for (const char* id :
       {"..", "%2e%2e", "%2E%2E%2F%2E%2E%2Fx", "a%2Fb", "a%5Cb", ".git", "a%00b", "%2e", "a%20b", "a;x", "x;rev=.."}) {
    for (const std::string before :
         {"apis/", "products/", "apis/shop/operations/", "namedValues/", "policyFragments/"}) {
      INFO(before << id);
      const Answer answer = service.call("PUT", before + id, resource(R"("displayName":"x","path":"x")"));
      CHECK(answer.status == 400);
      CHECK(text_at(answer, "error.code") == "ValidationError");
      CHECK(service.call("DELETE", before + id).status == 400);
      CHECK(service.call("GET", before + id + "/policies/policy").status >= 400);
    }
  }
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(service.folder.path().parent_path())) {
    if (entry.path().filename() == "x") ++count;
  }
  CHECK(count == 0);
  CHECK(service.get("http://gw/shop/items") == "200 items");
}

TEST_CASE("Methods that a resource has not are told", "[management]") {
  Service service;
  service.load().make_shop();
  CHECK(service.call("POST", "apis/shop").status == 405);
  CHECK(service.call("POST", "apis/shop").allow == "GET, HEAD, PUT, PATCH, DELETE");
  CHECK(service.call("PATCH", "apis/shop/policies/policy", resource("")).status == 405);
  CHECK(service.call("PUT", "apis").status == 405);
  CHECK(service.call("DELETE", "apis/shop/revisions/shop").status == 405);
  service.done("PUT", "namedValues/n", resource(R"("displayName":"n","value":"1")"));
  CHECK(service.call("GET", "namedValues/n/listValue").status == 405);
}

TEST_CASE("A body that is no resource is refused", "[management]") {
  Service service;
  service.load();
  for (const char* body :
       {"", "x", "[]", "null", "{}", R"({"properties":1})", R"({"properties":[]})", R"({"properties":{})"}) {
    INFO(body);
    CHECK(service.call("PUT", "apis/a", body).status == 400);
  }
  std::string deep = "1";
  for (int i = 0; i < 200; ++i) deep = "{\"a\":" + deep + "}";
  CHECK(service.call("PUT", "apis/a", "{\"properties\":" + deep + "}").status == 400);
}

TEST_CASE("Changes are told in lines without secrets", "[management]") {
  Service service;
  service.load();
  service.done("PUT", "namedValues/n", resource(R"("displayName":"n","value":"hush","secret":true)"));
  service.done("PUT", "namedValues/n", resource(R"("displayName":"n","value":"hush2","secret":true)"));
  service.call("DELETE", "namedValues/none");
  service.done("DELETE", "namedValues/n");
  CHECK(service.changes ==
        std::vector<std::string>{"PUT namedValues/n: 201", "PUT namedValues/n: 200", "DELETE namedValues/n: 200"});
}
