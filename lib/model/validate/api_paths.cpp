// SPDX-License-Identifier: Apache-2.0
// One URL, one API: two current revisions may not share path and version, whatever workspaces they are in, and a
// revision stands once.
#include "base/entity_lookup.hpp"
#include "base/text.hpp"
#include "model/place.hpp"
#include "model/validate/rules.hpp"

#include <map>
#include <set>

namespace sluice::model {
namespace {

/// Where callers reach the API: path, with the version where the version set says that it stands there.
std::string public_place(const ServiceModel& model, const Api& api) {
  const VersionSet* set = find_entity(model.version_sets, api.workspace_id, api.version_set_id);
  if (api.version.empty() || set == nullptr) return to_lower(api.path);
  if (set->scheme == VersioningScheme::segment) {
    return to_lower(api.path.empty() ? api.version : api.path + '/' + api.version);
  }
  return to_lower(api.path) + " version " + to_lower(api.version);
}

}  // namespace

void check_api_paths(const ServiceModel& model, Diagnostics& diagnostics) {
  std::map<std::string, const Api*> places;
  std::set<std::pair<std::string, std::string>> revisions;
  std::map<std::string, const Api*> without_current;
  for (const Api& api : model.apis) {
    if (!revisions.emplace(to_lower(entity_key(api)), api.revision).second) {
      diagnostics.add(
          model_finding(Severity::error, "SL5006", api.file, "API " + api.id, {"apiRevision"}, {},
                        "the revision '" + api.revision + "' of the API '" + entity_key(api) + "' stands twice"));
    }
    if (!api.is_current) {
      without_current.emplace(to_lower(entity_key(api)), &api);
      continue;
    }
    const auto [other, is_new] = places.emplace(public_place(model, api), &api);
    if (is_new) continue;
    diagnostics.add(model_finding(Severity::error, "SL5006", api.file, "API " + api.id, {"path"}, {},
                                  "the APIs '" + entity_key(*other->second) + "' and '" + entity_key(api) +
                                      "' have the same path '" + api.path + "' and version",
                                  "give one of them another path or version"));
  }
  for (const Api& api : model.apis) {
    if (api.is_current) without_current.erase(to_lower(entity_key(api)));
  }
  for (const auto& [id, api] : without_current) {
    diagnostics.add(model_finding(Severity::warning, "SL5002", api->file, "API " + api->id, {"apiRevision"}, {},
                                  "the API '" + api->id + "' has no current revision: only ';rev=n' reaches it"));
  }
}

}  // namespace sluice::model
