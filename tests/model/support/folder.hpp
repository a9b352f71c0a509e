// SPDX-License-Identifier: Apache-2.0
// A folder of artifacts that a test writes, and what reading it reported.
#pragma once

#include <sluice/diagnostic.hpp>
#include <sluice/model.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

namespace sluice::testing {

/// A new folder that is removed with everything in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "sluice-model-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::string file(std::string_view relative) const { return (path_ / relative).generic_string(); }
  TemporaryFolder& write(std::string_view relative, std::string_view text) {
    const std::filesystem::path target = path_ / relative;
    std::filesystem::create_directories(target.parent_path());
    std::ofstream(target, std::ios::binary) << text;
    return *this;
  }
  /// An API with one operation, GET /items with the id get-items.
  TemporaryFolder& write_api(const std::string& id, const std::string& more_fields = "") {
    write("apis/" + id + "/apiInformation.json",
          R"({"properties": {"displayName": ")" + id + R"(", "path": ")" + id + "\"" + more_fields + "}}");
    return write("apis/" + id + "/specification.yaml", items_specification());
  }
  static std::string items_specification() {
    return "openapi: 3.0.1\n"
           "info: {title: t, version: '1'}\n"
           "paths:\n"
           "  /items:\n"
           "    get:\n"
           "      operationId: get-items\n"
           "      responses: {'200': {description: ok}}\n";
  }

 private:
  std::filesystem::path path_;
};

/// `error SL5001 3:7`, or with a file `error SL5001 3:7 named values/x/namedValueInformation.json`.
inline std::string short_form(const Diagnostic& diagnostic, const TemporaryFolder* folder = nullptr) {
  std::string text = std::string(to_string(diagnostic.severity)) + ' ' + diagnostic.code + ' ' +
                     std::to_string(diagnostic.pos.line) + ':' + std::to_string(diagnostic.pos.column);
  if (folder != nullptr) {
    const std::string root = folder->path().generic_string() + '/';
    const bool inside = diagnostic.file.compare(0, root.size(), root) == 0;
    text += ' ' + (inside ? diagnostic.file.substr(root.size()) : diagnostic.file);
  }
  return text;
}

/// One short form a line; `least` leaves out what is less severe.
inline std::string short_forms(const Diagnostics& diagnostics, const TemporaryFolder* folder = nullptr,
                               Severity least = Severity::warning) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity > least) continue;
    text += short_form(diagnostic, folder) + '\n';
  }
  return text;
}

/// All of it as a user would see it, for messages of failed tests.
inline std::string rendered(const Diagnostics& diagnostics) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) text += render_text(diagnostic);
  return text;
}

}  // namespace sluice::testing
