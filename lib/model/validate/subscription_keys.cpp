// SPDX-License-Identifier: Apache-2.0
// A key belongs to one subscription. The finding names the subscriptions and never shows the key or its line.
#include "base/entity_lookup.hpp"
#include "model/place.hpp"
#include "model/validate/rules.hpp"

#include <map>

namespace sluice::model {

void check_subscription_keys(const ServiceModel& model, Diagnostics& diagnostics) {
  std::map<std::string_view, const Subscription*> owners;
  for (const Subscription& subscription : model.subscriptions) {
    for (const std::string* key : {&subscription.primary_key, &subscription.secondary_key}) {
      if (key->empty()) continue;
      const auto [owner, is_new] = owners.emplace(*key, &subscription);
      if (is_new || owner->second == &subscription) continue;
      Diagnostic finding;
      finding.code = "SL5006";
      finding.file = subscription.file.empty() ? "subscription " + subscription.id : subscription.file;
      finding.message = "the subscriptions '" + entity_key(*owner->second) + "' and '" + entity_key(subscription) +
                        "' have the same key";
      diagnostics.add(std::move(finding));
    }
  }
}

}  // namespace sluice::model
