// SPDX-License-Identifier: Apache-2.0
#include "management/apis.hpp"

#include "base/text.hpp"
#include "base/url.hpp"
#include "management/bounds.hpp"
#include "management/resource_path.hpp"
#include "model/bounds.hpp"
#include "model/read/reading.hpp"

#include <algorithm>

namespace sluice::management {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view revision_mark = ";rev=";
constexpr std::string_view information_file = "apiInformation.json";

bool is_revision_name(std::string_view folder_name) {
  return folder_name.find(revision_mark) != std::string_view::npos;
}

/// The revision that the folder of an API without `;rev=` holds.
std::string revision_in(const Layout& layout, const fs::path& folder) {
  const auto text = layout.files().read(folder / information_file, model::ReadBounds{}.information_bytes);
  if (!text) return {};
  const Outcome<Properties> properties = read_properties_of(*text, information_file);
  if (!properties) return {};
  return properties->find("apiRevision") == nullptr ? "1" : properties->string("apiRevision");
}

/// Copies what is in a folder, but for its information file.
Outcome<void> copy_folder(Edit& edit, const fs::path& from, const fs::path& to, unsigned levels_left) {
  std::vector<model::FileProblem> told;  // The reader tells of them at every load.
  if (levels_left == 0) return {};       // The layout has nothing below.
  for (const model::FolderEntry& entry : edit.files.list(from, model::ReadBounds{}.entries, told)) {
    if (entry.is_folder) {
      if (auto copied = copy_folder(edit, entry.path, to / entry.name, levels_left - 1); !copied) return copied;
    } else if (entry.name != information_file) {
      auto text = edit.files.read(entry.path, model::ReadBounds{}.specification_bytes);
      if (!text)
        return refuse(500, "InternalServerError", "'" + entry.name + "' cannot be copied: " + text.error().message);
      edit.files.write(to / entry.name, std::move(*text));
    }
  }
  return {};
}

}  // namespace

ApiKind::ApiKind()
    : InformationKind({.file = information_file,
                       .defaults = R"({"protocols":["https"],"subscriptionRequired":true})",
                       .kept = {"apiRevision", "isCurrent", "isOnline"},
                       .never_stored = {"format", "value", "sourceApiId", "wsdlSelector", "soapApiType",
                                        "translateRequiredQueryParameters", "provisioningState", "isOnline"}}) {}

std::vector<std::string> ApiKind::ids(const Layout& layout, const Target& collection) const {
  const std::vector<std::string> all = InformationKind::ids(layout, collection);
  std::vector<std::string> names = all;
  std::erase_if(names, [&](const std::string& name) {
    return is_revision_name(name) && std::binary_search(all.begin(), all.end(), model::without_revision(name));
  });
  return names;
}

std::vector<std::string> ApiKind::revisions(const Layout& layout, const Target& target) const {
  std::vector<std::string> names = InformationKind::ids(layout, target);
  const std::string_view name = parse_api_id(target.id)->name;
  std::erase_if(names,
                [&](const std::string& each) { return !equal_ignoring_case(model::without_revision(each), name); });
  return names;
}

std::optional<fs::path> ApiKind::find_folder(const Layout& layout, const Target& target) const {
  if (auto found = layout.find(target.parent, target.collection, target.id)) return found;
  const std::optional<ApiId> id = parse_api_id(target.id);
  if (!id || id->revision.empty()) return std::nullopt;
  const auto current = layout.find(target.parent, target.collection, id->name);
  if (!current || revision_in(layout, *current) != id->revision) return std::nullopt;
  return current;
}

fs::path ApiKind::folder(const Layout& layout, const Target& target) const {
  const auto found = find_folder(layout, target);
  return found ? *found : layout.place(target.parent, target.collection, target.id);
}

Properties ApiKind::told(const Properties& stored) const {
  return Properties(R"({"apiRevision":"1","isCurrent":true})").merged(stored.value());
}

Outcome<void> ApiKind::put(Edit& edit, const Target& target, const JsonValue& properties) const {
  const Layout layout = edit.layout();
  const Outcome<std::optional<Properties>> before = stored(layout, target);
  if (!before) return tl::unexpected(before.error());
  const ApiId id = *parse_api_id(target.id);
  const fs::path into = folder(layout, target);
  Properties given = Properties().merged(properties);
  // What a new revision has in common with the others, and what a copy begins with.
  const std::string source_id = model::last_segment(given.string("sourceApiId"));
  if (!*before && !source_id.empty() && !is_valid_id(source_id)) return invalid("'sourceApiId' names no API.");
  const bool has_source = !*before && (!source_id.empty() || !id.revision.empty());
  if (has_source) {
    const Target source = target.with_id(source_id.empty() ? std::string(id.name) : source_id);
    const Outcome<std::optional<Properties>> from = stored(layout, source);
    if (!from) return tl::unexpected(from.error());
    if (!*from) return not_found("apis/" + source.id);
    if (!source_id.empty()) {
      auto copied = copy_folder(edit, *find_folder(layout, source), into, copied_depth);
      if (!copied) return copied;
    }
    given = (*from)->without({"isCurrent", "apiRevision"}).merged(given.value());
  }
  if (!id.revision.empty()) given = given.with_string("apiRevision", id.revision);
  if (!*before && !id.revision.empty()) given = given.with("isCurrent", "false");
  if (given.find("value") != nullptr || given.find("format") != nullptr) {
    // Before the import, so that it is read with the API's type.
    store(edit, into, completed(given.value(), *before));
    Outcome<Properties> imported = import_specification(edit, into, given);
    if (!imported) return tl::unexpected(std::move(imported.error()));
    given = std::move(*imported);
  }
  store(edit, into, completed(given.value(), *before));
  return {};
}

Outcome<void> ApiKind::remove(Edit& edit, const Target& target) const {
  const Layout layout = edit.layout();
  const fs::path own = folder(layout, target);
  std::vector<std::string> others = revisions(layout, target);
  std::erase(others, own.filename().string());
  Arena arena;
  const bool with_others = query_value(target.query, "deleteRevisions", arena).value_or("") == "true";
  const bool is_last_one = others.empty() || with_others;
  if (!is_last_one && !is_revision_name(own.filename().string())) {
    return refuse(
        409, "Conflict",
        "The API '" + target.id + "' has other revisions. Remove them first, or all with deleteRevisions=true.");
  }
  edit.files.remove(own);
  if (!is_last_one) return {};
  for (const std::string& other : others) edit.files.remove(own.parent_path() / other);
  for (std::string_view holders : {"products", "gateways", "tags"}) {
    for (const std::string& holder : layout.ids(target.parent, holders)) {
      const fs::path folder_of_holder = layout.place(target.parent, holders, holder);
      if (auto link = layout.find(folder_of_holder, "apis", parse_api_id(target.id)->name)) edit.files.remove(*link);
    }
  }
  return {};
}

std::vector<std::string> RevisionKind::ids(const Layout& layout, const Target& collection) const {
  Target api = collection;
  api.collection = "apis";
  api.id = collection.parent_id;
  api.parent = layout.folder();
  return apis_.revisions(layout, api);
}

Outcome<std::optional<Resource>> RevisionKind::find(const Layout& layout, const Target& target) const {
  Target api = target;
  api.collection = "apis";
  api.parent = layout.folder();
  Outcome<std::optional<Resource>> found = apis_.find(layout, api);
  if (!found || !*found) return found;
  const Properties& properties = (*found)->properties;
  const std::string revision = properties.string("apiRevision");
  (*found)->properties =
      Properties()
          .with_string("apiId", "/apis/" + model::without_revision(target.id) + std::string(revision_mark) + revision)
          .with_string("apiRevision", revision)
          .with_string("description", properties.string("apiRevisionDescription"))
          .with("isCurrent", properties.boolean("isCurrent", true) ? "true" : "false")
          .with("isOnline", properties.boolean("isOnline", true) ? "true" : "false");
  return found;
}

}  // namespace sluice::management
