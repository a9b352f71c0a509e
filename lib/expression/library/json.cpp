// SPDX-License-Identifier: Apache-2.0
// Newtonsoft.Json and Newtonsoft.Json.Linq: the types, and reading, writing and converting tokens.
#include "expression/library/json_members.hpp"

#include "expression/library/body_types.hpp"

#include <algorithm>
#include <optional>

namespace sluice::expression {
namespace {

using namespace json_members;

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
    {"JObject", "this", "[string propertyName]", "JToken", get_name, "", changes},
    {"JArray", "this", "[int index]", "JToken", get_item, "", changes},
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
    {"JToken", "Value", "(object key)", "T", value_of_key, "default(T) when missing.", changes | Trait::typed},
    {"static Extensions", "Value", "(this IEnumerable<JToken> value)", "T", value_of_self, "", changes | Trait::typed},
    {"static Extensions", "Values", "(this IEnumerable<JToken> source)", "IEnumerable<T>", sequence_values, "",
     changes | Trait::typed},
    {"JToken", "ToObject", "()", "T", to_object, "", changes | Trait::typed},
    {"JToken", "ToObject", "(Type objectType)", "object", to_object_type, "", changes},
    {"JToken", "DeepClone", "()", "JToken", deep_clone, "", changes},
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
