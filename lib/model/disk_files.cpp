// SPDX-License-Identifier: Apache-2.0
// The disk as a source of files. A file is read in one go, and what is no regular file is not opened: a pipe or device
// would make the reader wait.
#include "model/file_source.hpp"

#include <fstream>
#include <system_error>

namespace sluice::model {
namespace {

namespace fs = std::filesystem;

tl::unexpected<FileProblem> problem(const fs::path& path, std::string message, std::string hint = {}) {
  return tl::unexpected(FileProblem{path, std::move(message), std::move(hint)});
}

class DiskFiles final : public FileSource {
 public:
  std::vector<FolderEntry> list(const fs::path& folder, std::size_t most,
                                std::vector<FileProblem>& problems) const override {
    std::vector<FolderEntry> entries;
    std::error_code error;
    fs::directory_iterator at(folder, error);
    for (; !error && at != fs::directory_iterator() && entries.size() < most; at.increment(error)) {
      std::string name = at->path().filename().string();
      if (name.starts_with('.')) continue;
      std::error_code type_error;
      // A link to nowhere is found out by whoever wants to read it.
      const fs::file_type type = at->status(type_error).type();
      if (type == fs::file_type::none) {
        problems.push_back({at->path(), "cannot be looked at: " + type_error.message(), {}});
      }
      entries.push_back({std::move(name), at->path(), type == fs::file_type::directory});
    }
    if (error) problems.push_back({folder, "the folder cannot be read: " + error.message(), {}});
    return entries;
  }

  tl::expected<std::string, FileProblem> read(const fs::path& file, std::size_t most_bytes) const override {
    std::error_code error;
    const fs::file_status status = fs::status(file, error);
    if (error) return problem(file, "the file cannot be read: " + error.message());
    if (!fs::is_regular_file(status)) return problem(file, "is not a regular file");
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return problem(file, "the file cannot be opened", "check who may read it");
    const std::uintmax_t stated = fs::file_size(file, error);
    if (error) return problem(file, "the file changed while it was read");
    if (stated > most_bytes) {
      return tl::unexpected(
          FileProblem{file, "the file is larger than " + std::to_string(most_bytes) + " bytes", {}, true});
    }
    // One byte more than stated is asked for: the size may be out of date.
    std::string text(static_cast<std::size_t>(stated) + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (stream.bad()) return problem(file, "the file cannot be read to its end");
    if (text.size() != stated) return problem(file, "the file changed while it was read");
    return text;
  }

  bool has_file(const fs::path& file) const override {
    std::error_code error;
    const fs::file_status status = fs::symlink_status(file, error);
    return status.type() != fs::file_type::not_found && !fs::is_directory(file, error);
  }

  tl::expected<void, FileProblem> has_folder(const fs::path& folder) const override {
    std::error_code error;
    if (fs::is_directory(folder, error)) return {};
    return problem(folder, error ? "the folder cannot be read: " + error.message() : "there is no such folder");
  }
};

}  // namespace

const FileSource& disk_files() {
  static const DiskFiles files;
  return files;
}

}  // namespace sluice::model
