// SPDX-License-Identifier: Apache-2.0
// What a recogniser says of the text at one place.
#pragma once

#include "pii/kinds.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice::pii {

/// How a finding goes on behind the bytes that decided it, for as long as the text does.
enum class Tail : std::uint8_t {
  none,
  token,   ///< Letters, digits, `_` and `-`.
  dotted,  ///< The same, and points between them.
  domain,  ///< Letters of any alphabet, digits and `-`, and points between them.
  base64,  ///< Letters, digits, `+`, `/`, `=`.
  pem      ///< Up to the end of the line that ends a PEM block.
};

struct Found {
  std::size_t length = 0;  ///< 0: nothing.
  Kind kind = Kind::custom;
  std::string_view name = {};  ///< Which of its kind: `de-steuer-id`, `github`.
  Confidence confidence = Confidence::medium;
  Tail tail = Tail::none;

  explicit operator bool() const { return length > 0; }
  /// Of two that begin at one place the surer one counts, then the longer one, then the first.
  bool beats(const Found& other) const {
    if (!other) return true;
    return confidence != other.confidence ? confidence > other.confidence : length > other.length;
  }
};

}  // namespace sluice::pii
