// SPDX-License-Identifier: Apache-2.0
// The workspace that a policy's document belongs to. Compiling shows a document its own workspace's share of the model
// (`workspace_view`); here is what its steps need when they run: ids that an expression makes name entities
// of that workspace, and what is counted or kept under a text of the document's own is apart from other workspaces.
#pragma once

#include <sluice/policy.hpp>

#include "base/entity_lookup.hpp"

#include <string>
#include <string_view>

namespace sluice::parts {

class DocumentWorkspace {
 public:
  /// The service itself.
  DocumentWorkspace() = default;
  /// A share of the model holds its workspace alone; that of the service holds none.
  explicit DocumentWorkspace(const CompileContext& context) {
    const ServiceModel* model = context.model();
    if (model != nullptr && !model->workspaces.empty()) id_ = model->workspaces.front().id;
  }

  /// Empty: the service itself.
  const std::string& id() const { return id_; }
  /// `entity_key` of what the document calls `id`; one that nothing has for a text that is no id.
  std::string_view key(std::string_view id, Arena& arena) const {
    const bool is_plain = id_.empty() && id.find('/') == std::string_view::npos;
    return is_plain ? id : arena.concat({id_, "/", id});
  }
  /// Likewise without an id: for `Backends::call`, whatever backend of the workspace has the URL.
  std::string_view any(Arena& arena) const { return arena.concat({id_, "/"}); }

 private:
  std::string id_;
};

}  // namespace sluice::parts
