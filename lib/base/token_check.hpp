// SPDX-License-Identifier: Apache-2.0
// Whether a token is to be believed: signature, times, audience, issuer, claims, in this order. What validate-jwt and
// validate-azure-ad-token do, without their elements. Source: API Management policy reference; threats.md section 8.
#pragma once

#include <sluice/limits.hpp>

#include "base/claim_check.hpp"
#include "base/jwe.hpp"
#include "base/open_id_keys.hpp"

#include <span>
#include <string_view>

namespace sluice {

/// What is wanted of a token. Texts and keys outlive the check.
struct TokenRules {
  std::span<const VerificationKey> keys;
  std::span<const DecryptionKey> decryption_keys;
  std::span<const std::string_view> open_id_urls;  ///< Discovery documents: their keys, and their issuers.
  std::span<const std::string_view> issuers;       ///< Beside those; with neither, the issuer is not looked at.
  std::span<const std::string_view> audiences;     ///< Empty: not looked at.
  std::span<const ClaimRule> claims;
  TimeRule times;
  bool requires_signature = true;  ///< False: `alg` `none` without a signature passes too.
};

/// A key without an id is tried on this many of a provider's keys when the token names none.
constexpr std::size_t most_keys_tried = 16;

/// The token, when it keeps the rules. Keys with the token's `kid` come first, then the rule's other keys, then those
/// of the providers, where `kid` must be the key's. A provider's key only vouches for its own issuer and for
/// `issuers`. **Errors**: jwt_invalid and the token_* codes; access_token_unavailable (status 503) when no key could
/// be looked at because none could be fetched (J6); cancelled.
Task<Result<Jwt>> check_token(std::string_view text, const TokenRules& rules, OpenIdKeys& providers,
                              const IdentityLimits& limits, Arena& arena, Cancellation& cancellation);

/// A provider's issuer with the token's tenant in place of `{tenantid}`. Empty when the token names no tenant.
std::string_view issuer_for(std::string_view issuer, const JsonValue& payload, Arena& arena);

}  // namespace sluice
