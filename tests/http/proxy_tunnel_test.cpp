// SPDX-License-Identifier: Apache-2.0
#include "http/proxy_tunnel.hpp"

#include "http/head_writer.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace sluice::http;

namespace {

using State = TunnelAnswer::State;

/// What the answer says when it comes in pieces of that size: `open`, `incomplete`, or why not.
std::string verdict(std::string_view bytes, std::size_t piece, HttpLimits limits = {}) {
  TunnelAnswer answer(limits);
  State state = State::incomplete;
  while (!bytes.empty() && state == State::incomplete) {
    const std::size_t size = std::min(piece, bytes.size());
    state = answer.take(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  if (state == State::refused) return answer.problem();
  return state == State::open ? "open" : "incomplete";
}

struct Outgoing {
  Arena arena;
  OutgoingRequest request{arena};
  ForwardProxy proxy{"proxy.test", 3128, {}};
  explicit Outgoing(std::string_view url) {
    request.url = parse_url(url, arena).value();
    request.proxy = &proxy;
  }
  std::string head() {
    std::string text;
    return append_request_head(text, request, framing_of(request)) ? text : "refused";
  }
};

}  // namespace

TEST_CASE("The answer to a request for a tunnel is read whole, in whatever pieces it comes", "[http][proxy]") {
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"HTTP/1.1 200 OK\r\n\r\n", "open"},
      {"HTTP/1.0 200 Connection established\r\nProxy-agent: x\r\n\r\n", "open"},
      {"HTTP/1.1 204 No\r\nContent-Length: 9\r\n\r\n", "open"},  // RFC 9110 9.3.6: the length means nothing
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "open"},
      {"HTTP/1.1 200 OK\r\n", "incomplete"},
      {"HTTP/1.1 407 x\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n",
       "The proxy demands authentication, or does not accept the user (status 407)."},
      {"HTTP/1.1 407 x\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\n\r\n",
       "The proxy demands authentication by NTLM, which is not spoken (status 407)."},
      {"HTTP/1.1 407 x\r\nProxy-Authenticate: NTLM\r\nProxy-Authenticate: Basic realm=x\r\n\r\n",
       "The proxy demands authentication, or does not accept the user (status 407)."},
      {"HTTP/1.1 407 x\r\nProxy-Authenticate: Negotiate\r\n\r\n",
       "The proxy demands authentication by Negotiate, which is not spoken (status 407)."},
      {"HTTP/1.1 502 Bad\r\n\r\n", "The proxy did not lead through to the backend: it answered with status 502."},
      {"HTTP/1.1 302 x\r\nLocation: http://evil.test\r\n\r\n",
       "The proxy did not lead through to the backend: it answered with status 302."},
      {"SSH-2.0-x\r\n\r\n", "The proxy's answer is not valid HTTP."},
      {"HTTP/1.1 200 OK\nx\n\n", "The proxy's answer is not valid HTTP."},
      {"HTTP/1.1 200 OK\r\nbad line\r\n\r\n", "The proxy's answer is not valid HTTP."},
  }));
  for (const std::size_t piece : {1u, 7u, 4096u}) {
    INFO(text << " in pieces of " << piece);
    CHECK(verdict(text, piece) == expected);
  }
}

TEST_CASE("U3: what comes behind a proxy's answer before it was asked for is not the backend's", "[http][proxy]") {
  CHECK(verdict("HTTP/1.1 200 OK\r\n\r\nx", 4096) == "The proxy sent more than an answer before the tunnel was used.");
}

TEST_CASE("L8, L9: a proxy's answer has bounds", "[http][proxy][limits]") {
  HttpLimits limits;
  limits.response_head_bytes = 200;
  limits.interim_responses = 2;
  CHECK(verdict("HTTP/1.1 200 OK\r\nx: " + std::string(1000, 'x'), 16, limits) ==
        "The proxy's answer is not valid HTTP.");
  const std::string interim = "HTTP/1.1 100 x\r\n\r\n";
  CHECK(verdict(interim + interim + "HTTP/1.1 200 OK\r\n\r\n", 4096, limits) == "open");
  CHECK(verdict(interim + interim + interim, 4096, limits) == "The proxy sends too many interim answers.");
}

TEST_CASE("A tunnel is asked for by host and port, with the credentials of the proxy", "[http][proxy]") {
  Arena arena;
  std::string head;
  const Url url = parse_url("https://b.test/x?y", arena).value();
  REQUIRE(append_connect_head(head, url, {"p", 1, "Basic eA=="}));
  CHECK(head == "CONNECT b.test:443 HTTP/1.1\r\nHost: b.test:443\r\nProxy-Authorization: Basic eA==\r\n\r\n");
  head.clear();
  REQUIRE(append_connect_head(head, parse_url("https://[::1]:8443/", arena).value(), {"p", 1, {}}));
  CHECK(head == "CONNECT [::1]:8443 HTTP/1.1\r\nHost: [::1]:8443\r\n\r\n");
  CHECK_FALSE(append_connect_head(head, url, {"p", 1, "Basic x\r\nEvil: y"}));  // P7
}

TEST_CASE("A request that a proxy passes on has its whole URL, one through a tunnel has not", "[http][proxy]") {
  Outgoing plain("http://b.test/x?y=1");
  plain.proxy.authorization = "Basic eA==";
  CHECK(plain.head() == "GET http://b.test/x?y=1 HTTP/1.1\r\nHost: b.test\r\nProxy-Authorization: Basic eA==\r\n\r\n");
  CHECK(Outgoing("http://b.test:81/").head() == "GET http://b.test:81/ HTTP/1.1\r\nHost: b.test:81\r\n\r\n");
  Outgoing secure("https://b.test/x");
  secure.proxy.authorization = "Basic eA==";
  CHECK(secure.head() == "GET /x HTTP/1.1\r\nHost: b.test\r\n\r\n");
  Outgoing changing("http://b.test/x");
  changing.request.upgrade = "websocket";
  CHECK(changing.head().starts_with("GET /x HTTP/1.1\r\n"));
  plain.proxy.authorization = "Basic x\r\nEvil: y";  // P7
  CHECK(plain.head() == "refused");
}

TEST_CASE("S2: literal addresses that no request is sent to are not reached by a proxy either", "[http][proxy]") {
  CHECK(why_not_by_proxy(Outgoing("https://169.254.169.254/").request).starts_with("The address of the backend"));
  CHECK(why_not_by_proxy(Outgoing("http://[fe80::1]/").request).starts_with("The address of the backend"));
  CHECK(why_not_by_proxy(Outgoing("https://192.0.2.1/").request).empty());
  CHECK(why_not_by_proxy(Outgoing("https://b.test/").request).empty());
  Outgoing h2("http://b.test/");
  h2.request.versions = HttpVersions::http_2;
  CHECK(why_not_by_proxy(h2.request) == "HTTP/2 without TLS is not spoken through a proxy.");
}
