// SPDX-License-Identifier: Apache-2.0
// The attributes sf-… of set-backend-service. Inline for the reason that message_parts.hpp gives.
// Source: API Management policy reference, set-backend-service.
#pragma once

#include <sluice/policy.hpp>

#include "base/fabric_choice.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace sluice::parts {

inline constexpr std::string_view fabric_replica_types = "primary secondary";  // in the order of FabricReplica

/// Whether the element says anything that only a cluster of Service Fabric understands.
inline bool names_fabric(const PolicyElement& element) {
  return std::any_of(element.attributes.begin(), element.attributes.end(),
                     [](const PolicyAttribute& attribute) { return attribute.name.starts_with("sf-"); });
}

/// What an element says of where in a cluster requests go.
struct FabricPart {
  Template service, partition_key, listener, replica, resolve_condition;
  bool is_set = false;  ///< Anything of it.

  /// For one request, in its arena. Refers to this object.
  Result<const FabricChoice*> choose(RequestContext& context) const {
    FabricChoice choice;
    const std::pair<const Template&, std::string_view&> texts[] = {
        {service, choice.service}, {partition_key, choice.partition_key}, {listener, choice.listener}};
    for (const auto& [from, to] : texts) {
      if (!from.is_set()) continue;
      const auto text = from.text(context);
      if (!text) return fail(text.error());
      to = context.arena.copy(*text);
    }
    if (replica.is_set()) {
      const auto index = replica.choice(context, fabric_replica_types);
      if (!index) return fail(index.error());
      choice.replica = *index == 0 ? FabricReplica::primary : FabricReplica::secondary;
    }
    if (resolve_condition.is_set()) choice.resolve_condition = &resolve_condition;
    return context.arena.make<FabricChoice>(choice);
  }
};

inline FabricPart compile_fabric(const PolicyElement& element, CompileContext& context) {
  return {context.value(element, "sf-service-instance-name"), context.value(element, "sf-partition-key"),
          context.value(element, "sf-listener-name"),         context.value(element, "sf-replica-type"),
          context.value(element, "sf-resolve-condition"),     names_fabric(element)};
}

}  // namespace sluice::parts
