// SPDX-License-Identifier: Apache-2.0
// Backends of a case go through the reader of artifact folders, so that cases use the very shapes that folders hold:
// they are written into a folder of their own, which is removed again.
#include "testing/case_file.hpp"

#include <sluice/random.hpp>

#include <fstream>

namespace sluice::testing {
namespace {

namespace fs = std::filesystem;

/// A new empty folder, removed at the end.
class ScratchFolder {
 public:
  ScratchFolder() {
    SystemRandom random;
    path_ = fs::temp_directory_path() / ("sluice-case-" + std::to_string(random.bits()));
    fs::create_directories(path_);
  }
  ~ScratchFolder() {
    std::error_code ignored;  // A folder that stays behind is no reason to fail a case.
    fs::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

}  // namespace

std::vector<Backend> read_case_backends(const YAML::Node& node, CaseFindings& findings) {
  if (!node || is_null(node)) return {};
  if (!node.IsMap()) {
    findings.push_back({line_of(node), "'backends' must be a mapping of ids"});
    return {};
  }
  const ScratchFolder folder;
  for (const auto& member : node) {
    const fs::path place = folder.path() / "backends" / member.first.Scalar();
    fs::create_directories(place);
    std::ofstream(place / "backendInformation.json") << "{\"properties\":" << to_json(member.second) << "}";
  }
  LoadedModel loaded = load_artifacts(folder.path());
  for (const Diagnostic& diagnostic : loaded.diagnostics) {
    if (diagnostic.severity != Severity::error) continue;
    findings.push_back({line_of(node), "backends: " + diagnostic.message});
  }
  if (!loaded.model) return {};
  for (Backend& backend : loaded.model->backends) backend.file.clear();
  return std::move(loaded.model->backends);
}

}  // namespace sluice::testing
