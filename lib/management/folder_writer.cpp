// SPDX-License-Identifier: Apache-2.0
// A text for a folder that will first be removed is prepared at the top of the artifacts, so that it survives that.
// Links in the folder are not followed when something is removed: the link goes.
#include "management/folder_writer.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace sluice::management {
namespace {

namespace fs = std::filesystem;

/// Only the owner: subscriptions and named values hold secrets.
constexpr mode_t file_mode = 0600;

/// Callers are told: no word of where the folder is (K4).
tl::unexpected<std::string> failed(const fs::path& path, const std::string& why) {
  return tl::unexpected("'" + path.filename().generic_string() + "': " + why);
}

/// Writes a new file to the end and to the disk.
tl::expected<void, std::string> write_whole(const fs::path& file, std::string_view text, mode_t mode) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
  if (descriptor < 0) return failed(file, std::strerror(errno));
  int error = ::fchmod(descriptor, mode) != 0 ? errno : 0;  // Whatever the umask is.
  while (!text.empty() && error == 0) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno != EINTR) error = errno;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (error == 0 && ::fsync(descriptor) != 0) error = errno;
  if (::close(descriptor) != 0 && error == 0) error = errno;
  if (error != 0) return failed(file, std::strerror(error));
  return {};
}

/// As that of the file whose place is taken, where there is one.
mode_t mode_of(const fs::path& file) {
  std::error_code error;
  const fs::file_status status = fs::symlink_status(file, error);
  if (error || !fs::is_regular_file(status)) return file_mode;
  return static_cast<mode_t>(status.permissions() & fs::perms::all);
}

}  // namespace

FolderWriter::~FolderWriter() {
  std::error_code ignored;  // Names of these files are left out by every reader.
  for (const Prepared& each : prepared_) fs::remove(each.temporary, ignored);
}

tl::expected<void, std::string> FolderWriter::prepare(const std::vector<model::OverlayFiles::Change>& changes) {
  for (const model::OverlayFiles::Change& change : changes) {
    if (change.text == nullptr) {
      removed_.push_back(change.path);
      continue;
    }
    const fs::path temporary =
        folder_ / (".sluice-" + std::to_string(::getpid()) + '-' + std::to_string(prepared_.size()) + ".tmp");
    std::error_code ignored;  // Of an earlier process of that number; whether it is gone is seen when it is made.
    fs::remove(temporary, ignored);
    prepared_.push_back({temporary, change.path});
    if (auto written = write_whole(temporary, *change.text, mode_of(change.path)); !written) return written;
  }
  return {};
}

tl::expected<void, std::string> FolderWriter::finish() {
  std::error_code error;
  for (const fs::path& path : removed_) {
    fs::remove_all(path, error);
    if (error) return failed(path, error.message());
  }
  removed_.clear();
  while (!prepared_.empty()) {
    const Prepared& next = prepared_.back();
    fs::create_directories(next.file.parent_path(), error);
    if (error) return failed(next.file.parent_path(), error.message());
    fs::rename(next.temporary, next.file, error);
    if (error) return failed(next.file, error.message());
    prepared_.pop_back();
  }
  return {};
}

}  // namespace sluice::management
