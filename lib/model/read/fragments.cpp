// SPDX-License-Identifier: Apache-2.0
// Policy fragments: `policy fragments/<id>/policy.xml` with an optional `policyFragmentInformation.json`.
#include "model/read/reading.hpp"

namespace sluice::model {

void read_fragments(Reading& reading, const std::filesystem::path& folder) {
  for_each_folder(reading, folder, [&](const FolderEntry& entry) {
    PolicyFragment fragment;
    fragment.id = entry.name;
    fragment.workspace_id = reading.workspace_id;
    const std::filesystem::path information = entry.path / "policyFragmentInformation.json";
    if (reading.files.has_file(information)) {
      read_information(reading, information, "the policy fragment", [&](ObjectReader& fields) {
        fragment.description = fields.text("description");
        fields.ignore({"format", "value", "provisioningState"});
      });
    }
    if (std::optional<PolicySource> policy = read_policy(reading, entry.path)) {
      fragment.policy = std::move(*policy);
    } else if (!reading.files.has_file(entry.path / "policy.xml")) {
      reading.files.add(Severity::error, "SL5008", entry.path / "policy.xml", "the fragment's policy.xml is missing");
    }
    reading.model.fragments.push_back(std::move(fragment));
  });
}

}  // namespace sluice::model
