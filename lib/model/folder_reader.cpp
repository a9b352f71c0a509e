// SPDX-License-Identifier: Apache-2.0
#include "model/folder_reader.hpp"

#include <algorithm>
#include <fstream>
#include <system_error>

namespace sluice::model {

namespace fs = std::filesystem;

const std::vector<FolderEntry>& FolderReader::list(const fs::path& folder) {
  const auto known = folders_.find(folder);
  return known != folders_.end() ? known->second : folders_.emplace(folder, look_into(folder)).first->second;
}

std::vector<FolderEntry> FolderReader::look_into(const fs::path& folder) {
  std::vector<FolderEntry> entries;
  std::error_code error;
  fs::directory_iterator at(folder, error);
  if (error) {
    add(Severity::error, "SL1001", folder, "the folder cannot be read: " + error.message());
    return entries;
  }
  for (; at != fs::directory_iterator(); at.increment(error)) {
    if (error) break;
    std::string name = at->path().filename().string();
    if (name.starts_with('.')) continue;
    if (++entries_ > bounds_.entries) {
      if (!entries_reported_) {
        add(Severity::error, "SL9001", folder,
            "the artifacts hold more than " + std::to_string(bounds_.entries) + " files and folders");
      }
      entries_reported_ = true;
      break;
    }
    std::error_code type_error;
    // A link to nowhere is found out by whoever wants to read it.
    const fs::file_type type = at->status(type_error).type();
    if (type == fs::file_type::none) {
      add(Severity::error, "SL1001", at->path(), "cannot be looked at: " + type_error.message());
    }
    const bool is_folder = type == fs::file_type::directory;
    entries.push_back({std::move(name), at->path(), is_folder});
  }
  if (error) add(Severity::error, "SL1001", folder, "the folder cannot be read: " + error.message());
  std::sort(entries.begin(), entries.end(),
            [](const FolderEntry& left, const FolderEntry& right) { return left.name < right.name; });
  return entries;
}

std::optional<std::string> FolderReader::read(const fs::path& file, std::size_t most_bytes) {
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (error) {
    add(Severity::error, "SL1001", file, "the file cannot be read: " + error.message());
    return std::nullopt;
  }
  // A pipe or device would make the reader wait.
  if (!fs::is_regular_file(status)) {
    add(Severity::error, "SL1001", file, "is not a regular file");
    return std::nullopt;
  }
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    add(Severity::error, "SL1001", file, "the file cannot be opened", "check who may read it");
    return std::nullopt;
  }
  // One byte more than allowed is asked for: the size the folder states may be out of date.
  std::string text;
  const std::size_t allowed = std::min(most_bytes, bounds_.total_bytes - std::min(bytes_, bounds_.total_bytes));
  const std::uintmax_t stated = fs::file_size(file, error);
  if (!error && stated <= allowed) {
    text.resize(static_cast<std::size_t>(stated) + 1);
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (stream.bad()) {
      add(Severity::error, "SL1001", file, "the file cannot be read to its end");
      return std::nullopt;
    }
    if (text.size() == stated) {
      bytes_ += text.size();
      return text;
    }
  }
  if (!error && stated > allowed) {
    add(Severity::error, "SL9001", file,
        allowed < most_bytes ? "the artifacts hold more than " + std::to_string(bounds_.total_bytes) + " bytes"
                             : "the file is larger than " + std::to_string(most_bytes) + " bytes");
  } else {
    add(Severity::error, "SL1001", file, "the file changed while it was read");
  }
  return std::nullopt;
}

bool FolderReader::has_file(const fs::path& file) const {
  std::error_code error;
  const fs::file_status status = fs::symlink_status(file, error);
  return status.type() != fs::file_type::not_found && !fs::is_directory(file, error);
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
