// SPDX-License-Identifier: Apache-2.0
#include "model/validate/rules.hpp"

#include "base/text.hpp"

namespace sluice {
namespace model {
namespace {

constexpr Rule rules[] = {check_api_paths,
                          check_backend_credentials,
                          check_backend_proxies,
                          check_diagnostics,
                          check_gateway_apis,
                          check_ids,
                          check_logger_credentials,
                          check_named_value_names,
                          check_open_products,
                          check_operations,
                          check_pool_members,
                          check_product_apis,
                          check_subscription_keys,
                          check_subscription_scopes,
                          check_tags,
                          check_urls,
                          check_version_sets,
                          check_workspaces};

}  // namespace

std::string nearest_id_hint(std::string_view wanted, const std::vector<std::string_view>& ids) {
  constexpr std::size_t most_ids_searched = 1'000;  // Comparing names is slow, and every finding does it.
  if (ids.size() > most_ids_searched) return {};
  const std::string_view near = nearest_name(wanted, ids);
  return near.empty() ? std::string() : "did you mean '" + std::string(near) + "'?";
}

}  // namespace model

void validate_model(const ServiceModel& model, Diagnostics& diagnostics) {
  for (model::Rule rule : model::rules) rule(model, diagnostics);
}

}  // namespace sluice
