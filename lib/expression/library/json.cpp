// SPDX-License-Identifier: Apache-2.0
// Newtonsoft.Json and Newtonsoft.Json.Linq: the members of tokens.
#include "expression/library/json.hpp"

#include "expression/library/body_types.hpp"
#include "expression/library/convert.hpp"

#include <algorithm>
#include <optional>

namespace sluice::expression {
namespace {

constexpr TypeRow types[] = {
    {"JToken", "Newtonsoft.Json.Linq.JToken", TypeKind::reference, "IEnumerable<JToken>"},
    {"JContainer", "Newtonsoft.Json.Linq.JContainer", TypeKind::reference, "JToken"},
    {"JObject", "Newtonsoft.Json.Linq.JObject", TypeKind::reference, "JContainer"},
    {"JArray", "Newtonsoft.Json.Linq.JArray", TypeKind::reference, "JContainer;IList<JToken>"},
    {"JValue", "Newtonsoft.Json.Linq.JValue", TypeKind::reference, "JToken"},
    {"JProperty", "Newtonsoft.Json.Linq.JProperty", TypeKind::reference, "JContainer"},
    {"JRaw", "Newtonsoft.Json.Linq.JRaw", TypeKind::reference, "JValue"},
    {"JConstructor", "Newtonsoft.Json.Linq.JConstructor", TypeKind::reference, "JContainer"},
    {"JEnumerable<T>", "Newtonsoft.Json.Linq.JEnumerable`1", TypeKind::reference, "IEnumerable<T>"},
    {"JsonConvert", "Newtonsoft.Json.JsonConvert", TypeKind::static_class},
    {"Extensions", "Newtonsoft.Json.Linq.Extensions", TypeKind::static_class},
};
constexpr EnumRow enums[] = {
    {"JTokenType", "Newtonsoft.Json.Linq.JTokenType",
     "None=0 Object=1 Array=2 Constructor=3 Property=4 Comment=5 Integer=6 Float=7 String=8 Boolean=9 Null=10 "
     "Undefined=11 Date=12 Raw=13 Bytes=14 Guid=15 Uri=16 TimeSpan=17"},
    {"Formatting", "Newtonsoft.Json.Formatting", "None=0 Indented=1"},
};

JsonToken* token(Call& call, std::size_t i = 0) { return &call.object<JsonToken>(i); }
JsonContainer& container(Call& call, std::size_t i = 0) { return call.object<JsonContainer>(i); }
Value result(const JsonToken* made) { return made == nullptr ? Value() : Value::object(made); }
JsonToken* argument(Call& call, std::size_t i) { return json_from(call.run, call[i]); }
Value sequence(Call& call, const std::vector<JsonToken*>& tokens, const Type* element) {
  Value* items = call.run.make_array<Value>(tokens.size());
  if (items == nullptr) return {};
  for (std::size_t i = 0; i < tokens.size(); ++i) items[i] = Value::object(tokens[i]);
  return make_sequence(call.run, element, items, static_cast<std::uint32_t>(tokens.size()));
}
/// Child tokens as Json.NET counts them: an object's are its properties.
std::vector<JsonToken*> children_of(JsonToken* of) {
  if (is_json_property(of)) return {static_cast<JsonProperty*>(of)->value};
  if (!is_json_container(of)) return {};
  const auto* from = static_cast<JsonContainer*>(of);
  return {from->items, from->items + from->count};
}

// Indexers
Value wrong_key(Call& call, const char* what, const char* wanted, bool quoted) {
  std::string key(text_of(call.run, call[1]));
  if (quoted && call[1].is_string()) key = "\"" + key + "\"";
  return call.raise(Fault::argument,
                    std::string("Accessed ") + what + " values with invalid key value: " + key + ". " + wanted);
}
Value outside(Call& call) {
  return call.raise(
      Fault::argument_out_of_range,
      "Index was out of range. Must be non-negative and less than the size of the collection. (Parameter 'index')");
}
Value get_item(Call& call) {
  const JsonContainer& array = container(call);
  const auto at = static_cast<std::uint64_t>(call.integer(1));  // What is negative is beyond the end as well.
  return at < array.count ? Value::object(array.items[at]) : outside(call);
}
Value get_name(Call& call) {
  if (call.is_null(1)) return call.null_argument("propertyName");
  const JsonProperty* property = json_find(container(call), call.text(1));
  return property == nullptr ? Value() : Value::object(property->value);
}
Value get_index(Call& call) {
  if (is_json_object(token(call))) {
    if (call[1].is_string() || call.is_null(1)) return get_name(call);
    return wrong_key(call, "JObject", "Object property name expected.", true);
  }
  if (is_json_array(token(call))) {
    if (call[1].is_integer()) return get_item(call);
    return wrong_key(call, "JArray", "Array position index expected.", true);
  }
  return call.raise(Fault::invalid_operation,
                    "Cannot access child value on " + std::string(type_of(call[0])->full) + ".");
}
Value set_index(Call& call) {
  JsonToken* of = token(call);
  JsonToken* value = argument(call, 2);
  if (value == nullptr) return {};
  if (is_json_array(of)) {
    if (!call[1].is_integer()) return wrong_key(call, "JArray", "Array position index expected.", true);
    auto& array = container(call);
    const std::int64_t at = call.integer(1);
    if (at < 0 || at >= array.count) return outside(call);
    json_replace(call.run, array.items[at], value);
    return {};
  }
  if (!is_json_object(of))
    return call.raise(Fault::invalid_operation,
                      "Cannot set child value on " + std::string(type_of(call[0])->full) + ".");
  if (!call[1].is_string()) return wrong_key(call, "JObject", "Object property name expected.", true);
  json_set(call.run, container(call), call.text(1), value);
  return {};
}

// Reading
std::string_view trim_json(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? std::string_view() : text.substr(first);
}
/// A comment at the start of a text; moves behind it.
std::optional<std::string_view> take_comment(std::string_view& text) {
  text = trim_json(text);
  const bool block = text.starts_with("/*");
  if (!block && !text.starts_with("//")) return std::nullopt;
  const std::size_t end = std::min(text.size(), text.find(block ? std::string_view("*/") : std::string_view("\n"), 2));
  const std::string_view inside = text.substr(2, end - 2);
  text = text.substr(std::min(text.size(), end + (block ? 2 : 1)));
  return inside;
}
/// JToken.Parse takes a comment that comes first for the token; nothing but comments may follow it.
Value parse_token(Call& call) {
  if (call.is_null(0)) return call.null_argument("json");
  std::string_view rest = call.text(0);
  const auto comment = take_comment(rest);
  if (!comment) return result(parse_json_text(call.run, call.text(0)));
  while (take_comment(rest)) {
  }
  if (!rest.empty())
    return call.raise(Fault::json_reader, "Additional text found in JSON string after parsing content.");
  return result(make_json_scalar(call.run, Value::string(*comment), JsonType::comment));
}
Value parse_root(Call& call) {
  return call.is_null(0) ? call.null_argument("json") : result(parse_json_text(call.run, call.text(0)));
}
Value wrong_root(Call& call, const char* wanted, const JsonToken* got, Fault fault = Fault::json_reader) {
  const char* name = is_json_object(got)                    ? "StartObject"
                     : is_json_array(got)                   ? "StartArray"
                     : json_type(got) == JsonType::string   ? "String"
                     : json_type(got) == JsonType::integer  ? "Integer"
                     : json_type(got) == JsonType::floating ? "Float"
                     : json_type(got) == JsonType::boolean  ? "Boolean"
                     : json_type(got) == JsonType::date     ? "Date"
                                                            : "Null";
  const bool object = std::string_view(wanted) == "JObject";
  return call.raise(fault, std::string("Error reading ") + wanted +
                               " from JsonReader. Current JsonReader item is not " +
                               (object ? "an object: " : "an array: ") + name + ". Path '', line 1, position 1.");
}
Value parse_object(Call& call) {
  const Value made = parse_root(call);
  if (call.run.failed()) return {};
  const auto* root = static_cast<const JsonToken*>(made.as_object());
  return is_json_object(root) ? made : wrong_root(call, "JObject", root);
}
Value parse_array(Call& call) {
  const Value made = parse_root(call);
  if (call.run.failed()) return {};
  const auto* root = static_cast<const JsonToken*>(made.as_object());
  return is_json_array(root) ? made : wrong_root(call, "JArray", root);
}

// Writing
std::string_view written(Call& call, bool indent) {
  ArenaText text(&call.arena());
  write_json(call.run, text, token(call), indent);
  return call.run.failed() ? std::string_view() : call.run.adopt(std::move(text)).as_string();
}
Value to_string(Call& call) {
  const JsonToken* of = token(call);
  if (is_json_container(of) || is_json_property(of)) return Value::string(written(call, true));
  const auto* scalar = static_cast<const JsonScalar*>(of);
  return call.run.text_view(text_of(call.run, scalar->value));
}
Value to_string_formatting(Call& call) { return Value::string(written(call, call[1].enum_value() == 1)); }
Value scalar_to_string_format(Call& call) {
  const JsonToken* of = token(call);
  if (is_json_container(of) || is_json_property(of)) return to_string(call);
  return call.run.text_view(format_value(call.run, static_cast<const JsonScalar*>(of)->value, call.text(1)));
}

// Looking around
Value type_call(Call& call) {
  static const Type* type = read_type("JTokenType");
  return Value::enumeration(*type, static_cast<std::int32_t>(json_type(token(call))));
}
Value parent(Call& call) { return result(token(call)->parent); }
Value root(Call& call) {
  JsonToken* at = token(call);
  while (at->parent != nullptr) at = at->parent;
  return Value::object(at);
}
Value path(Call& call) { return call.text_result(json_path(token(call))); }
Value has_values(Call& call) { return Value::boolean(!children_of(token(call)).empty()); }
Value first(Call& call) {
  if (!is_json_container(token(call)) && !is_json_property(token(call)))
    return call.raise(Fault::invalid_operation, "Cannot access child value on Newtonsoft.Json.Linq.JValue.");
  const auto all = children_of(token(call));
  return all.empty() ? Value() : Value::object(all.front());
}
Value last(Call& call) {
  if (!is_json_container(token(call)) && !is_json_property(token(call)))
    return call.raise(Fault::invalid_operation, "Cannot access child value on Newtonsoft.Json.Linq.JValue.");
  const auto all = children_of(token(call));
  return all.empty() ? Value() : Value::object(all.back());
}
Value sibling(Call& call, int step) {
  JsonToken* of = token(call);
  if (of->parent == nullptr || !is_json_container(of->parent)) return {};
  const auto* in = static_cast<JsonContainer*>(of->parent);
  const std::int64_t at = std::find(in->items, in->items + in->count, of) - in->items + step;
  return at < 0 || at >= in->count ? Value() : Value::object(in->items[at]);
}
Value next(Call& call) { return sibling(call, 1); }
Value previous(Call& call) { return sibling(call, -1); }
Value children(Call& call) { return sequence(call, children_of(token(call)), core().json_token); }
Value values(Call& call) {
  std::vector<JsonToken*> all;
  for (JsonToken* child : children_of(token(call)))
    all.push_back(is_json_property(child) ? static_cast<JsonProperty*>(child)->value : child);
  return sequence(call, all, core().json_token);
}
Value values_typed(Call& call) {
  const Type* wanted = call.type();
  Value* items = call.run.make_array<Value>(children_of(token(call)).size());
  std::uint32_t count = 0;
  if (items == nullptr) return {};
  for (JsonToken* child : children_of(token(call))) {
    const bool as_is = wanted->kind == TypeKind::object || is_a(wanted, core().json_token);
    items[count++] = as_is ? Value::object(child) : json_to(call.run, child, wanted);
    if (call.run.failed()) return {};
  }
  return make_sequence(call.run, wanted, items, count);
}
Value descendants(Call& call) {
  std::vector<JsonToken*> all, open = children_of(token(call));
  std::reverse(open.begin(), open.end());
  while (!open.empty() && call.run.charge(1)) {
    JsonToken* at = open.back();
    open.pop_back();
    all.push_back(at);
    std::vector<JsonToken*> below = children_of(at);
    open.insert(open.end(), below.rbegin(), below.rend());
  }
  return call.run.failed() ? Value() : sequence(call, all, core().json_token);
}
Value token_items(Call& call) {
  if (is_json_container(token(call))) {
    const JsonContainer& of = container(call);
    Value* items = call.run.make_array<Value>(of.count);
    if (items == nullptr) return {};
    for (std::uint32_t i = 0; i < of.count; ++i) items[i] = Value::object(of.items[i]);
    return adopt_array(call.run, core().object_array, items, of.count);
  }
  const auto all = children_of(token(call));
  Value* items = call.run.make_array<Value>(all.size());
  if (items == nullptr) return {};
  for (std::size_t i = 0; i < all.size(); ++i) items[i] = Value::object(all[i]);
  return adopt_array(call.run, core().object_array, items, static_cast<std::uint32_t>(all.size()));
}
Value array_count(Call& call) { return Value::int32(static_cast<std::int32_t>(container(call).count)); }
/// The tokens of the same container before or behind this one.
template <bool before>
Value beside(Call& call) {
  JsonToken* of = token(call);
  if (of->parent == nullptr || !is_json_container(of->parent)) return sequence(call, {}, core().json_token);
  const auto* in = static_cast<JsonContainer*>(of->parent);
  JsonToken** const here = std::find(in->items, in->items + in->count, of);
  if (!call.run.charge(in->count / 16)) return {};
  const std::vector<JsonToken*> tokens =
      before ? std::vector<JsonToken*>(in->items, here) : std::vector<JsonToken*>(here + 1, in->items + in->count);
  return sequence(call, tokens, core().json_token);
}
Value ancestors(Call& call) {
  std::vector<JsonToken*> all;
  for (JsonToken* at = token(call)->parent; at != nullptr && call.run.charge(1); at = at->parent) all.push_back(at);
  return call.run.failed() ? Value() : sequence(call, all, core().json_token);
}
Value count(Call& call) {
  if (is_json_container(token(call))) return array_count(call);
  return Value::int32(static_cast<std::int32_t>(children_of(token(call)).size()));
}
Value select_token(Call& call) {
  if (call.is_null(1)) return call.null_argument("path");
  const auto found = json_select(call.run, token(call), call.text(1));
  if (call.run.failed()) return {};
  if (found.size() > 1) return call.raise(Fault::json, "Path returned multiple tokens.");
  if (found.empty() && call.count > 2 && call.boolean(2))
    return call.raise(Fault::json, "Property '" + std::string(call.text(1)) + "' does not exist on JObject.");
  return found.empty() ? Value() : Value::object(found.front());
}
Value select_tokens(Call& call) {
  if (call.is_null(1)) return call.null_argument("path");
  const auto found = json_select(call.run, token(call), call.text(1));
  return call.run.failed() ? Value() : sequence(call, found, core().json_token);
}

// Conversions
/// What a scalar holds as the type, if it is as simple as it nearly always is; else null.
inline Value held_as(const JsonToken* found, const Type* wanted) {
  if (!is_json_value(found)) return {};
  const Value& value = static_cast<const JsonScalar*>(found)->value;
  if (wanted->kind == TypeKind::nullable) wanted = wanted->arguments[0];
  const bool narrow = wanted->kind == TypeKind::int32 && value.kind() == ValueKind::int64 &&
                      value.as_integer() == static_cast<std::int32_t>(value.as_integer());
  if (narrow) return Value::int32(static_cast<std::int32_t>(value.as_integer()));
  return value_is(value, wanted) ? value : Value();
}
Value to_value(Call& call) {
  const JsonToken* from = call.is_null(0) ? nullptr : token(call);
  const Value held = from == nullptr ? Value() : held_as(from, call.result());
  return held.is_null() ? json_to(call.run, from, call.result()) : held;
}
Value from_value(Call& call) { return result(json_from(call.run, call[0])); }
Value converted(Call& call, const JsonToken* found) {
  const Type* wanted = call.type();
  if (found == nullptr) return default_value(wanted);
  if (is_json_property(found) && !is_a(wanted, core().json_token))
    found = static_cast<const JsonProperty*>(found)->value;
  if (wanted->kind == TypeKind::object)
    return is_json_container(found) ? Value::object(found) : static_cast<const JsonScalar*>(found)->value;
  if (is_a(wanted, core().json_token)) {
    const Value self = Value::object(found);
    if (value_is(self, wanted)) return self;
    return call.raise(Fault::invalid_cast,
                      "Cannot cast " + std::string(type_of(self)->full) + " to " + wanted->full + ".");
  }
  if (is_json_container(found))
    return call.raise(Fault::invalid_cast, "Cannot cast " + std::string(type_of(Value::object(found))->full) +
                                               " to Newtonsoft.Json.Linq.JToken.");
  const auto& scalar = *static_cast<const JsonScalar*>(found);
  if (scalar.kind == JsonType::null) {
    if (wanted->nullable()) return {};
    return call.raise(Fault::invalid_cast, "Null object cannot be converted to a value type.");
  }
  if (wanted->kind == TypeKind::string) return convert_value(call.run, scalar.value, wanted);
  return convert_value(call.run, scalar.value, without_nullable(wanted));
}
Value typed(Call& call, const JsonToken* found) {
  const Value held = found == nullptr ? Value() : held_as(found, call.type());
  return held.is_null() ? converted(call, found) : held;
}
/// Apart, so that the short way below stays short.
[[gnu::noinline]] Value value_of_any_key(Call& call) {
  Value found = get_index(call);
  if (call.run.failed()) return {};
  return typed(call, found.is_null() ? nullptr : static_cast<const JsonToken*>(found.as_object()));
}
Value value_of_key(Call& call) {
  if (is_json_object(token(call)) && call[1].is_string()) {
    const JsonProperty* property = json_find(container(call), call.text(1));
    const Value held = property == nullptr ? Value() : held_as(property->value, call.type());
    if (!held.is_null()) return held;
  }
  return value_of_any_key(call);
}
Value value_of_self(Call& call) {
  if (call.is_null(0)) return call.null_argument("value");
  return typed(call, token(call));
}
Value to_object(Call& call) {
  // A number alone is converted as a cast does it, rounding; inside of a list it would be refused.
  const bool number = without_nullable(call.type())->is_numeric() && is_json_value(token(call));
  return number ? json_to(call.run, token(call), call.type()) : json_deserialize(call.run, token(call), call.type());
}
Value to_object_type(Call& call) {
  return json_deserialize(call.run, token(call), call.object<TypeObject>(1).described);
}
Value deep_equals(Call& call) {
  if (call.is_null(0) || call.is_null(1)) return Value::boolean(call.is_null(0) && call.is_null(1));
  return Value::boolean(json_equal(call.run, token(call), token(call, 1)));
}
Value deep_clone(Call& call) { return result(json_copy(call.run, token(call))); }
Value from_object(Call& call) {
  if (call.is_null(0)) return call.null_argument("o");
  const JsonToken* made = json_from(call.run, call[0]);
  if (made == nullptr) return {};
  const Type* wanted = call.site->member->receiver;
  if (wanted == core().json_object && !is_json_object(made))
    return call.raise(Fault::argument, "Object serialized to " + std::string(is_json_array(made) ? "Array" : "String") +
                                           ". JObject instance expected.");
  if (wanted == core().json_array && !is_json_array(made))
    return call.raise(Fault::argument, "Object serialized to Object. JArray instance expected.");
  return Value::object(made);
}

// Changing
bool duplicate(Call& call, const JsonContainer& object, std::string_view name) {
  if (json_find(object, name) == nullptr) return false;
  call.raise(Fault::argument,
             "Can not add property " + std::string(name) +
                 " to Newtonsoft.Json.Linq.JObject. Property with the same name already exists on object.");
  return true;
}
/// Adds content as Json.NET does: sequences item by item.
void add_content(Call& call, JsonContainer& to, const Value& content, std::int64_t at = -1) {
  const bool is_sequence = content.kind() == ValueKind::object && !is_json(content) &&
                           type_of(content) != core().byte_array && element_of(type_of(content)) != nullptr;
  if (is_sequence) {
    for (const Value& item : items_of(call.run, content)) {
      add_content(call, to, item);
      if (call.run.failed()) return;
    }
    return;
  }
  JsonToken* item = json_from(call.run, content);
  if (item == nullptr) return;
  if (is_json_object(&to)) {
    if (!is_json_property(item)) {
      call.raise(Fault::argument, "Can not add " + std::string(type_of(Value::object(item))->full) +
                                      " to Newtonsoft.Json.Linq.JObject.");
      return;
    }
    if (duplicate(call, to, static_cast<JsonProperty*>(item)->name)) return;
  } else if (is_json_property(item)) {
    call.raise(Fault::argument, "Can not add Newtonsoft.Json.Linq.JProperty to Newtonsoft.Json.Linq.JArray.");
    return;
  }
  json_append(call.run, to, item, at);
}
Value new_container(Call& call) {
  JsonContainer* made = make_json_container(call.run, call.site->member->receiver == core().json_object);
  if (made == nullptr) return {};
  if (call.count == 1) {
    // A params array stands for its items; another token is copied.
    const bool copies = is_json(call[0]) && json_type(token(call)) == json_type(made);
    if (copies && call.site->member->parameters[0].type == call.site->member->receiver) {
      return result(json_copy(call.run, token(call)));
    }
    add_content(call, *made, call[0]);
  }
  return call.run.failed() ? Value() : Value::object(made);
}
Value new_property(Call& call) {
  if (call.is_null(0)) return call.null_argument("name");
  const bool is_sequence = call[1].kind() == ValueKind::object && !is_json(call[1]) &&
                           type_of(call[1]) != core().byte_array && element_of(type_of(call[1])) != nullptr;
  JsonToken* value = nullptr;
  if (is_sequence) {
    JsonContainer* array = make_json_container(call.run, false);
    if (array == nullptr) return {};
    add_content(call, *array, call[1]);
    value = array;
  } else {
    value = argument(call, 1);
  }
  return value == nullptr || call.run.failed() ? Value() : result(make_json_property(call.run, call.text(0), value));
}
Value new_scalar(Call& call) {
  if (is_json(call[0])) return result(json_copy(call.run, token(call)));
  return result(json_from(call.run, call[0]));
}
Value create_null(Call& call) { return result(make_json_scalar(call.run, Value(), JsonType::null)); }
Value create_string(Call& call) { return result(json_from(call.run, call[0])); }
Value add(Call& call) {
  add_content(call, container(call), call[1]);
  return {};
}
Value add_first(Call& call) {
  add_content(call, container(call), call[1], 0);
  return {};
}
Value add_named(Call& call) {
  if (call.is_null(1)) return call.null_argument("propertyName");
  if (duplicate(call, container(call), call.text(1))) return {};
  JsonToken* value = argument(call, 2);
  if (value != nullptr) json_set(call.run, container(call), call.text(1), value);
  return {};
}
Value add_beside(Call& call, int step) {
  JsonToken* of = token(call);
  if (of->parent == nullptr || !is_json_container(of->parent))
    return call.raise(Fault::invalid_operation, "The parent is missing.");
  auto* in = static_cast<JsonContainer*>(of->parent);
  add_content(call, *in, call[1], std::find(in->items, in->items + in->count, of) - in->items + step);
  return {};
}
Value add_after(Call& call) { return add_beside(call, 1); }
Value add_before(Call& call) { return add_beside(call, 0); }
Value remove_self(Call& call) {
  if (token(call)->parent == nullptr) return call.raise(Fault::invalid_operation, "The parent is missing.");
  json_remove(call.run, token(call));
  return {};
}
Value remove_name(Call& call) {
  if (call.is_null(1)) return Value::boolean(false);
  JsonProperty* property = json_find(container(call), call.text(1));
  if (property != nullptr) json_remove(call.run, property);
  return Value::boolean(property != nullptr);
}
Value remove_item(Call& call) {
  if (call.is_null(1) || token(call, 1)->parent != token(call)) return Value::boolean(false);
  json_remove(call.run, token(call, 1));
  return Value::boolean(true);
}
Value remove_at(Call& call) {
  auto& array = container(call);
  if (call.integer(1) < 0 || call.integer(1) >= array.count)
    return call.raise(Fault::argument_out_of_range, "Index is equal to or greater than Count. (Parameter 'index')");
  json_remove(call.run, array.items[call.integer(1)]);
  return {};
}
Value remove_all(Call& call) {
  json_remove_all(container(call));
  return {};
}
Value insert(Call& call) {
  auto& array = container(call);
  if (call.integer(1) < 0 || call.integer(1) > array.count) return outside(call);
  add_content(call, array, call[2], call.integer(1));
  return {};
}
Value index_of(Call& call) {
  const auto& array = container(call);
  for (std::uint32_t i = 0; i < array.count; ++i) {
    if (!call.is_null(1) &&
        (array.items[i] == token(call, 1) ||
         (!is_json_container(array.items[i]) && json_equal(call.run, array.items[i], token(call, 1)))))
      return Value::int32(static_cast<std::int32_t>(i));
  }
  return Value::int32(-1);
}
/// By identity, as IndexOf.
Value contains(Call& call) {
  const auto all = children_of(token(call));
  return Value::boolean(!call.is_null(1) && std::find(all.begin(), all.end(), token(call, 1)) != all.end());
}
Value replace(Call& call) {
  JsonToken* by = argument(call, 1);
  if (by != nullptr) json_replace(call.run, token(call), by);
  return {};
}
void merge_into(Call& call, JsonContainer& to, JsonContainer& from, unsigned depth) {
  for (std::uint32_t i = 0; i < from.count && depth < 64 && !call.run.failed(); ++i) {
    if (is_json_array(&to)) {
      json_append(call.run, to, from.items[i]);
      continue;
    }
    auto* property = static_cast<JsonProperty*>(from.items[i]);
    JsonProperty* own = json_find(to, property->name);
    if (own != nullptr && is_json_container(own->value) && is_json_container(property->value) &&
        own->value->type == property->value->type) {
      merge_into(call, *static_cast<JsonContainer*>(own->value), *static_cast<JsonContainer*>(property->value),
                 depth + 1);
    } else if (json_type(property->value) != JsonType::null || own == nullptr) {
      json_set(call.run, to, property->name, property->value);
    }
  }
}
Value merge(Call& call) {
  JsonToken* from = argument(call, 1);
  if (from != nullptr && is_json_container(from) && from->type == token(call)->type)
    merge_into(call, container(call), *static_cast<JsonContainer*>(from), 0);
  return {};
}

// Objects and properties
/// `i`: the argument that is a StringComparison, if there are so many.
JsonProperty* find_compared(Call& call, std::size_t i) {
  const bool ignore_case =
      call.count > i && call[i].kind() == ValueKind::enumeration && (call[i].enum_value() & 1) != 0;
  if (!ignore_case) return json_find(container(call), call.text(1));
  return call.run.charge(container(call).count / 8) ? json_find(container(call), call.text(1), true) : nullptr;
}
Value property_call(Call& call) { return call.is_null(1) ? Value() : result(find_compared(call, 2)); }
Value properties(Call& call) { return sequence(call, children_of(token(call)), core().json_property); }
Value contains_key(Call& call) { return Value::boolean(json_find(container(call), call.text(1)) != nullptr); }
Value get_value(Call& call) {
  if (call.is_null(1)) return {};
  const JsonProperty* found = find_compared(call, 2);
  return found == nullptr ? Value() : Value::object(found->value);
}
Value try_get_value(Call& call) {
  const JsonProperty* found = call.is_null(1) ? nullptr : find_compared(call, 2);
  call.out(call.count - 1) = found == nullptr ? Value() : Value::object(found->value);
  return Value::boolean(found != nullptr);
}
Value object_items(Call& call) {
  static const Type* pair = read_type("KeyValuePair<string,JToken>");
  const auto& object = container(call);
  Value* items = call.run.make_array<Value>(object.count);
  if (items == nullptr) return {};
  for (std::uint32_t i = 0; i < object.count; ++i) {
    const auto* property = static_cast<const JsonProperty*>(object.items[i]);
    items[i] = make_pair(call.run, pair, Value::string(property->name), Value::object(property->value));
  }
  return adopt_array(call.run, call.result(), items, object.count);
}
Value property_name(Call& call) { return Value::string(call.object<JsonProperty>(0).name); }
Value property_value(Call& call) { return Value::object(call.object<JsonProperty>(0).value); }
Value set_property_value(Call& call) {
  JsonToken* value = argument(call, 1);
  if (value != nullptr) json_replace(call.run, call.object<JsonProperty>(0).value, value);
  return {};
}
Value scalar_value(Call& call) { return call.object<JsonScalar>(0).value; }
Value set_scalar_value(Call& call) {
  const JsonToken* made = json_from(call.run, call[1]);
  if (made == nullptr || is_json_container(made)) return {};
  call.object<JsonScalar>(0).value = static_cast<const JsonScalar*>(made)->value;
  call.object<JsonScalar>(0).kind = static_cast<const JsonScalar*>(made)->kind;
  return {};
}

// JsonConvert
Value serialize(Call& call) {
  ArenaText text(&call.arena());
  serialize_value(call.run, text, call[0], call.count > 1 && call[1].enum_value() == 1);
  return call.run.failed() ? Value() : call.run.adopt(std::move(text));
}
Value deserialize(Call& call) {
  if (call.is_null(0)) return call.null_argument("value");
  if (call.text(0).find_first_not_of(" \t\r\n") == std::string_view::npos)
    return default_value(call.count > 1 || call.site->types.empty() ? core().object : call.type());
  const JsonToken* made = parse_json_text(call.run, call.text(0));
  if (made == nullptr) return {};
  return json_deserialize(call.run, made, call.site->types.empty() ? core().object : call.type());
}
/// `Value<T>()` over a sequence of tokens.
Value sequence_values(Call& call) {
  const Type* wanted = call.type();
  const Items all = items_of(call.run, call[0]);
  Value* items = call.run.make_array<Value>(all.count);
  if (items == nullptr || call.run.failed()) return {};
  for (std::uint32_t i = 0; i < all.count; ++i) {
    items[i] = typed(call, static_cast<const JsonToken*>(all.data[i].as_object()));
    if (call.run.failed()) return {};
  }
  return make_sequence(call.run, wanted, items, all.count);
}

/// The values below each of the tokens.
Value children_of_each(Call& call) {
  std::vector<JsonToken*> all;
  for (const Value& item : items_of(call.run, call[0])) {
    auto* of = static_cast<JsonToken*>(const_cast<Object*>(item.as_object()));
    for (JsonToken* child : children_of(of))
      all.push_back(is_json_property(child) ? static_cast<JsonProperty*>(child)->value : child);
    if (!call.run.charge(1)) return {};
  }
  return call.run.failed() ? Value() : sequence(call, all, core().json_token);
}

// Bodies
bool is_body_type(const Type* wanted) {
  return wanted == core().json_object || wanted == core().json_array || wanted == core().json_token;
}
Value read_body(Call& call, std::string_view text, const Type* wanted) {
  const JsonToken* made = parse_json_text(call.run, text);
  if (made != nullptr) {
    if (wanted == core().json_object && !is_json_object(made)) wrong_root(call, "JObject", made);
    if (wanted == core().json_array && !is_json_array(made)) wrong_root(call, "JArray", made);
  }
  if (!call.run.failed() || call.run.fatal) return result(made);
  const std::string message = "The message body is not a valid JSON. " + std::string(call.run.raised->message);
  return call.raise(Fault::json_reader, message);
}

constexpr Trait changes = Trait::impure;
#define SLUICE_TO_TOKEN(name) \
  { "JToken", "implicit", "(" name " value)", "JToken", from_value, "", changes }
#define SLUICE_FROM_TOKEN(name)                                \
  {"JToken", "explicit", "(JToken value)", name, to_value}, {  \
    "JToken", "explicit", "(JToken value)", name "?", to_value \
  }

constexpr MemberRow members[] = {
    SLUICE_TO_TOKEN("string"),
    SLUICE_TO_TOKEN("bool"),
    SLUICE_TO_TOKEN("int"),
    SLUICE_TO_TOKEN("long"),
    SLUICE_TO_TOKEN("double"),
    SLUICE_TO_TOKEN("float"),
    SLUICE_TO_TOKEN("decimal"),
    SLUICE_TO_TOKEN("byte"),
    SLUICE_TO_TOKEN("sbyte"),
    SLUICE_TO_TOKEN("short"),
    SLUICE_TO_TOKEN("ushort"),
    SLUICE_TO_TOKEN("uint"),
    SLUICE_TO_TOKEN("ulong"),
    SLUICE_TO_TOKEN("DateTime"),
    SLUICE_TO_TOKEN("DateTimeOffset"),
    SLUICE_TO_TOKEN("TimeSpan"),
    SLUICE_TO_TOKEN("Guid"),
    SLUICE_TO_TOKEN("Uri"),
    SLUICE_TO_TOKEN("byte[]"),
    SLUICE_TO_TOKEN("bool?"),
    SLUICE_TO_TOKEN("int?"),
    SLUICE_TO_TOKEN("long?"),
    SLUICE_TO_TOKEN("double?"),
    SLUICE_TO_TOKEN("decimal?"),
    SLUICE_TO_TOKEN("DateTime?"),
    {"JToken", "explicit", "(JToken value)", "string", to_value},
    {"JToken", "explicit", "(JToken value)", "byte[]", to_value},
    SLUICE_FROM_TOKEN("bool"),
    SLUICE_FROM_TOKEN("int"),
    SLUICE_FROM_TOKEN("long"),
    SLUICE_FROM_TOKEN("double"),
    SLUICE_FROM_TOKEN("float"),
    SLUICE_FROM_TOKEN("decimal"),
    SLUICE_FROM_TOKEN("byte"),
    SLUICE_FROM_TOKEN("sbyte"),
    SLUICE_FROM_TOKEN("short"),
    SLUICE_FROM_TOKEN("ushort"),
    SLUICE_FROM_TOKEN("uint"),
    SLUICE_FROM_TOKEN("ulong"),
    SLUICE_FROM_TOKEN("char"),
    SLUICE_FROM_TOKEN("DateTime"),
    SLUICE_FROM_TOKEN("DateTimeOffset"),
    SLUICE_FROM_TOKEN("TimeSpan"),
    SLUICE_FROM_TOKEN("Guid"),

    {"JToken", "this", "[object key]", "JToken", get_index, "Null for a missing name.", changes},
    {"JToken", "this=", "[object key, JToken value]", "void", set_index, "", changes},
    {"JObject", "this", "[string propertyName]", "JToken", get_name, "", changes},
    {"JObject", "this=", "[string propertyName, JToken value]", "void", set_index, "", changes},
    {"JArray", "this", "[int index]", "JToken", get_item, "", changes},
    {"JArray", "this=", "[int index, JToken value]", "void", set_index, "", changes},
    {"static JToken", "Parse", "(string json)", "JToken", parse_token, "", changes},
    {"static JObject", "Parse", "(string json)", "JObject", parse_object, "", changes},
    {"static JArray", "Parse", "(string json)", "JArray", parse_array, "", changes},
    {"static JToken", "FromObject", "(object o)", "JToken", from_object, "", changes},
    {"static JObject", "FromObject", "(object o)", "JObject", from_object, "", changes},
    {"static JArray", "FromObject", "(object o)", "JArray", from_object, "", changes},
    {"static JToken", "DeepEquals", "(JToken t1, JToken t2)", "bool", deep_equals, "", changes},
    {"JToken", "ToString", "()", "string", to_string, "Containers indented, scalars bare.", changes},
    {"JToken", "ToString", "(Formatting formatting)", "string", to_string_formatting, "", changes},
    {"JValue", "ToString", "(string format)", "string", scalar_to_string_format, "", changes},
    {"JToken", "Type", "", "JTokenType", type_call, "", changes},
    {"JToken", "Parent", "", "JContainer", parent, "", changes},
    {"JToken", "Root", "", "JToken", root, "", changes},
    {"JToken", "Path", "", "string", path, "", changes},
    {"JToken", "HasValues", "", "bool", has_values, "", changes},
    {"JToken", "First", "", "JToken", first, "", changes},
    {"JToken", "Last", "", "JToken", last, "", changes},
    {"JToken", "Next", "", "JToken", next, "", changes},
    {"JToken", "Previous", "", "JToken", previous, "", changes},
    {"JToken", "Children", "()", "IEnumerable<JToken>", children, "", changes},
    {"JToken", "Values", "()", "IEnumerable<T>", values_typed, "", changes | Trait::typed},
    {"JToken", "Value", "(object key)", "T", value_of_key, "default(T) when missing.", changes | Trait::typed},
    {"static Extensions", "Value", "(this IEnumerable<JToken> value)", "T", value_of_self, "", changes | Trait::typed},
    {"static Extensions", "Values", "(this IEnumerable<JToken> source)", "IEnumerable<T>", sequence_values, "",
     changes | Trait::typed},
    {"JToken", "ToObject", "()", "T", to_object, "", changes | Trait::typed},
    {"JToken", "ToObject", "(Type objectType)", "object", to_object_type, "", changes},
    {"JToken", "SelectToken", "(string path)", "JToken", select_token, "", changes},
    {"JToken", "SelectToken", "(string path, bool errorWhenNoMatch)", "JToken", select_token, "", changes},
    {"JToken", "SelectTokens", "(string path)", "IEnumerable<JToken>", select_tokens, "", changes},
    {"JToken", "BeforeSelf", "()", "IEnumerable<JToken>", beside<true>, "", changes},
    {"JToken", "AfterSelf", "()", "IEnumerable<JToken>", beside<false>, "", changes},
    {"JToken", "Ancestors", "()", "IEnumerable<JToken>", ancestors, "From the parent up to the root.", changes},
    {"static Extensions", "Values", "(this IEnumerable<JToken> source)", "IEnumerable<JToken>", children_of_each, "",
     changes},
    {"JToken", "DeepClone", "()", "JToken", deep_clone, "", changes},
    {"JToken", "Remove", "()", "void", remove_self, "", changes},
    {"JToken", "Replace", "(JToken value)", "void", replace, "", changes},
    {"JToken", "AddAfterSelf", "(object content)", "void", add_after, "", changes},
    {"JToken", "AddBeforeSelf", "(object content)", "void", add_before, "", changes},
    {"JToken", "$items", "()", "object[]", token_items, "", changes},
    {"JContainer", "Add", "(object content)", "void", add, "", changes},
    {"JContainer", "AddFirst", "(object content)", "void", add_first, "", changes},
    {"JContainer", "RemoveAll", "()", "void", remove_all, "", changes},
    {"JContainer", "Count", "", "int", count, "", changes},
    {"JContainer", "Merge", "(object content)", "void", merge, "", changes},
    {"JContainer", "Descendants", "()", "IEnumerable<JToken>", descendants, "", changes},
    {"JObject", "new", "()", "JObject", new_container, "", changes},
    {"JObject", "new", "(JObject other)", "JObject", new_container, "", changes},
    {"JObject", "new", "(params object[] content)", "JObject", new_container, "", changes},
    {"JObject", "new", "(object content)", "JObject", new_container, "", changes},
    {"JObject", "Add", "(string propertyName, JToken value)", "void", add_named, "Raises for a name that is there.",
     changes},
    {"JObject", "Remove", "(string propertyName)", "bool", remove_name, "", changes},
    {"JObject", "Property", "(string name)", "JProperty", property_call, "Null when missing.", changes},
    {"JObject", "Property", "(string name, StringComparison comparison)", "JProperty", property_call, "", changes},
    {"JObject", "Properties", "()", "IEnumerable<JProperty>", properties, "", changes},
    {"JObject", "PropertyValues", "()", "IEnumerable<JToken>", values, "", changes},
    {"JObject", "ContainsKey", "(string propertyName)", "bool", contains_key, "", changes},
    {"JObject", "GetValue", "(string propertyName)", "JToken", get_value, "", changes},
    {"JObject", "GetValue", "(string propertyName, StringComparison comparison)", "JToken", get_value, "", changes},
    {"JObject", "TryGetValue", "(string propertyName, out JToken value)", "bool", try_get_value, "", changes},
    {"JObject", "TryGetValue", "(string propertyName, StringComparison comparison, out JToken value)", "bool",
     try_get_value, "", changes},
    {"JObject", "$pairs", "()", "KeyValuePair<string,JToken>[]", object_items, "What `foreach` sees.", changes},
    {"JArray", "new", "()", "JArray", new_container, "", changes},
    {"JArray", "new", "(JArray other)", "JArray", new_container, "", changes},
    {"JArray", "new", "(params object[] content)", "JArray", new_container, "", changes},
    {"JArray", "new", "(object content)", "JArray", new_container, "", changes},
    {"JArray", "Add", "(JToken item)", "void", add, "", changes},
    {"JArray", "Remove", "(JToken item)", "bool", remove_item, "", changes},
    {"JArray", "RemoveAt", "(int index)", "void", remove_at, "", changes},
    {"JArray", "Insert", "(int index, JToken item)", "void", insert, "", changes},
    {"JArray", "Clear", "()", "void", remove_all, "", changes},
    {"JArray", "IndexOf", "(JToken item)", "int", index_of, "", changes},
    {"JArray", "Count", "", "int", array_count, "", changes},
    {"JArray", "Contains", "(JToken item)", "bool", contains, "", changes},
    {"JProperty", "new", "(string name, object content)", "JProperty", new_property, "", changes},
    {"JProperty", "new", "(string name, params object[] content)", "JProperty", new_property, "", changes},
    {"JProperty", "Name", "", "string", property_name, "", changes},
    {"JProperty", "Value", "", "JToken", property_value, "", changes},
    {"JProperty", "Value=", "(JToken value)", "void", set_property_value, "", changes},
    {"JValue", "new", "(object value)", "JValue", new_scalar, "", changes},
    {"JValue", "Value", "", "object", scalar_value, "", changes},
    {"JValue", "Value=", "(object value)", "void", set_scalar_value, "", changes},
    {"static JValue", "CreateNull", "()", "JValue", create_null, "", changes},
    {"static JValue", "CreateString", "(string value)", "JValue", create_string, "", changes},
    {"static JsonConvert", "SerializeObject", "(object value)", "string", serialize, "", changes},
    {"static JsonConvert", "SerializeObject", "(object value, Formatting formatting)", "string", serialize, "",
     changes},
    {"static JsonConvert", "ToString", "(object value)", "string", serialize, "", changes},
    {"static JsonConvert", "DeserializeObject", "(string value)", "object", deserialize, "", changes},
    {"static JsonConvert", "DeserializeObject", "(string value)", "T", deserialize, "", changes | Trait::typed},
};
#undef SLUICE_TO_TOKEN
#undef SLUICE_FROM_TOKEN

}  // namespace

const BodyReader json_body_reader{is_body_type, read_body};

extern const Family json_family{"json", "Json.NET's tree and converter.", "Newtonsoft.Json.Linq", types, enums,
                                members};

}  // namespace sluice::expression
