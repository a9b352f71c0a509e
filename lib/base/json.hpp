// SPDX-License-Identifier: Apache-2.0
// JSON, RFC 8259: a strict reader into an arena, and a writer. For configuration, specifications and bodies that
// policies of our own read. (Expressions have Json.NET's model, which is laxer and mutable: expression/library/json.)
#pragma once

#include <sluice/arena.hpp>
#include <tl/expected.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice {

enum class JsonKind : std::uint8_t { null, boolean, number, string, array, object };

class JsonValue;
struct JsonMember;

/// One value, immutable, in the arena of the parse (JsonText). Its text is decoded; numbers keep their text.
class JsonValue {
 public:
  JsonKind kind = JsonKind::null;
  bool truth = false;                   ///< Booleans.
  std::uint32_t offset = 0;             ///< Where the value starts in the text.
  std::string_view text;                ///< Strings: decoded. Numbers: as written.
  std::span<const JsonValue> items;     ///< Arrays.
  std::span<const JsonMember> members;  ///< Objects, in order.

  bool is_object() const { return kind == JsonKind::object; }
  bool is_array() const { return kind == JsonKind::array; }
  bool is_string() const { return kind == JsonKind::string; }
  bool is_number() const { return kind == JsonKind::number; }
  bool is_null() const { return kind == JsonKind::null; }

  /// The last member of that name (exact), or null. Null for other kinds.
  const JsonValue* find(std::string_view name) const;
  /// The value at a path of member names; null when a step is missing.
  const JsonValue* at(std::initializer_list<std::string_view> path) const;
  std::optional<std::string_view> string() const;
  std::optional<bool> boolean() const;
  std::optional<double> number() const;
  /// A number without fraction and exponent that fits.
  std::optional<std::int64_t> integer() const;
};

struct JsonMember {
  std::string_view name;
  std::uint32_t name_offset;
  JsonValue value;
};

struct JsonError {
  std::uint32_t offset;
  std::string message;
};

struct JsonLimits {
  unsigned depth = 64;            ///< L15
  std::size_t members = 100'000;  ///< L15: values in all.
};

/// Where names, numbers and strings without escapes are: in the arena, or in the text, which then outlives the values.
enum class JsonText : std::uint8_t { copied, viewed };

/// Parses a whole text. A byte-order mark at its start is skipped.
tl::expected<const JsonValue*, JsonError> parse_json(std::string_view text, Arena& arena, const JsonLimits& limits = {},
                                                     JsonText texts = JsonText::copied);

/// The text of the last member `name` of the object `root`, as it stands in `text`, which `root` was parsed from; empty
/// when it has none.
std::string_view member_text(const JsonValue& root, std::string_view name, std::string_view text);

/// Appends `text` as a JSON string with quotes. Invalid UTF-8 becomes U+FFFD.
void append_json_string(std::string& to, std::string_view text);

/// Writes JSON on one line, or indented by two blanks.
class JsonWriter {
 public:
  explicit JsonWriter(bool indented = false) : indented_(indented) {}
  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }
  void key(std::string_view name);
  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); }
  void value(std::int64_t number);
  void value(int number) { value(static_cast<std::int64_t>(number)); }
  void value(double number);
  void value(bool truth);
  void null();
  /// A value that is JSON already.
  void raw(std::string_view json);
  template <class T>
  void member(std::string_view name, const T& item) {
    key(name);
    value(item);
  }
  std::string take() && { return std::move(out_); }
  const std::string& text() const { return out_; }

 private:
  void open(char bracket);
  void close(char bracket);
  void separate();
  void new_line();

  std::string out_;
  unsigned depth_ = 0;
  bool indented_;
  bool first_ = true;
  bool after_key_ = false;
};

}  // namespace sluice
