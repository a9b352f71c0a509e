// SPDX-License-Identifier: Apache-2.0
// Files are known by their path in the folder, with `/`. What has been removed is a set of files and whole folders of
// the source below; what has been written stands above both, so that a folder can be removed and made anew.
#include "model/overlay_files.hpp"

#include <algorithm>

namespace sluice::model {
namespace {

namespace fs = std::filesystem;

/// What the keys of everything in a folder begin with.
std::string prefix_of(const std::string& folder_key) { return folder_key == "." ? std::string() : folder_key + '/'; }

tl::unexpected<FileProblem> problem(const fs::path& path, std::string message, bool is_too_large = false) {
  return tl::unexpected(FileProblem{path, std::move(message), {}, is_too_large});
}

}  // namespace

OverlayFiles::OverlayFiles(fs::path folder, const FileSource& below)
    : folder_(folder.lexically_normal()), below_(&below) {
  if (!folder_.has_filename()) folder_ = folder_.parent_path();  // `folder/`
}

std::optional<std::string> OverlayFiles::key_of(const fs::path& path) const {
  std::string key = path.lexically_normal().lexically_relative(folder_).generic_string();
  if (key.empty() || key == ".." || key.starts_with("../")) return std::nullopt;
  return key;
}

bool OverlayFiles::is_removed(std::string_view key) const {
  if (removed_.empty()) return false;
  for (std::size_t slash = key.find('/'); slash != std::string_view::npos; slash = key.find('/', slash + 1)) {
    if (removed_.contains(key.substr(0, slash))) return true;
  }
  return removed_.contains(key);
}

OverlayFiles::Written::const_iterator OverlayFiles::first_in(const std::string& folder_key) const {
  return written_.lower_bound(prefix_of(folder_key));
}

bool OverlayFiles::has_written_in(const std::string& folder_key) const {
  const auto first = first_in(folder_key);
  return first != written_.end() && first->first.starts_with(prefix_of(folder_key));
}

void OverlayFiles::write(const fs::path& file, std::string text) {
  const std::optional<std::string> key = key_of(file);
  if (!key || *key == ".") return;
  removed_.erase(*key);
  written_[*key] = std::make_shared<const std::string>(std::move(text));
}

void OverlayFiles::remove(const fs::path& path) {
  const std::optional<std::string> key = key_of(path);
  if (!key || *key == ".") return;
  const std::string prefix = prefix_of(*key);
  std::erase_if(written_, [&](const auto& each) { return each.first == *key || each.first.starts_with(prefix); });
  if (is_removed(*key) || !(below_->has_file(path) || below_->has_folder(path))) return;
  std::erase_if(removed_, [&](const std::string& each) { return each.starts_with(prefix); });
  removed_.insert(*key);
}

std::vector<OverlayFiles::Change> OverlayFiles::changes() const {
  std::vector<Change> all;
  for (const std::string& key : removed_) all.push_back({folder_ / key, nullptr});
  for (const auto& [key, text] : written_) all.push_back({folder_ / key, text});
  return all;
}

void OverlayFiles::clear() {
  written_.clear();
  removed_.clear();
}

std::vector<FolderEntry> OverlayFiles::list(const fs::path& folder, std::size_t most,
                                            std::vector<FileProblem>& problems) const {
  const std::optional<std::string> key = is_changed() ? key_of(folder) : std::nullopt;
  if (!key) return below_->list(folder, most, problems);
  std::vector<FolderEntry> entries;
  const bool is_below = !is_removed(*key) && below_->has_folder(folder).has_value();
  const std::string prefix = prefix_of(*key);
  auto written = first_in(*key);
  const bool is_written = has_written_in(*key);
  if (is_below || !is_written) entries = below_->list(folder, most + removed_.size(), problems);
  if (is_removed(*key)) entries.clear();
  std::erase_if(entries, [&](const FolderEntry& entry) { return removed_.contains(prefix + entry.name); });

  std::map<std::string, bool> added;  // Whether what has that name is a folder.
  for (; written != written_.end() && written->first.starts_with(prefix); ++written) {
    const std::string_view rest = std::string_view(written->first).substr(prefix.size());
    const std::size_t slash = rest.find('/');
    added[std::string(rest.substr(0, slash))] = slash != std::string_view::npos;
  }
  std::erase_if(entries, [&](const FolderEntry& entry) { return added.contains(entry.name); });
  for (const auto& [name, is_folder] : added) entries.push_back({name, folder / name, is_folder});
  if (entries.size() > most) entries.resize(most);
  return entries;
}

tl::expected<std::string, FileProblem> OverlayFiles::read(const fs::path& file, std::size_t most_bytes) const {
  const std::optional<std::string> key = is_changed() ? key_of(file) : std::nullopt;
  if (!key) return below_->read(file, most_bytes);
  if (const auto found = written_.find(*key); found != written_.end()) {
    if (found->second->size() <= most_bytes) return *found->second;
    return problem(file, "the file is larger than " + std::to_string(most_bytes) + " bytes", true);
  }
  if (is_removed(*key)) return problem(file, "the file has been removed");
  return below_->read(file, most_bytes);
}

bool OverlayFiles::has_file(const fs::path& file) const {
  const std::optional<std::string> key = is_changed() ? key_of(file) : std::nullopt;
  if (!key) return below_->has_file(file);
  if (written_.contains(*key)) return true;
  return !is_removed(*key) && below_->has_file(file);
}

tl::expected<void, FileProblem> OverlayFiles::has_folder(const fs::path& folder) const {
  const std::optional<std::string> key = is_changed() ? key_of(folder) : std::nullopt;
  if (!key) return below_->has_folder(folder);
  if (has_written_in(*key)) return {};
  if (is_removed(*key)) return problem(folder, "there is no such folder");
  return below_->has_folder(folder);
}

}  // namespace sluice::model
