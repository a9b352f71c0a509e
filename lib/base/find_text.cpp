// SPDX-License-Identifier: Apache-2.0
#include "base/find_text.hpp"

#include "base/scan.hpp"

#include <algorithm>
#include <cstring>

namespace sluice {

bool holds(std::string_view text, std::string_view wanted) {
#if defined(__SSE2__)
  constexpr std::size_t width = 16;
  const std::size_t size = wanted.size();
  if (size >= 2 && text.size() >= size + width - 1) {
    const char* const last = text.data() + text.size() - (size + width - 1);  // Of the pieces' places.
    for (const char* at = text.data();; at = std::min(at + width, last)) {
      const __m128i both = _mm_and_si128(detail::equal(detail::load(at), wanted.front()),
                                         detail::equal(detail::load(at + size - 1), wanted.back()));
      for (auto places = static_cast<unsigned>(_mm_movemask_epi8(both)); places != 0; places &= places - 1) {
        if (std::memcmp(at + std::countr_zero(places), wanted.data(), size) == 0) return true;
      }
      if (at == last) return false;
    }
  }
#endif
  return text.find(wanted) != std::string_view::npos;
}

}  // namespace sluice
