// SPDX-License-Identifier: Apache-2.0
// Which fields a selection asks of a value.   Source: GraphQL specification, October 2021, section 6.3.2.
#pragma once

#include "graphql/coercion.hpp"
#include "graphql/schema.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace sluice::graphql {

/// All that a document asks for under one name of the answer: selections of one field, merged.
struct FieldGroup {
  std::string_view name;  ///< In the answer.
  const Field* field = nullptr;
  std::vector<const Selection*> selections;

  std::string_view field_name() const { return selections.front()->name; }
};

/// Collects, and keeps what was collected: a thousand values of one type have the same fields.
class Collection {
 public:
  /// A valid document; all of it outlives the collection. `steps` are lowered by the selections looked at.
  Collection(const Document& document, const Schema& schema, const VariableValues& variables, std::size_t& steps)
      : document_(document), schema_(schema), variables_(variables), steps_(steps) {}

  /// The fields of an operation, or those inside of a group, for a value of the object type; in their order. Incomplete
  /// when no steps are left.
  const std::vector<FieldGroup>& fields(const Operation& operation, const TypeDefinition& type);
  const std::vector<FieldGroup>& fields(const FieldGroup& group, const TypeDefinition& type);

 private:
  using Groups = std::vector<FieldGroup>;
  using Selections = std::vector<const std::vector<Selection>*>;
  void collect(Groups& to, const Selections& from, const TypeDefinition& type) const;
  bool applies(std::string_view condition, const TypeDefinition& type) const;

  const Document& document_;
  const Schema& schema_;
  const VariableValues& variables_;
  std::size_t& steps_;
  std::map<std::pair<const void*, const TypeDefinition*>, std::unique_ptr<Groups>> known_;
};

}  // namespace sluice::graphql
