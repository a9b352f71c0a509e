// SPDX-License-Identifier: Apache-2.0
#include "gateway/service_documents.hpp"

#include "base/text.hpp"
#include "base/workspace_view.hpp"

namespace sluice {
namespace {

const PolicySource* source_of(const std::optional<PolicySource>& policy) { return policy ? &*policy : nullptr; }

const PolicySource*& place(PipelineInput& input, Scope scope) { return input.sources[static_cast<std::size_t>(scope)]; }

}  // namespace

ServiceDocuments::ServiceDocuments(const ServiceModel& model, const PolicyRegistry& policies,
                                   const Behaviour& behaviour, const Limits& limits)
    : model_(model), service_(policies, view_of({}), behaviour, limits) {
  for (const Workspace& workspace : model.workspaces) {
    workspaces_.try_emplace(
        to_lower(workspace.id),
        Held{&workspace, std::make_unique<DocumentSet>(policies, view_of(workspace.id), behaviour, limits)});
  }
}

const ServiceModel* ServiceDocuments::view_of(std::string_view workspace_id) {
  auto view = workspace_view(model_, workspace_id);
  if (!view) return &model_;
  views_.push_back(std::make_unique<const ServiceModel>(std::move(*view)));
  return views_.back().get();
}

const ServiceDocuments::Held* ServiceDocuments::find(std::string_view workspace_id) const {
  if (workspace_id.empty()) return nullptr;
  const auto found = workspaces_.find(to_lower(workspace_id));
  return found != workspaces_.end() ? &found->second : nullptr;
}

const Workspace* ServiceDocuments::workspace(std::string_view id) const {
  const Held* held = find(id);
  return held != nullptr ? held->workspace : nullptr;
}

DocumentSet& ServiceDocuments::set_of(std::string_view workspace_id) {
  const Held* held = find(workspace_id);
  return held != nullptr ? *held->documents : service_;
}

void ServiceDocuments::forget(std::string_view workspace_id, const PolicySource& source) {
  service_.forget(source);  // The pipelines are there, whatever documents they are made of.
  if (DocumentSet& own = set_of(workspace_id); &own != &service_) own.forget(source);
}

PipelineInput ServiceDocuments::input_of(const Deployment& deployment, const Api* api, const Operation* operation,
                                         const Product* product) {
  PipelineInput input;
  place(input, Scope::global) = source_of(model_.policy);
  std::string_view workspace_id;
  if (api != nullptr) {
    workspace_id = api->workspace_id;
  } else if (product != nullptr) {
    workspace_id = product->workspace_id;
  }
  if (const Held* held = find(workspace_id)) {
    place(input, Scope::workspace) = source_of(held->workspace->policy);
    input.workspace = held->documents.get();
  }
  if (product != nullptr) place(input, Scope::product) = source_of(product->policy);
  if (api != nullptr) place(input, Scope::api) = source_of(api->policy);
  if (operation != nullptr) place(input, Scope::operation) = source_of(operation->policy);
  // Without API or operation nothing is folded: what then fails, fails when it runs, and only there.
  input.roots = {&deployment, api != nullptr, api, operation != nullptr, operation, true, product};
  return input;
}

PipelineInput ServiceDocuments::input_of(const Workspace& workspace) {
  PipelineInput input;
  place(input, Scope::workspace) = source_of(workspace.policy);
  input.workspace = &set_of(workspace.id);
  return input;
}

}  // namespace sluice
