// SPDX-License-Identifier: Apache-2.0
// The client itself; compiled as a test file because the build gathers those.
#include "http/h2_support.hpp"

#include <catch2/catch.hpp>

namespace sluice::http::test {
namespace {

constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

H2Lines with(H2Lines lines, const H2Lines& more) {
  lines.insert(lines.end(), more.begin(), more.end());
  return lines;
}

std::uint8_t* bytes_of(std::string& text) { return reinterpret_cast<std::uint8_t*>(text.data()); }

}  // namespace

H2Lines h2_get(std::string path, H2Lines more) {
  return with({{":method", "GET"}, {":scheme", "http"}, {":authority", "h"}, {":path", std::move(path)}}, more);
}
H2Lines h2_post(std::string path, H2Lines more) {
  return with({{":method", "POST"}, {":scheme", "http"}, {":authority", "h"}, {":path", std::move(path)}}, more);
}

std::string h2_number(std::uint32_t number) {
  return {static_cast<char>(number >> 24), static_cast<char>(number >> 16), static_cast<char>(number >> 8),
          static_cast<char>(number)};
}

std::string h2_frame(std::uint8_t type, std::uint8_t flags, std::int32_t stream, std::string_view payload) {
  std::string bytes = h2_number(static_cast<std::uint32_t>(payload.size())).substr(1);
  bytes += static_cast<char>(type);
  bytes += static_cast<char>(flags);
  bytes += h2_number(static_cast<std::uint32_t>(stream));
  return bytes.append(payload);
}

std::uint32_t H2ReceivedFrame::number_at(std::size_t at) const {
  std::uint32_t number = 0;
  for (std::size_t i = at; i < at + 4; ++i) number = number << 8 | static_cast<unsigned char>(payload.at(i));
  return number;
}

std::string H2Received::field(std::string_view name) const {
  for (const auto& [key, value] : fields) {
    if (key == name) return value;
  }
  return {};
}

H2RawClient::H2RawClient(std::uint16_t port, std::string_view own_settings) : raw_(port) {
  nghttp2_hd_deflate_new(&deflater_, 4096);
  nghttp2_hd_inflate_new(&inflater_);
  send(std::string(preface) + h2_frame(NGHTTP2_SETTINGS, 0, 0, own_settings));
}
H2RawClient::~H2RawClient() {
  nghttp2_hd_deflate_del(deflater_);
  nghttp2_hd_inflate_del(inflater_);
}

H2RawClient& H2RawClient::send(std::string_view bytes) {
  raw_.send(bytes);
  return *this;
}

std::string H2RawClient::block(const H2Lines& fields) {
  H2Lines copies = fields;
  std::vector<nghttp2_nv> lines;
  for (auto& [name, value] : copies)
    lines.push_back({bytes_of(name), bytes_of(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
  std::string bytes(nghttp2_hd_deflate_bound(deflater_, lines.data(), lines.size()), '\0');
  const auto size = nghttp2_hd_deflate_hd(deflater_, bytes_of(bytes), bytes.size(), lines.data(), lines.size());
  bytes.resize(static_cast<std::size_t>(size));
  return bytes;
}

H2RawClient& H2RawClient::request(std::int32_t stream, const H2Lines& fields, bool ends) {
  const auto flags = static_cast<std::uint8_t>(end_headers | (ends ? end_stream : no_flag));
  return send_frame(NGHTTP2_HEADERS, flags, stream, block(fields));
}

H2RawClient& H2RawClient::data(std::int32_t stream, std::string_view bytes, bool ends) {
  return send_frame(NGHTTP2_DATA, ends ? end_stream : no_flag, stream, bytes);
}

H2ReceivedFrame H2RawClient::next_frame() {
  H2ReceivedFrame frame;
  const std::string head = raw_.read_bytes(9);
  if (head.size() < 9) return frame;
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(head[at]); };
  const std::size_t length = std::size_t{byte(0)} << 16 | std::size_t{byte(1)} << 8 | byte(2);
  frame.payload = raw_.read_bytes(length);
  if (frame.payload.size() < length) return frame;
  frame.type = byte(3);
  frame.flags = byte(4);
  frame.stream = static_cast<std::int32_t>(std::uint32_t{byte(5)} << 24 | std::uint32_t{byte(6)} << 16 |
                                           std::uint32_t{byte(7)} << 8 | byte(8));
  take(frame);
  return frame;
}

void H2RawClient::take_block(const H2ReceivedFrame& frame) {
  H2Received& stream = streams_[frame.stream];
  H2Lines lines;
  std::string_view rest = frame.payload;
  for (bool final = false; !final;) {
    nghttp2_nv line;
    int flags = 0;
    const auto used = nghttp2_hd_inflate_hd2(inflater_, &line, &flags,
                                             reinterpret_cast<const std::uint8_t*>(rest.data()), rest.size(), 1);
    REQUIRE(used >= 0);
    rest.remove_prefix(static_cast<std::size_t>(used));
    const auto text = [](const std::uint8_t* bytes, std::size_t size) {
      return std::string(reinterpret_cast<const char*>(bytes), size);
    };
    if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0)
      lines.emplace_back(text(line.name, line.namelen), text(line.value, line.valuelen));
    final = (flags & NGHTTP2_HD_INFLATE_FINAL) != 0;
  }
  nghttp2_hd_inflate_end_headers(inflater_);
  if (lines.empty() || lines.front().first != ":status") {
    stream.trailers = lines;
    return;
  }
  const int status = std::stoi(lines.front().second);
  if (status < 200) {
    stream.interim.push_back(status);
    return;
  }
  stream.status = status;
  stream.fields = lines;
}

void H2RawClient::take(const H2ReceivedFrame& frame) {
  switch (frame.type) {
    case NGHTTP2_HEADERS:
      REQUIRE((frame.flags & end_headers) != 0);
      take_block(frame);
      break;
    case NGHTTP2_DATA: streams_[frame.stream].body += frame.payload; break;
    case NGHTTP2_RST_STREAM: streams_[frame.stream].reset = frame.number_at(0); return;
    case NGHTTP2_SETTINGS:
      if ((frame.flags & ack) != 0) return;
      for (std::size_t at = 0; at + 6 <= frame.payload.size(); at += 6)
        settings[static_cast<unsigned char>(frame.payload[at + 1])] = frame.number_at(at + 2);
      send_frame(NGHTTP2_SETTINGS, ack, 0);
      return;
    case NGHTTP2_PING:
      if ((frame.flags & ack) != 0) {
        ++pings_acknowledged;
      } else if (answers_ping) {
        send_frame(NGHTTP2_PING, ack, 0, frame.payload);
      }
      return;
    case NGHTTP2_GOAWAY:
      last_streams.push_back(frame.number_at(0));
      goaways.push_back(frame.number_at(4));
      return;
    case NGHTTP2_WINDOW_UPDATE:
      if (frame.stream != 0) ++window_updates;
      return;
    default: return;
  }
  if ((frame.flags & end_stream) != 0) streams_[frame.stream].ended = true;
}

bool H2RawClient::read_until(const std::function<bool()>& done) {
  while (!done()) {
    if (next_frame().type == 0xFF) return done();
  }
  return true;
}

H2Received H2RawClient::answer(std::int32_t stream) {
  read_until([&] { return streams_[stream].ended || streams_[stream].reset; });
  return streams_[stream];
}

std::optional<std::uint32_t> H2RawClient::goaway() {
  read_until([&] { return !goaways.empty(); });
  if (goaways.empty()) return std::nullopt;
  return goaways.front();
}

void H2RawClient::read_to_end() {
  read_until([] { return false; });
}

ServerOptions h2_options(HttpLimits limits) {
  ServerOptions options;
  options.limits = limits;
  options.http2_prior_knowledge = true;
  return options;
}

TEST_CASE("the client of HTTP/2 packs and unpacks heads", "[http][h2][support]") {
  CHECK(h2_frame(NGHTTP2_PING, ack, 3, "12345678") == std::string("\0\0\x08\x06\x01\0\0\0\x03"
                                                                  "12345678",
                                                                  17));
}

}  // namespace sluice::http::test
