// SPDX-License-Identifier: Apache-2.0
// The client behind a proxy: through tunnels to where TLS is spoken, by whole URLs otherwise; which connections are
// shared; and whose fault failures are.
#include "http/client_calls.hpp"
#include "http/proxy_support.hpp"
#include "http/tls_support.hpp"

#include <catch2/catch.hpp>

#include "http/kept_pools.hpp"

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;
using std::chrono::milliseconds;

namespace {

Task<Response> tell(Request& request) {
  const std::string text = std::string(request.method) + " " + std::string(request.url.path) + " " +
                           std::string(request.headers.get("Proxy-Authorization", "-"));
  co_return text_response(request, 200, request.arena.copy(text));
}

/// A backend with and without TLS behind a proxy, and a client that goes through it.
struct Behind {
  TemporaryFolder folder;
  Identity server;
  FunctionHandler handler{tell};
  Served plain{handler};
  Served secure{handler, with_tls()};
  SmallProxy proxy;
  Runtime runtime;
  BackendTls tls{server.certificate_pem(), {}, {}};
  ForwardProxy way{"127.0.0.1", proxy.port(), {}};

  explicit Behind(HttpLimits limits = {}) : runtime({.workers = 1, .limits = limits, .tls = {}}) {}

  ServerOptions with_tls() const {
    ServerOptions options;
    options.tls.emplace().certificates.push_back(folder.write_identity("server", server));
    return options;
  }

  Result<std::string> call(std::string_view scheme, std::uint16_t port, const ForwardProxy* by,
                           HttpVersions versions = HttpVersions::http_1, std::string_view host = "127.0.0.1") {
    Request request;
    OutgoingRequest outgoing(request.arena);
    outgoing.url.scheme = scheme;
    outgoing.url.host = host;
    outgoing.url.port = port;
    outgoing.url.path = "/x";
    outgoing.tls = &tls;
    outgoing.proxy = by;
    outgoing.versions = versions;
    auto answer = wait(runtime.transport().send(outgoing, request.arena, request.cancellation));
    if (!answer) return fail(std::move(answer.error()));
    return std::string(answer->body.data());
  }
  Result<std::string> secure_call(const ForwardProxy* by, HttpVersions versions = HttpVersions::http_1) {
    return call("https", secure.port, by, versions);
  }
  Result<std::string> plain_call(const ForwardProxy* by) { return call("http", plain.port, by); }
  ClientStatistics statistics() const { return runtime.client_statistics(); }
};

/// The message of a failed call, when it is one of the connection.
std::string why(const Result<std::string>& answer) {
  if (answer) return "answered " + *answer;
  if (answer.error().code() != ErrorCode::backend_connection_failure) return "another error";
  return std::string(answer.error().message());
}

}  // namespace

TEST_CASE("https goes through a tunnel, which is used again", "[http][client][proxy][tls]") {
  Behind behind;
  behind.way.authorization = "Basic eA==";
  behind.proxy.demand("Basic eA==");
  CHECK(behind.secure_call(&behind.way).value() == "GET /x -");
  CHECK(behind.secure_call(&behind.way).value() == "GET /x -");
  REQUIRE(behind.proxy.heads().size() == 1);
  const std::string to = "127.0.0.1:" + std::to_string(behind.secure.port);
  CHECK(behind.proxy.last_head() ==
        "CONNECT " + to + " HTTP/1.1\r\nHost: " + to + "\r\nProxy-Authorization: Basic eA==");
  CHECK(behind.statistics().tunnels == 1);
  CHECK(behind.statistics().connections_reused == 1);
}

TEST_CASE("HTTP/2 is agreed through a tunnel", "[http][client][proxy][h2][tls]") {
  Behind behind;
  CHECK(behind.secure_call(&behind.way, HttpVersions::http_1_or_2).value() == "GET /x -");
  CHECK(behind.secure_call(&behind.way, HttpVersions::http_2).value() == "GET /x -");
  CHECK(behind.proxy.heads().size() == 1);
  CHECK(behind.secure.server.statistics().http2_streams == 2);
  CHECK(why(behind.call("http", behind.plain.port, &behind.way, HttpVersions::http_2)) ==
        "HTTP/2 without TLS is not spoken through a proxy.");
}

TEST_CASE("http goes to the proxy with its whole URL, the credentials to nobody else", "[http][client][proxy]") {
  Behind behind;
  behind.way.authorization = "Basic eA==";
  behind.proxy.demand("Basic eA==");
  CHECK(behind.plain_call(&behind.way).value() == "GET /x -");
  CHECK(behind.plain_call(&behind.way).value() == "GET /x -");
  CHECK(behind.proxy.connections() == 1);
  CHECK(behind.proxy.last_head().starts_with("GET http://127.0.0.1:" + std::to_string(behind.plain.port) + "/x "));
  CHECK(behind.statistics().tunnels == 0);
}

TEST_CASE("connections are shared by requests with the same proxy and credentials only", "[http][client][proxy]") {
  Behind behind;
  ForwardProxy other = behind.way;
  other.authorization = "Basic b3RoZXI=";
  const ForwardProxy same = behind.way;  // compared by what it holds
  const ForwardProxy* const all[] = {&behind.way, &other, &same};
  for (const ForwardProxy* const by : all) {
    CHECK(behind.plain_call(by));
    CHECK(behind.secure_call(by));
  }
  CHECK(behind.proxy.connections() == 4);
  CHECK(behind.plain_call(nullptr));
  CHECK(behind.secure_call(nullptr));
  CHECK(behind.proxy.connections() == 4);
  CHECK(behind.statistics().connections_opened == 6);
  CHECK(behind.statistics().connections_reused == 2);
}

TEST_CASE("a proxy that wants other credentials is told of by name, over http and https", "[http][client][proxy]") {
  Behind behind;
  behind.proxy.demand("Basic eA==");
  const std::string basic = "The proxy demands authentication, or does not accept the user (status 407).";
  CHECK(why(behind.secure_call(&behind.way)) == basic);
  CHECK(why(behind.plain_call(&behind.way)) == basic);
  behind.proxy.refuse_with("407 No\r\nProxy-Authenticate: NTLM\r\n");
  const std::string ntlm = "The proxy demands authentication by NTLM, which is not spoken (status 407).";
  CHECK(why(behind.secure_call(&behind.way)) == ntlm);
  CHECK(why(behind.plain_call(&behind.way)) == ntlm);
  behind.proxy.refuse_with("403 No\r\n");
  CHECK(why(behind.secure_call(&behind.way)) ==
        "The proxy did not lead through to the backend: it answered with status 403.");
  CHECK(behind.statistics().proxy_failures == 5);
  CHECK(behind.statistics().open_connections == 0);
}

TEST_CASE("a proxy that is not there, or says nothing, is told apart from the backend", "[http][client][proxy]") {
  HttpLimits limits;
  limits.connect_timeout = milliseconds(200);
  Behind behind(limits);
  const ForwardProxy closed{"127.0.0.1", closed_port(), {}};
  CHECK(why(behind.secure_call(&closed)) == "The proxy refused the connection.");
  CHECK(why(behind.plain_call(&closed)) == "The proxy refused the connection.");
  const BlackHole hole("127.0.0.1");
  const ForwardProxy unreached{"127.0.0.1", hole.port(), {}};
  CHECK(why(behind.secure_call(&unreached)) == "The connection to the proxy was not made in time.");
  Signal end;
  Upstream silent([&](RawClient& connection, int) {
    connection.read_until("\r\n\r\n");
    end.wait();
  });
  const ForwardProxy mute{"127.0.0.1", silent.port(), {}};
  CHECK(why(behind.secure_call(&mute)) == "The proxy did not answer in time.");
  end.set();
  Upstream closing([](RawClient& connection, int) { connection.read_until("\r\n\r\n"); });
  const ForwardProxy rude{"127.0.0.1", closing.port(), {}};
  CHECK(why(behind.secure_call(&rude)) == "The proxy closed the connection.");
  CHECK(behind.statistics().proxy_failures == 5);
}

TEST_CASE("S2: neither a proxy nor what it is asked for has an address that no request is sent to",
          "[http][client][proxy]") {
  Behind behind;
  const ForwardProxy metadata{"169.254.169.254", 80, {}};
  CHECK(why(behind.plain_call(&metadata)) == "The proxy's name has no address that a request may be sent to.");
  CHECK(why(behind.call("http", 80, &behind.way, HttpVersions::http_1, "169.254.169.254")) ==
        "The address of the backend is one that no request may be sent to.");
  CHECK(behind.proxy.connections() == 0);
}

TEST_CASE("names of backends are the proxy's to resolve", "[http][client][proxy]") {
  Behind behind;
  look_up_in(behind.runtime, [](const std::string&) { return std::vector<Address>(); });
  CHECK(behind.call("http", behind.plain.port, &behind.way, HttpVersions::http_1, "known.only.to.it").value() ==
        "GET /x -");
  CHECK(header_of(behind.proxy.last_head() + "\r\n\r\n", "Host") ==
        "known.only.to.it:" + std::to_string(behind.plain.port));
}

TEST_CASE("U3: a tunnel that begins to speak by itself is not used", "[http][client][proxy]") {
  Behind behind;
  Upstream eager([](RawClient& connection, int) {
    connection.read_until("\r\n\r\n");
    connection.send("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
    connection.read_to_end();
  });
  const ForwardProxy by{"127.0.0.1", eager.port(), {}};
  CHECK(why(behind.secure_call(&by)) == "The proxy sent more than an answer before the tunnel was used.");
}

TEST_CASE("a caller who leaves ends the way through a proxy (M2)", "[http][client][proxy]") {
  Signal asked, end;
  Upstream silent([&](RawClient& connection, int) {
    connection.read_until("\r\n\r\n");
    asked.set();
    connection.read_to_end();
    end.set();
  });
  const ForwardProxy by{"127.0.0.1", silent.port(), {}};
  Front front([&](Request& request) -> Task<Response> {
    auto* const outgoing = request.arena.make<OutgoingRequest>(request.arena);
    outgoing->url.scheme = "https";
    outgoing->url.host = "b.test";
    outgoing->proxy = &by;
    auto answer = co_await front.runtime.transport().send(*outgoing, request.arena, request.cancellation);
    co_return text_response(request, 502, "");
  });
  RawClient client(front.port);
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  REQUIRE(asked.wait());
  client.abort();
  CHECK(end.wait());
  CHECK(front.client_eventually([](const ClientStatistics& now) { return now.cancelled == 1; }));
}

TEST_CASE("identities that policies compute do not leave connections without bound", "[http][client][proxy][limits]") {
  Behind behind;
  std::vector<std::string> words;
  for (std::size_t i = 0; i < kept_pools + 20; ++i) words.push_back("Basic " + std::to_string(i));
  for (const std::string& word : words) {
    ForwardProxy by = behind.way;
    by.authorization = word;
    REQUIRE(behind.plain_call(&by));
  }
  CHECK(behind.statistics().open_connections <= kept_pools);
  CHECK(behind.statistics().connections_opened == words.size());
}
