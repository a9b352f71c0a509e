// SPDX-License-Identifier: Apache-2.0
// Arrays, lists, dictionaries and what all objects have: elements, equality, text. Types of the families take part
// through rows of their tables: `$items` gives a sequence's elements, `ToString` its text.
#include "expression/objects.hpp"

#include "expression/decimal.hpp"
#include "expression/number_format.hpp"
#include "expression/temporal.hpp"
#include "expression/unicode.hpp"

#include "base/text_hash.hpp"

#include <algorithm>
#include <cstring>
#include <memory>

namespace sluice::expression {
namespace {

const Type* dynamic_type(const Value& value) { return static_cast<const Type*>(value.as_object()->type); }

bool is_tuple_type(const Type* type) {
  return type->is_tuple() || (type->definition != nullptr && type->definition->name == "Tuple");
}
/// Whether its objects are FieldsObjects, equal when their fields are.
bool has_fields(const Type* type) {
  return type->kind == TypeKind::anonymous || type->kind == TypeKind::value || is_tuple_type(type);
}

/// The row of that name whose receiver is nearest to the type; without parameters.
const Member* nearest_member(const Type* type, std::string_view name) {
  const Member* best = nullptr;
  for (const Member* member : members_named(name)) {
    if (!member->parameters.empty() || member->is_static || member->receiver->kind == TypeKind::object) continue;
    Bindings bindings;
    if (!unify(member->receiver, type, bindings) || !is_a(type, substitute(member->receiver, bindings))) continue;
    if (best == nullptr || is_a(member->receiver, best->receiver)) best = member;
  }
  return best;
}

}  // namespace

const ImplicitMembers& implicit_members(const Type* type) {
  return type->implicit.get([&] {
    return ImplicitMembers{nearest_member(type, "$items"), nearest_member(type, "ToString")};
  });
}

const Member* find_property(const Type* type, std::string_view name) {
  const Member* found = nearest_member(type, name);
  return found != nullptr && !found->is_method && !found->is_indexer ? found : nullptr;
}

Value call_implicit(Evaluation& run, const Member& member, const Value& value) {
  const CallSite site(member);
  Call call{run, &value, 1, &site};
  return member.row->function(call);
}

Value adopt_array(Evaluation& run, const Type* array_type, Value* items, std::uint32_t count) {
  if (array_type == core().byte_array) {
    auto* bytes = run.make<BytesObject>();
    auto* data = run.make_array<std::uint8_t>(count);
    if (bytes == nullptr || data == nullptr) return {};
    for (std::uint32_t i = 0; i < count; ++i) data[i] = static_cast<std::uint8_t>(items[i].as_integer());
    bytes->type = array_type;
    bytes->data = data;
    bytes->count = count;
    return Value::object(bytes);
  }
  auto* array = run.make<ArrayObject>();
  if (array == nullptr) return {};
  array->type = array_type;
  array->items = items;
  array->count = count;
  return Value::object(array);
}

Value make_array(Evaluation& run, const Type* array_type, const Value* items, std::uint32_t count) {
  Value* copy = run.make_array<Value>(count);
  if (copy == nullptr || !run.charge(count / 8)) return {};
  std::copy(items, items + count, copy);
  return adopt_array(run, array_type, copy, count);
}

Value make_sized_array(Evaluation& run, const Type* array_type, std::int64_t count) {
  if (count < 0) return run.raise(Fault::overflow, "Arithmetic operation resulted in an overflow.");
  if (static_cast<std::uint64_t>(count) > run.limits.memory_bytes) return run.exhaust("memory");
  if (!run.charge(static_cast<std::uint64_t>(count) / 16)) return {};
  const auto size = static_cast<std::uint32_t>(count);
  if (array_type == core().byte_array) {
    auto* data = run.make_array<std::uint8_t>(size);
    auto* bytes = run.make<BytesObject>();
    if (bytes == nullptr || data == nullptr) return {};
    bytes->type = array_type;
    bytes->data = data;
    bytes->count = size;
    return Value::object(bytes);
  }
  Value* items = run.make_array<Value>(size);
  if (items == nullptr) return {};
  std::fill(items, items + size, default_value(array_type->arguments[0]));
  return adopt_array(run, array_type, items, size);
}

Value make_bytes(Evaluation& run, const void* data, std::size_t count) {
  auto* copy = static_cast<std::uint8_t*>(run.allocate(count == 0 ? 1 : count, 1));
  auto* bytes = run.make<BytesObject>();
  if (copy == nullptr || bytes == nullptr || !run.charge(count / 64)) return {};
  if (count != 0) std::memcpy(copy, data, count);
  bytes->type = core().byte_array;
  bytes->data = copy;
  bytes->count = static_cast<std::uint32_t>(count);
  return Value::object(bytes);
}

Value make_fields(Evaluation& run, const Type* type, const Value* items, std::uint32_t count) {
  // The fields stand behind the object.
  static_assert(sizeof(FieldsObject) % alignof(Value) == 0);
  void* place = run.allocate(sizeof(FieldsObject) + count * sizeof(Value), alignof(FieldsObject));
  if (place == nullptr) return {};
  Value* fields = reinterpret_cast<Value*>(static_cast<std::byte*>(place) + sizeof(FieldsObject));
  std::uninitialized_copy_n(items, count, fields);
  return Value::object(new (place) FieldsObject{{type}, fields, count});
}

Value make_pair(Evaluation& run, const Type* type, const Value& key, const Value& value) {
  const Value fields[] = {key, value};
  return make_fields(run, type, fields, 2);
}

Value make_handle(Evaluation& run, const Type* type, const void* target, const void* second) {
  auto* handle = run.make<HandleObject>();
  if (handle == nullptr) return {};
  handle->type = type;
  handle->target = target;
  handle->second = second;
  return Value::object(handle);
}

Value make_type(Evaluation& run, const Type* described) {
  auto* object = run.make<TypeObject>();
  if (object == nullptr) return {};
  object->type = core().type;
  object->described = described;
  return Value::object(object);
}

Value make_list(Evaluation& run, const Type* type) {
  auto* list = run.make<ListObject>();
  if (list == nullptr) return {};
  list->type = type;
  return Value::object(list);
}

bool list_add(Evaluation& run, ListObject& list, const Value& item) {
  if (!run.charge(1)) return false;
  if (list.count == list.capacity) {
    const std::uint32_t capacity = list.capacity == 0 ? 8 : list.capacity * 2;
    Value* items = run.make_array<Value>(capacity);
    if (items == nullptr) return false;
    std::copy(list.items, list.items + list.count, items);
    list.items = items;
    list.capacity = capacity;
  }
  list.items[list.count++] = item;
  ++list.version;
  return true;
}

Value element_at(Evaluation& run, const Value& array, std::int64_t index) {
  if (array.is_null()) return run.raise_null();
  const bool is_bytes = array.as_object()->type == core().byte_array;
  const auto* values = static_cast<const ArrayObject*>(array.as_object());
  const auto* bytes = static_cast<const BytesObject*>(array.as_object());
  const std::int64_t count = is_bytes ? bytes->count : values->count;
  if (index < 0 || index >= count)
    return run.raise(Fault::index_out_of_range, "Index was outside the bounds of the array.");
  return is_bytes ? Value::integer(ValueKind::uint8, bytes->data[index]) : values->items[index];
}

Value set_element(Evaluation& run, const Value& array, std::int64_t index, const Value& value) {
  if (array.is_null()) return run.raise_null();
  auto* object = const_cast<Object*>(array.as_object());
  const bool is_bytes = object->type == core().byte_array;
  const std::int64_t count =
      is_bytes ? static_cast<BytesObject*>(object)->count : static_cast<ArrayObject*>(object)->count;
  if (index < 0 || index >= count)
    return run.raise(Fault::index_out_of_range, "Index was outside the bounds of the array.");
  if (is_bytes)
    static_cast<BytesObject*>(object)->data[index] = static_cast<std::uint8_t>(value.as_integer());
  else
    static_cast<ArrayObject*>(object)->items[index] = value;
  return value;
}

namespace {

std::uint32_t key_hash(const DictionaryObject& dictionary, const Value& key) {
  if (dictionary.ignore_case && key.is_string())
    return static_cast<std::uint32_t>(TextHash{}(to_upper_text(key.as_string())));
  return hash_value(key);
}

bool same_key(const DictionaryObject& dictionary, const Value& left, const Value& right) {
  if (dictionary.ignore_case && left.is_string() && right.is_string())
    return equal_ignore_case(left.as_string(), right.as_string());
  return equal_values(left, right);
}

std::int32_t find_entry(const DictionaryObject& dictionary, const Value& key, std::uint32_t hash) {
  if (dictionary.capacity == 0) return -1;
  for (std::int32_t i = dictionary.buckets[hash & (dictionary.capacity - 1)] - 1; i >= 0;
       i = dictionary.entries[i].next) {
    if (dictionary.entries[i].hash == hash && same_key(dictionary, dictionary.entries[i].key, key)) return i;
  }
  return -1;
}

bool grow(Evaluation& run, DictionaryObject& dictionary) {
  const std::uint32_t capacity = dictionary.capacity == 0 ? 8 : dictionary.capacity * 2;
  auto* entries = run.make_array<DictionaryObject::Entry>(capacity);
  auto* buckets = run.make_array<std::int32_t>(capacity);
  if (entries == nullptr || buckets == nullptr || !run.charge(capacity / 8)) return false;
  std::uint32_t used = 0;
  for (std::uint32_t i = 0; i < dictionary.used; ++i) {
    if (dictionary.entries[i].next == DictionaryObject::removed) continue;
    auto& entry = entries[used] = dictionary.entries[i];
    std::int32_t& bucket = buckets[entry.hash & (capacity - 1)];
    entry.next = bucket - 1;
    bucket = static_cast<std::int32_t>(++used);
  }
  dictionary.entries = entries;
  dictionary.buckets = buckets;
  dictionary.capacity = capacity;
  dictionary.used = used;
  return true;
}

}  // namespace

Value make_dictionary(Evaluation& run, const Type* type, bool ignore_case) {
  auto* dictionary = run.make<DictionaryObject>();
  if (dictionary == nullptr) return {};
  dictionary->type = type;
  dictionary->ignore_case = ignore_case;
  return Value::object(dictionary);
}

const Value* dictionary_find(const DictionaryObject& dictionary, const Value& key) {
  const std::int32_t at = find_entry(dictionary, key, key_hash(dictionary, key));
  return at < 0 ? nullptr : &dictionary.entries[at].value;
}

bool dictionary_set(Evaluation& run, DictionaryObject& dictionary, const Value& key, const Value& value) {
  if (!run.charge(1)) return false;
  const std::uint32_t hash = key_hash(dictionary, key);
  const std::int32_t at = find_entry(dictionary, key, hash);
  ++dictionary.version;
  if (at >= 0) {
    dictionary.entries[at].value = value;
    return false;
  }
  if (dictionary.used == dictionary.capacity && !grow(run, dictionary)) return false;
  std::int32_t& bucket = dictionary.buckets[hash & (dictionary.capacity - 1)];
  dictionary.entries[dictionary.used] = {key, value, hash, bucket - 1};
  bucket = static_cast<std::int32_t>(++dictionary.used);
  ++dictionary.count;
  return true;
}

bool dictionary_remove(DictionaryObject& dictionary, const Value& key) {
  const std::uint32_t hash = key_hash(dictionary, key);
  const std::int32_t at = find_entry(dictionary, key, hash);
  if (at < 0) return false;
  std::int32_t& bucket = dictionary.buckets[hash & (dictionary.capacity - 1)];
  if (bucket - 1 == at) {
    bucket = dictionary.entries[at].next + 1;
  } else {
    for (std::int32_t i = bucket - 1; i >= 0; i = dictionary.entries[i].next) {
      if (dictionary.entries[i].next != at) continue;
      dictionary.entries[i].next = dictionary.entries[at].next;
      break;
    }
  }
  dictionary.entries[at].next = DictionaryObject::removed;
  --dictionary.count;
  ++dictionary.version;
  return true;
}

namespace {
bool compares_by_text(const Type* type) { return type->definition != nullptr && type->definition->compared_by_text; }
}  // namespace

bool equal_objects(const Value& left, const Value& right) {
  if (left.data() == right.data()) return true;
  const Type* type = dynamic_type(left);
  if (type != dynamic_type(right)) return false;
  if (type == core().type) {
    return static_cast<const TypeObject*>(left.as_object())->described ==
           static_cast<const TypeObject*>(right.as_object())->described;
  }
  if (compares_by_text(type))
    return static_cast<const TextObject*>(left.as_object())->text ==
           static_cast<const TextObject*>(right.as_object())->text;
  if (has_fields(type)) {
    const auto& a = *static_cast<const FieldsObject*>(left.as_object());
    const auto& b = *static_cast<const FieldsObject*>(right.as_object());
    for (std::uint32_t i = 0; i < a.count; ++i) {
      if (!equal_values(a.fields[i], b.fields[i])) return false;
    }
    return a.count == b.count;
  }
  return false;
}

std::uint32_t hash_object(const Value& value) {
  const Type* type = type_of(value);
  if (has_fields(type)) {
    std::uint32_t hash = 17;
    const auto& object = *static_cast<const FieldsObject*>(value.as_object());
    for (std::uint32_t i = 0; i < object.count; ++i) hash = hash * 31 + hash_value(object.fields[i]);
    return hash;
  }
  if (compares_by_text(type)) return hash_value(Value::string(static_cast<const TextObject*>(value.as_object())->text));
  return static_cast<std::uint32_t>((reinterpret_cast<std::uintptr_t>(value.data()) * 0x9e3779b97f4a7c15ull) >> 32);
}

bool is_tuple(const Value& value) {
  if (value.kind() != ValueKind::object) return false;
  return is_tuple_type(dynamic_type(value));
}

int compare_objects(const Value& left, const Value& right) {
  if (is_tuple(left) && left.as_object()->type == right.as_object()->type) {
    const auto& a = *static_cast<const FieldsObject*>(left.as_object());
    const auto& b = *static_cast<const FieldsObject*>(right.as_object());
    for (std::uint32_t i = 0; i < a.count; ++i) {
      if (const int difference = compare_values(a.fields[i], b.fields[i]); difference != 0) return difference;
    }
    return 0;
  }
  return left.data() == right.data() ? 0 : left.data() < right.data() ? -1 : 1;
}

namespace {

std::string_view fields_text(Evaluation& run, const Value& value, const Type* type) {
  const auto& object = *static_cast<const FieldsObject*>(value.as_object());
  std::string text;
  if (type->kind == TypeKind::anonymous) {
    text = "{ ";
    for (std::uint32_t i = 0; i < object.count; ++i) {
      if (i != 0) text += ", ";
      text += type->fields[i].name + " = ";
      text += text_of(run, object.fields[i]);
    }
    text += object.count == 0 ? "}" : " }";
  } else {
    const bool pair = !is_tuple_type(type);
    text = pair ? "[" : "(";
    for (std::uint32_t i = 0; i < object.count; ++i) {
      if (i != 0) text += ", ";
      text += text_of(run, object.fields[i]);
    }
    text += pair ? "]" : ")";
  }
  return run.text(text).as_string();
}

std::string_view object_text(Evaluation& run, const Value& value) {
  const Type* type = type_of(value);
  if (has_fields(type)) {
    return fields_text(run, value, type);
  }
  if (const Member* member = implicit_members(type).text) {
    const Value text = call_implicit(run, *member, value);
    return text.is_string() ? text.as_string() : std::string_view();
  }
  return type->full;
}

}  // namespace

std::string_view newline_of(Evaluation& run) {
  return run.context == nullptr ? std::string_view("\n")
                                : std::string_view(run.context->services.behaviour.expression_newline);
}

std::string_view text_of(Evaluation& run, const Value& value) {
  switch (value.kind()) {
    case ValueKind::null: return {};
    case ValueKind::string: return value.as_string();
    case ValueKind::boolean: return value.as_boolean() ? "True" : "False";
    case ValueKind::character: {
      std::string text;
      append_unit(text, static_cast<char16_t>(value.as_integer()));
      return run.text(text).as_string();
    }
    case ValueKind::object:
    case ValueKind::entity: return object_text(run, value);
    default: return format_value(run, value, {});
  }
}

std::string_view format_value(Evaluation& run, const Value& value, std::string_view format) {
  std::string text;
  std::string fault;
  switch (value.kind()) {
    case ValueKind::null: return {};
    case ValueKind::date_time:
    case ValueKind::date_time_offset:
    case ValueKind::time_span: {
      ArenaText made(&run.arena);
      format_temporal(made, value, format, fault);
      if (fault.empty()) return run.adopt(std::move(made)).as_string();
      break;
    }
    case ValueKind::guid: text = format_guid(static_cast<const std::uint8_t*>(value.data()), format, fault); break;
    case ValueKind::enumeration: text = format_enum(value, format, fault); break;
    case ValueKind::string:
    case ValueKind::boolean:
    case ValueKind::character:
    case ValueKind::object:
    case ValueKind::entity: return text_of(run, value);
    default: text = format_number(value, format, fault); break;
  }
  if (!fault.empty()) {
    run.raise(Fault::format, fault);
    return {};
  }
  return run.text(text).as_string();
}

}  // namespace sluice::expression

namespace sluice {

std::string_view to_text(const Value& value, Arena& arena) {
  if (value.is_string()) {
    const std::string_view text = value.as_string();
    // Lone surrogates and invalid bytes do not leave the gateway.
    if (expression::is_ascii(text)) return text;
    const std::string valid = expression::valid_utf8(text);
    return valid == text ? text : arena.copy(valid);
  }
  static const ExpressionLimits limits;
  expression::Evaluation run(arena, nullptr, limits);
  return expression::text_of(run, value);
}

std::string_view type_name(const Value& value) { return expression::type_of(value)->full; }

}  // namespace sluice
