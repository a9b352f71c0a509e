// SPDX-License-Identifier: Apache-2.0
#include "model/object_reader.hpp"

#include "base/text.hpp"
#include "base/time.hpp"
#include "model/bounds.hpp"

#include <algorithm>

namespace sluice::model {

void Report::add(Severity severity, std::string_view code, std::size_t offset, std::string message, std::string hint) {
  Diagnostic found = source_.diagnostic(severity, code, offset, token_length(source_.text(), offset),
                                        std::move(message), std::move(hint));
  if (hides()) found.source_line.clear();
  diagnostics_.add(std::move(found));
}

std::string_view name_of(JsonKind kind) {
  switch (kind) {
    case JsonKind::null: return "null";
    case JsonKind::boolean: return "true or false";
    case JsonKind::number: return "a number";
    case JsonKind::string: return "a string";
    case JsonKind::array: return "an array";
    case JsonKind::object: return "an object";
  }
  return "null";
}

ObjectReader::ObjectReader(const JsonValue& value, std::string_view what, Report& report)
    : value_(value), what_(what), report_(report) {
  if (!value.is_object()) {
    report_.error("SL5003", value, std::string(what) + " must be an object, found " + std::string(name_of(value.kind)));
  }
}

bool ObjectReader::has(std::string_view name) const {
  const JsonValue* found = value_.find(name);
  return found != nullptr && !found->is_null();
}

const JsonValue* ObjectReader::find(std::string_view name) {
  known_.insert(name);
  const JsonValue* found = value_.find(name);
  return found == nullptr || found->is_null() ? nullptr : found;
}

const JsonValue* ObjectReader::find(std::string_view name, JsonKind kind) {
  const JsonValue* found = find(name);
  if (found == nullptr || found->kind == kind) return found;
  wrong_type(name, *found, name_of(kind));
  return nullptr;
}

std::string ObjectReader::text(std::string_view name, std::string fallback) {
  const JsonValue* found = find(name, JsonKind::string);
  return found == nullptr ? std::move(fallback) : std::string(found->text);
}

std::string ObjectReader::required_text(std::string_view name) {
  if (!has(name)) {
    missing(name);
    return {};
  }
  const JsonValue* found = find(name, JsonKind::string);
  if (found == nullptr) return {};
  if (trim(found->text).empty()) {
    report_.error("SL5002", *found, "'" + std::string(name) + "' of " + std::string(what_) + " must not be empty");
  }
  return std::string(found->text);
}

bool ObjectReader::boolean(std::string_view name, bool fallback) {
  const JsonValue* found = find(name, JsonKind::boolean);
  return found == nullptr ? fallback : found->truth;
}

std::optional<std::int64_t> ObjectReader::integer(std::string_view name, std::int64_t least, std::int64_t most) {
  const JsonValue* found = find(name);
  if (found == nullptr) return std::nullopt;
  const std::optional<std::int64_t> number = found->integer();
  if (number && *number >= least && *number <= most) return number;
  wrong_type(name, *found, "an integer from " + std::to_string(least) + " to " + std::to_string(most));
  return std::nullopt;
}

std::vector<std::string> ObjectReader::texts(std::string_view name) {
  std::vector<std::string> all;
  const JsonValue* found = find(name, JsonKind::array);
  if (found == nullptr) return all;
  for (const JsonValue& item : found->items) {
    if (item.is_string()) {
      all.emplace_back(item.text);
    } else {
      wrong_type(name, item, "an array of strings");
    }
  }
  return all;
}

std::optional<std::chrono::milliseconds> ObjectReader::duration(std::string_view name) {
  const JsonValue* found = find(name, JsonKind::string);
  if (found == nullptr) return std::nullopt;
  const auto parsed = parse_iso_duration(found->text);
  if (parsed && parsed->count() >= 0) return std::chrono::duration_cast<std::chrono::milliseconds>(*parsed);
  wrong_type(name, *found, "an ISO 8601 duration such as PT10S");
  return std::nullopt;
}

void ObjectReader::ignore(std::initializer_list<std::string_view> names) { known_.insert(names.begin(), names.end()); }

void ObjectReader::warn_unsupported(std::initializer_list<std::string_view> names) {
  for (std::string_view name : names) {
    if (const JsonValue* found = find(name)) {
      report_.warning("SL5004", *found,
                      "'" + std::string(name) + "' of " + std::string(what_) + " is not carried out by this version");
    }
  }
}

void ObjectReader::missing(std::string_view name, std::string hint) {
  known_.insert(name);
  if (!value_.is_object()) return;  // Said already.
  report_.error("SL5002", value_, "'" + std::string(name) + "' is missing in " + std::string(what_), std::move(hint));
}

void ObjectReader::finish(UnknownFields unknown) {
  std::set<std::string_view> met;
  std::size_t reported = 0;
  for (const JsonMember& member : value_.members) {
    const std::string quoted = "'" + std::string(member.name) + "'";
    if (reported >= findings_per_file) break;
    if (!met.insert(member.name).second) {
      ++reported;
      report_.add(Severity::error, "SL5006", member.name_offset, quoted + " stands twice in " + std::string(what_));
      continue;
    }
    if (known_.count(member.name) != 0) continue;
    ++reported;
    report_.add(unknown == UnknownFields::error ? Severity::error : Severity::info, "SL5004", member.name_offset,
                quoted + " is not a known field of " + std::string(what_), hint_for(member.name));
  }
}

std::string ObjectReader::hint_for(std::string_view unknown) const {
  for (const auto& [name, object] : elsewhere_) {
    if (name == unknown) return "it belongs in '" + std::string(object) + "'";
  }
  const std::string_view near = nearest_name(unknown, {known_.begin(), known_.end()});
  return near.empty() ? std::string() : "did you mean '" + std::string(near) + "'?";
}

bool ObjectReader::same_word(std::string_view left, std::string_view right) {
  return left.size() == right.size() &&
         std::equal(left.begin(), left.end(), right.begin(), [](char a, char b) { return to_lower(a) == to_lower(b); });
}

void ObjectReader::report_word(std::string_view name, const JsonValue& value,
                               const std::vector<std::string_view>& allowed) {
  std::string message = "'" + std::string(name) + "' of " + std::string(what_) + " must be one of";
  for (std::size_t i = 0; i < allowed.size(); ++i) {
    message += (i == 0 ? " " : ", ") + std::string(allowed[i]);
  }
  const std::string_view near = nearest_name(value.text, allowed);
  report_.error("SL5003", value, message + "; found '" + std::string(value.text) + "'",
                near.empty() ? std::string() : "did you mean '" + std::string(near) + "'?");
}

void ObjectReader::wrong_type(std::string_view name, const JsonValue& value, std::string_view wanted) {
  std::string found(name_of(value.kind));
  if ((value.is_number() || value.is_string()) && !report_.hides()) found = "'" + std::string(value.text) + "'";
  report_.error(
      "SL5003", value,
      "'" + std::string(name) + "' of " + std::string(what_) + " must be " + std::string(wanted) + ", found " + found);
}

}  // namespace sluice::model
