// SPDX-License-Identifier: Apache-2.0
// What values have inside: members by name, elements in order.
// Source: DotLiquid, Hash and Drop; API Management policy reference, set-body, for `body` and `context`.
#include "base/text.hpp"
#include "expression/entity.hpp"
#include "expression/library/json.hpp"
#include "expression/library/xml.hpp"
#include "expression/sequence.hpp"
#include "expression/unicode.hpp"
#include "liquid/library_call.hpp"
#include "liquid/values.hpp"

namespace sluice::liquid {
namespace {

using expression::Entity;
using expression::JsonContainer;
using expression::JsonProperty;
using expression::JsonToken;
using expression::Type;
using expression::ValueList;
using expression::XmlKind;
using expression::XmlNode;

constexpr std::string_view xsi_space = "http://www.w3.org/2001/XMLSchema-instance";

const Type* loop_type() {
  static const Type type{{"forloop"}, expression::TypeKind::reference};
  return &type;
}
const Type* pair_type() {
  static const Type* type = expression::read_type("KeyValuePair<string,object>");
  return type;
}
const Type* context_type() {
  static const Type* type = expression::read_type("IContext");
  return type;
}

bool is_loop(const Value& value) { return value.kind() == ValueKind::object && value.as_object()->type == loop_type(); }
bool is_context(const Value& value) {
  return value.kind() == ValueKind::object && value.as_object()->type == context_type();
}
const Type* dynamic_type(const Value& value) { return expression::type_of(value); }
bool is_pair(const Value& value) {
  if (value.kind() != ValueKind::object) return false;
  const Type* type = dynamic_type(value);
  return type->definition != nullptr && type->definition->name == "KeyValuePair";
}
const expression::FieldsObject& fields_of(const Value& value) {
  return *static_cast<const expression::FieldsObject*>(value.as_object());
}

Value loop_part(const Value& value, std::string_view name) {
  const auto& loop = *static_cast<const LoopObject*>(value.as_object());
  if (name == "index") return Value::int64(loop.index + 1);
  if (name == "index0") return Value::int64(loop.index);
  if (name == "rindex") return Value::int64(loop.length - loop.index);
  if (name == "rindex0") return Value::int64(loop.length - loop.index - 1);
  if (name == "first") return Value::boolean(loop.index == 0);
  if (name == "last") return Value::boolean(loop.index + 1 == loop.length);
  if (name == "length") return Value::int64(loop.length);
  return {};
}

/// Several values of one header or parameter stand behind each other, as expressions join them.
Value joined(Evaluation& run, const Value& value) {
  if (value.kind() != ValueKind::object || dynamic_type(value) != expression::core().string_array) return value;
  std::string text;
  for (const Value& one : expression::items_of(run, value)) {
    if (!text.empty()) text += ',';
    text += one.as_string();
  }
  return run.text(text);
}

Value pair_part(Evaluation& run, const Value& value, std::string_view name) {
  const bool is_key = name == "Key" || name == "key" || name == "Name";
  if (is_key) return fields_of(value).fields[0];
  return name == "Value" || name == "value" ? joined(run, fields_of(value).fields[1]) : Value();
}

// ---- XML ----

const XmlNode* root_of(const XmlNode& document) {
  for (const XmlNode* node = document.first; node != nullptr; node = node->next) {
    if (node->kind == XmlKind::element) return node;
  }
  return nullptr;
}

/// An element as a value: one that says it is nil is nothing, or an empty text.
Value element_value(const LiquidOptions& options, const XmlNode& element) {
  const XmlNode* nil = expression::find_attribute(element, "nil", xsi_space);
  if (nil != nullptr && (nil->value == "true" || nil->value == "1"))
    return options.nil_is_null ? Value() : Value::string("");
  return expression::xml_value(&element);
}

template <class Fits>
bool add_elements(Evaluation& run, const LiquidOptions& options, const XmlNode& parent, Fits fits, ValueList& to) {
  for (const XmlNode* node = parent.first; node != nullptr; node = node->next) {
    if (!run.charge(1)) return false;
    if (node->kind == XmlKind::element && fits(*node) && !to.add(run, element_value(options, *node))) return false;
  }
  return true;
}

Value attribute_value(const XmlNode& element, std::string_view name) {
  for (const XmlNode* at = element.first_attribute; at != nullptr; at = at->next) {
    if (at->local == name) return Value::string(at->value);
  }
  return {};
}

Value xml_part(Evaluation& run, const LiquidOptions& options, const XmlNode& node, std::string_view name) {
  if (name.starts_with('@')) return attribute_value(node, name.substr(1));
  ValueList found;
  const auto same = [&](const XmlNode& one) { return one.local == name; };
  const auto similar = [&](const XmlNode& one) { return expression::equal_ignore_case(one.local, name); };
  if (!add_elements(run, options, node, same, found)) return {};
  if (found.count() == 0 && !add_elements(run, options, node, similar, found)) return {};
  if (found.count() == 0) {
    // `body` is the document; its root may be left out.
    const XmlNode* root = node.kind == XmlKind::document ? root_of(node) : nullptr;
    return root != nullptr ? xml_part(run, options, *root, name) : Value();
  }
  return found.count() == 1 ? *found.data() : make_list(run, found.data(), found.count());
}

// ---- JSON ----

Value json_part(const JsonToken& token, std::string_view name) {
  if (!expression::is_json_object(&token)) return {};
  const JsonProperty* property = expression::json_find(static_cast<const JsonContainer&>(token), name);
  return property != nullptr ? plain(Value::object(property->value)) : Value();
}

// ---- The context ----

Value entity_part(Evaluation& run, const Value& value, std::string_view name) {
  const Value key = Value::string(name);
  switch (static_cast<Entity>(value.extra())) {
    case Entity::headers: return call_library(run, "IHeaders", "GetValueOrDefault", "(string key)", {value, key});
    case Entity::query: return call_library(run, "IQuery", "GetValueOrDefault", "(string key)", {value, key});
    case Entity::matched_parameters:
      return call_library(run, "IMatchedParameters", "GetValueOrDefault", "(string key)", {value, key});
    case Entity::variables: {
      const Value* found = run.context->variables.find(VariableName(name));
      return found != nullptr ? plain(*found) : Value();
    }
    case Entity::url:
      if (name == "ToUri" || name == "ToString") return call_library(run, "IUrl", "ToString", "()", {value});
      return {};
    case Entity::request:
      return name == "ClientCertificates" ? call_library(run, "IRequest", "Certificate", "", {value}) : Value();
    case Entity::response: return name == "Method" ? Value::string(run.context->request.method) : Value();
    default: return {};
  }
}

Value dictionary_part(const Value& value, std::string_view name) {
  const Type* type = dynamic_type(value);
  if (type->definition == nullptr || type->definition->layout != expression::Layout::dictionary) return {};
  const auto& dictionary = *static_cast<const expression::DictionaryObject*>(value.as_object());
  const Value* found = expression::dictionary_find(dictionary, Value::string(name));
  return found != nullptr ? plain(*found) : Value();
}

Value property_value(Evaluation& run, const Value& value, std::string_view name) {
  const expression::Member* property = run.charge(4) ? expression::find_property(dynamic_type(value), name) : nullptr;
  return property != nullptr ? plain(expression::call_implicit(run, *property, value)) : Value();
}

Value named_part(Evaluation& run, const LiquidOptions& options, const Value& of, std::string_view name) {
  if (of.kind() == ValueKind::entity) {
    const Value found = entity_part(run, of, name);
    return found.is_null() && !run.failed() ? property_value(run, of, name) : found;
  }
  if (of.kind() != ValueKind::object) return {};
  if (is_loop(of)) return loop_part(of, name);
  if (is_pair(of)) return pair_part(run, of, name);
  if (expression::is_json(of)) return json_part(*static_cast<const JsonToken*>(of.as_object()), name);
  if (expression::is_xml(of)) return xml_part(run, options, expression::xml_node(of), name);
  const Value found = dictionary_part(of, name);
  return found.is_null() ? property_value(run, of, name) : found;
}

/// Everything that a walk over the value gives.
Items walked(Evaluation& run, const Value& of) {
  ValueList list;
  expression::Walk walk;
  if (!walk.begin(run, of)) return {};
  Value one;
  while (walk.next(run, one)) {
    if (!list.add(run, plain(one))) return {};
  }
  return run.failed() ? Items() : list.items();
}

Items json_elements(Evaluation& run, const JsonContainer& container) {
  const bool is_object = expression::is_json_object(&container);
  Value* items = run.make_array<Value>(container.count);
  if (items == nullptr || !run.charge(container.count)) return {};
  for (std::uint32_t i = 0; i < container.count; ++i) {
    items[i] = plain(Value::object(container.items[i]));
    if (!is_object) continue;
    const auto& property = *static_cast<const JsonProperty*>(container.items[i]);
    items[i] =
        expression::make_pair(run, pair_type(), Value::string(property.name), plain(Value::object(property.value)));
    if (run.failed()) return {};
  }
  return {items, container.count};
}

Items xml_elements(Evaluation& run, const LiquidOptions& options, const Value& of) {
  const XmlNode& node = expression::xml_node(of);
  const XmlNode* parent = node.kind == XmlKind::document ? root_of(node) : &node;
  ValueList list;
  if (parent == nullptr || !parent->is_container()) return {};
  if (!add_elements(
          run, options, *parent, [](const XmlNode&) { return true; }, list))
    return {};
  // One that holds a text alone is its own only element: the only one of its name.
  const bool is_leaf = list.count() == 0 && !trim(shown_text(run, of)).empty();
  if (is_leaf && !list.add(run, of)) return {};
  return list.items();
}

}  // namespace

Value make_loop(Evaluation& run, std::uint32_t length) {
  auto* loop = run.make<LoopObject>();
  if (loop == nullptr) return {};
  loop->type = loop_type();
  loop->length = length;
  return Value::object(loop);
}

Value context_value() {
  static const Object context{context_type()};
  return Value::object(&context);
}

Value make_list(Evaluation& run, const Value* items, std::uint32_t count) {
  return expression::make_array(run, expression::core().object_array, items, count);
}

Value plain(const Value& value) {
  if (!expression::is_json(value)) return value;
  const auto* token = static_cast<const JsonToken*>(value.as_object());
  if (expression::is_json_value(token)) return static_cast<const expression::JsonScalar*>(token)->value;
  if (!expression::is_json_property(token)) return value;
  return plain(Value::object(static_cast<const JsonProperty*>(token)->value));
}

Value part(Evaluation& run, const LiquidOptions& options, const Value& of, std::string_view name) {
  const Value found = named_part(run, options, of, name);
  if (!found.is_null() || run.failed()) return found;
  if (name == "size") {
    const auto size = size_of(run, options, of);
    return size ? Value::int64(*size) : Value();
  }
  if ((name != "first" && name != "last") || !is_sequence(of)) return {};
  const Items all = elements(run, options, of);
  if (all.count == 0) return {};
  return name == "first" ? all.data[0] : all.data[all.count - 1];
}

Value item(Evaluation& run, const LiquidOptions& options, const Value& of, const Value& index) {
  if (!index.is_integer()) return part(run, options, of, shown_text(run, index));
  const std::int64_t place = index.as_integer();
  if (is_pair(of)) return place == 0 || place == 1 ? pair_part(run, of, place == 0 ? "Key" : "Value") : Value();
  if (!is_sequence(of)) return {};
  const Items all = elements(run, options, of);
  const std::int64_t at = place < 0 ? place + all.count : place;
  return at >= 0 && at < all.count ? all.data[at] : Value();
}

bool is_sequence(const Value& value) {
  if (value.kind() == ValueKind::entity) return expression::element_of(dynamic_type(value)) != nullptr;
  if (value.kind() != ValueKind::object || is_loop(value) || is_context(value)) return false;
  return expression::is_json(value) || expression::is_xml(value) ||
         expression::element_of(dynamic_type(value)) != nullptr;
}

Items elements(Evaluation& run, const LiquidOptions& options, const Value& of) {
  if (!is_sequence(of)) return {};
  if (expression::is_xml(of)) return xml_elements(run, options, of);
  if (!expression::is_json(of)) return walked(run, of);
  const auto* token = static_cast<const JsonToken*>(of.as_object());
  return expression::is_json_container(token) ? json_elements(run, *static_cast<const JsonContainer*>(token)) : Items();
}

}  // namespace sluice::liquid
