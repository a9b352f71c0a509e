// SPDX-License-Identifier: Apache-2.0
// What a token must claim. Source: API Management policy reference, validate-jwt; threats.md J5.
#pragma once

#include "base/jwt.hpp"

#include <span>
#include <string_view>

namespace sluice {

/// One `claim` of required-claims.
struct ClaimRule {
  std::string_view name;
  bool any = false;                          ///< One of the values is enough; otherwise all of them are wanted.
  std::string_view separator;                ///< Not empty: it stands between values inside one text.
  std::span<const std::string_view> values;  ///< Empty: the claim only has to be there.
};

/// **Errors**: token_claim_not_found, naming all that are missing; token_claim_value_not_allowed.
Result<void> check_claims(const JsonValue& payload, std::span<const ClaimRule> rules, Arena& arena);

/// `aud`, a text or a list of texts, names one of `audiences`. **Errors**: token_audience_not_allowed.
Result<void> check_audience(const JsonValue& payload, std::span<const std::string_view> audiences);

/// The text of a claim that has to be one; empty when it is missing or anything else.
std::string_view text_claim(const JsonValue& payload, std::string_view name);

}  // namespace sluice
