// SPDX-License-Identifier: Apache-2.0
#include "http/h2_request_head.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace sluice;
using namespace sluice::http;

namespace {

using Lines = std::vector<std::pair<std::string, std::string>>;

Lines get(const Lines& more = {}, std::string path = "/a", std::string method = "GET") {
  Lines lines{{":method", std::move(method)}, {":scheme", "https"}, {":authority", "h"}, {":path", std::move(path)}};
  lines.insert(lines.end(), more.begin(), more.end());
  return lines;
}

/// The status that a head is refused with: 0 malformed, 200 taken.
int status_of(const Lines& lines, bool body_follows = false, const HeadRules& rules = {}) {
  Request request;
  H2RequestHead head(request, rules);
  for (const auto& [name, value] : lines) {
    const auto outcome = head.add(name, value);
    if (outcome == H2FieldSection::Outcome::malformed) return 0;
    if (outcome == H2FieldSection::Outcome::too_large) return 431;
  }
  const auto framing = head.finish(body_follows, "192.0.2.1");
  return framing ? 200 : framing.error().status;
}

constexpr int malformed = 0;
constexpr int taken = 200;

}  // namespace

TEST_CASE("H2: a head becomes the request that HTTP/1.1 would have made", "[http][h2][request_head]") {
  Request request;
  const HeadRules rules;
  H2RequestHead head(request, rules);
  for (const auto& [name, value] : get({{"x-a", "1"},
                                        {"cookie", "a=1"},
                                        {"te", "trailers"},
                                        {"cookie", "b=2"},
                                        {"x-forwarded-for", "9.9.9.9"},
                                        {"expect", "100-continue"}},
                                       "/a/%7e/../b?c=d%20", "POST"))
    REQUIRE(head.add(name, value) == H2FieldSection::Outcome::taken);
  const auto framing = head.finish(true, "192.0.2.1");
  REQUIRE(framing);
  CHECK(framing->body == Framing::chunked);
  CHECK(framing->expects_continue);
  CHECK(request.method == "POST");
  CHECK(request.url.path == "/a/b");
  CHECK(request.url.query == "c=d%20");
  CHECK(request.url.host == "h");
  CHECK(request.headers.get("host") == "h");
  CHECK(request.headers.get("cookie") == "a=1; b=2");
  CHECK(request.headers.get("x-a") == "1");
  CHECK_FALSE(request.headers.contains("te"));
  CHECK_FALSE(request.headers.contains("expect"));
  CHECK_FALSE(request.headers.contains("x-forwarded-for"));
  CHECK(request.client_address == "192.0.2.1");
}

TEST_CASE("H1: pseudo-header fields that are missing, double, unknown, late or empty", "[http][h2][request_head]") {
  CHECK(status_of(get()) == taken);
  const auto without = [](std::string_view name) {
    Lines lines = get();
    std::erase_if(lines, [&](const auto& line) { return line.first == name; });
    return lines;
  };
  CHECK(status_of(without(":method")) == malformed);
  CHECK(status_of(without(":scheme")) == malformed);
  CHECK(status_of(without(":path")) == malformed);
  CHECK(status_of(without(":authority")) == malformed);  // and no host
  for (const char* name : {":method", ":scheme", ":authority", ":path"}) {
    Lines twice = get();
    for (const auto& line : get()) {
      if (line.first == name) twice.push_back(line);
    }
    CHECK(status_of(twice) == malformed);
  }
  CHECK(status_of(get({{":status", "200"}})) == malformed);
  CHECK(status_of(get({{":protocol", "websocket"}})) == malformed);  // H6: no extended CONNECT
  CHECK(status_of(get({{":Method", "GET"}})) == malformed);
  CHECK(status_of(get({{":", ""}})) == malformed);
  Lines late = without(":path");
  late.emplace_back("x", "y");
  late.emplace_back(":path", "/");
  CHECK(status_of(late) == malformed);
  CHECK(status_of(get({}, "/", "")) == malformed);
  CHECK(status_of(get({}, "/", "G ET")) == malformed);
  CHECK(status_of(get({}, "")) == malformed);
  for (const char* scheme : {"", "ftp", "http:", "javascript"}) {
    Lines lines = without(":scheme");
    lines.insert(lines.begin(), {":scheme", scheme});
    CHECK(status_of(lines) == malformed);
  }
}

TEST_CASE("H1: paths that do not begin with a slash or hold what no target holds", "[http][h2][request_head]") {
  for (const std::string path : {"a", "http://h/a", "*a", "/a b", "/a#b", "/a\x7F", "/a\tb", "/a\nb", "?x"})
    CHECK(status_of(get({}, path)) == malformed);
  CHECK(status_of(get({}, std::string("/a\0b", 4))) == malformed);
  CHECK(status_of(get({}, "*", "OPTIONS")) == taken);
  CHECK(status_of(get({}, "*")) == 400);  // R9
}

TEST_CASE("H1: authority with userinfo, malformed, or not that of host", "[http][h2][request_head]") {
  const auto with = [](const std::string& authority, const Lines& more = {}) {
    Lines lines = get(more);
    lines[2].second = authority;
    return lines;
  };
  CHECK(status_of(with("h:8080")) == taken);
  for (const char* authority : {"", "u@h", "u:p@h", "h/a", "h,g", "h h", "h:x", "h\x80"})
    CHECK(status_of(with(authority)) == malformed);
  CHECK(status_of(with("h", {{"host", "h"}})) == taken);
  CHECK(status_of(with("h", {{"host", "H"}})) == taken);
  CHECK(status_of(with("h", {{"host", "g"}})) == malformed);
  CHECK(status_of(with("h", {{"host", "h"}, {"host", "h"}})) == malformed);
  Lines host_alone = get({{"host", "h"}});
  host_alone.erase(host_alone.begin() + 2);
  CHECK(status_of(host_alone) == taken);
  host_alone.back().second = "u@h";
  CHECK(status_of(host_alone) == malformed);
}

TEST_CASE("H1: content lengths that are none or cannot be kept", "[http][h2][request_head]") {
  for (const char* length : {"", "+1", "-1", "1,1", "0x1", "12345678901234567890"})
    CHECK(status_of(get({{"content-length", length}}), true) == malformed);
  CHECK(status_of(get({{"content-length", "3"}}), true) == taken);
  CHECK(status_of(get({{"content-length", "3"}, {"content-length", "3"}}), true) == taken);
  CHECK(status_of(get({{"content-length", "3"}, {"content-length", "4"}}), true) == malformed);
  CHECK(status_of(get({{"content-length", "3"}}), false) == malformed);
  CHECK(status_of(get({{"content-length", "0"}}), false) == taken);
}

TEST_CASE("R9, R11, P2, L1, L4: what is well formed and refused all the same", "[http][h2][request_head]") {
  CHECK(status_of({{":method", "CONNECT"}, {":authority", "h:1"}}) == 405);
  CHECK(status_of(get({}, "/", "CONNECT")) == malformed);
  CHECK(status_of(get({}, "/", "TRACE")) == 405);
  CHECK(status_of(get({{"expect", "tea"}}), true) == 417);
  CHECK(status_of(get({}, "/../x")) == 400);
  CHECK(status_of(get({}, "/%00")) == 400);
  CHECK(status_of(get({}, "/" + std::string(8192, 'a'))) == 414);
  CHECK(status_of(get({{"content-length", "999999999999"}}), true) == 413);
}

TEST_CASE("L2, L3: a head that is too large", "[http][h2][request_head]") {
  Lines many = get();
  for (int i = 0; i < 97; ++i) many.emplace_back("x", "y");
  CHECK(status_of(many) == 431);
  many.pop_back();
  CHECK(status_of(many) == taken);
  CHECK(status_of(get({{"x", std::string(33000, 'y')}})) == 431);
}
