// SPDX-License-Identifier: Apache-2.0
#include "ai/service_call.hpp"

#include <string>

namespace sluice::ai {

Task<Result<std::string_view>> ask_service(RequestContext& context, const ServiceCall& call, Arena& memory,
                                           Cancellation& cancellation) {
  auto& request = *memory.make<OutgoingRequest>(memory);
  request.method = "POST";
  request.url.path = call.path;
  request.url.query = call.query;
  request.headers.append("Content-Type", "application/json");
  request.body = Body::bytes(call.body);
  request.timeout = call.timeout;
  Result<Response> answer = co_await context.services.backends.call(context, request, call.backend_id, cancellation);
  if (!answer) co_return fail(std::move(answer.error()));
  auto buffered = co_await buffer_body(answer->body, memory, call.max_answer_bytes, ErrorCode::response_body_too_large);
  if (!buffered) co_return fail(std::move(buffered.error()));
  if (answer->status != 200) {
    co_return fail(call.refused,
                   std::string(call.name) + " answered with status " + std::to_string(answer->status) + ".");
  }
  co_return answer->body.data();
}

}  // namespace sluice::ai
