// SPDX-License-Identifier: Apache-2.0
// Gateways that stages send requests to.
#pragma once

#include <sluice/gateway.hpp>

#include <string_view>

namespace sluice::bench {

/// The key of the one subscription that `load` adds.
inline constexpr std::string_view primary_key = "bench-primary-key";

/// Loads the model with a subscription beside what it has. Tells what was found, and ends the program when that is an
/// error.
void load(Gateway& gateway, ServiceModel model);

}  // namespace sluice::bench
