// SPDX-License-Identifier: Apache-2.0
// Schemas of a specification as JSON Schema texts that stand by themselves: what they refer to is put under
// `definitions` once, so that schemas which refer to themselves stay what they are. OpenAPI's own ways are translated:
// `nullable`, `readOnly` and `writeOnly` in `required`, members beside `$ref` in 3.0.
// **Source**: OpenAPI 3.0.3 "Schema Object", 3.1.0 "Schema Object", Swagger 2.0 "Schema Object".
#pragma once

#include "model/openapi/specification.hpp"

#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sluice::model {

/// Which way what the schema describes goes: requests need no property that only answers have, and the other way.
enum class Direction : std::uint8_t { request, answer };

class SchemaWriter {
 public:
  SchemaWriter(Specification& specification, Direction direction)
      : specification_(specification), direction_(direction) {}

  /// The text of a schema; empty when it has too many bytes. `collection_format`, when not empty, is added to it.
  std::string write(const JsonValue& schema, std::string_view collection_format = {});

 private:
  void write_members(const JsonValue& schema);
  void write_rest(const JsonValue& schema, bool is_nullable);
  void write_schema(const JsonValue& schema);
  void write_reference(const JsonValue& schema);
  void write_keyword(const JsonMember& member, const JsonValue& schema, bool is_nullable);
  void write_list(const JsonValue& list);
  void write_map(const JsonValue& map);
  void write_type(const JsonValue& type, bool is_nullable);
  void write_enum(const JsonValue& values, bool is_nullable);
  void write_required(const JsonValue& names, const JsonValue& schema);
  bool is_nullable(const JsonValue& schema) const;
  bool goes_the_other_way(const JsonValue* property);
  std::string definition_name(const JsonValue& target, std::string_view reference);
  bool is_full() const;

  Specification& specification_;
  Direction direction_;
  JsonWriter writer_;
  std::unordered_map<const JsonValue*, std::string> names_;
  std::vector<std::pair<std::string, const JsonValue*>> definitions_;
};

/// The text of a schema that is kept with its operation: counted, and reported and empty when it is too large.
std::string schema_text(Specification& specification, const JsonValue& schema, Direction direction,
                        std::string_view collection_format = {});

/// Text that a body with this example has: a string is the body itself, everything else its JSON.
std::string example_text(const JsonValue& value);

}  // namespace sluice::model
