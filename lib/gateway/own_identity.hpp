// SPDX-License-Identifier: Apache-2.0
// Keys, tokens and authorizations of a gateway whose host gives it none. The gateway says here what it wants;
// `lib/identity`, which stands above it, makes it.
#pragma once

#include <sluice/clock.hpp>
#include <sluice/identity.hpp>
#include <sluice/limits.hpp>
#include <sluice/telemetry.hpp>
#include <sluice/token_source.hpp>
#include <sluice/transport.hpp>

#include "base/open_id_keys.hpp"

#include <memory>

namespace sluice {

/// None of them is null. The last uses the first.
struct OwnIdentity {
  std::unique_ptr<OpenIdKeys> open_id_keys;
  std::unique_ptr<TokenSource> tokens;
  std::unique_ptr<AuthorizationSource> authorizations;
};

/// What is referred to outlives what is made.
OwnIdentity make_own_identity(Transport& transport, Clock& clock, Telemetry& telemetry, const IdentityLimits& limits,
                              const IdentitySettings& settings);

}  // namespace sluice
