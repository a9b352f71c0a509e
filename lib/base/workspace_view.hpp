// SPDX-License-Identifier: Apache-2.0
// What the documents of one workspace, or of the service itself, may refer to.
#pragma once

#include <sluice/model.hpp>

#include <optional>
#include <string_view>

namespace sluice {

/// The share of a model that belongs to a workspace (empty: to the service itself): named values, fragments, backends,
/// certificates, loggers, schemas, version sets and groups, and the workspace alone among the workspaces. What else a
/// model holds is not looked up by documents and left out. Nothing when the share of the service is the model itself,
/// because there are no workspaces.
std::optional<ServiceModel> workspace_view(const ServiceModel& model, std::string_view workspace_id);

}  // namespace sluice
