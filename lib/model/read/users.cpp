// SPDX-License-Identifier: Apache-2.0
// Users and groups: `users/<id>/userInformation.json`, `groups/<id>/groupInformation.json`. A user's groups stand in
// its file (`groups`, names or resource ids) or as folders `users/<id>/groups/<group>`. Subscriptions of a user that is
// blocked or deleted are read as suspended.
#include "model/read/reading.hpp"

#include <set>

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
      const bool is_blocked = fields.one_of<bool>(
          "state", {{"active", false}, {"blocked", true}, {"pending", false}, {"deleted", true}}, false);
      if (is_blocked) reading.blocked_users.push_back(user.id);
    });
    for (const FolderEntry& child : reading.files.list(entry.path)) {
      if (!read_links(reading, child, "groups", user.group_ids) && child.is_folder) {
        reading.files.add(Severity::info, "SL5004", child.path, "is not part of a user and has no effect");
      }
    }
    reading.model.users.push_back(std::move(user));
  });
}

void suspend_blocked_users(Reading& reading) {
  const std::set<std::string, std::less<>> blocked(reading.blocked_users.begin(), reading.blocked_users.end());
  for (Subscription& subscription : reading.model.subscriptions) {
    if (subscription.state != SubscriptionState::active || !blocked.contains(subscription.owner_id)) continue;
    subscription.state = SubscriptionState::suspended;
    reading.files.add(
        Severity::info, "SL5004", subscription.file,
        "the subscription opens nothing: its owner '" + subscription.owner_id + "' is blocked or deleted");
  }
}

void read_groups(Reading& reading, const std::filesystem::path& folder) {
  for_each_folder(reading, folder, [&](const FolderEntry& entry) {
    Group group;
    group.id = group.display_name = entry.name;
    group.workspace_id = reading.workspace_id;
    read_information(reading, entry.path / "groupInformation.json", "the group", [&](ObjectReader& fields) {
      group.display_name = fields.text("displayName", entry.name);
      fields.one_of<bool>("type", {{"custom", true}, {"system", true}, {"external", true}}, true);
      fields.boolean("builtIn", false);
      fields.ignore({"description", "externalId"});
    });
    reading.model.groups.push_back(std::move(group));
  });
}

}  // namespace sluice::model
