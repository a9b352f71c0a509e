// SPDX-License-Identifier: Apache-2.0
// The mutable JSON tree of Json.NET: tokens in the arena, each with its parent.
#pragma once

#include "expression/objects.hpp"

#include <string>
#include <string_view>

namespace sluice::expression {

/// JTokenType, with Json.NET's numbers.
enum class JsonType : std::int32_t {
  none,
  object,
  array,
  constructor,
  property,
  comment,
  integer,
  floating,
  string,
  boolean,
  null,
  undefined,
  date,
  raw,
  bytes,
  guid,
  uri,
  time_span
};

struct JsonToken : Object {
  JsonToken* parent;
};

/// A scalar. `kind` tells null from undefined and comment; the rest follows from the value.
struct JsonScalar : JsonToken {
  Value value;
  JsonType kind;
};

struct JsonProperty : JsonToken {
  std::string_view name;
  JsonToken* value;
};

class JsonIndex;

/// Array or object; an object's items are properties.
struct JsonContainer : JsonToken {
  JsonToken** items;
  std::uint32_t count;
  std::uint32_t capacity;
  std::uint32_t version;  ///< Changes when an item is added or taken out.
  JsonIndex* index;       ///< Of a wide object.
};

inline TokenRole json_kind(const Object* object) { return static_cast<const Type*>(object->type)->json; }
inline bool is_json_object(const JsonToken* token) { return json_kind(token) == TokenRole::object; }
inline bool is_json_array(const JsonToken* token) { return json_kind(token) == TokenRole::array; }
inline bool is_json_property(const JsonToken* token) { return json_kind(token) == TokenRole::property; }
inline bool is_json_value(const JsonToken* token) { return json_kind(token) == TokenRole::value; }
inline bool is_json_container(const JsonToken* token) { return json_kind(token) >= TokenRole::array; }
JsonType json_type(const JsonToken* token);
inline bool is_json(const Value& value) {
  return value.kind() == ValueKind::object && json_kind(value.as_object()) != TokenRole::none;
}

JsonScalar* make_json_scalar(Evaluation& run, const Value& value, JsonType kind);
JsonContainer* make_json_container(Evaluation& run, bool is_object);
JsonProperty* make_json_property(Evaluation& run, std::string_view name, JsonToken* value);
/// Appends; a token that has a parent already is copied.
bool json_append(Evaluation& run, JsonContainer& container, JsonToken* item, std::int64_t at = -1);
JsonProperty* json_find(const JsonContainer& object, std::string_view name);
/// The exact name first.
JsonProperty* json_find(const JsonContainer& object, std::string_view name, bool ignore_case);
bool json_set(Evaluation& run, JsonContainer& object, std::string_view name, JsonToken* value);
JsonToken* json_copy(Evaluation& run, const JsonToken* token);
void json_remove(Evaluation& run, JsonToken* token);
void json_remove_all(JsonContainer& container);
void json_replace(Evaluation& run, JsonToken* token, JsonToken* by);
bool json_equal(Evaluation& run, const JsonToken* left, const JsonToken* right);

/// Whether texts that look like dates become dates.
enum class JsonDates : std::uint8_t { read, keep_text };
/// Reads a whole text as Json.NET does, lenient where it is. Null after raising JsonReaderException.
JsonToken* parse_json_text(Evaluation& run, std::string_view text, JsonDates dates = JsonDates::read);
/// Appends the JSON text. `indent`: two blanks a level.
void write_json(Evaluation& run, ArenaText& to, const JsonToken* token, bool indent, unsigned depth = 0);
/// Appends any value as JsonConvert.SerializeObject writes it.
void serialize_value(Evaluation& run, ArenaText& to, const Value& value, bool indent, unsigned depth = 0);
void append_json_text(ArenaText& to, std::string_view text);
/// A token for any value: scalars, sequences, dictionaries, anonymous objects; tokens as they are.
JsonToken* json_from(Evaluation& run, const Value& value, unsigned depth = 0);
/// `(T)token` and `Value<T>`: raises ArgumentException or FormatException.
Value json_to(Evaluation& run, const JsonToken* token, const Type* type);
/// `ToObject<T>`.
Value json_deserialize(Evaluation& run, const JsonToken* token, const Type* type, unsigned depth = 0);
/// Tokens that the path selects.
std::vector<JsonToken*> json_select(Evaluation& run, JsonToken* from, std::string_view path);
std::string json_path(const JsonToken* token);

}  // namespace sluice::expression
