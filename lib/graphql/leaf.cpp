// SPDX-License-Identifier: Apache-2.0
#include "graphql/leaf.hpp"

#include "base/text.hpp"
#include "graphql/coercion.hpp"

#include <algorithm>
#include <cmath>

namespace sluice::graphql {
namespace {

std::string quoted_json(std::string_view text) {
  std::string json;
  append_json_string(json, text);
  return json;
}

/// The number that the value is, or says.
std::optional<double> number_of(const JsonValue& value) {
  if (value.kind == JsonKind::boolean) return value.truth ? 1 : 0;
  if (value.is_number()) return value.number();
  return value.is_string() ? parse_double(value.text) : std::nullopt;
}

std::optional<std::string> int_json(const JsonValue& value) {
  const auto number = number_of(value);
  if (!number || *number != std::trunc(*number) || *number < INT32_MIN || *number > INT32_MAX) return std::nullopt;
  return std::to_string(static_cast<std::int64_t>(*number));
}

std::optional<std::string> float_json(const JsonValue& value) {
  if (value.is_number()) return std::string(value.text);
  const auto number = number_of(value);
  if (!number || !std::isfinite(*number)) return std::nullopt;
  JsonWriter writer;
  writer.value(*number);
  return std::move(writer).take();
}

std::optional<std::string> text_json(const JsonValue& value) {
  if (value.is_string() || value.is_number()) return quoted_json(value.text);
  if (value.kind == JsonKind::boolean) return quoted_json(value.truth ? "true" : "false");
  return std::nullopt;
}

std::optional<std::string> boolean_json(const JsonValue& value) {
  if (value.is_number()) return value.number().value_or(0) != 0 ? "true" : "false";
  if (value.kind != JsonKind::boolean) return std::nullopt;
  return value.truth ? "true" : "false";
}

std::optional<std::string> id_json(const JsonValue& value) {
  const bool is_integer = value.is_number() && value.text.find_first_of(".eE") == std::string_view::npos;
  return value.is_string() || is_integer ? std::optional(quoted_json(value.text)) : std::nullopt;
}

}  // namespace

std::optional<std::string> leaf_json(const JsonValue& value, const TypeDefinition& type) {
  if (type.kind == TypeKind::enumeration) {
    const bool is_one =
        value.is_string() && std::find(type.names.begin(), type.names.end(), value.text) != type.names.end();
    return is_one ? std::optional(quoted_json(value.text)) : std::nullopt;
  }
  if (type.name == "Int") return int_json(value);
  if (type.name == "Float") return float_json(value);
  if (type.name == "String") return text_json(value);
  if (type.name == "Boolean") return boolean_json(value);
  if (type.name == "ID") return id_json(value);
  std::string json;  // Scalars of the schema's own are what their source says.
  append_json(json, value);
  return json;
}

}  // namespace sluice::graphql
