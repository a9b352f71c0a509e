// SPDX-License-Identifier: Apache-2.0
// sluice check PATH...: policy documents by themselves, and folders of artifacts as a whole.
#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/load.hpp"

#include <sluice/gateway.hpp>
#include <sluice/policy_document.hpp>

#include <algorithm>
#include <cstdio>
#include <map>

namespace sluice::cli {
namespace {

namespace fs = std::filesystem;

/// A folder is one of artifacts when it holds any of the layout's own folders.
bool is_artifacts_folder(const fs::path& folder) {
  for (const char* name : {"apis", "products", "backends", "named values", "policy fragments", "subscriptions"}) {
    if (fs::is_directory(folder / name)) return true;
  }
  return false;
}

/// Collects what is checked: documents one by one, artifacts folders whole.
class Checker {
 public:
  Checker(bool json, HostSettings settings)
      : json_(json), settings_(std::move(settings)), registry_(PolicyRegistry::with_builtins()) {}

  void check(const fs::path& path) {
    std::error_code error;
    if (fs::is_directory(path, error)) {
      if (is_artifacts_folder(path)) return check_artifacts(path);
      return check_folder(path);
    }
    check_document(path);
  }

  int finish() const {
    if (!json_) {
      std::printf("%zu checked, %zu with errors\n", checked_, failed_);
    }
    return failed_ == 0 ? exit_ok : exit_errors;
  }

 private:
  /// Folders inside that are artifacts are taken whole; all other XML files are documents.
  void check_folder(const fs::path& folder) {
    std::vector<fs::path> entries;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
      entries.push_back(at->path());
    }
    if (error) unreadable(folder, "the folder cannot be read: " + error.message());
    std::sort(entries.begin(), entries.end());
    for (const fs::path& path : entries) {
      if (fs::is_symlink(path)) continue;
      if (fs::is_directory(path)) {
        check(path);
      } else if (to_lower(path.extension().string()) == ".xml") {
        check_document(path);
      }
    }
  }

  void check_document(const fs::path& path) {
    const auto text = read_file(path);
    if (!text) return unreadable(path, "the file cannot be read");
    const Diagnostics found = check_policy_document({*text, path.string()}, registry_, {});
    count(found);
    report(path.string(), found);
  }

  void unreadable(const fs::path& path, std::string message) {
    Diagnostics found;
    found.add({.code = "SL1001", .file = path.string(), .message = std::move(message)});
    count(found);
    report(path.string(), std::move(found));
  }

  void check_artifacts(const fs::path& folder) {
    Diagnostics found;
    auto model = read_model(folder, settings_, found);
    if (model) {
      GatewayOptions options;
      options.deployment = settings_.deployment;
      options.limits = settings_.limits;
      options.behaviour = settings_.behaviour;
      Gateway gateway(std::move(options));
      found.append(gateway.load(std::move(*model)));
    }
    count(found);
    // One report a file, so that tools can show it beside the file.
    std::map<std::string, Diagnostics> by_file;
    by_file[folder.string()];
    for (const Diagnostic& diagnostic : found) by_file[diagnostic.file].add(diagnostic);
    for (auto& [file, diagnostics] : by_file) {
      if (file == folder.string() || !diagnostics.empty()) report(file, diagnostics);
    }
  }

  /// One document, or one folder of artifacts, was checked.
  void count(const Diagnostics& found) {
    ++checked_;
    if (found.has_errors()) ++failed_;
  }

  void report(const std::string& file, Diagnostics found) {
    found.sort();
    if (!json_) {
      for (const Diagnostic& diagnostic : found) std::fputs(render_text(diagnostic).c_str(), stdout);
      return;
    }
    JsonWriter writer;
    writer.begin_object();
    writer.member("file", std::string_view(file));
    writer.member("ok", !found.has_errors());
    writer.key("diagnostics");
    writer.begin_array();
    for (const Diagnostic& diagnostic : found) writer.raw(render_json(diagnostic));
    writer.end_array();
    writer.end_object();
    std::printf("%s\n", writer.text().c_str());
  }

  bool json_;
  HostSettings settings_;
  PolicyRegistry registry_;
  std::size_t checked_ = 0;
  std::size_t failed_ = 0;
};

}  // namespace

int check(const CheckArguments& arguments) {
  for (const std::string& path : arguments.paths) {
    std::error_code error;
    if (!fs::exists(path, error)) {
      std::fprintf(stderr, "sluice check: '%s' does not exist\n", path.c_str());
      return exit_usage;
    }
  }
  auto settings = read_settings(arguments.settings);
  if (!settings) return exit_errors;
  Checker checker(arguments.format == "json", std::move(*settings));
  for (const std::string& path : arguments.paths) checker.check(path);
  return checker.finish();
}

}  // namespace sluice::cli
