// SPDX-License-Identifier: Apache-2.0
// A version belongs to a version set that exists; the set says where callers name the version.
#include "base/entity_lookup.hpp"
#include "model/place.hpp"
#include "model/validate/rules.hpp"

#include <algorithm>

namespace sluice::model {

void check_version_sets(const ServiceModel& model, Diagnostics& diagnostics) {
  const EntityIndex sets(model.version_sets);
  for (const Api& api : model.apis) {
    if (api.version_set_id.empty()) {
      if (api.version.empty()) continue;
      diagnostics.add(
          model_finding(Severity::warning, "SL5002", api.file, "API " + api.id, {"apiVersion"}, {},
                        "the API '" + api.id + "' has a version and no version set: the version has no effect",
                        "add 'apiVersionSetId'"));
    } else if (!sets.contains(api.workspace_id, api.version_set_id)) {
      diagnostics.add(model_finding(Severity::error, "SL5005", api.file, "API " + api.id, {"apiVersionSetId"}, {},
                                    "the API '" + entity_key(api) + "' is in the version set '" +
                                        entity_key(api.workspace_id, api.version_set_id) + "', which does not exist",
                                    nearest_id_hint(api.version_set_id, ids_in(model.version_sets, api.workspace_id))));
    }
  }
}

}  // namespace sluice::model
