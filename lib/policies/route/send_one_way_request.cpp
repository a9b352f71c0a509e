// SPDX-License-Identifier: Apache-2.0
// <send-one-way-request>: sends a request of its own after the caller has been answered, and does not look at what
// comes back.   Sections and scopes: all.
// The request is made when the policy runs and kept in the request's arena; failures are logged and hurt nobody.
// Source: API Management policy reference, send-one-way-request.
#include <sluice/policy.hpp>

#include "base/request_parts.hpp"

namespace sluice::policies {
namespace {

constexpr AttributeSpec attributes[] = {{.name = "mode",
                                         .expressions = true,
                                         .one_of = parts::request_modes,
                                         .fallback = "new",
                                         .doc = "Whether to start from nothing or from a copy of the request."},
                                        {.name = "timeout",
                                         .type = ValueType::number,
                                         .expressions = true,
                                         .fallback = "60",
                                         .min = 0,
                                         .max = parts::max_timeout_seconds,
                                         .doc = "Seconds to the answer's head; then the request is given up."}};

/// Sends what has been built, with the gateway's token where one is wanted.
Task<Result<Response>> call(RequestContext& context, const parts::RequestPart& part, parts::BuiltRequest& built,
                            Cancellation& cancellation) {
  auto complete = co_await parts::complete_request(part, context, built, cancellation);
  if (!complete) co_return fail(std::move(complete.error()));
  Result<Response> answer =
      co_await context.services.backends.call(context, built.request, built.backend_id, cancellation);
  co_return answer;
}

/// Sends and drops the answer. The caller may have gone by now: his leaving does not cancel this.
Task<void> send(RequestContext& context, const parts::RequestPart& part, parts::BuiltRequest& built) {
  Cancellation nobody;
  auto answer = co_await call(context, part, built, nobody);
  if (answer) {
    if (answer->body.is_stream()) answer->body.stream()->cancel();
    co_return;
  }
  const std::string_view url = built.request.url.to_string(context.arena);
  const Label fields[] = {{"source", "send-one-way-request"}, {"url", url.substr(0, url.find('?'))}};
  context.services.telemetry.log(LogLevel::warning, answer.error().message(), fields);
}

class SendOneWayRequest final : public Step {
 public:
  SendOneWayRequest(parts::RequestPart request, Template timeout)
      : request_(std::move(request)), timeout_(std::move(timeout)) {}

  Outcome run(RequestContext& context) const override {
    const auto timeout = parts::timeout_seconds(timeout_, context);
    if (!timeout) return Outcome::fail(timeout.error());
    auto* built = context.arena.make<parts::BuiltRequest>(parts::BuiltRequest{OutgoingRequest(context.arena), {}});
    auto complete = parts::build_request(request_, context, *built);
    if (!complete) return Outcome::fail(std::move(complete.error()));
    built->request.timeout = *timeout;
    context.after_send([this, &context, built](DeliveryOutcome) { return send(context, request_, *built); });
    return Outcome::next();
  }

 private:
  parts::RequestPart request_;
  Template timeout_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  return make_step<SendOneWayRequest>(parts::compile_request(element, context), context.value(element, "timeout"));
}

}  // namespace

SLUICE_POLICY(send_one_way_request){.elements = "send-one-way-request",
                                    .sections = Sections::all,
                                    .attributes = attributes,
                                    .children = parts::request_children,
                                    .compile = compile,
                                    .summary = "Sends a request of its own after the caller has been answered.",
                                    .differs =
                                        "The end of the answer's body, or an answer without body as a whole, "
                                        "waits until the request has been answered, at most its timeout."};

}  // namespace sluice::policies
