// SPDX-License-Identifier: Apache-2.0
// Tags that something names exist in its workspace. Nothing that runs depends on them, so it is a warning.
#include "base/entity_lookup.hpp"
#include "model/place.hpp"
#include "model/validate/rules.hpp"

namespace sluice::model {

void check_tags(const ServiceModel& model, Diagnostics& diagnostics) {
  const EntityIndex tags(model.tags);
  const auto check = [&](const auto& owner, const std::string& kind, const std::vector<std::string>& ids) {
    for (const std::string& id : ids) {
      if (tags.contains(owner.workspace_id, id)) continue;
      diagnostics.add(
          model_finding(Severity::warning, "SL5005", owner.file, kind + ' ' + owner.id, {}, {},
                        "the " + kind + " '" + entity_key(owner) + "' has the tag '" + id + "', which does not exist",
                        nearest_id_hint(id, ids_in(model.tags, owner.workspace_id))));
    }
  };
  for (const Api& api : model.apis) {
    check(api, "API", api.tag_ids);
    for (const Operation& operation : api.operations) check(api, "API", operation.tag_ids);
  }
  for (const Product& product : model.products) check(product, "product", product.tag_ids);
}

}  // namespace sluice::model
