// SPDX-License-Identifier: Apache-2.0
// Expect: 100-continue: R11. `100` once, when the policies let the body in and it has not begun to come.
#include "http_conformance/gate.hpp"

#include <catch2/catch.hpp>

using namespace sluice::http;
using namespace sluice::http::conformance;
using sluice::http::test::body_of;
using sluice::http::test::header_of;
using sluice::http::test::status_of;

namespace {

const std::string end = "0\r\n\r\n";
const std::string expects = "Content-Length: 5\r\nExpect: 100-continue\r\n";
const std::string expects_chunks = "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n";

const std::string refuses = R"xml(<policies><inbound><base />
    <return-response><set-status code="403" reason="Forbidden" /></return-response>
  </inbound><backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>)xml";

}  // namespace

TEST_CASE("R11: 100 comes once, when it is of use", "[http_conformance][continue]") {
  Gate gate;
  const std::vector<std::string> hello = {arrived("POST /a", {}, "hello")};
  const std::vector<std::string> hello_chunk = {arrived_chunked("POST /a", "5\r\nhello\r\n" + end)};
  run(gate,
      std::vector<RequestCase>{
          {"R11 head alone", {post(expects, ""), "hello"}, {100, {200, "saw POST /a"}}, Then::keeps, hello},
          {"R11 head alone, body in drops", {post(expects, ""), "h", "ell", "o"}, {100, 200}, Then::keeps, hello},
          {"R11 head in drops",
           {post(expects, "").substr(0, 40), post(expects, "").substr(40), "hello"},
           {100, 200},
           Then::keeps,
           hello},
          {"R11 chunked", {post(expects_chunks, ""), "5\r\nhello\r\n", end}, {100, 200}, Then::keeps, hello_chunk},
          {"R11 in capitals",
           {post("Content-Length: 5\r\nEXPECT: 100-CONTINUE\r\n", ""), "hello"},
           {100, 200},
           Then::keeps,
           hello},
          {"R11 before the framing",
           {post("Expect: 100-continue\r\nContent-Length: 5\r\n", ""), "hello"},
           {100, 200},
           Then::keeps,
           hello},
          {"R11 not when the body is there", {post(expects, "hello")}, {200}, Then::keeps, hello, true},
          {"R11 not when chunks are there",
           {post(expects_chunks, "5\r\nhello\r\n" + end)},
           {200},
           Then::keeps,
           hello,
           true},
          {"R11 not when the body has begun", {post(expects, "he"), "llo"}, {200}, Then::keeps, hello},
          {"R11 not for an empty body",
           {post("Content-Length: 0\r\nExpect: 100-continue\r\n", "")},
           {200},
           Then::keeps,
           {arrived("POST /a", {}, "")}},
          {"R11 not without a body", {get("/a", "Expect: 100-continue\r\n")}, {200}, Then::keeps, {arrived("GET /a")}},
          {"R11 not on 1.0", {"POST /a HTTP/1.0\r\n" + expects + "\r\n", "hello"}, {200}, Then::closes, hello},
          {"R11 twice on one connection",
           {post(expects, ""), "hello", post(expects, ""), "world"},
           {100, 200, 100, 200},
           Then::keeps,
           {hello.front(), arrived("POST /a", {}, "world")}},
      });
}

TEST_CASE("R11: other expectations are refused", "[http_conformance][continue]") {
  Gate gate;
  const auto expecting = [](const std::string& value) {
    return post("Content-Length: 5\r\nExpect: " + value + "\r\n", "hello");
  };
  run(gate,
      std::vector<Refused>{
          {"R11 unknown", 417, expecting("200-ok")},
          {"R11 empty", 417, expecting("")},
          {"R11 list", 417, expecting("100-continue, 100-continue")},
          {"R11 list with another", 417, expecting("100-continue, x")},
          {"R11 parameter", 417, expecting("100-continue;a=b")},
          {"R11 quoted", 417, expecting("\"100-continue\"")},
          {"R11 only the beginning", 417, expecting("100-continu")},
          {"R11 more", 417, expecting("100-continued")},
          {"R11 twice", 417, post("Content-Length: 5\r\nExpect: 100-continue\r\nExpect: 100-continue\r\n", "hello")},
          {"R11 twice, one unknown", 417, post("Content-Length: 5\r\nExpect: 100-continue\r\nExpect: x\r\n", "hello")},
          {"R11 unknown on GET", 417, get("/a", "Expect: x\r\n")},
          {"R11 unknown on 1.0", 417, "POST /a HTTP/1.0\r\nContent-Length: 5\r\nExpect: x\r\n\r\nhello"},
          {"R11 L4 too large is told at once", 413,
           post("Content-Length: 999999999999\r\nExpect: 100-continue\r\n", "")},
          {"R11 R2 malformed length comes first", 400, post("Content-Length: x\r\nExpect: 100-continue\r\n", "")},
      });
}

TEST_CASE("R11: a policy that refuses does so before the body", "[http_conformance][continue]") {
  Gate gate({}, {}, refuses);
  count_case();
  RawClient client(gate.port);
  const std::string answer = client.send(post(expects, "")).read_message();
  CHECK(status_of(answer) == 403);
  CHECK(header_of(answer, "Connection") == "close");
  client.send("hello" + get("/smuggled"));  // the caller may not have seen the answer yet
  CHECK(client.read_to_end().empty());
  CHECK_FALSE(client.was_reset());
  CHECK(gate.origin.connections() == 0);
}

TEST_CASE("R11: the backend's own 100 is not passed on, so the caller gets one", "[http_conformance][continue]") {
  Gate gate;
  count_case();
  gate.origin.follow({{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"}});
  RawClient client(gate.port);
  client.send(post(expects, "", "/scripted"));
  CHECK(client.read_message(true) == "HTTP/1.1 100 Continue\r\n\r\n");
  const std::string answer = client.send("hello").read_message();
  CHECK(status_of(answer) == 200);
  CHECK(body_of(answer) == "ok");
}

TEST_CASE("R11: a caller who goes instead of sending its body leaves the backend an unfinished request",
          "[http_conformance][continue]") {
  Gate gate;
  count_case();
  {
    RawClient client(gate.port);
    CHECK(client.send(post(expects, "")).read_message(true) == "HTTP/1.1 100 Continue\r\n\r\n");
  }
  CHECK(test::eventually([&] { return gate.server.statistics().client_aborts == 1; }));
  CHECK(test::eventually([&] { return gate.runtime.client_statistics().open_connections == 0; }));
  for (const std::string& message : gate.origin.take_messages()) CHECK(message.find("…") != std::string::npos);
}
