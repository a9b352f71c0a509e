// SPDX-License-Identifier: Apache-2.0
#include "expression/stored_value.hpp"

#include "expression/library/xml.hpp"

namespace sluice::expression {

Result<std::string> StoredValueWriter::write(const Value& value) {
  bytes_.push_back(stored_version);
  if (put(value, 0)) return std::move(bytes_);
  return fail(ErrorCode::policy_value_invalid, std::move(refusal_));
}

bool StoredValueWriter::refuse(std::string why) {
  refusal_ = std::move(why);
  return false;
}

void StoredValueWriter::put_scalar(const Value& value) {
  append_number(bytes_, Form::scalar);
  append_number(bytes_, value.kind());
  append_number(bytes_, value.extra());
  append_number(bytes_, value.bits());
}

bool StoredValueWriter::put(const Value& value, unsigned depth) {
  if (depth > limits_.content.depth) return refuse("The value is nested too deep to be kept.");
  if (bytes_.size() > limits_.expression.string_bytes) return refuse("The value is too large to be kept.");
  switch (value.kind()) {
    case ValueKind::null: append_number(bytes_, Form::null); return true;
    case ValueKind::string:
      append_number(bytes_, Form::string);
      append_text(bytes_, value.as_string());
      return true;
    case ValueKind::decimal:
      append_number(bytes_, Form::decimal);
      bytes_.append(static_cast<const char*>(value.data()), 16);
      return true;
    case ValueKind::guid:
      append_number(bytes_, Form::guid);
      bytes_.append(static_cast<const char*>(value.data()), 16);
      return true;
    case ValueKind::enumeration:
      append_number(bytes_, Form::enumeration);
      if (!put_type(static_cast<const Type*>(&value.enum_type()))) return false;
      append_number(bytes_, value.enum_value());
      return true;
    case ValueKind::object: return put_object(value, depth);
    case ValueKind::entity: return refuse("A value of type '" + std::string(type_name(value)) + "' cannot be kept.");
    default: put_scalar(value); return true;
  }
}

bool StoredValueWriter::put_object(const Value& value, unsigned depth) {
  const auto* type = static_cast<const Type*>(value.as_object()->type);
  if (type == core().byte_array) {
    append_number(bytes_, Form::bytes);
    append_text(bytes_, static_cast<const BytesObject*>(value.as_object())->view());
    return true;
  }
  if (is_json(value)) {
    append_number(bytes_, Form::json);
    return put_token(static_cast<const JsonToken*>(value.as_object()), depth);
  }
  if (is_xml(value) && xml_node(value).is_container()) return put_xml(xml_node(value));
  return put_collection(value, type, depth);
}

bool StoredValueWriter::put_collection(const Value& value, const Type* type, unsigned depth) {
  const Object* object = value.as_object();
  if (type->kind == TypeKind::array) {
    const auto* array = static_cast<const ArrayObject*>(object);
    return put_items(Form::array, type, array->items, array->count, depth);
  }
  if (type->kind == TypeKind::value) {
    const auto* fields = static_cast<const FieldsObject*>(object);
    return put_items(Form::fields, without_names(type), fields->fields, fields->count, depth);
  }
  const Layout layout = type->definition == nullptr ? Layout::by_row : type->definition->layout;
  if (layout == Layout::list || layout == Layout::stack) {
    const auto* list = static_cast<const ListObject*>(object);
    return put_items(Form::list, type, list->items, list->count, depth);
  }
  if (layout == Layout::dictionary) return put_dictionary(*static_cast<const DictionaryObject*>(object), type, depth);
  return refuse("A value of type '" + type->full + "' cannot be kept.");
}

bool StoredValueWriter::put_items(Form form, const Type* type, const Value* items, std::uint32_t count,
                                  unsigned depth) {
  append_number(bytes_, form);
  if (!put_type(type)) return false;
  append_number(bytes_, count);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (!put(items[i], depth + 1)) return false;
  }
  return true;
}

bool StoredValueWriter::put_dictionary(const DictionaryObject& dictionary, const Type* type, unsigned depth) {
  append_number(bytes_, Form::dictionary);
  if (!put_type(type)) return false;
  append_number(bytes_, dictionary.ignore_case);
  append_number(bytes_, dictionary.count);
  for (std::uint32_t i = 0; i < dictionary.used; ++i) {
    const DictionaryObject::Entry& entry = dictionary.entries[i];
    if (entry.next == DictionaryObject::removed) continue;
    if (!put(entry.key, depth + 1) || !put(entry.value, depth + 1)) return false;
  }
  return true;
}

bool StoredValueWriter::put_token(const JsonToken* token, unsigned depth) {
  if (depth > limits_.content.depth) return refuse("The value is nested too deep to be kept.");
  if (is_json_container(token)) return put_container(*static_cast<const JsonContainer*>(token), depth);
  if (is_json_property(token)) {
    const auto* property = static_cast<const JsonProperty*>(token);
    append_number(bytes_, JsonForm::property);
    append_text(bytes_, property->name);
    return put_token(property->value, depth + 1);
  }
  const auto* scalar = static_cast<const JsonScalar*>(token);
  append_number(bytes_, JsonForm::scalar);
  append_number(bytes_, static_cast<std::uint8_t>(scalar->kind));
  return put(scalar->value, depth + 1);
}

bool StoredValueWriter::put_container(const JsonContainer& container, unsigned depth) {
  append_number(bytes_, is_json_object(&container) ? JsonForm::object : JsonForm::array);
  append_number(bytes_, container.count);
  for (std::uint32_t i = 0; i < container.count; ++i) {
    if (!put_token(container.items[i], depth + 1)) return false;
  }
  return true;
}

bool StoredValueWriter::put_xml(const XmlNode& node) {
  ArenaText text(&run_.arena);
  write_xml(run_, text, node, false, false);
  if (run_.failed()) return refuse("The value is too large to be kept.");
  append_number(bytes_, Form::xml);
  append_number(bytes_, node.kind == XmlKind::document);
  append_text(bytes_, text);
  return true;
}

bool StoredValueWriter::put_type(const Type* type, unsigned depth) {
  const bool is_inner = type->kind == TypeKind::array || type->kind == TypeKind::nullable;
  const bool has_name = type->kind != TypeKind::anonymous && type->kind != TypeKind::function;
  if (depth > stored_type_depth || !has_name) return refuse("A value of type '" + type->full + "' cannot be kept.");
  if (is_inner) {
    append_number(bytes_, type->kind == TypeKind::array ? TypeForm::array : TypeForm::nullable);
    return put_type(type->arguments[0], depth + 1);
  }
  append_number(bytes_, TypeForm::named);
  append_text(bytes_, type->definition != nullptr ? type->definition->name : std::string_view(type->display));
  append_number(bytes_, static_cast<std::uint8_t>(type->arguments.size()));
  for (const Type* argument : type->arguments) {
    if (!put_type(argument, depth + 1)) return false;
  }
  return true;
}

}  // namespace sluice::expression
