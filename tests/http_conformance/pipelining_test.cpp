// SPDX-License-Identifier: Apache-2.0
// Several requests on one connection: R10. Answers in order, one request at a time, and nothing after a refusal.
#include "http_conformance/gate.hpp"

#include <catch2/catch.hpp>

#include <tuple>

using namespace sluice::http;
using namespace sluice::http::conformance;
using sluice::http::test::body_of;
using sluice::http::test::header_of;
using sluice::http::test::status_of;

namespace {

const std::string end = "0\r\n\r\n";
std::string sized(const std::string& target, const std::string& body) {
  return post("Content-Length: " + std::to_string(body.size()) + "\r\n", body, target);
}

/// `count` requests at once, and what is to come of them.
RequestCase many(const char* name, int count) {
  RequestCase row{name, {""}, {}, Then::keeps, {}};
  for (int i = 0; i < count; ++i) {
    const std::string target = "/n" + std::to_string(i);
    row.sent.front() += get(target);
    row.answers.emplace_back(200, "saw GET " + target);
    row.received.push_back(arrived("GET " + target));
  }
  return row;
}

const std::string refuses_posts = R"xml(<policies><inbound><base />
  <choose><when condition="@(context.Request.Method == &quot;POST&quot;)">
    <return-response><set-status code="403" reason="Forbidden" /></return-response></when></choose>
  </inbound><backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>)xml";

}  // namespace

TEST_CASE("R10: pipelined requests are answered in order", "[http_conformance][pipelining]") {
  Gate gate;
  const std::vector<std::string> three = {arrived("GET /1"), arrived("POST /2", {}, "hello"), arrived("GET /3")};
  const std::vector<Answer> answers = {{200, "saw GET /1"}, {200, "saw POST /2"}, {200, "saw GET /3"}};
  run(gate, std::vector<RequestCase>{
                many("R10 two", 2),
                many("R10 ten", 10),
                many("R10 300", 300),
                {"R10 a body between", {get("/1") + sized("/2", "hello") + get("/3")}, answers, Then::keeps, three},
                {"R10 chunks between",
                 {get("/1") + chunked("5\r\nhello\r\n" + end, "/2") + get("/3")},
                 answers,
                 Then::keeps,
                 three},
                {"R10 trailers between",
                 {get("/1") + chunked("5\r\nhello\r\n0\r\nA: b\r\n\r\n", "/2") + get("/3")},
                 answers,
                 Then::keeps,
                 {arrived("GET /1"), arrived_chunked("POST /2", "5\r\nhello\r\n0\r\nA: b\r\n\r\n"), arrived("GET /3")}},
                {"R10 an empty body between",
                 {get("/1") + sized("/2", "") + get("/3")},
                 answers,
                 Then::keeps,
                 {arrived("GET /1"), arrived("POST /2", {}, ""), arrived("GET /3")}},
                {"R10 GET with a body between",
                 {get("/1") + "GET /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello" + get("/3")},
                 {200, {200, "saw GET /2"}, 200},
                 Then::keeps,
                 {arrived("GET /1"), arrived("GET /2", {}, "hello"), arrived("GET /3")}},
                {"R10 a body that ends with the next head's first bytes",
                 {sized("/1", "GET ") + get("/2")},
                 {{200, "saw POST /1"}, {200, "saw GET /2"}},
                 Then::keeps,
                 {arrived("POST /1", {}, "GET "), arrived("GET /2")}},
                {"R10 answers without body between",
                 {get("/204") + get("/304") + get("/3")},
                 {204, 304, {200, "saw GET /3"}},
                 Then::keeps,
                 {arrived("GET /204"), arrived("GET /304"), arrived("GET /3")}},
                {"R10 the server's own answer between",
                 {get("/1") + "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n" + get("/3")},
                 {200, 204, {200, "saw GET /3"}},
                 Then::keeps,
                 {arrived("GET /1"), arrived("GET /3")}},
                {"R10 an unknown method between",
                 {get("/1") + "BREW /2 HTTP/1.1\r\nHost: h\r\n\r\n" + get("/3")},
                 {200, 405, {200, "saw GET /3"}},
                 Then::keeps,
                 {arrived("GET /1"), arrived("GET /3")}},
                {"R10 close in the last",
                 {get("/1") + get("/2", "Connection: close\r\n")},
                 {200, {200, "saw GET /2"}},
                 Then::closes,
                 {arrived("GET /1"), arrived("GET /2")}},
                {"R10 nothing after close",
                 {get("/1", "Connection: close\r\n") + get("/2")},
                 {200},
                 Then::closes,
                 {arrived("GET /1")}},
                {"R10 1.0 after 1.1",
                 {get("/1") + "GET /2 HTTP/1.0\r\n\r\n"},
                 {200, {200, "saw GET /2"}},
                 Then::closes,
                 {arrived("GET /1"), arrived("GET /2")}},
            });
}

TEST_CASE("R10: a refusal in a pipeline ends it, after the answers before", "[http_conformance][pipelining]") {
  Gate gate;
  const std::vector<std::string> one = {arrived("GET /1")};
  const auto amid = [&](const char* name, int status, const std::string& second) {
    return RequestCase{name, {get("/1") + second + get("/smuggled")}, {{200, "saw GET /1"}, status}, Then::closes, one};
  };
  run(gate,
      std::vector<RequestCase>{
          amid("R10 malformed line", 400, "GET /2\r\n\r\n"),
          amid("R10 R8 no Host", 400, "GET /2 HTTP/1.1\r\n\r\n"),
          amid("R10 R2 both framings", 400, post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", end, "/2")),
          amid("R10 R3 unknown coding", 501, post("Transfer-Encoding: gzip\r\n", "", "/2")),
          amid("R10 R7 version", 505, "GET /2 HTTP/3.0\r\n\r\n"),
          amid("R10 R9 CONNECT", 405, "CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n"),
          amid("R10 R11 expectation", 417, post("Content-Length: 5\r\nExpect: x\r\n", "hello", "/2")),
          amid("R10 P2 path", 400, get("/..")),
      });
}

TEST_CASE("R10: connections that go on after errors, and those that do not", "[http_conformance][pipelining]") {
  Gate gate({}, {}, refuses_posts);
  const std::string mebibyte(1 << 20, 'x');
  run(gate,
      std::vector<RequestCase>{
          {"R10 refused by a policy, body all there",
           {sized("/1", "hello") + get("/2")},
           {403, {200, "saw GET /2"}},
           Then::keeps,
           {arrived("GET /2")},
           true},
          {"R10 refused by a policy, chunks all there",
           {chunked("5\r\nhello\r\n" + end, "/1") + get("/2")},
           {403, {200, "saw GET /2"}},
           Then::keeps,
           {arrived("GET /2")},
           true},
          {"R10 refused by a policy, no body",
           {sized("/1", ""), get("/2")},
           {403, 200},
           Then::keeps,
           {arrived("GET /2")}},
          {"R10 refused by a policy, body on its way",
           {post("Content-Length: 5\r\n", "he", "/1"), "llo" + get("/2")},
           {403},
           Then::closes,
           {}},
          {"R10 refused by a policy, chunks on their way",
           {chunked("5\r\nhello\r\n", "/1"), end + get("/2")},
           {403},
           Then::closes,
           {}},
          {"R10 refused by a policy, large body unread", {sized("/1", mebibyte) + get("/2")}, {403}, Then::closes, {}},
          {"R10 large body unread in drops",
           {post("Content-Length: 1048576\r\n", "x", "/1"), mebibyte.substr(1) + get("/2")},
           {403},
           Then::closes,
           {}},
          {"no such operation, body all there",
           {"FROB2 /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello" + get("/2")},
           {405, 200},
           Then::keeps,
           {arrived("GET /2")},
           true},
      });
}

TEST_CASE("R10: the next request is not begun before the one ahead has been answered",
          "[http_conformance][pipelining]") {
  Gate gate;
  count_case();
  gate.origin.follow({{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", "o", "k"}});
  RawClient client(gate.port);
  client.send(get("/scripted") + get("/2") + sized("/3", "hello"));
  CHECK(body_of(client.read_message()) == "ok");
  CHECK(body_of(client.read_message()) == "saw GET /2");
  CHECK(body_of(client.read_message()) == "saw POST /3");
  CHECK(gate.origin.connections() == 1);  // one after the other
  CHECK(gate.origin.take_messages() ==
        std::vector<std::string>{arrived("GET /scripted"), arrived("GET /2"), arrived("POST /3", {}, "hello")});
}

TEST_CASE("R10: an answer before the body has been read does not let the next request in early",
          "[http_conformance][pipelining]") {
  Gate gate;
  count_case();
  Script early{{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nearly"}};
  early.early = true;
  gate.origin.follow(early);
  RawClient client(gate.port);
  client.send(post("Content-Length: 10\r\n", "hello", "/scripted"));
  const std::string answer = client.read_message();
  CHECK(body_of(answer) == "early");
  // What comes then may be the rest of the body or not: nobody can know, so the connection ends.
  CHECK(header_of(answer, "Connection") == "close");
  client.send("GET /s HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(client.read_to_end().empty());
  CHECK_FALSE(client.was_reset());
  for (const std::string& message : gate.origin.take_messages()) CHECK(message.find("GET /s ") == std::string::npos);
}

TEST_CASE("R10: answers to HEAD amid a pipeline have no body", "[http_conformance][pipelining]") {
  Gate gate;
  count_case();
  RawClient client(gate.port);
  client.send(get("/1") + "HEAD /2 HTTP/1.1\r\nHost: h\r\n\r\n" + get("/3"));
  CHECK(body_of(client.read_message()) == "saw GET /1");
  const std::string head = client.read_message(true);
  CHECK(header_of(head, "Content-Length") == std::to_string(std::string("saw HEAD /2").size()));
  CHECK(body_of(client.read_message()) == "saw GET /3");
}

TEST_CASE("R10: pipelined bytes are kept up to their bound, and none is lost", "[http_conformance][pipelining]") {
  // Both more and less than what one read brings.
  const std::size_t bound = GENERATE(std::size_t{16} << 10, std::size_t{64} << 10, std::size_t{512} << 10);
  CAPTURE(bound);
  count_case();
  ServerOptions options;
  options.limits.buffered_bytes_per_direction = bound;
  Gate gate(options);
  std::string body(300'000, 'x');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>('a' + i % 23);
  gate.origin.follow({{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", "ok"}});
  RawClient client(gate.port);
  std::thread sending([&] { client.send(get("/scripted") + sized("/big", body) + get("/last")); });
  CHECK(body_of(client.read_message()) == "ok");
  CHECK(body_of(client.read_message()) == "saw POST /big");
  CHECK(body_of(client.read_message()) == "saw GET /last");
  sending.join();
  CHECK(gate.settle());
  const auto messages = gate.origin.take_messages();
  REQUIRE(messages.size() == 3);
  const std::string big = body_of(messages[1]);
  if (header_of(messages[1], "Content-Length") == std::to_string(body.size())) {
    CHECK((big == body));
  } else {
    CHECK(header_of(messages[1], "Content-Length") == "300000");
  }
}
