// SPDX-License-Identifier: Apache-2.0
// Whether memory is kept and used again. Not where AddressSanitizer looks on: there every object, frame and piece of an
// arena is a piece of memory of its own, so that a read beyond it, or after its end, is seen.
#pragma once

namespace sluice {

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool recycles_memory = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr bool recycles_memory = false;
#else
inline constexpr bool recycles_memory = true;
#endif
#else
inline constexpr bool recycles_memory = true;
#endif

}  // namespace sluice
