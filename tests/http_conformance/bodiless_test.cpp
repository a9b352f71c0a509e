// SPDX-License-Identifier: Apache-2.0
// Answers without body, whatever their fields say: HEAD, 204, 304 (U2), and requests that have one all the same.
#include "http_conformance/gate.hpp"

#include <catch2/catch.hpp>

using namespace sluice::http;
using namespace sluice::http::conformance;

namespace {

const std::string head = "HEAD /scripted HTTP/1.1\r\nHost: h\r\n\r\n";

AnswerCase to_head(const char* name, const std::string& answer, const std::string& seen, bool reused = true) {
  return {name, {{answer}}, seen, reused, false, head};
}

}  // namespace

TEST_CASE("U2: answers to HEAD", "[http_conformance][bodiless]") {
  Gate gate;
  const std::string five = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
  run(gate, std::vector<AnswerCase>{
                to_head("U2 HEAD: the length is that of GET", five, five),
                to_head("U2 HEAD: length zero", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
                to_head("U2 HEAD: no length", "HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n\r\n"),
                to_head("U2 HEAD: chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                        "HTTP/1.1 200 OK\r\n\r\n"),
                to_head("U2 HEAD: an error", "HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\n",
                        "HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\n"),
                to_head("U2 HEAD: a body all the same", five + "hello", five, false),
                to_head("U2 HEAD: an answer behind it", five + five, five, false),
                to_head("U2 HEAD: chunks all the same",
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                        "HTTP/1.1 200 OK\r\n\r\n", false),
                to_head("U1 HEAD: two lengths that differ",
                        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", "502", false),
                to_head("U2 HEAD: 204", "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n"),
                to_head("U2 HEAD: an interim answer before",
                        "HTTP/1.1 103 Early Hints\r\nContent-Length: 3\r\n\r\n" + five, five),
                {"U3 HEAD: closes", {{five}, Script::End::closes}, five, false, false, head},
                {"U2 HEAD on 1.0",
                 {{five}},
                 "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n",
                 true,
                 false,
                 "HEAD /scripted HTTP/1.0\r\n\r\n",
                 true},
            });
}

TEST_CASE("U2: 204 and 304", "[http_conformance][bodiless]") {
  Gate gate;
  const std::string none = "HTTP/1.1 204 No Content\r\n\r\n";
  const std::string same = "HTTP/1.1 304 Not Modified\r\n";
  run(gate,
      std::vector<AnswerCase>{
          {"U2 204", {{none}}, none},
          {"U2 204 has no length", {{"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"}}, none},
          {"U2 204 with a length but no body", {{"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n"}}, none},
          {"U2 204 with a body all the same",
           {{"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello"}},
           none,
           false},
          {"U2 204 chunked", {{"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n"}}, none},
          {"U2 204 with chunks all the same",
           {{"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"}},
           none,
           false},
          {"U2 204 with another answer behind", {{none + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}}, none, false},
          {"U2 304", {{same + "ETag: \"a\"\r\n\r\n"}}, same + "ETag: \"a\"\r\n\r\n"},
          {"U2 304 keeps the length", {{same + "Content-Length: 5\r\n\r\n"}}, same + "Content-Length: 5\r\n\r\n"},
          {"U2 304 with a body all the same",
           {{same + "Content-Length: 5\r\n\r\nhello"}},
           same + "Content-Length: 5\r\n\r\n",
           false},
          {"U2 304 chunked", {{same + "Transfer-Encoding: chunked\r\n\r\n"}}, same + "\r\n"},
          {"U2 200 with an empty body",
           {{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}},
           "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
          {"U2 205 with an empty body",
           {{"HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n"}},
           "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n"},
      });
}

TEST_CASE("requests whose methods rarely have a body", "[http_conformance][bodiless]") {
  Gate gate;
  const auto with_body = [](const std::string& method) {
    return method + " /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok";
  };
  run(gate,
      std::vector<RequestCase>{
          {"R2 HEAD with a body", {with_body("HEAD")}, {200}, Then::keeps, {arrived("HEAD /a", {}, "ok")}},
          {"R2 OPTIONS with a body", {with_body("OPTIONS")}, {200}, Then::keeps, {arrived("OPTIONS /a", {}, "ok")}},
          {"R2 GET with length zero", {get("/a", "Content-Length: 0\r\n")}, {200}, Then::keeps, {arrived("GET /a")}},
          {"R2 DELETE without body",
           {"DELETE /a HTTP/1.1\r\nHost: h\r\n\r\n"},
           {200},
           Then::keeps,
           {arrived("DELETE /a")}},
          {"R2 PUT without body",
           {"PUT /a HTTP/1.1\r\nHost: h\r\n\r\n"},
           {200},
           Then::keeps,
           {arrived("PUT /a", {}, "")}},
          {"R2 PATCH with a body", {with_body("PATCH")}, {200}, Then::keeps, {arrived("PATCH /a", {}, "ok")}},
      });
}
