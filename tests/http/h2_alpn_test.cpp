// SPDX-License-Identifier: Apache-2.0
// Which version of HTTP a request over TLS takes: what it allows, and what the backend agrees to by ALPN.
#include "http/h2_peer.hpp"
#include "http/tls_support.hpp"

#include <catch2/catch.hpp>

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
      : protocols_(protocols), upstream_([this](RawClient& connection, int) { serve(connection); }) {}
  std::uint16_t port() const { return upstream_.port(); }
  int connections() const { return upstream_.connections(); }
  std::string authority() const { return identity_.certificate_pem(); }
  std::string offered() {
    std::lock_guard lock(mutex_);
    return offered_;
  }

 private:
  void serve(RawClient& connection) {
    TlsPeer peer(connection, identity_, {.protocols = protocols_});
    {
      std::lock_guard lock(mutex_);
      offered_ = peer.offered();
    }
    if (!peer.is_connected()) return;
    const bool is_h2 = peer.protocol() == "h2";
    if (is_h2) peer.send(H2Peer::frame(NGHTTP2_SETTINGS, 0, 0, {}));
    std::string received;
    for (std::string bytes = peer.read_some(); !bytes.empty(); bytes = peer.read_some()) {
      received += bytes;
      while (is_h2 ? answer_frame(peer, received) : answer_head(peer, received)) {
      }
    }
  }

  static bool answer_head(TlsPeer& peer, std::string& received) {
    const std::size_t end = received.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    received.erase(0, end + 4);
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhttp/1.1");
    return true;
  }

  static bool answer_frame(TlsPeer& peer, std::string& received) {
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
      peer.send(H2Peer::frame(NGHTTP2_HEADERS, end_headers, stream, H2Peer::block({{":status", "200"}})) +
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
