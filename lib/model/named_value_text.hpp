// SPDX-License-Identifier: Apache-2.0
// `{{name}}` in texts of entities and in policies, seen from the model: which names stand there, and what they mean.
// (Policy documents are substituted by the compiler, which keeps positions.)
#pragma once

#include <sluice/model.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sluice::model {

/// The names in `{{...}}`, each once, in order. Braces around something that cannot be a name (as Liquid has) are not
/// meant.
std::vector<std::string> named_value_references(std::string_view text);

/// `text` with the values of a workspace (empty: of the service itself) put in, once (values are not searched again).
/// Unknown names stay as they are.
std::string substitute_named_values(std::string_view text, const ServiceModel& model,
                                    std::string_view workspace_id = {});

/// Calls `visit` with each text of a backend (const or not) in which named values may stand.
template <class Entity, class Visit>
void for_each_text(Entity& backend, Visit visit) {
  visit(backend.url);
  if (backend.credentials.authorization) visit(backend.credentials.authorization->second);
  for (auto& [name, value] : backend.credentials.headers) visit(value);
  for (auto& [name, value] : backend.credentials.query) visit(value);
  if (backend.credentials.managed_identity) {
    visit(backend.credentials.managed_identity->resource);
    visit(backend.credentials.managed_identity->client_id);
  }
  if (backend.cluster) {
    for (auto& endpoint : backend.cluster->management_endpoints) visit(endpoint);
  }
  if (!backend.proxy) return;
  visit(backend.proxy->url);
  visit(backend.proxy->username);
  visit(backend.proxy->password);
}

/// By display name, which `{{...}}` holds.
const NamedValue* find_named_value(const ServiceModel& model, std::string_view workspace_id,
                                   std::string_view display_name);

}  // namespace sluice::model
