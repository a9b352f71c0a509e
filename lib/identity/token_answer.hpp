// SPDX-License-Identifier: Apache-2.0
// The answers of token endpoints. Source: RFC 6749 section 5; the documentation of managed identities for `expires_on`.
#pragma once

#include <sluice/clock.hpp>
#include <sluice/error.hpp>

#include "base/fetched_once.hpp"
#include "identity/fetch.hpp"

#include <string>
#include <string_view>

namespace sluice::identity {

/// A token as it was handed out.
struct TokenAnswer {
  std::string access_token;  ///< Secret.
  std::string claims;        ///< What was said beside it, as a JSON object: without tokens.
  WallTime expires{};
};

/// How long a token is kept whose answer does not say when it ends.
constexpr std::chrono::minutes unstated_lifetime{5};
/// A token that ends sooner is renewed; others use it meanwhile.
constexpr std::chrono::minutes renewal_time{5};
/// A token that ends sooner is not handed out: it would end on the way.
constexpr std::chrono::seconds least_lifetime{10};
/// After a failure nobody asks sooner.
constexpr std::chrono::seconds token_retry{10};

/// Reads an answer. **Errors**: access_token_unavailable, with the provider's error code where it has one.
Result<TokenAnswer> read_token_answer(const Reply& reply, WallTime now);

/// Whether a kept token is used, renewed or fetched.
Move decide_token(const Knowledge<TokenAnswer>& known, Clock& clock);

}  // namespace sluice::identity
