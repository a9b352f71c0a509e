// SPDX-License-Identifier: Apache-2.0
#include "management/accounts.hpp"

#include "base/hexadecimal.hpp"

namespace sluice::management {
namespace {

constexpr std::string_view key_names[] = {"primaryKey", "secondaryKey"};

/// 128 random bits as 32 hexadecimal digits, as the service writes its keys.
std::string make_key(Random& random) {
  std::string bytes;
  for (int word = 0; word < 2; ++word) {
    const std::uint64_t bits = random.bits();
    for (unsigned i = 0; i < 8; ++i) bytes += static_cast<char>(bits >> (8 * i) & 0xFF);
  }
  return to_hexadecimal(bytes, lower_hexadecimal);
}

}  // namespace

SubscriptionKind::SubscriptionKind()
    : InformationKind({.file = "subscriptionInformation.json",
                       .defaults = R"({"state":"submitted"})",
                       .kept = {"primaryKey", "secondaryKey", "state", "createdDate", "startDate"}}) {}

Properties SubscriptionKind::told(const Properties& stored) const {
  return stored.without({"primaryKey", "secondaryKey"});
}

Outcome<Properties> SubscriptionKind::keys(const Layout& layout, const Services& services, const Target& target) const {
  const Outcome<std::optional<Properties>> found = stored(layout, target);
  if (!found) return tl::unexpected(found.error());
  if (!*found) return not_found("subscriptions/" + target.id);
  Properties keys;
  for (std::string_view name : key_names) {
    if ((*found)->find(name) != nullptr) keys = keys.with(name, (*found)->json(name));
  }
  if (keys.find("primaryKey") != nullptr || keys.find("secondaryKey") != nullptr) return keys;
  // Without keys in the folder it has those of the settings, or generated ones.
  if (const auto others =
          services.keys(find_folder(layout, target)->filename().string(), (*found)->string("displayName"))) {
    keys = keys.with_string("primaryKey", others->primary_key).with_string("secondaryKey", others->secondary_key);
  }
  return keys;
}

Outcome<void> SubscriptionKind::put(Edit& edit, const Target& target, const JsonValue& properties) const {
  const Layout layout = edit.layout();
  const Outcome<std::optional<Properties>> before = stored(layout, target);
  if (!before) return tl::unexpected(before.error());
  Properties made = completed(properties, *before);
  for (std::string_view name : key_names) {
    const std::string key = made.string(name);
    if (made.find(name) != nullptr && (key.empty() || key.size() > 256)) {
      return invalid("'" + std::string(name) + "' must be a text of 1 to 256 characters.");
    }
    if (!*before && key.empty()) made = made.with_string(name, make_key(edit.services.random));
  }
  store(edit, folder(layout, target), made);
  return {};
}

Outcome<void> SubscriptionKind::renew_key(Edit& edit, const Target& target, std::string_view name) const {
  const Layout layout = edit.layout();
  const Outcome<Properties> now = keys(layout, edit.services, target);
  if (!now) return tl::unexpected(now.error());
  const Outcome<std::optional<Properties>> before = stored(layout, target);
  if (!before) return tl::unexpected(before.error());
  const Properties changed = now->with_string(name, make_key(edit.services.random));
  store(edit, folder(layout, target), (*before)->merged(changed.value()));
  return {};
}

NamedValueKind::NamedValueKind()
    : InformationKind({.file = "namedValueInformation.json", .never_stored = {"provisioningState"}}) {}

Properties NamedValueKind::told(const Properties& stored) const {
  const bool is_secret = stored.boolean("secret", false) || stored.find("keyVault") != nullptr;
  return is_secret ? stored.without({"value"}) : stored;
}

Outcome<Properties> NamedValueKind::secret(const Layout& layout, const Target& target) const {
  const Outcome<std::optional<Properties>> found = stored(layout, target);
  if (!found) return tl::unexpected(found.error());
  if (!*found) return not_found("namedValues/" + target.id);
  return (*found)->find("value") == nullptr ? Properties() : Properties().with("value", (*found)->json("value"));
}

}  // namespace sluice::management
