// SPDX-License-Identifier: Apache-2.0
// OpenIdKeys: the signing keys that identity providers publish. Any thread may call it; what was fetched is kept.
#pragma once

#include <sluice/error.hpp>
#include <sluice/task.hpp>

#include "base/jws.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// What a discovery document and the key set that it points to say.
struct OpenIdConfiguration {
  std::string issuer;                 ///< May hold `{tenantid}`, which stands for the token's `tid`.
  std::vector<VerificationKey> keys;  ///< Those that can be used.
};

using OpenIdResult = Result<std::shared_ptr<const OpenIdConfiguration>>;

class OpenIdKeys {
 public:
  virtual ~OpenIdKeys() = default;
  /// The configuration behind a discovery URL. `key_id`: a key that must be among its keys; when it is not among those
  /// that were fetched before, they are fetched again, though not more often than the limits allow. Empty: any.
  /// **Errors**: access_token_unavailable when nothing could be fetched, cancelled.
  virtual Task<OpenIdResult> configuration(std::string_view url, std::string_view key_id,
                                           Cancellation& cancellation) = 0;
};

}  // namespace sluice
