// SPDX-License-Identifier: Apache-2.0
// Host: R8. One host that every hop agrees on, or no request.
#include "http_conformance/gate.hpp"

#include <catch2/catch.hpp>

using namespace sluice::http;
using namespace sluice::http::conformance;

namespace {

std::string lines(const std::string& fields, const std::string& target = "/a", const std::string& version = "1.1") {
  return "GET " + target + " HTTP/" + version + "\r\n" + fields + "\r\n";
}
Refused refused(const char* name, const std::string& host) { return {name, 400, lines("Host: " + host + "\r\n")}; }

/// What policies take for the caller's host.
const std::string shows_host = R"xml(<policies><inbound><base />
  <set-header name="X-Host" exists-action="override"><value>@(context.Request.OriginalUrl.Host)</value></set-header>
  <set-header name="X-Port" exists-action="override"><value>@(context.Request.OriginalUrl.Port.ToString())</value></set-header>
</inbound><backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>)xml";

RequestCase hosted(const char* name, const std::string& request, const std::string& host, const std::string& port,
                   Then then = Then::keeps) {
  return {name, {request}, {200}, then, {arrived("GET /a", "X-Host: " + host + "\r\nX-Port: " + port + "\r\n")}};
}

}  // namespace

TEST_CASE("R8: requests without one clear Host", "[http_conformance][host]") {
  Gate gate;
  run(gate, std::vector<Refused>{
                {"R8 none", 400, lines("")},
                {"R8 none, absolute target", 400, lines("", "http://h/a")},
                {"R8 twice", 400, lines("Host: h\r\nHost: other\r\n")},
                {"R8 twice the same", 400, lines("Host: h\r\nHost: h\r\n")},
                {"R8 twice in different case", 400, lines("Host: h\r\nhost: h\r\n")},
                {"R8 twice, far apart", 400, lines("Host: h\r\nA: b\r\nC: d\r\nHost: h\r\n")},
                {"R8 twice, one empty", 400, lines("Host:\r\nHost: h\r\n")},
                {"R8 twice beside an absolute target", 400, lines("Host: h\r\nHost: h\r\n", "http://h/a")},
                {"R8 twice on 1.0", 400, lines("Host: h\r\nHost: h\r\n", "/a", "1.0")},
                {"R8 malformed beside an absolute target", 400, lines("Host: u@h\r\n", "http://h/a")},
                {"R8 malformed on 1.0", 400, lines("Host: h/a\r\n", "/a", "1.0")},
                {"R8 empty", 400, lines("Host:\r\n")},
                {"R8 blanks", 400, lines("Host: \t \r\n")},
            });
}

TEST_CASE("R8: malformed Hosts", "[http_conformance][host]") {
  Gate gate;
  run(gate, std::vector<Refused>{
                refused("R8 list", "h, other"),
                refused("R8 list without blank", "h,other"),
                refused("R8 blank inside", "h other"),
                refused("R8 tab inside", "h\tother"),
                refused("R8 user", "u@h"),
                refused("R8 user and password", "u:p@h"),
                refused("R8 path", "h/a"),
                refused("R8 slash", "h/"),
                refused("R8 query", "h?a"),
                refused("R8 fragment", "h#a"),
                refused("R8 URL", "http://h"),
                refused("R8 backslash", "h\\a"),
                refused("R8 quotes", "\"h\""),
                refused("R8 angle brackets", "<h>"),
                refused("R8 braces", "{h}"),
                refused("R8 caret", "h^"),
                refused("R8 UTF-8", "\xc3\xa4"),
                refused("R8 high byte", "h\xff"),
                refused("R8 port alone", ":80"),
                refused("R8 port that is no number", "h:http"),
                refused("R8 port beyond 16 bits", "h:65536"),
                refused("R8 port of many digits", "h:000080"),
                refused("R8 port with plus sign", "h:+80"),
                refused("R8 port with minus sign", "h:-1"),
                refused("R8 hexadecimal port", "h:0x50"),
                refused("R8 blank before the port", "h: 80"),
                refused("R8 two ports", "h:80:80"),
                refused("R8 IPv6 address without brackets", "::1"),
                refused("R8 bracket not closed", "[::1"),
                refused("R8 bracket not opened", "::1]"),
                refused("R8 empty brackets", "[]"),
                refused("R8 text behind the bracket", "[::1]h"),
                refused("R8 name in brackets", "[host]"),
                refused("R8 zone of an address", "[fe80::1%25eth0]"),
            });
}

TEST_CASE("R8: the one Host is what policies see", "[http_conformance][host]") {
  Gate gate({}, {}, shows_host);
  const auto row = [](const char* name, const std::string& host, const std::string& seen, const std::string& port) {
    return hosted(name, lines("Host: " + host + "\r\n"), seen, port);
  };
  run(gate, std::vector<RequestCase>{
                row("R8 name", "api.example.com", "api.example.com", "80"),
                row("R8 name in capitals", "API.Example.Com", "api.example.com", "80"),
                row("R8 port", "h:8080", "h", "8080"),
                row("R8 empty port", "h:", "h", "80"),
                row("R8 port with leading zeros", "h:00081", "h", "81"),
                row("R8 blanks around", " \t h \t ", "h", "80"),
                row("R8 dot at the end", "h.", "h.", "80"),
                row("R8 underscore", "a_b", "a_b", "80"),
                row("R8 address", "192.0.2.1:81", "192.0.2.1", "81"),
                row("R8 IPv6 address", "[2001:DB8::1]", "[2001:db8::1]", "80"),
                row("R8 IPv6 address and port", "[::1]:81", "[::1]", "81"),
                row("R8 mapped address", "[::ffff:192.0.2.1]:81", "[::ffff:192.0.2.1]", "81"),
                hosted("R8 the absolute target's authority goes before Host",
                       lines("Host: other:1\r\n", "http://h:8080/a"), "h", "8080"),
                hosted("R8 absolute target on 1.0", lines("", "http://h:8080/a", "1.0"), "h", "8080", Then::closes),
            });
}
