// SPDX-License-Identifier: Apache-2.0
// What both sides of HTTP/2 take from nghttp2: sessions that end with their owner, options made of our limits, memory
// that is recycled. nghttp2 does frames, HPACK, windows and the states of streams (RFC 9113 sections 4-6). What a
// message may hold is not left to it: its checks of messages are off, ours are in h2_fields (H1).
#pragma once

#include <sluice/limits.hpp>

#include <nghttp2/nghttp2.h>

#include <memory>
#include <string_view>

namespace sluice::http {

struct H2Deleter {
  void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
  void operator()(nghttp2_session_callbacks* callbacks) const { nghttp2_session_callbacks_del(callbacks); }
  void operator()(nghttp2_option* options) const { nghttp2_option_del(options); }
};
template <class T>
using H2Owned = std::unique_ptr<T, H2Deleter>;

/// An empty table of callbacks.
H2Owned<nghttp2_session_callbacks> make_h2_callbacks();

/// Windows open only by what is consumed, bodies and heads are checked by us, acknowledgements that wait to be sent
/// are bounded.
H2Owned<nghttp2_option> make_h2_options(const Http2Limits& limits);

/// Memory of nghttp2 on this thread, recycled. A session stays on the thread that made it.
nghttp2_mem& recycled_h2_memory();

/// Ends with `std::bad_alloc` where nghttp2 says that it has got no memory.
void require_h2_memory(int result);

/// A field as it was decoded.
struct H2Field {
  H2Field(nghttp2_rcbuf* its_name, nghttp2_rcbuf* its_value, std::uint8_t flags)
      : name(text_of(its_name)), value(text_of(its_value)), is_never_indexed((flags & NGHTTP2_NV_FLAG_NO_INDEX) != 0) {}

  std::string_view name;
  std::string_view value;
  bool is_never_indexed;

 private:
  static std::string_view text_of(nghttp2_rcbuf* buffer) {
    const nghttp2_vec bytes = nghttp2_rcbuf_get_buf(buffer);
    return {reinterpret_cast<const char*>(bytes.base), bytes.len};
  }
};

}  // namespace sluice::http
