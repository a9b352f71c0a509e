// SPDX-License-Identifier: Apache-2.0
#include "base/url.hpp"

#include <catch2/catch.hpp>

using namespace sluice;

namespace {
std::string normal(std::string_view path, PathRules rules = {}) {
  Arena arena;
  const auto result = normalize_path(path, arena, rules);
  return result ? std::string(*result) : "refused: " + std::string(result.error().message());
}
bool refused(std::string_view path) { return normal(path).substr(0, 8) == "refused:"; }
}  // namespace

TEST_CASE("P1: paths have one normal form", "[base][url]") {
  CHECK(normal("") == "/");
  CHECK(normal("/a/b") == "/a/b");
  CHECK(normal("/a/./b/../c") == "/a/c");
  CHECK(normal("/a/b/..") == "/a/");
  CHECK(normal("/a/b/.") == "/a/b/");
  CHECK(normal("/a/%2e%2e/b") == "/b");
  CHECK(normal("/%7euser/%41") == "/~user/A");
  CHECK(normal("/%c3%a9") == "/%C3%A9");
  CHECK(normal("/a%20b") == "/a%20b");
  CHECK(normal("/..") == "refused: The path climbs above its root.");
  CHECK(normal("/a//b") == "/a//b");
  CHECK(normal("/a//b///c/", {.merge_slashes = true}) == "/a/b/c/");
  CHECK(normal("/a%2fb", {.allow_encoded_slash = true}) == "/a%2Fb");
}

TEST_CASE("P1: the normal form is its own normal form", "[base][url]") {
  for (auto path : {"/a/./b/%2e%2E/c%20d/~x", "/", "//a", "/a/b/", "/%e2%82%ac", "/a;p=1/b"}) {
    CHECK(normal(normal(path)) == normal(path));
  }
}

TEST_CASE("P2: paths with two readings are refused", "[base][url]") {
  for (auto path : {"/a%2fb", "/a%5cb", "/a\\b", "/a%00", "/a%0d%0a", "/a%", "/a%2", "/a%zz", "/a b", "/a#b", "/..;/b",
                    "/a/..;x=1", "/%c0%af", "/%ff", "/a/../../b", "a/b", "/a\tb", "/%2e%2e"}) {
    CAPTURE(path);
    CHECK(refused(path));
  }
}

TEST_CASE("P2: an encoded slash that is kept hides no dot segment", "[base][url]") {
  for (auto path : {"/a/..%2fb", "/a%2F..", "/a%2f.%2Fb", "/a%2F%2e%2e/b", "/..%2F", "/a%2f..;x%2Fb"}) {
    CAPTURE(path);
    CHECK(normal(path, {.allow_encoded_slash = true}).substr(0, 8) == "refused:");
  }
  CHECK(normal("/a%2f..b%2F...%2Fc", {.allow_encoded_slash = true}) == "/a%2F..b%2F...%2Fc");
}

TEST_CASE("URLs are parsed into parts and printed without the default port", "[base][url]") {
  Arena arena;
  const auto url = parse_url("HTTPS://Host.Example:8443/a/../b?x=1&y#frag", arena);
  REQUIRE(url);
  CHECK(url->scheme == "https");
  CHECK(url->host == "host.example");
  CHECK(url->port == 8443);
  CHECK(url->path == "/b");
  CHECK(url->query == "x=1&y");
  CHECK(url->to_string(arena) == "https://host.example:8443/b?x=1&y");
  CHECK(parse_url("http://h:80", arena)->to_string(arena) == "http://h/");
  CHECK(parse_url("http://[::1]:81/x", arena)->host == "[::1]");
  CHECK(parse_url("http://[::1]:81/x", arena)->port == 81);
}

TEST_CASE("S1: URLs with another scheme, user information or a malformed host are refused", "[base][url]") {
  Arena arena;
  for (auto text : {"ftp://h/", "h/path", "http://user@h/", "http://h:99999/", "http:///x", "http://h:1:2/",
                    "http://a b/", "http://h,g/", "http://[::1/", "", "http://"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_url(text, arena));
  }
}

TEST_CASE("query strings are walked item by item and found decoded", "[base][url]") {
  Arena arena;
  QueryReader reader("a=1&&b&c=&a=2");
  std::string seen;
  while (auto item = reader.next())
    seen += std::string(item->name) + (item->has_value ? "=" : "") + std::string(item->value) + ";";
  CHECK(seen == "a=1;b;c=;a=2;");
  CHECK(query_value("x=1&na%20me=a+b%2B", "na me", arena) == "a b+");
  CHECK_FALSE(query_value("x=1", "X", arena));
}

TEST_CASE("percent coding goes both ways and leaves malformed escapes alone", "[base][url]") {
  Arena arena;
  CHECK(percent_decode("a%20b%zz%4", arena) == "a b%zz%4");
  CHECK(percent_encode("a b&c/é~") == "a%20b%26c%2F%C3%A9~");
  CHECK(percent_encode("a/b", "/") == "a/b");
}

TEST_CASE("joined paths have one slash between them", "[base][url]") {
  Arena arena;
  CHECK(join_paths("/base/", "/rest", arena) == "/base/rest");
  CHECK(join_paths("/base", "rest", arena) == "/base/rest");
  CHECK(join_paths("/", "/rest", arena) == "/rest");
  CHECK(join_paths("", "", arena) == "/");
  CHECK(join_paths("/base/", "/", arena) == "/base");
  CHECK(join_paths("/base/", "//rest", arena) == "/base//rest");
  CHECK(join_paths("/", "//rest", arena) == "//rest");
}
