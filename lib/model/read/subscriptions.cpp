// SPDX-License-Identifier: Apache-2.0
// Subscriptions: `subscriptions/<id>/subscriptionInformation.json`. The scope is a resource id below the service, or
// a whole ARM id: `/products/x`, `/apis`, `/apis/x`; in a workspace these mean its own, with or without
// `/workspaces/<id>` before them.
// Differs: without a `state` a subscription is active. (The service makes it `submitted`, which here would only lock
// out whoever wrote the file by hand.)
#include "model/read/reading.hpp"

#include "base/text.hpp"

namespace sluice::model {
namespace {

namespace fs = std::filesystem;

/// The scope below the service or, in a workspace, below that; nothing when it is another's.
std::optional<std::string_view> own_part(std::string_view scope, std::string_view workspace_id) {
  std::string_view rest = below_service(scope);
  constexpr std::string_view workspaces = "/workspaces/";
  if (!to_lower(rest.substr(0, workspaces.size())).starts_with(workspaces)) return rest;
  rest.remove_prefix(workspaces.size());
  const std::string_view name = rest.substr(0, rest.find('/'));
  if (workspace_id.empty() || !equal_ignoring_case(name, workspace_id)) return std::nullopt;
  return rest.substr(name.size());
}

bool read_scope(std::string_view scope, Subscription& subscription) {
  const auto own = own_part(scope, subscription.workspace_id);
  if (!own) return false;
  std::string_view rest = *own;
  while (rest.starts_with('/')) rest.remove_prefix(1);
  while (rest.ends_with('/')) rest.remove_suffix(1);
  const std::vector<std::string_view> parts = split(rest, '/');
  const std::string kind = parts.empty() ? std::string() : to_lower(parts[0]);
  if (rest.empty() || (kind == "apis" && parts.size() == 1)) {
    subscription.scope = SubscriptionScope::all_apis;
    return true;
  }
  if (parts.size() != 2 || parts[1].empty() || (kind != "apis" && kind != "products")) return false;
  subscription.scope = kind == "apis" ? SubscriptionScope::api : SubscriptionScope::product;
  subscription.scope_id = kind == "apis" ? without_revision(parts[1]) : std::string(parts[1]);
  return true;
}

SubscriptionState read_state(ObjectReader& fields) {
  return fields.one_of<SubscriptionState>("state",
                                          {{"active", SubscriptionState::active},
                                           {"suspended", SubscriptionState::suspended},
                                           {"submitted", SubscriptionState::submitted},
                                           {"rejected", SubscriptionState::rejected},
                                           {"cancelled", SubscriptionState::cancelled},
                                           {"expired", SubscriptionState::expired}},
                                          SubscriptionState::active);
}

void read_fields(ObjectReader& fields, Subscription& subscription) {
  subscription.display_name = fields.text("displayName", subscription.id);
  if (!fields.has("scope")) fields.missing("scope", "/products/<id>, /apis or /apis/<id>");
  if (const JsonValue* scope = fields.find("scope", JsonKind::string)) {
    if (!read_scope(scope->text, subscription)) {
      fields.report().error("SL5003", *scope, "'" + std::string(scope->text) + "' is not the scope of a subscription",
                            "/products/<id>, /apis or /apis/<id>");
    }
  }
  if (fields.has("ownerId")) subscription.owner_id = last_segment(fields.text("ownerId"));
  fields.ignore({"ownerId", "expirationDate", "notificationDate", "stateComment"});
  subscription.state = read_state(fields);
  subscription.primary_key = fields.text("primaryKey");
  subscription.secondary_key = fields.text("secondaryKey");
  subscription.allow_tracing = fields.boolean("allowTracing", false);
  subscription.created_date = fields.text("createdDate");
  subscription.start_date = fields.text("startDate");
  subscription.end_date = fields.text("endDate");
}

}  // namespace

void read_subscriptions(Reading& reading, const fs::path& folder) {
  for_each_folder(reading, folder, [&](const FolderEntry& entry) {
    Subscription subscription;
    subscription.id = subscription.display_name = entry.name;
    subscription.workspace_id = reading.workspace_id;
    const fs::path file = entry.path / "subscriptionInformation.json";
    subscription.file = file.generic_string();
    const bool was_read = read_information(
        reading, file, "the subscription", [&](ObjectReader& fields) { read_fields(fields, subscription); },
        SourceLines::hidden);
    // Without its file nothing is known of what it opens, so it must open nothing.
    if (was_read) reading.model.subscriptions.push_back(std::move(subscription));
  });
}

}  // namespace sluice::model
