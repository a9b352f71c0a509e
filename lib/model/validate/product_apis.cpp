// SPDX-License-Identifier: Apache-2.0
// What a product holds must exist.
#include "model/place.hpp"
#include "model/validate/rules.hpp"

#include <filesystem>
#include <set>

namespace sluice::model {
namespace {

/// The list or the folder that names the API.
std::string naming_file(const Product& product, const std::string& api_id) {
  if (product.file.empty()) return {};
  const std::filesystem::path folder = std::filesystem::path(product.file).parent_path();
  std::error_code error;
  const std::filesystem::path link = folder / "apis" / api_id;
  if (std::filesystem::exists(link, error)) return link.generic_string();
  return (folder / "apis.json").generic_string();
}

}  // namespace

void check_product_apis(const ServiceModel& model, Diagnostics& diagnostics) {
  const std::vector<std::string_view> known = api_ids(model);
  const std::set<std::string_view> names(known.begin(), known.end());
  for (const Product& product : model.products) {
    for (const std::string& id : product.api_ids) {
      if (names.count(id) != 0) continue;
      diagnostics.add(model_finding(Severity::error, "SL5005", naming_file(product, id), "product " + product.id, {},
                                    id,
                                    "the product '" + product.id + "' holds the API '" + id + "', which does not exist",
                                    nearest_id_hint(id, known)));
    }
  }
}

}  // namespace sluice::model
