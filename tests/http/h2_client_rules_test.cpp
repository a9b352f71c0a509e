// SPDX-License-Identifier: Apache-2.0
// What a backend may not do over HTTP/2: malformed answers (H1 from the other end, U1, U2), sizes (L6, L8, L9), abuse
// of the connection (H3, H4). In no case does anything of it reach the caller.
#include "http/h2_calls.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;

namespace {

using Misdeed = std::function<void(H2Peer& peer, std::int32_t stream)>;

/// The first connection does `misdeed` to its first request; later ones are well.
struct Backend {
  explicit Backend(Misdeed misdeed, HttpLimits limits = {})
      : upstream([misdeed = std::move(misdeed)](H2Peer& peer, int number) {
          if (number > 0) return echo_all(peer, number);
          const auto request = peer.read_request();
          if (request) misdeed(peer, request->stream);
          while (peer.read()) {
          }
        }),
        client(limits) {}
  H2Upstream upstream;
  Client client;
  Got call(std::string_view method = "GET") { return Call(client, upstream.port(), "/x", method).finish(); }
  /// The next request is well, on another connection, and the first one has gone.
  void check_dropped() {
    CHECK(call().body == "GET /x ");
    CHECK(upstream.connections() == 2);
    CHECK(client.eventually([](const ClientStatistics& now) { return now.open_connections == 1; }));
  }
};

struct Row {
  const char* name;
  H2Fields fields;
};

/// `name: value` that is sent although no encoder would.
H2Fields with(std::string name, std::string value) { return {{":status", "200"}, {std::move(name), std::move(value)}}; }

const std::string nul(1, '\0');

}  // namespace

TEST_CASE("U1 H1: malformed heads are no answers, and their connection takes no more requests", "[http][h2][client]") {
  const std::vector<Row> rows = {
      {"no status", {{"a", "b"}}},
      {"nothing at all", {}},
      {"empty status", {{":status", ""}}},
      {"two digits", {{":status", "20"}}},
      {"four digits", {{":status", "2000"}}},
      {"letters", {{":status", "2OO"}}},
      {"sign", {{":status", "+20"}}},
      {"below 100", {{":status", "099"}}},
      {"beyond 599", {{":status", "600"}}},
      {"with a reason", {{":status", "200 OK"}}},
      {"status twice", {{":status", "200"}, {":status", "200"}}},
      {"status behind a field", {{"a", "b"}, {":status", "200"}}},
      {"pseudo-header of requests", {{":status", "200"}, {":path", "/"}}},
      {"unknown pseudo-header", {{":status", "200"}, {":x", "y"}}},
      {"upper case", with("X-A", "b")},
      {"empty name", with("", "b")},
      {"blank in a name", with("a b", "c")},
      {"colon in a name", with("a:", "c")},
      {"line end in a name", with("a\r\n", "c")},
      {"line end in a value", with("a", "b\r\nc: d")},
      {"LF in a value", with("a", "b\nc")},
      {"CR in a value", with("a", "b\rc")},
      {"NUL in a value", with("a", "b" + nul)},
      {"blank around a value", with("a", " b")},
      {"connection", with("connection", "close")},
      {"keep-alive", with("keep-alive", "1")},
      {"proxy-connection", with("proxy-connection", "close")},
      {"transfer-encoding", with("transfer-encoding", "chunked")},
      {"upgrade", with("upgrade", "h2c")},
      {"length that is none", with("content-length", "five")},
      {"negative length", with("content-length", "-1")},
      {"two lengths", {{":status", "200"}, {"content-length", "1"}, {"content-length", "2"}}},
      {"U2 101", {{":status", "101"}}},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Backend backend([&](H2Peer& peer, std::int32_t stream) { peer.send_head(stream, row.fields); });
    CHECK(backend.call().error == ErrorCode::backend_answer_invalid);
    backend.check_dropped();
    CHECK(backend.client.statistics().invalid_answers == 1);
  }
}

TEST_CASE("U1 U2: malformed bodies break their answer", "[http][h2][client]") {
  struct Sequence {
    const char* name;
    Misdeed misdeed;
    const char* method = "GET";
  };
  const H2Fields ok = {{":status", "200"}};
  const H2Fields five = {{":status", "200"}, {"content-length", "5"}};
  const std::vector<Sequence> rows = {
      {"data before the head", [&](H2Peer& p, std::int32_t s) { p.send_data(s, "x"); }},
      {"the end before the head", [&](H2Peer& p, std::int32_t s) { p.send_data(s, "", true); }},
      {"shorter than its length",
       [&](H2Peer& p, std::int32_t s) {
         p.send_head(s, five);
         p.send_data(s, "four", true);
       }},
      {"longer than its length",
       [&](H2Peer& p, std::int32_t s) {
         p.send_head(s, five);
         p.send_data(s, "sixsix", true);
       }},
      {"a length and no body", [&](H2Peer& p, std::int32_t s) { p.send_head(s, five, true); }},
      {"U2 a body behind 204",
       [&](H2Peer& p, std::int32_t s) {
         p.connection().send(H2Peer::frame(NGHTTP2_HEADERS, end_headers, s, H2Peer::block({{":status", "204"}})) +
                             H2Peer::frame(NGHTTP2_DATA, end_stream, s, "x"));
       }},
      {"an interim answer as the end",
       [&](H2Peer& p, std::int32_t s) {
         p.send_head(s, {{":status", "103"}}, true);
       }},
      {"trailers that are not the end",
       [&](H2Peer& p, std::int32_t s) {
         p.send_head(s, ok);
         p.send_head(s, {{"a", "b"}});
       }},
      {"a pseudo-header among trailers",
       [&](H2Peer& p, std::int32_t s) {
         p.send_head(s, ok);
         p.send_head(s, {{":status", "200"}}, true);
       }},
      {"a malformed trailer",
       [&](H2Peer& p, std::int32_t s) {
         p.send_head(s, ok);
         p.send_head(s, {{"A", "b"}}, true);
       }},
  };
  for (const Sequence& row : rows) {
    INFO(row.name);
    Backend backend(row.misdeed);
    const Got outcome = backend.call(row.method);
    // What comes with the head makes it no answer; what comes later breaks the body.
    if (outcome.status != 204) CHECK(outcome.error == ErrorCode::backend_answer_invalid);
    if (outcome.status != 204) backend.check_dropped();
  }
}

TEST_CASE("L6 L8 L9: heads, trailers and interim answers have bounds", "[http][h2][client][limits]") {
  HttpLimits limits;
  limits.response_head_bytes = 1000;
  limits.response_header_lines = 10;
  limits.trailer_bytes = 500;
  limits.interim_responses = 3;
  const auto fields_of = [](std::size_t count, std::size_t size) {
    H2Fields fields = {{":status", "200"}};
    for (std::size_t i = 0; i < count; ++i) fields.emplace_back("a", std::string(size, 'x'));
    return fields;
  };
  const std::vector<std::pair<const char*, Misdeed>> rows = {
      {"one large field", [&](H2Peer& p, std::int32_t s) { p.send_head(s, fields_of(1, 1000), true); }},
      {"many fields", [&](H2Peer& p, std::int32_t s) { p.send_head(s, fields_of(10, 1), true); }},
      {"large in sum", [&](H2Peer& p, std::int32_t s) { p.send_head(s, fields_of(8, 100), true); }},
      {"large trailers",
       [&](H2Peer& p, std::int32_t s) {
         p.send_head(s, {{":status", "200"}});
         p.send_head(s, {{"a", std::string(500, 'x')}}, true);
       }},
      {"many interim answers",
       [&](H2Peer& p, std::int32_t s) {
         for (int i = 0; i < 4; ++i) p.send_head(s, {{":status", "103"}});
       }},
  };
  for (const auto& [name, misdeed] : rows) {
    INFO(name);
    Backend backend(misdeed, limits);
    CHECK(backend.call().error == ErrorCode::backend_answer_invalid);
    backend.check_dropped();
  }
  Backend just_within(
      [&](H2Peer& p, std::int32_t s) {
        for (int i = 0; i < 3; ++i) p.send_head(s, {{":status", "103"}});
        p.send_head(s, fields_of(8, 80), true);
      },
      limits);
  CHECK(just_within.call().status == 200);
}

TEST_CASE("H3 H4: what a peer does too often ends the connection", "[http][h2][client][limits]") {
  HttpLimits limits;
  limits.http2.pings_and_settings = {20, 1};
  limits.http2.empty_frames = {20, 1};
  limits.http2.small_updates = {20, 1};
  limits.http2.resets = {20, 1};
  constexpr int many = 40;
  const auto repeated = [](const std::string& frame) {
    std::string all;
    for (int i = 0; i < many; ++i) all += frame;
    return all;
  };
  const std::string head = H2Peer::frame(NGHTTP2_HEADERS, end_headers, 1, H2Peer::block({{":status", "200"}}));
  std::string continued = H2Peer::frame(NGHTTP2_HEADERS, 0, 1, H2Peer::block({{":status", "200"}}));
  for (int i = 0; i < 10; ++i) {
    continued += H2Peer::frame(NGHTTP2_CONTINUATION, i == 9 ? end_headers : 0, 1, H2Peer::block({{"a", "b"}}));
  }
  const std::vector<std::pair<const char*, std::string>> rows = {
      {"pings", repeated(H2Peer::frame(NGHTTP2_PING, 0, 0, "12345678"))},
      {"acknowledgements of pings", repeated(H2Peer::frame(NGHTTP2_PING, NGHTTP2_FLAG_ACK, 0, "12345678"))},
      {"settings", repeated(H2Peer::frame(NGHTTP2_SETTINGS, 0, 0, ""))},
      {"goodbyes", repeated(H2Peer::frame(NGHTTP2_GOAWAY, 0, 0, H2Peer::number(1) + H2Peer::number(0)))},
      {"empty data", head + repeated(H2Peer::frame(NGHTTP2_DATA, 0, 1, ""))},
      {"small window updates", repeated(H2Peer::frame(NGHTTP2_WINDOW_UPDATE, 0, 0, H2Peer::number(1)))},
      {"priorities", repeated(H2Peer::frame(NGHTTP2_PRIORITY, 0, 1, H2Peer::number(0) + "x"))},
      {"resets of what is over", head + H2Peer::frame(NGHTTP2_DATA, end_stream, 1, "") +
                                     repeated(H2Peer::frame(NGHTTP2_RST_STREAM, 0, 1, H2Peer::number(0)))},
      {"H4 continuations", continued},
      {"H6 a push",
       H2Peer::frame(NGHTTP2_PUSH_PROMISE, end_headers, 1, H2Peer::number(2) + H2Peer::block({{":method", "GET"}}))},
      {"a frame that is too large", H2Peer::frame(NGHTTP2_DATA, 0, 1, std::string(16 * 1024 + 1, 'x'))},
      {"data of a stream that never was", H2Peer::frame(NGHTTP2_DATA, 0, 7, "x")},
      {"an answer on a stream of its own", H2Peer::frame(NGHTTP2_HEADERS, end_headers, 2, "")},
      {"HPACK that is none", H2Peer::frame(NGHTTP2_HEADERS, end_headers, 1, "\xff\xff\xff\xff\xff\xff")},
      {"a window beyond all bounds", H2Peer::frame(NGHTTP2_WINDOW_UPDATE, 0, 0, H2Peer::number(0x7fffffff))},
  };
  for (const auto& [name, bytes] : rows) {
    INFO(name);
    bool said_goodbye = false;
    {
      Backend backend(
          [&, sent = bytes](H2Peer& peer, std::int32_t) {
            peer.connection().send(sent);
            for (auto frame = peer.read(); frame; frame = peer.read()) {
              said_goodbye = said_goodbye || frame->type == NGHTTP2_GOAWAY;
            }
          },
          limits);
      const Got outcome = backend.call();
      CHECK((outcome.error || outcome.status == 200));  // an answer that was whole before stays one
      CHECK(outcome.error.value_or(ErrorCode::backend_answer_invalid) == ErrorCode::backend_answer_invalid);
      backend.check_dropped();
    }
    CHECK(said_goodbye);
  }
}
