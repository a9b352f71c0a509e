// SPDX-License-Identifier: Apache-2.0
#include "graphql/validation.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <set>

namespace sluice::graphql {
namespace {

bool is_int32(std::string_view text) {
  const auto number = parse_integer(text);
  return number && *number >= INT32_MIN && *number <= INT32_MAX;
}

/// **Source**: section 3.5, input coercion of the built-in scalars; others take what they like.
bool fits_scalar(const Value& value, std::string_view name) {
  using Kind = Value::Kind;
  if (name == "Int") return value.kind == Kind::integer && is_int32(value.text);
  if (name == "Float") return value.kind == Kind::integer || value.kind == Kind::real;
  if (name == "String") return value.kind == Kind::text;
  if (name == "Boolean") return value.kind == Kind::boolean;
  if (name == "ID") return value.kind == Kind::text || value.kind == Kind::integer;
  return true;
}

void check_object(const Value& value, const TypeDefinition& type, const Schema& schema, Faults& faults,
                  std::vector<VariableUse>& uses) {
  if (value.kind != Value::Kind::object)
    return faults.add(value.offset, "Expected an object of the type " + quoted(type.name) + ".");
  check_arguments(value.members, type.inputs, value.offset, "the type " + quoted(type.name), schema, faults, uses);
}

/// Variables inside values of scalars that say nothing of their content.
void note_variables(const Value& value, std::vector<VariableUse>& uses) {
  if (value.kind == Value::Kind::variable) uses.push_back({value.text, {}, false, value.offset});
  for (const Value& item : value.items) note_variables(item, uses);
  for (const ValueMember& member : value.members) note_variables(member.value, uses);
}

}  // namespace

void check_value(const Value& value, const TypeReference& type, bool has_fallback, const Schema& schema, Faults& faults,
                 std::vector<VariableUse>& uses) {
  if (value.kind == Value::Kind::variable) return uses.push_back({value.text, type, has_fallback, value.offset});
  if (value.kind == Value::Kind::null) {
    if (type.refuses_null())
      faults.add(value.offset, "Expected a value of the type " + quoted(type.to_string()) + ", found null.");
    return;
  }
  if (type.is_list()) {
    const TypeReference item = type.item();
    if (value.kind != Value::Kind::list) return check_value(value, item, false, schema, faults, uses);
    for (const Value& each : value.items) check_value(each, item, false, schema, faults, uses);
    return;
  }
  const TypeDefinition* definition = schema.type(type.name);
  if (definition == nullptr) return;  // Reported where the type is named.
  if (definition->kind == TypeKind::input) return check_object(value, *definition, schema, faults, uses);
  if (definition->kind == TypeKind::enumeration) {
    const auto& names = definition->names;
    const bool is_one =
        value.kind == Value::Kind::enumeration && std::find(names.begin(), names.end(), value.text) != names.end();
    if (!is_one) faults.add(value.offset, "Expected a value of the enumeration " + quoted(type.name) + ".");
    return;
  }
  if (!fits_scalar(value, type.name))
    return faults.add(value.offset, "Expected a value of the type " + quoted(type.name) + ".");
  note_variables(value, uses);
}

void check_arguments(const std::vector<Argument>& given, const std::vector<InputValue>& declared, std::size_t offset,
                     const std::string& owner, const Schema& schema, Faults& faults, std::vector<VariableUse>& uses) {
  std::set<std::string_view> seen;
  for (const Argument& argument : given) {
    const InputValue* input = find_input(declared, argument.name);
    if (!seen.insert(argument.name).second) faults.add(argument.offset, quoted(argument.name) + " stands twice.");
    if (input == nullptr) {
      faults.add(argument.offset, "Unknown " + quoted(argument.name) + " of " + owner + ".");
      note_variables(argument.value, uses);
      continue;
    }
    check_value(argument.value, input->type, input->fallback.has_value(), schema, faults, uses);
  }
  for (const InputValue& input : declared) {
    if (input.type.refuses_null() && !input.fallback && !seen.contains(input.name))
      faults.add(offset, quoted(input.name) + " of " + owner + " is required.");
  }
}

}  // namespace sluice::graphql
