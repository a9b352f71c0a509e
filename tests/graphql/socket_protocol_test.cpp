// SPDX-License-Identifier: Apache-2.0
// graphql-transport-ws as a server speaks it.
#include "graphql/socket_protocol.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;
using namespace sluice::graphql;
using Kind = SocketAction::Kind;

namespace {

struct Server {
  SocketProtocol protocol{3};
  Arena arena;

  SocketAction say(const std::string& message) { return protocol.receive(message, arena, {}); }
  Server& begun() {
    CHECK(say(R"({"type":"connection_init"})").text == R"({"type":"connection_ack"})");
    return *this;
  }
  SocketAction subscribe(const std::string& id) {
    return say(R"({"type":"subscribe","id":")" + id + R"(","payload":{"query":"{ a }"}})");
  }
};

/// The code that the message is closed with; 0: it is not.
unsigned code_of(const SocketAction& action) { return action.kind == Kind::close ? action.code : 0; }

}  // namespace

TEST_CASE("connection_init is acknowledged once", "[graphql][socket]") {
  Server server;
  CHECK_FALSE(server.protocol.has_begun());
  const SocketAction first = server.say(R"({"type":"connection_init","payload":{"token":"x"}})");
  CHECK(first.kind == Kind::send);
  CHECK(first.text == R"({"type":"connection_ack"})");
  CHECK(server.protocol.has_begun());
  const SocketAction second = server.say(R"({"type":"connection_init"})");
  CHECK(code_of(second) == 4429);
  CHECK(second.text == "Too many initialisation requests");
}

TEST_CASE("subscribe brings what is asked for under its id", "[graphql][socket]") {
  Server server;
  const SocketAction action = server.begun().say(
      R"({"id":"7","type":"subscribe","payload":{"operationName":"S","query":"subscription S { a }","variables":{"x":1},)"
      R"("extensions":{"p":{}}}})");
  REQUIRE(action.kind == Kind::subscribe);
  CHECK(action.id == "7");
  CHECK(action.query == "subscription S { a }");
  CHECK(action.operation_name == "S");
  REQUIRE(action.variables != nullptr);
  CHECK(action.variables->find("x")->text == "1");
  const SocketAction bare = server.say(
      R"({"id":"8","type":"subscribe","payload":{"query":"{ a }","operationName":null,"variables":null,"extensions":null}})");
  REQUIRE(bare.kind == Kind::subscribe);
  CHECK(bare.operation_name.empty());
  CHECK(bare.variables == nullptr);
}

TEST_CASE("nobody subscribes before the acknowledgement", "[graphql][socket]") {
  const SocketAction action = Server().subscribe("1");
  CHECK(code_of(action) == 4401);
  CHECK(action.text == "Unauthorized");
}

TEST_CASE("an id is used by one operation at a time", "[graphql][socket]") {
  Server server;
  CHECK(server.begun().subscribe("1").kind == Kind::subscribe);
  const SocketAction again = server.subscribe("1");
  CHECK(code_of(again) == 4409);
  CHECK(again.text == "Subscriber for 1 already exists");
  server.protocol.end("1");
  CHECK(server.subscribe("1").kind == Kind::subscribe);
  CHECK(server.say(R"({"type":"complete","id":"1"})").kind == Kind::complete);
  CHECK(server.subscribe("1").kind == Kind::subscribe);
}

TEST_CASE("complete of what has ended concerns nobody", "[graphql][socket]") {
  Server server;
  CHECK(server.begun().say(R"({"type":"complete","id":"1"})").kind == Kind::nothing);
}

TEST_CASE("operations beyond the bound are answered with errors", "[graphql][socket]") {
  Server server;
  server.begun();
  for (const char* id : {"1", "2", "3"}) CHECK(server.subscribe(id).kind == Kind::subscribe);
  const SocketAction action = server.subscribe("4");
  CHECK(action.kind == Kind::send);
  CHECK(action.text == R"({"id":"4","type":"error","payload":[{"message":"More than 3 operations at a time.",)"
                       R"("locations":[{"line":1,"column":1}]}]})");
  CHECK(server.protocol.operations() == 3);
  server.protocol.end("2");
  CHECK(server.subscribe("4").kind == Kind::subscribe);
}

TEST_CASE("ping is answered with its payload, also before the beginning, and pong with nothing", "[graphql][socket]") {
  Server server;
  CHECK(server.say(R"({"type":"ping"})").text == R"({"type":"pong"})");
  CHECK(server.say(R"({"type":"ping","payload":null})").text == R"({"type":"pong"})");
  CHECK(server.say(R"({"type":"ping","payload":{"a":[1,"x"]}})").text == R"({"type":"pong","payload":{"a":[1,"x"]}})");
  CHECK(server.say(R"({"type":"pong","payload":{"a":1}})").kind == Kind::nothing);
}

TEST_CASE("what is no message of a client ends the connection", "[graphql][socket]") {
  const auto message =
      GENERATE(as<std::string>(), "", "x", "[]", "1", "{}", R"({"type":1})", R"({"type":"next","id":"1"})",
               R"({"type":"start"})", R"({"type":"connection_ack"})", R"({"type":"connection_init","payload":[]})",
               R"({"type":"ping","payload":"x"})", R"({"type":"complete"})", R"({"type":"complete","id":""})",
               R"({"type":"complete","id":1})", R"({"type":"subscribe"})",
               R"({"type":"subscribe","id":"","payload":{"query":"{ a }"}})",
               R"({"type":"subscribe","id":1,"payload":{"query":"{ a }"}})", R"({"type":"subscribe","id":"1"})",
               R"({"type":"subscribe","id":"1","payload":"{ a }"})", R"({"type":"subscribe","id":"1","payload":{}})",
               R"({"type":"subscribe","id":"1","payload":{"query":{}}})",
               R"({"type":"subscribe","id":"1","payload":{"query":"{ a }","operationName":1}})",
               R"({"type":"subscribe","id":"1","payload":{"query":"{ a }","variables":[]}})",
               R"({"type":"subscribe","id":"1","payload":{"query":"{ a }","extensions":1}})");
  Server server;
  CAPTURE(message);
  CHECK(code_of(server.begun().say(message)) == 4400);
  CHECK(server.protocol.operations() == 0);
}

TEST_CASE("messages are bounded as JSON is", "[graphql][socket]") {
  Server server;
  const std::string deep = R"({"type":"ping","payload":{"a":)" + std::string(100, '[') + std::string(100, ']') + "}}";
  CHECK(code_of(server.say(deep)) == 4400);
  const std::string wide = R"({"type":"ping","payload":{"a":[1,1,1,1,1,1,1,1]}})";
  CHECK(code_of(server.protocol.receive(wide, server.arena, {10, 5})) == 4400);
}

TEST_CASE("answers carry the id of their operation", "[graphql][socket]") {
  CHECK(next_message("a\"b", R"({"data":null})") == R"({"id":"a\"b","type":"next","payload":{"data":null}})");
  CHECK(error_message("1", "[]") == R"({"id":"1","type":"error","payload":[]})");
  CHECK(complete_message("1") == R"({"id":"1","type":"complete"})");
}
