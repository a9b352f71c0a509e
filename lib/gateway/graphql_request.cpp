// SPDX-License-Identifier: Apache-2.0
#include "gateway/graphql_request.hpp"

#include "gateway/graphql_calls.hpp"
#include "graphql/http_request.hpp"
#include "graphql/parser.hpp"
#include "graphql/validate.hpp"

#include <algorithm>

namespace sluice {
namespace {

constexpr int method_not_allowed = 405;

/// What is answered to a request that cannot be executed.
struct Refusal {
  std::vector<std::string> errors;  ///< JSON.
  int status = 200;
};
Refusal refusal(std::string message, int status = 200) {
  return {{graphql::error_json({}, {0, std::move(message)})}, status};
}
Refusal refusal(std::string_view text, const std::vector<graphql::Fault>& faults) {
  Refusal made;
  for (const graphql::Fault& fault : faults) made.errors.push_back(graphql::error_json(text, fault));
  return made;
}

/// What is executed.
struct Prepared {
  std::string_view text;
  graphql::Document document;
  const graphql::Operation* operation = nullptr;
  graphql::VariableValues variables;
};

/// **Source**: section 6.1, GetOperation.
const graphql::Operation* choose_operation(const graphql::Document& document, std::string_view name) {
  const auto& all = document.operations;
  if (name.empty()) return all.size() == 1 ? &all.front() : nullptr;
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const graphql::Operation& each) { return each.name == name; });
  return found == all.end() ? nullptr : &*found;
}

tl::expected<Prepared, Refusal> prepare(const GraphqlApi& api, RequestContext& context) {
  using graphql::OperationKind;
  const auto asked = graphql::find_document(context);
  if (!asked) return tl::unexpected(refusal(asked.error(), 400));
  Prepared made;
  made.text = asked->query;
  const SchemaLimits& limits = context.services.limits.schema;
  auto document = graphql::parse_document(made.text, {limits.graphql_depth, limits.graphql_tokens});
  if (!document) return tl::unexpected(refusal(made.text, {document.error()}));
  made.document = std::move(*document);
  const auto faults = graphql::validate(made.document, *api.schema, limits.findings);
  if (!faults.empty()) return tl::unexpected(refusal(made.text, faults));
  if (graphql::depth_of(made.document) > limits.graphql_depth)
    return tl::unexpected(refusal("The request is deeper than " + std::to_string(limits.graphql_depth) + " fields."));
  made.operation = choose_operation(made.document, asked->operation_name);
  if (made.operation == nullptr) return tl::unexpected(refusal("The request names no operation of its document."));
  if (made.operation->kind == OperationKind::subscription)
    return tl::unexpected(refusal("Subscriptions are not carried out by this API."));
  if (asked->form == graphql::Asked::Form::url && made.operation->kind == OperationKind::mutation)
    return tl::unexpected(refusal("A mutation needs a POST request.", method_not_allowed));
  auto variables = graphql::coerce_variables(*made.operation, asked->variables, *api.schema);
  if (!variables) return tl::unexpected(refusal(made.text, variables.error()));
  made.variables = std::move(*variables);
  return made;
}

/// **Source**: GraphQL over HTTP, section 6.4: only its own media type has statuses of errors.
Outcome respond(RequestContext& context, std::string_view json, int status, bool is_refusal) {
  const bool is_own = graphql::wants_own_type(context.request.headers);
  Response& response = context.replace_response();
  response.status = is_own && is_refusal && status == 200 ? 400 : status;
  response.headers.append_view("Content-Type", graphql::answer_type(is_own));
  if (status == method_not_allowed) response.headers.append_view("Allow", "POST");
  response.body.set_bytes(context.arena.copy(json));
  context.answered_by_backend = true;
  return Outcome::next();
}

/// Until nothing is left to ask, or nobody waits for the answer.
Task<void> run(graphql::Execution& execution, GraphqlCalls& calls, Cancellation& cancellation) {
  for (;;) {
    const std::deque<graphql::Call>& wave = execution.calls();
    if (wave.empty()) co_return;
    co_await calls.make(wave);
    if (cancellation.requested()) co_return;
    for (std::size_t i = 0; i < wave.size(); ++i) calls.supply(execution, i);
  }
}

}  // namespace

Task<Outcome> answer_graphql(const GraphqlApi& api, RequestContext& context, const ForwardOptions& options,
                             Cancellation& cancellation) {
  const Limits& limits = context.services.limits;
  auto buffered = co_await buffer_body(context.request.body, context.arena, limits.request.buffered_body_bytes,
                                       ErrorCode::request_body_too_large);
  if (!buffered) co_return Outcome::fail(std::move(buffered.error()));
  const auto prepared = prepare(api, context);
  if (!prepared) {
    const Refusal& refused = prepared.error();
    co_return respond(context, "{\"errors\":" + graphql::errors_json(refused.errors) + "}", refused.status, true);
  }
  const bool has_service = context.target.has_base || !context.target.backend_id.empty();
  graphql::Execution execution(prepared->text, prepared->document, *prepared->operation, *api.schema, api.fields,
                               prepared->variables,
                               {.passes_on = has_service,
                                .most_calls = limits.graphql.resolver_calls,
                                .most_values = limits.graphql.values,
                                .most_bytes = limits.request.buffered_body_bytes,
                                .most_errors = limits.schema.findings});
  GraphqlCalls calls(api, context, options, cancellation);
  co_await run(execution, calls, cancellation);
  if (cancellation.requested()) {
    const bool has_gone = context.request.cancellation.requested();
    co_return Outcome::fail(Error(has_gone ? ErrorCode::client_connection_failure : ErrorCode::cancelled));
  }
  co_return respond(context, execution.answer(), 200, false);
}

}  // namespace sluice
