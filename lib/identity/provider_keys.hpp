// SPDX-License-Identifier: Apache-2.0
// ProviderKeys: the OpenIdKeys of a gateway. Discovery documents and key sets are fetched once for all who wait, kept
// for an hour, used for a day when the provider is away, and fetched again for a key that nobody knows, though not more
// often than the limits allow. Source: OpenID Connect Discovery 1.0 sections 3 and 4; threats.md J6.
#pragma once

#include "base/fetched_once.hpp"
#include "base/kept_table.hpp"
#include "base/open_id_keys.hpp"
#include "identity/fetch.hpp"

#include <atomic>
#include <chrono>

namespace sluice::identity {

/// How long keys are used when no newer ones can be had (J6).
constexpr std::chrono::hours longest_outage{24};

class ProviderKeys final : public OpenIdKeys {
 public:
  explicit ProviderKeys(const Doors& doors) : doors_(doors), providers_(doors.limits.cached_documents) {}

  Task<OpenIdResult> configuration(std::string_view url, std::string_view key_id, Cancellation& cancellation) override;

 private:
  struct Provider {
    FetchedOnce<OpenIdConfiguration> kept;
    /// When keys were last fetched because of an unknown id, as a count since the clock's epoch.
    std::atomic<SteadyTime::rep> asked_for_key{never};
  };
  static constexpr SteadyTime::rep never = SteadyTime::min().time_since_epoch().count();

  Move decide(const Provider& provider, const Knowledge<OpenIdConfiguration>& known, std::string_view key_id) const;
  Task<Result<OpenIdConfiguration>> fetch(std::string_view url, Cancellation& cancellation) const;

  const Doors doors_;
  KeptTable<Provider> providers_;
};

}  // namespace sluice::identity
