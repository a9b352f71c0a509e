// SPDX-License-Identifier: Apache-2.0
#include "management/links.hpp"

#include "base/text.hpp"
#include "base/write_json.hpp"
#include "model/bounds.hpp"
#include "model/read/reading.hpp"

#include <algorithm>

namespace sluice::management {
namespace {

namespace fs = std::filesystem;

/// `apis.json` or `groups.json` of a product: names, or objects with one.
fs::path list_file(const Target& target) { return target.parent / (target.collection + ".json"); }

std::string name_in(const JsonValue& item) {
  const JsonValue* name = item.is_object() ? item.find("name") : &item;
  return name != nullptr && name->is_string() ? model::without_revision(model::last_segment(name->text))
                                              : std::string();
}

/// Calls `see` with each item of the list, if there is one.
template <class See>
void for_each_item(const Layout& layout, const fs::path& file, See see) {
  if (!layout.files().has_file(file)) return;
  const auto text = layout.files().read(file, model::ReadBounds{}.information_bytes);
  if (!text) return;
  Arena arena;
  const auto list = parse_json(*text, arena);
  if (!list) return;
  for (const JsonValue& item : (*list)->items) see(item);
}

/// The same resource in the collection of the service.
Target at_service(const Layout& layout, const Target& target, std::string_view collection) {
  Target other = target;
  other.collection = collection;
  other.parent = layout.folder();
  other.parent_id.clear();
  return other;
}

bool contains(const std::vector<std::string>& ids, std::string_view id) {
  return std::any_of(ids.begin(), ids.end(), [&](const std::string& each) { return equal_ignoring_case(each, id); });
}

}  // namespace

std::vector<std::string> LinkKind::ids(const Layout& layout, const Target& collection) const {
  std::vector<std::string> names = Kind::ids(layout, collection);
  for (std::string& name : names) name = model::without_revision(name);
  for_each_item(layout, list_file(collection), [&](const JsonValue& item) {
    if (std::string name = name_in(item); !name.empty()) names.push_back(std::move(name));
  });
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Outcome<std::optional<Resource>> LinkKind::find(const Layout& layout, const Target& target) const {
  if (!contains(ids(layout, target), model::without_revision(target.id))) return std::optional<Resource>();
  return linked_.find(layout, at_service(layout, target, target.collection));
}

Outcome<void> LinkKind::put(Edit& edit, const Target& target, const JsonValue&) const {
  const Layout layout = edit.layout();
  const auto linked = linked_.find(layout, at_service(layout, target, target.collection));
  if (!linked) return tl::unexpected(linked.error());
  if (!*linked) return not_found(target.collection + '/' + target.id);
  const std::string name = model::without_revision((*linked)->id);
  if (contains(ids(layout, target), name)) return {};
  edit.files.write(layout.place(target.parent, target.collection, name) / file_, "{}\n");
  return {};
}

Outcome<void> LinkKind::remove(Edit& edit, const Target& target) const {
  const Layout layout = edit.layout();
  const std::string id = model::without_revision(target.id);
  if (const auto own = layout.find(target.parent, target.collection, id)) edit.files.remove(*own);
  JsonWriter writer(true);
  bool is_listed = false;
  writer.begin_array();
  for_each_item(layout, list_file(target), [&](const JsonValue& item) {
    if (equal_ignoring_case(name_in(item), id)) {
      is_listed = true;
    } else {
      write_json(item, writer);
    }
  });
  writer.end_array();
  if (is_listed) edit.files.write(list_file(target), std::move(writer).take() + '\n');
  return {};
}

std::vector<std::string> ProductSubscriptionsKind::ids(const Layout& layout, const Target& collection) const {
  const Target all = at_service(layout, collection, "subscriptions");
  std::vector<std::string> names = subscriptions_.ids(layout, all);
  std::erase_if(names, [&](const std::string& name) {
    const auto found = subscriptions_.stored(layout, all.with_id(name));
    const std::string scope = found && *found ? '/' + to_lower((*found)->string("scope")) : std::string();
    return !scope.ends_with("/products/" + to_lower(collection.parent_id));
  });
  return names;
}

Outcome<std::optional<Resource>> ProductSubscriptionsKind::find(const Layout& layout, const Target& target) const {
  return subscriptions_.find(layout, at_service(layout, target, "subscriptions"));
}

std::vector<std::string> ApiProductsKind::ids(const Layout& layout, const Target& collection) const {
  std::vector<std::string> names = products_.ids(layout, at_service(layout, collection, "products"));
  std::erase_if(names, [&](const std::string& name) {
    Target apis = collection;
    apis.collection = "apis";
    apis.parent = layout.place(layout.folder(), "products", name);
    return !contains(links_.ids(layout, apis), model::without_revision(collection.parent_id));
  });
  return names;
}

Outcome<std::optional<Resource>> ApiProductsKind::find(const Layout& layout, const Target& target) const {
  return products_.find(layout, at_service(layout, target, "products"));
}

}  // namespace sluice::management
