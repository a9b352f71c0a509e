// SPDX-License-Identifier: Apache-2.0
// What values of kind `object` point to, apart from JSON and what the families keep to themselves.
#pragma once

#include "expression/evaluation.hpp"

#include <string_view>

namespace sluice::expression {

struct ArrayObject : Object {
  Value* items;
  std::uint32_t count;
};

/// byte[]
struct BytesObject : Object {
  std::uint8_t* data;
  std::uint32_t count;
  std::string_view view() const { return {reinterpret_cast<const char*>(data), count}; }
};

/// List, Queue and Stack. A Stack's top is at the end.
struct ListObject : Object {
  Value* items;
  std::uint32_t count;
  std::uint32_t capacity;
  std::uint32_t version;
};

/// Dictionary and HashSet: entries in order of insertion, found by hash.
struct DictionaryObject : Object {
  static constexpr std::int32_t removed = -2;
  struct Entry {
    Value key;
    Value value;
    std::uint32_t hash;
    std::int32_t next;  ///< In its bucket; or `removed`.
  };
  Entry* entries;
  std::int32_t* buckets;
  std::uint32_t used;  ///< Entries in use, removed ones included.
  std::uint32_t count;
  std::uint32_t capacity;
  std::uint32_t version;
  bool ignore_case;
};

/// System.Type.
struct TypeObject : Object {
  const Type* described;
};

/// StringBuilder and StringWriter.
struct BuilderObject : Object {
  char* data;
  std::uint32_t size;
  std::uint32_t capacity;
};

/// Objects of types that are compared by a text (`TypeRow::compared_by_text`): names, addresses.
struct TextObject : Object {
  std::string_view text;
};

/// Objects that only wrap something of the host.
struct HandleObject : Object {
  const void* target;
  const void* second;
};

/// Elements of any sequence, in order: of arrays, lists, texts, dictionaries, JSON, headers. Empty after a raise.
struct Items {
  const Value* data = nullptr;
  std::uint32_t count = 0;
  const Value* begin() const { return data; }
  const Value* end() const { return data + count; }
};
/// **Errors** (raised): ArgumentNullException for null.
Items items_of(Evaluation& run, const Value& sequence);

Value make_array(Evaluation& run, const Type* array_type, const Value* items, std::uint32_t count);
/// The items are used as they are.
Value adopt_array(Evaluation& run, const Type* array_type, Value* items, std::uint32_t count);
/// An IEnumerable<T> whose elements are there already.
Value make_sequence(Evaluation& run, const Type* element, const Value* items, std::uint32_t count);
Value make_bytes(Evaluation& run, const void* data, std::size_t count);
Value make_fields(Evaluation& run, const Type* type, const Value* items, std::uint32_t count);
/// What changes with every modification of a list or dictionary; null for the rest.
const std::uint32_t* version_of(const Value& sequence);
/// The rows that a type's values are handled by when no call names them.
const ImplicitMembers& implicit_members(const Type* type);
/// The property of that name that values of the type have; null when none.
const Member* find_property(const Type* type, std::string_view name);
/// What such a row gives for the value.
Value call_implicit(Evaluation& run, const Member& member, const Value& value);
Value make_pair(Evaluation& run, const Type* type, const Value& key, const Value& value);
Value make_list(Evaluation& run, const Type* type);
bool list_add(Evaluation& run, ListObject& list, const Value& item);
Value make_handle(Evaluation& run, const Type* type, const void* target, const void* second = nullptr);
Value make_type(Evaluation& run, const Type* described);
Value element_at(Evaluation& run, const Value& array, std::int64_t index);
Value set_element(Evaluation& run, const Value& array, std::int64_t index, const Value& value);
Value make_sized_array(Evaluation& run, const Type* array_type, std::int64_t count);

Value make_dictionary(Evaluation& run, const Type* type, bool ignore_case);
const Value* dictionary_find(const DictionaryObject& dictionary, const Value& key);
/// True when the key was new.
bool dictionary_set(Evaluation& run, DictionaryObject& dictionary, const Value& key, const Value& value);
bool dictionary_remove(DictionaryObject& dictionary, const Value& key);

/// Equals, GetHashCode and CompareTo of objects that have their own.
bool equal_objects(const Value& left, const Value& right);
std::uint32_t hash_object(const Value& value);
int compare_objects(const Value& left, const Value& right);
/// Tuples are the only objects that have an order: that of their items.
bool is_tuple(const Value& value);

/// Whether a StringComparer compares without case.
bool comparer_ignores_case(const Value& comparer);
/// The order of two texts, or nulls, by a StringComparer.
int compare_texts(const Value& comparer, const Value& left, const Value& right);

/// The line end of printed JSON and XML.
std::string_view newline_of(Evaluation& run);
/// `ToString()` of anything. Null gives the empty text.
std::string_view text_of(Evaluation& run, const Value& value);
/// `ToString(format)` of anything that has formats.
std::string_view format_value(Evaluation& run, const Value& value, std::string_view format);

}  // namespace sluice::expression
