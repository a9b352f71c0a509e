// SPDX-License-Identifier: Apache-2.0
// The top of an artifacts folder: one table says which reader takes which folder. Names of folders are compared without
// case and without blanks, dashes and underscores, because tools write "named values", "namedValues" and
// "named-values".
#include "model/artifacts_reader.hpp"

#include "base/text.hpp"
#include "model/read/reading.hpp"

#include <map>

namespace sluice {
namespace model {
namespace {

namespace fs = std::filesystem;
using FolderFunction = void (*)(Reading&, const fs::path&);

const std::map<std::string_view, FolderFunction>& folder_readers() {
  static const std::map<std::string_view, FolderFunction> readers = {
      {"apis", read_apis},
      {"apiversionsets", read_version_sets},
      {"backends", read_backends},
      {"certificates", read_certificates},
      {"fragments", read_fragments},
      {"groups", read_groups},
      {"loggers", read_loggers},
      {"namedvalues", read_named_values},
      {"policyfragments", read_fragments},
      {"products", read_products},
      {"schemas", read_service_schemas},
      {"subscriptions", read_subscriptions},
      {"users", read_users},
      {"versionsets", read_version_sets},
  };
  return readers;
}

std::string plain_name(std::string_view name) {
  std::string plain;
  for (char c : name) {
    if (c != ' ' && c != '-' && c != '_') plain += to_lower(c);
  }
  return plain;
}

/// Folders of the layout that only concern the service's own plumbing.
bool has_no_effect_here(std::string_view plain) {
  for (std::string_view known : {"diagnostics", "gateways", "policyrestrictions", "tags"}) {
    if (plain == known) return true;
  }
  return false;
}

void read_top(Reading& reading, const fs::path& folder) {
  for (const FolderEntry& entry : reading.files.list(folder)) {
    if (!entry.is_folder) continue;
    const std::string plain = plain_name(entry.name);
    const auto reader = folder_readers().find(plain);
    if (reader != folder_readers().end()) {
      reader->second(reading, entry.path);
    } else if (has_no_effect_here(plain)) {
      reading.files.add(Severity::info, "SL5004", entry.path, "is not needed by the gateway and has no effect");
    } else {
      std::vector<std::string_view> names = {"named values", "policy fragments", "version sets"};
      for (const auto& [name, function] : folder_readers()) names.push_back(name);
      const std::string_view near = nearest_name(entry.name, names);
      reading.files.add(Severity::warning, "SL5004", entry.path, "is not a folder of the layout and has no effect",
                        near.empty() ? std::string() : "did you mean '" + std::string(near) + "'?");
    }
  }
}

}  // namespace

LoadedModel read_artifacts(const fs::path& folder, const ReadBounds& bounds) {
  LoadedModel loaded;
  FolderReader files(bounds, loaded.diagnostics);
  ServiceModel model;
  model.folder = folder.generic_string();
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    files.add(Severity::error, "SL5008", folder,
              error ? "the folder cannot be read: " + error.message() : "there is no such folder");
    return loaded;
  }
  Reading reading{files, model, {}};
  model.policy = read_policy(reading, folder);
  read_top(reading, folder);
  resolve_url_pools(reading);
  if (loaded.diagnostics.has_errors()) {
    validate_model(model, loaded.diagnostics);
  } else {
    loaded.model = std::move(model);
  }
  loaded.diagnostics.sort();
  return loaded;
}

}  // namespace model

LoadedModel load_artifacts(const std::filesystem::path& folder) { return model::read_artifacts(folder); }

}  // namespace sluice
