// SPDX-License-Identifier: Apache-2.0
#include "service_head.hpp"

#include "base/json.hpp"

#include <cmath>

namespace sluice::simulated {
namespace {

std::int64_t rounded_up(Capacity::Duration wait, std::int64_t unit_us) {
  return (wait.count() + unit_us - 1) / unit_us;
}

/// Azure tells whole seconds, OpenAI `1m30s`, `2s` or `120ms`.
std::string reset_text(Dialect dialect, Capacity::Duration wait) {
  const std::int64_t seconds = rounded_up(wait, 1'000'000);
  if (dialect != Dialect::openai) return std::to_string(seconds);
  if (wait < std::chrono::seconds(1)) return std::to_string(rounded_up(wait, 1000)) + "ms";
  const std::string rest = std::to_string(seconds % 60) + "s";
  return seconds < 60 ? rest : std::to_string(seconds / 60) + "m" + rest;
}

void write_openai_error(JsonWriter& writer, const Refusal& refusal) {
  const auto text_or_null = [&](std::string_view name, std::string_view text) {
    writer.key(name);
    if (text.empty())
      writer.null();
    else
      writer.value(text);
  };
  writer.member("message", std::string_view(refusal.message));
  text_or_null("type", refusal.type);
  text_or_null("param", refusal.parameter);
  text_or_null("code", refusal.code);
}

}  // namespace

std::string refusal_body(Dialect dialect, const Refusal& refusal) {
  JsonWriter writer;
  writer.begin_object();
  if (dialect == Dialect::anthropic) writer.member("type", "error");
  writer.key("error");
  writer.begin_object();
  if (dialect == Dialect::anthropic) {
    writer.member("type", refusal.type);
    writer.member("message", std::string_view(refusal.message));
  } else if (dialect == Dialect::openai || !refusal.parameter.empty()) {
    write_openai_error(writer, refusal);
  } else {
    writer.member("code", refusal.code);
    writer.member("message", std::string_view(refusal.message));
  }
  writer.end_object();
  writer.end_object();
  return std::move(writer).take();
}

Refusal throttled(Dialect dialect, const Capacity::Verdict& verdict) {
  const std::string seconds = std::to_string(rounded_up(verdict.wait, 1'000'000));
  const std::string_view what = verdict.by_requests ? "requests" : "tokens";
  std::string message =
      "The deployment is over its limit of " + std::string(what) + ". Please retry after " + seconds + " seconds.";
  if (dialect == Dialect::anthropic) return {429, {}, "rate_limit_error", std::move(message), {}};
  if (dialect == Dialect::openai) return {429, "rate_limit_exceeded", what, std::move(message), {}};
  return {429, "429", what, std::move(message), {}};
}

void add_retry_after(Headers& headers, Dialect dialect, Capacity::Duration wait) {
  headers.set("Retry-After", std::to_string(rounded_up(wait, 1'000'000)));
  if (dialect != Dialect::anthropic) headers.set("retry-after-ms", std::to_string(rounded_up(wait, 1000)));
}

void add_capacity(Headers& headers, Dialect dialect, bool is_reserved, const Capacity::State& state) {
  if (is_reserved) {
    const double percent = std::round(state.utilization * 1000) / 10;
    std::string text = std::to_string(percent);
    headers.set("azure-openai-deployment-utilization", text.substr(0, text.find('.') + 2) + "%");
    return;
  }
  const auto limits = [&](std::string_view what, std::int64_t limit, std::int64_t left) {
    const auto name = [&](const char* part) {
      return dialect == Dialect::anthropic ? "anthropic-ratelimit-" + std::string(what) + "-" + part
                                           : "x-ratelimit-" + std::string(part) + "-" + std::string(what);
    };
    headers.set(std::string_view(name("limit")), std::to_string(limit));
    headers.set(std::string_view(name("remaining")), std::to_string(left));
    if (dialect != Dialect::anthropic) headers.set(std::string_view(name("reset")), reset_text(dialect, state.reset));
  };
  limits("requests", state.request_limit, state.requests_left);
  limits("tokens", state.token_limit, state.tokens_left);
}

}  // namespace sluice::simulated
