// SPDX-License-Identifier: Apache-2.0
#include "model/openapi/schema_writer.hpp"

#include "base/text.hpp"
#include "base/write_json.hpp"
#include "model/bounds.hpp"

#include <algorithm>

namespace sluice::model {
namespace {

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_true(const JsonValue* value) { return value != nullptr && value->boolean().value_or(false); }

/// Members that say nothing about a body, or that have been carried out by the writer.
bool is_left_out(std::string_view name, bool is_swagger) {
  if (is_one_of(name, {"nullable", "x-nullable", "definitions", "$defs", "$schema", "$id", "$comment", "$vocabulary",
                       "discriminator", "xml", "externalDocs", "readOnly", "writeOnly", "deprecated", "title",
                       "description"})) {
    return true;
  }
  // Parameters of Swagger 2.0 are schemas with a name.
  return is_swagger && is_one_of(name, {"name", "in", "allowEmptyValue", "collectionFormat"});
}

}  // namespace

bool SchemaWriter::is_full() const { return writer_.text().size() > schema_bytes; }

std::string SchemaWriter::write(const JsonValue& schema, std::string_view collection_format) {
  const JsonValue* root = &schema;
  // The root's own references are followed, so that the text begins with what it describes.
  while (specification_.is_bare_reference(*root) && !names_.contains(root)) {
    names_.emplace(root, std::string());
    const JsonValue* target = specification_.follow(*root, Severity::warning);
    if (target == nullptr || !target->is_object()) break;
    root = target;
  }
  names_.clear();
  writer_.begin_object();
  if (!specification_.is_bare_reference(*root)) write_members(*root);
  if (!collection_format.empty()) writer_.member("collectionFormat", collection_format);
  // Writing one may add others.
  for (std::size_t i = 0; i < definitions_.size() && !is_full(); ++i) {
    if (i == 0) {
      writer_.key("definitions");
      writer_.begin_object();
    }
    writer_.key(definitions_[i].first);
    write_schema(*definitions_[i].second);
  }
  if (!definitions_.empty()) writer_.end_object();
  writer_.end_object();
  return is_full() ? std::string() : std::move(writer_).take();
}

void SchemaWriter::write_schema(const JsonValue& schema) {
  if (!schema.is_object()) {
    // `true` and `false` are schemas; anything else is a mistake that says nothing.
    return schema.kind == JsonKind::boolean ? writer_.value(schema.truth) : writer_.raw("{}");
  }
  writer_.begin_object();
  if (!is_full()) write_members(schema);
  writer_.end_object();
}

void SchemaWriter::write_members(const JsonValue& schema) {
  if (schema.find("$ref") != nullptr && specification_.is_bare_reference(schema)) return write_reference(schema);
  const bool nullable = is_nullable(schema);
  if (!nullable || schema.find("type") != nullptr) return write_rest(schema, nullable);
  writer_.key("anyOf");
  writer_.begin_array();
  writer_.begin_object();
  write_rest(schema, false);
  writer_.end_object();
  writer_.raw("{\"type\":\"null\"}");
  writer_.end_array();
}

void SchemaWriter::write_rest(const JsonValue& schema, bool nullable) {
  for (const JsonMember& member : schema.members) {
    if (is_full()) return;
    if (is_left_out(member.name, specification_.is_swagger())) continue;
    write_keyword(member, schema, nullable);
  }
}

void SchemaWriter::write_reference(const JsonValue& schema) {
  const JsonValue* target = specification_.follow(schema, Severity::warning);
  if (target == nullptr) return;  // Reported; an empty schema stands for it.
  writer_.member("$ref", "#/definitions/" + definition_name(*target, schema.find("$ref")->text));
}

std::string SchemaWriter::definition_name(const JsonValue& target, std::string_view reference) {
  if (const auto known = names_.find(&target); known != names_.end()) return known->second;
  std::string name;
  for (char c : reference.substr(reference.rfind('/') + 1)) {
    name += is_alpha(c) || is_digit(c) || c == '_' || c == '.' || c == '-' ? c : '_';
  }
  const auto is_taken = [&](const std::string& wanted) {
    return std::any_of(names_.begin(), names_.end(), [&](const auto& entry) { return entry.second == wanted; });
  };
  std::string free = name;
  for (std::size_t number = 2; is_taken(free); ++number) free = name + '-' + std::to_string(number);
  names_.emplace(&target, free);
  definitions_.emplace_back(free, &target);
  return free;
}

void SchemaWriter::write_keyword(const JsonMember& member, const JsonValue& schema, bool nullable) {
  const std::string_view name = member.name;
  const JsonValue& value = member.value;
  if (name == "required" && !value.is_array()) return;  // Of a parameter, or a slip: it is no list of names.
  if (name == "$ref" && value.is_string()) return write_reference(schema);
  writer_.key(name);
  if (name == "type") return write_type(value, nullable);
  if (name == "enum") return write_enum(value, nullable);
  if (name == "required") return write_required(value, schema);
  if (is_one_of(name, {"properties", "patternProperties", "dependentSchemas"})) return write_map(value);
  if (is_one_of(name, {"allOf", "anyOf", "oneOf", "prefixItems"}) || (name == "items" && value.is_array())) {
    return write_list(value);
  }
  if (is_one_of(name, {"items", "not", "if", "then", "else", "additionalProperties", "additionalItems", "contains",
                       "propertyNames", "unevaluatedItems", "unevaluatedProperties"})) {
    return write_schema(value);
  }
  write_json(value, writer_);
}

void SchemaWriter::write_list(const JsonValue& list) {
  writer_.begin_array();
  for (const JsonValue& item : list.items) {
    if (!is_full()) write_schema(item);
  }
  writer_.end_array();
}

void SchemaWriter::write_map(const JsonValue& map) {
  writer_.begin_object();
  for (const JsonMember& member : map.members) {
    if (is_full()) break;
    writer_.key(member.name);
    write_schema(member.value);
  }
  writer_.end_object();
}

void SchemaWriter::write_type(const JsonValue& type, bool nullable) {
  if (!nullable || !type.is_string()) return write_json(type, writer_);
  writer_.begin_array();
  writer_.value(type.text);
  writer_.value("null");
  writer_.end_array();
}

void SchemaWriter::write_enum(const JsonValue& values, bool nullable) {
  const bool has_null =
      std::any_of(values.items.begin(), values.items.end(), [](const JsonValue& v) { return v.is_null(); });
  if (!nullable || has_null || !values.is_array()) return write_json(values, writer_);
  writer_.begin_array();
  for (const JsonValue& value : values.items) write_json(value, writer_);
  writer_.null();
  writer_.end_array();
}

void SchemaWriter::write_required(const JsonValue& names, const JsonValue& schema) {
  const JsonValue* properties = schema.find("properties");
  writer_.begin_array();
  for (const JsonValue& name : names.items) {
    if (!name.is_string()) continue;
    if (properties != nullptr && goes_the_other_way(specification_.member(*properties, name.text))) continue;
    writer_.value(name.text);
  }
  writer_.end_array();
}

bool SchemaWriter::goes_the_other_way(const JsonValue* property) {
  const std::string_view mark = direction_ == Direction::request ? "readOnly" : "writeOnly";
  for (unsigned depth = 0; property != nullptr && depth < reference_depth; ++depth) {
    if (is_true(property->find(mark))) return true;
    if (property->find("$ref") == nullptr) return false;
    property = specification_.follow(*property, Severity::warning);
  }
  return false;
}

bool SchemaWriter::is_nullable(const JsonValue& schema) const {
  return is_true(schema.find("nullable")) || is_true(schema.find("x-nullable"));
}

namespace {

/// Many operations refer to one schema: it is written once.
std::string written_text(Specification& specification, const JsonValue& schema, Direction direction,
                         std::string_view collection_format) {
  if (!specification.is_bare_reference(schema)) {
    return SchemaWriter(specification, direction).write(schema, collection_format);
  }
  const std::string_view mark = direction == Direction::request ? "r" : "a";
  const std::string key =
      std::string(mark) + std::string(collection_format) + ' ' + std::string(schema.find("$ref")->text);
  const auto [known, is_new] = specification.written_schemas().try_emplace(key);
  if (is_new) known->second = SchemaWriter(specification, direction).write(schema, collection_format);
  return known->second;
}

}  // namespace

std::string schema_text(Specification& specification, const JsonValue& schema, Direction direction,
                        std::string_view collection_format) {
  if (!specification.keep(0)) return {};
  std::string text = written_text(specification, schema, direction, collection_format);
  if (text.empty()) {
    specification.warning(
        "SL9001", schema,
        "the schema is larger than " + std::to_string(schema_bytes) + " bytes with what it refers to; it is left out");
  }
  return specification.keep(text.size()) ? text : std::string();
}

std::string example_text(const JsonValue& value) {
  if (value.is_string()) return std::string(value.text);
  JsonWriter writer;
  write_json(value, writer);
  return std::move(writer).take();
}

}  // namespace sluice::model
