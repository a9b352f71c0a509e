// SPDX-License-Identifier: Apache-2.0
// The peer of h2_peer.hpp; compiled as a test file because the build gathers those.
#include "http/h2_peer.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

namespace sluice::http::test {
namespace {

constexpr std::string_view preface = NGHTTP2_CLIENT_MAGIC;
constexpr std::size_t frame_head = 9;

std::string literal(std::string_view text) {
  std::string coded;
  std::size_t rest = text.size();
  if (rest < 127) {
    coded += static_cast<char>(rest);
  } else {
    coded += static_cast<char>(127);
    for (rest -= 127; rest >= 128; rest /= 128) coded += static_cast<char>(rest % 128 + 128);
    coded += static_cast<char>(rest);
  }
  return coded.append(text);
}

}  // namespace

std::uint32_t H2Frame::number(std::size_t at) const {
  std::uint32_t value = 0;
  for (std::size_t i = at; i < at + 4 && i < payload.size(); ++i) {
    value = value << 8 | static_cast<unsigned char>(payload[i]);
  }
  return value;
}

std::string H2Request::get(std::string_view name) const {
  for (const auto& [field, value] : fields) {
    if (field == name) return value;
  }
  return {};
}

H2Peer::H2Peer(RawClient& connection) : connection_(connection) {
  if (nghttp2_hd_inflate_new(&inflater_) != 0) throw std::bad_alloc();
}

H2Peer::~H2Peer() { nghttp2_hd_inflate_del(inflater_); }

bool H2Peer::accept(const std::vector<std::pair<std::uint16_t, std::uint32_t>>& settings) {
  std::string payload;
  for (const auto& [id, value] : settings) {
    payload += static_cast<char>(id >> 8);
    payload += static_cast<char>(id & 0xff);
    payload += number(value);
  }
  send(NGHTTP2_SETTINGS, 0, 0, payload);
  return connection_.read_bytes(preface.size()) == preface;
}

std::optional<H2Frame> H2Peer::read() {
  const std::string head = connection_.read_bytes(frame_head);
  if (head.size() < frame_head) return std::nullopt;
  const auto byte = [&](std::size_t at) { return static_cast<std::uint32_t>(static_cast<unsigned char>(head[at])); };
  H2Frame frame;
  const std::size_t length = byte(0) << 16 | byte(1) << 8 | byte(2);
  frame.type = static_cast<std::uint8_t>(byte(3));
  frame.flags = static_cast<std::uint8_t>(byte(4));
  frame.stream = static_cast<std::int32_t>((byte(5) & 0x7f) << 24 | byte(6) << 16 | byte(7) << 8 | byte(8));
  frame.payload = connection_.read_bytes(length);
  if (frame.payload.size() < length) return std::nullopt;
  take(frame);
  return frame;
}

void H2Peer::take(const H2Frame& frame) {
  const bool is_ack = (frame.flags & NGHTTP2_FLAG_ACK) != 0;
  H2Request& request = open_[frame.stream];
  request.stream = frame.stream;
  switch (frame.type) {
    case NGHTTP2_SETTINGS:
      if (!is_ack) send(NGHTTP2_SETTINGS, NGHTTP2_FLAG_ACK, 0, {});
      return;
    case NGHTTP2_PING:
      pings_ += is_ack ? 0 : 1;
      if (!is_ack && answers_pings_) send(NGHTTP2_PING, NGHTTP2_FLAG_ACK, 0, frame.payload);
      return;
    case NGHTTP2_HEADERS: (request.fields.empty() ? request.fields : request.trailers) = inflate(frame.payload); break;
    case NGHTTP2_DATA:
      request.body += frame.payload;
      if (!opens_windows_ || frame.payload.empty()) break;
      send_window(0, static_cast<std::uint32_t>(frame.payload.size()));
      if ((frame.flags & end_stream) == 0) send_window(frame.stream, static_cast<std::uint32_t>(frame.payload.size()));
      break;
    default: return;
  }
  request.ended = (frame.flags & end_stream) != 0;
}

std::optional<H2Frame> H2Peer::read(std::uint8_t type) {
  for (auto frame = read(); frame; frame = read()) {
    if (frame->type == type && (frame->flags & NGHTTP2_FLAG_ACK) == 0) return frame;
  }
  return std::nullopt;
}

std::optional<H2Request> H2Peer::read_request(bool head_only) {
  for (auto frame = read(); frame; frame = read()) {
    if (frame->stream == 0) continue;
    H2Request& request = open_[frame->stream];
    const bool is_head = frame->type == NGHTTP2_HEADERS && request.trailers.empty();
    if (head_only ? is_head : request.ended && frame->type <= NGHTTP2_HEADERS) return request;
  }
  return std::nullopt;
}

bool H2Peer::read_body(H2Request& request) {
  for (auto frame = read(); frame; frame = read()) {
    if (open_[request.stream].ended) {
      request = open_[request.stream];
      return true;
    }
  }
  return false;
}

H2Fields H2Peer::inflate(const std::string& block) {
  H2Fields fields;
  auto* at = reinterpret_cast<std::uint8_t*>(const_cast<char*>(block.data()));
  std::size_t left = block.size();
  for (;;) {
    nghttp2_nv field{};
    int flags = 0;
    const ssize_t used = nghttp2_hd_inflate_hd2(inflater_, &field, &flags, at, left, 1);
    if (used < 0) throw std::logic_error("the client's header block is malformed");
    at += used;
    left -= static_cast<std::size_t>(used);
    if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0) {
      fields.emplace_back(std::string(reinterpret_cast<char*>(field.name), field.namelen),
                          std::string(reinterpret_cast<char*>(field.value), field.valuelen));
    }
    if ((flags & NGHTTP2_HD_INFLATE_FINAL) != 0) break;
  }
  nghttp2_hd_inflate_end_headers(inflater_);
  return fields;
}

std::string H2Peer::number(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xff);
  return bytes;
}

std::string H2Peer::frame(std::uint8_t type, std::uint8_t flags, std::int32_t stream, std::string_view payload) {
  std::string bytes = number(static_cast<std::uint32_t>(payload.size())).substr(1);
  bytes += static_cast<char>(type);
  bytes += static_cast<char>(flags);
  return bytes.append(number(static_cast<std::uint32_t>(stream))).append(payload);
}

std::string H2Peer::block(const H2Fields& fields) {
  std::string coded;
  for (const auto& [name, value] : fields) coded += '\0' + literal(name) + literal(value);
  return coded;
}

void H2Peer::send(std::uint8_t type, std::uint8_t flags, std::int32_t stream, std::string_view payload) {
  connection_.send(frame(type, flags, stream, payload));
}
std::string H2Peer::head(std::int32_t stream, const H2Fields& fields, bool ends) {
  return frame(NGHTTP2_HEADERS, static_cast<std::uint8_t>(end_headers | (ends ? end_stream : 0)), stream,
               block(fields));
}
std::string H2Peer::data(std::int32_t stream, std::string_view bytes, bool ends) {
  constexpr std::size_t most = 16 * 1024;
  std::string frames;
  for (; bytes.size() > most; bytes.remove_prefix(most))
    frames += frame(NGHTTP2_DATA, 0, stream, bytes.substr(0, most));
  return frames + frame(NGHTTP2_DATA, ends ? end_stream : std::uint8_t{0}, stream, bytes);
}
void H2Peer::send_head(std::int32_t stream, const H2Fields& fields, bool ends) {
  connection_.send(head(stream, fields, ends));
}
void H2Peer::send_data(std::int32_t stream, std::string_view bytes, bool ends) {
  connection_.send(data(stream, bytes, ends));
}
void H2Peer::send_reset(std::int32_t stream, std::uint32_t code) { send(NGHTTP2_RST_STREAM, 0, stream, number(code)); }
void H2Peer::send_goaway(std::int32_t last, std::uint32_t code) {
  send(NGHTTP2_GOAWAY, 0, 0, number(static_cast<std::uint32_t>(last)) + number(code));
}
void H2Peer::send_window(std::int32_t stream, std::uint32_t by) { send(NGHTTP2_WINDOW_UPDATE, 0, stream, number(by)); }

void H2Peer::answer(std::int32_t stream, std::string_view body, const H2Fields& fields, const H2Fields& trailers) {
  H2Fields lines = {{":status", "200"}};
  lines.insert(lines.end(), fields.begin(), fields.end());
  std::string frames = head(stream, lines, false) + data(stream, body, trailers.empty());
  if (!trailers.empty()) frames += head(stream, trailers, true);
  connection_.send(frames);
}

H2Upstream::H2Upstream(Serve serve, Settings settings)
    : upstream_([serve = std::move(serve), settings = std::move(settings)](RawClient& connection, int number) {
        H2Peer peer(connection);
        if (peer.accept(settings)) serve(peer, number);
      }) {}

void echo_all(H2Peer& peer, int) {
  for (auto request = peer.read_request(); request; request = peer.read_request()) {
    peer.answer(request->stream, request->get(":method") + " " + request->get(":path") + " " + request->body);
  }
}

}  // namespace sluice::http::test
