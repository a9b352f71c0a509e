// SPDX-License-Identifier: Apache-2.0
#include "gateway/graphql_request.hpp"

#include "gateway/graphql_operation.hpp"
#include "gateway/graphql_socket.hpp"
#include "graphql/http_request.hpp"

namespace sluice {
namespace {

constexpr int method_not_allowed = 405;

tl::expected<GraphqlOperation, GraphqlRefusal> prepare(const GraphqlApi& api, RequestContext& context) {
  using graphql::OperationKind;
  const auto asked = graphql::find_document(context);
  if (!asked) return tl::unexpected(graphql_refusal(asked.error(), 400));
  auto made = prepare_graphql(api, context.services.limits, asked->query, asked->operation_name, asked->variables);
  if (!made) return made;
  const OperationKind kind = made->operation->kind;
  if (kind == OperationKind::subscription)
    return tl::unexpected(graphql_refusal("A subscription needs a WebSocket that speaks graphql-transport-ws."));
  if (asked->form == graphql::Asked::Form::url && kind == OperationKind::mutation)
    return tl::unexpected(graphql_refusal("A mutation needs a POST request.", method_not_allowed));
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

}  // namespace

Task<Outcome> answer_graphql(const GraphqlApi& api, RequestContext& context, const ForwardOptions& options,
                             Cancellation& cancellation) {
  if (!context.request.upgrade.empty()) co_return agree_to_graphql_socket(api, context, options);
  auto buffered =
      co_await buffer_body(context.request.body, context.arena, context.services.limits.request.buffered_body_bytes,
                           ErrorCode::request_body_too_large);
  if (!buffered) co_return Outcome::fail(std::move(buffered.error()));
  const auto prepared = prepare(api, context);
  if (!prepared) {
    const GraphqlRefusal& refused = prepared.error();
    co_return respond(context, "{\"errors\":" + graphql::errors_json(refused.errors) + "}", refused.status, true);
  }
  const std::string answer = co_await execute_graphql(api, *prepared, context, options, nullptr, cancellation);
  if (cancellation.requested()) {
    const bool has_gone = context.request.cancellation.requested();
    co_return Outcome::fail(Error(has_gone ? ErrorCode::client_connection_failure : ErrorCode::cancelled));
  }
  co_return respond(context, answer, 200, false);
}

}  // namespace sluice
