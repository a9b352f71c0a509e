// SPDX-License-Identifier: Apache-2.0
// Whether a listener for the management interface may be opened as the settings want it.
#pragma once

#include <sluice/host_settings.hpp>

#include <string>

namespace sluice::management {

/// The environment variable that brings a token.
inline constexpr std::string_view token_variable = "SLUICE_MANAGEMENT_TOKEN";

/// Why it may not, in a sentence; empty: it may. Whoever gets in can change everything and read keys, so that a token
/// that can be guessed is none, and one that crosses a network is not sent in the clear.
std::string why_not_listen(const ManagementSettings& settings);

}  // namespace sluice::management
