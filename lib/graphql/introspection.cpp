// SPDX-License-Identifier: Apache-2.0
#include "graphql/introspection.hpp"

#include "graphql/written_text.hpp"

#include <algorithm>

namespace sluice::graphql {
namespace {

using Kind = Described::Kind;

/// The type that holds the fields of introspection, which is none of the service.
constexpr std::string_view hidden_type = "__Introspection";
constexpr std::string_view no_reason = "No longer supported";

Described word(std::string_view text) { return {.kind = Kind::word, .text = std::string(text)}; }
Described truth(bool holds) { return {.kind = Kind::truth, .holds = holds}; }
Described part(Kind kind, const void* what) { return {.kind = kind, .part = what}; }
Described list() { return {.kind = Kind::list}; }
Described written(const WrittenText& text) {
  return text.written.data() == nullptr ? Described() : word(decoded(text));
}
Described reason_of(const Notes& notes) {
  if (!notes.is_deprecated) return {};
  return notes.deprecation_reason.written.data() == nullptr ? word(no_reason) : written(notes.deprecation_reason);
}

/// What fields, inputs and values of enumerations say alike; nothing for other names.
Described of_notes(const Notes& notes, std::string_view name) {
  if (name == "description") return written(notes.description);
  if (name == "isDeprecated") return truth(notes.is_deprecated);
  return name == "deprecationReason" ? reason_of(notes) : Described();
}

std::string_view kind_name(TypeKind kind) {
  switch (kind) {
    case TypeKind::scalar: return "SCALAR";
    case TypeKind::object: return "OBJECT";
    case TypeKind::interface: return "INTERFACE";
    case TypeKind::union_of: return "UNION";
    case TypeKind::enumeration: return "ENUM";
    case TypeKind::input: return "INPUT_OBJECT";
  }
  return "SCALAR";
}

/// A constant as GraphQL writes it.
void write_constant(std::string& to, const Value& value) {
  switch (value.kind) {
    case Value::Kind::text: append_json_string(to, decoded({value.text, value.is_block})); break;
    case Value::Kind::list:
      to += '[';
      for (const Value& item : value.items) {
        if (to.back() != '[') to += ", ";
        write_constant(to, item);
      }
      to += ']';
      break;
    case Value::Kind::object:
      to += '{';
      for (const ValueMember& member : value.members) {
        if (to.back() != '{') to += ", ";
        to.append(member.name).append(": ");
        write_constant(to, member.value);
      }
      to += '}';
      break;
    default: to += value.text;
  }
}

}  // namespace

bool Introspection::includes_deprecated(const Selection& selection) const {
  return json_of_argument(selection.arguments, "includeDeprecated", variables_) == "true";
}

Described Introspection::type_named(std::string_view name) const {
  const TypeDefinition* type = name == hidden_type ? nullptr : schema_.type(name);
  return type == nullptr ? Described() : part(Kind::type, type);
}

Described Introspection::root(const Selection& selection) const {
  if (selection.name == "__schema") return part(Kind::schema, &schema_);
  // Names of types need no escapes: quotes round one are all there is to its JSON.
  const std::string name = json_of_argument(selection.arguments, "name", variables_);
  return name.size() < 2 ? Described() : type_named(std::string_view(name).substr(1, name.size() - 2));
}

Described Introspection::field(const Described& of, const Selection& selection) const {
  const std::string_view name = selection.name;
  switch (of.kind) {
    case Kind::schema: return of_schema(name);
    case Kind::type: return of_type(*static_cast<const TypeDefinition*>(of.part), selection);
    case Kind::reference: return of_reference(of, selection);
    case Kind::field: return of_field(*static_cast<const graphql::Field*>(of.part), selection);
    case Kind::input: return of_input(*static_cast<const InputValue*>(of.part), name);
    case Kind::enumeration_value: {
      const auto& type = *static_cast<const TypeDefinition*>(of.part);
      return name == "name" ? word(type.names[of.level]) : of_notes(type.value_notes[of.level], name);
    }
    case Kind::directive: return of_directive(*static_cast<const DirectiveDefinition*>(of.part), selection);
    default: return {};
  }
}

Described Introspection::of_schema(std::string_view name) const {
  const auto root = [&](OperationKind kind) {
    const TypeDefinition* type = schema_.root(kind);
    return type == nullptr ? Described() : part(Kind::type, type);
  };
  if (name == "description") return written(schema_.notes().description);
  if (name == "queryType") return root(OperationKind::query);
  if (name == "mutationType") return root(OperationKind::mutation);
  if (name == "subscriptionType") return root(OperationKind::subscription);
  Described all = list();
  if (name == "types") {
    for (const auto& [type_name, type] : schema_.types()) {
      if (type_name != hidden_type) all.items.push_back(part(Kind::type, &type));
    }
  } else {
    for (const auto& each : schema_.directives()) all.items.push_back(part(Kind::directive, &each.second));
  }
  return all;
}

Described Introspection::of_type(const TypeDefinition& type, const Selection& selection) const {
  const std::string_view name = selection.name;
  const bool has_fields = type.kind == TypeKind::object || type.kind == TypeKind::interface;
  if (name == "kind") return word(kind_name(type.kind));
  if (name == "name") return word(type.name);
  if (name == "description") return written(type.notes.description);
  if (name == "specifiedByURL") return written(type.notes.specified_by);
  const bool with_deprecated = includes_deprecated(selection);
  Described all = list();
  if (name == "fields" && has_fields) {
    for (const graphql::Field& each : type.fields) {
      if (with_deprecated || !each.notes.is_deprecated) all.items.push_back(part(Kind::field, &each));
    }
    return all;
  }
  if (name == "interfaces" && has_fields) {
    for (const std::string_view each : type.names) all.items.push_back(type_named(each));
    return all;
  }
  if (name == "possibleTypes" && (type.kind == TypeKind::interface || type.kind == TypeKind::union_of)) {
    for (const auto& [other_name, other] : schema_.types()) {
      if (other.kind == TypeKind::object && schema_.may_be(type, other)) all.items.push_back(part(Kind::type, &other));
    }
    return all;
  }
  if (name == "enumValues" && type.kind == TypeKind::enumeration) {
    for (std::size_t i = 0; i < type.names.size(); ++i) {
      if (with_deprecated || !type.value_notes[i].is_deprecated)
        all.items.push_back({.kind = Kind::enumeration_value, .part = &type, .level = i});
    }
    return all;
  }
  if (name == "inputFields" && type.kind == TypeKind::input) return inputs(type.inputs, selection);
  return {};
}

/// `[Int!]` is LIST of NON_NULL of Int: each field `ofType` takes one of them off.
Described Introspection::of_reference(const Described& reference, const Selection& selection) const {
  const auto& type = *static_cast<const TypeReference*>(reference.part);
  const bool is_name = reference.level == type.lists_required.size();
  const bool is_required = is_name ? type.is_required : type.lists_required[reference.level];
  const bool is_wrapped = is_required && !reference.is_bare;
  if (!is_wrapped && is_name) {
    const TypeDefinition* named = schema_.type(type.name);
    return named == nullptr ? Described() : of_type(*named, selection);
  }
  if (selection.name == "kind") return word(is_wrapped ? "NON_NULL" : "LIST");
  if (selection.name != "ofType") return {};
  Described inner = reference;
  inner.is_bare = is_wrapped;
  if (!is_wrapped) ++inner.level;
  return inner;
}

Described Introspection::of_field(const graphql::Field& field, const Selection& selection) const {
  if (selection.name == "name") return word(field.name);
  if (selection.name == "args") return inputs(field.arguments, selection);
  if (selection.name == "type") return part(Kind::reference, &field.type);
  return of_notes(field.notes, selection.name);
}

Described Introspection::of_input(const InputValue& input, std::string_view name) const {
  if (name == "name") return word(input.name);
  if (name == "type") return part(Kind::reference, &input.type);
  if (name != "defaultValue") return of_notes(input.notes, name);
  if (!input.fallback) return {};
  std::string text;
  write_constant(text, *input.fallback);
  return word(text);
}

Described Introspection::of_directive(const DirectiveDefinition& directive, const Selection& selection) const {
  const std::string_view name = selection.name;
  if (name == "name") return word(directive.name);
  if (name == "args") return inputs(directive.arguments, selection);
  if (name == "isRepeatable") return truth(directive.is_repeatable);
  if (name != "locations") return of_notes(directive.notes, name);
  Described all = list();
  for (const std::string_view location : directive.locations) all.items.push_back(word(location));
  return all;
}

Described Introspection::inputs(const std::vector<InputValue>& all, const Selection& selection) const {
  const bool with_deprecated = includes_deprecated(selection);
  Described told = list();
  for (const InputValue& each : all) {
    if (with_deprecated || !each.notes.is_deprecated) told.items.push_back(part(Kind::input, &each));
  }
  return told;
}

}  // namespace sluice::graphql
