// SPDX-License-Identifier: Apache-2.0
#include "expression/decimal.hpp"
#include "expression/stored_value.hpp"

#include "base/text.hpp"

#include <limits>

namespace sluice::expression {
namespace {

constexpr std::int64_t last_tick = 3'155'378'975'999'999'999;  // of the year 9999

template <class Number>
bool fits(std::int64_t value) {
  return value >= std::int64_t{std::numeric_limits<Number>::min()} &&
         value <= std::int64_t{std::numeric_limits<Number>::max()};
}

/// Whether a value of the kind may have these bits.
bool is_in_range(ValueKind kind, std::int64_t bits) {
  switch (kind) {
    case ValueKind::boolean: return bits == 0 || bits == 1;
    case ValueKind::character:
    case ValueKind::uint16: return fits<std::uint16_t>(bits);
    case ValueKind::int8: return fits<std::int8_t>(bits);
    case ValueKind::uint8: return fits<std::uint8_t>(bits);
    case ValueKind::int16: return fits<std::int16_t>(bits);
    case ValueKind::int32: return fits<std::int32_t>(bits);
    case ValueKind::uint32: return fits<std::uint32_t>(bits);
    case ValueKind::date_time:
    case ValueKind::date_time_offset: return bits >= 0 && bits <= last_tick;
    default: return true;
  }
}

/// Whether a value may stand where the type is meant: what finds it there does not look again.
bool belongs(const Value& value, const Type* type) {
  if (type->kind == TypeKind::object) return true;
  if (value.is_null()) return type->nullable();
  return value_is(value, without_nullable(type));
}

/// The type of the item at `i` of a collection.
const Type* item_type(const Type* of, std::uint32_t i) {
  if (of->kind != TypeKind::value) i = 0;
  return i < of->arguments.size() ? of->arguments[i] : nullptr;
}

bool is_json_content(const Value& value) {
  return value.kind() != ValueKind::object || value.as_object()->type == core().byte_array;
}

}  // namespace

std::optional<Value> StoredValueReader::read() {
  if (record_.number<char>() != stored_version) return std::nullopt;
  auto made = value(0);
  if (!made || run_.failed() || !record_.rest().empty()) return std::nullopt;
  return made;
}

std::optional<std::uint32_t> StoredValueReader::count() {
  const auto count = record_.number<std::uint32_t>();
  return count && *count <= record_.rest().size() ? count : std::nullopt;
}

std::optional<Value> StoredValueReader::value(unsigned depth) {
  const auto form = record_.number<Form>();
  if (!form || depth > most_depth_) return std::nullopt;
  switch (*form) {
    case Form::null: return Value();
    case Form::scalar: return scalar();
    case Form::string: {
      const auto from = record_.text();
      return from && is_valid_utf8(*from) ? std::optional(run_.text(*from)) : std::nullopt;
    }
    case Form::decimal: {
      const auto from = record_.number<Decimal>();
      if (!from || from->scale > 28 || from->negative > 1) return std::nullopt;
      return Value::pointer(ValueKind::decimal, run_.arena.make<Decimal>(*from));
    }
    case Form::guid: {
      const auto from = record_.raw(16);
      return from ? std::optional(Value::pointer(ValueKind::guid, run_.arena.copy(*from).data())) : std::nullopt;
    }
    case Form::enumeration: return enumeration();
    case Form::bytes: {
      const auto from = record_.text();
      return from ? std::optional(make_bytes(run_, from->data(), from->size())) : std::nullopt;
    }
    case Form::json: {
      const JsonToken* made = token(depth);
      return made != nullptr ? std::optional(Value::object(made)) : std::nullopt;
    }
    case Form::xml: return xml();
    case Form::array:
    case Form::list:
    case Form::fields: return items(*form, depth);
    case Form::dictionary: return dictionary(depth);
  }
  return std::nullopt;
}

std::optional<Value> StoredValueReader::scalar() {
  const auto kind = record_.number<ValueKind>();
  const auto extra = record_.number<std::uint16_t>();
  const auto bits = record_.number<std::int64_t>();
  if (!kind || !extra || !bits || !is_in_range(*kind, *bits)) return std::nullopt;
  switch (*kind) {
    case ValueKind::boolean: return Value::boolean(*bits != 0);
    case ValueKind::float32:
    case ValueKind::float64: {
      double stored;
      std::memcpy(&stored, &*bits, sizeof stored);
      return *kind == ValueKind::float64 ? Value::float64(stored) : Value::float32(static_cast<float>(stored));
    }
    case ValueKind::date_time:
      return *extra <= 2 ? std::optional(Value::date_time(*bits, static_cast<std::uint8_t>(*extra))) : std::nullopt;
    case ValueKind::date_time_offset: {
      const auto offset = static_cast<std::int16_t>(*extra);
      return offset >= -14 * 60 && offset <= 14 * 60 ? std::optional(Value::date_time_offset(*bits, offset))
                                                     : std::nullopt;
    }
    case ValueKind::character:
    case ValueKind::int8:
    case ValueKind::uint8:
    case ValueKind::int16:
    case ValueKind::uint16:
    case ValueKind::int32:
    case ValueKind::uint32:
    case ValueKind::int64:
    case ValueKind::uint64:
    case ValueKind::time_span: return Value::integer(*kind, *bits);
    default: return std::nullopt;
  }
}

std::optional<Value> StoredValueReader::enumeration() {
  const Type* of = type();
  const auto which = record_.number<std::int32_t>();
  if (of == nullptr || of->kind != TypeKind::enumeration || !which) return std::nullopt;
  return Value::enumeration(*of, *which);
}

std::optional<Value> StoredValueReader::items(Form form, unsigned depth) {
  const Type* of = type();
  const auto many = count();
  if (of == nullptr || !many) return std::nullopt;
  Value* made = run_.make_array<Value>(*many);
  if (made == nullptr) return std::nullopt;
  for (std::uint32_t i = 0; i < *many; ++i) {
    const auto item = value(depth + 1);
    const Type* expected = item_type(of, i);
    if (!item || expected == nullptr || !belongs(*item, expected)) return std::nullopt;
    made[i] = *item;
  }
  return collect(form, of, made, *many);
}

std::optional<Value> StoredValueReader::collect(Form form, const Type* type, Value* items, std::uint32_t count) {
  if (form == Form::array) {
    if (type->kind != TypeKind::array || type == core().byte_array) return std::nullopt;
    return adopt_array(run_, type, items, count);
  }
  if (form == Form::fields) {
    if (type->kind != TypeKind::value) return std::nullopt;
    const Value blank = default_value(type);
    if (static_cast<const FieldsObject*>(blank.as_object())->count != count) return std::nullopt;
    return make_fields(run_, type, items, count);
  }
  const Layout layout = type->definition == nullptr ? Layout::by_row : type->definition->layout;
  if (layout != Layout::list && layout != Layout::stack) return std::nullopt;
  const Value list = make_list(run_, type);
  for (std::uint32_t i = 0; !run_.failed() && i < count; ++i)
    list_add(run_, *static_cast<ListObject*>(const_cast<Object*>(list.as_object())), items[i]);
  return list;
}

std::optional<Value> StoredValueReader::dictionary(unsigned depth) {
  const Type* of = type();
  const auto ignores_case = record_.number<std::uint8_t>();
  const auto many = count();
  if (of == nullptr || !ignores_case || !many) return std::nullopt;
  if (of->definition == nullptr || of->definition->layout != Layout::dictionary) return std::nullopt;
  const Value made = make_dictionary(run_, of, *ignores_case != 0);
  for (std::uint32_t i = 0; !run_.failed() && i < *many; ++i) {
    const auto key = value(depth + 1);
    if (!key || key->is_null() || !belongs(*key, of->arguments[0])) return std::nullopt;
    const auto held = value(depth + 1);
    const bool is_set = of->arguments.size() == 1;
    if (!held || !(is_set ? held->is_null() : belongs(*held, of->arguments[1]))) return std::nullopt;
    dictionary_set(run_, *static_cast<DictionaryObject*>(const_cast<Object*>(made.as_object())), *key, *held);
  }
  return made;
}

std::optional<Value> StoredValueReader::xml() {
  const auto is_document = record_.number<std::uint8_t>();
  const auto from = record_.text();
  if (!is_document || !from) return std::nullopt;
  XmlNode* document = read_xml(run_, run_.arena.copy(*from), true);
  if (document == nullptr) return std::nullopt;
  if (*is_document != 0) return Value::object(document);
  for (XmlNode* node = document->first; node != nullptr; node = node->next) {
    if (node->kind != XmlKind::element) continue;
    remove_xml(*node);
    return Value::object(node);
  }
  return std::nullopt;
}

JsonToken* StoredValueReader::token(unsigned depth) {
  const auto form = record_.number<JsonForm>();
  if (!form || depth > most_depth_) return nullptr;
  switch (*form) {
    case JsonForm::scalar: {
      const auto kind = record_.number<std::uint8_t>();
      if (!kind || *kind > static_cast<std::uint8_t>(JsonType::time_span)) return nullptr;
      const auto held = value(depth + 1);
      return held && is_json_content(*held) ? make_json_scalar(run_, *held, static_cast<JsonType>(*kind)) : nullptr;
    }
    case JsonForm::property: {
      const auto name = record_.text();
      JsonToken* held = name && is_valid_utf8(*name) ? token(depth + 1) : nullptr;
      return held != nullptr && !is_json_property(held) ? make_json_property(run_, run_.arena.copy(*name), held)
                                                        : nullptr;
    }
    case JsonForm::array: return container(false, depth);
    case JsonForm::object: return container(true, depth);
  }
  return nullptr;
}

JsonToken* StoredValueReader::container(bool is_object, unsigned depth) {
  const auto many = count();
  JsonContainer* made = many ? make_json_container(run_, is_object) : nullptr;
  for (std::uint32_t i = 0; made != nullptr && i < *many; ++i) {
    JsonToken* item = token(depth + 1);
    if (item == nullptr || is_json_property(item) != is_object || !json_append(run_, *made, item)) return nullptr;
  }
  return made;
}

const Type* StoredValueReader::type(unsigned depth) {
  const auto form = record_.number<TypeForm>();
  if (!form || depth > stored_type_depth) return nullptr;
  if (*form != TypeForm::named) {
    const Type* inner = type(depth + 1);
    if (inner == nullptr) return nullptr;
    return *form == TypeForm::array ? array_of(inner) : nullable_of(inner);
  }
  const auto name = record_.text();
  const auto many = record_.number<std::uint8_t>();
  const TypeDefinition* definition = name && many ? find_type(*name, *many) : nullptr;
  if (definition == nullptr) return nullptr;
  std::vector<const Type*> arguments;
  for (unsigned i = 0; i < *many; ++i) {
    arguments.push_back(type(depth + 1));
    if (arguments.back() == nullptr) return nullptr;
  }
  return instance_of(*definition, arguments);
}

}  // namespace sluice::expression
