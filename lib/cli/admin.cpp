// SPDX-License-Identifier: Apache-2.0
#include "cli/admin.hpp"

#include "base/json.hpp"
#include "cli/transport_metrics.hpp"

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

/// Refusing for longer than this is no moment any more: others should get the requests.
constexpr std::chrono::seconds longest_shedding{2};

constexpr std::string_view plain = "text/plain; charset=utf-8";

}  // namespace

Task<Response> AdminHandler::handle(Request& request) {
  const std::string_view path = request.url.path;
  if (request.method != "GET" && request.method != "HEAD") {
    return text_response(request, 405, plain, "only GET\n");
  }
  if (path == "/metrics") {
    const std::string text =
        telemetry_.scrape() + transport_metrics(runtime_.clock(), served_.statistics(), runtime_.client_statistics(),
                                                runtime_.origin_statistics());
    return text_response(request, 200, "text/plain; version=0.0.4; charset=utf-8", text);
  }
  if (path == "/healthz" || path == "/livez") return text_response(request, 200, plain, "ok\n");
  if (path == "/readyz") return readiness(request);
  if (path == "/generated-keys") {
    if (request.method != "GET") return text_response(request, 405, plain, "only GET\n");
    // Told once: whoever asks first is the operator who has just started the gateway.
    if (keys_told_.exchange(true)) return text_response(request, 410, plain, "the keys have been told already\n");
    return text_response(request, 200, "application/json", generated_keys());
  }
  return text_response(request, 404, plain, "/metrics, /healthz, /livez, /readyz, /generated-keys\n");
}

Response AdminHandler::readiness(Request& request) {
  if (draining_) return text_response(request, 503, plain, "not ready: draining\n");
  if (!gateway_.is_loaded()) return text_response(request, 503, plain, "not ready: nothing is loaded\n");
  if (served_.statistics().shedding_for >= longest_shedding)
    return text_response(request, 503, plain, "not ready: overloaded\n");
  return text_response(request, 200, plain, "ready\n");
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
