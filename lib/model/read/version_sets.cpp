// SPDX-License-Identifier: Apache-2.0
// Version sets: `version sets/<id>/versionSetInformation.json`.
#include "model/read/reading.hpp"

namespace sluice::model {

void read_version_sets(Reading& reading, const std::filesystem::path& folder) {
  for_each_folder(reading, folder, [&](const FolderEntry& entry) {
    VersionSet set;
    set.id = set.display_name = entry.name;
    set.workspace_id = reading.workspace_id;
    read_information(reading, entry.path / "versionSetInformation.json", "the version set", [&](ObjectReader& fields) {
      set.display_name = fields.text("displayName", entry.name);
      fields.ignore({"description"});
      if (!fields.has("versioningScheme")) fields.missing("versioningScheme", "Segment, Query or Header");
      set.scheme = fields.one_of<VersioningScheme>("versioningScheme",
                                                   {{"Segment", VersioningScheme::segment},
                                                    {"Query", VersioningScheme::query},
                                                    {"Header", VersioningScheme::header}},
                                                   VersioningScheme::segment);
      set.version_query_name = fields.text("versionQueryName");
      set.version_header_name = fields.text("versionHeaderName");
      if (set.scheme == VersioningScheme::query && set.version_query_name.empty()) fields.missing("versionQueryName");
      if (set.scheme == VersioningScheme::header && set.version_header_name.empty()) {
        fields.missing("versionHeaderName");
      }
    });
    reading.model.version_sets.push_back(std::move(set));
  });
}

}  // namespace sluice::model
