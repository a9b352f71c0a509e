// SPDX-License-Identifier: Apache-2.0
// Which fields a rule is for: /Type/field, /Type/* for all of a type, /__* for introspection.
// Source: API Management policy reference, validate-graphql-request.
#pragma once

#include "graphql/request.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace sluice::graphql {

struct FieldRule {
  std::string type;   ///< Empty: introspection, which belongs to no type of the schema.
  std::string field;  ///< With `*` at its end: all that begin so.

  /// A field that is asked of an interface or a union is one of all types that a value may have.
  bool fits(const AskedField& asked, const Schema& schema) const;
};

/// Nothing when the path has another form.
std::optional<FieldRule> parse_field_rule(std::string_view path);
/// What keeps the rule from ever fitting; empty: nothing.
std::string fault_of(const FieldRule& rule, const Schema& schema);

}  // namespace sluice::graphql
