// SPDX-License-Identifier: Apache-2.0
// Connections: the credential manager. What get-authorization-context names stands in the host's settings; its tokens
// are asked for with the client-credentials grant and kept until shortly before they end.
#pragma once

#include <sluice/identity.hpp>
#include <sluice/token_source.hpp>

#include "base/open_id_keys.hpp"
#include "identity/fetch.hpp"
#include "identity/token_answer.hpp"

#include <deque>
#include <map>
#include <string>
#include <string_view>

namespace sluice::identity {

class Connections final : public AuthorizationSource {
 public:
  /// `keys`: of the tenants whose tokens may use a connection.
  Connections(const Doors& doors, const IdentitySettings& settings, OpenIdKeys& keys);

  Task<Result<Authorization>> authorization(const AuthorizationRequest& request, Cancellation& cancellation) override;

 private:
  struct Entry {
    Connection connection;
    std::vector<std::string> open_id_urls;  ///< Of the tenants in its access list.
    FetchedOnce<TokenAnswer> kept;
  };

  Entry* find(std::string_view provider_id, std::string_view authorization_id);
  Task<Result<void>> check_identity(const Entry& entry, std::string_view token, Cancellation& cancellation);

  const Doors doors_;
  OpenIdKeys& keys_;
  std::deque<Entry> entries_;
};

}  // namespace sluice::identity
