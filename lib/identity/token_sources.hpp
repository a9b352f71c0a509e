// SPDX-License-Identifier: Apache-2.0
// The gateway's own tokens: of a managed identity, or of an application that is known by a secret. Each token is asked
// for once by all who want it, and kept until shortly before it ends.
#pragma once

#include <sluice/identity.hpp>
#include <sluice/token_source.hpp>

#include "base/kept_table.hpp"
#include "identity/fetch.hpp"
#include "identity/token_answer.hpp"

#include <string>
#include <string_view>

namespace sluice::identity {

/// Tokens of the machine's identities. **Source**: the documentation of managed identities for virtual machines and for
/// App Service.
class ManagedIdentityTokens final : public TokenSource {
 public:
  ManagedIdentityTokens(const Doors& doors, ManagedIdentityService service)
      : doors_(doors), service_(std::move(service)), tokens_(doors.limits.cached_documents) {}

  Task<Result<AccessToken>> token(std::string_view resource, std::string_view client_id,
                                  Cancellation& cancellation) override;

 private:
  Task<Result<TokenAnswer>> fetch(std::string_view resource, std::string_view client_id,
                                  Cancellation& cancellation) const;

  const Doors doors_;
  const ManagedIdentityService service_;
  KeptTable<FetchedOnce<TokenAnswer>> tokens_;
};

/// Asks an OAuth 2.0 provider with a secret. `scope` empty: none is asked for.
Task<Result<TokenAnswer>> fetch_with_secret(const Doors& doors, const ClientCredentials& credentials,
                                            std::string_view scope, Cancellation& cancellation);

/// Tokens of an application that is known by a secret.
class ClientCredentialsTokens final : public TokenSource {
 public:
  ClientCredentialsTokens(const Doors& doors, ClientCredentials credentials)
      : doors_(doors), credentials_(std::move(credentials)), tokens_(doors.limits.cached_documents) {}

  Task<Result<AccessToken>> token(std::string_view resource, std::string_view client_id,
                                  Cancellation& cancellation) override;

 private:
  const Doors doors_;
  const ClientCredentials credentials_;
  KeptTable<FetchedOnce<TokenAnswer>> tokens_;
};

}  // namespace sluice::identity
