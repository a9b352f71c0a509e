// SPDX-License-Identifier: Apache-2.0
// The top of an artifacts folder and of the workspaces in it: tables say which reader takes which folder. Names of
// folders are compared without case and without blanks, dashes and underscores, because tools write "named values",
// "namedValues" and "named-values".
#include "model/artifacts_reader.hpp"

#include "base/text.hpp"
#include "model/place.hpp"
#include "model/read/reading.hpp"

#include <map>

namespace sluice {
namespace model {
namespace {

namespace fs = std::filesystem;
using FolderFunction = void (*)(Reading&, const fs::path&);

void read_workspaces(Reading& reading, const fs::path& folder);

using FolderReaders = std::map<std::string_view, FolderFunction>;

/// What the service and each of its workspaces may have.
const FolderReaders& shared_readers() {
  static const FolderReaders readers = {
      {"apis", read_apis},
      {"apiversionsets", read_version_sets},
      {"backends", read_backends},
      {"certificates", read_certificates},
      {"diagnostics", read_service_diagnostics},
      {"fragments", read_fragments},
      {"groups", read_groups},
      {"loggers", read_loggers},
      {"namedvalues", read_named_values},
      {"policyfragments", read_fragments},
      {"products", read_products},
      {"schemas", read_service_schemas},
      {"subscriptions", read_subscriptions},
      {"tags", read_tags},
      {"versionsets", read_version_sets},
  };
  return readers;
}

/// What only the service itself has, beside those.
const FolderReaders& service_readers() {
  static const FolderReaders readers = [] {
    FolderReaders all = shared_readers();
    all.insert({{"gateways", read_gateways},
                {"policyrestrictions", read_policy_restrictions},
                {"users", read_users},
                {"workspaces", read_workspaces}});
    return all;
  }();
  return readers;
}

void read_folders(Reading& reading, const fs::path& folder, const FolderReaders& readers) {
  for (const FolderEntry& entry : reading.files.list(folder)) {
    if (!entry.is_folder) continue;
    const std::string plain = plain_folder_name(entry.name);
    if (const auto reader = readers.find(plain); reader != readers.end()) {
      reader->second(reading, entry.path);
    } else if (service_readers().contains(plain)) {
      reading.files.add(Severity::warning, "SL5004", entry.path, "belongs to the service: a workspace has none");
    } else {
      std::vector<std::string_view> names = {"named values", "policy fragments", "version sets"};
      for (const auto& [name, function] : readers) names.push_back(name);
      const std::string_view near = nearest_name(entry.name, names);
      reading.files.add(Severity::warning, "SL5004", entry.path, "is not a folder of the layout and has no effect",
                        near.empty() ? std::string() : "did you mean '" + std::string(near) + "'?");
    }
  }
}

/// `workspaces/<id>`: workspaceInformation.json, policy.xml, and the folders of a service once more. What is in them
/// belongs to the workspace.
void read_workspaces(Reading& reading, const fs::path& folder) {
  for_each_folder(reading, folder, [&](const FolderEntry& entry) {
    Workspace workspace;
    workspace.id = workspace.display_name = entry.name;
    const fs::path file = entry.path / "workspaceInformation.json";
    workspace.file = file.generic_string();
    read_information(reading, file, "the workspace", [&](ObjectReader& fields) {
      workspace.display_name = fields.text("displayName", entry.name);
      workspace.description = fields.text("description");
      fields.ignore({"provisioningState"});
    });
    workspace.policy = read_policy(reading, entry.path);
    reading.workspace_id = workspace.id;
    read_folders(reading, entry.path, shared_readers());
    reading.workspace_id.clear();
    reading.model.workspaces.push_back(std::move(workspace));
  });
}

}  // namespace

std::string plain_folder_name(std::string_view name) {
  std::string plain;
  for (char c : name) {
    if (c != ' ' && c != '-' && c != '_') plain += to_lower(c);
  }
  return plain;
}

LoadedModel read_artifacts(const fs::path& folder, const ReadBounds& bounds, const FileSource& source) {
  LoadedModel loaded;
  FolderReader files(bounds, loaded.diagnostics, source);
  const PlacesFrom places(source);
  ServiceModel model;
  model.folder = folder.generic_string();
  if (auto found = source.has_folder(folder); !found) {
    files.add(Severity::error, "SL5008", folder, std::move(found.error().message));
    return loaded;
  }
  Reading reading{files, model, {}, {}, {}, {}, {}};
  model.policy = read_policy(reading, folder);
  read_folders(reading, folder, service_readers());
  resolve_url_pools(reading);
  resolve_tag_links(reading);
  suspend_blocked_users(reading);
  check_policy_restrictions(reading);
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
