// SPDX-License-Identifier: Apache-2.0
// Named values: `named values/<id>/namedValueInformation.json`. Extracted secrets come without a value; settings and
// environment bring it (apply_settings).
#include "model/read/reading.hpp"

namespace sluice::model {

void read_named_values(Reading& reading, const std::filesystem::path& folder) {
  for_each_folder(reading, folder, [&](const FolderEntry& entry) {
    NamedValue value;
    value.id = value.display_name = entry.name;
    value.workspace_id = reading.workspace_id;
    const std::filesystem::path file = entry.path / "namedValueInformation.json";
    value.file = file.generic_string();
    read_information(
        reading, file, "the named value",
        [&](ObjectReader& fields) {
          value.display_name = fields.required_text("displayName");
          value.secret = fields.boolean("secret", false) || fields.has("keyVault");
          fields.ignore({"tags", "keyVault"});
          value.value = fields.text("value");
          if (value.value.empty() && !value.secret) {
            fields.missing("value", "only secrets may come without a value; settings or environment then bring it");
          }
        },
        SourceLines::hidden);
    reading.model.named_values.push_back(std::move(value));
  });
}

}  // namespace sluice::model
