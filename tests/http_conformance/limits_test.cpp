// SPDX-License-Identifier: Apache-2.0
// Sizes and counts, each at its limit and one beyond: L1 to L9, L11. Those of chunks are in chunked_test.cpp.
#include "http_conformance/gate.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::conformance;

namespace {

constexpr std::size_t cost_of_line = 32;                    // L2, beside name and value
constexpr std::size_t cost_of_host = 4 + 1 + cost_of_line;  // `Host: h`

/// `GET` with a request line of so many bytes.
std::string target_for(std::size_t line_bytes) { return "/" + std::string(line_bytes - 14, 'a'); }
RequestCase line_of(const char* name, std::size_t bytes) {
  return {name, {get(target_for(bytes))}, {200}, Then::keeps, {arrived("GET " + target_for(bytes))}};
}
/// One field `A` that makes the section cost so much.
std::string section_of(std::size_t cost) {
  return "A: " + std::string(cost - cost_of_host - cost_of_line - 1, 'b') + "\r\n";
}

}  // namespace

TEST_CASE("L1: request lines", "[http_conformance][limits]") {
  Gate by_default;
  run(by_default, std::vector<RequestCase>{line_of("L1 8 KiB", 8192)});
  run(by_default, std::vector<Refused>{
                      {"L1 one beyond 8 KiB", 414, get(target_for(8193))},
                      {"L1 64 KiB", 414, get(target_for(65536))},
                      {"L1 without end", 414, "GET /" + std::string(10'000, 'a')},
                      {"L1 long method", 414, std::string(9000, 'A') + " / HTTP/1.1\r\nHost: h\r\n\r\n"},
                      {"L1 long query", 414, get("/?" + std::string(9000, 'a'))},
                  });
  ServerOptions options;
  options.limits.request_line_bytes = 64;
  Gate narrow(options);
  run(narrow, std::vector<RequestCase>{line_of("L1 option", 64)});
  run(narrow, std::vector<Refused>{
                  {"L1 one beyond the option", 414, get(target_for(65))},
                  {"L1 without end, beyond the option", 414, "GET /" + std::string(64, 'a')},
              });
}

TEST_CASE("L2: header sections", "[http_conformance][limits]") {
  Gate by_default;
  const std::string most = section_of(32 * 1024);
  run(by_default,
      std::vector<RequestCase>{{"L2 32 KiB", {get("/a", most)}, {200}, Then::keeps, {arrived("GET /a", most)}}});
  run(by_default, std::vector<Refused>{
                      {"L2 one beyond 32 KiB", 431, get("/a", section_of(32 * 1024 + 1))},
                      {"L2 long name", 431, get("/a", std::string(40'000, 'A') + ": b\r\n")},
                      {"L2 value without end", 431, "GET /a HTTP/1.1\r\nHost: h\r\nA: " + std::string(100'000, 'b')},
                      {"L2 many lines that cost more than they are long", 431,
                       get("/a", repeated("A: " + std::string(300, 'b') + "\r\n", 99))},
                      {"L2 of trailers is L6", 400, chunked("0\r\nA: " + std::string(9000, 'b') + "\r\n\r\n")},
                  });
  ServerOptions options;
  options.limits.header_section_bytes = 200;
  Gate narrow(options);
  const std::string within = section_of(200);
  run(narrow,
      std::vector<RequestCase>{{"L2 option", {get("/a", within)}, {200}, Then::keeps, {arrived("GET /a", within)}}});
  run(narrow, std::vector<Refused>{{"L2 one beyond the option", 431, get("/a", section_of(201))}});
}

TEST_CASE("L3: header lines", "[http_conformance][limits]") {
  Gate by_default;
  const std::string most = repeated("A: b\r\n", 99);
  run(by_default,
      std::vector<RequestCase>{{"L3 100", {get("/a", most)}, {200}, Then::keeps, {arrived("GET /a", most)}}});
  run(by_default, std::vector<Refused>{
                      {"L3 101", 431, get("/a", repeated("A: b\r\n", 100))},
                      {"L3 101 of a field that is dropped", 431, get("/a", repeated("TE: a\r\n", 100))},
                      {"L3 101 empty ones", 431, get("/a", repeated("A:\r\n", 100))},
                  });
  ServerOptions options;
  options.limits.header_lines = 3;
  Gate narrow(options);
  run(narrow,
      std::vector<RequestCase>{
          {"L3 option", {get("/a", "A: b\r\nC: d\r\n")}, {200}, Then::keeps, {arrived("GET /a", "A: b\r\nC: d\r\n")}}});
  run(narrow, std::vector<Refused>{{"L3 one beyond the option", 431, get("/a", "A: b\r\nC: d\r\nE: f\r\n")}});
}

TEST_CASE("L5 L7: bodies that policies read", "[http_conformance][limits]") {
  Gate gate({}, {}, R"xml(<policies><inbound><base />
    <set-header name="X-Size" exists-action="override">
      <value>@(context.Request.Body.As<string>(preserveContent: true).Length.ToString())</value></set-header>
    </inbound><backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>)xml");
  const std::string most(2 << 20, 'x');
  run(gate, std::vector<RequestCase>{
                {"L5 2 MiB",
                 {post("Content-Length: 2097152\r\n", most)},
                 {200},
                 Then::keeps,
                 {arrived("POST /a", "X-Size: 2097152\r\n", most)}},
                {"L5 one beyond 2 MiB", {post("Content-Length: 2097153\r\n", most + "x")}, {413}, Then::closes, {}},
                {"L7 a coded body is not decoded",
                 {post("Content-Encoding: br\r\nContent-Length: 5\r\n", "\x01\x02\x03\x04\x05")},
                 {200},
                 Then::keeps,
                 {arrived("POST /a", "Content-Encoding: br\r\nX-Size: 5\r\n", "\x01\x02\x03\x04\x05")}},
            });
}

TEST_CASE("L8 L9: heads of answers", "[http_conformance][limits]") {
  constexpr std::size_t cost_of_length = 14 + 1 + cost_of_line;  // `Content-Length: 2`
  const auto ok = [](const std::string& fields) {
    return Script{{"HTTP/1.1 200 OK\r\n" + fields + "Content-Length: 2\r\n\r\nok"}};
  };
  const auto field = [](std::size_t cost) { return "A: " + std::string(cost - cost_of_line - 1, 'b') + "\r\n"; };
  const auto seen = [](const std::string& fields) {
    return "HTTP/1.1 200 OK\r\n" + fields + "Content-Length: 2\r\n\r\nok";
  };
  Gate gate;
  const std::string most = field(64 * 1024 - cost_of_length);
  const std::string interim = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
  const auto hinted = [&](int times) { return Script{{repeated(interim, times) + seen({})}}; };
  run(gate, std::vector<AnswerCase>{
                {"L8 200 lines", ok(repeated("A: b\r\n", 199)), seen(repeated("A: b\r\n", 199))},
                {"L8 201 lines", ok(repeated("A: b\r\n", 200)), "502", false},
                {"L8 64 KiB", ok(most), seen(most)},
                {"L8 one beyond 64 KiB", ok(field(64 * 1024 - cost_of_length + 1)), "502", false},
                {"L8 without end",
                 {{"HTTP/1.1 200 OK\r\nA: ", std::string(70'000, 'b'), std::string(70'000, 'b')}},
                 "502",
                 false},
                {"L8 status line without end", {{"HTTP/1.1 200 " + std::string(140'000, 'b')}}, "502", false},
                {"L9 16 interim answers", hinted(16), seen({})},
                {"L9 17 interim answers", hinted(17), "502", false},
            });
  HttpLimits limits;
  limits.response_header_lines = 2;
  limits.response_head_bytes = 200;
  limits.interim_responses = 1;
  Gate narrow({}, limits);
  run(narrow, std::vector<AnswerCase>{
                  {"L8 option of lines", ok("A: b\r\n"), seen("A: b\r\n")},
                  {"L8 one beyond the option of lines", ok("A: b\r\nC: d\r\n"), "502", false},
                  {"L8 option of bytes", ok(field(200 - cost_of_length)), seen(field(200 - cost_of_length))},
                  {"L8 one beyond the option of bytes", ok(field(201 - cost_of_length)), "502", false},
                  {"L9 option", hinted(1), seen({})},
                  {"L9 one beyond the option", hinted(2), "502", false},
              });
}

TEST_CASE("L11: requests of a connection", "[http_conformance][limits]") {
  ServerOptions options;
  options.limits.requests_per_connection = 2;
  Gate gate(options);
  run(gate, std::vector<RequestCase>{
                {"L11 the last one says close",
                 {get("/1") + get("/2")},
                 {{200, "saw GET /1"}, {200, "saw GET /2"}},
                 Then::closes,
                 {arrived("GET /1"), arrived("GET /2")}},
                {"L11 what follows is not looked at",
                 {get("/1") + get("/2") + get("/3")},
                 {200, {200, "saw GET /2"}},
                 Then::closes,
                 {arrived("GET /1"), arrived("GET /2")}},
            });
}
