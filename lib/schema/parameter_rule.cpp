// SPDX-License-Identifier: Apache-2.0
// `collectionFormat`, which Swagger 2.0 has and the import writes for OpenAPI's style and explode, says how a list is
// written. A schema that wants a number and a text is tried with both.
#include "schema/parameter_rule.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace sluice::schema {
namespace {

/// Items of one list in a message: longer ones are not read.
constexpr std::size_t most_items = 10'000;

bool is_number(std::string_view text, Arena& arena) {
  const auto parsed = parse_json(text, arena);
  return parsed && (*parsed)->is_number();
}

/// What `text` may stand for, the strictest first.
std::vector<JsonValue> readings(std::string_view text, TypeSet types, Arena& arena) {
  std::vector<JsonValue> all;
  JsonValue value;
  value.text = text;
  if ((types & (type_number | type_integer)) != 0 && types != any_type && is_number(text, arena)) {
    value.kind = JsonKind::number;
    all.push_back(value);
  }
  const auto truth = parse_boolean(text);
  if ((types & type_boolean) != 0 && types != any_type && truth) {
    value.kind = JsonKind::boolean;
    value.truth = *truth;
    all.push_back(value);
  }
  if ((types & type_null) != 0 && types != any_type && (text.empty() || text == "null")) {
    value.kind = JsonKind::null;
    all.push_back(value);
  }
  if ((types & type_string) != 0) {
    value.kind = JsonKind::string;
    all.push_back(value);
  }
  return all;
}

std::string names_of_wanted(TypeSet types) {
  if ((types & type_integer) != 0) return (types & type_number) != 0 ? "a number" : "an integer";
  if ((types & type_boolean) != 0) return "true or false";
  return (types & type_object) != 0 ? "an object" : "a value of its type";
}

}  // namespace

tl::expected<ParameterRule, std::string> ParameterRule::make(const Parameter& parameter, Place place,
                                                             const SchemaLimits& limits) {
  ParameterRule rule;
  rule.style_ = place == Place::query ? Style::repeated : Style::separated;
  std::string text = parameter.schema;
  if (text.empty()) {
    rule.values_ = parameter.values;
    const std::string type = to_lower(parameter.type);
    for (std::string_view known : {"integer", "number", "boolean", "array", "object"}) {
      if (type == known) text = "{\"type\":\"" + type + "\"}";
    }
    if (text.empty()) return rule;
  }
  auto schema = JsonSchema::get(text, {}, limits);
  if (!schema) return tl::unexpected(std::move(schema.error()));
  rule.schema_ = std::move(*schema);
  rule.types_ = rule.schema_->types();
  rule.item_types_ = rule.schema_->item_types();
  Arena arena;
  const auto parsed = parse_json(text, arena, {.depth = limits.depth});
  const JsonValue* format = parsed ? (*parsed)->find("collectionFormat") : nullptr;
  if (format == nullptr || !format->is_string()) return rule;
  if (format->text == "multi") {
    rule.style_ = Style::repeated;
  } else if (format->text == "json") {
    rule.style_ = Style::json;
  } else if (format->text == "deepObject") {
    rule.style_ = Style::deep_object;
  } else {
    rule.style_ = Style::separated;
    rule.separator_ = format->text == "ssv" ? ' ' : format->text == "tsv" ? '\t' : format->text == "pipes" ? '|' : ',';
  }
  return rule;
}

ParameterRule::Answer ParameterRule::check(std::span<const std::string_view> values) const {
  if (!values_.empty()) {
    if (values.size() > 1) return {Verdict::several_values, {}};
    const bool known = std::find(values_.begin(), values_.end(), values[0]) != values_.end();
    if (!known) return {Verdict::differs, "The value is not one of those that the definition lists."};
  }
  const bool is_list = schema_ != nullptr && (types_ & type_array) != 0 && types_ != any_type;
  if (!is_list) return values.size() > 1 ? Answer{Verdict::several_values, {}} : check_one(values[0]);
  if (style_ == Style::json) return values.size() > 1 ? Answer{Verdict::several_values, {}} : check_one(values[0]);
  if (style_ == Style::repeated) return check_array(values);
  std::vector<std::string_view> items;
  for (std::string_view value : values) {
    if (value.empty()) continue;
    for (std::string_view item : split(value, separator_))
      items.push_back(separator_ == ',' ? strip_blanks(item) : item);
  }
  return check_array(items);
}

ParameterRule::Answer ParameterRule::verdict_of(const JsonValue& value) const {
  CheckResult result = schema_->check(value, {});
  if (!result.failure.empty()) return {Verdict::not_checked, std::move(result.failure)};
  if (result.findings.empty()) return {};
  return {Verdict::differs, std::move(result.findings.front().message)};
}

ParameterRule::Answer ParameterRule::check_one(std::string_view text) const {
  if (schema_ == nullptr) return {};
  if (!is_valid_utf8(text)) return {Verdict::not_readable, "The value is no UTF-8."};
  Arena arena;
  if (style_ == Style::json || ((types_ & (type_object | type_array)) != 0 && types_ != any_type)) {
    const auto parsed = parse_json(text, arena);
    if (parsed) return verdict_of(**parsed);
    if (style_ == Style::json) return {Verdict::not_readable, "The value is no JSON: " + parsed.error().message + "."};
  }
  Answer first{Verdict::not_readable, "The value is not " + names_of_wanted(types_) + "."};
  for (const JsonValue& value : readings(text, types_, arena)) {
    Answer answer = verdict_of(value);
    if (answer.verdict == Verdict::agrees) return answer;
    if (first.verdict == Verdict::not_readable) first = std::move(answer);
  }
  return first;
}

ParameterRule::Answer ParameterRule::check_array(std::span<const std::string_view> items) const {
  if (items.size() > most_items) {
    return {Verdict::not_readable, "The list has more than " + std::to_string(most_items) + " items."};
  }
  Arena arena;
  std::vector<JsonValue> values;
  for (std::string_view item : items) {
    if (!is_valid_utf8(item)) return {Verdict::not_readable, "The value is no UTF-8."};
    const auto possible = readings(item, item_types_, arena);
    if (possible.empty()) return {Verdict::not_readable, "An item is not " + names_of_wanted(item_types_) + "."};
    values.push_back(possible.front());
  }
  JsonValue array;
  array.kind = JsonKind::array;
  array.items = values;
  return verdict_of(array);
}

ParameterRule::Answer ParameterRule::check_properties(std::span<const Property> properties) const {
  Arena arena;
  std::vector<JsonMember> members;
  for (const Property& property : properties) {
    if (!is_valid_utf8(property.name) || !is_valid_utf8(property.value)) {
      return {Verdict::not_readable, "The value is no UTF-8."};
    }
    const auto possible = readings(property.value, schema_->property_types(property.name), arena);
    if (possible.empty()) {
      return {Verdict::not_readable, "The property '" + std::string(property.name) + "' cannot be read as its type."};
    }
    members.push_back({property.name, 0, possible.front()});
  }
  JsonValue object;
  object.kind = JsonKind::object;
  object.members = members;
  return verdict_of(object);
}

}  // namespace sluice::schema
