// SPDX-License-Identifier: Apache-2.0
// The `properties` of a resource: merged, cut and hidden on their way between callers and files. Values are JSON texts
// of objects, so that what a reader does not know is kept as it is.
#pragma once

#include "base/json.hpp"
#include "management/failure.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::management {

/// A JSON object with the text and the memory it stands in.
class Properties {
 public:
  Properties() : Properties("{}") {}
  /// An object's text; anything else counts as an empty object.
  explicit Properties(std::string text);
  static Properties of(const JsonValue& object);

  const JsonValue& value() const { return *state_->root; }
  const std::string& text() const { return state_->text; }
  /// Null when absent, or null.
  const JsonValue* find(std::string_view name) const;
  /// The text of a string; empty when there is none.
  std::string string(std::string_view name) const;
  bool boolean(std::string_view name, bool fallback) const;
  /// The member as JSON; `null` when there is none.
  std::string json(std::string_view name) const;

  /// RFC 7396: members of `patch` replace those here, null takes one away, objects are merged.
  Properties merged(const JsonValue& patch) const;
  /// With a member set to a JSON text.
  Properties with(std::string_view name, std::string_view json) const;
  Properties with_string(std::string_view name, std::string_view text) const;
  Properties without(std::initializer_list<std::string_view> names) const;
  /// Without the strings at these paths (`value`, `proxy.password`), except those that only name a named value: they
  /// hold no secret themselves.
  Properties hiding(std::span<const std::string_view> paths) const;

 private:
  struct State {
    std::string text;
    Arena arena;
    const JsonValue* root = nullptr;
  };
  std::shared_ptr<const State> state_;
};

/// The properties in an information file: under `properties`, or the whole of a file without (pools by URL).
/// **Errors**: 500 when the file is no JSON.
Outcome<Properties> read_properties_of(std::string_view file_text, std::string_view file_name);
/// The text of an information file.
std::string information_text(const Properties& properties);

}  // namespace sluice::management
