// SPDX-License-Identifier: Apache-2.0
// The members of a pool are single backends of its workspace that exist, each once.
#include "base/entity_lookup.hpp"
#include "model/place.hpp"
#include "model/validate/rules.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace sluice::model {

void check_pool_members(const ServiceModel& model, Diagnostics& diagnostics) {
  const EntityIndex backends(model.backends);
  for (const Backend& pool : model.backends) {
    std::set<std::uint32_t> members;
    for (const PoolMember& member : pool.pool) {
      const auto report = [&](std::string_view code, const std::string& what, std::string hint) {
        diagnostics.add(model_finding(Severity::error, code, pool.file, "backend " + pool.id, {"pool", "services"},
                                      member.backend_id, "the pool '" + entity_key(pool) + "' " + what,
                                      std::move(hint)));
      };
      const std::uint32_t at = backends.find(pool.workspace_id, member.backend_id);
      if (at == EntityIndex::none) {
        report("SL5005", "has the member '" + member.backend_id + "', which does not exist",
               nearest_id_hint(member.backend_id, ids_in(model.backends, pool.workspace_id)));
      } else if (&model.backends[at] == &pool) {
        report("SL5007", "holds itself", {});
      } else if (model.backends[at].is_pool()) {
        report("SL5007", "holds the pool '" + member.backend_id + "'; members are single backends",
               "name the members of '" + member.backend_id + "' instead");
      } else if (!members.insert(at).second) {
        report("SL5006", "has the member '" + member.backend_id + "' twice", "raise its weight instead");
      }
    }
  }
}

}  // namespace sluice::model
