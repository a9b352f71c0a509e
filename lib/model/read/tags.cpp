// SPDX-License-Identifier: Apache-2.0
// Tags: `tags/<id>/tagInformation.json`, with folders or lists `apis` and `products` that name what has the tag. APIs,
// operations and products also name their tags themselves. Nothing that runs depends on tags.
#include "model/read/reading.hpp"

#include "base/entity_lookup.hpp"

#include <algorithm>
#include <map>

namespace sluice::model {
namespace {

void add_links(Reading& reading, const FolderEntry& entry, const Tag& tag) {
  for (const auto& [kind, to] : {std::pair<std::string_view, TagLink::To>{"apis", TagLink::To::api},
                                 std::pair<std::string_view, TagLink::To>{"products", TagLink::To::product}}) {
    std::vector<std::string> ids;
    if (!read_links(reading, entry, kind, ids)) continue;
    for (std::string& id : ids)
      reading.tag_links.push_back({to, reading.workspace_id, std::move(id), tag.id, entry.path});
    return;
  }
  // `operations` too: how a folder names an operation of an API is not fixed.
  if (entry.is_folder) reading.files.add(Severity::info, "SL5004", entry.path, "is not read and has no effect");
}

void add_tag(std::vector<std::string>& to, const std::string& tag) {
  if (std::find(to.begin(), to.end(), tag) == to.end()) to.push_back(tag);
}

}  // namespace

void read_tags(Reading& reading, const std::filesystem::path& folder) {
  for_each_folder(reading, folder, [&](const FolderEntry& entry) {
    Tag tag;
    tag.id = tag.display_name = entry.name;
    tag.workspace_id = reading.workspace_id;
    read_information(reading, entry.path / "tagInformation.json", "the tag",
                     [&](ObjectReader& fields) { tag.display_name = fields.text("displayName", entry.name); });
    for (const FolderEntry& part : reading.files.list(entry.path)) add_links(reading, part, tag);
    reading.model.tags.push_back(std::move(tag));
  });
}

void resolve_tag_links(Reading& reading) {
  ServiceModel& model = reading.model;
  const EntityIndex products(model.products);
  std::multimap<std::string, std::size_t> apis;  // Revisions share an id.
  for (std::size_t i = 0; i < model.apis.size(); ++i) apis.emplace(to_lower(entity_key(model.apis[i])), i);
  for (const TagLink& link : reading.tag_links) {
    bool is_known = false;
    if (link.to == TagLink::To::api) {
      const auto [first, last] = apis.equal_range(to_lower(entity_key(link.workspace_id, link.id)));
      is_known = first != last;
      for (auto at = first; at != last; ++at) add_tag(model.apis[at->second].tag_ids, link.tag_id);
    } else if (const std::uint32_t at = products.find(link.workspace_id, link.id); at != EntityIndex::none) {
      is_known = true;
      add_tag(model.products[at].tag_ids, link.tag_id);
    }
    if (is_known) continue;
    const std::string kind = link.to == TagLink::To::api ? "API" : "product";
    reading.files.add(Severity::warning, "SL5005", link.file,
                      "the tag '" + link.tag_id + "' is of the " + kind + " '" + link.id + "', which does not exist");
  }
}

}  // namespace sluice::model
