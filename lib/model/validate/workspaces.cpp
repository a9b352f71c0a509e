// SPDX-License-Identifier: Apache-2.0
// What says that it is in a workspace is in one that exists. A folder cannot say otherwise; a model made in code can.
#include "base/entity_lookup.hpp"
#include "model/validate/rules.hpp"

#include <set>

namespace sluice::model {

void check_workspaces(const ServiceModel& model, Diagnostics& diagnostics) {
  std::set<std::string> known;
  for (const Workspace& workspace : model.workspaces) known.insert(to_lower(workspace.id));
  std::set<std::string> reported;
  const auto check = [&](const auto& entities) {
    for (const auto& entity : entities) {
      const std::string& id = entity.workspace_id;
      if (id.empty() || known.contains(to_lower(id)) || !reported.insert(id).second) continue;
      Diagnostic finding;
      finding.code = "SL5005";
      finding.file = "workspace " + id;
      finding.message = "'" + entity.id + "' is in the workspace '" + id + "', which does not exist";
      diagnostics.add(std::move(finding));
    }
  };
  check(model.apis);
  check(model.version_sets);
  check(model.products);
  check(model.subscriptions);
  check(model.groups);
  check(model.named_values);
  check(model.fragments);
  check(model.backends);
  check(model.certificates);
  check(model.loggers);
  check(model.schemas);
  check(model.tags);
  check(model.diagnostics);
}

}  // namespace sluice::model
