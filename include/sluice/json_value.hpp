// SPDX-License-Identifier: Apache-2.0
// JSON as values: what a policy puts into a variable for expressions to see as JObject, JArray or another JToken.
#pragma once

#include <sluice/context.hpp>
#include <sluice/error.hpp>
#include <sluice/value.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// The value that a JSON text stands for; it lives in the request's arena.
/// **Errors**: policy_value_invalid for what is no JSON, and for what passes the limits of an expression.
Result<Value> make_json_value(std::string_view json, RequestContext& context);

/// The JSON text, on one line, of a value that is a JToken; nothing for every other value.
std::optional<std::string> json_text_of(const Value& value, RequestContext& context);

}  // namespace sluice
