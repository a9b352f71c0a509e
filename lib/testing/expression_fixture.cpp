// SPDX-License-Identifier: Apache-2.0
#include "testing/expression_fixture.hpp"

#include "expression/library/convert.hpp"
#include "expression/library/json.hpp"
#include "expression/number_format.hpp"
#include "expression/temporal.hpp"

#include "base/text.hpp"

#include <sluice/expression.hpp>
#include <sluice/response_value.hpp>

namespace sluice::testing {
namespace {

using namespace sluice::expression;

std::string text(const JsonValue& from, std::string_view name) {
  const JsonValue* found = from.find(name);
  return found == nullptr ? std::string() : std::string(found->string().value_or(""));
}
bool truth(const JsonValue& from, std::string_view name) {
  const JsonValue* found = from.find(name);
  return found != nullptr && found->boolean().value_or(false);
}
const JsonValue* object(const JsonValue& from, std::string_view name) {
  const JsonValue* found = from.find(name);
  return found != nullptr && found->is_object() ? found : nullptr;
}
/// A value as JSON text again.
void append_json(std::string& to, const JsonValue& value) {
  const auto list = [&](char open, char close, const auto& items, const auto& append) {
    to += open;
    bool first = true;
    for (const auto& item : items) {
      if (!first) to += ',';
      first = false;
      append(item);
    }
    to += close;
  };
  switch (value.kind) {
    case JsonKind::null: to += "null"; break;
    case JsonKind::boolean: to += value.truth ? "true" : "false"; break;
    case JsonKind::number: to += value.text; break;
    case JsonKind::string: append_json_string(to, value.text); break;
    case JsonKind::array: list('[', ']', value.items, [&](const JsonValue& item) { append_json(to, item); }); break;
    case JsonKind::object:
      list('{', '}', value.members, [&](const JsonMember& member) {
        append_json_string(to, member.name);
        to += ':';
        append_json(to, member.value);
      });
      break;
  }
}
/// The object of that name as JSON text; empty when there is none.
std::string_view json_text(const JsonValue& from, std::string_view name, Arena& arena) {
  std::string made;
  if (const JsonValue* found = object(from, name)) append_json(made, *found);
  return arena.copy(made);
}
std::string from_base64(std::string_view encoded) {
  std::string bytes;
  decode_base64(encoded, bytes);
  return bytes;
}
/// What the text evaluates to as an expression: typed fixture variables are made this way.
Value evaluated(RequestContext& context, const std::string& code) {
  const CompiledExpression compiled = compile_expression(code, {});
  if (compiled.expression == nullptr) return {};
  // The program must outlive the value.
  auto* kept = context.arena.make<std::shared_ptr<const Expression>>(compiled.expression);
  const Result<Value> value = (*kept)->evaluate(context);
  return value ? *value : Value();
}
std::string verbatim(std::string_view of) {
  std::string code = "@\"";
  for (const char c : of) code += c == '"' ? "\"\"" : std::string(1, c);
  return code + "\"";
}
std::string_view body_bytes(const JsonValue& body, Arena& arena) {
  if (const JsonValue* plain = body.find("text")) return arena.copy(plain->text);
  std::string bytes;
  if (const JsonValue* encoded = body.find("base64")) decode_base64(encoded->text, bytes);
  return arena.copy(bytes);
}
void fill_headers(Headers& to, const JsonValue* headers) {
  if (headers == nullptr) return;
  for (const JsonMember& member : headers->members) {
    for (const JsonValue& value : member.value.items) to.append(member.name, value.text);
  }
}
decltype(RequestContext::timestamp) wall_time(std::string_view iso) {
  const auto date = parse_date_time(iso, true);
  return decltype(RequestContext::timestamp)(Ticks(date ? date->as_integer() - unix_epoch_ticks : 0));
}

}  // namespace

ExpressionFixture::ExpressionFixture(const JsonValue& fixture) {
  if (const JsonValue* deployment = object(fixture, "deployment")) {
    deployment_.region = text(*deployment, "region");
    deployment_.service_id = text(*deployment, "serviceId");
    deployment_.service_name = text(*deployment, "serviceName");
    deployment_.gateway_id = text(*deployment, "gatewayId");
    deployment_.carbon_intensity = text(*deployment, "carbonIntensity");
    if (const JsonValue* certificates = object(*deployment, "certificates")) {
      for (const JsonMember& member : certificates->members)
        deployment_.certificates.push_back({std::string(member.name), from_base64(member.value.text), {}});
    }
  }
  request_.method = "GET";
  context_ = std::make_unique<RequestContext>(request_, services_, deployment_);
  context_->model = &model_;
  context_->timestamp = wall_time(text(fixture, "timestamp"));
  clock_.wall = std::chrono::floor<WallTime::duration>(context_->timestamp);
  if (const auto elapsed = parse_time_span(text(fixture, "elapsed")))
    clock_.steady += std::chrono::microseconds(*elapsed / 10);
  parse_guid(text(fixture, "requestId"), context_->request_id.data());
  context_->tracing = truth(fixture, "tracing");
  if (const JsonValue* workspace = object(fixture, "workspace")) {
    context_->workspace_id = request_.arena.copy(text(*workspace, "id"));
    context_->workspace_name = request_.arena.copy(text(*workspace, "name"));
  }
  if (const JsonValue* resolver = object(fixture, "graphQL")) {
    context_->graphql_arguments = json_text(*resolver, "arguments", request_.arena);
    context_->graphql_parent = json_text(*resolver, "parent", request_.arena);
  }
  fill_entities(fixture);
  fill_request(fixture);
  if (const JsonValue* variables = object(fixture, "variables")) fill_variables(*variables);
}

void ExpressionFixture::fill_entities(const JsonValue& fixture) {
  if (const JsonValue* api = object(fixture, "api")) {
    api_.id = text(*api, "id");
    api_.display_name = text(*api, "name");
    api_.path = text(*api, "path");
    api_.revision = text(*api, "revision");
    api_.version = text(*api, "version");
    api_.is_current = truth(*api, "isCurrentRevision");
    api_.service_url = text(*api, "serviceUrl");
    api_.protocols.clear();
    if (const JsonValue* protocols = api->find("protocols")) {
      for (const JsonValue& item : protocols->items) api_.protocols.emplace_back(item.text);
    }
    if (const JsonValue* names = object(*api, "subscriptionKeyParameterNames")) {
      api_.subscription_key_parameter_names = {text(*names, "header"), text(*names, "query")};
    }
    context_->api = &api_;
  }
  if (const JsonValue* operation = object(fixture, "operation")) {
    operation_.id = text(*operation, "id");
    operation_.display_name = text(*operation, "name");
    operation_.method = text(*operation, "method");
    operation_.url_template = text(*operation, "urlTemplate");
    context_->operation = &operation_;
  }
  const auto group_ids = [&](const JsonValue& of, std::vector<std::string>& ids) {
    const JsonValue* groups = of.find("groups");
    if (groups == nullptr) return;
    for (const JsonValue& group : groups->items) {
      ids.push_back(text(group, "id"));
      bool known = false;
      for (const Group& existing : model_.groups) known = known || existing.id == ids.back();
      if (!known) model_.groups.push_back({.id = ids.back(), .display_name = text(group, "name")});
    }
  };
  if (const JsonValue* product = object(fixture, "product")) {
    product_.id = text(*product, "id");
    product_.display_name = text(*product, "name");
    product_.published = text(*product, "state") == "Published";
    product_.approval_required = truth(*product, "approvalRequired");
    product_.subscription_required = truth(*product, "subscriptionRequired");
    if (const JsonValue* limit = product->find("subscriptionLimit"); limit != nullptr && limit->integer())
      product_.subscriptions_limit = static_cast<int>(*limit->integer());
    group_ids(*product, product_.group_ids);
    if (const JsonValue* apis = product->find("apis")) {
      for (const JsonValue& item : apis->items) {
        Api known;
        known.id = text(item, "id");
        known.display_name = text(item, "name");
        known.path = text(item, "path");
        product_.api_ids.push_back(known.id);
        model_.apis.push_back(std::move(known));
      }
    }
    context_->product = &product_;
  }
  if (const JsonValue* subscription = object(fixture, "subscription")) {
    subscription_.id = text(*subscription, "id");
    subscription_.display_name = text(*subscription, "name");
    subscription_.primary_key = text(*subscription, "primaryKey");
    subscription_.secondary_key = text(*subscription, "secondaryKey");
    subscription_.created_date = text(*subscription, "createdDate");
    subscription_.start_date = text(*subscription, "startDate");
    subscription_.end_date = text(*subscription, "endDate");
    context_->subscription_key = request_.arena.copy(text(*subscription, "key"));
    context_->subscription = &subscription_;
  }
  if (const JsonValue* user = object(fixture, "user")) {
    user_.id = text(*user, "id");
    user_.email = text(*user, "email");
    user_.first_name = text(*user, "firstName");
    user_.last_name = text(*user, "lastName");
    user_.note = text(*user, "note");
    user_.registration_date = text(*user, "registrationDate");
    group_ids(*user, user_.group_ids);
    if (const JsonValue* identities = user->find("identities")) {
      for (const JsonValue& item : identities->items)
        user_.identities.push_back({text(item, "id"), text(item, "provider")});
    }
    context_->user = &user_;
  }
  if (const JsonValue* error = object(fixture, "lastError")) {
    const auto kept = [&](std::string_view name) { return request_.arena.copy(text(*error, name)); };
    last_error_ = {kept("source"),  kept("reason"), kept("message"), kept("scope"),
                   kept("section"), kept("path"),   kept("policyId")};
    context_->last_error = &last_error_;
  }
}

void ExpressionFixture::fill_request(const JsonValue& fixture) {
  const JsonValue* request = object(fixture, "request");
  if (request != nullptr) {
    request_.method = request_.arena.copy(text(*request, "method"));
    request_.client_address = request_.arena.copy(text(*request, "ipAddress"));
    if (const auto url = parse_url(text(*request, "originalUrl"), request_.arena)) request_.url = *url;
    if (const auto url = parse_url(text(*request, "url"), request_.arena)) {
      context_->target.base = *url;
      context_->target.base.path = "";
      context_->target.base.query = "";
      context_->target.has_base = true;
      context_->target.path = url->path;
      context_->target.query = url->query;
    }
    fill_headers(request_.headers, request->find("headers"));
    request_.client_certificate = request_.arena.copy(from_base64(text(*request, "certificate")));
    if (const JsonValue* foundry = object(*request, "foundry"))
      context_->foundry_deployment = request_.arena.copy(text(*foundry, "deployment"));
    if (const JsonValue* parameters = object(*request, "matchedParameters")) {
      auto kept = request_.arena.make_array<MatchedParameter>(parameters->members.size());
      for (std::size_t i = 0; i < kept.size(); ++i) {
        kept[i] = {request_.arena.copy(parameters->members[i].name),
                   request_.arena.copy(parameters->members[i].value.text)};
      }
      context_->matched_parameters = kept;
    }
    if (const JsonValue* body = object(*request, "body"))
      request_.body = Body::bytes(body_bytes(*body, request_.arena));
  }
  behaviour_.tolerate_consumed_body = false;
  if (const JsonValue* response = object(fixture, "response")) {
    context_->has_response = true;
    context_->response.status = static_cast<int>(response->find("statusCode")->integer().value_or(200));
    context_->response.reason = request_.arena.copy(text(*response, "statusReason"));
    fill_headers(context_->response.headers, response->find("headers"));
    if (const JsonValue* body = object(*response, "body"))
      context_->response.body = Body::bytes(body_bytes(*body, request_.arena));
  }
}

void ExpressionFixture::fill_variables(const JsonValue& variables) {
  for (const JsonMember& member : variables.members) {
    const JsonValue* value = member.value.find("value");
    const std::string type = text(member.value, "type");
    context_->variables.set(VariableName(member.name),
                            value == nullptr ? variable(type, member.value) : variable(type, *value));
  }
}

Value ExpressionFixture::variable(std::string_view type, const JsonValue& value) {
  RequestContext& context = *context_;
  const std::string given(value.text);
  if (type == "null") return {};
  if (type == "string") return Value::string(context.arena.copy(given));
  if (type == "bool") return Value::boolean(value.truth || given == "true" || given == "True");
  if (type == "guid") return evaluated(context, "@(Guid.Parse(" + verbatim(given) + "))");
  if (type == "datetime") {
    const auto date = parse_date_time(given, true);
    return date ? *date : Value();
  }
  if (type == "datetimeoffset") return evaluated(context, "@(DateTimeOffset.Parse(" + verbatim(given) + "))");
  if (type == "timespan") return evaluated(context, "@(TimeSpan.Parse(" + verbatim(given) + "))");
  if (type == "uri") return evaluated(context, "@(new Uri(" + verbatim(given) + "))");
  if (type == "bytes") return evaluated(context, "@(Convert.FromBase64String(" + verbatim(given) + "))");
  if (type == "jobject") return evaluated(context, "@(JObject.Parse(" + verbatim(given) + "))");
  if (type == "jarray") return evaluated(context, "@(JArray.Parse(" + verbatim(given) + "))");
  if (type == "jtoken") return evaluated(context, "@(JToken.Parse(" + verbatim(given) + "))");
  if (type == "xdocument") return evaluated(context, "@(XDocument.Parse(" + verbatim(given) + "))");
  if (type == "jwt") return evaluated(context, "@(" + verbatim(given) + ".AsJwt())");
  if (type == "strings") {
    std::string code = "@(new string[] { ";
    for (const JsonValue& item : value.items) code += (item.is_null() ? "null" : verbatim(item.text)) + ", ";
    return evaluated(context, code + "})");
  }
  if (type == "char") return evaluated(context, "@(" + verbatim(given) + "[0])");
  if (type == "response") {
    Response response(context.arena);
    if (const JsonValue* status = value.find("statusCode"))
      response.status = static_cast<int>(status->integer().value_or(200));
    response.reason = context.arena.copy(text(value, "statusReason"));
    fill_headers(response.headers, value.find("headers"));
    if (const JsonValue* body = object(value, "body")) response.body = Body::bytes(body_bytes(*body, context.arena));
    return make_response_value(context, std::move(response));
  }
  return evaluated(context, "@(" + std::string(type) + ".Parse(" + verbatim(given) + "))");
}

}  // namespace sluice::testing
