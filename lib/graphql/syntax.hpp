// SPDX-License-Identifier: Apache-2.0
// What GraphQL documents consist of. Texts are views of the document's text, which must outlive them.
// Source: GraphQL specification, October 2021, sections 2 and 3.
#pragma once

#include "graphql/lexer.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::graphql {

/// `[[Int!]]!`: the name inside, and for each list round it, the outermost first, whether it may be null.
struct TypeReference {
  std::string_view name;
  bool is_required = false;          ///< Of the name: `Int!`.
  std::vector<bool> lists_required;  ///< Of the lists.
  std::size_t offset = 0;

  bool is_list() const { return !lists_required.empty(); }
  /// Whether null is no value of it.
  bool refuses_null() const { return is_list() ? lists_required.front() : is_required; }
  /// Of a list: what it holds.
  TypeReference item() const;
  std::string to_string() const;
};

/// A text as it stands between its quotes; `decoded` (text.hpp) says what it means.
struct WrittenText {
  std::string_view written;
  bool is_block = false;
};

struct ValueMember;
struct Value {
  enum class Kind : std::uint8_t { variable, integer, real, text, boolean, null, enumeration, list, object };
  Kind kind = Kind::null;
  std::string_view
      text;  ///< Name of a variable (without `$`) or of an enumeration's value, or number or text as written.
  bool is_block = false;  ///< Of texts: between three quotes.
  std::vector<Value> items;
  std::vector<ValueMember> members;
  std::size_t offset = 0;
};
struct ValueMember {
  std::string_view name;
  std::size_t offset = 0;
  Value value;
};

using Argument = ValueMember;
struct Directive {
  std::string_view name;
  std::vector<Argument> arguments;
  std::size_t offset = 0;
};

struct Selection {
  enum class Kind : std::uint8_t { field, spread, inline_fragment };
  Kind kind = Kind::field;
  std::string_view alias;           ///< Empty: none.
  std::string_view name;            ///< Of the field or the fragment.
  std::string_view type_condition;  ///< Of inline fragments; empty: none.
  std::vector<Argument> arguments;
  std::vector<Directive> directives;
  std::vector<Selection> selections;
  bool has_selections = false;
  std::size_t offset = 0, end = 0;

  std::string_view response_name() const { return alias.empty() ? name : alias; }
};

struct VariableDefinition {
  std::string_view name;
  TypeReference type;
  std::optional<Value> fallback;
  std::vector<Directive> directives;
  std::size_t offset = 0, end = 0;
};

enum class OperationKind : std::uint8_t { query, mutation, subscription };
struct Operation {
  OperationKind kind = OperationKind::query;
  std::string_view name;  ///< Empty: anonymous.
  std::vector<VariableDefinition> variables;
  std::vector<Directive> directives;
  std::vector<Selection> selections;
  std::size_t offset = 0;
};
struct Fragment {
  std::string_view name;
  std::string_view type_condition;
  std::vector<Directive> directives;
  std::vector<Selection> selections;
  std::size_t offset = 0, end = 0;
};
/// An executable document.
struct Document {
  std::vector<Operation> operations;
  std::vector<Fragment> fragments;
  std::map<std::string_view, std::size_t> fragment_places;  ///< By name: index of the first of that name.

  const Fragment* fragment(std::string_view name) const;
};

// ---- Definitions of types ----

/// What a definition says to its readers.
struct Notes {
  WrittenText description;
  bool is_deprecated = false;
  WrittenText deprecation_reason;
  WrittenText specified_by;  ///< Of scalars.
};

struct InputValue {
  std::string_view name;
  Notes notes;
  TypeReference type;
  std::optional<Value> fallback;
  std::size_t offset = 0;
};
struct Field {
  std::string_view name;
  Notes notes;
  TypeReference type;
  std::vector<InputValue> arguments;
  std::size_t offset = 0;
};
enum class TypeKind : std::uint8_t { scalar, object, interface, union_of, enumeration, input };
struct TypeDefinition {
  TypeKind kind = TypeKind::scalar;
  std::string_view name;
  Notes notes;
  bool is_extension = false;
  std::vector<Field> fields;            ///< Of objects and interfaces.
  std::vector<InputValue> inputs;       ///< Of input objects.
  std::vector<std::string_view> names;  ///< Interfaces implemented, members of a union, values of an enumeration.
  std::vector<Notes> value_notes;       ///< Of an enumeration's values, in the order of `names`.
  std::size_t offset = 0;
};
struct DirectiveDefinition {
  std::string_view name;
  Notes notes;
  std::vector<InputValue> arguments;
  std::vector<std::string_view> locations;
  bool is_repeatable = false;
  std::size_t offset = 0;
};
struct RootDefinition {
  OperationKind kind = OperationKind::query;
  std::string_view type;
  std::size_t offset = 0;
};
/// A document of the schema definition language.
struct TypeDocument {
  Notes notes;  ///< Of the schema.
  std::vector<TypeDefinition> types;
  std::vector<DirectiveDefinition> directives;
  std::vector<RootDefinition> roots;
};

}  // namespace sluice::graphql
