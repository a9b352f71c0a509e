// SPDX-License-Identifier: Apache-2.0
#include "management/store.hpp"

#include "management/folder_writer.hpp"
#include "model/artifacts_reader.hpp"
#include "model/place.hpp"

#include <optional>

namespace sluice::management {
namespace {

/// Reads the files and makes them what runs.
Diagnostics load_files(const model::OverlayFiles& files, const std::function<Diagnostics(ServiceModel)>& load) {
  const model::PlacesFrom places(files);
  LoadedModel loaded = model::read_artifacts(files.folder(), {}, files);
  if (loaded.model) loaded.diagnostics.append(load(std::move(*loaded.model)));
  loaded.diagnostics.sort();
  return std::move(loaded.diagnostics);
}

tl::unexpected<Failure> not_written(const std::string& why, std::string_view what_holds) {
  return refuse(500, "WriteBackFailed", "The folder of artifacts cannot be written. " + std::string(what_holds) + why);
}

}  // namespace

Store::Store(Options options) : options_(std::move(options)), files_(options_.folder) {}

Diagnostics Store::reload() {
  std::lock_guard lock(mutex_);
  return load_files(files_, options_.load);
}

std::size_t Store::unwritten() const {
  return look([](const model::OverlayFiles& files) { return files.changes().size(); });
}

Outcome<bool> Store::change(const std::function<Outcome<bool>(model::OverlayFiles&)>& edit) {
  std::lock_guard lock(mutex_);
  model::OverlayFiles candidate = files_;
  Outcome<bool> edited = edit(candidate);
  if (!edited || !*edited) return edited;
  if (Outcome<void> loaded = load_and_write(candidate); !loaded) return tl::unexpected(std::move(loaded.error()));
  return true;
}

/// What can fail for other reasons than the change itself comes before the load, after which there is no way back.
Outcome<void> Store::load_and_write(model::OverlayFiles& candidate) {
  FolderWriter writer(options_.folder);
  if (options_.write_back) {
    if (auto prepared = writer.prepare(candidate.changes()); !prepared) {
      return not_written(prepared.error(), "Nothing has been changed. ");
    }
  }
  const Diagnostics found = load_files(candidate, options_.load);
  if (found.has_errors()) return tl::unexpected(validation_failure(found, options_.folder));
  files_ = std::move(candidate);
  if (!options_.write_back) return {};
  if (auto finished = writer.finish(); !finished) {
    return not_written(finished.error(), "The change is in force, and is written with the next one that can be. ");
  }
  files_.clear();
  return {};
}

}  // namespace sluice::management
