// SPDX-License-Identifier: Apache-2.0
// Bodies in a content coding, for what must read them: gzip and deflate.
// **Source**: RFC 9110 section 8.4.1; RFC 1950, 1951, 1952.
#pragma once

#include <sluice/arena.hpp>
#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice {

/// How much a coded body may become when it is read (L7): ten times its bytes and a mebibyte, at most `limit_bytes`.
std::size_t decoded_limit(std::size_t coded_bytes, std::size_t limit_bytes);

/// Why a coded body cannot be read.
enum class InflateError : std::uint8_t {
  unknown_coding,  ///< Or several.
  malformed,       ///< Or cut short, or with bytes behind its end.
  too_large        ///< More than `most_bytes`.
};

/// The bytes of a body whose Content-Encoding is `coding`, in the arena; those of `identity` and none as they are.
tl::expected<std::string_view, InflateError> inflate_body(std::string_view body, std::string_view coding, Arena& arena,
                                                          std::size_t most_bytes);

}  // namespace sluice
