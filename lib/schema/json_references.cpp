// SPDX-License-Identifier: Apache-2.0
#include "schema/json_references.hpp"

#include "base/json_pointer.hpp"
#include "base/text.hpp"
#include "schema/bounds.hpp"

namespace sluice::schema {
namespace {

/// Values in one document of a schema: each schema has some.
constexpr std::size_t values_per_document = 20 * schemas_per_document;

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

}  // namespace

tl::expected<SchemaPlace, std::string> References::begin(std::string_view text) { return add(text); }

bool References::ignores_siblings(const JsonSource& source) const {
  const JsonValue* dialect = source.root->find("$schema");
  if (dialect == nullptr || !dialect->is_string()) return false;
  for (std::string_view draft : {"draft-03", "draft-04", "draft-05", "draft-06", "draft-07"}) {
    if (dialect->text.find(draft) != std::string_view::npos) return true;
  }
  return false;
}

tl::expected<SchemaPlace, std::string> References::add(std::string_view text) {
  bytes_ += text.size();
  if (bytes_ > limits_.bytes) {
    return tl::unexpected("it has more than " + std::to_string(limits_.bytes) + " bytes");
  }
  if (program_.sources.size() >= documents_per_schema) {
    return tl::unexpected("it is made of more than " + std::to_string(documents_per_schema) + " documents");
  }
  JsonSource& source = *program_.sources.emplace_back(std::make_unique<JsonSource>(std::string(text)));
  const auto parsed = parse_json(source.text, source.arena, {.depth = limits_.depth, .members = values_per_document});
  if (!parsed) {
    return tl::unexpected("line " + std::to_string(place_of(source.text, parsed.error().offset).line) +
                          " of the schema is no JSON: " + parsed.error().message);
  }
  source.root = *parsed;
  note_names(source, *source.root);
  return SchemaPlace{&source, source.root};
}

/// Recurses no deeper than the text was parsed.
void References::note_names(JsonSource& source, const JsonValue& value) {
  for (const JsonValue& item : value.items) note_names(source, item);
  for (const JsonMember& member : value.members) {
    note_names(source, member.value);
    if (!member.value.is_string()) continue;
    const SchemaPlace place{&source, &value};
    const std::string_view text = member.value.text;
    if (member.name == "$anchor") {
      anchors_.emplace(text, place);
    } else if (member.name == "$id" || member.name == "id") {
      if (text.starts_with('#')) {
        anchors_.emplace(text.substr(1), place);
      } else {
        named_.emplace(text.substr(0, text.find('#')), place);
      }
    }
  }
}

tl::expected<SchemaPlace, std::string> References::document(std::string_view uri, const SchemaPlace& from) {
  if (uri.empty()) return SchemaPlace{from.source, from.source->root};
  if (const auto known = named_.find(std::string(uri)); known != named_.end()) return known->second;
  // A relative reference to an `$id` that is absolute.
  for (const auto& [id, place] : named_) {
    if (id.ends_with("/" + std::string(uri))) return place;
  }
  const std::string* text = others_ ? others_(uri) : nullptr;
  if (text == nullptr) return tl::unexpected("the schema " + quoted(uri) + " is not known");
  auto added = add(*text);
  if (added) named_.emplace(uri, *added);
  return added;
}

const JsonValue* References::follow(const JsonValue& from, std::string_view pointer) {
  const JsonValue* at = &from;
  for (std::string_view step : split(pointer.substr(1), '/')) {
    const std::string name = decode_pointer_step(step);
    if (at->is_array()) {
      const auto index = parse_unsigned(name);
      if (!index || *index >= at->items.size()) return nullptr;
      at = &at->items[static_cast<std::size_t>(*index)];
    } else {
      at = at->find(name);
      if (at == nullptr) return nullptr;
    }
  }
  return at;
}

tl::expected<SchemaPlace, std::string> References::resolve(std::string_view reference, const SchemaPlace& from) {
  const std::size_t mark = reference.find('#');
  const std::string_view fragment = mark == std::string_view::npos ? std::string_view() : reference.substr(mark + 1);
  auto place = document(reference.substr(0, mark), from);
  if (!place || fragment.empty()) return place;
  if (fragment.starts_with('/')) {
    place->value = follow(*place->value, fragment);
    if (place->value != nullptr) return place;
  } else if (const auto anchor = anchors_.find(decode_pointer_step(fragment)); anchor != anchors_.end()) {
    return anchor->second;
  }
  return tl::unexpected(quoted(reference) + " leads nowhere");
}

}  // namespace sluice::schema
