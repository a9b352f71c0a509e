// SPDX-License-Identifier: Apache-2.0
// nghttp2 is C: no exception may go through it, so running out of memory becomes its own error here.
#include "http/h2_client_callbacks.hpp"

#include "http/h2_client_session.hpp"

#include <new>

namespace sluice::http {
namespace {

template <class Call>
int guarded(Call call) {
  try {
    return call();
  } catch (const std::bad_alloc&) {
    return NGHTTP2_ERR_CALLBACK_FAILURE;
  }
}

H2ClientSession& of(void* user) { return *static_cast<H2ClientSession*>(user); }

}  // namespace

struct H2ClientCallbacks {
  static int begin_frame(nghttp2_session*, const nghttp2_frame_hd* frame, void* user) {
    return guarded([&] { return of(user).on_begin_frame(*frame); });
  }
  static int begin_fields(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    return guarded([&] { return of(user).on_begin_fields(frame->hd.stream_id); });
  }
  static int field(nghttp2_session*, const nghttp2_frame* frame, nghttp2_rcbuf* name, nghttp2_rcbuf* value,
                   std::uint8_t flags, void* user) {
    return guarded([&] { return of(user).on_field(frame->hd.stream_id, {name, value, flags}); });
  }
  static int frame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    return guarded([&] { return of(user).on_frame(*frame); });
  }
  static int data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* bytes, std::size_t size,
                  void* user) {
    return guarded([&] { return of(user).on_data(id, {reinterpret_cast<const char*>(bytes), size}); });
  }
  static int close(nghttp2_session*, std::int32_t id, std::uint32_t code, void* user) {
    return guarded([&] { return of(user).on_close(id, code); });
  }
  static int sent(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    return guarded([&] {
      of(user).on_sent(*frame);
      return 0;
    });
  }
  static ssize_t upload(nghttp2_session*, std::int32_t id, std::uint8_t* to, std::size_t most, std::uint32_t* flags,
                        nghttp2_data_source*, void* user) {
    ssize_t size = 0;
    const int failure = guarded([&] {
      size = of(user).read_upload(id, to, most, *flags);
      return 0;
    });
    return failure != 0 ? failure : size;
  }
};

H2Owned<nghttp2_session> make_h2_client(const Http2Limits& limits, H2ClientSession& session) {
  const auto callbacks = make_h2_callbacks();
  nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks.get(), H2ClientCallbacks::begin_frame);
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks.get(), H2ClientCallbacks::begin_fields);
  nghttp2_session_callbacks_set_on_header_callback2(callbacks.get(), H2ClientCallbacks::field);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks.get(), H2ClientCallbacks::frame);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks.get(), H2ClientCallbacks::data);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks.get(), H2ClientCallbacks::close);
  nghttp2_session_callbacks_set_on_frame_send_callback(callbacks.get(), H2ClientCallbacks::sent);
  const auto options = make_h2_options(limits);
  nghttp2_option_set_max_continuations(options.get(), limits.continuation_frames);
  nghttp2_session* made = nullptr;
  require_h2_memory(
      nghttp2_session_client_new3(&made, callbacks.get(), &session, options.get(), &recycled_h2_memory()));
  return H2Owned<nghttp2_session>(made);
}

nghttp2_data_provider upload_provider() {
  nghttp2_data_provider provider{};
  provider.read_callback = H2ClientCallbacks::upload;
  return provider;
}

}  // namespace sluice::http
