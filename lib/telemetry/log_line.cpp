// SPDX-License-Identifier: Apache-2.0
#include "base/json.hpp"
#include "base/secret_names.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

#include <sluice/telemetry/prometheus.hpp>

namespace sluice::telemetry {
namespace {

constexpr std::size_t longest_line_bytes = 8 * 1024;
constexpr std::size_t longest_field_bytes = 2 * 1024;  ///< Of a value as it stands in the line, escapes included.
constexpr std::size_t longest_name_bytes = 128;
/// Quotes, colon, comma, the closing brace and the mark of a shortened line.
constexpr std::size_t reserved_bytes = 64;

/// The longest start of `text` that takes at most `bytes` as a JSON string.
std::string_view fitting(std::string_view text, std::size_t bytes) {
  std::size_t used = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    // A control byte becomes \u00xx; a byte that is no UTF-8 becomes U+FFFD, three bytes.
    used += byte < 0x20 || byte == 0x7f ? 6 : byte == '"' || byte == '\\' ? 2 : byte >= 0x80 ? 3 : 1;
    if (used > bytes) return text.substr(0, i);
  }
  return text;
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
  const std::string_view shown = fitting(message, longest_field_bytes);
  bool is_cut = shown.size() < message.size();
  writer.member("message", shown);
  for (const Label& field : fields) {
    const std::string_view name = fitting(field.name, longest_name_bytes);
    const bool is_secret = is_secret_name(field.name);  // whoever logs it
    const std::string_view value = is_secret ? "***" : fitting(field.value, longest_field_bytes);
    is_cut = is_cut || name.size() < field.name.size() || (!is_secret && value.size() < field.value.size());
    std::string escaped;
    append_json_string(escaped, value);
    if (writer.text().size() + longest_name_bytes + escaped.size() + reserved_bytes > longest_line_bytes) {
      is_cut = true;
      break;
    }
    writer.key(name);
    writer.raw(escaped);
  }
  if (is_cut) writer.member("truncated", true);
  writer.end_object();
  return std::move(writer).take();
}

}  // namespace sluice::telemetry
