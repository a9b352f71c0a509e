// SPDX-License-Identifier: Apache-2.0
// The values that a request gives to variables and arguments, as JSON.
// Source: GraphQL specification, October 2021, sections 3.5-3.11 (input coercion), 6.1.2 and 6.4.1.
#pragma once

#include "base/json.hpp"
#include "graphql/schema.hpp"

#include <tl/expected.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::graphql {

/// JSON texts by name. A variable without a value is not there.
using VariableValues = std::map<std::string_view, std::string>;

/// `given`: the member `variables` of the request; null: none. The document must be valid.
tl::expected<VariableValues, std::vector<Fault>> coerce_variables(const Operation& operation, const JsonValue* given,
                                                                  const Schema& schema);

/// The arguments as a JSON object, defaults put in. `selection` says what was given. Fails where a variable without a
/// value stands for what is required, and where variables put in more than `most_bytes`, which is lowered by what they
/// did.
tl::expected<std::string, Fault> coerce_arguments(const std::vector<InputValue>& declared, const Selection& selection,
                                                  const VariableValues& variables, const Schema& schema,
                                                  std::size_t& most_bytes);

/// Whether a selection with these directives is part of the answer (@skip, @include).
bool is_included(const std::vector<Directive>& directives, const VariableValues& variables);

/// The JSON of a value of an argument: what is written, or what its variable has; empty: nothing.
std::string json_of_argument(const std::vector<Argument>& arguments, std::string_view name,
                             const VariableValues& variables);

/// A default, which has no variables in it.
void append_constant(std::string& to, const Value& value, const TypeReference& type, const Schema& schema);
/// A member of the object that `to` ends with.
void append_member(std::string& to, std::string_view name, std::string_view json);
/// Appends a value as it was read.
void append_json(std::string& to, const JsonValue& value);

}  // namespace sluice::graphql
