// SPDX-License-Identifier: Apache-2.0
#include "management/management.hpp"

#include "base/crypto.hpp"
#include "base/text.hpp"
#include "base/url.hpp"
#include "management/bounds.hpp"
#include "management/exchange.hpp"
#include "management/resource_path.hpp"

namespace sluice::management {
namespace {

Answer refused(const Failure& failure) { return {failure.status, error_body(failure), {}, {}}; }

/// The service itself, so that clients which ask for it first go on.
Answer service(const ResourcePath& path, const std::string& location) {
  JsonWriter writer;
  writer.begin_object();
  writer.member("id", std::string_view(path.service));
  writer.member("name", std::string_view(path.service_name));
  writer.member("type", "Microsoft.ApiManagement/service");
  writer.member("location", std::string_view(location));
  writer.key("sku");
  writer.begin_object();
  writer.member("name", "Developer");
  writer.member("capacity", 1);
  writer.end_object();
  writer.key("properties");
  writer.begin_object();
  writer.member("provisioningState", "Succeeded");
  writer.end_object();
  writer.end_object();
  return {200, std::move(writer).take(), {}, {}};
}

std::optional<SubscriptionKeys> no_keys(const std::string&, const std::string&) { return std::nullopt; }

std::string change_line(const Call& call, const ResourcePath& path, int status) {
  std::string line(call.method);
  for (std::size_t i = 0; i < path.segments.size(); ++i) line += (i == 0 ? ' ' : '/') + path.segments[i];
  return line + ": " + std::to_string(status);
}

Response response_of(const Answer& answer, Request& request) {
  Response response(request.arena);
  response.status = answer.status;
  response.headers.append_view({"Cache-Control"}, "no-store");
  if (!answer.etag.empty()) response.headers.append({"ETag"}, answer.etag);
  if (!answer.allow.empty()) response.headers.append({"Allow"}, answer.allow);
  if (answer.status == 401) response.headers.append_view({"WWW-Authenticate"}, "Bearer");
  if (answer.body.empty()) return response;
  response.headers.append_view({"Content-Type"}, "application/json; charset=utf-8");
  response.body = Body::bytes(request.arena.copy(answer.body));
  return response;
}

}  // namespace

Management::Management(ManagementOptions options)
    : options_(std::move(options)),
      services_{options_.random != nullptr ? *options_.random : own_random_, options_.keys ? options_.keys : no_keys},
      store_(options_.store) {}

bool Management::is_authorised(std::string_view authorization) const {
  constexpr std::string_view scheme = "Bearer ";
  if (options_.token.empty() || authorization.size() < scheme.size()) return false;
  if (!equal_ignoring_case(authorization.substr(0, scheme.size()), scheme)) return false;
  return equal_in_constant_time(authorization.substr(scheme.size()), options_.token);
}

Answer Management::answer(const Call& call) {
  if (!is_authorised(call.authorization)) {
    return refused({401, "AuthenticationFailed", "A bearer token of this management interface is wanted.", {}});
  }
  return answer_authorised(call);
}

Answer Management::answer_authorised(const Call& call) {
  const std::optional<ResourcePath> path = parse_resource_path(call.path);
  if (!path) {
    return refused(
        {404,
         "ResourceNotFound",
         "Resources are below /subscriptions/{}/resourceGroups/{}/providers/Microsoft.ApiManagement/service/{}.",
         {}});
  }
  Arena arena;
  if (query_value(call.query, "api-version", arena).value_or("").empty()) {
    return refused({400, "MissingApiVersionParameter", "The query wants an 'api-version'.", {}});
  }
  if (path->segments.empty()) {
    if (call.method == "GET") return service(*path, options_.location);
    Answer answer = refused({405, "MethodNotAllowed", "The service itself is the host's settings.", {}});
    answer.allow = "GET";
    return answer;
  }
  Exchange exchange(call, *path, store_, services_);
  const Outcome<Answer> answer = exchange.run();
  if (!answer) return refused(answer.error());
  if (exchange.has_changed() && options_.on_change) options_.on_change(change_line(call, *path, answer->status));
  return *answer;
}

Task<Response> Management::handle(Request& request) {
  const std::string_view authorization = request.headers.get({"Authorization"});
  // Nobody else gets to send a body.
  if (request.headers.count({"Authorization"}) != 1 || !is_authorised(authorization)) {
    co_return response_of(answer({}), request);
  }
  const Result<void> buffered =
      co_await buffer_body(request.body, request.arena, request_bytes, ErrorCode::request_body_too_large);
  if (!buffered) {
    const bool is_too_large = buffered.error().code() == ErrorCode::request_body_too_large;
    co_return response_of(
        refused(
            is_too_large
                ? Failure{413, "RequestTooLarge", "A body has at most " + std::to_string(request_bytes) + " bytes.", {}}
                : Failure{400, "InvalidRequestContent", "The body did not arrive whole.", {}}),
        request);
  }
  Call call;
  call.method = request.method;
  call.path = request.url.path;
  call.query = request.url.query;
  call.body = request.body.data();
  call.if_match = request.headers.get({"If-Match"});
  call.if_none_match = request.headers.get({"If-None-Match"});
  call.origin = request.arena.concat({request.url.scheme, "://", request.url.authority(request.arena)});
  co_return response_of(answer_authorised(call), request);
}

}  // namespace sluice::management
