// SPDX-License-Identifier: Apache-2.0
// `context`: the request, the response so far, variables, who calls, and where this gateway stands.
#include "expression/entity.hpp"
#include "expression/library/context_objects.hpp"
#include "expression/objects.hpp"
#include "expression/temporal.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace sluice::expression {
namespace {

constexpr TypeRow types[] = {
    {"IContext", "context:IProxyRequestContext"},
    {"IRequest", "context:IRequest"},
    {"IResponse", "context:IResponse"},
    {"IMessageBody", "context:IMessageBody"},
    {"IUrl", "context:IUrl"},
    {"IApi", "context:IApi"},
    {"IOperation", "context:IOperation"},
    {"IProduct", "context:IProduct"},
    {"ISubscription", "context:ISubscription"},
    {"IUser", "context:IUser"},
    {"IGroup", "context:IGroup"},
    {"IUserIdentity", "context:IUserIdentity"},
    {"IDeployment", "context:IDeployment"},
    {"IGateway", "context:IGateway"},
    {"IBackend", "context:IBackend"},
    {"ILastError", "context:ILastError"},
    {"ISubscriptionKeyParameterNames", "context:ISubscriptionKeyParameterNames"},
    {"IVariables", "context:IVariables", TypeKind::reference, "IReadOnlyDictionary<string,object>"},
    {"IHeaders", "context:IHeaders", TypeKind::reference, "IReadOnlyDictionary<string,string[]>"},
    {"IQuery", "context:IQuery", TypeKind::reference, "IReadOnlyDictionary<string,string[]>"},
    {"IMatchedParameters", "context:IMatchedParameters", TypeKind::reference, "IReadOnlyDictionary<string,string>"},
};
constexpr EnumRow enums[] = {
    {"ProductState", "context:ProductState", "NotPublished=0 Published=1"},
    {"BackendType", "context:BackendType", "Single=0 Pool=1"},
};

const Type* type_named(const char* name) { return read_type(name); }

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
Value entry_array(Call& call, Value* items, std::uint32_t count) {
  return adopt_array(call.run, core().object_array, items, count);
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
  static const Type* pair = type_named("KeyValuePair<string,object>");
  const auto entries = call.run.context->variables.entries();
  Value* items = call.run.make_array<Value>(entries.size());
  if (items == nullptr) return {};
  for (std::size_t i = 0; i < entries.size(); ++i)
    items[i] = make_pair(call.run, pair, text(entries[i].name), entries[i].value);
  return entry_array(call, items, static_cast<std::uint32_t>(entries.size()));
}

// Headers
/// Without a target: the request's, whichever request it is.
const Headers& headers(Call& call) {
  const void* target = call[0].data();
  return target == nullptr ? call.run.context->request.headers : *static_cast<const Headers*>(target);
}
HeaderName header_name(Call& call, std::size_t argument) {
  return {call.text(argument), call.site->hashed ? call.site->hash : header_hash(call.text(argument))};
}
Value headers_get(Call& call) {
  if (call.is_null(1)) return call.null_argument("key");
  const HeaderName name = header_name(call, 1);
  const Headers& all = headers(call);
  const Header* first = all.find(name);
  if (first == nullptr) return call.count > 2 ? call[2] : Value();
  // One line is the common case: nothing to join.
  for (const Header* line = first + 1; line != all.lines().data() + all.size(); ++line) {
    if (!line->is(name)) continue;
    return text(call.arena().copy(*all.joined(name)));
  }
  return text(first->value);
}
/// The values of all lines of that name; `first` is the first of them.
Value header_values(Call& call, const Headers& all, const Header& first) {
  const Header* const end = all.lines().data() + all.size();
  const auto same = [&](const Header& line) { return line.is(first.key()); };
  const auto count = 1 + static_cast<std::uint32_t>(std::count_if(&first + 1, end, same));
  Value* items = call.run.make_array<Value>(count);
  if (items == nullptr) return {};
  std::uint32_t at = 0;
  for (const Header* line = &first; at < count; ++line) {
    if (line == &first || same(*line)) items[at++] = text(line->value);
  }
  return adopt_array(call.run, core().string_array, items, count);
}
Value key_not_found(Call& call) {
  return call.raise(Fault::key_not_found, "The given key was not present in the dictionary.");
}
Value headers_item(Call& call) {
  if (call.is_null(1)) return call.null_argument("key");
  const Header* first = headers(call).find(header_name(call, 1));
  return first != nullptr ? header_values(call, headers(call), *first) : key_not_found(call);
}
Value headers_contains(Call& call) { return Value::boolean(headers(call).contains(header_name(call, 1))); }
Value headers_try_get(Call& call) {
  const Header* first = headers(call).find(header_name(call, 1));
  call.out(2) = first != nullptr ? header_values(call, headers(call), *first) : Value();
  return Value::boolean(first != nullptr);
}
/// Something for each name, in the order of the first lines. `make` takes the first line of a name.
template <class Make>
Items for_each_name(Call& call, Make make) {
  const Headers& all = headers(call);
  Value* items = call.run.make_array<Value>(all.size());
  std::uint32_t count = 0;
  for (const Header* line = all.lines().data(); line != all.lines().data() + all.size() && items != nullptr; ++line) {
    const bool seen =
        std::any_of(all.lines().data(), line, [&](const Header& earlier) { return earlier.is(line->key()); });
    if (!seen) items[count++] = make(*line);
  }
  return call.run.failed() ? Items() : Items{items, count};
}
Items header_names(Call& call) {
  return for_each_name(call, [](const Header& line) { return text(line.name); });
}
Value headers_keys(Call& call) {
  const Items names = header_names(call);
  return make_sequence(call.run, core().string, names.data, names.count);
}
Value headers_count(Call& call) { return Value::int32(static_cast<std::int32_t>(header_names(call).count)); }
Value headers_items(Call& call) {
  static const Type* pair = type_named("KeyValuePair<string,string[]>");
  const Items items = for_each_name(call, [&](const Header& line) {
    return make_pair(call.run, pair, text(line.name), header_values(call, headers(call), line));
  });
  return entry_array(call, const_cast<Value*>(items.data), items.count);
}
Value headers_values(Call& call) {
  const Items items = for_each_name(call, [&](const Header& line) { return header_values(call, headers(call), line); });
  return make_sequence(call.run, core().string_array, items.data, items.count);
}

// MatchedParameters
const MatchedParameter* matched(Call& call) {
  for (const MatchedParameter& parameter : call.run.context->matched_parameters) {
    if (parameter.name == call.text(1)) return &parameter;
  }
  return nullptr;
}
Value matched_item(Call& call) {
  const MatchedParameter* found = matched(call);
  return found == nullptr ? key_not_found(call) : text(found->value);
}
Value matched_get(Call& call) {
  const MatchedParameter* found = matched(call);
  return found != nullptr ? text(found->value) : call.count > 2 ? call[2] : Value();
}
Value matched_contains(Call& call) { return Value::boolean(matched(call) != nullptr); }
Value matched_try_get(Call& call) {
  const MatchedParameter* found = matched(call);
  call.out(2) = found == nullptr ? Value() : text(found->value);
  return Value::boolean(found != nullptr);
}
Value matched_count(Call& call) {
  return Value::int32(static_cast<std::int32_t>(call.run.context->matched_parameters.size()));
}
Value matched_items(Call& call) {
  static const Type* pair = type_named("KeyValuePair<string,string>");
  const auto all = call.run.context->matched_parameters;
  Value* items = call.run.make_array<Value>(all.size());
  if (items == nullptr) return {};
  for (std::size_t i = 0; i < all.size(); ++i)
    items[i] = make_pair(call.run, pair, text(all[i].name), text(all[i].value));
  return entry_array(call, items, static_cast<std::uint32_t>(all.size()));
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

// Entities
Value api_id(Call& call) { return text(target_of<Api>(call).id); }
Value api_name(Call& call) { return text(target_of<Api>(call).display_name); }
Value api_path(Call& call) { return text(target_of<Api>(call).path); }
Value api_revision(Call& call) { return text(target_of<Api>(call).revision); }
Value api_version(Call& call) { return text_or_null(target_of<Api>(call).version); }
Value api_current(Call& call) { return Value::boolean(target_of<Api>(call).is_current); }
Value api_protocols(Call& call) {
  const auto& protocols = target_of<Api>(call).protocols;
  Value* items = call.run.make_array<Value>(protocols.size());
  if (items == nullptr) return {};
  for (std::size_t i = 0; i < protocols.size(); ++i) items[i] = text(protocols[i]);
  return adopt_array(call.run, core().string_array, items, static_cast<std::uint32_t>(protocols.size()));
}
Value api_service_url(Call& call) {
  const std::string& service = target_of<Api>(call).service_url;
  if (service.empty()) return {};
  const Result<Url> url = parse_url(service, call.arena());
  return url ? entity_value(Entity::url, call.arena().make<Url>(*url)) : Value();
}
Value api_key_names(Call& call) {
  return entity_value(Entity::key_names, &target_of<Api>(call).subscription_key_parameter_names);
}
Value key_header(Call& call) { return text(target_of<SubscriptionKeyParameterNames>(call).header); }
Value key_query(Call& call) { return text(target_of<SubscriptionKeyParameterNames>(call).query); }
Value operation_id(Call& call) { return text(target_of<Operation>(call).id); }
Value operation_name(Call& call) { return text(target_of<Operation>(call).display_name); }
Value operation_method(Call& call) { return text(target_of<Operation>(call).method); }
Value operation_template(Call& call) { return text(target_of<Operation>(call).url_template); }
Value product_id(Call& call) { return text(target_of<Product>(call).id); }
Value product_name(Call& call) { return text(target_of<Product>(call).display_name); }
Value product_approval(Call& call) { return Value::boolean(target_of<Product>(call).approval_required); }
Value product_subscription(Call& call) { return Value::boolean(target_of<Product>(call).subscription_required); }
Value product_limit(Call& call) {
  const auto& limit = target_of<Product>(call).subscriptions_limit;
  return limit ? Value::int32(*limit) : Value();
}
Value product_state(Call& call) {
  static const Type* type = type_named("ProductState");
  return Value::enumeration(*type, target_of<Product>(call).published ? 1 : 0);
}
const ServiceModel* model(Call& call) { return call.run.context == nullptr ? nullptr : call.run.context->model; }
Value product_groups(Call& call) { return entity_value(Entity::product_groups, call[0].data()); }
Value product_apis(Call& call) { return entity_value(Entity::product_apis, call[0].data()); }
Value user_groups(Call& call) { return entity_value(Entity::user_groups, call[0].data()); }
Value user_identities(Call& call) { return entity_value(Entity::user_identities, call[0].data()); }
Value date_of(std::string_view from) {
  const std::optional<Value> date = parse_date_time(from, true);
  return date ? *date : Value();
}
Value user_id(Call& call) { return text(target_of<User>(call).id); }
Value user_email(Call& call) { return text(target_of<User>(call).email); }
Value user_first(Call& call) { return text(target_of<User>(call).first_name); }
Value user_last(Call& call) { return text(target_of<User>(call).last_name); }
Value user_note(Call& call) { return text_or_null(target_of<User>(call).note); }
Value user_registered(Call& call) {
  const Value date = date_of(target_of<User>(call).registration_date);
  return date.is_null() ? Value::date_time(0, unspecified_kind) : date;
}
Value identity_id(Call& call) { return text(target_of<UserIdentity>(call).id); }
Value identity_provider(Call& call) { return text(target_of<UserIdentity>(call).provider); }
Value group_id(Call& call) { return text(target_of<Group>(call).id); }
Value group_name(Call& call) { return text(target_of<Group>(call).display_name); }
Value subscription_id(Call& call) { return text(target_of<Subscription>(call).id); }
Value subscription_name(Call& call) { return text(target_of<Subscription>(call).display_name); }
Value subscription_key(Call& call) {
  const std::string_view key = call.run.context->subscription_key;
  return key.empty() ? text(target_of<Subscription>(call).primary_key) : text(key);
}
Value subscription_primary(Call& call) { return text(target_of<Subscription>(call).primary_key); }
Value subscription_secondary(Call& call) { return text(target_of<Subscription>(call).secondary_key); }
Value subscription_created(Call& call) {
  const Value date = date_of(target_of<Subscription>(call).created_date);
  return date.is_null() ? Value::date_time(0, unspecified_kind) : date;
}
Value subscription_start(Call& call) { return date_of(target_of<Subscription>(call).start_date); }
Value subscription_end(Call& call) { return date_of(target_of<Subscription>(call).end_date); }
Value deployment_region(Call& call) { return text(target_of<Deployment>(call).region); }
Value deployment_id(Call& call) { return text(target_of<Deployment>(call).service_id); }
Value deployment_name(Call& call) { return text(target_of<Deployment>(call).service_name); }
Value deployment_gateway_id(Call& call) { return text(target_of<Deployment>(call).gateway_id); }
Value deployment_gateway(Call& call) { return entity_value(Entity::gateway, call[0].data()); }
Value gateway_instance(Call& call) { return text(target_of<Deployment>(call).gateway_instance_id); }
Value gateway_managed(Call& call) { return Value::boolean(target_of<Deployment>(call).gateway_id == "managed"); }
Value backend_id(Call& call) { return text(call.run.context->chosen_backend_id); }
const Backend* backend(Call& call) {
  if (model(call) == nullptr) return nullptr;
  for (const Backend& candidate : model(call)->backends) {
    if (candidate.id == call.run.context->chosen_backend_id) return &candidate;
  }
  return nullptr;
}
Value backend_type(Call& call) {
  static const Type* type = type_named("BackendType");
  return Value::enumeration(*type, backend(call) != nullptr && backend(call)->is_pool() ? 1 : 0);
}
Value backend_region(Call& call) {
  return backend(call) == nullptr ? Value() : text_or_null(backend(call)->azure_region);
}
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

    {"IHeaders", "this", "[string key]", "string[]", headers_item, "Raises for a missing name.",
     dynamic | Trait::hash_header},
    {"IHeaders", "ContainsKey", "(string key)", "bool", headers_contains, "", dynamic | Trait::hash_header},
    {"IHeaders", "TryGetValue", "(string key, out string[] value)", "bool", headers_try_get, "",
     dynamic | Trait::hash_header},
    {"IHeaders", "GetValueOrDefault", "(string key)", "string", headers_get, "Several values joined with a comma.",
     dynamic | Trait::hash_header},
    {"IHeaders", "GetValueOrDefault", "(string key, string defaultValue)", "string", headers_get, "",
     dynamic | Trait::hash_header},
    {"IHeaders", "Count", "", "int", headers_count, "", dynamic},
    {"IHeaders", "Keys", "", "IEnumerable<string>", headers_keys, "", dynamic},
    {"IHeaders", "Values", "", "IEnumerable<string[]>", headers_values, "", dynamic},
    {"IHeaders", "$items", "()", "object[]", headers_items, "", dynamic},

    {"IMatchedParameters", "this", "[string key]", "string", matched_item, "Raises for a missing name.", dynamic},
    {"IMatchedParameters", "ContainsKey", "(string key)", "bool", matched_contains, "", dynamic},
    {"IMatchedParameters", "TryGetValue", "(string key, out string value)", "bool", matched_try_get, "", dynamic},
    {"IMatchedParameters", "GetValueOrDefault", "(string key)", "string", matched_get, "", dynamic},
    {"IMatchedParameters", "GetValueOrDefault", "(string key, string defaultValue)", "string", matched_get, "",
     dynamic},
    {"IMatchedParameters", "Count", "", "int", matched_count, "", dynamic},
    {"IMatchedParameters", "$items", "()", "object[]", matched_items, "", dynamic},

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

    {"IApi", "Id", "", "string", api_id},
    {"IApi", "Name", "", "string", api_name},
    {"IApi", "Path", "", "string", api_path},
    {"IApi", "Revision", "", "string", api_revision},
    {"IApi", "Version", "", "string", api_version},
    {"IApi", "IsCurrentRevision", "", "bool", api_current},
    {"IApi", "Protocols", "", "string[]", api_protocols},
    {"IApi", "ServiceUrl", "", "IUrl", api_service_url},
    {"IApi", "SubscriptionKeyParameterNames", "", "ISubscriptionKeyParameterNames", api_key_names},
    {"ISubscriptionKeyParameterNames", "Header", "", "string", key_header},
    {"ISubscriptionKeyParameterNames", "Query", "", "string", key_query},
    {"IOperation", "Id", "", "string", operation_id},
    {"IOperation", "Name", "", "string", operation_name},
    {"IOperation", "Method", "", "string", operation_method},
    {"IOperation", "UrlTemplate", "", "string", operation_template},
    {"IProduct", "Id", "", "string", product_id},
    {"IProduct", "Name", "", "string", product_name},
    {"IProduct", "ApprovalRequired", "", "bool", product_approval},
    {"IProduct", "SubscriptionRequired", "", "bool", product_subscription},
    {"IProduct", "SubscriptionLimit", "", "int?", product_limit},
    {"IProduct", "SubscriptionsLimit", "", "int?", product_limit},
    {"IProduct", "State", "", "ProductState", product_state},
    {"IProduct", "Groups", "", "IEnumerable<IGroup>", product_groups, "", dynamic},
    {"IProduct", "Apis", "", "IEnumerable<IApi>", product_apis, "", dynamic},
    {"IUser", "Id", "", "string", user_id, "", dynamic},
    {"IUser", "Email", "", "string", user_email, "", dynamic},
    {"IUser", "FirstName", "", "string", user_first, "", dynamic},
    {"IUser", "LastName", "", "string", user_last, "", dynamic},
    {"IUser", "Note", "", "string", user_note, "", dynamic},
    {"IUser", "RegistrationDate", "", "DateTime", user_registered, "", dynamic},
    {"IUser", "Groups", "", "IEnumerable<IGroup>", user_groups, "", dynamic},
    {"IUser", "Identities", "", "IEnumerable<IUserIdentity>", user_identities, "", dynamic},
    {"IUserIdentity", "Id", "", "string", identity_id},
    {"IUserIdentity", "Provider", "", "string", identity_provider},
    {"IGroup", "Id", "", "string", group_id},
    {"IGroup", "Name", "", "string", group_name},
    {"ISubscription", "Id", "", "string", subscription_id, "", dynamic},
    {"ISubscription", "Name", "", "string", subscription_name, "", dynamic},
    {"ISubscription", "Key", "", "string", subscription_key, "The key the caller sent.", dynamic},
    {"ISubscription", "PrimaryKey", "", "string", subscription_primary, "", dynamic},
    {"ISubscription", "SecondaryKey", "", "string", subscription_secondary, "", dynamic},
    {"ISubscription", "CreatedDate", "", "DateTime", subscription_created, "", dynamic},
    {"ISubscription", "StartDate", "", "DateTime?", subscription_start, "", dynamic},
    {"ISubscription", "EndDate", "", "DateTime?", subscription_end, "", dynamic},
    {"IDeployment", "Region", "", "string", deployment_region},
    {"IDeployment", "ServiceId", "", "string", deployment_id},
    {"IDeployment", "ServiceName", "", "string", deployment_name},
    {"IDeployment", "GatewayId", "", "string", deployment_gateway_id},
    {"IDeployment", "Gateway", "", "IGateway", deployment_gateway},
    {"IGateway", "Id", "", "string", deployment_gateway_id},
    {"IGateway", "InstanceId", "", "string", gateway_instance},
    {"IGateway", "IsManaged", "", "bool", gateway_managed},
    {"IBackend", "Id", "", "string", backend_id, "", dynamic},
    {"IBackend", "Type", "", "BackendType", backend_type, "", dynamic},
    {"IBackend", "AzureRegion", "", "string", backend_region, "", dynamic},
    {"ILastError", "Source", "", "string", error_source, "", dynamic},
    {"ILastError", "Reason", "", "string", error_reason, "", dynamic},
    {"ILastError", "Message", "", "string", error_message, "", dynamic},
    {"ILastError", "Scope", "", "string", error_scope, "", dynamic},
    {"ILastError", "Section", "", "string", error_section, "", dynamic},
    {"ILastError", "Path", "", "string", error_path, "", dynamic},
    {"ILastError", "PolicyId", "", "string", error_policy, "", dynamic},
    {"ILastError", "HttpErrorCode", "", "int", error_code, "", dynamic},
};

/// The next of the entities with these ids; ids that name nothing are passed over.
template <class Named>
bool next_named(Evaluation& run, const std::vector<std::string>& ids, std::vector<Named> ServiceModel::*all,
                Entity kind, std::uint32_t& position, Value& item) {
  if (run.context == nullptr || run.context->model == nullptr) return false;
  const std::vector<Named>& candidates = run.context->model->*all;
  while (position < ids.size()) {
    const std::string_view id = ids[position++];
    for (const Named& candidate : candidates) {
      if (!same_text(candidate.id, id)) continue;
      item = entity_value(kind, &candidate);
      return true;
    }
  }
  return false;
}

}  // namespace

bool next_group_of_user(Evaluation& run, const void* user, std::uint32_t& position, Value& item) {
  return next_named(run, static_cast<const User*>(user)->group_ids, &ServiceModel::groups, Entity::group, position,
                    item);
}
bool next_identity_of_user(Evaluation&, const void* user, std::uint32_t& position, Value& item) {
  const auto& identities = static_cast<const User*>(user)->identities;
  if (position >= identities.size()) return false;
  item = entity_value(Entity::identity, &identities[position++]);
  return true;
}
bool next_group_of_product(Evaluation& run, const void* product, std::uint32_t& position, Value& item) {
  return next_named(run, static_cast<const Product*>(product)->group_ids, &ServiceModel::groups, Entity::group,
                    position, item);
}
bool next_api_of_product(Evaluation& run, const void* product, std::uint32_t& position, Value& item) {
  return next_named(run, static_cast<const Product*>(product)->api_ids, &ServiceModel::apis, Entity::api, position,
                    item);
}

extern const Family context_family{"context",
                                   "What the gateway knows of the running request.",
                                   "API Management policy expressions: context variable",
                                   types,
                                   enums,
                                   members};

}  // namespace sluice::expression
