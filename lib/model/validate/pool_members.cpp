// SPDX-License-Identifier: Apache-2.0
// The members of a pool are single backends that exist, each once.
#include "model/place.hpp"
#include "model/validate/rules.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace sluice::model {

void check_pool_members(const ServiceModel& model, Diagnostics& diagnostics) {
  std::map<std::string_view, const Backend*> by_id;
  std::vector<std::string_view> ids;
  for (const Backend& backend : model.backends) {
    by_id.emplace(backend.id, &backend);
    ids.push_back(backend.id);
  }
  for (const Backend& pool : model.backends) {
    std::set<std::string_view> members;
    for (const PoolMember& member : pool.pool) {
      const auto report = [&](std::string_view code, const std::string& what, std::string hint) {
        diagnostics.add(model_finding(Severity::error, code, pool.file, "backend " + pool.id, {"pool", "services"},
                                      member.backend_id, "the pool '" + pool.id + "' " + what, std::move(hint)));
      };
      const auto found = by_id.find(member.backend_id);
      if (found == by_id.end()) {
        report("SL5005", "has the member '" + member.backend_id + "', which does not exist",
               nearest_id_hint(member.backend_id, ids));
      } else if (found->second == &pool) {
        report("SL5007", "holds itself", {});
      } else if (found->second->is_pool()) {
        report("SL5007", "holds the pool '" + member.backend_id + "'; members are single backends",
               "name the members of '" + member.backend_id + "' instead");
      } else if (!members.insert(member.backend_id).second) {
        report("SL5006", "has the member '" + member.backend_id + "' twice", "raise its weight instead");
      }
    }
  }
}

}  // namespace sluice::model
