// SPDX-License-Identifier: Apache-2.0
// FolderWriter: brings changes into a folder of the disk. First all texts are written beside their places, under names
// that readers leave out; then they take them one after the other, each at once.
#pragma once

#include "model/overlay_files.hpp"

#include <sluice/error.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace sluice::management {

class FolderWriter {
 public:
  /// Nothing outside of `folder` is touched.
  explicit FolderWriter(std::filesystem::path folder) : folder_(std::move(folder)) {}
  /// Takes away what was prepared and not put in place.
  ~FolderWriter();
  FolderWriter(const FolderWriter&) = delete;
  FolderWriter& operator=(const FolderWriter&) = delete;

  /// Writes the texts, so that what can fail fails before anything has changed. Folders that were made for them stay.
  /// **Errors**: the file's name and what the system says.
  tl::expected<void, std::string> prepare(const std::vector<model::OverlayFiles::Change>& changes);
  /// Removes and replaces. **Errors**: as above; what was done before stays done.
  tl::expected<void, std::string> finish();

 private:
  struct Prepared {
    std::filesystem::path temporary, file;
  };
  std::filesystem::path folder_;
  std::vector<Prepared> prepared_;
  std::vector<std::filesystem::path> removed_;
};

}  // namespace sluice::management
