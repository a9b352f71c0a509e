// SPDX-License-Identifier: Apache-2.0
// JSON Web Tokens as texts: taking them apart, and reading what they claim. Nothing here verifies anything; jws.hpp
// does. Source: RFC 7519, RFC 7515 section 3; threats.md J2.
#pragma once

#include <sluice/clock.hpp>
#include <sluice/error.hpp>

#include "base/json.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Bounds of what is read of one token, beside its length.
constexpr JsonLimits jwt_json{.depth = 32, .members = 5'000};

/// A token in compact form, taken apart. Views into its text and into the arena.
struct Jwt {
  const JsonValue* header = nullptr;   ///< An object.
  const JsonValue* payload = nullptr;  ///< An object.
  std::string_view header_text;        ///< Their JSON.
  std::string_view payload_text;
  std::string_view signed_text;  ///< What the signature is over.
  std::string_view signature;    ///< Decoded; empty: the token is not signed.
};

/// Takes a token apart. `text` is kept by reference. **Errors**: jwt_invalid, with what is wrong: too long, not three
/// parts of base64url without padding, header or payload not one JSON object, a member that stands twice.
Result<Jwt> parse_jwt(std::string_view text, Arena& arena, std::size_t most_bytes);

/// One JSON object, held to the rules for tokens; null for anything else. `text` is kept by reference.
const JsonValue* parse_jwt_json(std::string_view text, Arena& arena);

/// A claim's values as texts: of an array each item, of an object its JSON, numbers and truths as JSON has them.
std::vector<std::string_view> claim_texts(const JsonValue& claim, Arena& arena);
/// The first of them; nothing for an empty array.
std::optional<std::string_view> claim_text(const JsonValue& claim, Arena& arena);

/// A claim of time (`exp`, `nbf`, `iat`), whole seconds. Nothing when it is no number or beyond the year 9999.
std::optional<std::chrono::sys_seconds> claim_time(const JsonValue& claim);

/// What a token's times are held against.
struct TimeRule {
  WallTime now{};
  std::chrono::seconds skew{0};
  bool requires_expiration = true;
};
/// **Errors**: token_expired; jwt_invalid for a token that is not valid yet, has no expiration where one is wanted, or
/// times that are no numbers (J5).
Result<void> check_times(const JsonValue& payload, const TimeRule& rule);

}  // namespace sluice
