// SPDX-License-Identifier: Apache-2.0
// Answers that the server gives without its handler, in every version of HTTP.
#pragma once

#include "http/refusal.hpp"

#include <sluice/message.hpp>

namespace sluice::http {

/// OPTIONS that are meant for the server itself and not for what is behind it: `response` is then the answer (P5).
bool answer_locally(const Request& request, Response& response);

/// Makes of `response` what takes the place of an answer that there is none of, or that cannot be written down.
void make_internal_error(Response& response);

/// Makes of `response` the answer to a request that is refused.
void make_refusal(const Refusal& refusal, Response& response);

}  // namespace sluice::http
