// SPDX-License-Identifier: Apache-2.0
// Backends and loggers of a case go through the reader of artifact folders, so that cases use the very shapes that
// folders hold: they are written into a folder of their own, which is removed again.
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

/// The model of a folder with entities of one kind: `kind/<id>/file` with the properties that the case gives.
std::optional<ServiceModel> read_entities(const YAML::Node& node, const std::string& kind, const std::string& file,
                                          CaseFindings& findings) {
  if (!node || is_null(node)) return std::nullopt;
  if (!node.IsMap()) {
    findings.push_back({line_of(node), "'" + kind + "' must be a mapping of ids"});
    return std::nullopt;
  }
  const ScratchFolder folder;
  for (const auto& member : node) {
    const fs::path place = folder.path() / kind / member.first.Scalar();
    fs::create_directories(place);
    std::ofstream(place / file) << "{\"properties\":" << to_json(member.second) << "}";
  }
  LoadedModel loaded = load_artifacts(folder.path());
  for (const Diagnostic& diagnostic : loaded.diagnostics) {
    if (diagnostic.severity != Severity::error) continue;
    findings.push_back({line_of(node), kind + ": " + diagnostic.message});
  }
  return std::move(loaded.model);
}

}  // namespace

std::vector<Backend> read_case_backends(const YAML::Node& node, CaseFindings& findings) {
  auto model = read_entities(node, "backends", "backendInformation.json", findings);
  if (!model) return {};
  for (Backend& backend : model->backends) backend.file.clear();
  return std::move(model->backends);
}

std::vector<Logger> read_case_loggers(const YAML::Node& node, CaseFindings& findings) {
  auto model = read_entities(node, "loggers", "loggerInformation.json", findings);
  if (!model) return {};
  for (Logger& logger : model->loggers) logger.file.clear();
  return std::move(model->loggers);
}

}  // namespace sluice::testing
