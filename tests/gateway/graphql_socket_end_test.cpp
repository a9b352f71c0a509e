// SPDX-License-Identifier: Apache-2.0
// How the WebSockets of subscribers end, and what bounds them: L13, T3 and the limits `graphql_sockets`.
#include "gateway/graphql_socket.hpp"

#include "gateway/graphql_socket_support.hpp"

using namespace sluice;
using namespace sluice::test;
using namespace std::chrono_literals;

namespace {

using Lines = std::vector<std::string>;
const std::string create = "mutation { createUser(name: \\\"Eve\\\") { id } }";
const std::string on_created = "subscription { onUserCreated { id } }";
const std::string on_said = "subscription { onSaid }";
const std::string told = R"({"id":"1","type":"next","payload":{"data":{"onSaid":"x"}}})";

Limits sockets(GraphqlSocketLimits limits) {
  Limits made;
  made.graphql_sockets = limits;
  return made;
}

}  // namespace

TEST_CASE("T3: who does not begin in time is closed with 4408", "[gateway][graphql][socket]") {
  SocketBench bench;
  TestSocket socket(bench.gateway, bench.loop);
  bench.pass(9'999ms);
  CHECK(socket.take().empty());
  bench.pass(1ms);
  CHECK(socket.take() == Lines{"close 4408 Connection initialisation timeout"});
  CHECK_FALSE(socket.has_ended());
  socket.send_bytes(client_goodbye(4408));
  CHECK(socket.has_ended());
  CHECK_FALSE(socket.has_failed());
  CHECK(socket.caller().is_dropped());
  CHECK(bench.gateway.running() == 0);
  CHECK(bench.clock.waiting() == 0);
}

TEST_CASE("a caller who does not answer a Close frame is not waited for", "[gateway][graphql][socket]") {
  SocketBench bench;
  TestSocket socket(bench.gateway, bench.loop);
  socket.send("x");
  CHECK(socket.take() == Lines{"close 4400 Invalid message: it is no JSON object."});
  socket.send(R"({"type":"connection_init"})");
  bench.pass(1'999ms);
  CHECK_FALSE(socket.has_ended());
  bench.pass(1ms);
  CHECK(socket.has_ended());
  CHECK(socket.take().empty());
  CHECK(bench.gateway.running() == 0);
}

TEST_CASE("whatever breaks the rules has its code", "[gateway][graphql][socket]") {
  SocketBench bench(user_service(), sockets({.message_bytes = 100}));
  const auto answer_to = [&](const std::string& bytes) {
    TestSocket socket(bench.gateway, bench.loop);
    const Lines lines = socket.send_bytes(bytes).take();
    return lines.empty() ? std::string() : lines.back().substr(0, 10);
  };
  const std::string init = client_message(R"({"type":"connection_init"})");
  CHECK(answer_to(client_message(R"({"type":"subscribe","id":"1","payload":{"query":"{ now }"}})")) == "close 4401");
  CHECK(answer_to(init + init) == "close 4429");
  CHECK(answer_to(init + client_message(R"({"type":"next"})")) == "close 4400");
  CHECK(answer_to(client_frame(0x82, R"({"type":"connection_init"})")) == "close 4400");
  CHECK(answer_to(client_message("\xFF")) == "close 1007");
  CHECK(answer_to(client_message(std::string(101, ' '))) == "close 1009");
  CHECK(answer_to("\x81\x01x") == "close 1002");
  const std::string subscribe =
      client_message(R"({"type":"subscribe","id":"1","payload":{"query":"subscription { onSaid }"}})");
  CHECK(answer_to(init + subscribe + subscribe) == "close 4409");
  CHECK(answer_to(client_frame(0x89, "are you there")) == "pong are y");
}

TEST_CASE("what came before a fault is answered before the Close frame", "[gateway][graphql][socket]") {
  SocketBench bench;
  TestSocket socket(bench.gateway, bench.loop);
  const std::string init = client_message(R"({"type":"connection_init"})");
  CHECK(socket.send_bytes(init + init + init).take() ==
        Lines{R"({"type":"connection_ack"})", "close 4429 Too many initialisation requests"});
}

TEST_CASE("a caller's Close frame is answered in kind", "[gateway][graphql][socket]") {
  SocketBench bench;
  const unsigned code = GENERATE(1000u, 1001u, 4001u);
  TestSocket socket(bench.gateway, bench.loop);
  socket.begin().subscribe("1", on_said).send_bytes(client_goodbye(code));
  CHECK(socket.take() == Lines{"close " + std::to_string(code)});
  CHECK(socket.has_ended());
  CHECK_FALSE(socket.has_failed());
  CHECK(bench.gateway.running() == 0);
  CHECK(bench.clock.waiting() == 0);
  REQUIRE(bench.telemetry.requests().size() == 1);
  CHECK(bench.telemetry.requests()[0].status == 101);
  CHECK_FALSE(bench.telemetry.requests()[0].aborted);
  const std::string label = code == 4001 ? "application" : std::to_string(code);
  CHECK(bench.telemetry.counter("sluice_websocket_closed_total{api=\"api\",backend=\"" + label + "\",caller=\"" +
                                label + "\"}") == 1);
}

TEST_CASE("an empty Close frame is answered with one", "[gateway][graphql][socket]") {
  SocketBench bench;
  TestSocket socket(bench.gateway, bench.loop);
  socket.begin().send_bytes(client_frame(0x88, ""));
  CHECK(socket.take() == Lines{"close 1005"});
  CHECK(socket.has_ended());
}

TEST_CASE("the end of the caller's bytes ends the WebSocket", "[gateway][graphql][socket]") {
  SocketBench bench;
  TestSocket socket(bench.gateway, bench.loop);
  socket.begin().subscribe("1", on_said).end_caller();
  CHECK(socket.has_ended());
  CHECK(socket.take().empty());
  CHECK(bench.clock.waiting() == 0);
}

TEST_CASE("a caller who has gone leaves nothing behind, whatever is under way", "[gateway][graphql][socket]") {
  SocketBench bench(user_service(), sockets({.subscriptions = 1}));
  bench.answer("create", R"({"id":3,"name":"Eve"})");
  bench.answer("boss", R"({"id":1,"name":"Ann"})", 1h);
  {
    TestSocket socket(bench.gateway, bench.loop);
    socket.begin().subscribe("1", "subscription { onUserCreated { boss { id } } }");
    const bool reads = GENERATE(true, false);
    if (!reads) {
      socket.stop_reading();
      socket.send(R"({"type":"ping"})");  // ends the read
    }
    bench.post(create);
    bench.post(create);
    CHECK(bench.clock.waiting() == 2);
    socket.leave();
    CHECK(bench.clock.waiting() == 0);
    CHECK(socket.caller().is_dropped());
  }
  CHECK(bench.gateway.running() == 0);
  TestSocket other(bench.gateway, bench.loop);  // for which there is room again
  other.begin().subscribe("1", on_created);
  CHECK(other.take().empty());
}

TEST_CASE("Pings are sent, and silence behind one ends the WebSocket", "[gateway][graphql][socket]") {
  SocketBench bench(user_service(), sockets({.init_timeout = 1s, .ping_interval = 5s}));
  TestSocket socket(bench.gateway, bench.loop);
  socket.begin();
  bench.pass(1s);
  CHECK(socket.take() == Lines{"ping "});
  for (int i = 0; i < 3; ++i) {
    socket.send_bytes(client_frame(0x8A, ""));
    bench.pass(5s);
    CHECK(socket.take() == Lines{"ping "});
  }
  bench.pass(5s);
  CHECK(socket.has_ended());
  CHECK(socket.has_failed());
  CHECK(bench.gateway.running() == 0);
}

TEST_CASE("operations of a WebSocket, and subscriptions of the gateway, are bounded", "[gateway][graphql][socket]") {
  SocketBench bench(user_service(), sockets({.subscriptions = 3, .operations = 2}));
  TestSocket one(bench.gateway, bench.loop), two(bench.gateway, bench.loop);
  one.begin().subscribe("1", on_said).subscribe("2", on_said).subscribe("3", on_said);
  Lines lines = one.take();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].find("More than 2 operations at a time.") != std::string::npos);
  two.begin().subscribe("1", on_said).subscribe("2", on_said);
  lines = two.take();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].find("The gateway has no room for more subscriptions.") != std::string::npos);
  one.complete("1");
  CHECK(two.subscribe("2", on_said).take().empty());
}

TEST_CASE("L13: who does not take events is closed with 1013, and nobody waits for him", "[gateway][graphql][socket]") {
  SocketBench bench(user_service(), sockets({.waiting_events = 10}));
  const std::string text(20'000, 'x');
  bench.answer("say", '"' + text + '"');
  TestSocket slow(bench.gateway, bench.loop), quick(bench.gateway, bench.loop);
  slow.begin().subscribe("1", on_said);
  quick.begin().subscribe("1", on_said);
  slow.stop_reading();
  slow.send(R"({"type":"ping"})");
  CHECK(slow.take() == Lines{R"({"type":"pong"})"});
  for (int i = 0; i < 30; ++i) CHECK(bench.post("mutation { say }").find(text) != std::string::npos);
  CHECK(quick.take().size() == 30);
  slow.resume();
  const Lines lines = slow.take();
  REQUIRE_FALSE(lines.empty());
  CHECK(lines.back() == "close 1013 Events were not taken in time.");
  CHECK(lines.size() <= 1 + 4);  // as many as find room in 64 KiB
  CHECK_FALSE(quick.has_ended());
}

TEST_CASE("L13: bytes that wait are bounded too, and one event always finds room", "[gateway][graphql][socket]") {
  SocketBench bench(user_service(), sockets({.waiting_bytes = 1000}));
  bench.answer("say", '"' + std::string(5000, 'x') + '"');
  bench.answer("boss", R"({"id":1,"name":"Ann"})", 1h);
  TestSocket socket(bench.gateway, bench.loop);
  socket.begin().subscribe("1", on_said);
  for (int i = 0; i < 5; ++i) {
    bench.post("mutation { say }");
    CHECK(socket.take().size() == 1);
  }
  bench.answer("create", R"({"id":3,"name":")" + std::string(2000, 'x') + "\"}");
  socket.subscribe("2", "subscription { onUserCreated { boss { id } } }");
  bench.post(create);
  CHECK(socket.take().empty());  // it is under way
  bench.post(create);
  CHECK(socket.take() == Lines{"close 1013 Events were not taken in time."});
}

TEST_CASE("a caller who sends without reading is not read from", "[gateway][graphql][socket]") {
  SocketBench bench;
  TestSocket socket(bench.gateway, bench.loop);
  socket.stop_reading();
  socket.send(R"({"type":"connection_init"})");
  const std::string ping = client_message(R"({"type":"ping","payload":{"x":")" + std::string(10'000, 'x') + "\"}}");
  for (int i = 0; i < 50; ++i) socket.send_bytes(ping);
  CHECK(socket.caller().waiting() > 40);
  socket.resume();
  CHECK(socket.take().size() == 51);
  CHECK(socket.caller().waiting() == 0);
}

TEST_CASE("executions of one WebSocket are bounded, others wait for their turn", "[gateway][graphql][socket]") {
  SocketBench bench;
  bench.answer("user", R"({"id":1,"name":"Ann"})", 10ms);
  TestSocket socket(bench.gateway, bench.loop);
  socket.begin();
  for (int i = 0; i < 20; ++i) socket.subscribe(std::to_string(i), "{ user(id: 1) { id } }");
  CHECK(bench.transport.call_count() == 8);
  for (int i = 0; i < 3; ++i) bench.pass(10ms);
  CHECK(socket.take().size() == 40);
}

// ---- Reload ----

TEST_CASE("a reload leaves subscribers of an unchanged API, and what is published later reaches them",
          "[gateway][graphql][socket][reload]") {
  SocketBench bench;
  bench.answer("say", "\"x\"");
  TestSocket socket(bench.gateway, bench.loop);
  socket.begin().subscribe("1", on_said);
  ServiceModel model = user_service();
  model.backends.push_back({.id = "more", .url = "http://more.test"});
  bench.load(std::move(model));
  bench.post("mutation { say }");
  CHECK(socket.take() == Lines{told});
}

TEST_CASE("a reload that changes or removes the API closes with 1012", "[gateway][graphql][socket][reload]") {
  SocketBench bench;
  TestSocket socket(bench.gateway, bench.loop);
  socket.begin().subscribe("1", on_said);
  ServiceModel model = user_service();
  SECTION("its schema") { model.apis[0].schemas[0].text += " type More { a: Int }"; }
  SECTION("a resolver") { model.apis[0].resolvers[0].policy.text += " "; }
  SECTION("its policy") { model.apis[0].policy = document("<policies><inbound><base /></inbound></policies>"); }
  SECTION("its path") { model.apis[0].path = "moved"; }
  SECTION("its resolvers are gone") { model.apis[0].resolvers.clear(); }
  SECTION("it is another revision") { model.apis[0].revision = "2"; }
  SECTION("it is gone") { model = one_service(); }
  bench.load(std::move(model));
  CHECK(socket.take() == Lines{"close 1012 The API has changed."});
  socket.send_bytes(client_goodbye(1012));
  CHECK(socket.has_ended());
  CHECK(bench.gateway.running() == 0);
}

TEST_CASE("a WebSocket that begins with what a reload has replaced meanwhile is closed as well",
          "[gateway][graphql][socket][reload]") {
  SocketBench bench(
      user_service("<policies><inbound><base /><wait for=\"any\"><send-request mode=\"new\" "
                   "response-variable-name=\"r\"><set-url>https://data.test/wait</set-url></send-request></wait></"
                   "inbound></policies>"));
  bench.answer("wait", "{}", 10ms);
  Request request;
  CallerPipe pipe;
  REQUIRE(request.set_url("http://gateway.test/api/graphql"));
  request.upgrade = "websocket";
  request.headers.append("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
  request.headers.append("Sec-WebSocket-Protocol", "graphql-transport-ws");
  request.body = pipe.body();
  std::optional<Response> response;
  bench.gateway.handle(request, [&](Response answer) { response.emplace(std::move(answer)); });
  CHECK_FALSE(response.has_value());
  bench.load(one_service());
  bench.pass(10ms);
  REQUIRE(response.has_value());
  REQUIRE(response->status == 101);
  ReadFrames frames;
  Task<BodyChunk> reading = response->body.stream()->read();
  bench.loop.run();
  REQUIRE(reading.is_ready());
  CHECK(frames.add(*reading.take()).lines == Lines{"close 1012 The API has changed."});
  bool is_closed = false;
  spawn(response->body.stream()->close(), [&] { is_closed = true; });
  bench.loop.run();
  CHECK(is_closed);
}

TEST_CASE("no more snapshots than a bound are kept for the sake of subscribers", "[gateway][graphql][socket][reload]") {
  SocketBench bench;
  TestSocket socket(bench.gateway, bench.loop);
  socket.begin().subscribe("1", on_said);
  for (int i = 0; i < 16; ++i) {
    bench.load(user_service());
    CHECK(socket.take().empty());
  }
  bench.load(user_service());
  CHECK(socket.take() == Lines{"close 1012 The API has changed."});
}
