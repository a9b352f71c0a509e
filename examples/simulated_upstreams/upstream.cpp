// SPDX-License-Identifier: Apache-2.0
#include "upstream.hpp"

namespace sluice::simulated {
namespace {

class CutStream final : public BodyStream {
 public:
  explicit CutStream(std::string text) : text_(std::move(text)) {}
  Task<BodyChunk> read() override {
    if (std::exchange(given_, true)) return BodyChunk(fail(ErrorCode::backend_connection_failure));
    return BodyChunk(std::string_view(text_).substr(0, text_.size() / 2));
  }
  void cancel() override {}

 private:
  std::string text_;
  bool given_ = false;
};

}  // namespace

Body cut_body(std::string_view text) { return Body::stream(std::make_unique<CutStream>(std::string(text))); }

Task<Response> Upstream::handle(Request& request) {
  auto read = co_await buffer_body(request.body, request.arena, max_body_bytes, ErrorCode::request_body_too_large);
  if (!read) co_return error(request, read.error().status(), "BodyUnreadable", read.error().message());
  if (request.url.path.substr(0, 9) == "/_control") co_return control(request);
  note(request);
  CommonSettings now;
  const bool fails = takes_failure(now);
  if (now.stall) {
    co_await clock_.wait_for(std::chrono::hours(1), request.cancellation);
    co_return error(request, 503, "Stalled", "the simulated stall has ended");
  }
  if (now.delay_ms > 0) co_await clock_.wait_for(std::chrono::milliseconds(now.delay_ms), request.cancellation);
  if (fails) {
    Response response = fault(request, static_cast<int>(now.fail_status), now.fail_retry_after);
    if (now.fail_retry_after > 0) response.headers.set("Retry-After", std::to_string(now.fail_retry_after));
    response.headers.set("x-upstream", name_);
    co_return response;
  }
  Response response = co_await serve(request);
  response.headers.set("x-upstream", name_);
  if (now.cut && response.body.is_bytes()) response.body = cut_body(response.body.data());
  co_return response;
}

bool Upstream::takes_failure(CommonSettings& now) {
  std::lock_guard lock(mutex_);
  ++served_;
  now = common_;
  if (common_.fail_status == 0 || common_.fail_count == 0) return false;
  if (common_.fail_count > 0) --common_.fail_count;
  return true;
}

void Upstream::note(const Request& request) {
  std::lock_guard lock(mutex_);
  if (log_.size() == max_logged) log_.pop_front();
  std::string path(request.url.path);
  if (!request.url.query.empty()) path += "?" + std::string(request.url.query);
  Logged logged{std::string(request.method), std::move(path), std::string(request.body.data()), {}};
  for (const Header& line : request.headers) logged.headers.emplace_back(line.name, line.value);
  log_.push_back(std::move(logged));
}

Response Upstream::control(Request& request) {
  if (request.url.path == "/_control/requests") return control_requests(request);
  if (request.url.path == "/_control/statistics") return control_statistics(request);
  if (request.url.path != "/_control") return error(request, 404, "NotFound", "there is no such control");
  if (request.method == "PUT") {
    const std::string problem = change(request.body.data());
    return problem.empty() ? json(request, 200, "{}") : error(request, 400, "BadRequest", problem);
  }
  JsonWriter writer;
  writer.begin_object();
  writer.member("name", std::string_view(name_));
  {
    std::lock_guard lock(mutex_);
    writer.member("served", served_);
    writer.member("delayMs", common_.delay_ms);
    writer.member("failStatus", common_.fail_status);
    writer.member("failCount", common_.fail_count);
    writer.member("failRetryAfter", common_.fail_retry_after);
    writer.member("cut", common_.cut);
    writer.member("stall", common_.stall);
    write_settings(writer);
  }
  writer.end_object();
  return json(request, 200, writer.text());
}

Response Upstream::control_requests(Request& request) {
  std::lock_guard lock(mutex_);
  if (request.method == "DELETE") log_.clear();
  JsonWriter writer;
  writer.begin_array();
  for (const Logged& logged : log_) {
    writer.begin_object();
    writer.member("method", std::string_view(logged.method));
    writer.member("path", std::string_view(logged.path));
    writer.key("headers");
    writer.begin_object();
    for (const auto& [name, value] : logged.headers) writer.member(name, std::string_view(value));
    writer.end_object();
    writer.member("body", std::string_view(logged.body));
    writer.end_object();
  }
  writer.end_array();
  return json(request, 200, writer.text());
}

Response Upstream::control_statistics(Request& request) {
  std::lock_guard lock(mutex_);
  if (request.method == "DELETE") reset_statistics();
  JsonWriter writer;
  write_statistics(writer);
  return json(request, 200, writer.text());
}

void Upstream::write_statistics(JsonWriter& writer) {
  writer.begin_object();
  writer.member("served", served_);
  writer.end_object();
}

Response Upstream::fault(Request& request, int status, std::int64_t) {
  return error(request, status, std::to_string(status), "simulated failure");
}

std::string Upstream::change(std::string_view settings) {
  Arena arena;
  const auto parsed = parse_json(settings, arena);
  if (!parsed) return parsed.error().message;
  if (!(*parsed)->is_object()) return "a JSON object is wanted";
  std::lock_guard lock(mutex_);
  for (const JsonMember& member : (*parsed)->members) {
    if (set_common(member.name, member.value) || set(member.name, member.value)) continue;
    return "'" + std::string(member.name) + "' is no setting of " + name_ + ", or its value is wrong";
  }
  return {};
}

bool Upstream::set_common(std::string_view name, const JsonValue& value) {
  const auto number = [&](std::string_view wanted, std::int64_t& into) {
    if (name != wanted || !value.integer()) return false;
    into = *value.integer();
    return true;
  };
  const auto truth = [&](std::string_view wanted, bool& into) {
    if (name != wanted || !value.boolean()) return false;
    into = *value.boolean();
    return true;
  };
  return number("delayMs", common_.delay_ms) || number("failStatus", common_.fail_status) ||
         number("failCount", common_.fail_count) || number("failRetryAfter", common_.fail_retry_after) ||
         truth("cut", common_.cut) || truth("stall", common_.stall);
}

Response Upstream::json(Request& request, int status, std::string_view text) const {
  Response response(request.arena);
  response.status = status;
  response.headers.append_view({"Content-Type"}, "application/json");
  response.body = Body::bytes(request.arena.copy(text));
  return response;
}

Response Upstream::error(Request& request, int status, std::string_view code, std::string_view message) const {
  JsonWriter writer;
  writer.begin_object();
  writer.key("error");
  writer.begin_object();
  writer.member("code", code);
  writer.member("message", message);
  writer.end_object();
  writer.end_object();
  return json(request, status, writer.text());
}

}  // namespace sluice::simulated
