// SPDX-License-Identifier: Apache-2.0
#include "management/layout.hpp"

#include "base/text.hpp"
#include "model/artifacts_reader.hpp"
#include "model/bounds.hpp"

#include <algorithm>

namespace sluice::management {
namespace {

namespace fs = std::filesystem;

/// Collections whose folders are not named as in ARM: what a new one is called, and what else is read.
struct Spelling {
  std::string_view segment, folder;
  std::string_view plain, other_plain;  ///< As `plain_folder_name` makes them.
};
constexpr Spelling spellings[] = {
    {"apiVersionSets", "version sets", "versionsets", "apiversionsets"},
    {"namedValues", "named values", "namedvalues", "namedvalues"},
    {"policyFragments", "policy fragments", "policyfragments", "fragments"},
};

const Spelling* spelling_of(std::string_view segment) {
  for (const Spelling& spelling : spellings) {
    if (spelling.segment == segment) return &spelling;
  }
  return nullptr;
}

bool is_collection(const std::string& name, std::string_view segment, const Spelling* spelling) {
  const std::string plain = model::plain_folder_name(name);
  return spelling != nullptr ? plain == spelling->plain || plain == spelling->other_plain : plain == to_lower(segment);
}

/// Ids come from callers, who are kept to a closed list, and from files, which are not: operations of a specification.
bool is_folder_name(std::string_view id) {
  return !id.empty() && id[0] != '.' && id.find('/') == std::string_view::npos &&
         id.find('\0') == std::string_view::npos;
}

}  // namespace

std::vector<model::FolderEntry> Layout::list(const fs::path& folder) const {
  // What cannot be read has been told by the reader, which looks at the same folders at every load.
  std::vector<model::FileProblem> told;
  if (!files_.has_folder(folder)) return {};
  return files_.list(folder, model::ReadBounds{}.entries, told);
}

std::vector<fs::path> Layout::collections(const fs::path& parent, std::string_view segment) const {
  const Spelling* spelling = spelling_of(segment);
  std::vector<fs::path> found;
  for (const model::FolderEntry& entry : list(parent)) {
    if (entry.is_folder && is_collection(entry.name, segment, spelling)) found.push_back(parent / entry.name);
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::optional<fs::path> Layout::find(const fs::path& parent, std::string_view segment, std::string_view id) const {
  if (!is_folder_name(id)) return std::nullopt;
  const std::vector<fs::path> folders = collections(parent, segment);
  for (const fs::path& folder : folders) {
    if (files_.has_folder(folder / id)) return folder / id;
  }
  for (const fs::path& folder : folders) {
    for (const model::FolderEntry& entry : list(folder)) {
      if (entry.is_folder && equal_ignoring_case(entry.name, id)) return folder / entry.name;
    }
  }
  return std::nullopt;
}

fs::path Layout::place(const fs::path& parent, std::string_view segment, std::string_view id) const {
  if (std::optional<fs::path> known = find(parent, segment, id)) return std::move(*known);
  const std::vector<fs::path> folders = collections(parent, segment);
  if (!folders.empty()) return folders.front() / id;
  const Spelling* spelling = spelling_of(segment);
  return parent / (spelling != nullptr ? spelling->folder : segment) / id;
}

std::vector<std::string> Layout::ids(const fs::path& parent, std::string_view segment) const {
  std::vector<std::string> names;
  for (const fs::path& folder : collections(parent, segment)) {
    for (model::FolderEntry& entry : list(folder)) {
      if (entry.is_folder) names.push_back(std::move(entry.name));
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> Layout::file_names(const fs::path& folder) const {
  std::vector<std::string> names;
  for (model::FolderEntry& entry : list(folder)) {
    if (!entry.is_folder) names.push_back(std::move(entry.name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace sluice::management
