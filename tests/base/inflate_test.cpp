// SPDX-License-Identifier: Apache-2.0
#include "base/inflate.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;

namespace {

/// `{"id": 1}` and a line of 5,000 letters, as gzip and zlib write them.
constexpr unsigned char gzip_bytes[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03,
                                        0xab, 0x56, 0xca, 0x4c, 0x51, 0xb2, 0x52, 0x30, 0xac, 0x05,
                                        0x00, 0x85, 0x40, 0xd4, 0x56, 0x09, 0x00, 0x00, 0x00};
constexpr unsigned char zlib_bytes[] = {0x78, 0x9c, 0xab, 0x56, 0xca, 0x4c, 0x51, 0xb2, 0x52,
                                        0x30, 0xac, 0x05, 0x00, 0x0d, 0x74, 0x02, 0x95};
constexpr unsigned char long_bytes[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xed,
                                        0xc1, 0x31, 0x01, 0x00, 0x00, 0x00, 0xc2, 0xa0, 0xac, 0xeb, 0x5f,
                                        0xc2, 0x14, 0x7e, 0x40, 0x01, 0x00, 0x00, 0x00, 0x00, 0x6f, 0x03,
                                        0x76, 0x59, 0xf4, 0x4c, 0x88, 0x13, 0x00, 0x00};

template <std::size_t N>
std::string_view text(const unsigned char (&bytes)[N]) {
  return {reinterpret_cast<const char*>(bytes), N};
}

}  // namespace

TEST_CASE("gzip and deflate are decoded", "[base][inflate]") {
  Arena arena;
  CHECK(inflate_body(text(gzip_bytes), "gzip", arena, 100) == std::string_view(R"({"id": 1})"));
  CHECK(inflate_body(text(gzip_bytes), " X-GZIP ", arena, 9) == std::string_view(R"({"id": 1})"));
  CHECK(inflate_body(text(zlib_bytes), "deflate", arena, 100) == std::string_view(R"({"id": 1})"));
  CHECK(inflate_body("as it is", "identity", arena, 1) == std::string_view("as it is"));
  CHECK(inflate_body(text(long_bytes), "gzip", arena, 5000)->size() == 5000);
}

TEST_CASE("L7: what becomes too large is given up", "[base][inflate][limits]") {
  Arena arena;
  CHECK(inflate_body(text(long_bytes), "gzip", arena, 4999).error() == InflateError::too_large);
  CHECK(inflate_body(text(gzip_bytes), "gzip", arena, 8).error() == InflateError::too_large);
  CHECK(decoded_limit(100, 2 << 20) == 1000 + (1 << 20));
  CHECK(decoded_limit(1 << 20, 2 << 20) == 2 << 20);
  CHECK(decoded_limit(SIZE_MAX, 2 << 20) == 2 << 20);
}

TEST_CASE("What is not coded as it says is refused", "[base][inflate]") {
  Arena arena;
  for (std::size_t size = 0; size < text(gzip_bytes).size(); ++size) {
    INFO(size);
    CHECK(inflate_body(text(gzip_bytes).substr(0, size), "gzip", arena, 100).error() == InflateError::malformed);
  }
  CHECK(inflate_body(std::string(text(gzip_bytes)) + "x", "gzip", arena, 100).error() == InflateError::malformed);
  CHECK(inflate_body(text(gzip_bytes), "deflate", arena, 100).error() == InflateError::malformed);
  CHECK(inflate_body("{}", "br", arena, 100).error() == InflateError::unknown_coding);
  CHECK(inflate_body("{}", "gzip, gzip", arena, 100).error() == InflateError::unknown_coding);
}
