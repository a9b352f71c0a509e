// SPDX-License-Identifier: Apache-2.0
// Asks whether a certificate has been revoked: what is known still, then its OCSP responders, then its revocation
// lists. What comes of it is kept in the cache store as long as it is good, an hour at most.
#pragma once

#include <sluice/context.hpp>

#include "base/crypto_revocation.hpp"

#include <string_view>

namespace sluice {

/// `certificate` (DER) has been verified to be issued by `issuer`: nobody else's URLs are called. Each call is bounded
/// by `IdentityLimits`. `unknown`: nobody could tell.
Task<Revocation> revocation_of(std::string_view certificate, std::string_view issuer, RequestContext& context,
                               Cancellation& cancellation);

}  // namespace sluice
