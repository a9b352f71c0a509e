// SPDX-License-Identifier: Apache-2.0
// TokenSource and AuthorizationSource: where the gateway gets the tokens that it shows to others. Any thread may call
// them. Who implements them keeps what it gets until it expires.
#pragma once

#include <sluice/clock.hpp>
#include <sluice/error.hpp>
#include <sluice/task.hpp>

#include <string>
#include <string_view>

namespace sluice {

/// A bearer token. Secret.
struct AccessToken {
  std::string value;
  WallTime expires{};  ///< From then on it is of no use.
};

/// Tokens of the gateway's own identity (authentication-managed-identity, credentials of backends).
class TokenSource {
 public:
  virtual ~TokenSource() = default;
  /// A token for `resource`, an application id or a resource's URI. `client_id`: of the identity to use; empty: the
  /// one that the machine or the host has. **Errors**: access_token_unavailable, cancelled.
  virtual Task<Result<AccessToken>> token(std::string_view resource, std::string_view client_id,
                                          Cancellation& cancellation) = 0;
};

/// What get-authorization-context asks for: a connection of the credential manager.
struct AuthorizationRequest {
  std::string_view provider_id;
  std::string_view authorization_id;
  std::string_view identity;  ///< A token of who asks (`identity-type="jwt"`); empty: the gateway itself.
};

/// What it gets.
struct Authorization {
  std::string access_token;  ///< Secret.
  std::string claims;        ///< What the provider said beside it: a JSON object.
  WallTime expires{};
};

/// Tokens of configured connections to OAuth 2.0 providers.
class AuthorizationSource {
 public:
  virtual ~AuthorizationSource() = default;
  /// **Errors**: access_token_unavailable, cancelled.
  virtual Task<Result<Authorization>> authorization(const AuthorizationRequest& request,
                                                    Cancellation& cancellation) = 0;
};

}  // namespace sluice
