// SPDX-License-Identifier: Apache-2.0
// Base64 as tokens and keys are written: strict, so that one value has one spelling (J2). Source: RFC 4648.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// Section 5, without padding. Nothing for any other character and for unused bits that are not zero.
std::optional<std::string> decode_base64url(std::string_view text);
std::string encode_base64url(std::string_view data);
/// Section 4, with padding; blanks and line ends are skipped, as keys in documents have them. Nothing when malformed.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace sluice
