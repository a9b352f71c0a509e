// SPDX-License-Identifier: Apache-2.0
// Which version of HTTP a request over TLS takes: what it allows, and what the backend agrees to by ALPN.
#include "http/h2_peer.hpp"
#include "http/tls_support.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <string>

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;

namespace {

constexpr std::string_view h2_alone = "\x02h2";
constexpr std::string_view http_1_alone = "\x08http/1.1";
constexpr std::string_view both = "\x02h2\x08http/1.1";

/// Speaks what has been agreed, and answers each request with its name.
class TlsUpstream {
 public:
  explicit TlsUpstream(std::string_view protocols)
      : protocols_(protocols), upstream_([this](RawClient& connection, int) { serve(connection); }) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  }
  std::uint16_t port() const { return upstream_.port(); }
  int connections() const { return upstream_.connections(); }
  std::string authority() const { return identity_.certificate_pem(); }
  std::string offered() {
    std::lock_guard lock(mutex_);
    return offered_;
  }

 private:
  static int choose(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned offered_size, void* self) {
    auto& own = *static_cast<TlsUpstream*>(self);
    std::lock_guard lock(own.mutex_);
    own.offered_.assign(reinterpret_cast<const char*>(offered), offered_size);
    const auto* supported = reinterpret_cast<const unsigned char*>(own.protocols_.data());
    const int result = SSL_select_next_proto(const_cast<unsigned char**>(chosen), size, supported,
                                             static_cast<unsigned>(own.protocols_.size()), offered, offered_size);
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
  }

  void serve(RawClient& connection) {
    const Owned<SSL_CTX> context(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_use_certificate(context.get(), identity_.certificate());
    SSL_CTX_use_PrivateKey(context.get(), identity_.key());
    SSL_CTX_set_alpn_select_cb(context.get(), choose, this);
    const Owned<SSL> ssl(SSL_new(context.get()));
    SSL_set_fd(ssl.get(), connection.descriptor());
    if (SSL_accept(ssl.get()) != 1) return;
    const unsigned char* chosen = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl.get(), &chosen, &size);
    const bool is_h2 = std::string_view(reinterpret_cast<const char*>(chosen), size) == "h2";
    if (is_h2) write(ssl.get(), H2Peer::frame(NGHTTP2_SETTINGS, 0, 0, {}));
    std::string received;
    char bytes[4096];
    for (int count = SSL_read(ssl.get(), bytes, sizeof bytes); count > 0;
         count = SSL_read(ssl.get(), bytes, sizeof bytes)) {
      received.append(bytes, static_cast<std::size_t>(count));
      while (is_h2 ? answer_frame(ssl.get(), received) : answer_head(ssl.get(), received)) {
      }
    }
  }

  static void write(SSL* ssl, const std::string& bytes) {
    SSL_write(ssl, bytes.data(), static_cast<int>(bytes.size()));
  }

  static bool answer_head(SSL* ssl, std::string& received) {
    const std::size_t end = received.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    received.erase(0, end + 4);
    write(ssl, "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhttp/1.1");
    return true;
  }

  static bool answer_frame(SSL* ssl, std::string& received) {
    constexpr std::string_view preface = NGHTTP2_CLIENT_MAGIC;
    constexpr std::size_t frame_head = 9;
    if (received.compare(0, preface.size(), preface) == 0) received.erase(0, preface.size());
    if (received.size() < frame_head || received.front() == 'P') return false;
    const auto byte = [&](std::size_t at) {
      return static_cast<std::size_t>(static_cast<unsigned char>(received[at]));
    };
    const std::size_t size = frame_head + (byte(0) << 16 | byte(1) << 8 | byte(2));
    if (received.size() < size) return false;
    const auto stream = static_cast<std::int32_t>(byte(7) << 8 | byte(8));
    if (byte(3) == NGHTTP2_HEADERS) {
      write(ssl, H2Peer::frame(NGHTTP2_HEADERS, end_headers, stream, H2Peer::block({{":status", "200"}})) +
                     H2Peer::frame(NGHTTP2_DATA, end_stream, stream, "h2"));
    }
    received.erase(0, size);
    return true;
  }

  const Identity identity_;
  const std::string protocols_;
  std::mutex mutex_;
  std::string offered_;
  Upstream upstream_;
};

struct Caller {
  explicit Caller(const TlsUpstream& upstream)
      : runtime({.workers = 1,
                 .limits = {},
                 .tls = {.ca_file = folder.write("ca.pem", upstream.authority()), .use_system_store = false}}),
        port(upstream.port()) {}
  struct Call {
    explicit Call(Caller& caller, HttpVersions versions) : request(arena) {
      request.url = {.scheme = "https", .host = "localhost", .port = caller.port, .path = "/"};
      request.versions = versions;
    }
    Arena arena;
    Cancellation cancellation;
    OutgoingRequest request;
  };
  /// The answer's body, or the name of the error.
  std::string call(HttpVersions versions) {
    Call call(*this, versions);
    const auto answer = wait(runtime.transport().send(call.request, call.arena, call.cancellation));
    return answer ? std::string(answer->body.data()) : std::string(answer.error().message());
  }
  TemporaryFolder folder;
  Runtime runtime;
  std::uint16_t port;
};

}  // namespace

TEST_CASE("HTTP/2 alone is offered alone, and must be agreed to", "[http][h2][tls][alpn]") {
  TlsUpstream agrees(both);
  Caller caller(agrees);
  CHECK(caller.call(HttpVersions::http_2) == "h2");
  CHECK(caller.call(HttpVersions::http_2) == "h2");
  CHECK(agrees.offered() == h2_alone);
  CHECK(agrees.connections() == 1);
  TlsUpstream refuses(http_1_alone);
  Caller other(refuses);
  CHECK(other.call(HttpVersions::http_2) == "The backend does not agree to HTTP/2.");
  CHECK(other.runtime.client_statistics().connections_failed == 1);
}

TEST_CASE("where both are allowed the backend decides, and that is remembered", "[http][h2][tls][alpn]") {
  const bool knows_h2 = GENERATE(true, false);
  const std::string expected = knows_h2 ? "h2" : "http/1.1";
  TlsUpstream upstream(knows_h2 ? both : http_1_alone);
  Caller caller(upstream);
  for (int i = 0; i < 3; ++i) CHECK(caller.call(HttpVersions::http_1_or_2) == expected);
  CHECK(upstream.offered() == both);
  CHECK(upstream.connections() == 1);
  CHECK(caller.runtime.client_statistics().connections_reused == 2);
}

TEST_CASE("requests that wait for the first connection go the way that it shows", "[http][h2][tls][alpn]") {
  const bool knows_h2 = GENERATE(true, false);
  const std::string expected = knows_h2 ? "h2" : "http/1.1";
  TlsUpstream upstream(knows_h2 ? both : http_1_alone);
  Caller caller(upstream);
  std::vector<std::unique_ptr<Caller::Call>> calls;
  std::vector<Task<Result<Response>>> answers;
  for (int i = 0; i < 10; ++i) {
    calls.push_back(std::make_unique<Caller::Call>(caller, HttpVersions::http_1_or_2));
    answers.push_back(
        caller.runtime.transport().send(calls.back()->request, calls.back()->arena, calls.back()->cancellation));
  }
  for (auto& task : answers) {
    const auto answer = wait(std::move(task));
    REQUIRE(answer);
    CHECK(answer->body.data() == expected);
  }
  if (knows_h2) CHECK(upstream.connections() == 1);
}

TEST_CASE("HTTP/1.1 alone needs no agreement", "[http][h2][tls][alpn]") {
  TlsUpstream upstream(both);
  Caller caller(upstream);
  CHECK(caller.call(HttpVersions::http_1) == "http/1.1");
  CHECK(upstream.offered().empty());
}
