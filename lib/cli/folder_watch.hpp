// SPDX-License-Identifier: Apache-2.0
// FolderWatch: tells when anything below a folder has changed (inotify). One thread uses it.
#pragma once

#include <cstddef>
#include <filesystem>

namespace sluice::cli {

class FolderWatch {
 public:
  /// Folders watched at most; those beyond are not seen.
  static constexpr std::size_t max_folders = 20'000;

  explicit FolderWatch(std::filesystem::path folder);
  ~FolderWatch();
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;

  /// To be polled for reading; negative when the system has no watches left.
  int descriptor() const { return descriptor_; }
  /// Takes all pending events; true when there was one. New folders are watched from then on.
  bool take_changes();

 private:
  void watch_all();

  std::filesystem::path folder_;
  int descriptor_;
};

}  // namespace sluice::cli
