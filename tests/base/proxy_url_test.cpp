// SPDX-License-Identifier: Apache-2.0
#include "base/proxy_url.hpp"

#include "base/thumbprint.hpp"

#include <catch2/catch.hpp>

using namespace sluice;

TEST_CASE("A proxy is named by a host and a port", "[base][proxy]") {
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"http://proxy.test:8080", "proxy.test 8080"},
      {"http://proxy.test:8080/", "proxy.test 8080"},
      {" http://Proxy.Test ", "proxy.test 80"},
      {"proxy.test", "proxy.test 80"},
      {"proxy.test:3128", "proxy.test 3128"},
      {"http://[::1]:3128", "[::1] 3128"},
      {"https://proxy.test", "TLS to a proxy is not spoken"},
      {"ftp://proxy.test", "it must be http://host:port"},
      {"http://user:word@proxy.test", "it must be http://host:port"},
      {"http://proxy.test/way", "its URL has no path"},
      {"http://proxy.test?x", "its URL has no path"},
      {"http://", "it must be http://host:port"},
      {"", "it must be http://host:port"},
      {"a b", "it must be http://host:port"},
  }));
  INFO(text);
  Arena arena;
  const auto proxy = parse_proxy_url(text, arena);
  if (proxy) {
    CHECK(std::string(proxy->host) + " " + std::to_string(proxy->port) == expected);
    CHECK(proxy->authorization.empty());
  } else {
    CHECK(proxy.error().code() == ErrorCode::policy_value_invalid);
    CHECK(std::string(proxy.error().message()).find(expected) != std::string::npos);
  }
}

TEST_CASE("User name and password are one word to a proxy or backend", "[base][proxy]") {
  Arena arena;
  CHECK(basic_authorization("Aladdin", "open sesame", arena) == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");  // RFC 7617
}

TEST_CASE("Thumbprints are compared by their digits", "[base][certificate]") {
  CHECK(plain_thumbprint("\xE2\x80\x8E"
                         "ca 06:f5") == "CA06F5");
  CHECK(plain_thumbprint("xyz").empty());
}
