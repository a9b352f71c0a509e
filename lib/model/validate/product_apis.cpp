// SPDX-License-Identifier: Apache-2.0
// What a product holds must exist in its workspace; what a self-hosted gateway serves, in the service itself.
#include "base/entity_lookup.hpp"
#include "model/place.hpp"
#include "model/validate/rules.hpp"

#include <filesystem>
#include <set>

namespace sluice::model {
namespace {

/// The list or the folder that names the API, beside the information file.
std::string naming_file(const std::string& file, const std::string& api_id) {
  if (file.empty()) return {};
  const std::filesystem::path folder = std::filesystem::path(file).parent_path();
  std::error_code error;
  const std::filesystem::path link = folder / "apis" / api_id;
  if (std::filesystem::exists(link, error)) return link.generic_string();
  return (folder / "apis.json").generic_string();
}

}  // namespace

void check_product_apis(const ServiceModel& model, Diagnostics& diagnostics) {
  const EntityIndex apis(model.apis);
  for (const Product& product : model.products) {
    for (const std::string& id : product.api_ids) {
      if (apis.contains(product.workspace_id, id)) continue;
      diagnostics.add(model_finding(Severity::error, "SL5005", naming_file(product.file, id), "product " + product.id,
                                    {}, id,
                                    "the product '" + entity_key(product) + "' holds the API '" +
                                        entity_key(product.workspace_id, id) + "', which does not exist",
                                    nearest_id_hint(id, ids_in(model.apis, product.workspace_id))));
    }
  }
}

void check_gateway_apis(const ServiceModel& model, Diagnostics& diagnostics) {
  const EntityIndex apis(model.apis);
  for (const SelfHostedGateway& gateway : model.gateways) {
    for (const std::string& id : gateway.api_ids) {
      if (apis.contains({}, id)) continue;
      diagnostics.add(
          model_finding(Severity::error, "SL5005", naming_file(gateway.file, id), "gateway " + gateway.id, {}, id,
                        "the gateway '" + gateway.id + "' serves the API '" + id + "', which does not exist",
                        nearest_id_hint(id, ids_in(model.apis, {}))));
    }
  }
}

}  // namespace sluice::model
