// SPDX-License-Identifier: Apache-2.0
#include "schema/json_checker.hpp"

#include <cmath>

namespace sluice::schema {
namespace {

TypeSet type_of(const JsonValue& value) {
  switch (value.kind) {
    case JsonKind::null: return type_null;
    case JsonKind::boolean: return type_boolean;
    case JsonKind::string: return type_string;
    case JsonKind::array: return type_array;
    case JsonKind::object: return type_object;
    case JsonKind::number: break;
  }
  if (value.integer()) return type_integer;
  const auto number = value.number();
  return number && std::isfinite(*number) && *number == std::floor(*number) ? type_integer : type_number;
}

std::string names_of(TypeSet types) {
  constexpr std::pair<TypeSet, std::string_view> names[] = {
      {type_null, "null"},     {type_boolean, "boolean"}, {type_number, "number"}, {type_integer, "integer"},
      {type_string, "string"}, {type_array, "array"},     {type_object, "object"}};
  std::string text;
  for (const auto& [type, name] : names) {
    if (!(types & type) || (type == type_integer && (types & type_number))) continue;
    text += (text.empty() ? "" : " or ") + std::string(name);
  }
  return text.empty() ? "nothing" : text;
}

}  // namespace

std::string quoted(std::string_view text) {
  constexpr std::size_t shown = 100;
  if (text.size() <= shown) return "'" + std::string(text) + "'";
  std::size_t end = shown;  // Not within a character.
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return "'" + std::string(text.substr(0, end)) + "…'";
}

CheckResult Checker::run(const JsonValue& value) {
  check_value(program_.root, value);
  return std::move(result_);
}

std::string Checker::path() const {
  std::string text;
  for (const Step& step : path_) {
    text += '/';
    if (step.is_index) {
      text += std::to_string(step.index);
      continue;
    }
    for (char c : step.name) text += c == '~' ? std::string("~0") : c == '/' ? std::string("~1") : std::string(1, c);
  }
  return text;
}

bool Checker::check_value(NodeId id, const JsonValue& value) {
  const unsigned outer = std::exchange(in_place_, 0);
  bool agrees = check(id, value);
  if (program_.additional_properties == false && value.is_object() && (agrees || !is_done())) {
    agrees = check_closed(id, value) && agrees;
  }
  in_place_ = outer;
  return agrees;
}

bool Checker::check(NodeId id, const JsonValue& value) {
  if (failed() || !charge(1)) return false;
  if (in_place_ >= in_place_depth) return give_up("the schema refers to itself without end");
  if (nesting_ >= nesting_depth) return give_up("schema and value are nested too deeply");
  ++nesting_;
  ++in_place_;
  const bool agrees = check_node(program_.nodes[id], value);
  --in_place_;
  --nesting_;
  return agrees;
}

bool Checker::check_node(const Node& node, const JsonValue& value) {
  if (node.refuses_all) return refuse(value, [] { return std::string("The schema allows no value here."); });
  bool agrees = check_type(node, value);
  if (!agrees) return false;  // Further findings would only say the same.
  const auto also = [&](bool (Checker::*part)(const Node&, const JsonValue&)) {
    if (agrees || !is_done()) agrees = (this->*part)(node, value) && agrees;
  };
  if (node.is_enumeration) also(&Checker::check_enumeration);
  if (node.number && value.is_number()) also(&Checker::check_number);
  if (node.text && value.is_string()) also(&Checker::check_text);
  if (node.array && value.is_array()) also(&Checker::check_array);
  if (node.object && value.is_object()) also(&Checker::check_object);
  if (node.in_place) also(&Checker::check_in_place);
  return agrees;
}

bool Checker::check_type(const Node& node, const JsonValue& value) {
  if (node.types == any_type || (type_of(value) & node.types) != 0) return true;
  return refuse(value, [&] {
    return "Invalid type: expected " + names_of(node.types) + " but got " + names_of(type_of(value)) + ".";
  });
}

bool Checker::check_in_place(const Node& node, const JsonValue& value) {
  const InPlaceRules& rules = *node.in_place;
  bool agrees = rules.reference == no_node || check(rules.reference, value);
  for (NodeId id : rules.all_of) {
    if (!agrees && is_done()) return false;
    agrees = check(id, value) && agrees;
  }
  if (!rules.any_of.empty() && (agrees || !is_done())) agrees = check_any(rules.any_of, value) && agrees;
  if (!rules.one_of.empty() && (agrees || !is_done())) agrees = check_one(rules.one_of, value) && agrees;
  if (rules.negated != no_node && (agrees || !is_done())) {
    if (check_silently(rules.negated, value)) {
      agrees = refuse(value, [] { return std::string("The value agrees with a schema that it must not agree with."); });
    }
  }
  if (rules.condition != no_node && (agrees || !is_done())) agrees = check_condition(rules, value) && agrees;
  return agrees && !failed();
}

bool Checker::check_any(const std::vector<NodeId>& ids, const JsonValue& value) {
  for (NodeId id : ids) {
    if (check_silently(id, value)) return true;
  }
  if (failed()) return false;
  if (ids.size() == 1) return check(ids.front(), value);  // For its findings.
  return refuse(value, [] { return std::string("The value agrees with none of the schemas of 'anyOf'."); });
}

bool Checker::check_one(const std::vector<NodeId>& ids, const JsonValue& value) {
  std::size_t agreeing = 0;
  for (NodeId id : ids) agreeing += check_silently(id, value);
  if (failed()) return false;
  if (agreeing == 1) return true;
  if (agreeing == 0 && ids.size() == 1) return check(ids.front(), value);
  return refuse(value, [&] {
    return "The value agrees with " + (agreeing == 0 ? "none" : std::to_string(agreeing)) +
           " of the schemas of 'oneOf'; it must be one.";
  });
}

bool Checker::check_condition(const InPlaceRules& rules, const JsonValue& value) {
  const NodeId branch = check_silently(rules.condition, value) ? rules.then : rules.otherwise;
  return !failed() && (branch == no_node || check(branch, value));
}

CheckResult check_json(const JsonProgram& program, const JsonValue& value, std::string_view text,
                       const SchemaLimits& limits) {
  return Checker(program, text, limits).run(value);
}

}  // namespace sluice::schema
