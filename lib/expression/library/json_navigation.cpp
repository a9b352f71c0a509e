// SPDX-License-Identifier: Apache-2.0
// Newtonsoft.Json.Linq: from a token to those around it.
#include "expression/library/json_members.hpp"

#include <algorithm>

namespace sluice::expression {
namespace {

using namespace json_members;

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
Value scalar_value(Call& call) { return call.object<JsonScalar>(0).value; }
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

constexpr Trait changes = Trait::impure;
constexpr MemberRow members[] = {
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
    {"JToken", "SelectToken", "(string path)", "JToken", select_token, "", changes},
    {"JToken", "SelectToken", "(string path, bool errorWhenNoMatch)", "JToken", select_token, "", changes},
    {"JToken", "SelectTokens", "(string path)", "IEnumerable<JToken>", select_tokens, "", changes},
    {"JToken", "BeforeSelf", "()", "IEnumerable<JToken>", beside<true>, "", changes},
    {"JToken", "AfterSelf", "()", "IEnumerable<JToken>", beside<false>, "", changes},
    {"JToken", "Ancestors", "()", "IEnumerable<JToken>", ancestors, "From the parent up to the root.", changes},
    {"static Extensions", "Values", "(this IEnumerable<JToken> source)", "IEnumerable<JToken>", children_of_each, "",
     changes},
    {"JToken", "$items", "()", "object[]", token_items, "", changes},
    {"JContainer", "Count", "", "int", count, "", changes},
    {"JContainer", "Descendants", "()", "IEnumerable<JToken>", descendants, "", changes},
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
    {"JArray", "Count", "", "int", array_count, "", changes},
    {"JProperty", "Name", "", "string", property_name, "", changes},
    {"JProperty", "Value", "", "JToken", property_value, "", changes},
    {"JValue", "Value", "", "object", scalar_value, "", changes},
};

}  // namespace

extern const Family json_navigation_family{
    "json navigation", "Json.NET's tree: from a token to those around it.", "Newtonsoft.Json.Linq", {}, {}, members};

}  // namespace sluice::expression
