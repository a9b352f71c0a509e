// SPDX-License-Identifier: Apache-2.0
// What an entity holds by name: folders `apis/<id>` (the files in them say nothing), or a list `apis.json`.
#include "model/read/reading.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace sluice::model {
namespace {

namespace fs = std::filesystem;

void add_link(std::vector<std::string>& to, std::string id) {
  if (std::find(to.begin(), to.end(), id) == to.end()) to.push_back(std::move(id));
}

/// Names, or objects with a `name`.
void read_list(Reading& reading, const fs::path& file, std::vector<std::string>& to) {
  read_json(reading, file, [&](const JsonValue& list, Report& report) {
    if (!list.is_array()) {
      return report.error("SL5003", list, "a list of names is wanted, found " + std::string(name_of(list.kind)));
    }
    for (const JsonValue& item : list.items) {
      if (item.is_string()) {
        add_link(to, without_revision(last_segment(item.text)));
        continue;
      }
      ObjectReader link(item, "the list's item", report);
      link.ignore({"id", "properties"});
      const std::string name = link.required_text("name");
      link.finish();
      if (!name.empty()) add_link(to, without_revision(last_segment(name)));
    }
  });
}

}  // namespace

bool read_links(Reading& reading, const FolderEntry& entry, std::string_view kind, std::vector<std::string>& to) {
  const std::string name = to_lower(entry.name);
  if (!entry.is_folder) {
    if (name != std::string(kind) + ".json") return false;
    read_list(reading, entry.path, to);
    return true;
  }
  if (name != kind) return false;
  for_each_folder(reading, entry.path, [&](const FolderEntry& link) { add_link(to, without_revision(link.name)); });
  return true;
}

}  // namespace sluice::model
