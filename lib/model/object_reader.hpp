// SPDX-License-Identifier: Apache-2.0
// Checked access to the fields of one JSON object: what is asked for is known, what is of the wrong type is reported
// where it stands, and what nobody asked for is reported at the end. Null counts as absent, as in ARM.
#pragma once

#include "model/data_document.hpp"

#include <sluice/diagnostic.hpp>

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::model {

/// Where findings about one text go.
class Report {
 public:
  Report(const SourceText& source, Diagnostics& diagnostics, SourceLines lines = SourceLines::shown)
      : source_(source), diagnostics_(diagnostics), lines_(lines) {}
  /// The same report for a part that holds secrets.
  Report hiding() const { return Report(source_, diagnostics_, SourceLines::hidden); }
  bool hides() const { return lines_ == SourceLines::hidden; }
  void add(Severity severity, std::string_view code, std::size_t offset, std::string message, std::string hint = {});
  void error(std::string_view code, const JsonValue& at, std::string message, std::string hint = {}) {
    add(Severity::error, code, at.offset, std::move(message), std::move(hint));
  }
  void warning(std::string_view code, const JsonValue& at, std::string message, std::string hint = {}) {
    add(Severity::warning, code, at.offset, std::move(message), std::move(hint));
  }
  void info(std::string_view code, const JsonValue& at, std::string message, std::string hint = {}) {
    add(Severity::info, code, at.offset, std::move(message), std::move(hint));
  }
  const SourceText& source() const { return source_; }

 private:
  const SourceText& source_;
  Diagnostics& diagnostics_;
  SourceLines lines_;
};

std::string_view name_of(JsonKind kind);

/// What to do about fields that nobody asked for.
enum class UnknownFields : std::uint8_t { info, error };

class ObjectReader {
 public:
  /// `what` names the object in messages (`"backend"`); it outlives the reader. A value that is no object is reported
  /// and read as an empty one.
  ObjectReader(const JsonValue& value, std::string_view what, Report& report);

  bool has(std::string_view name) const;
  /// The field's value; null when absent. The field counts as known.
  const JsonValue* find(std::string_view name);
  /// The same, reporting a value of another kind (and giving null for it).
  const JsonValue* find(std::string_view name, JsonKind kind);

  std::string text(std::string_view name, std::string fallback = {});
  /// Reports SL5002 when absent or empty.
  std::string required_text(std::string_view name);
  bool boolean(std::string_view name, bool fallback);
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t least, std::int64_t most);
  std::vector<std::string> texts(std::string_view name);
  /// An ISO 8601 duration (`PT10S`).
  std::optional<std::chrono::milliseconds> duration(std::string_view name);

  /// One of several words, compared without case.
  template <class T>
  T one_of(std::string_view name, std::initializer_list<std::pair<std::string_view, T>> words, T fallback) {
    const JsonValue* value = find(name, JsonKind::string);
    if (value == nullptr) return fallback;
    std::vector<std::string_view> allowed;
    for (const auto& [word, meaning] : words) {
      if (same_word(word, value->text)) return meaning;
      allowed.push_back(word);
    }
    report_word(name, *value, allowed);
    return fallback;
  }

  /// Fields that are known and have no effect here.
  void ignore(std::initializer_list<std::string_view> names);
  /// Fields that are known and would change what happens if this version carried them out: warned of.
  void warn_unsupported(std::initializer_list<std::string_view> names);
  /// Fields that belong in another object, for the hint when they stand here.
  void belongs_in(std::string_view object, std::initializer_list<std::string_view> names) {
    for (std::string_view name : names) elsewhere_.emplace_back(name, object);
  }
  /// Reports a field that must be there. `name` counts as known.
  void missing(std::string_view name, std::string hint = {});
  /// Reports fields that were not asked for, and names that stand twice.
  void finish(UnknownFields unknown = UnknownFields::info);

  const JsonValue& value() const { return value_; }
  Report& report() { return report_; }

 private:
  static bool same_word(std::string_view left, std::string_view right);
  void report_word(std::string_view name, const JsonValue& value, const std::vector<std::string_view>& allowed);
  void wrong_type(std::string_view name, const JsonValue& value, std::string_view wanted);

  const JsonValue& value_;
  std::string_view what_;
  Report& report_;
  std::string hint_for(std::string_view unknown) const;

  std::set<std::string_view> known_;
  std::vector<std::pair<std::string_view, std::string_view>> elsewhere_;
};

}  // namespace sluice::model
