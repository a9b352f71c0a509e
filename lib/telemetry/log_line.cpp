// SPDX-License-Identifier: Apache-2.0
#include "base/json.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

#include <sluice/telemetry/prometheus.hpp>

#include <algorithm>
#include <array>

namespace sluice::telemetry {
namespace {

constexpr std::size_t longest_line_bytes = 8 * 1024;
constexpr std::size_t longest_field_bytes = 2 * 1024;

/// Fields whose values are secrets, whoever logs them.
bool is_secret_name(std::string_view name) {
  static constexpr std::array<std::string_view, 8> parts = {"authorization", "cookie", "api-key", "apikey",
                                                            "subscription-key", "token", "password", "secret"};
  const std::string lower = to_lower(name);
  return std::any_of(parts.begin(), parts.end(), [&](auto part) { return lower.find(part) != std::string::npos; });
}

std::string_view level_name(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warning: return "warning";
    case LogLevel::error: return "error";
  }
  return "info";
}

}  // namespace

std::string log_line(WallTime time, LogLevel level, std::string_view message, std::span<const Label> fields) {
  JsonWriter writer;
  writer.begin_object();
  writer.member("time", std::string_view(format_instant(time)));
  writer.member("level", level_name(level));
  writer.member("message", message.substr(0, longest_field_bytes));
  for (const Label& field : fields) {
    if (writer.text().size() + field.name.size() + 2 * longest_field_bytes > longest_line_bytes) {
      writer.member("truncated", true);
      break;
    }
    writer.member(field.name, is_secret_name(field.name) ? std::string_view("***") : field.value.substr(0, longest_field_bytes));
  }
  writer.end_object();
  return std::move(writer).take();
}

}  // namespace sluice::telemetry
