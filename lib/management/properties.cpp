// SPDX-License-Identifier: Apache-2.0
#include "management/properties.hpp"

#include "base/text.hpp"
#include "base/write_json.hpp"

#include <algorithm>

namespace sluice::management {
namespace {

/// Whether a member is the one that counts of those with its name.
bool is_last(const JsonValue& object, const JsonMember& member) { return object.find(member.name) == &member.value; }

/// Depth is bounded by the parser's.
void write_merged(const JsonValue* base, const JsonValue& patch, JsonWriter& writer) {
  if (!patch.is_object()) return write_json(patch, writer);
  writer.begin_object();
  if (base != nullptr && !base->is_object()) base = nullptr;
  if (base != nullptr) {
    for (const JsonMember& member : base->members) {
      if (!is_last(*base, member)) continue;
      const JsonValue* change = patch.find(member.name);
      if (change != nullptr && change->is_null()) continue;
      writer.key(member.name);
      change != nullptr ? write_merged(&member.value, *change, writer) : write_json(member.value, writer);
    }
  }
  for (const JsonMember& member : patch.members) {
    const bool is_new = base == nullptr || base->find(member.name) == nullptr;
    if (!is_new || !is_last(patch, member) || member.value.is_null()) continue;
    writer.key(member.name);
    write_merged(nullptr, member.value, writer);
  }
  writer.end_object();
}

/// `{{name}}` and nothing else.
bool is_reference(std::string_view text) {
  return text.size() > 4 && text.starts_with("{{") && text.ends_with("}}") && text.find("}}") == text.size() - 2;
}

void write_hiding(const JsonValue& object, const std::string& before, std::span<const std::string_view> paths,
                  JsonWriter& writer) {
  writer.begin_object();
  for (const JsonMember& member : object.members) {
    const std::string path = before + std::string(member.name);
    const bool is_secret = std::find(paths.begin(), paths.end(), path) != paths.end();
    if (!is_last(object, member) || (is_secret && !is_reference(member.value.text))) continue;
    writer.key(member.name);
    if (member.value.is_object()) {
      write_hiding(member.value, path + '.', paths, writer);
    } else {
      write_json(member.value, writer);
    }
  }
  writer.end_object();
}

}  // namespace

Properties::Properties(std::string text) {
  auto state = std::make_shared<State>();
  state->text = std::move(text);
  auto parsed = parse_json(state->text, state->arena);
  if (!parsed || !(*parsed)->is_object()) {
    state->text = "{}";
    parsed = parse_json(state->text, state->arena);
  }
  state->root = *parsed;
  state_ = std::move(state);
}

Properties Properties::of(const JsonValue& object) {
  JsonWriter writer;
  write_json(object, writer);
  return Properties(std::move(writer).take());
}

const JsonValue* Properties::find(std::string_view name) const {
  const JsonValue* found = value().find(name);
  return found == nullptr || found->is_null() ? nullptr : found;
}

std::string Properties::string(std::string_view name) const {
  const JsonValue* found = find(name);
  return found != nullptr && found->is_string() ? std::string(found->text) : std::string();
}

bool Properties::boolean(std::string_view name, bool fallback) const {
  const JsonValue* found = find(name);
  return found == nullptr ? fallback : found->boolean().value_or(fallback);
}

std::string Properties::json(std::string_view name) const {
  JsonWriter writer;
  const JsonValue* found = find(name);
  found != nullptr ? write_json(*found, writer) : writer.null();
  return std::move(writer).take();
}

Properties Properties::merged(const JsonValue& patch) const {
  JsonWriter writer;
  write_merged(&value(), patch, writer);
  return Properties(std::move(writer).take());
}

Properties Properties::with(std::string_view name, std::string_view json) const {
  JsonWriter writer;
  writer.begin_object();
  for (const JsonMember& member : value().members) {
    if (member.name == name || !is_last(value(), member)) continue;
    writer.key(member.name);
    write_json(member.value, writer);
  }
  writer.key(name);
  writer.raw(json);
  writer.end_object();
  return Properties(std::move(writer).take());
}

Properties Properties::with_string(std::string_view name, std::string_view text) const {
  std::string json;
  append_json_string(json, text);
  return with(name, json);
}

Properties Properties::without(std::initializer_list<std::string_view> names) const {
  JsonWriter writer;
  writer.begin_object();
  for (const JsonMember& member : value().members) {
    if (std::find(names.begin(), names.end(), member.name) != names.end() || !is_last(value(), member)) continue;
    writer.key(member.name);
    write_json(member.value, writer);
  }
  writer.end_object();
  return Properties(std::move(writer).take());
}

Properties Properties::hiding(std::span<const std::string_view> paths) const {
  if (paths.empty()) return *this;
  JsonWriter writer;
  write_hiding(value(), {}, paths, writer);
  return Properties(std::move(writer).take());
}

Outcome<Properties> read_properties_of(std::string_view file_text, std::string_view file_name) {
  Arena arena;
  const auto parsed = parse_json(file_text, arena);
  if (!parsed || !(*parsed)->is_object()) {
    return refuse(500, "InternalServerError", "The file '" + std::string(file_name) + "' is not a JSON object.");
  }
  const JsonValue* properties = (*parsed)->find("properties");
  return Properties::of(properties != nullptr && properties->is_object() ? *properties : **parsed);
}

std::string information_text(const Properties& properties) {
  JsonWriter writer(true);
  writer.begin_object();
  writer.key("properties");
  write_json(properties.value(), writer);
  writer.end_object();
  return std::move(writer).take() + '\n';
}

}  // namespace sluice::management
