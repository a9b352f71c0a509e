// SPDX-License-Identifier: Apache-2.0
// Users and groups: `users/<id>/userInformation.json`, `groups/<id>/groupInformation.json`. A user's groups stand in
// its file (`groups`, names or resource ids) or as folders `users/<id>/groups/<group>`.
#include "model/read/reading.hpp"

namespace sluice::model {
namespace {

void read_identities(ObjectReader& fields, User& user) {
  const JsonValue* identities = fields.find("identities", JsonKind::array);
  if (identities == nullptr) return;
  for (const JsonValue& item : identities->items) {
    ObjectReader identity(item, "the identity", fields.report());
    user.identities.push_back({identity.text("id"), identity.text("provider")});
    identity.finish();
  }
}

}  // namespace

void read_users(Reading& reading, const std::filesystem::path& folder) {
  for_each_folder(reading, folder, [&](const FolderEntry& entry) {
    User user;
    user.id = entry.name;
    read_information(reading, entry.path / "userInformation.json", "the user", [&](ObjectReader& fields) {
      user.email = fields.text("email");
      user.first_name = fields.text("firstName");
      user.last_name = fields.text("lastName");
      user.note = fields.text("note");
      user.registration_date = fields.text("registrationDate");
      for (const std::string& group : fields.texts("groups")) user.group_ids.push_back(last_segment(group));
      read_identities(fields, user);
      fields.ignore({"state"});
    });
    for (const FolderEntry& child : reading.files.list(entry.path)) {
      if (!child.is_folder || child.name != "groups") continue;
      for (const FolderEntry& group : reading.files.list(child.path)) user.group_ids.push_back(group.name);
    }
    reading.model.users.push_back(std::move(user));
  });
}

void read_groups(Reading& reading, const std::filesystem::path& folder) {
  for_each_folder(reading, folder, [&](const FolderEntry& entry) {
    Group group;
    group.id = group.display_name = entry.name;
    read_information(reading, entry.path / "groupInformation.json", "the group", [&](ObjectReader& fields) {
      group.display_name = fields.text("displayName", entry.name);
      fields.ignore({"description", "type", "externalId", "builtIn"});
    });
    reading.model.groups.push_back(std::move(group));
  });
}

}  // namespace sluice::model
