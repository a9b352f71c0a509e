// SPDX-License-Identifier: Apache-2.0
// Objects of the context that more than one file of the library makes.
#pragma once

#include "expression/evaluation.hpp"

namespace sluice::expression {

/// IUrl: a URL that lives in the arena.
Value url_value(Evaluation& run, const Url& url);
/// IMessageBody over a body and the headers that describe it.
Value body_handle(Evaluation& run, Body& body, const Headers& headers);
/// IResponse.
Value response_handle(Evaluation& run, Response& response);

/// The text of the body that the call's first argument is; null after raising.
Value read_body_text(Call& call, bool preserve);

}  // namespace sluice::expression
