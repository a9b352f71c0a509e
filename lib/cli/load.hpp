// SPDX-License-Identifier: Apache-2.0
// What several commands do first: read settings and a folder of artifacts, and show what was found.
#pragma once

#include <sluice/diagnostic.hpp>
#include <sluice/host_settings.hpp>
#include <sluice/model.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::cli {

/// Prints findings to standard error as text; infos only when there is nothing worse.
void print(const Diagnostics& diagnostics);

/// The settings of `file`, or the defaults when it is empty. Nothing after errors, which have been printed.
std::optional<HostSettings> read_settings(const std::string& file);

/// The folder with the settings laid over it; findings are added to `diagnostics`.
std::optional<ServiceModel> read_model(const std::filesystem::path& folder, const HostSettings& settings,
                                       Diagnostics& diagnostics);

/// A variable of the environment; nothing when it is not set.
std::optional<std::string> environment(std::string_view name);

/// The whole text of a file; nothing when it cannot be read.
std::optional<std::string> read_file(const std::filesystem::path& file);

}  // namespace sluice::cli
