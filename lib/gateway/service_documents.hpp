// SPDX-License-Identifier: Apache-2.0
// The policy documents of a service: those of its own, and those of each workspace with what they may refer to.
#pragma once

#include <sluice/model.hpp>

#include "pipeline/pipeline.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

class ServiceDocuments {
 public:
  /// All of these outlive the object.
  ServiceDocuments(const ServiceModel& model, const PolicyRegistry& policies, const Behaviour& behaviour,
                   const Limits& limits);

  /// The documents that apply to a place, and what is known of its requests. Null: none.
  PipelineInput input_of(const Deployment& deployment, const Api* api, const Operation* operation,
                         const Product* product);
  /// The document of a workspace by itself.
  PipelineInput input_of(const Workspace& workspace);

  DocumentSet& service() { return service_; }
  /// The set that documents of a workspace are in; empty: the service itself.
  DocumentSet& set_of(std::string_view workspace_id);
  /// Null for the service itself.
  const Workspace* workspace(std::string_view id) const;
  template <class Visit>
  void for_each_set(Visit visit) {
    visit(service_);
    for (auto& [id, held] : workspaces_) visit(*held.documents);
  }
  /// `DocumentSet::forget` for a document of that workspace.
  void forget(std::string_view workspace_id, const PolicySource& source);

  /// What the documents were shown of the model: whatever was compiled of them may refer to it. The sets are of no use
  /// then.
  std::vector<std::unique_ptr<const ServiceModel>> take_views() { return std::move(views_); }

 private:
  struct Held {
    const Workspace* workspace;
    std::unique_ptr<DocumentSet> documents;
  };

  /// The share of the model that documents of a workspace see.
  const ServiceModel* view_of(std::string_view workspace_id);
  const Held* find(std::string_view workspace_id) const;

  const ServiceModel& model_;
  std::vector<std::unique_ptr<const ServiceModel>> views_;
  DocumentSet service_;
  std::map<std::string, Held> workspaces_;  ///< By id in lower case.
};

}  // namespace sluice
