// SPDX-License-Identifier: Apache-2.0
#include "gateway/inner_request.hpp"

#include "base/field_role.hpp"
#include "base/forwarding_state.hpp"
#include "base/query_edit.hpp"
#include "base/trace_level.hpp"

namespace sluice {
namespace {

/// Of the outer message or its connection, and none of this one.
constexpr FieldRoles of_outer_message = connection_roles | bit(FieldRole::content_length) | bit(FieldRole::expect);

}  // namespace

InnerRequest::InnerRequest(RequestContext& outer) : context(request_, outer.services, outer.deployment) {
  request_.method = outer.request.method;
  request_.url = outer.request.url;
  request_.client_address = outer.request.client_address;
  request_.client_certificate = outer.request.client_certificate;
  for (const Header& line : outer.request.headers) {
    if (!contains(of_outer_message, role_of(line))) request_.headers.append_line(line);
  }
  context.api = outer.api;
  context.operation = outer.operation;
  context.product = outer.product;
  context.subscription = outer.subscription;
  context.user = outer.user;
  context.model = outer.model;
  context.subscription_key = outer.subscription_key;
  context.original_method = outer.original_method;
  context.request_id = outer.request_id;
  context.timestamp = outer.timestamp;
  context.started = outer.started;
  context.tracing = outer.tracing;
  context.matched_parameters = outer.matched_parameters;
  context.workspace_id = outer.workspace_id;
  context.workspace_name = outer.workspace_name;
  for (const Variables::Entry& entry : outer.variables.entries())
    context.variables.set(VariableName(entry.name, entry.hash), entry.value);
  context.state<TraceLevel>() = outer.state<TraceLevel>();
  context.state<ForwardingState>().is_inner = true;
}

void InnerRequest::put_json(std::string_view json) {
  request_.headers.set_view("Content-Type", "application/json");
  request_.body.set_bytes(json);
}

void InnerRequest::begin_resolver(const graphql::Call& call) {
  Arena& arena = request_.arena;
  context.graphql_arguments = call.arguments;
  if (call.parent != nullptr) {
    std::string parent;
    graphql::append_json(parent, *call.parent);
    context.graphql_parent = arena.copy(parent);
  }
  const std::string_view parent = context.graphql_parent.empty() ? "null" : context.graphql_parent;
  put_json(arena.concat({"{\"arguments\":", call.arguments, ",\"parent\":", parent, "}"}));
}

void InnerRequest::begin_passed_on(const RequestContext& outer, const graphql::Call& call) {
  context.target = outer.target;
  for (const std::string_view name : {"query", "variables", "operationName"})
    context.target.query = edit_query(context.target.query, name, ExistsAction::remove, {}, request_.arena);
  request_.method = "POST";
  // The answer is read here.
  request_.headers.remove("Accept-Encoding");
  request_.headers.set_view("Accept", "application/json");
  put_json(call.body);
}

}  // namespace sluice
