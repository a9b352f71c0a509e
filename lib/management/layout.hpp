// SPDX-License-Identifier: Apache-2.0
// Layout: where resources stand in a folder of artifacts. A resource `apis/orders/operations/list` is the folder of
// that name; collections may be spelled as the reader takes them (`named values`, `namedValues`).
#pragma once

#include "model/file_source.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::management {

class Layout {
 public:
  /// `files` outlives it.
  Layout(const model::FileSource& files, std::filesystem::path folder) : files_(files), folder_(std::move(folder)) {}

  const model::FileSource& files() const { return files_; }
  const std::filesystem::path& folder() const { return folder_; }

  /// The folders of a collection (a segment of ARM's path) in `parent`; mostly one, or none.
  std::vector<std::filesystem::path> collections(const std::filesystem::path& parent, std::string_view segment) const;
  /// The folder of a resource. Ids are compared without case.
  std::optional<std::filesystem::path> find(const std::filesystem::path& parent, std::string_view segment,
                                            std::string_view id) const;
  /// The same, or where a new one goes. `id` is valid.
  std::filesystem::path place(const std::filesystem::path& parent, std::string_view segment, std::string_view id) const;
  /// Names of the folders in a collection, sorted.
  std::vector<std::string> ids(const std::filesystem::path& parent, std::string_view segment) const;
  /// The names of the files in a folder, sorted.
  std::vector<std::string> file_names(const std::filesystem::path& folder) const;

 private:
  std::vector<model::FolderEntry> list(const std::filesystem::path& folder) const;

  const model::FileSource& files_;
  std::filesystem::path folder_;
};

}  // namespace sluice::management
