// SPDX-License-Identifier: Apache-2.0
// Putting a value into a context variable, as many policies do. Inline for the reason that message_parts.hpp gives.
#pragma once

#include <sluice/context.hpp>
#include <sluice/outcome.hpp>

#include <string_view>
#include <utility>

namespace sluice::parts {

/// **Errors**: policy_value_invalid, when the request has too many variables.
inline Result<void> put_variable(RequestContext& context, std::string_view name, const Value& value) {
  if (context.variables.set(VariableName(name), value)) return {};
  return fail(ErrorCode::policy_value_invalid, "The request has too many variables.");
}

/// The same as the end of a step.
inline Outcome end_with_variable(RequestContext& context, std::string_view name, const Value& value) {
  auto done = put_variable(context, name, value);
  return done ? Outcome::next() : Outcome::fail(std::move(done.error()));
}

}  // namespace sluice::parts
