// SPDX-License-Identifier: Apache-2.0
#include "http/local_answer.hpp"

#include "base/text.hpp"
#include "http/head_writer.hpp"

namespace sluice::http {
namespace {

/// Max-Forwards on OPTIONS (P5): true when this server is the last to see the request. Who forwards it counts down.
bool is_last_hop(const Request& request) {
  return request.method == "OPTIONS" && parse_unsigned(request.headers.get("max-forwards")) == 0u;
}

void make_json(Response& response, int status, std::string_view body) {
  response.status = status;
  response.reason = {};
  response.headers.clear();
  response.headers.append_view("Content-Type", "application/json");
  response.body = Body::bytes(body);
}

}  // namespace

bool answer_locally(const Request& request, Response& response) {
  if (request.url.path != "*" && !is_last_hop(request)) return false;
  response.status = 204;
  return true;
}

void make_internal_error(Response& response) {
  make_json(response, 500, R"({ "statusCode": 500, "message": "Internal server error" })");
}

void make_refusal(const Refusal& refusal, Response& response) {
  make_json(response, refusal.status, response.headers.arena().copy(refusal_body(refusal.status, refusal.message)));
}

}  // namespace sluice::http
