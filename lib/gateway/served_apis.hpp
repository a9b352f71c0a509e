// SPDX-License-Identifier: Apache-2.0
// Which APIs this gateway serves: a self-hosted gateway those that are linked to it, the service's own all.
// Source: policies.md section 4.6.
#pragma once

#include <sluice/diagnostic.hpp>
#include <sluice/model.hpp>

#include <string_view>
#include <vector>

namespace sluice {

/// The gateway id of the service's own gateways.
inline constexpr std::string_view managed_gateway_id = "managed";

/// For each API of the model whether the gateway of that id serves it; empty: all. APIs of workspaces are not for
/// self-hosted gateways. A model without gateways has nothing to say. Reports an id that the model's gateways do not
/// have.
std::vector<bool> served_apis(const ServiceModel& model, std::string_view gateway_id, Diagnostics& diagnostics);

}  // namespace sluice
