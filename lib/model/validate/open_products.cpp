// SPDX-License-Identifier: Apache-2.0
// An API may be in many products, but in one open product (without subscription) at most: a call without a key would
// not know which product's policies govern it.
#include "base/entity_lookup.hpp"
#include "model/place.hpp"
#include "model/validate/rules.hpp"

#include <map>

namespace sluice::model {

void check_open_products(const ServiceModel& model, Diagnostics& diagnostics) {
  std::map<std::string, const Product*> open_product_of;
  for (const Product& product : model.products) {
    if (product.subscription_required) continue;
    for (const std::string& api : product.api_ids) {
      const auto [other, is_new] = open_product_of.emplace(to_lower(entity_key(product.workspace_id, api)), &product);
      if (is_new || other->second == &product) continue;
      diagnostics.add(model_finding(
          Severity::warning, "SL5006", product.file, "product " + product.id, {"subscriptionRequired"}, {},
          "the API '" + entity_key(product.workspace_id, api) + "' is in two open products, '" + other->second->id +
              "' and '" + product.id + "'; calls without a key run in the first"));
    }
  }
}

}  // namespace sluice::model
