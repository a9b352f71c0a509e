// SPDX-License-Identifier: Apache-2.0
// A GraphQL API whose fields are resolved by REST services, from a folder, over sockets.
#include "end_to_end/support.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace sluice::test;

namespace {

/// Orders, each with its customer, of the services of the example.
class Shop {
 public:
  Shop() : artifacts_(folder_.path() / "artifacts") {
    write(
        "apiInformation.json",
        R"({"properties": {"displayName": "Shop", "path": "shop", "type": "graphql", "subscriptionRequired": false}})");
    write("specification.graphql",
          "type Query { orders: [Order!] customer(id: ID!): Customer }\n"
          "type Mutation { addOrder(name: String!): Order }\n"
          "type Order { id: ID! name: String! customer: Customer }\n"
          "type Customer { id: ID! name: String! }\n");
    resolver("Query/orders", "GET", "https://orders.contoso.example/orders");
    resolver("Query/customer", "GET",
             R"(@($"https://customers.contoso.example/customers/{context.GraphQL.Arguments["id"]}"))");
    resolver("Order/customer", "GET",
             R"(@($"https://customers.contoso.example/customers/{context.GraphQL.Parent["id"]}"))");
    resolver("Mutation/addOrder", "POST", "https://orders.contoso.example/orders",
             R"(<set-body template="liquid">{"id": 4, "name": "{{body.arguments.name}}"}</set-body>)");
  }
  const std::filesystem::path& path() const { return artifacts_; }

 private:
  void write(const std::string& file, const std::string& text) { folder_.write("artifacts/apis/shop/" + file, text); }
  void resolver(const std::string& field, const std::string& method, const std::string& url,
                const std::string& more = {}) {
    const std::string id = replaced(field, "/", "-");
    write("resolvers/" + id + "/resolverInformation.json", R"({"properties": {"path": ")" + field + R"("}})");
    write("resolvers/" + id + "/policy.xml", "<http-data-source><http-request><set-method>" + method +
                                                 "</set-method><set-url>" + url + "</set-url>" + more +
                                                 "</http-request></http-data-source>");
  }

  sluice::testing::TemporaryFolder folder_;
  std::filesystem::path artifacts_;
};

std::string ask(const Host& host, const std::string& query) {
  return call(host.port(), "POST", "/shop", {}, R"({"query": ")" + query + "\"}");
}

}  // namespace

TEST_CASE("fields of a GraphQL API are resolved by services over sockets", "[end_to_end][graphql]") {
  Upstreams upstreams;
  Shop shop;
  Host host(plan_of(upstreams), shop.path());
  const std::string answer = ask(host, "{ orders { name customer { name } } one: customer(id: 2) { id } }");
  INFO(answer << host.process().err());
  CHECK(status_of(answer) == 200);
  CHECK(header_of(answer, "Content-Type") == "application/json");
  CHECK(body_of(answer) ==
        R"({"data":{"orders":[{"name":"order 1","customer":{"name":"customer 1"}},)"
        R"({"name":"order 2","customer":{"name":"customer 2"}},{"name":"order 3","customer":{"name":"customer 3"}}],)"
        R"("one":{"id":"2"}}})");
  CHECK(upstreams.count("orders") == 1);
  CHECK(upstreams.count("customers") == 4);
}

TEST_CASE("a mutation reaches its service, and a failing field leaves the others", "[end_to_end][graphql]") {
  Upstreams upstreams;
  Shop shop;
  Host host(plan_of(upstreams), shop.path());
  const std::string answer = ask(host, R"(mutation { addOrder(name: \"four\") { id name customer { name } } })");
  INFO(answer << host.process().err());
  CHECK(body_of(answer) ==
        R"({"data":{"addOrder":{"id":"4","name":"four","customer":null}},"errors":[)"
        R"({"message":"The data source answered with status 404.","locations":[{"line":1,"column":45}],)"
        R"("path":["addOrder","customer"],"extensions":{"code":"BackendErrorStatusCode"}}]})");
  CHECK(upstreams.requests("orders").find("four") != std::string::npos);
}

TEST_CASE("many GraphQL requests on one connection are answered in turn", "[end_to_end][graphql]") {
  Upstreams upstreams;
  Shop shop;
  Host host(plan_of(upstreams), shop.path());
  RawClient client(host.port());
  for (int i = 0; i < 20; ++i) {
    const std::string query = i % 4 == 3 ? "{ nothing }" : "{ orders { customer { name } } }";
    const std::string answer =
        client.send(request_text("POST", "/shop", {}, R"({"query": ")" + query + "\"}")).read_message();
    INFO(answer);
    CHECK(status_of(answer) == 200);
    CHECK(answer.find(i % 4 == 3 ? "has no field 'nothing'" : "customer 3") != std::string::npos);
  }
}
