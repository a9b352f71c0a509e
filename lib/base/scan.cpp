// SPDX-License-Identifier: Apache-2.0
#include "base/scan.hpp"

#include <cstdint>
#include <cstring>

namespace sluice {
namespace {

#if defined(__SSE2__)
/// All bytes of a text of 4 to 15, some of them twice.
__m128i load_short(const char* text, std::size_t size) {
  if (size >= 8) {
    const auto half = [](const char* from) { return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)); };
    return _mm_unpacklo_epi64(half(text), half(text + size - 8));
  }
  std::int32_t first, last;
  std::memcpy(&first, text, sizeof first);
  std::memcpy(&last, text + size - sizeof last, sizeof last);
  return _mm_set_epi32(first, last, first, last);
}

bool is_usual_path(std::string_view text) {
  if (text.size() < 4) return false;
  if (text.size() < 16) return detail::unusual_path_bytes(load_short(text.data(), text.size())) == 0;
  const char* const last = text.data() + text.size() - 16;
  for (const char* at = text.data(); at < last; at += 16) {
    if (detail::unusual_path_bytes(detail::load(at)) != 0) return false;
  }
  return detail::unusual_path_bytes(detail::load(last)) == 0;
}
#else
bool is_usual_path(std::string_view) { return false; }
#endif

}  // namespace

bool all_in_path(std::string_view text, const std::array<bool, 256>& table) {
  return is_usual_path(text) || all_in(text, table);
}

}  // namespace sluice
