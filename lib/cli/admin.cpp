// SPDX-License-Identifier: Apache-2.0
#include "cli/admin.hpp"

#include "base/json.hpp"

namespace sluice::cli {
namespace {

Response text_response(Request& request, int status, std::string_view type, std::string_view text) {
  Response response(request.arena);
  response.status = status;
  response.headers.append_view({"Content-Type"}, type);
  response.headers.append_view({"Cache-Control"}, "no-store");
  response.body = Body::bytes(request.arena.copy(text));
  return response;
}

constexpr std::string_view plain = "text/plain; charset=utf-8";

}  // namespace

Task<Response> AdminHandler::handle(Request& request) {
  const std::string_view path = request.url.path;
  if (request.method != "GET" && request.method != "HEAD") {
    return text_response(request, 405, plain, "only GET\n");
  }
  if (path == "/metrics") {
    return text_response(request, 200, "text/plain; version=0.0.4; charset=utf-8", telemetry_.scrape());
  }
  if (path == "/healthz") return text_response(request, 200, plain, "ok\n");
  if (path == "/readyz") {
    const bool ready = gateway_.is_loaded() && !draining_;
    return text_response(request, ready ? 200 : 503, plain, ready ? "ready\n" : "not ready\n");
  }
  if (path == "/generated-keys") {
    if (request.method != "GET") return text_response(request, 405, plain, "only GET\n");
    // Told once: whoever asks first is the operator who has just started the gateway.
    if (keys_told_.exchange(true)) return text_response(request, 410, plain, "the keys have been told already\n");
    return text_response(request, 200, "application/json", generated_keys());
  }
  return text_response(request, 404, plain, "/metrics, /healthz, /readyz, /generated-keys\n");
}

std::string AdminHandler::generated_keys() {
  JsonWriter writer;
  writer.begin_array();
  for (const auto& key : gateway_.generated_keys()) {
    writer.begin_object();
    writer.member("subscription", std::string_view(key.subscription));
    writer.member("primaryKey", std::string_view(key.primary_key));
    writer.member("secondaryKey", std::string_view(key.secondary_key));
    writer.end_object();
  }
  writer.end_array();
  return std::move(writer).take();
}

}  // namespace sluice::cli
