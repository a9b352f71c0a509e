// SPDX-License-Identifier: Apache-2.0
#include "management/exchange.hpp"

#include "management/service.hpp"

using namespace sluice;
using management::Answer;
using test::policy;
using test::resource;
using test::Service;
using test::text_at;

TEST_CASE("A PUT makes with 201 and replaces with 200", "[management][exchange]") {
  Service service;
  service.load();
  const Answer made = service.call("PUT", "backends/b", resource(R"("url":"https://a.test","protocol":"http")"));
  CHECK(made.status == 201);
  const Answer same = service.call("PUT", "backends/b", resource(R"("url":"https://a.test","protocol":"http")"));
  CHECK(same.status == 200);
  CHECK(same.etag == made.etag);
  const Answer other = service.call("PUT", "backends/b", resource(R"("url":"https://b.test")"));
  CHECK(other.etag != made.etag);
  CHECK(text_at(other, "properties.url") == "https://b.test");
  CHECK(text_at(other, "properties.protocol") == "(none)");
}

TEST_CASE("An ETag is quoted, and the same for GET and HEAD", "[management][exchange]") {
  Service service;
  service.load().make_shop();
  const Answer whole = service.call("GET", "apis/shop");
  const Answer head = service.call("HEAD", "apis/shop");
  CHECK(whole.etag.size() == 34);
  CHECK(whole.etag.front() == '"');
  CHECK(head.etag == whole.etag);
  CHECK(head.status == 200);
  CHECK(head.body.empty());
  CHECK(service.call("HEAD", "apis/none").status == 404);
}

TEST_CASE("If-Match with another ETag refuses every change with 412", "[management][exchange]") {
  Service service;
  service.load().make_shop();
  const std::string old = service.call("GET", "apis/shop").etag;
  service.done("PATCH", "apis/shop", resource(R"("description":"new")"));
  const std::string now = service.call("GET", "apis/shop").etag;
  CHECK(now != old);
  for (const char* method : {"PUT", "PATCH", "DELETE"}) {
    INFO(method);
    const Answer answer = service.call(method, "apis/shop", resource(R"("path":"shop")"), {old, {}});
    CHECK(answer.status == 412);
    CHECK(text_at(answer, "error.code") == "PreconditionFailed");
  }
  CHECK(service.call("GET", "apis/shop").etag == now);
  CHECK(service.call("PATCH", "apis/shop", resource(R"("description":"newer")"), {now, {}}).status == 200);
  CHECK(service.call("DELETE", "apis/shop", {}, {"*", {}}).status == 200);
}

TEST_CASE("If-Match names one of several ETags, weak ones too, and never a resource that is not there",
          "[management][exchange]") {
  Service service;
  service.load().make_shop();
  const std::string list = "\"x\", W/" + service.call("GET", "apis/shop").etag;
  CHECK(service.call("PATCH", "apis/shop", resource(R"("description":"d")"), {list, {}}).status == 200);
  CHECK(service.call("PUT", "apis/new", resource(R"("path":"new")"), {"*", {}}).status == 412);
  CHECK(service.call("PUT", "apis/new", resource(R"("path":"new")"), {"\"x\"", {}}).status == 412);
}

TEST_CASE("If-None-Match makes sure that a resource is new, and spares reading what is known",
          "[management][exchange]") {
  Service service;
  service.load();
  CHECK(service.call("PUT", "groups/g", resource(R"("displayName":"g")"), {{}, "*"}).status == 201);
  CHECK(service.call("PUT", "groups/g", resource(R"("displayName":"g")"), {{}, "*"}).status == 412);
  const std::string etag = service.call("GET", "groups/g").etag;
  const Answer known = service.call("GET", "groups/g", {}, {{}, etag});
  CHECK(known.status == 304);
  CHECK(known.body.empty());
  CHECK(service.call("GET", "groups/g", {}, {{}, "\"x\""}).status == 200);
}

TEST_CASE("A PATCH merges, and null takes away", "[management][exchange]") {
  Service service;
  service.load();
  service.done("PUT", "backends/b",
               resource(R"("url":"https://a.test","title":"t","tls":{"validateCertificateName":false})"));
  const Answer answer = service.done(
      "PATCH", "backends/b", resource(R"("title":null,"description":"d","tls":{"validateCertificateChain":true})"));
  CHECK(answer.status == 200);
  CHECK(text_at(answer, "properties.url") == "https://a.test");
  CHECK(text_at(answer, "properties.title") == "(none)");
  CHECK(text_at(answer, "properties.description") == "d");
  CHECK(text_at(answer, "properties.tls.validateCertificateName") == "false");
  CHECK(text_at(answer, "properties.tls.validateCertificateChain") == "true");
  CHECK(service.call("PATCH", "backends/none", resource("")).status == 404);
}

TEST_CASE("A DELETE of what is not there is 204 and changes nothing", "[management][exchange]") {
  Service service;
  service.load();
  CHECK(service.call("DELETE", "backends/none").status == 204);
  CHECK(service.call("DELETE", "backends/none", {}, {"*", {}}).status == 204);
  CHECK(service.changes.empty());
}

TEST_CASE("Null in a PUT counts as absent", "[management][exchange]") {
  Service service;
  service.load();
  const Answer answer =
      service.done("PUT", "backends/b", resource(R"("url":"https://a.test","title":null,"tls":{"x":null})"));
  CHECK(text_at(answer, "properties.title") == "(none)");
  CHECK(text_at(answer, "properties.tls.x") == "(none)");
}

TEST_CASE("Ids are found whatever their case, and stay as they were made", "[management][exchange]") {
  Service service;
  service.load();
  service.done("PUT", "groups/Mixed", resource(R"("displayName":"a")"));
  const Answer again = service.call("PUT", "Groups/mIXED", resource(R"("displayName":"b")"));
  CHECK(again.status == 200);
  CHECK(text_at(again, "name") == "Mixed");
  CHECK(text_at(service.call("GET", "groups"), "count") == "1");
}

TEST_CASE("A collection comes in pages, each with a link to the next", "[management][exchange]") {
  Service service;
  service.load();
  for (const char* id : {"c", "a", "b"}) {
    service.done("PUT", std::string("groups/") + id, resource("\"displayName\":\"" + std::string(id) + "\""));
  }
  const Answer all = service.call("GET", "groups");
  CHECK(text_at(all, "count") == "3");
  CHECK(text_at(all, "nextLink") == "(none)");
  CHECK(text_at(all, "value.0.name") == "a");
  CHECK(text_at(all, "value.2.properties.displayName") == "c");
  CHECK(text_at(all, "value.2.id") == std::string(test::service_path) + "/groups/c");
  const Answer first = service.call("GET", "groups?$top=2");
  CHECK(text_at(first, "value.1.name") == "b");
  CHECK(text_at(first, "value.2.name") == "(none)");
  CHECK(text_at(first, "nextLink") ==
        "https://host" + std::string(test::service_path) + "/groups?api-version=2024-05-01&$top=2&%24skip=2");
  const Answer second = service.call("GET", "groups?%24top=2&%24skip=2");
  CHECK(text_at(second, "value.0.name") == "c");
  CHECK(text_at(second, "nextLink") == "(none)");
  CHECK(text_at(service.call("GET", "groups?$skip=9"), "value.0") == "(none)");
}

TEST_CASE("Sizes of pages have bounds, and filters are refused by name", "[management][exchange]") {
  Service service;
  service.load();
  for (const char* query : {"$top=0", "$top=1001", "$top=-1", "$top=x", "$skip=-1", "$skip=99999999999999999999"}) {
    INFO(query);
    CHECK(service.call("GET", std::string("groups?") + query).status == 400);
  }
  CHECK(text_at(service.call("GET", "groups?$filter=name eq 'x'"), "error.code") == "NotSupported");
  CHECK(text_at(service.call("GET", "groups?%24orderby=name"), "error.code") == "NotSupported");
}

TEST_CASE("A change that does not fit the rest is refused with what is wrong, and nothing changes",
          "[management][exchange]") {
  Service service;
  service.load().make_shop();
  service.done("PUT", "products/p", resource(R"("displayName":"p","subscriptionRequired":true)"));
  service.done("PUT", "subscriptions/s", resource(R"("scope":"/products/p","displayName":"s","state":"active")"));
  const Answer answer = service.call("DELETE", "products/p");
  CHECK(answer.status == 400);
  CHECK(text_at(answer, "error.code") == "ValidationError");
  CHECK(text_at(answer, "error.details.0.code") == "SL5005");
  CHECK(text_at(answer, "error.details.0.target") == "subscriptions/s/subscriptionInformation.json");
  CHECK(service.call("GET", "products/p").status == 200);
  CHECK(answer.body.find(service.folder.path().string()) == std::string::npos);
}

TEST_CASE("Properties that the gateway does not know are kept", "[management][exchange]") {
  Service service;
  service.load();
  service.done("PUT", "groups/g", resource(R"("displayName":"g","future":{"a":[1,2.50,"x"]})"));
  CHECK(service.call("GET", "groups/g").body.find(R"("future":{"a":[1,2.50,"x"]})") != std::string::npos);
}
