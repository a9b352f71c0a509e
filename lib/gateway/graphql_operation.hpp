// SPDX-License-Identifier: Apache-2.0
// What a caller of a GraphQL API asks for, whichever way it came: from a document's text to an operation that can be
// executed, and its execution with all the calls that it takes.
#pragma once

#include "gateway/graphql_calls.hpp"
#include "graphql/request.hpp"

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// What is wrong with a request that cannot be executed.
struct GraphqlRefusal {
  std::vector<std::string> errors;  ///< JSON.
  int status = 200;
};
GraphqlRefusal graphql_refusal(std::string message, int status = 200);

/// Refers to the texts that it was made of.
struct GraphqlOperation {
  std::string_view text;
  graphql::Document document;
  const graphql::Operation* operation = nullptr;
  graphql::VariableValues variables;
};

/// Parses, validates and coerces. `variables`: an object; null: none.
tl::expected<GraphqlOperation, GraphqlRefusal> prepare_graphql(const GraphqlApi& api, const Limits& limits,
                                                               std::string_view query, std::string_view operation_name,
                                                               const JsonValue* variables);
/// The same again of texts and variables that have been found good.
GraphqlOperation repeat_graphql(const Limits& limits, std::string_view query, std::string_view operation_name,
                                graphql::VariableValues variables);

/// Resolves all fields; the answer. `context` is that of the request, or of one event. `event`: the value of the one
/// root field of a subscription; null otherwise. When `cancellation` is requested the answer is not whole.
Task<std::string> execute_graphql(const GraphqlApi& api, const GraphqlOperation& operation, RequestContext& context,
                                  const ForwardOptions& options, const JsonValue* event, Cancellation& cancellation);

}  // namespace sluice
