// SPDX-License-Identifier: Apache-2.0
// Asks a service that looks at texts: one POST of JSON, whose answer must be a 200.
#pragma once

#include <sluice/context.hpp>

#include <chrono>
#include <string_view>

namespace sluice::ai {

struct ServiceCall {
  std::string_view backend_id, path, query;
  std::string_view body;  ///< JSON.
  std::chrono::milliseconds timeout;
  std::size_t max_answer_bytes;
  std::string_view name;  ///< As errors speak of the service.
  ErrorCode refused;      ///< The error of an answer with another status.
};

/// The text of the answer. What it takes is given back with `memory`. **Errors**: `refused`, those of backends,
/// response_body_too_large; cancelled.
Task<Result<std::string_view>> ask_service(RequestContext& context, const ServiceCall& call, Arena& memory,
                                           Cancellation& cancellation);

}  // namespace sluice::ai
