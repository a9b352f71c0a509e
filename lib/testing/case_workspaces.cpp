// SPDX-License-Identifier: Apache-2.0
// The workspaces of a case: each is read as a service of its own, and what is in it is moved into the case's service.
// Beside them the self-hosted gateways.
#include "testing/case_file.hpp"

#include <iterator>

namespace sluice::testing {
namespace {

template <class Entity>
void move_into(std::vector<Entity>& to, std::vector<Entity>& from, const std::string& workspace_id) {
  for (Entity& entity : from) {
    if constexpr (requires { entity.workspace_id; }) entity.workspace_id = workspace_id;
  }
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

void move_into(ServiceModel& to, ServiceModel& from, const std::string& workspace_id) {
  for (Api& api : from.apis) {
    for (Schema& schema : api.schemas) schema.workspace_id = workspace_id;
  }
  move_into(to.apis, from.apis, workspace_id);
  move_into(to.version_sets, from.version_sets, workspace_id);
  move_into(to.products, from.products, workspace_id);
  move_into(to.subscriptions, from.subscriptions, workspace_id);
  move_into(to.users, from.users, workspace_id);
  move_into(to.groups, from.groups, workspace_id);
  move_into(to.named_values, from.named_values, workspace_id);
  move_into(to.fragments, from.fragments, workspace_id);
  move_into(to.backends, from.backends, workspace_id);
  move_into(to.loggers, from.loggers, workspace_id);
  move_into(to.schemas, from.schemas, workspace_id);
}

}  // namespace

void read_workspaces(CaseMap& top, const std::filesystem::path& root, PolicyCase& into, CaseFindings& findings) {
  top.each("workspaces", [&](const YAML::Node& node) {
    CaseMap fields(node, "a workspace", findings);
    Workspace workspace;
    workspace.id = fields.text("id", "w1");
    workspace.display_name = fields.text("display_name", workspace.id);
    PolicyCase part;
    part.file = into.file;
    part.requests = into.requests;
    read_service(fields, root, part, findings, workspace.id);
    fields.finish();
    workspace.policy = std::move(part.model.policy);
    move_into(into.model, part.model, workspace.id);
    into.model.workspaces.push_back(std::move(workspace));
  });
  top.each("gateways", [&](const YAML::Node& node) {
    CaseMap fields(node, "a gateway", findings);
    SelfHostedGateway gateway;
    gateway.id = fields.text("id");
    gateway.api_ids = fields.texts("api_ids");
    fields.finish();
    into.model.gateways.push_back(std::move(gateway));
  });
}

}  // namespace sluice::testing
