// SPDX-License-Identifier: Apache-2.0
// Values that outlive their request: written down as bytes for a CacheStore, and read back in another request.
#pragma once

#include <sluice/context.hpp>
#include <sluice/error.hpp>
#include <sluice/value.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// The value as bytes that `restore_value` reads. Numbers, text, dates, times, GUIDs, byte arrays, JSON and XML keep
/// their types; so do arrays, lists and dictionaries of such values. **Errors**: policy_value_invalid for what means
/// nothing outside of its request (an answer, a body, a user), and for what passes the limits of an expression.
Result<std::string> store_value(const Value& value, RequestContext& context);

/// What `store_value` wrote; text and objects live in the request's arena. Nothing for bytes that it did not write.
std::optional<Value> restore_value(std::string_view bytes, RequestContext& context);

}  // namespace sluice
