// SPDX-License-Identifier: Apache-2.0
// What comes in is a Route and an Ask, what goes out an Answer in a format; between the two stands the deployment.
#include "model_service.hpp"

#include "embeddings_format.hpp"
#include "formats.hpp"

namespace sluice::simulated {

struct ModelService::Call {
  Route route;
  const JsonValue& body;
  Deployment& deployment;
  DeploymentSettings settings;
  Ask ask;
  std::int64_t estimated = 0;
};

namespace {

std::string_view kind_of_error(int status) {
  if (status == 401 || status == 403) return "authentication_error";
  if (status == 404) return "not_found_error";
  if (status == 429) return "rate_limit_error";
  if (status == 529) return "overloaded_error";
  return status < 500 ? "invalid_request_error" : "api_error";
}

std::string_view deployment_of(const Route& route, const JsonValue* body) {
  if (!route.deployment.empty()) return route.deployment;
  const JsonValue* model = body != nullptr ? body->find("model") : nullptr;
  return model != nullptr && model->is_string() ? model->text : "default";
}

/// The key that the request brings, as each dialect does.
std::string_view key_of(const Request& request) {
  for (const std::string_view name : {"api-key", "x-api-key"}) {
    if (const Header* header = request.headers.find(name)) return header->value;
  }
  std::string_view bearer = request.headers.get({"Authorization"});
  if (bearer.starts_with("Bearer ")) bearer.remove_prefix(7);
  return bearer;
}

bool is_filled(const JsonValue* value) { return value != nullptr && (value->is_string() || !value->items.empty()); }

/// The member that the endpoint needs and the body does not have; empty: all are there.
std::string_view missing_member(Endpoint endpoint, const JsonValue& body) {
  const bool is_chat = endpoint == Endpoint::chat || endpoint == Endpoint::messages;
  const std::string_view content = is_chat ? "messages" : endpoint == Endpoint::completions ? "prompt" : "input";
  if (!is_filled(body.find(content))) return content;
  if (endpoint != Endpoint::messages) return {};
  return body.find("max_tokens") == nullptr ? std::string_view("max_tokens") : std::string_view();
}

std::string model_list(const Route& route, const std::vector<std::string>& names) {
  JsonWriter writer;
  writer.begin_object();
  writer.member("object", "list");
  writer.key("data");
  writer.begin_array();
  for (const std::string& name : names) {
    writer.begin_object();
    writer.member("id", std::string_view(name));
    writer.member("object", "model");
    writer.member("created", 0);
    writer.member("owned_by", route.dialect == Dialect::azure ? "azure" : "simulated");
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  return std::move(writer).take();
}

constexpr std::string_view model_info =
    R"({"model_name":"default","model_type":"chat-completion","model_provider_name":"simulated"})";

std::string whole_text(const Route& route, const Answer& answer) {
  if (route.endpoint == Endpoint::completions) return completions_answer(answer);
  if (route.endpoint == Endpoint::responses) return responses_answer(answer);
  if (route.endpoint == Endpoint::messages) return messages_answer(answer);
  return chat_answer(answer, {route.dialect, false});
}

std::unique_ptr<Script> script_of(const Route& route, bool include_usage, Answer answer) {
  const Style style{route.dialect, include_usage};
  if (route.endpoint == Endpoint::completions) return completions_script(std::move(answer), style);
  if (route.endpoint == Endpoint::responses) return responses_script(std::move(answer));
  if (route.endpoint == Endpoint::messages) return messages_script(std::move(answer));
  return chat_script(std::move(answer), style);
}

std::int64_t seconds_of(Clock& clock) {
  return std::chrono::duration_cast<std::chrono::seconds>(clock.now().time_since_epoch()).count();
}

}  // namespace

Task<Response> ModelService::serve(Request& request) {
  const Route route = route_of(request.url.path);
  if (route.endpoint == Endpoint::info) co_return json(request, 200, model_info);
  if (route.endpoint == Endpoint::models) {
    std::vector<std::string> names;
    std::lock_guard lock(mutex());
    for (const auto& [name, deployment] : deployments_) names.push_back(name);
    co_return json(request, 200, model_list(route, names));
  }
  if (route.endpoint == Endpoint::assistants) {
    const auto parsed = parse_json(request.body.data(), request.arena);
    co_return co_await serve_assistants(request, route, parsed && (*parsed)->is_object() ? *parsed : nullptr);
  }
  if (route.endpoint == Endpoint::none || request.method != "POST")
    co_return refuse(request, route.dialect, {404, "404", kind_of_error(404), "Resource not found", {}});
  const auto parsed = parse_json(request.body.data(), request.arena);
  const JsonValue* body = parsed && (*parsed)->is_object() ? *parsed : nullptr;
  Deployment* deployment = find(deployment_of(route, body));
  if (deployment == nullptr) {
    co_return refuse(request, route.dialect,
                     {404, "DeploymentNotFound", kind_of_error(404), "The deployment does not exist.", {}});
  }
  deployment->arrive(clock().steady_now());
  if (body == nullptr) {
    co_return refuse(request, route.dialect,
                     {400, "BadRequest", kind_of_error(400), "The body must be a JSON object.", {}});
  }
  Call call{route, *body, *deployment, deployment->settings(), read_ask(*body), 0};
  // Nothing is completed: the prompt is all that an embedding takes.
  if (route.endpoint == Endpoint::embeddings) call.ask.choices = 0;
  co_return co_await answer(request, call);
}

Task<Response> ModelService::answer(Request& request, Call& call) {
  const Dialect dialect = call.route.dialect;
  if (!call.settings.api_key.empty() && key_of(request) != call.settings.api_key)
    co_return refuse(request, dialect, {401, "401", kind_of_error(401), "The key is missing or wrong.", {}});
  if (const std::string_view missing = missing_member(call.route.endpoint, call.body); !missing.empty()) {
    co_return refuse(request, dialect,
                     {400, {}, kind_of_error(400), "'" + std::string(missing) + "' is required.", missing});
  }
  call.estimated = estimated_tokens(call.ask, call.settings);
  const Capacity::Verdict verdict = call.deployment.admit(call.estimated, clock().steady_now());
  const bool is_reserved = call.settings.capacity == "ptu";
  if (!verdict.admitted) {
    Response response = refuse(request, dialect, throttled(dialect, verdict));
    add_retry_after(response.headers, dialect, verdict.wait);
    add_capacity(response.headers, dialect, is_reserved, call.deployment.state(clock().steady_now()));
    co_return response;
  }
  const std::int64_t created = seconds_of(clock());
  Answer answer = make_answer(call.ask, call.settings, next_id(), call.deployment.name(), created);
  const std::string id = answer.id;
  const bool streams = call.ask.stream && call.route.endpoint != Endpoint::embeddings;
  Response response(request.arena);
  if (streams)
    response = answer_as_stream(request, call, std::move(answer));
  else
    response = co_await answer_whole(request, call, std::move(answer));
  response.headers.set(dialect == Dialect::anthropic ? "request-id" : "x-request-id", id);
  if (dialect == Dialect::azure) response.headers.set("apim-request-id", id);
  add_capacity(response.headers, dialect, is_reserved, call.deployment.state(clock().steady_now()));
  co_return response;
}

Task<Response> ModelService::answer_whole(Request& request, Call& call, Answer answer) {
  std::string text;
  if (call.route.endpoint == Endpoint::embeddings) {
    const auto made = embeddings_answer(call.body, answer, call.settings.dimensions);
    if (made) text = *made;
  } else {
    text = whole_text(call.route, answer);
  }
  const auto time = time_for(call.settings, call.settings.pace_whole ? answer.completion : 0);
  bool in_time = true;
  if (time.count() > 0) in_time = co_await clock().wait_for(time, request.cancellation);
  call.deployment.finish(call.estimated, answer.prompt, answer.completion, in_time, clock().steady_now());
  if (text.empty()) {
    co_return refuse(request, call.route.dialect,
                     {400, {}, kind_of_error(400), "'input' or 'dimensions' cannot be used.", "input"});
  }
  co_return json(request, 200, text);
}

Response ModelService::answer_as_stream(Request& request, const Call& call, Answer answer) {
  Response response(request.arena);
  response.headers.append_view({"Content-Type"}, "text/event-stream; charset=utf-8");
  response.headers.append_view({"Cache-Control"}, "no-cache");
  const std::int64_t prompt = answer.prompt, hidden = answer.reasoning;
  auto script = script_of(call.route, call.ask.include_usage, std::move(answer));
  DeploymentSettings settings = call.settings;
  if (cuts()) settings.cut_after_events = static_cast<std::int64_t>(script->pieces().size() / 2);
  auto ended = [this, &deployment = call.deployment, estimated = call.estimated, prompt](std::int64_t tokens,
                                                                                         bool complete) {
    deployment.finish(estimated, prompt, tokens, complete, clock().steady_now());
  };
  response.body =
      Body::stream(std::make_unique<EventStream>(std::move(script), settings, hidden, clock(), std::move(ended)));
  return response;
}

Task<Response> ModelService::serve_assistants(Request& request, const Route& route, const JsonValue* body) {
  const std::string id = next_id();
  const std::int64_t created = seconds_of(clock());
  if (Assistants::begins_run(request.method, route.rest) && body != nullptr) {
    auto wanted = assistants_.want(route.rest, *body, id, created);
    if (const Refusal* refusal = std::get_if<Refusal>(&wanted)) co_return refuse(request, route.dialect, *refusal);
    co_return begin_run(request, route, *body, std::move(std::get<Assistants::Wanted>(wanted)));
  }
  if (Assistants::goes_on_with_run(request.method, route.rest) && body != nullptr) {
    auto wanted = assistants_.submit(route.rest, *body);
    if (const Refusal* refusal = std::get_if<Refusal>(&wanted)) co_return refuse(request, route.dialect, *refusal);
    co_return begin_run(request, route, *body, std::move(std::get<Assistants::Wanted>(wanted)));
  }
  const auto reply = assistants_.answer(request.method, route.rest, body, id, created);
  if (const Refusal* refusal = std::get_if<Refusal>(&reply)) co_return refuse(request, route.dialect, *refusal);
  co_return json(request, 200, std::get<std::string>(reply));
}

Response ModelService::begin_run(Request& request, const Route& route, const JsonValue& body,
                                 Assistants::Wanted wanted) {
  Run& run = wanted.run;
  run.deployment = find(wanted.model);
  if (run.deployment == nullptr) {
    return refuse(request, route.dialect,
                  {404, "DeploymentNotFound", kind_of_error(404), "The deployment does not exist.", {}});
  }
  run.begun = clock().steady_now();
  run.deployment->arrive(run.begun);
  run.settings = run.deployment->settings();
  const auto prompt = parse_json(wanted.prompt, request.arena);
  Ask ask = read_ask(**prompt);
  run.estimated = estimated_tokens(ask, run.settings);
  const Capacity::Verdict verdict = run.deployment->admit(run.estimated, run.begun);
  if (!verdict.admitted) {
    Response response = refuse(request, route.dialect, throttled(route.dialect, verdict));
    add_retry_after(response.headers, route.dialect, verdict.wait);
    return response;
  }
  run.answer = make_answer(ask, run.settings, run.id, wanted.model, seconds_of(clock()));
  const JsonValue* stream = body.find("stream");
  run.is_streamed = stream != nullptr && stream->boolean().value_or(false);
  assistants_.begin(run);
  if (!run.is_streamed) return json(request, 200, run_text(run, "queued"));
  Response response(request.arena);
  response.headers.append_view({"Content-Type"}, "text/event-stream; charset=utf-8");
  auto ended = [this, id = run.id, fails = run.settings.error_after_events >= 0](std::int64_t tokens, bool complete) {
    assistants_.streamed(id, tokens, fails && !complete);
  };
  response.body = Body::stream(
      std::make_unique<EventStream>(run_script(run), run.settings, run.answer.reasoning, clock(), std::move(ended)));
  return response;
}

Response ModelService::refuse(Request& request, Dialect dialect, const Refusal& refusal) const {
  return json(request, refusal.status, refusal_body(dialect, refusal));
}

Response ModelService::fault(Request& request, int status, std::int64_t retry_after) {
  const Route route = route_of(request.url.path);
  const auto parsed = parse_json(request.body.data(), request.arena);
  if (Deployment* deployment = find(deployment_of(route, parsed ? *parsed : nullptr))) {
    deployment->arrive(clock().steady_now());
    deployment->fault(std::chrono::seconds(retry_after), clock().steady_now());
  }
  const std::string code = std::to_string(status);
  return refuse(request, route.dialect, {status, code, kind_of_error(status), "simulated failure", {}});
}

Deployment* ModelService::find(std::string_view name) {
  std::lock_guard lock(mutex());
  return find_locked(name, false);
}

Deployment* ModelService::find_locked(std::string_view name, bool is_named_by_settings) {
  const auto found = deployments_.find(name);
  if (found != deployments_.end()) return found->second.get();
  if ((only_named_ && !is_named_by_settings) || deployments_.size() == max_deployments) return nullptr;
  auto made = std::make_unique<Deployment>(std::string(name), defaults_);
  return deployments_.emplace(std::string(name), std::move(made)).first->second.get();
}

std::string ModelService::next_id() {
  std::lock_guard lock(mutex());
  return name() + std::to_string(++ids_);
}

bool ModelService::set(std::string_view name, const JsonValue& value) {
  if (name == "deployments") return set_deployments(value);
  if (name == "onlyNamed") {
    if (value.boolean()) only_named_ = *value.boolean();
    return value.boolean().has_value();
  }
  if (!defaults_.set(name, value)) return false;
  for (const auto& [key, deployment] : deployments_) deployment->set(name, value);
  return true;
}

bool ModelService::set_deployments(const JsonValue& value) {
  if (!value.is_object()) return false;
  for (const JsonMember& member : value.members) {
    Deployment* deployment = find_locked(member.name, true);
    if (deployment == nullptr || !member.value.is_object()) return false;
    for (const JsonMember& setting : member.value.members) {
      if (!deployment->set(setting.name, setting.value)) return false;
    }
  }
  return true;
}

void ModelService::write_settings(JsonWriter& writer) {
  defaults_.write(writer);
  writer.member("onlyNamed", only_named_);
  writer.key("deployments");
  writer.begin_object();
  for (const auto& [name, deployment] : deployments_) {
    writer.key(name);
    deployment->write_settings(writer);
  }
  writer.end_object();
}

void ModelService::write_statistics(JsonWriter& writer) {
  writer.begin_object();
  for (const auto& [name, deployment] : deployments_) {
    writer.key(name);
    deployment->write_statistics(writer, clock().steady_now());
  }
  writer.end_object();
}

void ModelService::reset_statistics() {
  for (const auto& [name, deployment] : deployments_) deployment->reset_statistics();
}

}  // namespace sluice::simulated
