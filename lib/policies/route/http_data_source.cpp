// SPDX-License-Identifier: Apache-2.0
// <http-data-source>: gets the value of a GraphQL field by a request of its own.
// The root of a resolver's document. It has no section and inherits nothing.
// `context.request` and `context.response` are those of the resolver alone: the gateway makes them for every call, with
// the caller's method and fields to read, and a JSON body of the field's arguments and of its parent.
// Source: API Management policy reference, http-data-source.
#include <sluice/policy.hpp>

#include "base/own_call.hpp"

#include <algorithm>

namespace sluice::policies {
namespace {

constexpr std::string_view request_policies =
    "get-authorization-context set-backend-service include-fragment set-method set-header set-body json-to-xml "
    "find-and-replace authentication-certificate authentication-basic authentication-managed-identity";
/// Of these the request takes one only.
constexpr std::string_view single_policies[] = {"get-authorization-context", "set-backend-service", "set-method",
                                                "set-body", "authentication-certificate"};

constexpr ElementSpec request_children[] = {
    {.name = "set-url", .occurs = Occurs::once, .text = TextRule::expression, .doc = "Where the request goes."}};
constexpr ElementSpec children[] = {
    {.name = "http-request",
     .occurs = Occurs::once,
     .children = request_children,
     .policies_of = request_policies,
     .doc = "The request."},
    {.name = "backend", .policies_of = "forward-request", .doc = "How it is sent."},
    {.name = "http-response",
     .policies_of = "set-body xml-to-json find-and-replace publish-event include-fragment",
     .doc = "What is made of the answer; without it the answer's body is the field's value."}};

struct Config {
  StepList before, after;  ///< Of the request, in front of set-url and behind it.
  Template url;
  StepList forward;  ///< Empty: with the defaults of forward-request.
  StepList response;
  bool takes_errors = false;  ///< The response says what becomes of answers of 400 and more.
};

/// Sends what set-url names. A backend that set-backend-service has chosen takes the place of its scheme and host.
Result<void> address(const Template& url, RequestContext& context) {
  const auto text = url.text(context);
  if (!text) return fail(text.error());
  BackendTarget& target = context.target;
  const bool is_chosen = target.has_base || !target.backend_id.empty();
  Arena& arena = context.arena;
  auto parsed = parse_url(is_chosen && text->starts_with('/') ? arena.concat({"http://backend", *text}) : *text, arena);
  if (!parsed) return fail(std::move(parsed.error()));
  target.path = parsed->path;
  target.query = parsed->query;
  if (is_chosen) return {};
  target.base = *parsed;
  target.base.path = "/";
  target.base.query = {};
  target.has_base = true;
  return {};
}

/// What a resolver's request begins with: the caller's fields, and a body of arguments.
struct Beginning {
  std::vector<const char*> names;  ///< Of the fields, known by their places.
  std::uint32_t body_version = 0;

  explicit Beginning(const Request& request) : body_version(request.body.version()) {
    for (const Header& line : request.headers) names.push_back(line.name.data());
  }
  bool holds(const Header& line) const {
    return std::find(names.begin(), names.end(), line.name.data()) != names.end();
  }
};

/// What the caller sent may be read and does not go on (S4), and the arguments go on only where a policy has made a
/// body of them.
void take_out(const Beginning& beginning, Request& request) {
  request.headers.remove_if([&](const Header& line) { return beginning.holds(line); });
  if (request.body.version() == beginning.body_version) {
    request.body.clear();
    request.headers.remove("Content-Type");
  } else if (!request.headers.contains("Content-Type")) {
    request.headers.set_view("Content-Type", "application/json");
  }
}

class HttpDataSource final : public WaitingStep {
 public:
  explicit HttpDataSource(Config config) : config_(std::move(config)) {}

  Task<Outcome> run(RequestContext& context, Cancellation& cancellation) const override {
    const Beginning beginning(context.request);
    Outcome outcome = co_await make_request(context, cancellation);
    if (!outcome.is_next()) co_return outcome;
    take_out(beginning, context.request);
    outcome = co_await send(context, cancellation);
    if (!outcome.is_next()) co_return outcome;
    if (context.response.status >= 400 && !config_.takes_errors)
      co_return Outcome::fail(parts::refused_by("The data source", context.response));
    context.section = Section::outbound;
    outcome = co_await config_.response.run(context, cancellation);
    co_return outcome;
  }

 private:
  Task<Outcome> make_request(RequestContext& context, Cancellation& cancellation) const {
    context.section = Section::inbound;
    Outcome outcome = co_await config_.before.run(context, cancellation);
    if (!outcome.is_next()) co_return outcome;
    auto done = address(config_.url, context);
    if (!done) co_return Outcome::fail(std::move(done.error()));
    outcome = co_await config_.after.run(context, cancellation);
    co_return outcome;
  }

  /// The whole answer is read: it is a part of another one.
  Task<Outcome> send(RequestContext& context, Cancellation& cancellation) const {
    context.section = Section::backend;
    Outcome outcome = Outcome::next();
    if (config_.forward.empty()) {
      const ForwardOptions defaults;
      outcome = co_await context.services.backends.forward(context, defaults, cancellation);
    } else {
      outcome = co_await config_.forward.run(context, cancellation);
    }
    if (!outcome.is_next()) co_return outcome;
    auto read =
        co_await buffer_body(context.response.body, context.arena, context.services.limits.request.buffered_body_bytes,
                             ErrorCode::response_body_too_large);
    if (!read) co_return Outcome::fail(std::move(read.error()));
    co_return outcome;
  }

  Config config_;
};

std::ptrdiff_t count_of(const PolicyElement& element, std::string_view name) {
  return std::count_if(element.children.begin(), element.children.end(),
                       [&](const PolicyElement& child) { return child.name == name; });
}

void check_request(const PolicyElement& request, CompileContext& context) {
  for (const std::string_view name : single_policies) {
    if (count_of(request, name) > 1)
      context.error(request, "SL2111", "<http-request> takes one <" + std::string(name) + "> only");
  }
  if (count_of(request, "set-method") == 0 && count_of(request, "include-fragment") == 0)
    context.error(request, "SL2110", "<http-request> needs a child <set-method>");
}

void compile_request(const PolicyElement& request, CompileContext& context, Config& config) {
  check_request(request, context);
  const auto is_url = [](const PolicyElement& child) { return child.name == "set-url"; };
  const auto url = std::find_if(request.children.begin(), request.children.end(), is_url);
  PolicyElement part = request;
  part.children.assign(request.children.begin(), url);
  config.before = context.compile_children(part, Section::inbound);
  config.url = context.text(*url);
  part.children.assign(url + 1, request.children.end());
  config.after = context.compile_children(part, Section::inbound);
}

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  Config config;
  compile_request(*element.child("http-request"), context, config);
  if (const PolicyElement* backend = element.child("backend"))
    config.forward = context.compile_children(*backend, Section::backend);
  if (const PolicyElement* response = element.child("http-response")) {
    if (count_of(*response, "set-body") > 1)
      context.error(*response, "SL2111", "<http-response> takes one <set-body> only");
    config.takes_errors = count_of(*response, "set-body") > 0;
    config.response = context.compile_children(*response, Section::outbound);
  }
  return make_step<HttpDataSource>(std::move(config));
}

}  // namespace

SLUICE_POLICY(http_data_source){
    .elements = "http-data-source",
    .scopes = Scopes::resolver,
    .allowed_in_fragments = false,
    .children = children,
    .compile = compile,
    .summary = "Gets the value of a GraphQL field by a request of its own.",
    .differs =
        "context.Request shows the method and fields of the caller, which are not sent on, and a JSON body with the "
        "members arguments and parent, which is sent only where set-body made something of it. With "
        "set-backend-service the path and query of set-url follow the URL of that backend, and set-url may be a path. "
        "An answer of 400 to 599 is an error of the field, unless http-response has a set-body. A body that is no JSON "
        "is the text of a field that is a scalar; no body is null. Children may stand in any order and are carried out "
        "in it; authentication-basic, authentication-managed-identity and json-to-xml may stand among them too."};

}  // namespace sluice::policies
