// SPDX-License-Identifier: Apache-2.0
#include "cli/load.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace sluice::cli {

void print(const Diagnostics& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity == Severity::info) continue;
    std::fputs(render_text(diagnostic).c_str(), stderr);
  }
}

std::optional<HostSettings> read_settings(const std::string& file) {
  if (file.empty()) return HostSettings();
  LoadedSettings loaded = load_host_settings(file);
  print(loaded.diagnostics);
  return loaded.diagnostics.has_errors() ? std::nullopt : std::move(loaded.settings);
}

std::optional<ServiceModel> read_model(const std::filesystem::path& folder, const HostSettings& settings,
                                       Diagnostics& diagnostics) {
  LoadedModel loaded = load_artifacts(folder);
  diagnostics.append(loaded.diagnostics);
  if (!loaded.model) return std::nullopt;
  diagnostics.append(apply_settings(*loaded.model, settings, environment));
  return std::move(loaded.model);
}

std::optional<std::string> environment(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::optional<std::string> read_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream || std::filesystem::is_directory(file)) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

}  // namespace sluice::cli
