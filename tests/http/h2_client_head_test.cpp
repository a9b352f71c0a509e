// SPDX-License-Identifier: Apache-2.0
#include "http/h2_client_head.hpp"

#include "base/text.hpp"

#include <catch2/catch.hpp>

#include <deque>
#include <map>
#include <string>
#include <vector>

using namespace sluice;
using namespace sluice::http;

namespace {

/// Compresses fields for one connection, and tells of which names HPACK's tables were kept away.
class Wire {
 public:
  Wire() {
    nghttp2_hd_deflate_new(&deflater_, 4096);
    nghttp2_hd_inflate_new(&inflater_);
  }
  ~Wire() {
    nghttp2_hd_deflate_del(deflater_);
    nghttp2_hd_inflate_del(inflater_);
  }
  Wire(const Wire&) = delete;

  /// By name, whether the field was sent as one that is never indexed.
  std::map<std::string, bool> send(const H2FieldList& fields) {
    std::vector<nghttp2_nv> lines(fields.data(), fields.data() + fields.size());
    std::deque<std::string> names;
    for (nghttp2_nv& line : lines) {  // as nghttp2 does when they are submitted
      names.push_back(to_lower({reinterpret_cast<const char*>(line.name), line.namelen}));
      line.name = reinterpret_cast<std::uint8_t*>(names.back().data());
    }
    std::uint8_t block[4096];
    const auto size = nghttp2_hd_deflate_hd(deflater_, block, sizeof block, lines.data(), lines.size());
    REQUIRE(size > 0);
    std::map<std::string, bool> never_indexed;
    const std::uint8_t* at = block;
    for (auto left = static_cast<std::size_t>(size);;) {
      nghttp2_nv field{};
      int flags = 0;
      const auto used = nghttp2_hd_inflate_hd2(inflater_, &field, &flags, at, left, 1);
      REQUIRE(used >= 0);
      at += used;
      left -= static_cast<std::size_t>(used);
      if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0) {
        const std::string name(reinterpret_cast<const char*>(field.name), field.namelen);
        never_indexed[name] = (field.flags & NGHTTP2_NV_FLAG_NO_INDEX) != 0;
      }
      if ((flags & NGHTTP2_HD_INFLATE_FINAL) != 0) break;
    }
    nghttp2_hd_inflate_end_headers(inflater_);
    return never_indexed;
  }

 private:
  nghttp2_hd_deflater* deflater_ = nullptr;
  nghttp2_hd_inflater* inflater_ = nullptr;
};

}  // namespace

TEST_CASE("credentials of callers who share a connection to a backend are never in its tables", "[http][h2][fields]") {
  Arena arena;
  OutgoingRequest request(arena);
  request.url = {.scheme = "https", .host = "backend", .path = "/"};
  for (const auto& [name, value] :
       {std::pair{"Authorization", "Bearer a.b.c"}, std::pair{"Ocp-Apim-Subscription-Key", "0123456789abcdef"},
        std::pair{"api-key", "k"}, std::pair{"Cookie", "short=1"}, std::pair{"Accept", "*/*"}})
    request.headers.append(name, value);
  Wire wire;
  for (int i = 0; i < 2; ++i) {  // the second time what may be indexed is
    const auto fields = make_request_fields(request, arena);
    REQUIRE(fields);
    const auto never_indexed = wire.send(*fields);
    for (const char* secret : {"authorization", "ocp-apim-subscription-key", "api-key", "cookie"}) {
      INFO(secret);
      CHECK(never_indexed.at(secret));
    }
    for (const char* open : {":method", ":authority", ":path", "accept", "te"}) {
      INFO(open);
      CHECK_FALSE(never_indexed.at(open));
    }
  }
}

TEST_CASE("cookies too long to be guessed may be compressed", "[http][h2][fields]") {
  Arena arena;
  OutgoingRequest request(arena);
  request.url = {.scheme = "https", .host = "backend", .path = "/"};
  const std::size_t size = GENERATE(19u, 20u);
  request.headers.append("Cookie", std::string(size, 'c'));
  CHECK(Wire().send(*make_request_fields(request, arena)).at("cookie") == (size < 20));
}
