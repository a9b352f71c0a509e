// SPDX-License-Identifier: Apache-2.0
// <forward-request>: sends the request to its backend and takes the answer.   Sections: backend. All scopes.
// Source: API Management policy reference, forward-request.
#include <sluice/policy.hpp>

#include <chrono>

namespace sluice::policies {
namespace {

/// Longest timeout: a day.
constexpr std::int64_t max_timeout_ms = 86'400'000;

constexpr AttributeSpec attributes[] = {
    {.name = "timeout",
     .type = ValueType::integer,
     .expressions = true,
     .fallback = "300",
     .min = 0,
     .max = max_timeout_ms / 1000,
     .doc = "Seconds to the complete head of the answer. 0: only the transport's own limits."},
    {.name = "timeout-ms",
     .type = ValueType::integer,
     .expressions = true,
     .min = 0,
     .max = max_timeout_ms,
     .doc = "The same in milliseconds."},
    {.name = "continue-timeout",
     .type = ValueType::integer,
     .expressions = true,
     .min = 0,
     .max = max_timeout_ms / 1000,
     .doc = "Seconds to wait for an interim 100 answer before the body is sent."},
    {.name = "http-version", .one_of = "1 2or1 2", .fallback = "1", .doc = "Protocol to speak to the backend."},
    {.name = "follow-redirects",
     .type = ValueType::boolean,
     .expressions = true,
     .fallback = "false",
     .doc = "Whether the gateway follows redirects itself."},
    {.name = "buffer-request-body",
     .type = ValueType::boolean,
     .fallback = "false",
     .doc = "Whether the request's body is kept, so that a retry can send it again."},
    {.name = "buffer-response",
     .type = ValueType::boolean,
     .fallback = "true",
     .doc = "Whether the answer's body may be gathered before it is passed on; false passes each piece on at once."},
    {.name = "fail-on-error-status-code",
     .type = ValueType::boolean,
     .fallback = "false",
     .doc = "Whether an answer of 400 to 599 is an error."}};

HttpVersions versions_of(const std::string& http_version) {
  if (http_version == "2") return HttpVersions::http_2;
  return http_version == "2or1" ? HttpVersions::http_1_or_2 : HttpVersions::http_1;
}

struct Config {
  Template timeout;
  std::chrono::milliseconds unit{1000};
  Template follow_redirects;
  ForwardOptions options;
};

class ForwardRequest final : public WaitingStep {
 public:
  explicit ForwardRequest(Config config) : config_(std::move(config)) {}

  Task<Outcome> run(RequestContext& context, Cancellation& cancellation) const override {
    auto options = evaluate(context);
    if (!options) return Outcome::fail(std::move(options.error()));
    return context.services.backends.forward(context, *options, cancellation);
  }

 private:
  Result<ForwardOptions> evaluate(RequestContext& context) const {
    ForwardOptions options = config_.options;
    const auto timeout = config_.timeout.integer(context, 0, max_timeout_ms / config_.unit.count());
    if (!timeout) return fail(timeout.error());
    options.timeout = config_.unit * *timeout;
    const auto follow = config_.follow_redirects.boolean(context);
    if (!follow) return fail(follow.error());
    options.follow_redirects = *follow;
    return options;
  }

  Config config_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  const bool in_ms = element.has("timeout-ms");
  if (in_ms && element.has("timeout")) {
    context.error(*element.attribute("timeout-ms"), "SL2115", "<forward-request> has both 'timeout' and 'timeout-ms'",
                  "keep one of them");
    return {};
  }
  Config config;
  config.timeout = context.value(element, in_ms ? "timeout-ms" : "timeout");
  config.unit = std::chrono::milliseconds(in_ms ? 1 : 1000);
  config.options.versions = versions_of(context.literal(element, "http-version"));
  config.follow_redirects = context.value(element, "follow-redirects");
  config.options.buffer_request_body = context.literal_boolean(element, "buffer-request-body");
  config.options.buffer_response = context.literal_boolean(element, "buffer-response");
  config.options.fail_on_error_status_code = context.literal_boolean(element, "fail-on-error-status-code");
  return make_step<ForwardRequest>(std::move(config));
}

}  // namespace

SLUICE_POLICY(forward_request){
    .elements = "forward-request",
    .sections = Sections::backend,
    .scopes = Scopes::all | Scopes::resolver,
    .attributes = attributes,
    .compile = compile,
    .summary = "Sends the request to its backend and takes the answer.",
    .differs =
        "continue-timeout is accepted and changes nothing: the body is sent without waiting for an interim answer. "
        "http-version 2or1 takes HTTP/2 where the backend agrees to it over TLS."};

}  // namespace sluice::policies
