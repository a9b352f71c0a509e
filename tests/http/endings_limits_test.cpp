// SPDX-License-Identifier: Apache-2.0
// Endings by limits of size and time, and by a drain.
#include "http/endings.hpp"

#include <catch2/catch.hpp>

#include <thread>

namespace sluice::http::test {
namespace {

using std::chrono::milliseconds;

const std::string get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
constexpr int timed_repetitions = 10;

void answers(RawClient& connection, Stage& stage) {
  while (!take_request(connection, stage).empty()) connection.send(ok);
}
void reads_body(RawClient& connection, Stage& stage) {
  connection.read_until("\r\n\r\n");
  stage.note("head");
  note_end(connection, stage);
}
std::function<void(Stage&)> is_refused(int status, std::string request) {
  return [=](Stage& stage) {
    RawClient client(stage.port());
    const std::string answer = client.send(request).read_to_end();
    CHECK(status_of(answer) == status);
    CHECK(header_of(answer, "Connection") == "close");
    CHECK_FALSE(client.was_reset());
  };
}

}  // namespace

TEST_CASE("requests that the server refuses", "[http][endings][limits]") {
  struct Row {
    const char* name;
    int status;
    std::string request;
  };
  const std::vector<Row> rows = {
      {"R6 malformed", 400, "GET / HTTP/1.1\r\nHost : h\r\n\r\n"},
      {"R9 method", 405, "TRACE / HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"L4 announced", 413, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\n"},
      {"L1 request line", 414, "GET /" + std::string(100, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"R11 expectation", 417, "GET / HTTP/1.1\r\nHost: h\r\nExpect: x\r\n\r\n"},
      {"L2 section", 431, "GET / HTTP/1.1\r\nHost: h\r\nA: " + std::string(300, 'b') + "\r\n\r\n"},
      {"L3 lines", 431, "GET / HTTP/1.1\r\nHost: h\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\n\r\n"},
      {"R3 coding", 501, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: x\r\n\r\n"},
      {"R7 version", 505, "GET / HTTP/9.9\r\nHost: h\r\n\r\n"},
      {"R4 chunk that came with the head", 400,
       "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"},
  };
  for (const Row& row : rows) {
    run({row.name,
         answers,
         is_refused(row.status, row.request),
         "accepted=1 requests=1 refused=1",
         "",
         {},
         [](HttpLimits& limits) {
           limits.request_body_bytes = 100;
           limits.request_line_bytes = 64;
           limits.header_section_bytes = 300;
           limits.header_lines = 4;
         }});
  }
}

TEST_CASE("R10: a refused caller that neither reads nor leaves is left", "[http][endings][limits]") {
  run({"lingering",
       answers,
       [](Stage& stage) {
         RawClient client(stage.port());
         client.send("nonsense\r\n\r\n");
         CHECK(eventually([&] { return stage.server().open_connections == 0; }));
         CHECK(status_of(client.read_to_end()) == 400);
       },
       "accepted=1 requests=1 refused=1",
       "",
       {},
       [](HttpLimits& limits) { limits.lingering_close = milliseconds(20); },
       0,
       timed_repetitions});
}

TEST_CASE("L4 R4: bodies that turn out wrong while they are forwarded", "[http][endings][limits]") {
  const auto limit = [](HttpLimits& limits) { limits.request_body_bytes = 100; };
  const auto sends = [](int status, std::string rest) {
    return [=](Stage& stage) {
      RawClient client(stage.port());
      client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
      CHECK(stage.noted("head"));
      client.send(rest);
      const std::string answer = client.read_to_end();
      CHECK(status_of(answer) == status);
      CHECK(header_of(answer, "Connection") == "close");
    };
  };
  const std::string counts = "requests=1 opened=1 cancelled=1";
  run({"L4 too large", reads_body, sends(413, "64\r\n" + std::string(100, 'x') + "\r\n"),
       "accepted=1 requests=1 completed=1", counts, "head end", limit});
  run({"R4 malformed", reads_body, sends(400, "x\r\n"), "accepted=1 requests=1 completed=1", counts, "head end",
       limit});
}

TEST_CASE("T2 T3 T4: callers that do not go on", "[http][endings][limits]") {
  run({"T2 head",
       answers,
       is_refused(408, "GET / HTTP/1.1\r\nHo"),
       "accepted=1 requests=1 refused=1 read_timeouts=1",
       "",
       {},
       [](HttpLimits& limits) { limits.header_timeout = milliseconds(20); },
       0,
       timed_repetitions});
  const auto slow_body = [](HttpLimits& limits) { limits.body_gap_timeout = milliseconds(20); };
  run({"T3 body with a length", reads_body,
       is_refused(408, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc"),
       "accepted=1 requests=1 completed=1 read_timeouts=1", "requests=1 opened=1 cancelled=1", "head end", slow_body, 0,
       timed_repetitions});
  run({"T3 chunked body", reads_body,
       is_refused(408, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab"),
       "accepted=1 requests=1 completed=1 read_timeouts=1", "requests=1 opened=1 cancelled=1", "head end", slow_body, 0,
       timed_repetitions});
  run({"T4 idle", answers,
       [](Stage& stage) {
         RawClient client(stage.port());
         CHECK(status_of(client.send(get).read_message()) == 200);
         CHECK(client.read_to_end().empty());
       },
       "accepted=1 requests=1 completed=1 idle_closed=1", "requests=1 completed=1 opened=1", "GET",
       [](HttpLimits& limits) { limits.idle_timeout = milliseconds(100); }, 1, timed_repetitions});
  run({"T4 idle from the begin",
       answers,
       [](Stage& stage) {
         RawClient client(stage.port());
         CHECK(client.read_to_end().empty());
       },
       "accepted=1 idle_closed=1",
       "",
       {},
       [](HttpLimits& limits) { limits.idle_timeout = milliseconds(100); },
       0,
       timed_repetitions});
}

TEST_CASE("T3: a body slower than the least rate", "[http][endings][limits]") {
  // The rate counts after ten seconds, so this takes them; a byte comes whenever there is no answer yet.
  run({"rate",
       reads_body,
       [](Stage& stage) {
         RawClient client(stage.port());
         client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n");
         for (int bytes = 0; bytes < 1000 && !client.has_data(milliseconds(50)); ++bytes) client.send("x");
         CHECK(status_of(client.read_to_end()) == 408);
       },
       "accepted=1 requests=1 completed=1 read_timeouts=1",
       "requests=1 opened=1 cancelled=1",
       "head end",
       {},
       0,
       0});
}

TEST_CASE("T5: a caller that does not read", "[http][endings][limits]") {
  run({"slow reader",
       [](RawClient& connection, Stage& stage) {
         take_request(connection, stage);
         connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
         const std::string bytes(65536, 'x');
         while (!connection.is_broken()) connection.send(bytes);
         stage.note("end");
       },
       [](Stage& stage) {
         RawClient client(stage.port());
         client.receive_slowly();
         client.send(get);
         CHECK(stage.noted("end"));
         client.read_to_end();
         CHECK(client.was_reset());
       },
       "accepted=1 requests=1 write_timeouts=1", "requests=1 opened=1 cancelled=1", "GET end",
       [](HttpLimits& limits) { limits.write_timeout = milliseconds(40); }, 0, timed_repetitions});
}

TEST_CASE("L10: more connections than a caller may have", "[http][endings][limits]") {
  run({"connections", answers,
       [](Stage& stage) {
         RawClient first(stage.port());
         CHECK(status_of(first.send(get).read_message()) == 200);
         RawClient second(stage.port());
         CHECK(second.read_to_end().empty());
       },
       "accepted=2 connections_refused=1 requests=1 completed=1", "requests=1 completed=1 opened=1", "GET",
       [](HttpLimits& limits) { limits.connections_per_client = 1; }, 1});
}

TEST_CASE("L11: more requests than a connection may have", "[http][endings][limits]") {
  run({"requests", answers,
       [](Stage& stage) {
         RawClient client(stage.port());
         CHECK(header_of(client.send(get + get).read_message(), "Connection") == "close");
         CHECK(client.read_to_end().empty());
       },
       "accepted=1 requests=1 completed=1", "requests=1 completed=1 opened=1", "GET",
       [](HttpLimits& limits) { limits.requests_per_connection = 1; }, 1});
}

TEST_CASE("O1: requests that are not let in", "[http][endings][limits]") {
  const auto none = [](HttpLimits& limits) { limits.running_requests = 0; };
  run({"running",
       answers,
       [](Stage& stage) {
         RawClient client(stage.port());
         for (int i = 0; i < 2; ++i) CHECK(status_of(client.send(get).read_message()) == 503);
       },
       "accepted=1 requests=2 shed_running=2",
       "",
       {},
       none});
  run({"with a body that does not come",
       answers,
       is_refused(503, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n"),
       "accepted=1 requests=1 shed_running=1",
       "",
       {},
       none});
  run({"memory",
       answers,
       is_refused(503, "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"),
       "accepted=1 requests=1 shed_memory=1",
       "",
       {},
       [](HttpLimits& limits) { limits.memory_bytes = 1; }});
}

TEST_CASE("O3: requests that a drain lets finish, and those that it breaks", "[http][endings][drain]") {
  const auto origin = [](RawClient& connection, Stage& stage) {
    take_request(connection, stage);
    if (!stage.noted("go on")) return;
    connection.send(ok);
    note_end(connection, stage);
  };
  run({"graceful",
       origin,
       [](Stage& stage) {
         RawClient client(stage.port());
         client.send(get);
         CHECK(stage.noted("GET"));
         RawClient idle(stage.port());
         CHECK(eventually([&] { return stage.server().open_connections == 2; }));
         bool drained = false;
         std::thread draining([&] { drained = stage.the_server().drain_and_stop(patience); });
         CHECK(idle.read_to_end().empty());  // the drain has begun
         stage.note("go on");
         const std::string answer = client.read_to_end();
         CHECK(body_of(answer) == "ok");
         CHECK(header_of(answer, "Connection") == "close");
         draining.join();
         CHECK(drained);
       },
       "accepted=2 requests=1 completed=1",
       "requests=1 completed=1 opened=1",
       "GET go on",
       {},
       1,
       0});
  run({"broken while the origin works",
       [](RawClient& connection, Stage& stage) {
         take_request(connection, stage);
         note_end(connection, stage);
       },
       [](Stage& stage) {
         RawClient client(stage.port());
         client.send(get);
         CHECK(stage.noted("GET"));
         CHECK_FALSE(stage.the_server().drain_and_stop(milliseconds(0)));
         CHECK(client.read_to_end().empty());
         CHECK(client.was_reset());
       },
       "accepted=1 requests=1 drain_broken=1",
       "requests=1 opened=1 cancelled=1",
       "GET end",
       {},
       0,
       0});
  run({"broken while the answer streams",
       [](RawClient& connection, Stage& stage) {
         take_request(connection, stage);
         connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
         note_end(connection, stage);
       },
       [](Stage& stage) {
         RawClient client(stage.port());
         client.send(get).read_until("hello\r\n");
         CHECK_FALSE(stage.the_server().drain_and_stop(milliseconds(0)));
         CHECK(client.read_to_end().empty());
         CHECK(client.was_reset());
       },
       "accepted=1 requests=1 drain_broken=1",
       "requests=1 opened=1 cancelled=1",
       "GET end",
       {},
       0,
       0});
  run({"broken amid a request body",
       reads_body,
       [](Stage& stage) {
         RawClient client(stage.port());
         client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
         CHECK(stage.noted("head"));
         CHECK_FALSE(stage.the_server().drain_and_stop(milliseconds(0)));
         CHECK(client.read_to_end().empty());
         CHECK(client.was_reset());
       },
       "accepted=1 requests=1 drain_broken=1",
       "requests=1 opened=1 cancelled=1",
       "head end",
       {},
       0,
       0});
}

}  // namespace sluice::http::test
