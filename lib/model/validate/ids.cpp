// SPDX-License-Identifier: Apache-2.0
// Ids are unique within their kind and workspace, compared without case as the service does. A folder can hold two of
// one id only when a kind's folder is there in two spellings; a model made in code in any way.
#include "base/entity_lookup.hpp"
#include "model/place.hpp"
#include "model/validate/rules.hpp"

#include <set>

namespace sluice::model {
namespace {

class IdCheck {
 public:
  IdCheck(std::string_view kind, Diagnostics& diagnostics) : kind_(kind), diagnostics_(diagnostics) {}
  template <class Entity>
  void add(const Entity& entity, const std::string& file) {
    const std::string& id = entity.id;
    if (id.empty()) return report("SL5002", "a " + std::string(kind_) + " has no id", id, file);
    // What an id and its workspace make together must not be another's id.
    if (id.find('/') != std::string::npos) {
      return report("SL5003", "the id of the " + std::string(kind_) + " '" + id + "' holds '/'", id, file);
    }
    if (!met_.insert(to_lower(entity_key(entity))).second) {
      report("SL5006", "the " + std::string(kind_) + " '" + entity_key(entity) + "' stands twice", id, file);
    }
  }

 private:
  void report(std::string_view code, std::string message, const std::string& id, const std::string& file) {
    Diagnostic finding;
    finding.code = code;
    finding.file = file.empty() ? std::string(kind_) + ' ' + id : file;
    finding.message = std::move(message);
    diagnostics_.add(std::move(finding));
  }

  std::string_view kind_;
  Diagnostics& diagnostics_;
  std::set<std::string> met_;
};

}  // namespace

void check_ids(const ServiceModel& model, Diagnostics& diagnostics) {
  const auto file_of = [](const auto& entity) {
    if constexpr (requires { entity.file; }) {
      return entity.file;
    } else if constexpr (requires { entity.policy.file; }) {
      return entity.policy.file;
    } else {
      return std::string();
    }
  };
  const auto check = [&](std::string_view kind, const auto& entities) {
    IdCheck ids(kind, diagnostics);
    for (const auto& entity : entities) ids.add(entity, file_of(entity));
  };
  check("product", model.products);
  check("subscription", model.subscriptions);
  check("backend", model.backends);
  check("policy fragment", model.fragments);
  check("named value", model.named_values);
  check("certificate", model.certificates);
  check("version set", model.version_sets);
  check("user", model.users);
  check("group", model.groups);
  check("workspace", model.workspaces);
  check("gateway", model.gateways);
  check("logger", model.loggers);
  check("schema", model.schemas);
  check("tag", model.tags);
  // That an API stands once is a matter of its revisions: api_paths.
  for (const Api& api : model.apis) IdCheck("API", diagnostics).add(api, api.file);
}

}  // namespace sluice::model
