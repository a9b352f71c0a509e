// SPDX-License-Identifier: Apache-2.0
#include "http/h2_library.hpp"

#include "base/recycling.hpp"

#include <catch2/catch.hpp>

#include <cstring>

using namespace sluice;
using namespace sluice::http;

TEST_CASE("nghttp2's memory is zeroed, grows with its content and comes back", "[http][h2][library]") {
  nghttp2_mem& memory = recycled_h2_memory();
  auto* const zeros = static_cast<unsigned char*>(memory.calloc(3, 5, nullptr));
  for (int i = 0; i < 15; ++i) CHECK(zeros[i] == 0);
  std::memcpy(zeros, "abcdefghijklmno", 15);
  void* const grown = memory.realloc(zeros, 5000, nullptr);
  CHECK(std::memcmp(grown, "abcdefghijklmno", 15) == 0);
  memory.free(grown, nullptr);
  memory.free(nullptr, nullptr);
  CHECK(memory.calloc(static_cast<std::size_t>(-1) / 2, 3, nullptr) == nullptr);
  CHECK(memory.malloc(static_cast<std::size_t>(-1), nullptr) == nullptr);
  void* const piece = memory.realloc(nullptr, 100, nullptr);
  memory.free(piece, nullptr);
  void* const again = memory.malloc(100, nullptr);
  if (recycles_memory) CHECK(again == piece);
  memory.free(again, nullptr);
}

TEST_CASE("a session of our options speaks first with its settings", "[http][h2][library]") {
  const auto callbacks = make_h2_callbacks();
  const auto options = make_h2_options(Http2Limits{});
  nghttp2_session* made = nullptr;
  REQUIRE(nghttp2_session_server_new3(&made, callbacks.get(), nullptr, options.get(), &recycled_h2_memory()) == 0);
  const H2Owned<nghttp2_session> session(made);
  REQUIRE(nghttp2_submit_settings(made, NGHTTP2_FLAG_NONE, nullptr, 0) == 0);
  const std::uint8_t* bytes = nullptr;
  CHECK(nghttp2_session_mem_send(made, &bytes) == 9);
}
