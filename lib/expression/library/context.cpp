// SPDX-License-Identifier: Apache-2.0
// `context`: the request, the response so far, variables, and the last error.
#include "expression/entity.hpp"
#include "expression/objects.hpp"
#include "expression/temporal.hpp"

namespace sluice::expression {
namespace {

constexpr TypeRow types[] = {
    {"IContext", "context:IProxyRequestContext"},
    {"IRequest", "context:IRequest"},
    {"IResponse", "context:IResponse"},
    {"IMessageBody", "context:IMessageBody"},
    {"IUrl", "context:IUrl"},
    {"ILastError", "context:ILastError"},
    {"IVariables", "context:IVariables", TypeKind::reference, "IReadOnlyDictionary<string,object>"},
};

Value text(std::string_view from) { return Value::string(from); }
Value text_or_null(std::string_view from) { return from.empty() ? Value() : Value::string(from); }

// context
Value context_api(Call& call) { return entity_or_null(Entity::api, call.run.api); }
Value context_operation(Call& call) { return entity_or_null(Entity::operation, call.run.operation); }
Value context_product(Call& call) { return entity_or_null(Entity::product, call.run.product); }
Value context_deployment(Call& call) { return entity_or_null(Entity::deployment, call.run.deployment); }
// What points to nothing says nothing of the one request: it is known when a pipeline is compiled.
Value context_request(Call&) { return entity_value(Entity::request); }
Value context_variables(Call&) { return entity_value(Entity::variables); }
Value context_response(Call& call) {
  RequestContext& context = *call.run.context;
  return context.has_response ? entity_value(Entity::response, &context.response) : Value();
}
Value context_subscription(Call& call) { return entity_or_null(Entity::subscription, call.run.context->subscription); }
Value context_user(Call& call) { return entity_or_null(Entity::user, call.run.context->user); }
Value context_last_error(Call& call) { return entity_or_null(Entity::last_error, call.run.context->last_error); }
Value context_backend(Call& call) {
  return call.run.context->chosen_backend_id.empty() ? Value() : entity_value(Entity::backend);
}
Value context_request_id(Call& call) { return Value::pointer(ValueKind::guid, call.run.context->request_id.data()); }
Value context_timestamp(Call& call) {
  return Value::date_time(unix_epoch_ticks + call.run.context->timestamp.time_since_epoch().count(), utc_kind);
}
Value context_elapsed(Call& call) {
  RequestContext& context = *call.run.context;
  const auto elapsed = context.services.clock.steady_now() - context.started;
  return Value::integer(ValueKind::time_span, elapsed.count() * 10);
}
Value context_tracing(Call& call) { return Value::boolean(call.run.context->tracing); }
Value context_trace(Call& call) {
  call.run.context->trace("expression", "information", text_of(call.run, call[1]));
  return {};
}
Value context_trace_source(Call& call) {
  call.run.context->trace(call.text(1), "information", text_of(call.run, call[2]));
  return {};
}

// Variables
const Value* find_variable(Call& call) {
  const std::uint32_t hash = call.site->hashed ? call.site->hash : variable_hash(call.text(1));
  return call.run.context->variables.find({call.text(1), hash});
}
Value variables_item(Call& call) {
  if (call.is_null(1)) return call.null_argument("key");
  const Value* found = find_variable(call);
  return found == nullptr ? Value() : *found;
}
Value variables_contains(Call& call) { return Value::boolean(find_variable(call) != nullptr); }
Value variables_try_get(Call& call) {
  const Value* found = find_variable(call);
  call.out(2) = found == nullptr ? Value() : *found;
  return Value::boolean(found != nullptr);
}
Value variables_count(Call& call) {
  return Value::int32(static_cast<std::int32_t>(call.run.context->variables.entries().size()));
}
Value wrong_variable(Call& call, const Value& found, const Type* wanted) {
  std::string message =
      "Unable to convert context variable `" + std::string(call.text(1)) + "` of type `" + type_of(found)->full;
  message += "` to the type of `" + wanted->full + "`.";
  return call.raise(Fault::invalid_cast, message);
}
Value variables_get(Call& call) {
  const Value* found = find_variable(call);
  const Type* wanted = call.result();
  const bool has_default = call.count > 2;
  if (found == nullptr) return has_default ? call[2] : default_value(wanted);
  if (found->is_null()) return default_value(wanted);
  if (value_is(*found, wanted)) return *found;
  return wrong_variable(call, *found, wanted);
}
Value variable_parts(Call& call, bool names) {
  const auto entries = call.run.context->variables.entries();
  Value* items = call.run.make_array<Value>(entries.size());
  if (items == nullptr) return {};
  for (std::size_t i = 0; i < entries.size(); ++i) items[i] = names ? text(entries[i].name) : entries[i].value;
  return make_sequence(call.run, call.result()->arguments[0], items, static_cast<std::uint32_t>(entries.size()));
}
Value variables_keys(Call& call) { return variable_parts(call, true); }
Value variables_values(Call& call) { return variable_parts(call, false); }
Value variables_items(Call& call) {
  static const Type* pair = read_type("KeyValuePair<string,object>");
  const auto entries = call.run.context->variables.entries();
  Value* items = call.run.make_array<Value>(entries.size());
  if (items == nullptr) return {};
  for (std::size_t i = 0; i < entries.size(); ++i)
    items[i] = make_pair(call.run, pair, text(entries[i].name), entries[i].value);
  return adopt_array(call.run, core().object_array, items, static_cast<std::uint32_t>(entries.size()));
}

// Request
Value request_method(Call& call) { return text(call.run.context->request.method); }
Value request_original_method(Call& call) {
  const RequestContext& context = *call.run.context;
  return text(context.original_method.empty() ? context.request.method : context.original_method);
}
Value request_ip(Call& call) { return text(call.run.context->request.client_address); }
Value request_headers(Call&) { return entity_value(Entity::headers); }
Value request_matched(Call&) { return entity_value(Entity::matched_parameters); }
Value request_body(Call& call) {
  const Request& request = call.run.context->request;
  return request.body.is_none() ? Value() : entity_value(Entity::request_body, &request);
}
Value request_has_body(Call& call) { return Value::boolean(!call.run.context->request.body.is_none()); }
Value request_url(Call& call) { return entity_value(Entity::url, &call.run.context->current_url()); }
Value request_original_url(Call& call) { return entity_value(Entity::url, &call.run.context->request.url); }

// Response
const Response& response(Call& call) { return target_of<Response>(call); }
Value response_status(Call& call) { return Value::int32(response(call).status); }
Value response_reason(Call& call) {
  const Response& from = response(call);
  return text(from.reason.empty() ? reason_phrase(from.status) : from.reason);
}
Value response_headers(Call& call) { return entity_value(Entity::headers, &response(call).headers); }
Value response_body(Call& call) {
  const Response& from = response(call);
  return from.body.is_none() ? Value() : entity_value(Entity::response_body, &from);
}

// LastError
Value error_source(Call& call) { return text(target_of<LastError>(call).source); }
Value error_reason(Call& call) { return text(target_of<LastError>(call).reason); }
Value error_message(Call& call) { return text(target_of<LastError>(call).message); }
Value error_scope(Call& call) { return text(target_of<LastError>(call).scope); }
Value error_section(Call& call) { return text(target_of<LastError>(call).section); }
Value error_path(Call& call) { return text(target_of<LastError>(call).path); }
Value error_policy(Call& call) { return text_or_null(target_of<LastError>(call).policy_id); }
Value error_code(Call& call) {
  return Value::int32(call.run.context->has_response ? call.run.context->response.status : 500);
}

constexpr Trait dynamic = Trait::impure;
constexpr Trait present = dynamic | Trait::never_null;
constexpr MemberRow members[] = {
    {"IContext", "Api", "", "IApi", context_api, "The API of the request; null before one is matched.", dynamic},
    {"IContext", "Operation", "", "IOperation", context_operation, "The operation; null when none matched.", dynamic},
    {"IContext", "Product", "", "IProduct", context_product, "The product of the subscription; null without one.",
     dynamic},
    {"IContext", "Deployment", "", "IDeployment", context_deployment, "This gateway.", present},
    {"IContext", "Request", "", "IRequest", context_request, "The request as it will be forwarded.", Trait::shared},
    {"IContext", "Response", "", "IResponse", context_response, "The answer so far; null until there is one.", dynamic},
    {"IContext", "Variables", "", "IVariables", context_variables, "Variables of this request.", Trait::shared},
    {"IContext", "Subscription", "", "ISubscription", context_subscription, "Null without a key.", dynamic},
    {"IContext", "User", "", "IUser", context_user, "The subscription's owner; null when it has none.", dynamic},
    {"IContext", "LastError", "", "ILastError", context_last_error, "Null until an error happened.", dynamic},
    {"IContext", "Backend", "", "IBackend", context_backend, "The backend chosen for the request.", dynamic},
    {"IContext", "RequestId", "", "Guid", context_request_id, "Identifies the request.", dynamic},
    {"IContext", "Timestamp", "", "DateTime", context_timestamp, "When the request arrived, UTC.", dynamic},
    {"IContext", "Elapsed", "", "TimeSpan", context_elapsed, "Time since the request arrived.", dynamic},
    {"IContext", "Tracing", "", "bool", context_tracing, "Whether the request is traced.", dynamic},
    {"IContext", "Trace", "(string message)", "void", context_trace, "Writes to the trace.", dynamic},
    {"IContext", "Trace", "(string source, object data)", "void", context_trace_source, "Writes to the trace.",
     dynamic},
    {"IVariables", "this", "[string key]", "object", variables_item, "Null for a missing name.",
     dynamic | Trait::hash_variable},
    {"IVariables", "ContainsKey", "(string key)", "bool", variables_contains, "", dynamic | Trait::hash_variable},
    {"IVariables", "TryGetValue", "(string key, out object value)", "bool", variables_try_get, "",
     dynamic | Trait::hash_variable},
    {"IVariables", "GetValueOrDefault", "(string key)", "object", variables_get, "", dynamic | Trait::hash_variable},
    {"IVariables", "GetValueOrDefault", "(string key, T defaultValue)", "T", variables_get,
     "Unboxes exactly; another type raises.", dynamic | Trait::hash_variable},
    {"IVariables", "GetValueOrDefault", "(string key)", "T", variables_get, "default(T) for a missing name.",
     dynamic | Trait::hash_variable | Trait::typed},
    {"IVariables", "Count", "", "int", variables_count, "", dynamic},
    {"IVariables", "Keys", "", "IEnumerable<string>", variables_keys, "", dynamic},
    {"IVariables", "Values", "", "IEnumerable<object>", variables_values, "", dynamic},
    {"IVariables", "$items", "()", "object[]", variables_items, "", dynamic},
    {"IRequest", "Method", "", "string", request_method, "", present},
    {"IRequest", "OriginalMethod", "", "string", request_original_method, "", present},
    {"IRequest", "IpAddress", "", "string", request_ip, "", present},
    {"IRequest", "Headers", "", "IHeaders", request_headers, "", Trait::shared},
    {"IRequest", "MatchedParameters", "", "IMatchedParameters", request_matched,
     "Parameters of the URL template, decoded.", present},
    {"IRequest", "Body", "", "IMessageBody", request_body, "Null when there is none.", dynamic},
    {"IRequest", "HasBody", "", "bool", request_has_body, "", dynamic},
    {"IRequest", "Url", "", "IUrl", request_url, "The URL the request would be sent to now.", present},
    {"IRequest", "OriginalUrl", "", "IUrl", request_original_url, "The URL as the caller sent it.", present},
    {"IResponse", "StatusCode", "", "int", response_status, "", dynamic},
    {"IResponse", "StatusReason", "", "string", response_reason, "", present},
    {"IResponse", "Headers", "", "IHeaders", response_headers, "", present},
    {"IResponse", "Body", "", "IMessageBody", response_body, "", dynamic},
    {"ILastError", "Source", "", "string", error_source, "", dynamic},
    {"ILastError", "Reason", "", "string", error_reason, "", dynamic},
    {"ILastError", "Message", "", "string", error_message, "", dynamic},
    {"ILastError", "Scope", "", "string", error_scope, "", dynamic},
    {"ILastError", "Section", "", "string", error_section, "", dynamic},
    {"ILastError", "Path", "", "string", error_path, "", dynamic},
    {"ILastError", "PolicyId", "", "string", error_policy, "", dynamic},
    {"ILastError", "HttpErrorCode", "", "int", error_code, "", dynamic},
};

}  // namespace

extern const Family context_family{"context",
                                   "What the gateway knows of the running request.",
                                   "API Management policy expressions: context variable",
                                   types,
                                   {},
                                   members};

}  // namespace sluice::expression
