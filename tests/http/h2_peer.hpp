// SPDX-License-Identifier: Apache-2.0
// The backend's end of an HTTP/2 connection, frame by frame in the hands of the test. It reads with nghttp2's HPACK and
// writes frames of its own making, so that they may be as wrong as a test wants them.
#pragma once

#include "http/support.hpp"

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::http::test {

using H2Fields = std::vector<std::pair<std::string, std::string>>;

struct H2Frame {
  std::uint8_t type = 0;
  std::uint8_t flags = 0;
  std::int32_t stream = 0;
  std::string payload;
  /// The 32-bit number at a place of the payload.
  std::uint32_t number(std::size_t at = 0) const;
};

struct H2Request {
  std::int32_t stream = 0;
  H2Fields fields;
  std::string body;
  H2Fields trailers;
  bool ended = false;
  /// The value of a field; empty when it is not there.
  std::string get(std::string_view name) const;
};

constexpr std::uint8_t end_stream = NGHTTP2_FLAG_END_STREAM;
constexpr std::uint8_t end_headers = NGHTTP2_FLAG_END_HEADERS;

class H2Peer {
 public:
  explicit H2Peer(RawClient& connection);
  ~H2Peer();
  H2Peer(const H2Peer&) = delete;
  H2Peer& operator=(const H2Peer&) = delete;

  /// Reads the preface and sends settings, given as identifier and value. False when it was no preface.
  bool accept(const std::vector<std::pair<std::uint16_t, std::uint32_t>>& settings = {});

  /// The next frame, whatever it is. Settings and pings are acknowledged. Nothing at the end of the connection.
  std::optional<H2Frame> read();
  /// The next frame of that type; those before it are taken into account and dropped.
  std::optional<H2Frame> read(std::uint8_t type);
  /// The next request, whole; with `head_only` as soon as its head is there.
  std::optional<H2Request> read_request(bool head_only = false);
  /// More of the request's body, until its end. False when the connection ends before.
  bool read_body(H2Request& request);
  /// All data frames are acknowledged by as much window, unless told not to.
  void set_opens_windows(bool on) { opens_windows_ = on; }
  void set_answers_pings(bool on) { answers_pings_ = on; }
  std::size_t pings() const { return pings_; }

  void send(std::uint8_t type, std::uint8_t flags, std::int32_t stream, std::string_view payload);
  void send_head(std::int32_t stream, const H2Fields& fields, bool ends = false);
  void send_data(std::int32_t stream, std::string_view bytes, bool ends = false);
  void send_reset(std::int32_t stream, std::uint32_t code);
  void send_goaway(std::int32_t last, std::uint32_t code = NGHTTP2_NO_ERROR);
  void send_window(std::int32_t stream, std::uint32_t by);
  /// A whole answer, in one piece.
  void answer(std::int32_t stream, std::string_view body = "ok", const H2Fields& fields = {},
              const H2Fields& trailers = {});

  RawClient& connection() { return connection_; }

  /// A header block of literals; names and values as they are given.
  static std::string block(const H2Fields& fields);
  static std::string number(std::uint32_t value);
  static std::string frame(std::uint8_t type, std::uint8_t flags, std::int32_t stream, std::string_view payload);

 private:
  static std::string head(std::int32_t stream, const H2Fields& fields, bool ends);
  static std::string data(std::int32_t stream, std::string_view bytes, bool ends);
  H2Fields inflate(const std::string& block);
  void take(const H2Frame& frame);

  RawClient& connection_;
  nghttp2_hd_inflater* inflater_ = nullptr;
  std::map<std::int32_t, H2Request> open_;
  bool opens_windows_ = true;
  bool answers_pings_ = true;
  std::size_t pings_ = 0;
};

/// An upstream that speaks HTTP/2 with prior knowledge. `serve` runs after the settings have been sent.
class H2Upstream {
 public:
  using Serve = std::function<void(H2Peer& peer, int number)>;
  using Settings = std::vector<std::pair<std::uint16_t, std::uint32_t>>;
  explicit H2Upstream(Serve serve, Settings settings = {});
  std::uint16_t port() const { return upstream_.port(); }
  int connections() const { return upstream_.connections(); }

 private:
  Upstream upstream_;
};

/// Answers every request with what it says: method and path, then its body.
void echo_all(H2Peer& peer, int number);

}  // namespace sluice::http::test
