// SPDX-License-Identifier: Apache-2.0
// Newtonsoft.Json.Linq: making and changing tokens.
#include "expression/library/json_members.hpp"

#include <algorithm>

namespace sluice::expression {
namespace {

using namespace json_members;

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

Value set_property_value(Call& call) {
  JsonToken* value = argument(call, 1);
  if (value != nullptr) json_replace(call.run, call.object<JsonProperty>(0).value, value);
  return {};
}
Value set_scalar_value(Call& call) {
  const JsonToken* made = json_from(call.run, call[1]);
  if (made == nullptr || is_json_container(made)) return {};
  call.object<JsonScalar>(0).value = static_cast<const JsonScalar*>(made)->value;
  call.object<JsonScalar>(0).kind = static_cast<const JsonScalar*>(made)->kind;
  return {};
}

constexpr Trait changes = Trait::impure;
constexpr MemberRow members[] = {
    {"JToken", "this=", "[object key, JToken value]", "void", set_index, "", changes},
    {"JObject", "this=", "[string propertyName, JToken value]", "void", set_index, "", changes},
    {"JArray", "this=", "[int index, JToken value]", "void", set_index, "", changes},
    {"JToken", "Remove", "()", "void", remove_self, "", changes},
    {"JToken", "Replace", "(JToken value)", "void", replace, "", changes},
    {"JToken", "AddAfterSelf", "(object content)", "void", add_after, "", changes},
    {"JToken", "AddBeforeSelf", "(object content)", "void", add_before, "", changes},
    {"JContainer", "Add", "(object content)", "void", add, "", changes},
    {"JContainer", "AddFirst", "(object content)", "void", add_first, "", changes},
    {"JContainer", "RemoveAll", "()", "void", remove_all, "", changes},
    {"JContainer", "Merge", "(object content)", "void", merge, "", changes},
    {"JObject", "new", "()", "JObject", new_container, "", changes},
    {"JObject", "new", "(JObject other)", "JObject", new_container, "", changes},
    {"JObject", "new", "(params object[] content)", "JObject", new_container, "", changes},
    {"JObject", "new", "(object content)", "JObject", new_container, "", changes},
    {"JObject", "Add", "(string propertyName, JToken value)", "void", add_named, "Raises for a name that is there.",
     changes},
    {"JObject", "Remove", "(string propertyName)", "bool", remove_name, "", changes},
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
    {"JArray", "Contains", "(JToken item)", "bool", contains, "", changes},
    {"JProperty", "new", "(string name, object content)", "JProperty", new_property, "", changes},
    {"JProperty", "new", "(string name, params object[] content)", "JProperty", new_property, "", changes},
    {"JProperty", "Value=", "(JToken value)", "void", set_property_value, "", changes},
    {"JValue", "new", "(object value)", "JValue", new_scalar, "", changes},
    {"JValue", "Value=", "(object value)", "void", set_scalar_value, "", changes},
    {"static JValue", "CreateNull", "()", "JValue", create_null, "", changes},
    {"static JValue", "CreateString", "(string value)", "JValue", create_string, "", changes},
};

}  // namespace

extern const Family json_changes_family{
    "json changes", "Json.NET's tree: making and changing.", "Newtonsoft.Json.Linq", {}, {}, members};

}  // namespace sluice::expression
