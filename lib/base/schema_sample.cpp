// SPDX-License-Identifier: Apache-2.0
// Walks a schema once and writes the sample as it goes; depth and number of values are bounded, so that a schema which
// refers to itself ends too.
#include "base/schema_sample.hpp"

#include "base/json.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <set>
#include <vector>

namespace sluice {
namespace {

class Sampler {
 public:
  Sampler(const JsonValue& root, const SampleLimits& limits) : root_(root), limits_(limits) {}

  std::string take() && {
    write(root_, 0);
    return std::move(writer_).take();
  }

 private:
  void write(const JsonValue& schema, unsigned depth) {
    if (depth > limits_.depth || ++values_ > limits_.values) return writer_.null();
    if (const JsonValue* reference = schema.find("$ref")) return write_reference(*reference, depth);
    for (std::string_view fixed : {"example", "const", "default"}) {
      if (const JsonValue* value = schema.find(fixed)) return copy(*value, depth);
    }
    if (const JsonValue* values = schema.find("enum"); values && !values->items.empty()) {
      return copy(values->items.front(), depth);
    }
    for (std::string_view choice : {"oneOf", "anyOf"}) {
      if (const JsonValue* all = schema.find(choice); all && !all->items.empty())
        return write(all->items.front(), depth + 1);
    }
    write_type(schema, depth);
  }

  /// What refers to itself is an empty object the second time: samples are for reading.
  void write_reference(const JsonValue& reference, unsigned depth) {
    const std::string_view name = reference.string().value_or("");
    const JsonValue* target = resolve(name);
    if (target == nullptr) return writer_.null();
    if (std::find(open_.begin(), open_.end(), name) != open_.end()) {
      writer_.begin_object();
      return writer_.end_object();
    }
    open_.push_back(name);
    write(*target, depth + 1);
    open_.pop_back();
  }

  void write_type(const JsonValue& schema, unsigned depth) {
    const std::string_view type = type_of(schema);
    if (type == "object") {
      writer_.begin_object();
      std::set<std::string_view> written;
      write_properties(schema, depth, written);
      writer_.end_object();
    } else if (type == "array") {
      writer_.begin_array();
      if (const JsonValue* items = schema.find("items")) write(*items, depth + 1);
      writer_.end_array();
    } else if (type == "integer" || type == "number") {
      writer_.value(std::int64_t{0});
    } else if (type == "boolean") {
      writer_.value(true);
    } else if (type == "null") {
      writer_.null();
    } else {
      writer_.value(sample_text(schema));
    }
  }

  void write_properties(const JsonValue& schema, unsigned depth, std::set<std::string_view>& written) {
    if (depth > limits_.depth) return;
    if (const JsonValue* reference = schema.find("$ref")) {
      if (const JsonValue* target = resolve(reference->string().value_or("")))
        write_properties(*target, depth + 1, written);
    }
    if (const JsonValue* parts = schema.find("allOf")) {
      for (const JsonValue& part : parts->items) write_properties(part, depth + 1, written);
    }
    const JsonValue* properties = schema.find("properties");
    if (properties == nullptr) return;
    for (const JsonMember& property : properties->members) {
      if (!written.insert(property.name).second) continue;
      writer_.key(property.name);
      write(property.value, depth + 1);
    }
  }

  /// The type, or what the keywords suggest; the first one of a list.
  static std::string_view type_of(const JsonValue& schema) {
    if (const JsonValue* type = schema.find("type")) {
      if (type->is_array() && !type->items.empty()) return type->items.front().string().value_or("string");
      return type->string().value_or("string");
    }
    if (schema.find("properties") || schema.find("allOf")) return "object";
    return schema.find("items") ? "array" : schema.members.empty() ? "object" : "string";
  }

  static std::string_view sample_text(const JsonValue& schema) {
    const JsonValue* format = schema.find("format");
    const std::string_view name = format != nullptr ? format->string().value_or("") : std::string_view();
    if (name == "date-time") return "2024-01-01T00:00:00Z";
    if (name == "date") return "2024-01-01";
    if (name == "uuid") return "00000000-0000-0000-0000-000000000000";
    return "string";
  }

  /// `#/definitions/Name`: the value at that place of the schema.
  const JsonValue* resolve(std::string_view reference) const {
    if (!reference.starts_with("#")) return nullptr;
    const JsonValue* at = &root_;
    for (std::string_view step : split(reference.substr(1), '/')) {
      if (step.empty()) continue;
      at = at->find(step);
      if (at == nullptr) return nullptr;
    }
    return at;
  }

  void copy(const JsonValue& value, unsigned depth) {
    if (depth > limits_.depth || ++values_ > limits_.values) return writer_.null();
    switch (value.kind) {
      case JsonKind::null: return writer_.null();
      case JsonKind::boolean: return writer_.value(value.truth);
      case JsonKind::number: return writer_.raw(value.text);
      case JsonKind::string: return writer_.value(value.text);
      case JsonKind::array:
        writer_.begin_array();
        for (const JsonValue& item : value.items) copy(item, depth + 1);
        return writer_.end_array();
      case JsonKind::object:
        writer_.begin_object();
        for (const JsonMember& member : value.members) {
          writer_.key(member.name);
          copy(member.value, depth + 1);
        }
        return writer_.end_object();
    }
  }

  const JsonValue& root_;
  SampleLimits limits_;
  std::size_t values_ = 0;
  std::vector<std::string_view> open_;  ///< References that are being followed.
  JsonWriter writer_;
};

}  // namespace

std::optional<std::string> sample_of_schema(std::string_view schema, const SampleLimits& limits) {
  Arena arena;
  const auto parsed = parse_json(schema, arena);
  if (!parsed || !(*parsed)->is_object()) return std::nullopt;
  return Sampler(**parsed, limits).take();
}

}  // namespace sluice
