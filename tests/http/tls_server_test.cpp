// SPDX-License-Identifier: Apache-2.0
// HTTPS from callers: which certificate, which versions and suites, who may resume what, and how a handshake ends (K1,
// T1).
#include "http/tls_support.hpp"

#include <catch2/catch.hpp>

#include <poll.h>

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;

namespace {

constexpr std::chrono::milliseconds short_time{150};

/// Answers with the scheme, the host and the length of the caller's certificate.
Task<Response> tell(Request& request) {
  const std::string text = std::string(request.url.scheme) + " " + std::string(request.url.host) + " " +
                           std::to_string(request.client_certificate.size());
  co_return text_response(request, 200, request.arena.copy(text));
}

/// A listener with one certificate for localhost.
struct TlsServed {
  TemporaryFolder folder;
  Identity identity;
  FunctionHandler handler{tell};
  std::optional<Served> served;

  explicit TlsServed(const std::function<void(ServerOptions&, TemporaryFolder&)>& change = {}, unsigned workers = 1) {
    ServerOptions options;
    options.tls.emplace();
    options.tls->certificates.push_back(folder.write_identity("default", identity));
    if (change) change(options, folder);
    served.emplace(handler, std::move(options), workers);
  }
  std::uint16_t port() const { return served->port; }
  ServerStatistics statistics() const { return served->server.statistics(); }
};

}  // namespace

TEST_CASE("a request over TLS is answered, keeps its connection and has the scheme https", "[http][tls]") {
  TlsServed server;
  TlsClient client(server.port());
  REQUIRE(client.is_connected());
  CHECK(body_of(client.get()) == "https localhost 0");
  CHECK(body_of(client.get("/again")) == "https localhost 0");
  CHECK(client.version() == "TLSv1.3");
  TlsClient older(server.port(), {.most_version = TLS1_2_VERSION});
  CHECK(body_of(older.get()) == "https localhost 0");
  CHECK(older.version() == "TLSv1.2");
  CHECK(server.served->eventually([](const ServerStatistics& s) { return s.tls_handshakes == 2 && s.completed == 3; }));
  CHECK(server.statistics().tls_failures == 0);
  CHECK(server.statistics().tls_resumed == 0);
}

TEST_CASE("large bodies pass over TLS both ways", "[http][tls]") {
  TemporaryFolder folder;
  Identity identity;
  FunctionHandler handler([](Request& request) -> Task<Response> {
    auto buffered = co_await buffer_body(request.body, request.arena, 4u << 20, ErrorCode::request_body_too_large);
    Response response(request.arena);
    // No assertion on the worker's thread: what fails here is no echo.
    response.body = Body::bytes(buffered ? request.body.data() : request.arena.copy(buffered.error().message()));
    co_return response;
  });
  ServerOptions options;
  options.tls.emplace().certificates.push_back(folder.write_identity("default", identity));
  Served served(handler, std::move(options));
  std::string body(3'000'001, 'x');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>('a' + i * 7 % 26);
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient client(served.port, {.most_version = version});
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n");
    client.send(body);
    CHECK(body_of(client.read_message()) == body);
  }
}

TEST_CASE("pipelined requests over TLS are answered in order, however they are cut into records", "[http][tls]") {
  TlsServed server;
  TlsClient client(server.port());
  const std::string requests = "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: bb\r\n\r\n";
  client.send(requests);
  CHECK(body_of(client.read_message()) == "https a 0");
  CHECK(body_of(client.read_message()) == "https bb 0");
  for (char byte : requests) client.send({&byte, 1});
  CHECK(body_of(client.read_message()) == "https a 0");
  CHECK(body_of(client.read_message()) == "https bb 0");
}

TEST_CASE("the certificate is that of the named host, by name, by wildcard, or the first", "[http][tls]") {
  const Identity one({.names = "DNS:one.test,DNS:Upper.test", .common_name = "one"});
  const Identity wild({.names = "DNS:*.example.test", .common_name = "wild"});
  const Identity special({.names = "DNS:special.example.test", .common_name = "special"});
  const Identity first({.names = "DNS:first.test", .common_name = "first"});
  TlsServed server([&](ServerOptions& options, TemporaryFolder& folder) {
    options.tls->certificates.clear();
    int number = 0;
    for (const Identity* identity : {&first, &one, &wild, &special})
      options.tls->certificates.push_back(folder.write_identity(std::to_string(number++), *identity));
  });
  const auto shown = [&](const std::string& name) {
    return TlsClient(server.port(), {.server_name = name}).shown_name();
  };
  CHECK(shown("") == "first");
  CHECK(shown("first.test") == "first");
  CHECK(shown("one.test") == "one");
  CHECK(shown("ONE.test") == "one");
  CHECK(shown("upper.test") == "one");
  CHECK(shown("a.example.test") == "wild");
  CHECK(shown("special.example.test") == "special");
  CHECK(shown("a.b.example.test") == "first");
  CHECK(shown("example.test") == "first");
  CHECK(shown("unknown.test") == "first");
  TlsClient older(server.port(), {.server_name = "a.example.test", .most_version = TLS1_2_VERSION});
  CHECK(older.shown_name() == "wild");
}

TEST_CASE("certificates for the same names with RSA and ECDSA are offered together", "[http][tls]") {
  const Identity ecdsa({.names = "DNS:a.test", .common_name = "ecdsa"});
  const Identity rsa({.names = "DNS:a.test", .common_name = "rsa", .is_rsa = true});
  TlsServed server([&](ServerOptions& options, TemporaryFolder& folder) {
    options.tls->certificates = {folder.write_identity("ecdsa", ecdsa), folder.write_identity("rsa", rsa)};
  });
  TlsClientOptions options{.server_name = "a.test", .most_version = TLS1_2_VERSION};
  options.suites = "ECDHE-RSA-AES128-GCM-SHA256";
  CHECK(TlsClient(server.port(), options).shown_name() == "rsa");
  options.suites = "ECDHE-ECDSA-AES128-GCM-SHA256";
  CHECK(TlsClient(server.port(), options).shown_name() == "ecdsa");
}

TEST_CASE("K1: versions below 1.2 and suites without forward secrecy or AEAD are refused", "[http][tls]") {
  const Identity rsa({.is_rsa = true});
  TlsServed server([&](ServerOptions& options, TemporaryFolder& folder) {
    options.tls->certificates.push_back(folder.write_identity("rsa", rsa));
  });
  CHECK_FALSE(TlsClient(server.port(), {.least_version = TLS1_VERSION, .most_version = TLS1_1_VERSION}).is_connected());
  for (const char* weak : {"AES128-GCM-SHA256", "ECDHE-RSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA", "AES256-SHA",
                           "DHE-RSA-AES128-SHA", "ECDHE-RSA-NULL-SHA", "AECDH-AES128-SHA"}) {
    INFO(weak);
    CHECK_FALSE(TlsClient(server.port(), {.most_version = TLS1_2_VERSION, .suites = weak}).is_connected());
  }
  for (const char* good :
       {"ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-CHACHA20-POLY1305", "ECDHE-ECDSA-AES256-GCM-SHA384"}) {
    INFO(good);
    CHECK(TlsClient(server.port(), {.most_version = TLS1_2_VERSION, .suites = good}).is_connected());
  }
  CHECK(server.served->eventually(
      [](const ServerStatistics& s) { return s.tls_failures == 8 && s.tls_handshakes == 3; }));
}

TEST_CASE("K1: a caller cannot renegotiate", "[http][tls]") {
  TlsServed server;
  TlsClient client(server.port(), {.most_version = TLS1_2_VERSION});
  CHECK(body_of(client.get()) == "https localhost 0");
  SSL_renegotiate(client.ssl());
  SSL_do_handshake(client.ssl());
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  client.read_message();
  CHECK(server.statistics().tls_handshakes == 1);
}

TEST_CASE("keys are changed at a caller's wish without an end of the connection", "[http][tls]") {
  TlsServed server;
  TlsClient client(server.port());
  for (int i = 0; i < 3; ++i) {
    CHECK(body_of(client.get()) == "https localhost 0");
    REQUIRE(SSL_key_update(client.ssl(), SSL_KEY_UPDATE_REQUESTED) == 1);
  }
  CHECK(body_of(client.get()) == "https localhost 0");
}

TEST_CASE("records that bring nothing end a connection when there are too many in a row", "[http][tls]") {
  TlsServed server;
  TlsClient client(server.port());
  CHECK(body_of(client.get()) == "https localhost 0");
  bool ended = false;
  for (int i = 0; i < 20'000 && !ended; ++i) {  // 128 KiB are some 5,000
    ended = SSL_key_update(client.ssl(), SSL_KEY_UPDATE_NOT_REQUESTED) != 1 || SSL_do_handshake(client.ssl()) != 1;
  }
  CHECK((ended || client.get().empty()));
  CHECK(server.served->eventually([](const ServerStatistics& s) { return s.open_connections == 0; }));
}

TEST_CASE("ALPN: http/1.1 is chosen where it is offered; a caller that speaks none of ours is refused", "[http][tls]") {
  TlsServed server;
  CHECK(TlsClient(server.port(), {.protocols = "\x08http/1.1"}).protocol() == "http/1.1");
  TlsClient silent(server.port());
  CHECK(silent.is_connected());
  CHECK(silent.protocol().empty());
  CHECK_FALSE(TlsClient(server.port(), {.protocols = "\x03"
                                                     "ftp"})
                  .is_connected());
}

TEST_CASE("T1: a handshake that does not end in time is closed, also when bytes keep coming", "[http][tls]") {
  TlsServed server([](ServerOptions& options, TemporaryFolder&) { options.limits.handshake_timeout = short_time; });
  RawClient silent(server.port());
  RawClient slow(server.port());
  // The head of a record that announces more than will come.
  const std::string begin("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);
  const auto started = std::chrono::steady_clock::now();
  slow.send(begin);
  pollfd closed{slow.descriptor(), POLLIN, 0};
  constexpr int gap_ms = 10;
  while (::poll(&closed, 1, gap_ms) == 0 && std::chrono::steady_clock::now() - started < patience) slow.send("x");
  constexpr std::chrono::milliseconds coarse{10};  // limits are kept by a clock that is behind by up to a tick
  CHECK(std::chrono::steady_clock::now() - started >= short_time - coarse);
  CHECK(silent.read_to_end().empty());
  CHECK(server.served->eventually([](const ServerStatistics& s) { return s.tls_timeouts == 2; }));
  CHECK(server.served->eventually([](const ServerStatistics& s) { return s.open_connections == 0; }));
}

TEST_CASE("what is no TLS is closed without an answer", "[http][tls]") {
  TlsServed server([](ServerOptions& options, TemporaryFolder&) {
    options.limits.handshake_timeout = std::chrono::seconds(20);  // it is not the time that closes
  });
  const std::string garbage("\x00\xff\x16\x00\x01garbage\r\n\r\n", 16);
  for (const std::string& bytes :
       {std::string("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), garbage, std::string(40'000, 'x')}) {
    RawClient client(server.port());
    client.send(bytes);
    const std::string answer = client.read_to_end();
    CHECK_FALSE(client.timed_out());
    CHECK(answer.find("HTTP") == std::string::npos);
  }
  CHECK(server.served->eventually([](const ServerStatistics& s) { return s.tls_failures == 3; }));
  CHECK(server.statistics().requests == 0);
}

TEST_CASE("a ClientHello that comes byte by byte is as good as another", "[http][tls]") {
  TlsServed server;
  // Between the client and the server, passing on a byte at a time.
  Upstream slow([&](RawClient& client, int) {
    RawClient onwards(server.port());
    std::thread back([&] {
      for (;;) {
        const std::string byte = onwards.read_bytes(1);
        if (byte.empty()) return client.finish_sending();
        client.send(byte);
      }
    });
    for (;;) {
      const std::string byte = client.read_bytes(1);
      if (byte.empty()) break;
      onwards.send(byte);
    }
    onwards.finish_sending();
    back.join();
  });
  {
    TlsClient client(slow.port());
    REQUIRE(client.is_connected());
    CHECK(body_of(client.get()) == "https localhost 0");
  }
  CHECK(server.statistics().tls_handshakes == 1);
}

TEST_CASE("a caller that leaves during the handshake is counted and leaves nothing behind", "[http][tls]") {
  TlsServed server;
  const std::size_t before = open_descriptors();
  {
    RawClient client(server.port());
    client.send(std::string("\x16\x03\x01", 3));
    CHECK(server.served->eventually([](const ServerStatistics& s) { return s.open_connections == 1; }));
    client.abort();
  }
  CHECK(server.served->eventually([](const ServerStatistics& s) { return s.open_connections == 0; }));
  CHECK(eventually([&] { return open_descriptors() == before; }));
}

TEST_CASE("O3: a drain closes connections whose handshake is not over, and idle ones with a word", "[http][tls]") {
  TlsServed server;
  RawClient shaking(server.port());
  shaking.send(std::string("\x16\x03\x01", 3));
  TlsClient idle(server.port());
  CHECK(body_of(idle.get()) == "https localhost 0");
  CHECK(server.served->eventually([](const ServerStatistics& s) { return s.open_connections == 2; }));
  CHECK(server.served->server.drain_and_stop(patience));
  shaking.read_to_end();
  CHECK_FALSE(shaking.timed_out());
  idle.read_to_end();
  CHECK(idle.has_ended_properly());
}

TEST_CASE("U5: an answer that breaks does not end properly over TLS; one that ends with its connection does",
          "[http][tls]") {
  class Breaking final : public BodyStream {
   public:
    explicit Breaking(bool breaks) : breaks_(breaks) {}
    Task<BodyChunk> read() override {
      if (count_++ == 0) return BodyChunk(std::string_view("some"));
      if (breaks_) return BodyChunk(fail(ErrorCode::backend_connection_failure));
      return BodyChunk(std::string_view{});
    }
    void cancel() override {}

   private:
    bool breaks_;
    int count_ = 0;
  };
  TemporaryFolder folder;
  Identity identity;
  FunctionHandler handler([](Request& request) -> Task<Response> {
    Response response(request.arena);
    response.body = Body::stream(std::make_unique<Breaking>(request.url.path == "/broken"), std::nullopt);
    co_return response;
  });
  ServerOptions options;
  options.tls.emplace().certificates.push_back(folder.write_identity("default", identity));
  Served served(handler, std::move(options));
  for (const bool breaks : {true, false}) {
    TlsClient client(served.port);
    client.send(std::string("GET ") + (breaks ? "/broken" : "/whole") + " HTTP/1.0\r\nHost: a\r\n\r\n");
    CHECK(client.read_to_end().find("some") != std::string::npos);
    CHECK(client.has_ended_properly() != breaks);
  }
}
