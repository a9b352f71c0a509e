// SPDX-License-Identifier: Apache-2.0
// Store: the folder that a gateway runs, with changes over it. One change at a time is tried on a copy of the files,
// read and compiled as the whole folder is, and becomes what runs or leaves nothing behind.
#pragma once

#include "management/failure.hpp"
#include "model/overlay_files.hpp"

#include <sluice/model.hpp>

#include <functional>
#include <mutex>
#include <string>

namespace sluice::management {

class Store {
 public:
  struct Options {
    std::filesystem::path folder;
    bool write_back = false;
    /// Makes a model the one that runs, or says what is wrong with it and changes nothing.
    std::function<Diagnostics(ServiceModel)> load;
  };
  explicit Store(Options options);

  /// Reads the folder again, with the changes that have not been written over it. What served before goes on after an
  /// error.
  Diagnostics reload();

  /// Lets `edit` change the files; false of it means that there is nothing to do. **Errors**: what `edit` says; 400
  /// with the findings when the folder would not load; 500 when it cannot be written, and nothing has changed then,
  /// unless the message says so.
  Outcome<bool> change(const std::function<Outcome<bool>(model::OverlayFiles&)>& edit);
  /// Calls `look` with the files as they are. Nothing changes them meanwhile.
  template <class See>
  auto look(const See& see) const {
    std::lock_guard lock(mutex_);
    return see(files_);
  }

  /// Changes that the folder does not have.
  std::size_t unwritten() const;

 private:
  Outcome<void> load_and_write(model::OverlayFiles& candidate);

  const Options options_;
  mutable std::mutex mutex_;  ///< Not held across a wait: changes come from one thread, reloads from another.
  model::OverlayFiles files_;
};

}  // namespace sluice::management
