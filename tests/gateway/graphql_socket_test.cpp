// SPDX-License-Identifier: Apache-2.0
// GraphQL subscriptions over WebSocket: from the handshake to the end, with publish-event between them.
#include "gateway/graphql_socket.hpp"

#include "gateway/graphql_socket_support.hpp"

using namespace sluice;
using namespace sluice::test;
using namespace std::chrono_literals;

namespace {

using Lines = std::vector<std::string>;
const std::string eve = R"({"id":3,"name":"Eve","bossId":1})";
const std::string create = "mutation { createUser(name: \\\"Eve\\\") { id } }";

std::string next(const std::string& id, const std::string& data) {
  return R"({"id":")" + id + R"(","type":"next","payload":{"data":)" + data + "}}";
}

std::string policies(const std::string& inbound) {
  return "<policies><inbound><base />" + inbound + "</inbound></policies>";
}

}  // namespace

TEST_CASE("P4: a GraphQL API with subscriptions agrees to graphql-transport-ws", "[gateway][graphql][socket]") {
  SocketBench bench;
  TestSocket socket(bench.gateway, bench.loop, "soap, graphql-transport-ws");
  CHECK(socket.status() == 101);
  CHECK(socket.field("Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  CHECK(socket.field("Sec-WebSocket-Protocol") == "graphql-transport-ws");
}

TEST_CASE("a WebSocket that speaks something else is refused", "[gateway][graphql][socket]") {
  SocketBench bench;
  for (const char* protocol : {"", "graphql-ws", "GraphQL-Transport-WS", "graphql-transport-ws2"}) {
    TestSocket socket(bench.gateway, bench.loop, protocol);
    CHECK(socket.status() == 400);
    CHECK(socket.body().find("A WebSocket of this API speaks graphql-transport-ws.") != std::string::npos);
    CHECK_FALSE(socket.caller().was_read());
  }
}

TEST_CASE("P4: to APIs without subscriptions a handshake is a request like any other", "[gateway][graphql][socket]") {
  ServiceModel model = user_service();
  SECTION("the schema has none") {
    model.apis[0].schemas[0].text = "type Query { user: String }";
    model.apis[0].resolvers = {
        {.id = "q", .path = "Query/user", .policy = document(data_source("https://data.test/"))}};
  }
  SECTION("the API has no resolvers") { model.apis[0].resolvers.clear(); }
  SocketBench bench(std::move(model));
  TestSocket socket(bench.gateway, bench.loop);
  CHECK(socket.status() == 404);
  CHECK(socket.caller().is_dropped());
}

TEST_CASE("a host without event loops does not carry subscriptions", "[gateway][graphql][socket]") {
  SocketBench bench;
  const HomeThread own = std::exchange(home_thread(), {});
  TestSocket socket(bench.gateway, bench.loop);
  home_thread() = own;
  CHECK(socket.status() == 501);
}

TEST_CASE("policies of inbound run on the handshake", "[gateway][graphql][socket]") {
  SocketBench bench(user_service(policies(
      R"(<check-header name="X-Tenant" failed-check-httpcode="401" failed-check-error-message="no" ignore-case="true"><value>red</value></check-header>)")));
  TestSocket socket(bench.gateway, bench.loop);
  CHECK(socket.status() == 401);
  CHECK_FALSE(socket.caller().was_read());
}

TEST_CASE("validate-graphql-request keeps WebSockets out, whose documents it does not see",
          "[gateway][graphql][socket]") {
  SocketBench bench(user_service(policies(R"(<validate-graphql-request max-size="1000" max-depth="3" />)")));
  for (const char* query : {"", "?query=%7B__typename%7D"}) {
    TestSocket socket(bench.gateway, bench.loop, "graphql-transport-ws", query);
    CHECK(socket.status() == 400);
    CHECK(socket.body().find("The API takes no WebSockets.") != std::string::npos);
  }
}

TEST_CASE("an event reaches the subscriber with what he selects, resolved", "[gateway][graphql][socket]") {
  SocketBench bench;
  bench.answer("create", eve);
  bench.answer("boss", R"({"id":1,"name":"Ann"})");
  TestSocket socket(bench.gateway, bench.loop);
  socket.begin().subscribe("1", "subscription { who: onUserCreated { name boss { name } } }");
  CHECK(socket.take().empty());
  CHECK(bench.post(create) == R"({"data":{"createUser":{"id":"3"}}})");
  CHECK(socket.take() == Lines{next("1", R"({"who":{"name":"Eve","boss":{"name":"Ann"}}})")});
  CHECK(bench.telemetry.counter(R"(sluice_graphql_events_total{api="api",subscription="onUserCreated"})") == 1);
}

TEST_CASE("all subscribers of a field are told, whatever their arguments, and nobody else",
          "[gateway][graphql][socket]") {
  SocketBench bench;
  bench.answer("create", eve);
  TestSocket one(bench.gateway, bench.loop), two(bench.gateway, bench.loop), other(bench.gateway, bench.loop);
  one.begin().subscribe("a", "subscription { onUserCreated(team: 7) { id } }");
  one.subscribe("b", "subscription { onUserCreated { name } }");
  two.begin().subscribe("a", "subscription { onUserCreated(team: 8) { id } }");
  other.begin().subscribe("a", "subscription { onSaid }");
  bench.post(create);
  CHECK(one.take() ==
        Lines{next("a", R"({"onUserCreated":{"id":"3"}})"), next("b", R"({"onUserCreated":{"name":"Eve"}})")});
  CHECK(two.take() == Lines{next("a", R"({"onUserCreated":{"id":"3"}})")});
  CHECK(other.take().empty());
}

TEST_CASE("events come in their order", "[gateway][graphql][socket]") {
  SocketBench bench;
  bench.answer("boss", R"({"id":1,"name":"Ann"})", 50ms);
  TestSocket socket(bench.gateway, bench.loop);
  socket.begin().subscribe("1", "subscription { onUserCreated { id boss { id } } }");
  for (int i = 0; i < 5; ++i) {
    bench.transport.add({.when = {.url = "https://data.test/create"},
                         .answer = {.body = R"({"id":)" + std::to_string(i) + R"(,"name":"x"})"}});
    bench.post(create);
  }
  Lines all;
  for (int i = 0; i < 6; ++i) {
    for (std::string& line : socket.take()) all.push_back(std::move(line));
    bench.pass(50ms);
  }
  REQUIRE(all.size() == 5);
  for (std::size_t i = 0; i < all.size(); ++i)
    CHECK(all[i] == next("1", R"({"onUserCreated":{"id":")" + std::to_string(i) + R"(","boss":{"id":"1"}}})"));
}

TEST_CASE("who has completed hears nothing more, and his id is free", "[gateway][graphql][socket]") {
  SocketBench bench;
  bench.answer("create", eve);
  TestSocket socket(bench.gateway, bench.loop);
  socket.begin().subscribe("1", "subscription { onUserCreated { id } }").complete("1");
  bench.post(create);
  CHECK(socket.take().empty());
  socket.subscribe("1", "subscription { onUserCreated { name } }");
  bench.post(create);
  CHECK(socket.take() == Lines{next("1", R"({"onUserCreated":{"name":"Eve"}})")});
}

TEST_CASE("an execution under way is given up when nobody wants it any more", "[gateway][graphql][socket]") {
  SocketBench bench;
  bench.answer("user", R"({"id":1,"name":"Ann"})", 1h);
  TestSocket socket(bench.gateway, bench.loop);
  socket.begin().subscribe("1", "{ user(id: 1) { id } }");
  CHECK(bench.clock.waiting() == 2);  // the resolver, and the time to the next Ping
  socket.complete("1");
  CHECK(bench.clock.waiting() == 1);
  CHECK(socket.take().empty());
}

TEST_CASE("queries and mutations are answered over the WebSocket too", "[gateway][graphql][socket]") {
  SocketBench bench;
  bench.answer("user", R"({"id":1,"name":"Ann"})");
  bench.answer("create", eve);
  TestSocket socket(bench.gateway, bench.loop);
  socket.begin();
  socket.send(
      R"({"type":"subscribe","id":"q","payload":{"query":"query Q($id: ID!) { user(id: $id) { name } } query R { now }",)"
      R"("operationName":"Q","variables":{"id":1}}})");
  CHECK(socket.take() == Lines{next("q", R"({"user":{"name":"Ann"}})"), R"({"id":"q","type":"complete"})"});
  socket.subscribe("s", "subscription { onUserCreated { id } }").subscribe("q", create);
  CHECK(socket.take() == Lines{next("q", R"({"createUser":{"id":"3"}})"), R"({"id":"q","type":"complete"})",
                               next("s", R"({"onUserCreated":{"id":"3"}})")});
  socket.subscribe("i", "{ __schema { subscriptionType { name } } }");
  CHECK(socket.take().front() == next("i", R"({"__schema":{"subscriptionType":{"name":"Subscription"}}})"));
}

TEST_CASE("what cannot be executed is told in an error that ends it", "[gateway][graphql][socket]") {
  SocketBench bench;
  TestSocket socket(bench.gateway, bench.loop);
  socket.begin();
  for (const char* query : {"subscription {", "subscription { nothing }", "subscription { onUserCreated }",
                            "subscription { onSaid onCount }", "subscription { __typename }",
                            "subscription S($x: ID!) { onUserCreated(team: $x) { id } }",
                            "query A { now } query B { now }", "subscription { onSaid @skip(if: true) }"}) {
    socket.subscribe("1", query);
    const Lines lines = socket.take();
    CAPTURE(query);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].starts_with(R"({"id":"1","type":"error","payload":[{"message":")"));
  }
  socket.subscribe("1", "subscription { onSaid }");
  CHECK(socket.take().empty());
}

TEST_CASE("values that do not fit are errors of the event", "[gateway][graphql][socket]") {
  ServiceModel model = user_service();
  model.apis[0].resolvers[1].policy = document(
      data_source("https://data.test/say", publishes("onSaid") + publishes("onCount") + publishes("onUserCreated")));
  SocketBench bench(std::move(model));
  TestSocket socket(bench.gateway, bench.loop);
  socket.begin().subscribe("s", "subscription { onSaid }").subscribe("c", "subscription { onCount }");
  socket.subscribe("u", "subscription { onUserCreated { id } }");
  const auto say = [&](const std::string& value) {
    bench.transport.reset();
    bench.answer("say", value);
    bench.post("mutation { say }");
    return socket.take();
  };
  SECTION("a text that is no JSON is a text") {
    const Lines lines = say("hello");
    REQUIRE(lines.size() == 3);
    CHECK(lines[0] == next("s", R"({"onSaid":"hello"})"));
    CHECK(lines[1].find("is none of the type 'Int'") != std::string::npos);
    CHECK(lines[2].find("is no object") != std::string::npos);
  }
  SECTION("nothing is null") {
    const Lines lines = say("");
    REQUIRE(lines.size() == 3);
    CHECK(lines[0] == next("s", R"({"onSaid":null})"));
    CHECK(
        lines[1] ==
        R"({"id":"c","type":"next","payload":{"data":null,"errors":[{"message":"The field 'onCount' must not be null.",)"
        R"("locations":[{"line":1,"column":16}],"path":["onCount"]}]}})");
    CHECK(lines[2] == next("u", R"({"onUserCreated":null})"));
  }
}

TEST_CASE("a resolver that fails tells nobody", "[gateway][graphql][socket]") {
  SocketBench bench;
  bench.transport.answer(500);
  TestSocket socket(bench.gateway, bench.loop);
  socket.begin().subscribe("1", "subscription { onUserCreated { id } }");
  CHECK(bench.post(create).find("The data source answered with status 500.") != std::string::npos);
  CHECK(socket.take().empty());
}

TEST_CASE("the event is what the resolver has come to, wherever publish-event stands", "[gateway][graphql][socket]") {
  ServiceModel model = user_service();
  const std::string changed = publishes("onSaid") + publishes("onSaid") + R"(<set-body>"changed"</set-body>)";
  model.apis[0].resolvers[1].policy = document(data_source("https://data.test/say", changed));
  SocketBench bench(std::move(model));
  bench.answer("say", R"("as it came")");
  TestSocket socket(bench.gateway, bench.loop);
  socket.begin().subscribe("1", "subscription { onSaid }");
  bench.post("mutation { say }");
  CHECK(socket.take() == Lines{next("1", R"({"onSaid":"changed"})")});
}

TEST_CASE("resolvers of an event know the handshake, and its own fields are not sent on",
          "[gateway][graphql][socket]") {
  ServiceModel model = user_service(policies(
      R"xml(<set-variable name="tenant" value="@(context.Request.Headers.GetValueOrDefault("X-Tenant"))" />)xml"));
  model.apis[0].resolvers[3].policy = document(
      "<http-data-source><http-request><set-method>GET</set-method><set-url>@(\"https://data.test/boss/\" + "
      "context.Variables[\"tenant\"] + "
      "context.GraphQL.Parent[\"bossId\"])</set-url></http-request></http-data-source>");
  SocketBench bench(std::move(model));
  bench.answer("create", eve);
  bench.answer("boss/blue1", R"({"id":1,"name":"Ann"})");
  TestSocket socket(bench.gateway, bench.loop);
  socket.begin().subscribe("1", "subscription { onUserCreated { boss { name } } }");
  bench.post(create);
  CHECK(socket.take() == Lines{next("1", R"({"onUserCreated":{"boss":{"name":"Ann"}}})")});
  CHECK_FALSE(bench.transport.calls().back().header("Sec-WebSocket-Key").has_value());
}

TEST_CASE("publishers of other workspaces and revisions do not reach the subscriber", "[gateway][graphql][socket]") {
  ServiceModel model = user_service();
  Api other = model.apis[0];
  other.id = other.path = "other";
  model.apis.push_back(other);
  SocketBench bench(std::move(model));
  bench.answer("create", eve);
  TestSocket socket(bench.gateway, bench.loop);
  socket.begin().subscribe("1", "subscription { onUserCreated { id } }");
  Request request;
  REQUIRE(request.set_url("http://gateway.test/other/graphql"));
  request.method = "POST";
  request.headers.append("Content-Type", "application/json");
  const std::string body = R"({"query":")" + create + R"("})";
  request.body = Body::bytes(body);
  bench.gateway.handle(request, [](Response) {});
  bench.loop.run();
  CHECK(bench.transport.call_count() == 1);
  CHECK(socket.take().empty());
}
