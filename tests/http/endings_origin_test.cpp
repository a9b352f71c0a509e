// SPDX-License-Identifier: Apache-2.0
// Endings that origins bring about: refusals, resets, cuts, stalls, nonsense, and answers that come early.
#include "http/endings.hpp"

#include <catch2/catch.hpp>

namespace sluice::http::test {
namespace {

using std::chrono::milliseconds;

const std::string get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const std::string begun = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";
const std::string begun_chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
constexpr int timed_repetitions = 10;

enum class End { closes, resets, stays };

/// Takes a request, sends these bytes and ends.
std::function<void(RawClient&, Stage&)> says(std::string bytes, End end) {
  return [=](RawClient& connection, Stage& stage) {
    if (take_request(connection, stage).empty()) return;
    if (!bytes.empty()) connection.send(bytes);
    if (end == End::resets) {
      // A reset may overtake what has not been read.
      eventually([&] { return connection.has_nothing_unacknowledged(); });
      connection.abort();
    }
    if (end == End::stays) note_end(connection, stage);
  };
}

/// Asks once; status and whether the connection goes on.
std::function<void(Stage&)> gets(int status, std::string request = get) {
  return [=](Stage& stage) {
    RawClient client(stage.port());
    CHECK(status_of(client.send(request).read_message()) == status);
  };
}
/// Asks once and sees its answer break after so many bytes of body.
std::function<void(Stage&)> breaks(std::string body) {
  return [=](Stage& stage) {
    RawClient client(stage.port());
    const std::string answer = client.send(get).read_to_end();
    CHECK(status_of(answer) == 200);
    CHECK(body_of(answer) == body);
    CHECK_FALSE(client.timed_out());
  };
}

const std::string answered = "accepted=1 requests=1 completed=1";
const std::string broke = "accepted=1 requests=1 broken_answers=1";

}  // namespace

TEST_CASE("an origin that cannot be reached", "[http][endings]") {
  run({"refuses", {}, gets(502), answered, "requests=1 failed=1"});
}

TEST_CASE("an origin that ends before its answer", "[http][endings]") {
  const End end = GENERATE(End::closes, End::resets);
  run({"without a byte", says("", end), gets(502), answered, "requests=1 opened=1 broken=1", "GET"});
  run({"amid the head", says("HTTP/1.1 200 OK\r\nCont", end), gets(502), answered, "requests=1 opened=1 broken=1",
       "GET"});
  run({"after an interim answer", says("HTTP/1.1 103 X\r\n\r\n", end), gets(502), answered,
       "requests=1 opened=1 broken=1", "GET"});
  run({"after a request with a body", says("", end),
       gets(502, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok"), answered, "requests=1 opened=1 broken=1",
       "POST"});
}

TEST_CASE("U5: an origin that ends amid its answer", "[http][endings]") {
  const End end = GENERATE(End::closes, End::resets);
  run({"amid a length", says(begun, end), breaks("hello"), broke, "requests=1 opened=1 broken=1", "GET"});
  run({"between chunks", says(begun_chunks, end), breaks("5\r\nhello\r\n"), broke, "requests=1 opened=1 broken=1",
       "GET"});
  run({"amid a chunk", says(begun_chunks + "5\r\nhe", end), breaks("7\r\nhellohe\r\n"), broke,
       "requests=1 opened=1 broken=1", "GET"});
  run({"before the first byte of the body", says("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", end), breaks(""),
       broke, "requests=1 opened=1 broken=1", "GET"});
}

TEST_CASE("T6: an origin that stalls", "[http][endings][limits]") {
  const auto limit = [](HttpLimits& limits) { limits.answer_gap_timeout = milliseconds(100); };
  run({"before its answer", says("", End::stays), gets(504), answered, "requests=1 opened=1 timed_out=1", "GET end",
       limit, 0, timed_repetitions});
  run({"amid the head", says("HTTP/1.1 200 OK\r\nA", End::stays), gets(504), answered,
       "requests=1 opened=1 timed_out=1", "GET end", limit, 0, timed_repetitions});
  run({"amid the body", says(begun, End::stays), breaks("hello"), broke, "requests=1 opened=1 timed_out=1", "GET end",
       limit, 0, timed_repetitions});
  run({"between chunks", says(begun_chunks, End::stays), breaks("5\r\nhello\r\n"), broke,
       "requests=1 opened=1 timed_out=1", "GET end", limit, 0, timed_repetitions});
}

TEST_CASE("U1 U2: an origin that answers nonsense", "[http][endings]") {
  const char* const nonsense = GENERATE("hello\r\n\r\n", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "HTTP/1.1 101 X\r\n\r\n",
                                        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
                                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n");
  run({nonsense, says(nonsense, End::stays), gets(502), answered, "requests=1 opened=1 invalid=1", "GET end"});
}

TEST_CASE("U1 U5: an origin that answers nonsense amid its body", "[http][endings]") {
  run({"chunk",
       [](RawClient& connection, Stage& stage) {
         take_request(connection, stage);
         connection.send(begun_chunks);
         stage.noted("read");  // by the caller: what comes now is no part of the first read
         connection.send("x\r\n");
         note_end(connection, stage);
       },
       [](Stage& stage) {
         RawClient client(stage.port());
         client.send(get).read_until("hello\r\n");
         stage.note("read");
         CHECK(client.read_to_end().empty());
       },
       broke, "requests=1 opened=1 invalid=1", "GET read end"});
}

TEST_CASE("L8 L9: an origin whose answer has no end of head", "[http][endings][limits]") {
  const auto limit = [](HttpLimits& limits) {
    limits.response_head_bytes = 1000;
    limits.response_header_lines = 5;
    limits.interim_responses = 2;
  };
  const auto lines = [](const char* line, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += line;
    return text;
  };
  const std::string line = "HTTP/1.1 200 OK\r\n";
  run({"bytes", says(line + "A: " + std::string(2000, 'b'), End::stays), gets(502), answered,
       "requests=1 opened=1 invalid=1", "GET end", limit});
  run({"lines", says(line + lines("A: b\r\n", 6) + "\r\n", End::stays), gets(502), answered,
       "requests=1 opened=1 invalid=1", "GET end", limit});
  run({"interim answers", says(lines("HTTP/1.1 103 X\r\n\r\n", 3), End::stays), gets(502), answered,
       "requests=1 opened=1 invalid=1", "GET end", limit});
}

TEST_CASE("U3: an origin that closes an idle connection", "[http][endings]") {
  run({"after an answer",
       [](RawClient& connection, Stage& stage) {
         take_request(connection, stage);
         connection.send(ok);
         stage.noted("read");  // by the caller: the connection is idle
       },
       [](Stage& stage) {
         RawClient client(stage.port());
         for (int i = 0; i < 2; ++i) {
           CHECK(body_of(client.send(get).read_message()) == "ok");
           stage.note("read");
           CHECK(eventually([&] { return stage.client().open_connections == 0; }));
           stage.notes();
         }
       },
       "accepted=1 requests=2 completed=2", "requests=2 completed=2 opened=2 evicted=2"});
  run({"speaks unasked",
       [](RawClient& connection, Stage& stage) {
         take_request(connection, stage);
         connection.send(ok);
         stage.noted("read");
         connection.send("HTTP/1.1 408 X\r\n\r\n");
         note_end(connection, stage);
       },
       [](Stage& stage) {
         RawClient client(stage.port());
         CHECK(body_of(client.send(get).read_message()) == "ok");
         stage.note("read");
       },
       answered, "requests=1 completed=1 opened=1 evicted=1", "GET read end"});
}

TEST_CASE("an idle connection to an origin gets too old", "[http][endings][limits]") {
  run({"idle", says(ok, End::stays), gets(200), answered, "requests=1 completed=1 opened=1 evicted=1", "GET end",
       [](HttpLimits& limits) { limits.pool_idle_timeout = milliseconds(20); }, 0, timed_repetitions});
}

TEST_CASE("U4: an origin that dies on a connection used before", "[http][endings]") {
  // The first connection serves one request and dies on the second.
  const auto origin = [](RawClient& connection, Stage& stage) {
    take_request(connection, stage);
    connection.send(ok);
    take_request(connection, stage);
  };
  const auto twice = [](std::string second, int status) {
    return [=](Stage& stage) {
      RawClient client(stage.port());
      CHECK(body_of(client.send(get).read_message()) == "ok");
      CHECK(status_of(client.send(second).read_message()) == status);
      // Ends the connection that is left, by the second request on it.
      if (status == 200) CHECK(status_of(client.send("POST / HTTP/1.1\r\nHost: h\r\n\r\n").read_message()) == 502);
    };
  };
  run({"GET is sent again", origin, twice(get, 200), "accepted=1 requests=3 completed=3",
       "requests=3 completed=2 opened=2 reused=2 resent=1 broken=2", "GET GET GET POST"});
  run({"POST is not", origin, twice("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok", 502),
       "accepted=1 requests=2 completed=2", "requests=2 completed=1 opened=1 reused=1 broken=1", "GET POST"});
}

TEST_CASE("an origin that answers before it has the body", "[http][endings]") {
  const auto origin = [](RawClient& connection, Stage& stage) {
    connection.read_until("\r\n\r\n");
    stage.note("head");
    connection.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
    note_end(connection, stage);
  };
  for (const std::string framing : {"Content-Length: 100", "Transfer-Encoding: chunked"}) {
    run({framing.c_str(), origin,
         [=](Stage& stage) {
           RawClient client(stage.port());
           client.send("POST / HTTP/1.1\r\nHost: h\r\n" + framing + "\r\n\r\n");
           const std::string answer = client.read_message();
           CHECK(status_of(answer) == 403);
           CHECK(header_of(answer, "Connection") == "close");
         },
         answered, "requests=1 completed=1 opened=1", "head end"});
  }
}

TEST_CASE("T6 L10: no connection to the origin becomes free", "[http][endings][limits]") {
  run({"line", says("", End::stays),
       [](Stage& stage) {
         RawClient first(stage.port()), second(stage.port());
         first.send(get);
         CHECK(stage.noted("GET"));
         CHECK(status_of(second.send(get).read_message()) == 502);
         first.close();
         CHECK(stage.noted("end"));
       },
       "accepted=2 requests=2 completed=1 client_aborts=1", "requests=2 opened=1 failed=1 cancelled=1", "GET end",
       [](HttpLimits& limits) {
         limits.pool_connections_per_origin = 1;
         limits.connect_timeout = milliseconds(100);
       },
       0, timed_repetitions});
  run({"a caller leaves the line", says("", End::stays),
       [](Stage& stage) {
         RawClient first(stage.port()), second(stage.port());
         first.send(get);
         CHECK(stage.noted("GET"));
         const auto before = stage.client().requests;
         second.send(get);
         CHECK(eventually([&] { return stage.client().requests > before; }));
         second.close();
         CHECK(eventually([&] { return stage.server().open_connections == 1; }));
         first.close();
         CHECK(stage.noted("end"));
       },
       "accepted=2 requests=2 client_aborts=2", "requests=2 opened=1 cancelled=2", "GET end",
       [](HttpLimits& limits) { limits.pool_connections_per_origin = 1; }});
}

}  // namespace sluice::http::test
