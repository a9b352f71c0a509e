// SPDX-License-Identifier: Apache-2.0
#include "base/workspace_view.hpp"

#include "base/entity_lookup.hpp"

namespace sluice {
namespace {

template <class Entity>
std::vector<Entity> share_of(const std::vector<Entity>& entities, std::string_view workspace_id) {
  std::vector<Entity> share;
  for (const Entity& entity : entities) {
    if (equal_ignoring_case(workspace_of(entity), workspace_id)) share.push_back(entity);
  }
  return share;
}

}  // namespace

std::optional<ServiceModel> workspace_view(const ServiceModel& model, std::string_view workspace_id) {
  if (model.workspaces.empty()) return std::nullopt;
  ServiceModel view;
  view.folder = model.folder;
  view.named_values = share_of(model.named_values, workspace_id);
  view.fragments = share_of(model.fragments, workspace_id);
  view.backends = share_of(model.backends, workspace_id);
  view.certificates = share_of(model.certificates, workspace_id);
  view.loggers = share_of(model.loggers, workspace_id);
  view.schemas = share_of(model.schemas, workspace_id);
  view.version_sets = share_of(model.version_sets, workspace_id);
  view.groups = share_of(model.groups, workspace_id);
  for (const Workspace& workspace : model.workspaces) {
    if (equal_ignoring_case(workspace.id, workspace_id)) view.workspaces.push_back(workspace);
  }
  return view;
}

}  // namespace sluice
