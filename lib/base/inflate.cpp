// SPDX-License-Identifier: Apache-2.0
// The output grows by doubling, up to its bound and one byte more, which tells that there is too much of it.
#include "base/inflate.hpp"

#include "base/text.hpp"

#include <zlib.h>

#include <algorithm>
#include <string>

namespace sluice {
namespace {

/// gzip's frame, as the number of bits of the window says it to zlib. `deflate` is zlib's frame.
constexpr int gzip_frame = 16 + MAX_WBITS, zlib_frame = MAX_WBITS;

struct Stream {
  explicit Stream(int frame) : is_ready(inflateInit2(&state, frame) == Z_OK) {}
  ~Stream() { inflateEnd(&state); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  z_stream state{};
  bool is_ready;
};

tl::expected<std::string, InflateError> decode(std::string_view body, int frame, std::size_t most_bytes) {
  Stream stream(frame);
  if (!stream.is_ready || body.size() > UINT32_MAX) return tl::unexpected(InflateError::malformed);
  stream.state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream.state.avail_in = static_cast<uInt>(body.size());
  std::string decoded;
  std::size_t used = 0;
  for (int status = Z_OK; status != Z_STREAM_END;) {
    if (used == decoded.size()) {
      if (used > most_bytes) return tl::unexpected(InflateError::too_large);
      decoded.resize(std::min(std::max<std::size_t>(2 * used, 4096), most_bytes + 1));
    }
    stream.state.next_out = reinterpret_cast<Bytef*>(decoded.data() + used);
    stream.state.avail_out = static_cast<uInt>(std::min<std::size_t>(decoded.size() - used, UINT32_MAX));
    const uInt before = stream.state.avail_out;
    status = inflate(&stream.state, Z_NO_FLUSH);
    used += before - stream.state.avail_out;
    const bool is_stuck = status == Z_BUF_ERROR && stream.state.avail_out != 0;
    if ((status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) || is_stuck) {
      return tl::unexpected(InflateError::malformed);
    }
    if (status == Z_OK && stream.state.avail_in == 0 && stream.state.avail_out != 0) {
      return tl::unexpected(InflateError::malformed);  // Cut short.
    }
  }
  if (used > most_bytes) return tl::unexpected(InflateError::too_large);
  if (stream.state.avail_in != 0) return tl::unexpected(InflateError::malformed);
  decoded.resize(used);
  return decoded;
}

}  // namespace

std::size_t decoded_limit(std::size_t coded_bytes, std::size_t limit_bytes) {
  constexpr std::size_t factor = 10, extra = 1 << 20;
  return coded_bytes >= limit_bytes / factor ? limit_bytes : std::min(limit_bytes, factor * coded_bytes + extra);
}

tl::expected<std::string_view, InflateError> inflate_body(std::string_view body, std::string_view coding, Arena& arena,
                                                          std::size_t most_bytes) {
  coding = strip_blanks(coding);
  if (coding.empty() || equal_ignoring_case(coding, "identity")) return body;
  const bool is_gzip = equal_ignoring_case(coding, "gzip") || equal_ignoring_case(coding, "x-gzip");
  if (!is_gzip && !equal_ignoring_case(coding, "deflate")) return tl::unexpected(InflateError::unknown_coding);
  auto decoded = decode(body, is_gzip ? gzip_frame : zlib_frame, most_bytes);
  if (!decoded) return tl::unexpected(decoded.error());
  return arena.copy(*decoded);
}

}  // namespace sluice
