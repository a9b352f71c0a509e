// SPDX-License-Identifier: Apache-2.0
// What the members of JSON tokens share: their operands, what they give back, and the faults of indexers.
#pragma once

#include "expression/library/convert.hpp"
#include "expression/library/json.hpp"

#include <string>
#include <vector>

namespace sluice::expression::json_members {

inline JsonToken* token(Call& call, std::size_t i = 0) { return &call.object<JsonToken>(i); }
inline JsonContainer& container(Call& call, std::size_t i = 0) { return call.object<JsonContainer>(i); }
inline Value result(const JsonToken* made) { return made == nullptr ? Value() : Value::object(made); }
inline JsonToken* argument(Call& call, std::size_t i) { return json_from(call.run, call[i]); }
inline Value sequence(Call& call, const std::vector<JsonToken*>& tokens, const Type* element) {
  Value* items = call.run.make_array<Value>(tokens.size());
  if (items == nullptr) return {};
  for (std::size_t i = 0; i < tokens.size(); ++i) items[i] = Value::object(tokens[i]);
  return make_sequence(call.run, element, items, static_cast<std::uint32_t>(tokens.size()));
}
/// Child tokens as Json.NET counts them: an object's are its properties.
inline std::vector<JsonToken*> children_of(JsonToken* of) {
  if (is_json_property(of)) return {static_cast<JsonProperty*>(of)->value};
  if (!is_json_container(of)) return {};
  const auto* from = static_cast<JsonContainer*>(of);
  return {from->items, from->items + from->count};
}

inline Value wrong_key(Call& call, const char* what, const char* wanted, bool quoted) {
  std::string key(text_of(call.run, call[1]));
  if (quoted && call[1].is_string()) key = "\"" + key + "\"";
  return call.raise(Fault::argument,
                    std::string("Accessed ") + what + " values with invalid key value: " + key + ". " + wanted);
}
inline Value outside(Call& call) {
  return call.raise(
      Fault::argument_out_of_range,
      "Index was out of range. Must be non-negative and less than the size of the collection. (Parameter 'index')");
}

}  // namespace sluice::expression::json_members
