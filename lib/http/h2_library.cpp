// SPDX-License-Identifier: Apache-2.0
#include "http/h2_library.hpp"

#include <sluice/task.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <new>

namespace sluice::http {
namespace {

// nghttp2 does not tell the size of what it gives back, so each piece has it in front.
constexpr std::size_t front = alignof(std::max_align_t);

void* take(std::size_t size, void*) {
  if (size > static_cast<std::size_t>(-1) - front) return nullptr;
  try {
    auto* const memory = static_cast<std::byte*>(detail::allocate_frame(size + front));
    std::memcpy(memory, &size, sizeof size);
    return memory + front;
  } catch (const std::bad_alloc&) {
    return nullptr;  // nghttp2 is C: it reports this by its result
  }
}

std::size_t size_of(void* piece) {
  std::size_t size;
  std::memcpy(&size, static_cast<std::byte*>(piece) - front, sizeof size);
  return size;
}

void give_back(void* piece, void*) {
  if (piece != nullptr) detail::release_frame(static_cast<std::byte*>(piece) - front, size_of(piece) + front);
}

void* take_zeroed(std::size_t count, std::size_t size, void* user) {
  if (size != 0 && count > static_cast<std::size_t>(-1) / size) return nullptr;
  void* const piece = take(count * size, user);
  if (piece != nullptr) std::memset(piece, 0, count * size);
  return piece;
}

void* resize(void* piece, std::size_t size, void* user) {
  void* const moved = take(size, user);
  if (moved == nullptr || piece == nullptr) return moved;
  std::memcpy(moved, piece, std::min(size, size_of(piece)));
  give_back(piece, user);
  return moved;
}

}  // namespace

H2Owned<nghttp2_session_callbacks> make_h2_callbacks() {
  nghttp2_session_callbacks* callbacks = nullptr;
  require_h2_memory(nghttp2_session_callbacks_new(&callbacks));
  return H2Owned<nghttp2_session_callbacks>(callbacks);
}

H2Owned<nghttp2_option> make_h2_options(const Http2Limits& limits) {
  nghttp2_option* made = nullptr;
  require_h2_memory(nghttp2_option_new(&made));
  H2Owned<nghttp2_option> options(made);
  nghttp2_option_set_no_auto_window_update(made, 1);
  nghttp2_option_set_no_http_messaging(made, 1);
  nghttp2_option_set_no_closed_streams(made, 1);
  // The budget for these ends the connection first; this holds where one read brings more than all of it.
  nghttp2_option_set_max_outbound_ack(made, std::size_t{limits.pings_and_settings.burst} + 1);
  nghttp2_option_set_max_deflate_dynamic_table_size(made, limits.header_table_bytes);
  return options;
}

nghttp2_mem& recycled_h2_memory() {
  static nghttp2_mem memory{nullptr, take, give_back, take_zeroed, resize};
  return memory;
}

void require_h2_memory(int result) {
  if (result == NGHTTP2_ERR_NOMEM) throw std::bad_alloc();
}

}  // namespace sluice::http
