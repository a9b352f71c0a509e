// SPDX-License-Identifier: Apache-2.0
// <send-request>: sends a request of its own and puts the answer into a variable.   Sections and scopes: all.
// The answer's body is read into memory, within the limit for buffered bodies and within the timeout.
// Source: API Management policy reference, send-request.
#include <sluice/policy.hpp>
#include <sluice/response_value.hpp>

#include "base/request_parts.hpp"
#include "base/variable_part.hpp"
#include "base/wrapping_stream.hpp"

namespace sluice::policies {
namespace {

constexpr AttributeSpec attributes[] = {
    {.name = "mode",
     .expressions = true,
     .one_of = parts::request_modes,
     .fallback = "new",
     .doc = "Whether to start from nothing or from a copy of the request."},
    {.name = "response-variable-name",
     .expressions = true,
     .doc = "Variable that receives the answer. None: the answer is read and dropped."},
    {.name = "timeout",
     .type = ValueType::number,
     .expressions = true,
     .fallback = "60",
     .min = 0,
     .max = parts::max_timeout_seconds,
     .doc = "Seconds to the end of the answer. 0: only the transport's own limits."},
    {.name = "ignore-error",
     .type = ValueType::boolean,
     .fallback = "false",
     .doc = "Whether to go on after a failure, with null in the variable."}};

/// Ends a body that arrives too slowly: looks at the clock between two pieces.
class DeadlineStream final : public WrappingStream {
 public:
  DeadlineStream(std::unique_ptr<BodyStream> inner, Clock& clock, SteadyTime deadline)
      : WrappingStream(std::move(inner)), clock_(clock), deadline_(deadline) {}
  Task<BodyChunk> read() override {
    if (clock_.steady_now() < deadline_) return inner().read();
    cancel();
    return BodyChunk(fail(ErrorCode::timeout, "The answer's body did not arrive in time."));
  }

 private:
  Clock& clock_;
  SteadyTime deadline_;
};

Task<Result<Response>> exchange(RequestContext& context, parts::BuiltRequest& built, Cancellation& cancellation) {
  Clock& clock = context.services.clock;
  const std::chrono::milliseconds timeout = built.request.timeout;
  const SteadyTime deadline = clock.steady_now() + timeout;
  Result<Response> answer =
      co_await context.services.backends.call(context, built.request, built.backend_id, cancellation);
  if (!answer) co_return answer;
  Body& body = answer->body;
  if (body.is_stream() && timeout.count() != 0) {
    const auto length = body.length();
    body = Body::stream(std::make_unique<DeadlineStream>(body.take_stream(), clock, deadline), length);
  }
  auto buffered = co_await buffer_body(body, context.arena, context.services.limits.request.buffered_body_bytes,
                                       ErrorCode::response_body_too_large);
  if (!buffered) co_return fail(std::move(buffered.error()));
  co_return answer;
}

struct Config {
  parts::RequestPart request;
  Template variable;
  Template timeout;
  bool ignore_error = false;
};

class SendRequest final : public WaitingStep {
 public:
  explicit SendRequest(Config config) : config_(std::move(config)) {}

  Task<Outcome> run(RequestContext& context, Cancellation& cancellation) const override {
    const auto variable = config_.variable.text(context);
    if (!variable) co_return Outcome::fail(variable.error());
    const auto timeout = parts::timeout_seconds(config_.timeout, context);
    if (!timeout) co_return Outcome::fail(timeout.error());
    parts::BuiltRequest built{OutgoingRequest(context.arena), {}};
    auto complete = parts::build_request(config_.request, context, built);
    if (complete) complete = co_await parts::complete_request(config_.request, context, built, cancellation);
    if (!complete) co_return Outcome::fail(std::move(complete.error()));
    built.request.timeout = *timeout;

    Result<Response> answer = co_await exchange(context, built, cancellation);
    // Nobody waits for a request that was given up: its error is never ignored.
    const bool ignored = !answer && config_.ignore_error && answer.error().code() != ErrorCode::cancelled;
    if (!answer && !ignored) co_return Outcome::fail(std::move(answer.error()));
    if (ignored) context.trace("send-request", "information", answer.error().message());
    if (!config_.variable.is_set()) co_return Outcome::next();
    const Value value = answer ? make_response_value(context, std::move(*answer)) : Value();
    co_return parts::end_with_variable(context, *variable, value);
  }

 private:
  Config config_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  return make_step<SendRequest>(
      Config{parts::compile_request(element, context), context.value(element, "response-variable-name"),
             context.value(element, "timeout"), context.literal_boolean(element, "ignore-error")});
}

}  // namespace

SLUICE_POLICY(send_request){
    .elements = "send-request",
    .sections = Sections::all,
    .attributes = attributes,
    .children = parts::request_children,
    .compile = compile,
    .summary = "Sends a request of its own and keeps the answer in a variable.",
    .differs =
        "Without set-method a new request is a GET. response-variable-name, which is documented as "
        "required and left out in samples, may be absent."};

}  // namespace sluice::policies
