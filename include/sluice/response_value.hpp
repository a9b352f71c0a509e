// SPDX-License-Identifier: Apache-2.0
// Answers as values: what send-request puts into a variable, what expressions see as `IResponse`, and what
// return-response takes as its base.
#pragma once

#include <sluice/context.hpp>
#include <sluice/message.hpp>
#include <sluice/value.hpp>

namespace sluice {

/// A value of the expression type `IResponse` that owns `response`. It lives in the context's arena; the body must be
/// in memory.
Value make_response_value(RequestContext& context, Response&& response);

/// The answer that such a value holds; null for every other value. `context.Response` itself is not one of them.
Response* response_of(const Value& value);

}  // namespace sluice
