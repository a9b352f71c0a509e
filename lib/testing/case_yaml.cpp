// SPDX-License-Identifier: Apache-2.0
#include "testing/case_yaml.hpp"

#include "base/json.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace sluice::testing {
namespace {

/// A plain scalar that JSON would write without quotes.
bool is_json_literal(const YAML::Node& node) {
  if (node.Tag() == "!") return false;  // Quoted.
  const std::string& text = node.Scalar();
  if (text == "true" || text == "false") return true;
  if (!parse_double(text)) return false;
  Arena arena(256);
  return parse_json(text, arena).has_value();
}

void write_json(JsonWriter& writer, const YAML::Node& node) {
  switch (node.Type()) {
    case YAML::NodeType::Undefined:
    case YAML::NodeType::Null: writer.null(); break;
    case YAML::NodeType::Scalar:
      if (is_json_literal(node)) {
        writer.raw(node.Scalar());
      } else {
        writer.value(std::string_view(node.Scalar()));
      }
      break;
    case YAML::NodeType::Sequence:
      writer.begin_array();
      for (const YAML::Node& item : node) write_json(writer, item);
      writer.end_array();
      break;
    case YAML::NodeType::Map:
      writer.begin_object();
      for (const auto& member : node) {
        writer.key(member.first.Scalar());
        write_json(writer, member.second);
      }
      writer.end_object();
      break;
  }
}

}  // namespace

int line_of(const YAML::Node& node) { return node.IsDefined() ? node.Mark().line + 1 : 0; }
bool is_null(const YAML::Node& node) { return node.IsDefined() && node.IsNull(); }

std::optional<std::chrono::milliseconds> parse_case_duration(std::string_view text) {
  const std::size_t unit = text.find_first_not_of("0123456789");
  if (unit == 0 || unit == std::string_view::npos) return std::nullopt;
  const auto number = parse_unsigned(text.substr(0, unit));
  if (!number || *number > 1'000'000'000) return std::nullopt;
  const auto count = static_cast<std::int64_t>(*number);
  const std::string_view name = text.substr(unit);
  if (name == "ms") return std::chrono::milliseconds(count);
  if (name == "s") return std::chrono::seconds(count);
  if (name == "m") return std::chrono::minutes(count);
  if (name == "h") return std::chrono::hours(count);
  return std::nullopt;
}

std::string to_json(const YAML::Node& node) {
  JsonWriter writer;
  write_json(writer, node);
  return std::move(writer).take();
}

CaseMap::CaseMap(const YAML::Node& node, std::string what, CaseFindings& findings)
    : node_(node), what_(std::move(what)), findings_(findings) {
  if (node.IsDefined() && !node.IsMap() && !node.IsNull()) report(node, what_ + " must be a mapping");
}

YAML::Node CaseMap::find(std::string_view key) {
  known_.emplace_back(key);
  if (!node_.IsDefined() || !node_.IsMap()) return YAML::Node(YAML::NodeType::Undefined);
  for (const auto& member : node_) {
    if (member.first.Scalar() == key) return member.second;
  }
  return YAML::Node(YAML::NodeType::Undefined);
}

bool CaseMap::has(std::string_view key) const {
  if (!node_.IsDefined() || !node_.IsMap()) return false;
  return std::any_of(node_.begin(), node_.end(), [&](const auto& member) { return member.first.Scalar() == key; });
}

std::optional<std::string> CaseMap::optional_text(std::string_view key) {
  const YAML::Node value = find(key);
  if (!value || is_null(value)) return std::nullopt;
  if (value.IsScalar()) return value.Scalar();
  report(value, "'" + std::string(key) + "' of " + what_ + " must be a text");
  return std::nullopt;
}

std::string CaseMap::text(std::string_view key, std::string fallback) {
  return optional_text(key).value_or(std::move(fallback));
}

bool CaseMap::boolean(std::string_view key, bool fallback) {
  const auto value = optional_text(key);
  if (!value) return fallback;
  const auto truth = parse_boolean(*value);
  if (!truth) report(find(key), "'" + std::string(key) + "' of " + what_ + " must be true or false");
  return truth.value_or(fallback);
}

std::optional<std::int64_t> CaseMap::integer(std::string_view key) {
  const auto value = optional_text(key);
  if (!value) return std::nullopt;
  const auto number = parse_integer(*value);
  if (!number) report(find(key), "'" + std::string(key) + "' of " + what_ + " must be a whole number");
  return number;
}

std::chrono::milliseconds CaseMap::duration(std::string_view key, std::chrono::milliseconds fallback) {
  const auto value = optional_text(key);
  if (!value) return fallback;
  const auto length = parse_case_duration(*value);
  if (!length)
    report(find(key), "'" + std::string(key) + "' of " + what_ + " must be a duration such as 500ms, 2s, 1m");
  return length.value_or(fallback);
}

std::vector<std::string> CaseMap::texts(std::string_view key) {
  std::vector<std::string> result;
  const YAML::Node value = find(key);
  if (!value || is_null(value)) return result;
  if (value.IsScalar()) return {value.Scalar()};
  if (!value.IsSequence()) report(value, "'" + std::string(key) + "' of " + what_ + " must be a list of texts");
  for (const YAML::Node& item : value) {
    if (item.IsScalar()) result.push_back(item.Scalar());
  }
  return result;
}

void CaseMap::finish() {
  if (!node_.IsDefined() || !node_.IsMap()) return;
  std::vector<std::string> seen;
  for (const auto& member : node_) {
    const std::string& key = member.first.Scalar();
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
      report(member.first, "unknown key '" + key + "' in " + what_);
    }
    if (std::find(seen.begin(), seen.end(), key) != seen.end())
      report(member.first, "the key '" + key + "' stands twice");
    seen.push_back(key);
  }
}

}  // namespace sluice::testing
