// SPDX-License-Identifier: Apache-2.0
// What a subscription opens must exist: a mistyped scope would be a key that opens nothing.
#include "base/entity_lookup.hpp"
#include "model/place.hpp"
#include "model/validate/rules.hpp"

#include <set>

namespace sluice::model {

void check_subscription_scopes(const ServiceModel& model, Diagnostics& diagnostics) {
  const EntityIndex apis(model.apis);
  const EntityIndex products(model.products);
  for (const Subscription& subscription : model.subscriptions) {
    if (subscription.scope == SubscriptionScope::all_apis) continue;
    const bool is_api = subscription.scope == SubscriptionScope::api;
    const std::string& workspace = subscription.workspace_id;
    if ((is_api ? apis : products).contains(workspace, subscription.scope_id)) continue;
    const auto known = is_api ? ids_in(model.apis, workspace) : ids_in(model.products, workspace);
    diagnostics.add(model_finding(
        Severity::error, "SL5005", subscription.file, "subscription " + subscription.id, {"scope"}, {},
        "the subscription '" + entity_key(subscription) + "' is for the " + (is_api ? "API '" : "product '") +
            entity_key(workspace, subscription.scope_id) + "', which does not exist",
        nearest_id_hint(subscription.scope_id, known)));
  }
}

}  // namespace sluice::model
