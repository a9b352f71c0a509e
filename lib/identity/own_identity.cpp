// SPDX-License-Identifier: Apache-2.0
// What a gateway uses when its host gives it nothing else.
#include "gateway/own_identity.hpp"

#include "identity/connections.hpp"
#include "identity/provider_keys.hpp"
#include "identity/token_sources.hpp"

namespace sluice {
namespace {

/// The identity of a gateway that has none.
class NoTokens final : public TokenSource {
 public:
  Task<Result<AccessToken>> token(std::string_view, std::string_view, Cancellation&) override {
    return Result<AccessToken>(fail(ErrorCode::access_token_unavailable, "The gateway has no identity of its own."));
  }
};

/// Where the gateway's own tokens come from.
std::unique_ptr<TokenSource> make_tokens(const identity::Doors& doors, const IdentitySettings& settings) {
  if (settings.managed_identity)
    return std::make_unique<identity::ManagedIdentityTokens>(doors, *settings.managed_identity);
  if (settings.client_credentials)
    return std::make_unique<identity::ClientCredentialsTokens>(doors, *settings.client_credentials);
  return std::make_unique<NoTokens>();
}

}  // namespace

OwnIdentity make_own_identity(Transport& transport, Clock& clock, Telemetry& telemetry, const IdentityLimits& limits,
                              const IdentitySettings& settings) {
  const identity::Doors doors{transport, clock, telemetry, limits};
  OwnIdentity made;
  made.open_id_keys = std::make_unique<identity::ProviderKeys>(doors);
  made.tokens = make_tokens(doors, settings);
  made.authorizations = std::make_unique<identity::Connections>(doors, settings, *made.open_id_keys);
  return made;
}

}  // namespace sluice
