// SPDX-License-Identifier: Apache-2.0
// OverlayFiles: written and removed files, in memory, over those of a folder. Copies share the texts, so that a change
// can be tried on a copy.
#pragma once

#include "model/file_source.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>

namespace sluice::model {

class OverlayFiles final : public FileSource {
 public:
  /// Over what `below`, which outlives it, has in `folder`. Elsewhere it is as `below`.
  explicit OverlayFiles(std::filesystem::path folder, const FileSource& below = disk_files());

  const std::filesystem::path& folder() const { return folder_; }

  /// Both want a path in the folder. Folders come and go with the files in them.
  void write(const std::filesystem::path& file, std::string text);
  /// Takes away a file, or a folder with everything in it.
  void remove(const std::filesystem::path& path);

  /// What has to be done to `below` to make it the same, in this order: all removals come first.
  struct Change {
    std::filesystem::path path;
    std::shared_ptr<const std::string> text;  ///< Null: remove it.
  };
  std::vector<Change> changes() const;
  bool is_changed() const { return !written_.empty() || !removed_.empty(); }
  void clear();

  std::vector<FolderEntry> list(const std::filesystem::path& folder, std::size_t most,
                                std::vector<FileProblem>& problems) const override;
  tl::expected<std::string, FileProblem> read(const std::filesystem::path& file, std::size_t most_bytes) const override;
  bool has_file(const std::filesystem::path& file) const override;
  tl::expected<void, FileProblem> has_folder(const std::filesystem::path& folder) const override;

 private:
  using Written = std::map<std::string, std::shared_ptr<const std::string>, std::less<>>;

  /// The path within the folder (`apis/x/policy.xml`, `.` for the folder itself); nothing for others.
  std::optional<std::string> key_of(const std::filesystem::path& path) const;
  bool is_removed(std::string_view key) const;
  /// The first file that was written somewhere in a folder.
  Written::const_iterator first_in(const std::string& folder_key) const;
  bool has_written_in(const std::string& folder_key) const;

  std::filesystem::path folder_;
  const FileSource* below_;
  Written written_;
  std::set<std::string, std::less<>> removed_;  ///< None stands in another.
};

}  // namespace sluice::model
