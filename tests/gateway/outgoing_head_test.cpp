// SPDX-License-Identifier: Apache-2.0
#include "gateway/outgoing_head.hpp"

#include "base/url.hpp"

#include "testing/bare_context.hpp"

#include <catch2/catch.hpp>

using namespace sluice;

namespace {

Url url(std::string_view text, Arena& arena) { return parse_url(text, arena).value(); }

std::string names(const Headers& headers) {
  std::string text;
  for (const Header& line : headers) text += std::string(line.name) + ";";
  return text;
}

}  // namespace

TEST_CASE("hop-by-hop fields and what Connection names do not travel (P4)", "[gateway][head]") {
  testing::ContextFixture fixture;
  Headers& from = fixture.request.headers;
  for (const char* name :
       {"Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer",
        "Transfer-Encoding", "Upgrade", "Content-Length", "X-Named", "X-Also", "Cookie", "X-Kept"}) {
    from.append(name, "v");
  }
  from.append("Connection", "x-named , Cookie");
  from.append("Connection", "X-ALSO");
  Headers to(fixture.request.arena);
  copy_end_to_end_fields(from, to);
  CHECK(names(to) == "Cookie;X-Kept;");
}

TEST_CASE("Connection never drops what the gateway must keep (P4)", "[gateway][head]") {
  testing::ContextFixture fixture;
  Headers& from = fixture.request.headers;
  for (const char* name : {"Authorization", "Cookie", "X-Forwarded-For", "Via"}) from.append(name, "v");
  from.append("Connection", "Authorization, Cookie, X-Forwarded-For, Via, Content-Length, Host");
  Headers to(fixture.request.arena);
  copy_end_to_end_fields(from, to);
  CHECK(names(to) == "Authorization;Cookie;X-Forwarded-For;Via;");
}

TEST_CASE("the caller's Host and Expect stay here, a policy's Host travels", "[gateway][head]") {
  testing::ContextFixture fixture;
  REQUIRE(fixture.request.set_url("http://api.test/x"));
  fixture.request.headers.append("Expect", "100-continue");
  const auto host = GENERATE(as<std::string>(), "api.test", "API.test", "api.test:80");
  fixture.request.headers.set("Host", host);
  Headers to(fixture.request.arena);
  copy_request_fields(fixture.context, to);
  CHECK(names(to).empty());
  fixture.request.headers.set("Host", "chosen.test");
  copy_request_fields(fixture.context, to);
  CHECK(names(to) == "Host;");
}

TEST_CASE("the key can be taken out of head and query", "[gateway][head]") {
  Arena arena;
  OutgoingRequest request(arena);
  request.url = url("http://a.test/x?a=1&subscription-key=k&b=2", arena);
  request.headers.append("ocp-apim-subscription-key", "k");
  remove_subscription_key(Api(), request, arena);
  CHECK(request.headers.size() == 0);
  CHECK(request.url.query == "a=1&b=2");
}

TEST_CASE("credentials replace what the caller sent under the same names", "[gateway][head]") {
  Arena arena;
  OutgoingRequest request(arena);
  request.url = url("http://a.test/x?code=mine&b=2", arena);
  request.headers.append("X-Key", "mine");
  request.headers.append("Authorization", "mine");
  BackendCredentials credentials;
  credentials.authorization = {"Bearer", "token"};
  credentials.headers = {{"x-key", "one"}, {"x-key", "two"}};
  credentials.query = {{"code", "a b"}, {"code", "c"}};
  apply_credentials(credentials, request, arena);
  CHECK(request.headers.get("Authorization") == "Bearer token");
  CHECK(request.headers.joined("X-Key") == "one,two");
  CHECK(request.url.query.find("mine") == std::string_view::npos);
  CHECK(query_value(request.url.query, "code", arena) == "a b");
}

TEST_CASE("redirects resolve against where they came from", "[gateway][head]") {
  Arena arena;
  const Url from = url("https://a.test/dir/page?q=1", arena);
  const auto target = [&](std::string_view location, int status = 302) -> std::string {
    Response response(arena);
    response.status = status;
    response.headers.append("Location", location);
    const auto to = redirect_target(response, from, arena);
    return to ? std::string(to->to_string(arena)) : "none";
  };
  CHECK(target("https://b.test/x") == "https://b.test/x");
  CHECK(target("/x?y=1#frag") == "https://a.test/x?y=1");
  CHECK(target("other") == "https://a.test/dir/other");
  CHECK(target("../up") == "https://a.test/up");
  CHECK(target("?r=2") == "https://a.test/dir/page?r=2");
  CHECK(target("//b.test/x") == "https://b.test/x");
  CHECK(target("http://a.test/x") == "none");
  CHECK(target("ftp://a.test/x") == "none");
  CHECK(target("https://user@b.test/") == "none");
  CHECK(target("") == "none");
  CHECK(target("/x", 304) == "none");
  CHECK(target("/x", 200) == "none");
}

TEST_CASE("a redirect to another origin loses credentials (S3, S4)", "[gateway][head]") {
  Arena arena;
  OutgoingRequest request(arena);
  request.url = url("https://a.test/x", arena);
  for (const char* name : {"Authorization", "Cookie", "Host", "Ocp-Apim-Subscription-Key", "x-key", "X-Plain"}) {
    request.headers.append(name, "v");
  }
  BackendCredentials credentials;
  credentials.headers = {{"X-Key", "v"}};
  const Api api;
  CHECK(follow_redirect(request, url("https://a.test/y", arena), 302, &api, &credentials));
  CHECK(request.headers.size() == 6);
  CHECK(follow_redirect(request, url("https://a.test:8443/y", arena), 302, &api, &credentials));
  CHECK(names(request.headers) == "X-Plain;");
}

TEST_CASE("methods and bodies follow a redirect as its status says", "[gateway][head]") {
  Arena arena;
  const Url to = url("https://a.test/y", arena);
  const auto after = [&](std::string_view method, int status) {
    OutgoingRequest request(arena);
    request.url = url("https://a.test/x", arena);
    request.method = method;
    request.body = Body::bytes("b");
    REQUIRE(follow_redirect(request, to, status, nullptr, nullptr));
    return std::string(request.method) + (request.body.is_none() ? "" : " with body");
  };
  CHECK(after("POST", 301) == "GET");
  CHECK(after("POST", 302) == "GET");
  CHECK(after("PUT", 302) == "PUT with body");
  CHECK(after("PUT", 303) == "GET");
  CHECK(after("POST", 307) == "POST with body");
  CHECK(after("POST", 308) == "POST with body");
}
