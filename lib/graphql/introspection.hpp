// SPDX-License-Identifier: Apache-2.0
// What __schema and __type tell of a schema. Parts of it are found as they are asked for: types refer to one another in
// circles.   Source: GraphQL specification, October 2021, section 4.
#pragma once

#include "graphql/coercion.hpp"
#include "graphql/schema.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sluice::graphql {

/// A part of a schema, or something that is told of one.
struct Described {
  enum class Kind : std::uint8_t {
    nothing,
    schema,
    type,
    reference,  ///< A type as it is referred to: `[Int!]`.
    field,
    input,
    enumeration_value,
    directive,
    word,  ///< A text or a value of an enumeration.
    truth,
    list
  };
  Kind kind = Kind::nothing;
  const void* part = nullptr;         ///< TypeDefinition, TypeReference, Field, InputValue, DirectiveDefinition.
  std::size_t level = 0;              ///< References: lists that have been taken off; values: which one.
  bool is_bare = false;               ///< References: `!` has been taken off.
  bool holds = false;                 ///< Of truths.
  std::string text;                   ///< Of words.
  std::vector<Described> items = {};  ///< Of lists.
};

class Introspection {
 public:
  Introspection(const Schema& schema, const VariableValues& variables) : schema_(schema), variables_(variables) {}

  /// `__schema` or `__type` of the root.
  Described root(const Selection& selection) const;
  /// A field of what is described.
  Described field(const Described& of, const Selection& selection) const;

 private:
  Described of_schema(std::string_view name) const;
  Described of_type(const TypeDefinition& type, const Selection& selection) const;
  Described of_reference(const Described& reference, const Selection& selection) const;
  Described of_field(const graphql::Field& field, const Selection& selection) const;
  Described of_input(const InputValue& input, std::string_view name) const;
  Described of_directive(const DirectiveDefinition& directive, const Selection& selection) const;
  Described type_named(std::string_view name) const;
  Described inputs(const std::vector<InputValue>& all, const Selection& selection) const;
  bool includes_deprecated(const Selection& selection) const;

  const Schema& schema_;
  const VariableValues& variables_;
};

}  // namespace sluice::graphql
