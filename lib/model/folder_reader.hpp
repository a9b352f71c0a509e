// SPDX-License-Identifier: Apache-2.0
// The files of an artifacts folder, within bounds. Everything that cannot be read is reported, never skipped.
#pragma once

#include "model/bounds.hpp"
#include "model/file_source.hpp"

#include <sluice/diagnostic.hpp>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::model {

class FolderReader {
 public:
  /// `source` outlives the reader.
  FolderReader(const ReadBounds& bounds, Diagnostics& diagnostics, const FileSource& source = disk_files())
      : bounds_(bounds), diagnostics_(diagnostics), source_(source) {}

  /// What is in a folder, sorted by name, without names that begin with a dot. A folder is looked into once, whoever
  /// asks.
  const std::vector<FolderEntry>& list(const std::filesystem::path& folder);
  /// The text of a file of at most `most_bytes`; nothing after a report.
  std::optional<std::string> read(const std::filesystem::path& file, std::size_t most_bytes);
  /// Whether there is such a file (or something that cannot be looked at, so that reading it will report that).
  bool has_file(const std::filesystem::path& file) const { return source_.has_file(file); }

  void add(Severity severity, std::string_view code, const std::filesystem::path& file, std::string message,
           std::string hint = {});
  const ReadBounds& bounds() const { return bounds_; }
  const FileSource& source() const { return source_; }
  Diagnostics& diagnostics() { return diagnostics_; }

 private:
  std::vector<FolderEntry> look_into(const std::filesystem::path& folder);

  ReadBounds bounds_;
  Diagnostics& diagnostics_;
  const FileSource& source_;
  std::map<std::filesystem::path, std::vector<FolderEntry>> folders_;
  std::size_t entries_ = 0;
  std::size_t bytes_ = 0;
  bool entries_reported_ = false;
};

}  // namespace sluice::model
