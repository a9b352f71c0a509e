// SPDX-License-Identifier: Apache-2.0
// Names of services in a cluster of Service Fabric: `fabric:/application/service`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// Whether `text` begins as such a name does.
bool is_fabric_name(std::string_view text);

/// What a service is called in URLs of the cluster's management: its name without `fabric:/`, with `~` between the
/// parts, percent-encoded. Nothing for a text that names no service: without a part, with an empty one or a dot
/// segment.
/// **Source**: Service Fabric client REST API 6.0, Resolve Service, serviceId.
std::optional<std::string> fabric_service_id(std::string_view name);

}  // namespace sluice
