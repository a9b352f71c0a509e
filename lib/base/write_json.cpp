// SPDX-License-Identifier: Apache-2.0
#include "base/write_json.hpp"

namespace sluice {

void write_json(const JsonValue& value, JsonWriter& writer) {
  switch (value.kind) {
    case JsonKind::null: return writer.null();
    case JsonKind::boolean: return writer.value(value.truth);
    case JsonKind::number: return writer.raw(value.text);
    case JsonKind::string: return writer.value(value.text);
    case JsonKind::array:
      writer.begin_array();
      for (const JsonValue& item : value.items) write_json(item, writer);
      return writer.end_array();
    case JsonKind::object:
      writer.begin_object();
      for (const JsonMember& member : value.members) {
        writer.key(member.name);
        write_json(member.value, writer);
      }
      return writer.end_object();
  }
}

}  // namespace sluice
