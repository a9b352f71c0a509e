// SPDX-License-Identifier: Apache-2.0
// Where in a cluster of Service Fabric a request goes: what set-backend-service says and the gateway does.
#pragma once

#include <cstdint>
#include <string_view>

namespace sluice {

class Template;

enum class FabricReplica : std::uint8_t { unstated, primary, secondary };

/// Texts live in the request's arena. An empty one: nothing is said.
struct FabricChoice {
  std::string_view service;  ///< In place of the one that the backend names.
  std::string_view partition_key;
  std::string_view listener;
  FabricReplica replica = FabricReplica::unstated;
  /// Whether the request, once there is an answer or an error, is sent again to where its partition is then. Null: only
  /// when no connection could be made. Part of the step, which outlives the request.
  const Template* resolve_condition = nullptr;
};

}  // namespace sluice
