// SPDX-License-Identifier: Apache-2.0
// What a client sees that sends bytes instead of requests: one row a case, over real sockets. Each refusal must close
// the connection, and nothing after it may be taken for a request.
#include "http/support.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;

namespace {

struct Refused {
  const char* name;
  int status;
  std::string bytes;
};

std::string post(const std::string& fields, const std::string& body) {
  return "POST /first HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n" + body;
}
std::string get(const std::string& fields) { return "GET /first HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n"; }

const std::vector<Refused>& refusals() {
  static const std::string nul(1, '\0');
  static const std::vector<Refused> rows = {
      {"R2 both framings", 400, post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
      {"R2 both framings, other order", 400, post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n")},
      {"R2 two lengths", 400, post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello")},
      {"R2 list of lengths", 400, post("Content-Length: 5, 5\r\n", "hello")},
      {"R2 signed length", 400, post("Content-Length: +5\r\n", "hello")},
      {"R2 negative length", 400, post("Content-Length: -5\r\n", "hello")},
      {"R2 hexadecimal length", 400, post("Content-Length: 0x5\r\n", "hello")},
      {"R2 empty length", 400, post("Content-Length:\r\n", "hello")},
      {"R2 length with blank inside", 400, post("Content-Length: 1 0\r\n", "hello")},
      {"R2 length beyond 64 bits", 400, post("Content-Length: 18446744073709551616\r\n", "hello")},
      {"R3 unknown coding", 501, post("Transfer-Encoding: gzip\r\n", "hello")},
      {"R3 identity", 501, post("Transfer-Encoding: identity\r\n", "hello")},
      {"R3 list of codings", 400, post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")},
      {"R3 leading comma", 400, post("Transfer-Encoding: ,chunked\r\n", "0\r\n\r\n")},
      {"R3 twice", 400, post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
      {"R3 parameter", 400, post("Transfer-Encoding: chunked;a=b\r\n", "0\r\n\r\n")},
      {"R3 quoted", 400, post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n")},
      {"R3 vertical tab", 400, post("Transfer-Encoding: \vchunked\r\n", "0\r\n\r\n")},
      {"R3 on HTTP/1.0", 400, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"R4 chunk size with sign", 400, post("Transfer-Encoding: chunked\r\n", "+5\r\nhello\r\n0\r\n\r\n")},
      {"R4 chunk size with prefix", 400, post("Transfer-Encoding: chunked\r\n", "0x5\r\nhello\r\n0\r\n\r\n")},
      {"R4 chunk size too long", 400,
       post("Transfer-Encoding: chunked\r\n", "00000000000000005\r\nhello\r\n0\r\n\r\n")},
      {"R4 chunk size with blank", 400, post("Transfer-Encoding: chunked\r\n", "5 \r\nhello\r\n0\r\n\r\n")},
      {"R4 bare LF after size", 400, post("Transfer-Encoding: chunked\r\n", "5\nhello\r\n0\r\n\r\n")},
      {"R4 chunk longer than its size", 400, post("Transfer-Encoding: chunked\r\n", "4\r\nhello\r\n0\r\n\r\n")},
      {"R4 bare LF in extension", 400, post("Transfer-Encoding: chunked\r\n", "5;a\nb\r\nhello\r\n0\r\n\r\n")},
      {"R4 bad trailer", 400, post("Transfer-Encoding: chunked\r\n", "0\r\nA : b\r\n\r\n")},
      {"L6 long extension", 400,
       post("Transfer-Encoding: chunked\r\n", "5;" + std::string(300, 'a') + "\r\nhello\r\n0\r\n\r\n")},
      {"R5 bare LF", 400, "GET /first HTTP/1.1\nHost: h\n\n"},
      {"R5 bare LF in field", 400, get("A: b\nC: d\r\n")},
      {"R5 bare CR", 400, get("A: b\rC: d\r\n")},
      {"R5 NUL in value", 400, get("A: b" + nul + "\r\n")},
      {"R5 NUL in name", 400, get("A" + nul + ": b\r\n")},
      {"R5 control byte", 400, get("A: \x02\r\n")},
      {"R5 folding", 400, get("A: b\r\n c\r\n")},
      {"R5 folding of Transfer-Encoding", 400, post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n")},
      {"R6 blank before colon", 400, post("Content-Length : 5\r\n", "hello")},
      {"R6 empty name", 400, get(": b\r\n")},
      {"R6 no colon", 400, get("A\r\n")},
      {"R6 first field led by blank", 400, "GET / HTTP/1.1\r\n Host: h\r\n\r\n"},
      {"R7 two blanks", 400, "GET  / HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"R7 no version", 400, "GET /\r\nHost: h\r\n\r\n"},
      {"R7 two empty lines before", 400, "\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"R7 lower-case version", 400, "GET / http/1.1\r\nHost: h\r\n\r\n"},
      {"R7 version 1.2", 505, "GET / HTTP/1.2\r\nHost: h\r\n\r\n"},
      {"R7 HTTP/2 preface", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
      {"R8 no Host", 400, "GET / HTTP/1.1\r\n\r\n"},
      {"R8 two Hosts", 400, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
      {"R8 Host with path", 400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
      {"R8 Host with userinfo", 400, "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"},
      {"R8 target with userinfo", 400, "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"R8 other scheme", 400, "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"R9 CONNECT", 405, "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"R9 TRACE", 405, "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"R9 asterisk with GET", 400, "GET * HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"R11 other expectation", 417, post("Expect: a\r\nContent-Length: 5\r\n", "hello")},
      {"P2 above the root", 400, "GET /a/../../b HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"P2 encoded NUL", 400, "GET /%00 HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"P2 backslash", 400, "GET /a\\b HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"P2 encoded slash", 400, "GET /a%2fb HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"P2 bad percent-encoding", 400, "GET /a%2 HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"P2 overlong UTF-8", 400, "GET /%c0%ae%c0%ae/ HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"P2 fragment", 400, "GET /a#b HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"L1 long request line", 414, "GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"L2 long field", 431, get("A: " + std::string(40'000, 'a') + "\r\n")},
      {"L3 many fields", 431, get([] {
         std::string lines;
         for (int i = 0; i < 120; ++i) lines += "A: b\r\n";
         return lines;
       }())},
      {"L4 announced body too large", 413, post("Content-Length: 2000000\r\n", "hello")},
      {"not HTTP at all", 400, "\x16\x03\x01\x02\r\n\r\n"},
  };
  return rows;
}

}  // namespace

TEST_CASE("what cannot be read in only one way is refused, and the connection with it", "[http][conformance]") {
  std::atomic<int> handled{0};
  FunctionHandler handler([&](Request& request) {
    ++handled;
    return echo(request);
  });
  ServerOptions options;
  options.limits.request_body_bytes = 1'000'000;
  Served served(handler, options);
  const std::size_t descriptors = open_descriptors();
  for (const Refused& row : refusals()) {
    INFO(row.name);
    RawClient client(served.port);
    client.send(row.bytes + "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n");
    const std::string answer = client.read_to_end();
    CHECK(status_of(answer) == row.status);
    CHECK(header_of(answer, "Connection") == "close");
    CHECK(header_of(answer, "Content-Type") == "application/json");
    CHECK(body_of(answer).find("{ \"statusCode\": " + std::to_string(row.status) + ", \"message\": \"") == 0);
    CHECK(body_of(answer).find("HTTP/1.1") == std::string::npos);  // one answer only
    CHECK_FALSE(client.timed_out());
  }
  CHECK(handled == 0);
  CHECK(served.eventually([&](const ServerStatistics& now) { return now.open_connections == 0; }));
  CHECK(served.server.statistics().refused == refusals().size());
  CHECK(open_descriptors() == descriptors);
}

TEST_CASE("what is refused in one piece is refused byte by byte", "[http][conformance]") {
  FunctionHandler handler(echo);
  ServerOptions options;
  options.limits.request_body_bytes = 1'000'000;
  Served served(handler, options);
  for (const Refused& row : refusals()) {
    if (row.bytes.size() > 400) continue;
    INFO(row.name);
    RawClient client(served.port);
    for (char byte : row.bytes) client.send({&byte, 1});
    const std::string answer = client.read_message();
    // A chunked body that comes late is refused while the handler reads it: the same status from the handler.
    CHECK(status_of(answer) == row.status);
  }
}

namespace {

struct Accepted {
  const char* name;
  std::string bytes;
  const char* expected;  // in the echoed request
};

}  // namespace

TEST_CASE("requests in unusual but clear forms are understood", "[http][conformance]") {
  const std::vector<Accepted> rows = {
      {"one empty line before", "\r\n" + get(""), "GET /first?"},
      {"HTTP/1.0 without Host", "GET /old HTTP/1.0\r\n\r\n", "GET /old?"},
      {"absolute form", "GET http://a.example:81/x?y HTTP/1.1\r\nHost: b\r\n\r\n", "authority a.example:81\n"},
      {"absolute form without path", "GET http://a.example HTTP/1.1\r\nHost: b\r\n\r\n", "GET /?"},
      {"equal lengths", post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), "body hello\n"},
      {"chunked", post("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n"), "body hello!\n"},
      {"chunked in capitals", post("Transfer-Encoding: CHUNKED\r\n", "5\r\nhello\r\n0\r\n\r\n"), "body hello\n"},
      {"chunk extensions and trailers", post("Transfer-Encoding: chunked\r\n", "5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n"),
       "body hello\n"},
      {"leading zeros in sizes", post("Transfer-Encoding: chunked\r\n", "0005\r\nhello\r\n000\r\n\r\n"),
       "body hello\n"},
      {"length zero", post("Content-Length: 0\r\n", ""), "body \n"},
      {"GET with body", "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok", "body ok\n"},
      {"unknown method", "FROB /x HTTP/1.1\r\nHost: h\r\n\r\n", "FROB /x?"},
      {"Host with port", "GET / HTTP/1.1\r\nHost: a:8080\r\n\r\n", "authority a:8080\n"},
      {"IPv6 Host", "GET / HTTP/1.1\r\nHost: [::1]:81\r\n\r\n", "authority [::1]:81\n"},
      {"value without blank", "GET / HTTP/1.1\r\nHost:h\r\nA:b\r\n\r\n", "A=b\n"},
      {"high bytes in a value", get("A: \xc3\xa4\r\n"), "A=\xc3\xa4\n"},
      {"encoded dot segments", "GET /a/%2e%2e/b HTTP/1.1\r\nHost: h\r\n\r\n", "GET /b?"},
      {"100 fields", get([] {
         std::string lines;
         for (int i = 0; i < 99; ++i) lines += "A: b\r\n";
         return lines;
       }()),
       "A=b\n"},
  };
  FunctionHandler handler(echo);
  Served served(handler);
  for (const Accepted& row : rows) {
    INFO(row.name);
    const bool in_pieces = GENERATE(false, true);
    RawClient client(served.port);
    if (in_pieces) {
      for (char byte : row.bytes) client.send({&byte, 1});
    } else {
      client.send(row.bytes);
    }
    const std::string answer = client.read_message();
    CHECK(status_of(answer) == 200);
    CHECK(body_of(answer).find(row.expected) != std::string::npos);
  }
}

TEST_CASE("R10: pipelined requests are answered in order", "[http][conformance]") {
  FunctionHandler handler(echo);
  Served served(handler);
  RawClient client(served.port);
  std::string all;
  for (int i = 0; i < 50; ++i) {
    const std::string number = std::to_string(i);
    all += i % 2 == 0
               ? "GET /" + number + " HTTP/1.1\r\nHost: h\r\n\r\n"
               : "POST /" + number + " HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  }
  client.send(all);
  for (int i = 0; i < 50; ++i) {
    const std::string body = body_of(client.read_message());
    CHECK(body.find(" /" + std::to_string(i) + "?") != std::string::npos);
    CHECK(body.find(i % 2 == 0 ? "body \n" : "body abc\n") != std::string::npos);
  }
}

TEST_CASE("R10: a pipelined request waits until the one before it has been answered", "[http][conformance]") {
  Signal second_started;
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  Runtime* runtime = nullptr;
  FunctionHandler handler([&](Request& request) -> Task<Response> {
    most = std::max(most.load(), ++running);
    co_await runtime->clock().wait_for(std::chrono::milliseconds(30), request.cancellation);
    --running;
    co_return text_response(request, 200, request.url.path);
  });
  Served served(handler);
  runtime = &served.runtime;
  RawClient client(served.port);
  client.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(body_of(client.read_message()) == "/1");
  CHECK(body_of(client.read_message()) == "/2");
  CHECK(most == 1);
}

TEST_CASE("R10: a refusal in a pipeline ends it, after the answers before", "[http][conformance]") {
  FunctionHandler handler(echo);
  Served served(handler);
  RawClient client(served.port);
  client.send(get("") + "GET / HTTP/1.1\r\n\r\n" + get(""));
  CHECK(status_of(client.read_message()) == 200);
  CHECK(status_of(client.read_message()) == 400);
  CHECK(client.read_to_end().empty());
}

TEST_CASE("connections persist as version and Connection say", "[http][conformance]") {
  FunctionHandler handler(echo);
  Served served(handler);
  const auto persists = [&](const std::string& head) {
    RawClient client(served.port);
    client.send(head);
    const std::string first = client.read_message();
    client.send(get(""));
    return status_of(first) == 200 && status_of(client.read_message()) == 200;
  };
  CHECK(persists("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  CHECK_FALSE(persists("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
  CHECK_FALSE(persists("GET / HTTP/1.0\r\nHost: h\r\n\r\n"));
  CHECK(persists("GET / HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\n\r\n"));
}

TEST_CASE("R9: OPTIONS for the server itself is answered by it", "[http][conformance]") {
  FunctionHandler handler(echo);
  Served served(handler);
  RawClient client(served.port);
  client.send(
      "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\nOPTIONS /a HTTP/1.1\r\nHost: h\r\nMax-Forwards: 0\r\n\r\n"
      "OPTIONS /a HTTP/1.1\r\nHost: h\r\nMax-Forwards: 5\r\n\r\n");
  CHECK(status_of(client.read_message()) == 204);
  CHECK(status_of(client.read_message()) == 204);
  CHECK(body_of(client.read_message()).find("Max-Forwards=5\n") != std::string::npos);
}
