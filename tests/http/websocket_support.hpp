// SPDX-License-Identifier: Apache-2.0
// Both ends of a WebSocket on raw sockets, for the tests of what stands between them.
#pragma once

#include "base/websocket_accept.hpp"
#include "base/websocket_frames.hpp"
#include "http/support.hpp"
#include "http/websocket_handshake.hpp"

#include <string>
#include <string_view>

namespace sluice::http::test {

constexpr std::string_view sample_key = "dGhlIHNhbXBsZSBub25jZQ==";  // of RFC 6455 section 1.3
constexpr std::string_view sample_accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

inline std::string handshake(std::string_view path = "/chat", std::string_view more = {}) {
  return "GET " + std::string(path) +
         " HTTP/1.1\r\nHost: example.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: " +
         std::string(sample_key) + "\r\nSec-WebSocket-Version: 13\r\n" + std::string(more) + "\r\n";
}

inline std::string agreement(const std::string& request, std::string_view more = {}) {
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
         websocket_accept(header_of(request, "Sec-WebSocket-Key")) + "\r\n" + std::string(more) + "\r\n";
}

/// A frame of at most 64 KiB - 1; masked as a client's when `masked`.
inline std::string frame(unsigned first, std::string payload, bool masked = false) {
  constexpr char mask = 0x35;
  const unsigned bit = masked ? 0x80u : 0u;
  std::string text(1, static_cast<char>(first));
  if (payload.size() < 126) {
    text += static_cast<char>(bit | payload.size());
  } else {
    text += static_cast<char>(bit | 126u);
    text += static_cast<char>(payload.size() >> 8);
    text += static_cast<char>(payload.size() & 0xFF);
  }
  if (masked) {
    text.append(4, mask);
    for (char& c : payload) c = static_cast<char>(c ^ mask);
  }
  return text + payload;
}
inline std::string client_text(const std::string& text) { return frame(0x81, text, true); }
inline std::string server_text(const std::string& text) { return frame(0x81, text); }
inline std::string close_payload(unsigned code) {
  return {static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
}
inline std::string client_close(unsigned code) { return frame(0x88, close_payload(code), true); }
inline std::string server_close(unsigned code) { return frame(0x88, close_payload(code)); }

/// A backend that agrees to every handshake, then does what the test wants.
inline Upstream::Serve agreeing(std::function<void(RawClient&)> then) {
  return [then = std::move(then)](RawClient& connection, int) {
    const std::string request = connection.read_message(true);
    if (request.empty()) return;
    connection.send(agreement(request));
    then(connection);
  };
}

/// Sends back what comes until the peer ends.
inline void echo_bytes(RawClient& connection) {
  for (;;) {
    const std::string bytes = connection.read_some();
    if (bytes.empty()) return;
    connection.send(bytes);
  }
}

struct Upgraded {
  explicit Upgraded(std::uint16_t port) : client(port) {
    client.send(handshake());
    answer = client.read_message(true);
  }
  RawClient client;
  std::string answer;
};

inline ServerOptions with(HttpLimits limits) {
  ServerOptions options;
  options.limits = limits;
  return options;
}

}  // namespace sluice::http::test
