// SPDX-License-Identifier: Apache-2.0
// A client of HTTP/2 whose every frame the test decides. HPACK alone is nghttp2's.
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

enum H2Flag : std::uint8_t { no_flag = 0, ack = 1, end_stream = 1, end_headers = 4, padded = 8 };

using H2Lines = std::vector<std::pair<std::string, std::string>>;

/// `GET /` with the fields that every request has, and `more`.
H2Lines h2_get(std::string path = "/", H2Lines more = {});
H2Lines h2_post(std::string path = "/", H2Lines more = {});

/// A frame as bytes.
std::string h2_frame(std::uint8_t type, std::uint8_t flags, std::int32_t stream, std::string_view payload = {});
std::string h2_number(std::uint32_t number);

struct H2ReceivedFrame {
  std::uint8_t type = 0xFF;  // nothing came
  std::uint8_t flags = 0;
  std::int32_t stream = 0;
  std::string payload;
  std::uint32_t number_at(std::size_t at) const;
};

/// What has come on one stream.
struct H2Received {
  int status = 0;
  std::vector<int> interim;
  H2Lines fields;
  H2Lines trailers;
  std::string body;
  bool ended = false;
  std::optional<std::uint32_t> reset;  // its error code
  std::string field(std::string_view name) const;
};

class H2RawClient {
 public:
  /// Connects, and sends the preface with `settings`.
  explicit H2RawClient(std::uint16_t port, std::string_view settings = {});
  ~H2RawClient();
  H2RawClient(const H2RawClient&) = delete;
  H2RawClient& operator=(const H2RawClient&) = delete;

  RawClient& raw() { return raw_; }
  H2RawClient& send(std::string_view bytes);
  H2RawClient& send_frame(std::uint8_t type, std::uint8_t flags, std::int32_t stream, std::string_view payload = {}) {
    return send(h2_frame(type, flags, stream, payload));
  }
  /// Fields as a block of HPACK.
  std::string block(const H2Lines& fields);
  H2RawClient& request(std::int32_t stream, const H2Lines& fields, bool ends = true);
  H2RawClient& data(std::int32_t stream, std::string_view bytes, bool ends = false);

  /// The next frame; SETTINGS are acknowledged. A type of 0xFF: the connection has ended.
  H2ReceivedFrame next_frame();
  /// Everything of a stream until it ends or is reset, or the connection ends.
  H2Received answer(std::int32_t stream);
  /// Reads until `done()` holds or the connection ends; false in the latter case.
  bool read_until(const std::function<bool()>& done);
  /// Reads until GOAWAY arrives with a code, which is returned. Nothing: the connection ended without.
  std::optional<std::uint32_t> goaway();
  /// Reads to the end of the connection.
  void read_to_end();

  const H2Received& received(std::int32_t stream) { return streams_[stream]; }
  std::vector<std::uint32_t> goaways;       // error codes
  std::vector<std::uint32_t> last_streams;  // of these
  std::map<std::uint32_t, std::uint32_t> settings;
  int pings_acknowledged = 0;
  int window_updates = 0;  // of streams
  bool answers_ping = true;

 private:
  void take(const H2ReceivedFrame& frame);
  void take_block(const H2ReceivedFrame& frame);

  RawClient raw_;
  nghttp2_hd_deflater* deflater_ = nullptr;
  nghttp2_hd_inflater* inflater_ = nullptr;
  std::map<std::int32_t, H2Received> streams_;
};

/// Options of a server that speaks HTTP/2 with prior knowledge.
ServerOptions h2_options(HttpLimits limits = {});

}  // namespace sluice::http::test
