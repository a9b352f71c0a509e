// SPDX-License-Identifier: Apache-2.0
#include "model/folder_reader.hpp"

#include <algorithm>

namespace sluice::model {

namespace fs = std::filesystem;

const std::vector<FolderEntry>& FolderReader::list(const fs::path& folder) {
  const auto known = folders_.find(folder);
  return known != folders_.end() ? known->second : folders_.emplace(folder, look_into(folder)).first->second;
}

std::vector<FolderEntry> FolderReader::look_into(const fs::path& folder) {
  const std::size_t left = bounds_.entries - std::min(entries_, bounds_.entries);
  std::vector<FileProblem> problems;
  std::vector<FolderEntry> entries = source_.list(folder, left + 1, problems);
  for (const FileProblem& problem : problems) add(Severity::error, "SL1001", problem.path, problem.message);
  if (entries.size() > left) {
    entries.resize(left);
    if (!entries_reported_) {
      add(Severity::error, "SL9001", folder,
          "the artifacts hold more than " + std::to_string(bounds_.entries) + " files and folders");
    }
    entries_reported_ = true;
  }
  entries_ += entries.size();
  std::sort(entries.begin(), entries.end(),
            [](const FolderEntry& one, const FolderEntry& other) { return one.name < other.name; });
  return entries;
}

std::optional<std::string> FolderReader::read(const fs::path& file, std::size_t most_bytes) {
  const std::size_t allowed = std::min(most_bytes, bounds_.total_bytes - std::min(bytes_, bounds_.total_bytes));
  tl::expected<std::string, FileProblem> text = source_.read(file, allowed);
  if (text) {
    bytes_ += text->size();
    return std::move(*text);
  }
  FileProblem& problem = text.error();
  if (problem.is_too_large && allowed < most_bytes) {
    problem.message = "the artifacts hold more than " + std::to_string(bounds_.total_bytes) + " bytes";
  }
  add(Severity::error, problem.is_too_large ? "SL9001" : "SL1001", file, std::move(problem.message),
      std::move(problem.hint));
  return std::nullopt;
}

void FolderReader::add(Severity severity, std::string_view code, const fs::path& file, std::string message,
                       std::string hint) {
  Diagnostic diagnostic;
  diagnostic.severity = severity;
  diagnostic.code = code;
  diagnostic.file = file.generic_string();
  diagnostic.message = std::move(message);
  diagnostic.hint = std::move(hint);
  diagnostics_.add(std::move(diagnostic));
}

}  // namespace sluice::model
