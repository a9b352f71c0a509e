// SPDX-License-Identifier: Apache-2.0
#include "identity/fetch.hpp"

#include "base/read_within.hpp"
#include "base/url.hpp"

namespace sluice::identity {
namespace {

constexpr int ok = 200;

tl::unexpected<Error> unavailable(std::string_view why) {
  return fail(ErrorCode::access_token_unavailable, "The identity provider " + std::string(why) + ".");
}

/// What a transport's error means here. A call that was given up stays so.
tl::unexpected<Error> unavailable(const Error& error) {
  switch (error.code()) {
    case ErrorCode::cancelled: return fail(error);
    case ErrorCode::timeout: return unavailable("did not answer in time");
    case ErrorCode::response_body_too_large: return unavailable("answered with too much");
    case ErrorCode::backend_answer_invalid: return unavailable("answered something that is not HTTP");
    default: return unavailable("could not be reached");
  }
}

}  // namespace

Task<Result<Reply>> send_call(const Doors& doors, const Call& call, Cancellation& cancellation) {
  Arena arena;
  OutgoingRequest request(arena);
  auto url = parse_url(call.url, arena);
  if (!url) co_return unavailable("has a URL that is none");
  request.url = *url;
  request.to_instance_metadata = call.to_instance_metadata;
  request.timeout = doors.limits.fetch_timeout;
  request.headers.append("Accept", "application/json");
  for (const auto& [name, value] : call.headers) request.headers.append(HeaderName(name), value);
  if (!call.form.empty()) {
    request.method = "POST";
    request.headers.append("Content-Type", "application/x-www-form-urlencoded");
    request.body = Body::bytes(call.form);
  }
  const SteadyTime deadline = doors.clock.steady_now() + doors.limits.fetch_timeout;
  Result<Response> answer = co_await doors.transport.send(request, arena, cancellation);
  if (!answer) co_return unavailable(answer.error());
  Result<std::string> text = co_await read_within(answer->body, doors.limits.document_bytes, doors.clock, deadline);
  if (!text) co_return unavailable(text.error());
  co_return Reply{answer->status, std::move(*text)};
}

Task<Result<std::string>> fetch_document(const Doors& doors, std::string_view url, Cancellation& cancellation) {
  const Call call{.url = url};
  Result<Reply> reply = co_await send_call(doors, call, cancellation);
  if (!reply) co_return fail(std::move(reply.error()));
  if (reply->status != ok) co_return unavailable("answered with status " + std::to_string(reply->status));
  co_return std::move(reply->body);
}

void add_field(std::string& form, std::string_view name, std::string_view value) {
  if (!form.empty()) form += '&';
  form += percent_encode(name) + "=" + percent_encode(value);
}

}  // namespace sluice::identity
