// SPDX-License-Identifier: Apache-2.0
// Schema: the types of a GraphQL service, checked and looked up by name.
// Source: GraphQL specification, October 2021, sections 3 and 4.
#pragma once

#include "graphql/syntax.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::graphql {

class Schema {
 public:
  /// Null after an error; then there are faults (places in `text`). `most_bytes` and `depth` bound the text.
  static std::shared_ptr<const Schema> make(std::string text, std::size_t most_bytes, unsigned depth,
                                            std::vector<Fault>& faults);

  const TypeDefinition* type(std::string_view name) const;
  const DirectiveDefinition* directive(std::string_view name) const;
  /// The type that operations of the kind begin with; null: there are none.
  const TypeDefinition* root(OperationKind kind) const;

  /// All of them, those of introspection and the built-in ones included.
  const std::map<std::string_view, TypeDefinition>& types() const { return types_; }
  const std::map<std::string_view, DirectiveDefinition>& directives() const { return directives_; }
  const Notes& notes() const { return notes_; }

  /// The field of that name, those of introspection included; null when there is none.
  const Field* field(const TypeDefinition& type, std::string_view name) const;
  /// Whether a value of `type` may be one of the object type `object`.
  bool may_be(const TypeDefinition& type, const TypeDefinition& object) const;
  /// Whether a value may be of both types.
  bool overlap(const TypeDefinition& left, const TypeDefinition& right) const;

  explicit Schema(std::string text) : text_(std::move(text)) {}

 private:
  struct Maker;
  std::string text_;  ///< What all names are views of.
  std::map<std::string_view, TypeDefinition> types_;
  std::map<std::string_view, DirectiveDefinition> directives_;
  std::map<OperationKind, std::string_view> roots_;
  Notes notes_;
};

/// Objects, interfaces and unions: what has selections.
bool is_composite(const TypeDefinition& type);
/// What variables and arguments may be of.
bool is_input(const TypeDefinition& type);

const InputValue* find_input(const std::vector<InputValue>& inputs, std::string_view name);

}  // namespace sluice::graphql
