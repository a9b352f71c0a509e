// SPDX-License-Identifier: Apache-2.0
#include "management/apis.hpp"

#include "management/service.hpp"

using namespace sluice;
using management::Answer;
using test::answering;
using test::policy;
using test::resource;
using test::Service;
using test::text_at;

namespace {

std::string openapi(const std::string& operation_id, const std::string& path = "/things") {
  return R"({"openapi":"3.0.1","info":{"title":"Imported","version":"1"},"servers":[{"url":"https://back.test/v1"}],"paths":{")" +
         path + R"(":{"get":{"operationId":")" + operation_id + R"(","responses":{"200":{"description":"ok"}}}}}})";
}

std::string importing(const std::string& text, const std::string& format = "openapi+json",
                      const std::string& more = "") {
  std::string value;
  append_json_string(value, text);
  return resource("\"path\":\"shop\",\"subscriptionRequired\":false,\"format\":\"" + format + "\",\"value\":" + value +
                  more);
}

}  // namespace

TEST_CASE("A new API has the service's defaults", "[management][apis]") {
  Service service;
  service.load();
  const Answer answer = service.done("PUT", "apis/a", resource(R"("path":"a")"));
  CHECK(text_at(answer, "properties.subscriptionRequired") == "true");
  CHECK(text_at(answer, "properties.protocols.0") == "https");
  CHECK(text_at(answer, "properties.apiRevision") == "1");
  CHECK(text_at(answer, "properties.isCurrent") == "true");
  CHECK(service.call("PUT", "apis/b", resource(R"("displayName":"no path")")).status == 400);
}

TEST_CASE("An import makes the operations of its specification", "[management][apis]") {
  Service service;
  service.load();
  const Answer made = service.done("PUT", "apis/shop", importing(openapi("things")));
  CHECK(text_at(made, "properties.displayName") == "Imported");
  CHECK(text_at(made, "properties.serviceUrl") == "https://back.test/v1");
  CHECK(text_at(made, "properties.value") == "(none)");
  CHECK(text_at(made, "properties.format") == "(none)");
  CHECK(text_at(service.call("GET", "apis/shop/operations"), "value.0.name") == "things");
  CHECK(text_at(service.call("GET", "apis/shop/operations/things"), "properties.urlTemplate") == "/things");
  service.done("PUT", "apis/shop/operations/things/policies/policy", policy(answering("t")));
  CHECK(service.get("http://gw/shop/things") == "200 t");
}

TEST_CASE("A second import takes the place of the first; policies of operations in both stay", "[management][apis]") {
  Service service;
  service.load();
  service.done(
      "PUT", "apis/shop",
      importing("openapi: 3.0.1\ninfo: {title: T, version: '1'}\npaths:\n  /a: {get: {operationId: a, responses: "
                "{}}}\n  /b: {get: {operationId: b, responses: {'200': {description: ok}}}}\n",
                "openapi"));
  service.done("PUT", "apis/shop/operations/a/policies/policy", policy(answering("a")));
  service.done("PUT", "apis/shop/operations/b/policies/policy", policy(answering("b")));
  service.done("PUT", "apis/shop/operations/own",
               resource(R"("method":"GET","urlTemplate":"/own","displayName":"own")"));
  CHECK(text_at(service.call("GET", "apis/shop/operations"), "count") == "3");
  service.done("PUT", "apis/shop", importing(openapi("a", "/a2")));
  CHECK(text_at(service.call("GET", "apis/shop/operations"), "count") == "1");
  CHECK(service.get("http://gw/shop/a2") == "200 a");
  CHECK(service.get("http://gw/shop/b") == "404 ");
}

TEST_CASE("Without an import a PUT leaves operations and policies as they are", "[management][apis]") {
  Service service;
  service.load().make_shop();
  service.done("PUT", "apis/shop", resource(R"("path":"store","subscriptionRequired":false)"));
  CHECK(service.get("http://gw/store/items") == "200 items");
}

TEST_CASE("S1: imports by link are refused by name, as are formats that are not read", "[management][apis][threats]") {
  Service service;
  service.load();
  for (const char* format : {"openapi-link", "openapi+json-link", "swagger-link-json", "wadl-link-json", "wsdl-link",
                             "graphql-link", "odata-link", "grpc-link", "odata", "grpc", "other", ""}) {
    const Answer answer = service.call("PUT", "apis/shop", importing("https://example.test/spec", format));
    INFO(answer.body);
    CHECK(answer.status == 400);
    CHECK(text_at(answer, "error.message").find('\'' + std::string(format) + '\'') != std::string::npos);
  }
  CHECK(service.call("PUT", "apis/shop", importing("", "openapi")).status == 400);
  CHECK(service.call("GET", "apis/shop").status == 404);
}

TEST_CASE("A specification that cannot be read is refused where it is wrong", "[management][apis]") {
  Service service;
  service.load();
  const Answer answer =
      service.call("PUT", "apis/shop", importing("{\"openapi\":\"3.0.1\",\n\"paths\":", "openapi+json"));
  CHECK(answer.status == 400);
  CHECK(text_at(answer, "error.details.0.target") == "apis/shop/specification.json");
}

TEST_CASE("Operations of a specification are replaced, and not changed in part or removed", "[management][apis]") {
  Service service;
  service.load();
  service.done("PUT", "apis/shop", importing(openapi("things")));
  CHECK(service.call("PATCH", "apis/shop/operations/things", resource(R"("displayName":"x")")).status == 409);
  CHECK(service.call("DELETE", "apis/shop/operations/things").status == 409);
  service.done("PUT", "apis/shop/operations/things",
               resource(R"("method":"GET","urlTemplate":"/other","displayName":"o")"));
  CHECK(text_at(service.call("GET", "apis/shop/operations/things"), "properties.urlTemplate") == "/other");
  CHECK(service.call("PATCH", "apis/shop/operations/things", resource(R"("displayName":"x")")).status == 200);
  CHECK(service.call("DELETE", "apis/shop/operations/things").status == 409);
}

TEST_CASE("Operations of their own come and go with their policies", "[management][apis]") {
  Service service;
  service.load().make_shop();
  service.done("PUT", "apis/shop/operations/list/policies/policy", policy(answering("one")));
  service.done("DELETE", "apis/shop/operations/list");
  CHECK(service.get("http://gw/shop/items") == "404 ");
  CHECK(service.call("GET", "apis/shop/operations/list/policies/policy").status == 404);
  CHECK(service.call("PUT", "apis/shop/operations/list/policies/policy", policy(answering("x"))).status == 404);
}

TEST_CASE("A revision begins as a copy and is called by its number", "[management][apis]") {
  Service service;
  service.load().make_shop();
  const Answer made =
      service.done("PUT", "apis/shop;rev=2", resource(R"("sourceApiId":"/apis/shop","apiRevisionDescription":"try")"));
  CHECK(text_at(made, "name") == "shop;rev=2");
  CHECK(text_at(made, "properties.apiRevision") == "2");
  CHECK(text_at(made, "properties.isCurrent") == "false");
  CHECK(text_at(made, "properties.path") == "shop");
  CHECK(service.get("http://gw/shop;rev=2/items") == "200 items");
  service.done("PUT", "apis/shop;rev=2/policies/policy", policy(answering("second")));
  CHECK(service.get("http://gw/shop;rev=2/items") == "200 second");
  CHECK(service.get("http://gw/shop/items") == "200 items");
  const Answer revisions = service.call("GET", "apis/shop/revisions");
  CHECK(text_at(revisions, "count") == "2");
  CHECK(text_at(revisions, "value.0.apiId") == "/apis/shop;rev=1");
  CHECK(text_at(revisions, "value.0.isCurrent") == "true");
  CHECK(text_at(revisions, "value.1.apiId") == "/apis/shop;rev=2");
  CHECK(text_at(service.call("GET", "apis"), "count") == "1");
  CHECK(text_at(service.call("GET", "apis/shop;rev=1"), "name") == "shop");
  CHECK(service.call("GET", "apis/shop;rev=3").status == 404);
}

TEST_CASE("An API with revisions goes only with all of them", "[management][apis]") {
  Service service;
  service.load().make_shop();
  service.done("PUT", "apis/shop;rev=2", resource(R"("sourceApiId":"/apis/shop")"));
  CHECK(service.call("DELETE", "apis/shop").status == 409);
  service.done("DELETE", "apis/shop;rev=2");
  service.done("PUT", "apis/shop;rev=2", resource(R"("sourceApiId":"/apis/shop")"));
  service.done("DELETE", "apis/shop?deleteRevisions=true");
  CHECK(text_at(service.call("GET", "apis"), "count") == "0");
  CHECK(service.call("GET", "apis/shop;rev=2").status == 404);
}

TEST_CASE("A revision of an API that is not there is refused", "[management][apis]") {
  Service service;
  service.load();
  CHECK(service.call("PUT", "apis/none;rev=2", resource(R"("path":"x")")).status == 404);
  CHECK(service.call("PUT", "apis/a", resource(R"("path":"a","sourceApiId":"/apis/none")")).status == 404);
  CHECK(service.call("PUT", "apis/a", resource(R"("path":"a","sourceApiId":"/apis/../x")")).status == 404);
  CHECK(service.call("PUT", "apis/a", resource(R"("path":"a","sourceApiId":"/apis/..")")).status == 400);
}

TEST_CASE("An API leaves its products when it goes", "[management][apis]") {
  Service service;
  service.load().make_shop();
  service.done("PUT", "products/p", resource(R"("displayName":"p")"));
  CHECK(service.call("PUT", "products/p/apis/shop").status == 201);
  CHECK(service.call("PUT", "products/p/apis/shop").status == 200);
  CHECK(service.call("HEAD", "products/p/apis/shop").status == 204);
  CHECK(text_at(service.call("GET", "products/p/apis"), "value.0.properties.path") == "shop");
  CHECK(text_at(service.call("GET", "apis/shop/products"), "value.0.name") == "p");
  CHECK(service.call("PUT", "products/p/apis/none").status == 404);
  service.done("DELETE", "apis/shop");
  CHECK(text_at(service.call("GET", "products/p/apis"), "count") == "0");
}

TEST_CASE("Links in lists of the folder are links too", "[management][apis]") {
  Service service;
  service.folder.write_api("a").write_api("b");
  service.folder.write("products/p/productInformation.json", R"({"properties":{"displayName":"p"}})");
  service.folder.write("products/p/apis.json", R"(["a", {"name": "b"}])");
  service.load();
  CHECK(text_at(service.call("GET", "products/p/apis"), "count") == "2");
  service.done("DELETE", "products/p/apis/a");
  CHECK(service.call("HEAD", "products/p/apis/a").status == 404);
  CHECK(service.call("HEAD", "products/p/apis/b").status == 204);
  service.done("DELETE", "products/p/apis/b");
  CHECK(text_at(service.call("GET", "products/p/apis"), "count") == "0");
}
