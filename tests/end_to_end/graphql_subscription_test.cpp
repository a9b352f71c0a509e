// SPDX-License-Identifier: Apache-2.0
// Subscribers of a GraphQL API through the real host, on two workers: what one connection publishes reaches all others.
#include "end_to_end/support.hpp"
#include "http/websocket_support.hpp"
#include "support/websocket_client.hpp"

#include <catch2/catch.hpp>

#include <signal.h>

#include <deque>

using namespace sluice;
using namespace sluice::test;
using namespace sluice::http::test;

namespace {

const std::string subscribe = "Sec-WebSocket-Protocol: graphql-transport-ws\r\n";

/// Orders of the example's service; new ones are published.
class OrderHost {
 public:
  explicit OrderHost(const std::string& settings = "{}") : process_(start(settings)) {
    port_ = port_of(process_.line_after("listening on "));
    admin_ = port_of(process_.line_after("admin on "));
  }
  std::uint16_t port() const { return port_; }
  Process& process() { return process_; }
  std::string metrics() const { return body_of(call(admin_, "GET", "/metrics")); }
  std::string add(const std::string& name) const {
    return body_of(call(
        port_, "POST", "/shop", {},
        R"({"query": "mutation($n: String!) { addOrder(name: $n) { id } }", "variables": {"n": ")" + name + "\"}}"));
  }

 private:
  Process start(const std::string& settings) {
    const std::string base = "http://127.0.0.1:" + std::to_string(upstreams_.port("orders")) + "/orders";
    write(
        "apiInformation.json",
        R"({"properties": {"displayName": "Shop", "path": "shop", "type": "graphql", "subscriptionRequired": false}})");
    write("specification.graphql",
          "type Query { order(id: ID!): Order }\n"
          "type Mutation { addOrder(name: String!): Order }\n"
          "type Subscription { orderAdded: Order }\n"
          "type Order { id: ID! name: String! itself: Order }\n");
    resolver("Mutation/addOrder", "POST", base,
             R"(<set-body template="liquid">{"id": 4, "name": "{{body.arguments.name}}"}</set-body>)",
             R"(<http-response><publish-event><targets><graphql-subscription id="orderAdded" /></targets>)"
             R"(</publish-event></http-response>)");
    resolver("Order/itself", "GET", "@($\"" + base + R"(/{context.GraphQL.Parent["id"]}"))", "", "");
    folder_.write("settings.json", settings);
    return Process("sluice",
                   {"run", (folder_.path() / "artifacts").string(), "--settings", folder_.file("settings.json"),
                    "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--workers", "2"});
  }
  void write(const std::string& file, const std::string& text) { folder_.write("artifacts/apis/shop/" + file, text); }
  void resolver(const std::string& field, const std::string& method, const std::string& url, const std::string& body,
                const std::string& response) {
    const std::string id = replaced(field, "/", "-");
    write("resolvers/" + id + "/resolverInformation.json", R"({"properties": {"path": ")" + field + R"("}})");
    write("resolvers/" + id + "/policy.xml", "<http-data-source><http-request><set-method>" + method +
                                                 "</set-method><set-url>" + url + "</set-url>" + body +
                                                 "</http-request>" + response + "</http-data-source>");
  }

  Upstreams upstreams_;
  sluice::testing::TemporaryFolder folder_;
  Process process_;
  std::uint16_t port_ = 0, admin_ = 0;
};

class Subscriber {
 public:
  explicit Subscriber(std::uint16_t port) : client(port) {
    client.send(handshake("/shop", subscribe));
    answer = client.read_message(true);
  }
  Subscriber& say(const std::string& message) {
    client.send(client_message(message));
    return *this;
  }
  /// The next message; Pings between them may come at any time.
  std::string hear() {
    const auto number = [&](std::size_t bytes) {
      std::size_t value = 0;
      for (const char byte : client.read_bytes(bytes)) value = value << 8 | static_cast<unsigned char>(byte);
      return value;
    };
    std::size_t first = number(1);
    while (first == 0x89 && number(1) == 0) first = number(1);  // a Ping
    if (first != 0x81) return "no message";
    const std::size_t size = number(1);
    return client.read_bytes(size == 126 ? number(2) : size);
  }
  Subscriber& begin() {
    say(R"({"type":"connection_init"})");
    CHECK(hear() == R"({"type":"connection_ack"})");
    return *this;
  }
  /// What follows has been begun when this comes back.
  Subscriber& follow(const std::string& selection) {
    say(R"({"id":"1","type":"subscribe","payload":{"query":"subscription { orderAdded )" + selection + R"( }"}})");
    say(R"({"type":"ping"})");
    CHECK(hear() == R"({"type":"pong"})");
    return *this;
  }

  RawClient client;
  std::string answer;
};

}  // namespace

TEST_CASE("what a mutation publishes reaches subscribers on all workers", "[end_to_end][graphql][subscription]") {
  OrderHost host;
  std::deque<Subscriber> subscribers;
  for (int i = 0; i < 8; ++i) {
    Subscriber& each = subscribers.emplace_back(host.port());
    INFO(each.answer << host.process().err());
    REQUIRE(status_of(each.answer) == 101);
    CHECK(header_of(each.answer, "Sec-WebSocket-Accept") == sample_accept);
    CHECK(header_of(each.answer, "Sec-WebSocket-Protocol") == "graphql-transport-ws");
    each.begin().follow("{ name itself { id } }");
  }
  for (const std::string name : {"one", "two", "three"}) {
    CHECK(host.add(name) == R"({"data":{"addOrder":{"id":"4"}}})");
    const std::string event =
        R"({"id":"1","type":"next","payload":{"data":{"orderAdded":{"name":")" + name + R"(","itself":{"id":"4"}}}}})";
    for (Subscriber& each : subscribers) CHECK(each.hear() == event);
  }
  for (Subscriber& each : subscribers) {
    each.say(R"({"id":"1","type":"complete"})").client.send(client_close(1000));
    CHECK(each.client.read_to_end() == server_close(1000));
  }
  const std::string closed = R"(sluice_websocket_closed_total{api="shop",caller="1000",backend="1000"} 8)";
  CHECK(eventually([&] { return host.metrics().find(closed) != std::string::npos; }));
  CHECK(host.add("nobody").find("\"4\"") != std::string::npos);
}

TEST_CASE("bytes of a subscriber may come in any pieces, and behind the handshake at once",
          "[end_to_end][graphql][subscription]") {
  OrderHost host;
  RawClient client(host.port());
  const std::string all =
      client_message(R"({"type":"connection_init"})") + client_message(R"({"type":"ping"})") + client_close(1000);
  client.send(handshake("/shop", subscribe) + all.substr(0, 11));
  REQUIRE(status_of(client.read_message(true)) == 101);
  for (const char byte : all.substr(11)) client.send({&byte, 1});
  CHECK(client.read_to_end() ==
        server_text(R"({"type":"connection_ack"})") + server_text(R"({"type":"pong"})") + server_close(1000));
}

TEST_CASE("a subscriber that is cut off leaves, and others go on", "[end_to_end][graphql][subscription]") {
  OrderHost host;
  Subscriber cut(host.port()), stays(host.port());
  cut.begin().follow("{ name }");
  stays.begin().follow("{ name }");
  cut.client.abort();
  const std::string closed = R"(sluice_websocket_closed_total{api="shop",caller="none",backend="none"} 1)";
  CHECK(eventually([&] { return host.metrics().find(closed) != std::string::npos; }));
  host.add("still");
  CHECK(stays.hear() == R"({"id":"1","type":"next","payload":{"data":{"orderAdded":{"name":"still"}}}})");
}

TEST_CASE("L13: a subscriber that does not read is closed, and holds up nobody",
          "[end_to_end][graphql][subscription]") {
  OrderHost host(R"({"limits": {"graphql_sockets": {"waiting_events": 4}}})");
  Subscriber slow(host.port()), quick(host.port());
  slow.begin().follow("{ name }");
  quick.begin().follow("{ id }");
  constexpr int events = 50;  // more than sockets and waiting events hold
  const std::string large(400'000, 'x');
  const std::string event = R"({"id":"1","type":"next","payload":{"data":{"orderAdded":{"id":"4"}}}})";
  for (int i = 0; i < events; ++i) {
    host.add(large);
    CHECK(quick.hear() == event);
  }
  ReadFrames frames;
  frames.add(slow.client.read_to_end());
  CHECK_FALSE(slow.client.was_reset());
  CHECK_FALSE(slow.client.timed_out());
  REQUIRE_FALSE(frames.lines.empty());
  CHECK(frames.lines.back() == "close 1013 Events were not taken in time.");
  CHECK(frames.lines.size() < events + 1);
}

TEST_CASE("O3: the host takes leave of subscribers when it is told to end", "[end_to_end][graphql][subscription]") {
  OrderHost host;
  Subscriber one(host.port()), two(host.port());
  one.begin().follow("{ name }");
  host.process().signal(SIGTERM);
  CHECK(one.client.read_to_end() == server_close(1001));
  CHECK(two.client.read_to_end() == server_close(1001));
  one.client.close();
  two.client.close();
  CHECK(host.process().wait() == 0);
}

TEST_CASE("what is no handshake of subscribers stays HTTP", "[end_to_end][graphql][subscription]") {
  OrderHost host;
  RawClient client(host.port());
  CHECK(status_of(client.send(handshake("/shop", "Sec-WebSocket-Protocol: graphql-ws\r\n")).read_message()) == 400);
  const std::string answer =
      client.send(request_text("POST", "/shop", {}, R"({"query": "subscription { orderAdded { id } }"})"))
          .read_message();
  CHECK(status_of(answer) == 200);
  CHECK(answer.find("A subscription needs a WebSocket that speaks graphql-transport-ws.") != std::string::npos);
}
