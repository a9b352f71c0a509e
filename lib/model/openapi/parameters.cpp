// SPDX-License-Identifier: Apache-2.0
// OpenAPI 3 says `schema`, Swagger 2.0 says types in the parameter itself. How lists are written is kept in the schema
// as `collectionFormat`, which is Swagger's word for it.
#include "model/openapi/parameters.hpp"

#include "model/bounds.hpp"

#include <algorithm>
#include <iterator>

namespace sluice::model {
namespace {

/// A scalar as the text that stands in a URL or header.
std::string scalar_text(const JsonValue& value) { return value.is_null() ? std::string() : example_text(value); }

/// `type: string`, or the first of OpenAPI 3.1's `type: [string, "null"]` that is not null.
std::string type_of(const JsonValue& schema) {
  const JsonValue* type = schema.find("type");
  if (type == nullptr) return {};
  if (type->is_string()) return std::string(type->text);
  for (const JsonValue& item : type->items) {
    if (item.is_string() && item.text != "null") return std::string(item.text);
  }
  return {};
}

void read_value_rules(Specification& specification, const JsonValue& schema, Parameter& parameter) {
  parameter.type = type_of(schema);
  if (const JsonValue* fallback = schema.find("default")) parameter.default_value = scalar_text(*fallback);
  const JsonValue* values = schema.find("enum");
  if (values == nullptr) return;
  for (const JsonValue& item : values->items) {
    if (!specification.keep(0)) return;
    parameter.values.push_back(scalar_text(item));
  }
}

/// OpenAPI's `style` and `explode` as Swagger 2.0 says it. Empty: as the place of the parameter has it.
std::string_view collection_format(const Specification& specification, const JsonValue& parameter,
                                   const JsonValue& schema) {
  if (specification.is_swagger()) {
    const JsonValue* format = parameter.find("collectionFormat");
    if (format != nullptr) return format->string().value_or("");
    return type_of(schema) == "array" ? "csv" : "";
  }
  const auto style = parameter.find("style") != nullptr ? parameter.find("style")->string().value_or("") : "";
  if (style == "spaceDelimited") return "ssv";
  if (style == "pipeDelimited") return "pipes";
  if (style == "deepObject") return "deepObject";
  const JsonValue* explode = parameter.find("explode");
  const JsonValue* place = parameter.find("in");
  if (place == nullptr || place->string() != "query" || type_of(schema) != "array") return {};
  return explode != nullptr && explode->boolean() == false ? "csv" : "multi";
}

/// Whether name, type, values and `required` say everything that the schema says.
bool is_plain(const JsonValue& schema, std::string_view format) {
  if (!format.empty() || type_of(schema).empty()) return false;
  for (const JsonMember& member : schema.members) {
    constexpr std::string_view said[] = {"type", "enum", "default",  "description",     "example",   "title",
                                         "name", "in",   "required", "allowEmptyValue", "deprecated"};
    const bool is_said = std::find(std::begin(said), std::end(said), member.name) != std::end(said);
    if (!is_said && !member.name.starts_with("x-")) return false;
  }
  const JsonValue* type = schema.find("type");
  return type->is_string() && type->text != "array" && type->text != "object";
}

/// The schema of a parameter whose `content` names a media type: its text is JSON.
const JsonValue* content_schema(const JsonValue& parameter) {
  const JsonValue* content = parameter.find("content");
  if (content == nullptr || content->members.empty()) return nullptr;
  return content->members.front().value.find("schema");
}

void read_parameter_schema(Specification& specification, const JsonValue& value, const JsonValue& schema,
                           Direction direction, Parameter& parameter) {
  if (!schema.is_object()) return;
  const JsonValue* target = specification.resolve(schema);
  const std::string_view format = target == nullptr ? "" : collection_format(specification, value, *target);
  if (target == nullptr || is_plain(*target, format)) return;
  parameter.schema = schema_text(specification, schema, direction, format);
}

void collect(Specification& specification, const JsonValue& holder, std::vector<DeclaredParameter>& to) {
  const JsonValue* list = holder.find("parameters");
  if (list == nullptr || list->is_null()) return;
  if (!list->is_array()) {
    return specification.error("SL5003", *list,
                               "'parameters' must be an array, found " + std::string(name_of(list->kind)));
  }
  for (const JsonValue& item : list->items) {
    const JsonValue* value = specification.resolve(item);
    if (value == nullptr) continue;
    const JsonValue* name = value->find("name");
    const JsonValue* place = value->find("in");
    if (name == nullptr || !name->is_string() || place == nullptr || !place->is_string()) {
      specification.error("SL5002", *value, "a parameter needs the texts 'name' and 'in'");
      continue;
    }
    std::erase_if(to, [&](const DeclaredParameter& earlier) {
      return earlier.name == name->text && earlier.place == place->text;
    });
    if (to.size() >= parameters_per_operation) {
      return specification.error(
          "SL9003", item, "the operation has more than " + std::to_string(parameters_per_operation) + " parameters");
    }
    to.push_back({name->text, place->text, value});
  }
}

}  // namespace

Parameter read_parameter(Specification& specification, const JsonValue& value, std::string_view name,
                         Direction direction) {
  Parameter parameter;
  parameter.name = name;
  const JsonValue* required = value.find("required");
  parameter.required = required != nullptr && required->boolean().value_or(false);
  const JsonValue* schema = specification.is_swagger() ? &value : value.find("schema");
  if (const JsonValue* content = content_schema(value); content != nullptr && schema == nullptr) {
    parameter.schema = content->is_object() ? schema_text(specification, *content, direction, "json") : std::string();
  }
  if (schema != nullptr) read_parameter_schema(specification, value, *schema, direction, parameter);
  if (schema != nullptr && !specification.is_swagger()) schema = specification.resolve(*schema);
  if (schema != nullptr) read_value_rules(specification, *schema, parameter);
  return parameter;
}

std::vector<DeclaredParameter> declared_parameters(Specification& specification, const JsonValue& path_item,
                                                   const JsonValue& method) {
  std::vector<DeclaredParameter> all;
  collect(specification, path_item, all);
  collect(specification, method, all);
  return all;
}

void read_parameters(Specification& specification, const JsonValue& path_item, const JsonValue& method,
                     Operation& operation) {
  for (const DeclaredParameter& declared : declared_parameters(specification, path_item, method)) {
    std::vector<Parameter>* to = nullptr;
    if (declared.place == "path") to = &operation.template_parameters;
    if (declared.place == "query") to = &operation.query_parameters;
    if (declared.place == "header") to = &operation.headers;
    if (to != nullptr) {
      to->push_back(read_parameter(specification, *declared.value, declared.name, Direction::request));
      if (declared.place == "path") to->back().required = true;
    } else if (declared.place != "cookie" && declared.place != "body" && declared.place != "formData") {
      specification.error(
          "SL5003", *declared.value->find("in"),
          "'in' must be one of path, query, header, cookie; found '" + std::string(declared.place) + "'");
    }
  }
}

}  // namespace sluice::model
