// SPDX-License-Identifier: Apache-2.0
#include "gateway/graphql_operation.hpp"

#include "graphql/parser.hpp"
#include "graphql/validate.hpp"

#include <algorithm>

namespace sluice {
namespace {

GraphqlRefusal refusal(std::string_view text, const std::vector<graphql::Fault>& faults) {
  GraphqlRefusal made;
  for (const graphql::Fault& fault : faults) made.errors.push_back(graphql::error_json(text, fault));
  return made;
}

graphql::ParseLimits parse_limits(const SchemaLimits& limits) { return {limits.graphql_depth, limits.graphql_tokens}; }

/// **Source**: section 6.1, GetOperation.
const graphql::Operation* choose_operation(const graphql::Document& document, std::string_view name) {
  const auto& all = document.operations;
  if (name.empty()) return all.size() == 1 ? &all.front() : nullptr;
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const graphql::Operation& each) { return each.name == name; });
  return found == all.end() ? nullptr : &*found;
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

GraphqlRefusal graphql_refusal(std::string message, int status) {
  return {{graphql::error_json({}, {0, std::move(message)})}, status};
}

tl::expected<GraphqlOperation, GraphqlRefusal> prepare_graphql(const GraphqlApi& api, const Limits& limits,
                                                               std::string_view query, std::string_view operation_name,
                                                               const JsonValue* variables) {
  GraphqlOperation made;
  made.text = query;
  auto document = graphql::parse_document(query, parse_limits(limits.schema));
  if (!document) return tl::unexpected(refusal(query, {document.error()}));
  made.document = std::move(*document);
  const auto faults = graphql::validate(made.document, *api.schema, limits.schema.findings);
  if (!faults.empty()) return tl::unexpected(refusal(query, faults));
  const unsigned most_depth = limits.schema.graphql_depth;
  if (graphql::depth_of(made.document) > most_depth)
    return tl::unexpected(graphql_refusal("The request is deeper than " + std::to_string(most_depth) + " fields."));
  made.operation = choose_operation(made.document, operation_name);
  if (made.operation == nullptr)
    return tl::unexpected(graphql_refusal("The request names no operation of its document."));
  auto values = graphql::coerce_variables(*made.operation, variables, *api.schema);
  if (!values) return tl::unexpected(refusal(query, values.error()));
  made.variables = std::move(*values);
  return made;
}

GraphqlOperation repeat_graphql(const Limits& limits, std::string_view query, std::string_view operation_name,
                                graphql::VariableValues variables) {
  GraphqlOperation made;
  made.text = query;
  made.document = std::move(*graphql::parse_document(query, parse_limits(limits.schema)));
  made.operation = choose_operation(made.document, operation_name);
  made.variables = std::move(variables);
  return made;
}

Task<std::string> execute_graphql(const GraphqlApi& api, const GraphqlOperation& operation, RequestContext& context,
                                  const ForwardOptions& options, const JsonValue* event, Cancellation& cancellation) {
  const Limits& limits = context.services.limits;
  const bool has_service = context.target.has_base || !context.target.backend_id.empty();
  graphql::Execution execution(operation.text, operation.document, *operation.operation, *api.schema, api.fields,
                               operation.variables,
                               {.passes_on = has_service,
                                .event = event,
                                .most_calls = limits.graphql.resolver_calls,
                                .most_values = limits.graphql.values,
                                .most_bytes = limits.request.buffered_body_bytes,
                                .most_errors = limits.schema.findings});
  GraphqlCalls calls(api, context, options, cancellation);
  co_await run(execution, calls, cancellation);
  co_return execution.answer();
}

}  // namespace sluice
