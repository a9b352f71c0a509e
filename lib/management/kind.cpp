// SPDX-License-Identifier: Apache-2.0
#include "management/kind.hpp"

#include "model/bounds.hpp"

namespace sluice::management {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Failure> not_allowed(std::string_view what) {
  return refuse(405, "MethodNotAllowed", "Resources of this kind cannot be " + std::string(what) + ".");
}

}  // namespace

Target Target::with_id(std::string other) const {
  Target target = *this;
  target.id = std::move(other);
  return target;
}

std::vector<std::string> Kind::ids(const Layout& layout, const Target& collection) const {
  return layout.ids(collection.parent, collection.collection);
}
Outcome<std::vector<Resource>> Kind::find_all(const Layout& layout, const Target& collection,
                                              std::span<const std::string> ids) const {
  std::vector<Resource> all;
  for (const std::string& id : ids) {
    Outcome<std::optional<Resource>> found = find(layout, collection.with_id(id));
    if (!found) return tl::unexpected(std::move(found.error()));
    if (*found) all.push_back(std::move(**found));
  }
  return all;
}
fs::path Kind::folder(const Layout& layout, const Target& target) const {
  return layout.place(target.parent, target.collection, target.id);
}
Outcome<void> Kind::put(Edit&, const Target&, const JsonValue&) const { return not_allowed("made"); }
Outcome<void> Kind::patch(Edit&, const Target&, const JsonValue&) const { return not_allowed("changed in part"); }
Outcome<void> Kind::remove(Edit&, const Target&) const { return not_allowed("removed"); }

std::optional<fs::path> InformationKind::find_folder(const Layout& layout, const Target& target) const {
  return layout.find(target.parent, target.collection, target.id);
}

Outcome<std::optional<Properties>> InformationKind::stored(const Layout& layout, const Target& target) const {
  const std::optional<fs::path> folder = find_folder(layout, target);
  if (!folder || !layout.files().has_file(*folder / shape_.file)) return std::optional<Properties>();
  const auto text = layout.files().read(*folder / shape_.file, model::ReadBounds{}.information_bytes);
  if (!text) {
    return refuse(500, "InternalServerError",
                  "The file of '" + target.id + "' cannot be read: " + text.error().message);
  }
  Outcome<Properties> read = read_properties_of(*text, shape_.file);
  if (!read) return tl::unexpected(std::move(read.error()));
  return std::optional(std::move(*read));
}

Outcome<std::optional<Resource>> InformationKind::find(const Layout& layout, const Target& target) const {
  Outcome<std::optional<Properties>> found = stored(layout, target);
  if (!found) return tl::unexpected(std::move(found.error()));
  if (!*found) return std::optional<Resource>();
  const Properties& properties = **found;
  return std::optional(Resource{find_folder(layout, target)->filename().string(), told(properties), properties.text()});
}

Properties InformationKind::completed(const JsonValue& given, const std::optional<Properties>& before) const {
  Properties made = Properties().merged(given);  // Null counts as absent.
  for (std::string_view name : shape_.never_stored) made = made.without({name});
  if (!before) return Properties(std::string(shape_.defaults)).merged(made.value());
  for (std::string_view name : shape_.kept) {
    if (made.find(name) != nullptr || before->find(name) == nullptr) continue;
    made = Properties().with(name, before->json(name)).merged(made.value());
  }
  return made;
}

void InformationKind::store(Edit& edit, const fs::path& folder, const Properties& properties) const {
  edit.files.write(folder / shape_.file, information_text(properties));
}

Outcome<void> InformationKind::put(Edit& edit, const Target& target, const JsonValue& properties) const {
  const Layout layout = edit.layout();
  const Outcome<std::optional<Properties>> before = stored(layout, target);
  if (!before) return tl::unexpected(before.error());
  store(edit, folder(layout, target), completed(properties, *before));
  return {};
}

Outcome<void> InformationKind::patch(Edit& edit, const Target& target, const JsonValue& properties) const {
  const Layout layout = edit.layout();
  const Outcome<std::optional<Properties>> before = stored(layout, target);
  if (!before) return tl::unexpected(before.error());
  if (!*before) return not_found(target.collection + '/' + target.id);
  Properties changed = (*before)->merged(properties);
  for (std::string_view name : shape_.never_stored) {
    const bool was_there = (*before)->find(name) != nullptr;
    changed = was_there ? changed.with(name, (*before)->json(name)) : changed.without({name});
  }
  store(edit, folder(layout, target), changed);
  return {};
}

Outcome<void> InformationKind::remove(Edit& edit, const Target& target) const {
  edit.files.remove(folder(edit.layout(), target));
  return {};
}

}  // namespace sluice::management
