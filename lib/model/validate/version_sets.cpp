// SPDX-License-Identifier: Apache-2.0
// A version belongs to a version set that exists; the set says where callers name the version.
#include "model/place.hpp"
#include "model/validate/rules.hpp"

#include <algorithm>

namespace sluice::model {

void check_version_sets(const ServiceModel& model, Diagnostics& diagnostics) {
  std::vector<std::string_view> known;
  for (const VersionSet& set : model.version_sets) known.push_back(set.id);
  for (const Api& api : model.apis) {
    if (api.version_set_id.empty()) {
      if (api.version.empty()) continue;
      diagnostics.add(
          model_finding(Severity::warning, "SL5002", api.file, "API " + api.id, {"apiVersion"}, {},
                        "the API '" + api.id + "' has a version and no version set: the version has no effect",
                        "add 'apiVersionSetId'"));
    } else if (std::find(known.begin(), known.end(), api.version_set_id) == known.end()) {
      diagnostics.add(model_finding(
          Severity::error, "SL5005", api.file, "API " + api.id, {"apiVersionSetId"}, {},
          "the API '" + api.id + "' is in the version set '" + api.version_set_id + "', which does not exist",
          nearest_id_hint(api.version_set_id, known)));
    }
  }
}

}  // namespace sluice::model
