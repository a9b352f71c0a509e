// SPDX-License-Identifier: Apache-2.0
// What a subscription opens must exist: a mistyped scope would be a key that opens nothing.
#include "model/place.hpp"
#include "model/validate/rules.hpp"

#include <set>

namespace sluice::model {

void check_subscription_scopes(const ServiceModel& model, Diagnostics& diagnostics) {
  std::vector<std::string_view> products;
  for (const Product& product : model.products) products.push_back(product.id);
  const std::vector<std::string_view> apis = api_ids(model);
  const std::set<std::string_view> api_names(apis.begin(), apis.end());
  const std::set<std::string_view> product_names(products.begin(), products.end());
  for (const Subscription& subscription : model.subscriptions) {
    if (subscription.scope == SubscriptionScope::all_apis) continue;
    const bool is_api = subscription.scope == SubscriptionScope::api;
    const std::vector<std::string_view>& known = is_api ? apis : products;
    if ((is_api ? api_names : product_names).count(subscription.scope_id) != 0) continue;
    diagnostics.add(
        model_finding(Severity::error, "SL5005", subscription.file, "subscription " + subscription.id, {"scope"}, {},
                      "the subscription '" + subscription.id + "' is for the " + (is_api ? "API '" : "product '") +
                          subscription.scope_id + "', which does not exist",
                      nearest_id_hint(subscription.scope_id, known)));
  }
}

}  // namespace sluice::model
