// SPDX-License-Identifier: Apache-2.0
// FileSource: where the files of a folder come from. `disk_files` is the disk; OverlayFiles lays changes in memory over
// another source. A source says what is there; bounds and findings are FolderReader's affair.
#pragma once

#include <tl/expected.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace sluice::model {

struct FolderEntry {
  std::string name;
  std::filesystem::path path;
  bool is_folder = false;
};

/// Why something could not be read, in words that follow its name.
struct FileProblem {
  std::filesystem::path path;
  std::string message;
  std::string hint;
  bool is_too_large = false;  ///< It has more than what was asked for; all else is then as it should be.
};

/// Any thread may ask.
class FileSource {
 public:
  virtual ~FileSource() = default;

  /// At most `most` of what is in a folder, in no order. Names that begin with a dot are left out: version control,
  /// editors and mounted volumes (`..data`) keep their own things under such names. What cannot be looked at comes too,
  /// as no folder.
  virtual std::vector<FolderEntry> list(const std::filesystem::path& folder, std::size_t most,
                                        std::vector<FileProblem>& problems) const = 0;
  /// The whole of a file of at most `most_bytes`.
  virtual tl::expected<std::string, FileProblem> read(const std::filesystem::path& file,
                                                      std::size_t most_bytes) const = 0;
  /// Whether there is such a file (or something that cannot be looked at, so that reading it will say that).
  virtual bool has_file(const std::filesystem::path& file) const = 0;
  /// **Errors**: there is no such folder, or it cannot be looked at.
  virtual tl::expected<void, FileProblem> has_folder(const std::filesystem::path& folder) const = 0;
};

/// The files of the disk.
const FileSource& disk_files();

}  // namespace sluice::model
