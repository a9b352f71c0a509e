// SPDX-License-Identifier: Apache-2.0
// Answers as values: what send-request stores in a variable, and expressions see as IResponse.
#pragma once

#include <sluice/context.hpp>
#include <sluice/message.hpp>
#include <sluice/value.hpp>

namespace sluice {

/// A value that holds the answer; both live in the request's arena. Its body must be in memory before an expression
/// reads it.
Value make_response_value(RequestContext& context, Response&& response);

/// The answer that a value holds, or null when it holds something else.
Response* response_of(const Value& value);

}  // namespace sluice
