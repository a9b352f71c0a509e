// SPDX-License-Identifier: Apache-2.0
// Who the gateway is to others: where its own tokens come from, and the connections of its credential manager. Part of
// `GatewayOptions`; a host that has a TokenSource or an AuthorizationSource of its own needs none of it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// An application at an OAuth 2.0 provider, known by a secret. **Source**: RFC 6749 section 4.4.
struct ClientCredentials {
  std::string token_url;  ///< https://, or http:// to this machine.
  std::string client_id;
  std::string client_secret;  ///< Secret.
  std::string scope;          ///< Empty: none is asked for; for the gateway's own tokens, `<resource>/.default`.
};

/// The machine's service for tokens of managed identities.
struct ManagedIdentityService {
  /// Empty: the instance metadata service, `http://169.254.169.254/metadata/identity/oauth2/token`. Else the URL that
  /// the host's platform tells (`IDENTITY_ENDPOINT`).
  std::string endpoint;
  std::string header;  ///< What the endpoint wants as X-IDENTITY-HEADER (`IDENTITY_HEADER`). Secret.
};

/// Who may use a connection with a token of his own (`identity-type="jwt"`).
struct ConnectionAccess {
  std::string tenant_id;
  std::string object_id;
};

/// A connection of the credential manager: get-authorization-context names it by both ids, compared without case.
struct Connection {
  std::string provider_id;
  std::string authorization_id;
  ClientCredentials credentials;
  std::vector<ConnectionAccess> access;
};

/// Everything of it. At most one of the first two counts: the managed identity first.
struct IdentitySettings {
  std::optional<ManagedIdentityService> managed_identity;
  std::optional<ClientCredentials> client_credentials;
  std::vector<Connection> connections;
  /// Where tenants' keys are, for `ConnectionAccess`.
  std::string authentication_endpoint = "https://login.microsoftonline.com";
};

/// The service that the environment tells of, or nothing: `IDENTITY_ENDPOINT` with `IDENTITY_HEADER`.
std::optional<ManagedIdentityService> managed_identity_of_environment(
    const std::function<std::optional<std::string>(std::string_view name)>& environment);

}  // namespace sluice
