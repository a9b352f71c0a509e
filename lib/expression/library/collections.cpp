// SPDX-License-Identifier: Apache-2.0
// List, Dictionary, HashSet, Queue, Stack, Array; and what the interfaces of collections promise.
#include "expression/objects.hpp"

#include <algorithm>

namespace sluice::expression {

namespace {

constexpr TypeRow types[] = {
    {"List<T>", "System.Collections.Generic.List`1", TypeKind::reference, "IList<T>;IReadOnlyList<T>"},
    {"Queue<T>", "System.Collections.Generic.Queue`1", TypeKind::reference, "IReadOnlyCollection<T>"},
    {"Stack<T>", "System.Collections.Generic.Stack`1", TypeKind::reference, "IReadOnlyCollection<T>"},
    {"HashSet<T>", "System.Collections.Generic.HashSet`1", TypeKind::reference, "ISet<T>;IReadOnlyCollection<T>"},
    {"Dictionary<K,V>", "System.Collections.Generic.Dictionary`2", TypeKind::reference,
     "IDictionary<K,V>;IReadOnlyDictionary<K,V>"},
};

ListObject& list(Call& call, std::size_t i = 0) { return call.object<ListObject>(i); }
DictionaryObject& map(Call& call, std::size_t i = 0) { return call.object<DictionaryObject>(i); }
Value whole(std::int64_t number) { return Value::int32(static_cast<std::int32_t>(number)); }
Value out_of_range(Call& call) {
  return call.raise(
      Fault::argument_out_of_range,
      "Index was out of range. Must be non-negative and less than the size of the collection. (Parameter 'index')");
}
Value empty(Call& call, const char* what) {
  return call.raise(Fault::invalid_operation, std::string(what) + " empty.");
}

// List
Value list_new(Call& call) {
  const Value made = make_list(call.run, call.result());
  if (made.is_null() || call.count == 0 || call[0].kind() == ValueKind::int32) return made;
  for (const Value& item : items_of(call.run, call[0])) {
    if (!list_add(call.run, *static_cast<ListObject*>(const_cast<Object*>(made.as_object())), item)) return {};
  }
  return made;
}
Value add(Call& call) {
  list_add(call.run, list(call), call[1]);
  return {};
}
Value add_range(Call& call) {
  const Items items = items_of(call.run, call[1]);
  for (const Value& item : items) {
    if (!list_add(call.run, list(call), item)) return {};
  }
  return {};
}
Value list_count(Call& call) { return whole(list(call).count); }
Value list_item(Call& call) {
  const std::int64_t at = call.integer(1);
  return at < 0 || at >= list(call).count ? out_of_range(call) : list(call).items[at];
}
Value list_set(Call& call) {
  const std::int64_t at = call.integer(1);
  if (at < 0 || at >= list(call).count) return out_of_range(call);
  list(call).items[at] = call[2];
  ++list(call).version;
  return {};
}
Value clear(Call& call) {
  list(call).count = 0;
  ++list(call).version;
  return {};
}
std::int64_t position(Call& call, const Value& wanted) {
  const Items items = items_of(call.run, call[0]);
  for (std::uint32_t i = 0; i < items.count; ++i) {
    if (equal_values(items.data[i], wanted)) return i;
  }
  return -1;
}
Value contains(Call& call) { return Value::boolean(position(call, call[1]) >= 0); }
Value index_of(Call& call) { return whole(position(call, call[1])); }
void erase(ListObject& from, std::int64_t at, std::int64_t count = 1) {
  std::copy(from.items + at + count, from.items + from.count, from.items + at);
  from.count -= static_cast<std::uint32_t>(count);
  ++from.version;
}
Value remove(Call& call) {
  const std::int64_t at = position(call, call[1]);
  if (at >= 0) erase(list(call), at);
  return Value::boolean(at >= 0);
}
Value remove_at(Call& call) {
  if (call.integer(1) < 0 || call.integer(1) >= list(call).count) return out_of_range(call);
  erase(list(call), call.integer(1));
  return {};
}
Value remove_range(Call& call) {
  if (call.integer(1) < 0 || call.integer(2) < 0 || call.integer(1) + call.integer(2) > list(call).count)
    return call.raise(Fault::argument,
                      "Offset and length were out of bounds for the array or count is greater than the number of "
                      "elements from index to the end of the source collection.");
  erase(list(call), call.integer(1), call.integer(2));
  return {};
}
Value remove_all(Call& call) {
  ListObject& from = list(call);
  std::uint32_t kept = 0;
  for (std::uint32_t i = 0; i < from.count; ++i) {
    const bool drop = call.invoke(1, {from.items[i]}).as_boolean();
    if (call.run.failed()) return {};
    if (!drop) from.items[kept++] = from.items[i];
  }
  const std::int64_t removed = from.count - kept;
  from.count = kept;
  ++from.version;
  return whole(removed);
}
Value insert(Call& call) {
  ListObject& to = list(call);
  const std::int64_t at = call.integer(1);
  if (at < 0 || at > to.count) return out_of_range(call);
  if (!list_add(call.run, to, call[2])) return {};
  std::rotate(to.items + at, to.items + to.count - 1, to.items + to.count);
  return {};
}
Value get_range(Call& call) {
  const ListObject& from = list(call);
  if (call.integer(1) < 0 || call.integer(2) < 0 || call.integer(1) + call.integer(2) > from.count)
    return call.raise(Fault::argument,
                      "Offset and length were out of bounds for the array or count is greater than the number of "
                      "elements from index to the end of the source collection.");
  const Value made = make_list(call.run, static_cast<const Type*>(from.type));
  for (std::int64_t i = 0; i < call.integer(2); ++i) {
    if (!list_add(call.run, *static_cast<ListObject*>(const_cast<Object*>(made.as_object())),
                  from.items[call.integer(1) + i]))
      return {};
  }
  return made;
}
Value reverse(Call& call) {
  std::reverse(list(call).items, list(call).items + list(call).count);
  ++list(call).version;
  return {};
}
/// A stable sort by merging; `order` may raise, which ends it.
template <class Order>
void sort_values(Call& call, Value* items, std::uint32_t count, Order order) {
  Value* other = call.run.make_array<Value>(count);
  if (other == nullptr) return;
  for (std::uint32_t width = 1; width < count; width *= 2) {
    for (std::uint32_t low = 0; low < count; low += 2 * width) {
      const std::uint32_t middle = std::min(low + width, count), high = std::min(low + 2 * width, count);
      std::uint32_t a = low, b = middle;
      for (std::uint32_t to = low; to < high; ++to) {
        const bool left = a < middle && (b >= high || order(items[a], items[b]) <= 0);
        if (call.run.failed() || !call.run.charge(1)) return;
        other[to] = left ? items[a++] : items[b++];
      }
    }
    std::copy(other, other + count, items);
  }
}
Value sort(Call& call) {
  ListObject& of = list(call);
  ++of.version;
  if (call.count > 1 && !call.is_null(1) && type_of(call[1])->kind == TypeKind::function)
    sort_values(call, of.items, of.count, [&](const Value& a, const Value& b) {
      return call.invoke(1, {a, b}).as_integer();
    });
  else if (call.count > 1 && !call.is_null(1))
    sort_values(call, of.items, of.count, [&](const Value& a, const Value& b) { return compare_texts(call[1], a, b); });
  else
    sort_values(call, of.items, of.count, [](const Value& a, const Value& b) { return compare_values(a, b); });
  return {};
}
Value to_array(Call& call) {
  const Items items = items_of(call.run, call[0]);
  return make_array(call.run, call.result(), items.data, items.count);
}

/// The first element that the predicate accepts; -1 when none does or it raised.
std::int64_t find_index(Call& call, bool backward = false) {
  const Items items = items_of(call.run, call[0]);
  for (std::uint32_t k = 0; k < items.count; ++k) {
    const std::uint32_t i = backward ? items.count - 1 - k : k;
    const bool found = call.invoke(1, {items.data[i]}).as_boolean();
    if (call.run.failed()) return -1;
    if (found) return i;
  }
  return -1;
}
Value exists(Call& call) { return Value::boolean(find_index(call) >= 0); }
Value find(Call& call) {
  const std::int64_t at = find_index(call);
  return at < 0 ? default_value(call.result()) : items_of(call.run, call[0]).data[at];
}
Value find_last(Call& call) {
  const std::int64_t at = find_index(call, true);
  return at < 0 ? default_value(call.result()) : items_of(call.run, call[0]).data[at];
}
Value find_index_call(Call& call) { return whole(find_index(call)); }
Value find_last_index(Call& call) { return whole(find_index(call, true)); }
Value last_index_of(Call& call) {
  const Items items = items_of(call.run, call[0]);
  for (std::uint32_t i = items.count; i-- > 0;) {
    if (equal_values(items.data[i], call[1])) return whole(i);
  }
  return whole(-1);
}
Value convert_all(Call& call) {
  const Value made = make_list(call.run, call.result());
  for (const Value& item : items_of(call.run, call[0])) {
    const Value converted = call.invoke(1, {item});
    if (call.run.failed()) return {};
    if (!list_add(call.run, *static_cast<ListObject*>(const_cast<Object*>(made.as_object())), converted)) return {};
  }
  return made;
}
Value insert_range(Call& call) {
  ListObject& to = list(call);
  const std::int64_t at = call.integer(1);
  if (at < 0 || at > to.count) return out_of_range(call);
  const std::uint32_t before = to.count;
  const Items items = items_of(call.run, call[2]);
  for (std::uint32_t i = 0; i < items.count; ++i) {
    if (!list_add(call.run, to, items.data[i])) return {};
  }
  std::rotate(to.items + at, to.items + before, to.items + to.count);
  return {};
}
Value self_call(Call& call) { return call[0]; }
Value find_all(Call& call) {
  const bool array = call.result()->kind == TypeKind::array;
  const Items items = items_of(call.run, call[0]);
  Value* kept = call.run.make_array<Value>(items.count);
  std::uint32_t count = 0;
  if (kept == nullptr) return {};
  for (const Value& item : items) {
    const bool keep = call.invoke(1, {item}).as_boolean();
    if (call.run.failed()) return {};
    if (keep) kept[count++] = item;
  }
  if (array) return make_array(call.run, call.result(), kept, count);
  const Value made = make_list(call.run, call.result());
  for (std::uint32_t i = 0; i < count; ++i)
    list_add(call.run, *static_cast<ListObject*>(const_cast<Object*>(made.as_object())), kept[i]);
  return made;
}
Value true_for_all(Call& call) {
  for (const Value& item : items_of(call.run, call[0])) {
    const bool holds = call.invoke(1, {item}).as_boolean();
    if (call.run.failed() || !holds) return Value::boolean(false);
  }
  return Value::boolean(true);
}
Value for_each(Call& call) {
  for (const Value& item : items_of(call.run, call[0])) {
    call.invoke(1, {item});
    if (call.run.failed()) return {};
  }
  return {};
}

// Queue and Stack
Value dequeue(Call& call) {
  if (list(call).count == 0) return empty(call, "Queue");
  const Value first = list(call).items[0];
  erase(list(call), 0);
  return first;
}
Value queue_peek(Call& call) { return list(call).count == 0 ? empty(call, "Queue") : list(call).items[0]; }
Value pop(Call& call) {
  if (list(call).count == 0) return empty(call, "Stack");
  ++list(call).version;
  return list(call).items[--list(call).count];
}
Value stack_peek(Call& call) {
  return list(call).count == 0 ? empty(call, "Stack") : list(call).items[list(call).count - 1];
}

// Dictionary
bool ignores_case(Call& call) {
  for (std::size_t i = 0; i < call.count; ++i) {
    static const Type* comparer = read_type("StringComparer");
    if (call[i].kind() == ValueKind::object && call[i].as_object()->type == comparer)
      return comparer_ignores_case(call[i]);
  }
  return false;
}
Value map_new(Call& call) {
  const Value made = make_dictionary(call.run, call.result(), ignores_case(call));
  if (made.is_null() || call.count == 0 || call[0].kind() != ValueKind::object ||
      element_of(type_of(call[0])) == nullptr)
    return made;
  auto& to = *static_cast<DictionaryObject*>(const_cast<Object*>(made.as_object()));
  const bool pairs = call.result()->arguments.size() == 2;
  for (const Value& item : items_of(call.run, call[0])) {
    if (pairs)
      dictionary_set(call.run, to, static_cast<const FieldsObject*>(item.as_object())->fields[0],
                     static_cast<const FieldsObject*>(item.as_object())->fields[1]);
    else
      dictionary_set(call.run, to, item, Value());
    if (call.run.failed()) return {};
  }
  return made;
}
Value not_found(Call& call) {
  return call.raise(Fault::key_not_found, "The given key was not present in the dictionary.");
}
Value map_item(Call& call) {
  if (call.is_null(1)) return call.null_argument("key");
  const Value* found = dictionary_find(map(call), call[1]);
  return found == nullptr ? not_found(call) : *found;
}
Value map_set(Call& call) {
  if (call.is_null(1)) return call.null_argument("key");
  dictionary_set(call.run, map(call), call[1], call[2]);
  return {};
}
Value map_add(Call& call) {
  if (call.is_null(1)) return call.null_argument("key");
  if (dictionary_find(map(call), call[1]) != nullptr)
    return call.raise(Fault::argument, "An item with the same key has already been added. Key: " +
                                           std::string(text_of(call.run, call[1])));
  dictionary_set(call.run, map(call), call[1], call[2]);
  return {};
}
Value map_try_add(Call& call) {
  if (call.is_null(1)) return call.null_argument("key");
  if (dictionary_find(map(call), call[1]) != nullptr) return Value::boolean(false);
  return Value::boolean(dictionary_set(call.run, map(call), call[1], call[2]));
}
Value map_try_get(Call& call) {
  if (call.is_null(1)) return call.null_argument("key");
  const Value* found = dictionary_find(map(call), call[1]);
  call.out(2) =
      found == nullptr ? default_value(call.site->types.empty() ? core().object : call.site->types.back()) : *found;
  return Value::boolean(found != nullptr);
}
Value map_get_or_default(Call& call) {
  const Value* found = dictionary_find(map(call), call[1]);
  return found != nullptr ? *found : call.count > 2 ? call[2] : default_value(call.result());
}
Value map_contains(Call& call) {
  return call.is_null(1) ? call.null_argument("key") : Value::boolean(dictionary_find(map(call), call[1]) != nullptr);
}
Value map_contains_value(Call& call) {
  for (std::uint32_t i = 0; i < map(call).used; ++i) {
    if (map(call).entries[i].next != DictionaryObject::removed && equal_values(map(call).entries[i].value, call[1]))
      return Value::boolean(true);
  }
  return Value::boolean(false);
}
Value map_remove(Call& call) { return Value::boolean(dictionary_remove(map(call), call[1])); }
Value map_count(Call& call) { return whole(map(call).count); }
Value map_clear(Call& call) {
  DictionaryObject& of = map(call);
  const bool ignore = of.ignore_case;
  const std::uint32_t version = of.version;
  const ObjectType* type = of.type;
  of = DictionaryObject();
  of.type = type;
  of.ignore_case = ignore;
  of.version = version + 1;
  return {};
}
Value parts(Call& call, bool keys, const Type* element) {
  Value* items = call.run.make_array<Value>(map(call).count);
  std::uint32_t count = 0;
  if (items == nullptr) return {};
  for (std::uint32_t i = 0; i < map(call).used; ++i) {
    const auto& entry = map(call).entries[i];
    if (entry.next != DictionaryObject::removed) items[count++] = keys ? entry.key : entry.value;
  }
  return make_sequence(call.run, element, items, count);
}
Value map_keys(Call& call) { return parts(call, true, call.result()->arguments[0]); }
Value map_values(Call& call) { return parts(call, false, call.result()->arguments[0]); }

// HashSet
Value set_add(Call& call) { return Value::boolean(dictionary_set(call.run, map(call), call[1], Value())); }
Value union_with(Call& call) {
  for (const Value& item : items_of(call.run, call[1])) dictionary_set(call.run, map(call), item, Value());
  return {};
}
Value except_with(Call& call) {
  for (const Value& item : items_of(call.run, call[1])) dictionary_remove(map(call), item);
  return {};
}
Value intersect_with(Call& call) {
  const Value other = make_dictionary(call.run, static_cast<const Type*>(map(call).type), map(call).ignore_case);
  if (other.is_null()) return {};
  auto& kept = *static_cast<DictionaryObject*>(const_cast<Object*>(other.as_object()));
  for (const Value& item : items_of(call.run, call[1])) dictionary_set(call.run, kept, item, Value());
  for (const Value& item : items_of(call.run, call[0])) {
    if (dictionary_find(kept, item) == nullptr) dictionary_remove(map(call), item);
  }
  return {};
}
Value is_superset(Call& call) {
  for (const Value& item : items_of(call.run, call[1])) {
    if (dictionary_find(map(call), item) == nullptr) return Value::boolean(false);
  }
  return Value::boolean(!call.run.failed());
}
Value is_subset(Call& call) {
  for (const Value& item : items_of(call.run, call[0])) {
    bool found = false;
    for (const Value& other : items_of(call.run, call[1])) found = found || equal_values(item, other);
    if (!found) return Value::boolean(false);
  }
  return Value::boolean(!call.run.failed());
}
Value symmetric_except_with(Call& call) {
  for (const Value& item : items_of(call.run, call[1])) {
    if (!dictionary_remove(map(call), item)) dictionary_set(call.run, map(call), item, Value());
  }
  return {};
}
Value set_equals(Call& call) {
  const Value both = is_superset(call);
  return call.run.failed() || !both.as_boolean() ? both : is_subset(call);
}
Value remove_where(Call& call) {
  std::int64_t removed = 0;
  for (const Value& item : items_of(call.run, call[0])) {
    const bool matches = call.invoke(1, {item}).as_boolean();
    if (call.run.failed()) return {};
    removed += matches && dictionary_remove(map(call), item);
  }
  return whole(removed);
}
Value overlaps(Call& call) {
  for (const Value& item : items_of(call.run, call[1])) {
    if (dictionary_find(map(call), item) != nullptr) return Value::boolean(true);
  }
  return Value::boolean(false);
}

// Arrays
Value bytes_length(Call& call) {
  return whole(call[0].as_object()->type == core().byte_array ? call.object<BytesObject>(0).count
                                                              : call.object<ArrayObject>(0).count);
}
Value array_clone(Call& call) {
  const Items items = items_of(call.run, call[0]);
  return make_array(call.run, type_of(call[0]), items.data, items.count);
}
Value array_reverse(Call& call) {
  if (call.is_null(0)) return call.null_argument("array");
  if (call[0].as_object()->type == core().byte_array)
    std::reverse(call.object<BytesObject>(0).data,
                 call.object<BytesObject>(0).data + call.object<BytesObject>(0).count);
  else
    std::reverse(call.object<ArrayObject>(0).items,
                 call.object<ArrayObject>(0).items + call.object<ArrayObject>(0).count);
  return {};
}
Value array_sort(Call& call) {
  if (call.is_null(0)) return call.null_argument("array");
  if (call[0].as_object()->type == core().byte_array) {
    std::sort(call.object<BytesObject>(0).data, call.object<BytesObject>(0).data + call.object<BytesObject>(0).count);
    return {};
  }
  auto& array = call.object<ArrayObject>(0);
  if (call.count > 1)
    sort_values(call, array.items, array.count, [&](const Value& a, const Value& b) {
      return call.invoke(1, {a, b}).as_integer();
    });
  else
    sort_values(call, array.items, array.count, [](const Value& a, const Value& b) { return compare_values(a, b); });
  return {};
}
Value array_copy(Call& call) {
  const bool ranged = call.count > 3;
  if (call.is_null(0) || call.is_null(ranged ? 2 : 1)) return call.null_argument("sourceArray");
  const std::int64_t from = ranged ? call.integer(1) : 0, to = ranged ? call.integer(3) : 0,
                     count = call.integer(ranged ? 4 : 2);
  const Value target = call[ranged ? 2 : 1];
  const Items items = items_of(call.run, call[0]);
  if (call.run.failed()) return {};
  const std::int64_t room = items_of(call.run, target).count;
  if (from < 0 || to < 0 || count < 0)
    return call.raise(Fault::argument_out_of_range, "Non-negative number required. (Parameter 'length')");
  if (from + count > items.count)
    return call.raise(Fault::argument,
                      "Source array was not long enough. Check the source index, length, and the array's lower bounds. "
                      "(Parameter 'sourceArray')");
  if (to + count > room)
    return call.raise(Fault::argument,
                      "Destination array was not long enough. Check the destination index, length, and the array's "
                      "lower bounds. (Parameter 'destinationArray')");
  std::vector<Value> held(items.data + from, items.data + from + count);
  for (std::int64_t i = 0; i < count; ++i) set_element(call.run, target, to + i, held[static_cast<std::size_t>(i)]);
  return {};
}
Value array_resize(Call& call) {
  Value& array = call.out(0);
  const Items items = array.is_null() ? Items() : items_of(call.run, array);
  const Value made = make_sized_array(call.run, array_of(call.type()), call.integer(1));
  if (call.run.failed()) return {};
  for (std::int64_t i = 0; i < call.integer(1) && i < items.count; ++i) set_element(call.run, made, i, items.data[i]);
  array = made;
  return {};
}
Value array_clear(Call& call) {
  for (std::int64_t i = 0; i < call.integer(2); ++i) {
    set_element(call.run, call[0], call.integer(1) + i, default_value(type_of(call[0])->arguments[0]));
    if (call.run.failed()) return {};
  }
  return {};
}
Value array_empty(Call& call) { return make_array(call.run, call.result(), nullptr, 0); }
Value count_of(Call& call) { return whole(items_of(call.run, call[0]).count); }
Value item_of(Call& call) {
  const Items items = items_of(call.run, call[0]);
  return call.integer(1) < 0 || call.integer(1) >= items.count ? out_of_range(call) : items.data[call.integer(1)];
}

constexpr Trait changes = Trait::impure;
constexpr MemberRow members[] = {
    {"List<T>", "new", "()", "", list_new, "", changes},
    {"List<T>", "new", "(int capacity)", "", list_new, "", changes},
    {"List<T>", "new", "(IEnumerable<T> collection)", "", list_new, "", changes},
    {"List<T>", "Add", "(T item)", "void", add, "", changes},
    {"List<T>", "AddRange", "(IEnumerable<T> collection)", "void", add_range, "", changes},
    {"List<T>", "Count", "", "int", list_count, "", changes},
    {"List<T>", "this", "[int index]", "T", list_item, "", changes},
    {"List<T>", "this=", "[int index, T value]", "void", list_set, "", changes},
    {"List<T>", "AsReadOnly", "()", "IReadOnlyList<T>", self_call, "", changes},
    {"List<T>", "LastIndexOf", "(T item)", "int", last_index_of, "", changes},
    {"List<T>", "InsertRange", "(int index, IEnumerable<T> collection)", "void", insert_range, "", changes},
    {"List<T>", "FindLastIndex", "(Predicate<T> match)", "int", find_last_index, "", changes},
    {"List<T>", "ConvertAll", "(Func<T,R> converter)", "List<R>", convert_all, "", changes},
    {"List<T>", "Sort", "(IComparer<T> comparer)", "void", sort, "", changes},
    {"List<T>", "Clear", "()", "void", clear, "", changes},
    {"List<T>", "Contains", "(T item)", "bool", contains, "", changes},
    {"List<T>", "IndexOf", "(T item)", "int", index_of, "", changes},
    {"List<T>", "Remove", "(T item)", "bool", remove, "", changes},
    {"List<T>", "RemoveAt", "(int index)", "void", remove_at, "", changes},
    {"List<T>", "RemoveRange", "(int index, int count)", "void", remove_range, "", changes},
    {"List<T>", "RemoveAll", "(Predicate<T> match)", "int", remove_all, "", changes},
    {"List<T>", "Insert", "(int index, T item)", "void", insert, "", changes},
    {"List<T>", "GetRange", "(int index, int count)", "List<T>", get_range, "", changes},
    {"List<T>", "Reverse", "()", "void", reverse, "", changes},
    {"List<T>", "Sort", "()", "void", sort, "", changes},
    {"List<T>", "Sort", "(Comparison<T> comparison)", "void", sort, "", changes},
    {"List<T>", "ToArray", "()", "T[]", to_array, "", changes},
    {"List<T>", "Exists", "(Predicate<T> match)", "bool", exists, "", changes},
    {"List<T>", "Find", "(Predicate<T> match)", "T", find, "", changes},
    {"List<T>", "FindLast", "(Predicate<T> match)", "T", find_last, "", changes},
    {"List<T>", "FindIndex", "(Predicate<T> match)", "int", find_index_call, "", changes},
    {"List<T>", "FindAll", "(Predicate<T> match)", "List<T>", find_all, "", changes},
    {"List<T>", "TrueForAll", "(Predicate<T> match)", "bool", true_for_all, "", changes},
    {"List<T>", "ForEach", "(Action<T> action)", "void", for_each, "", changes},
    {"Queue<T>", "new", "()", "", list_new, "", changes},
    {"Queue<T>", "new", "(IEnumerable<T> collection)", "", list_new, "", changes},
    {"Queue<T>", "Enqueue", "(T item)", "void", add, "", changes},
    {"Queue<T>", "Dequeue", "()", "T", dequeue, "", changes},
    {"Queue<T>", "Peek", "()", "T", queue_peek, "", changes},
    {"Queue<T>", "Count", "", "int", list_count, "", changes},
    {"Queue<T>", "Clear", "()", "void", clear, "", changes},
    {"Queue<T>", "Contains", "(T item)", "bool", contains, "", changes},
    {"Queue<T>", "ToArray", "()", "T[]", to_array, "", changes},
    {"Stack<T>", "new", "()", "", list_new, "", changes},
    {"Stack<T>", "new", "(IEnumerable<T> collection)", "", list_new, "", changes},
    {"Stack<T>", "Push", "(T item)", "void", add, "", changes},
    {"Stack<T>", "Pop", "()", "T", pop, "", changes},
    {"Stack<T>", "Peek", "()", "T", stack_peek, "", changes},
    {"Stack<T>", "Count", "", "int", list_count, "", changes},
    {"Stack<T>", "Clear", "()", "void", clear, "", changes},
    {"Stack<T>", "Contains", "(T item)", "bool", contains, "", changes},
    {"Stack<T>", "ToArray", "()", "T[]", to_array, "", changes},
    {"Dictionary<K,V>", "new", "()", "", map_new, "", changes},
    {"Dictionary<K,V>", "new", "(int capacity)", "", map_new, "", changes},
    {"Dictionary<K,V>", "new", "(StringComparer comparer)", "", map_new, "", changes},
    {"Dictionary<K,V>", "new", "(IDictionary<K,V> dictionary)", "", map_new, "", changes},
    {"Dictionary<K,V>", "new", "(IDictionary<K,V> dictionary, StringComparer comparer)", "", map_new, "", changes},
    {"Dictionary<K,V>", "this", "[K key]", "V", map_item, "", changes},
    {"Dictionary<K,V>", "this=", "[K key, V value]", "void", map_set, "", changes},
    {"Dictionary<K,V>", "Add", "(K key, V value)", "void", map_add, "", changes},
    {"Dictionary<K,V>", "ContainsKey", "(K key)", "bool", map_contains, "", changes},
    {"Dictionary<K,V>", "ContainsValue", "(V value)", "bool", map_contains_value, "", changes},
    {"Dictionary<K,V>", "TryGetValue", "(K key, out V value)", "bool", map_try_get, "", changes},
    {"Dictionary<K,V>", "GetValueOrDefault", "(K key)", "V", map_get_or_default, "", changes},
    {"Dictionary<K,V>", "GetValueOrDefault", "(K key, V defaultValue)", "V", map_get_or_default, "", changes},
    {"Dictionary<K,V>", "TryAdd", "(K key, V value)", "bool", map_try_add, "", changes},
    {"Dictionary<K,V>", "Remove", "(K key)", "bool", map_remove, "", changes},
    {"Dictionary<K,V>", "Count", "", "int", map_count, "", changes},
    {"Dictionary<K,V>", "Clear", "()", "void", map_clear, "", changes},
    {"Dictionary<K,V>", "Keys", "", "ICollection<K>", map_keys, "", changes},
    {"Dictionary<K,V>", "Values", "", "ICollection<V>", map_values, "", changes},
    {"HashSet<T>", "new", "()", "", map_new, "", changes},
    {"HashSet<T>", "new", "(IEnumerable<T> collection)", "", map_new, "", changes},
    {"HashSet<T>", "new", "(StringComparer comparer)", "", map_new, "", changes},
    {"HashSet<T>", "new", "(IEnumerable<T> collection, StringComparer comparer)", "", map_new, "", changes},
    {"HashSet<T>", "Add", "(T item)", "bool", set_add, "", changes},
    {"HashSet<T>", "Contains", "(T item)", "bool", map_contains, "", changes},
    {"HashSet<T>", "Remove", "(T item)", "bool", map_remove, "", changes},
    {"HashSet<T>", "Count", "", "int", map_count, "", changes},
    {"HashSet<T>", "Clear", "()", "void", map_clear, "", changes},
    {"HashSet<T>", "UnionWith", "(IEnumerable<T> other)", "void", union_with, "", changes},
    {"HashSet<T>", "ExceptWith", "(IEnumerable<T> other)", "void", except_with, "", changes},
    {"HashSet<T>", "IntersectWith", "(IEnumerable<T> other)", "void", intersect_with, "", changes},
    {"HashSet<T>", "IsSubsetOf", "(IEnumerable<T> other)", "bool", is_subset, "", changes},
    {"HashSet<T>", "IsSupersetOf", "(IEnumerable<T> other)", "bool", is_superset, "", changes},
    {"HashSet<T>", "SymmetricExceptWith", "(IEnumerable<T> other)", "void", symmetric_except_with, "", changes},
    {"HashSet<T>", "SetEquals", "(IEnumerable<T> other)", "bool", set_equals, "", changes},
    {"HashSet<T>", "RemoveWhere", "(Predicate<T> match)", "int", remove_where, "", changes},
    {"HashSet<T>", "Overlaps", "(IEnumerable<T> other)", "bool", overlaps, "", changes},
    {"Array", "Length", "", "int", bytes_length},
    {"Array", "Clone", "()", "object", array_clone, "", changes},
    {"static Array", "Reverse", "(Array array)", "void", array_reverse, "", changes},
    {"static Array", "Sort", "(T[] array)", "void", array_sort, "", changes},
    {"static Array", "Sort", "(T[] array, Comparison<T> comparison)", "void", array_sort, "", changes},
    {"static Array", "Copy", "(Array sourceArray, Array destinationArray, int length)", "void", array_copy, "",
     changes},
    {"static Array", "Copy",
     "(Array sourceArray, int sourceIndex, Array destinationArray, int destinationIndex, int length)", "void",
     array_copy, "", changes},
    {"static Array", "Clear", "(Array array, int index, int length)", "void", array_clear, "", changes},
    {"static Array", "Resize", "(out T[] array, int newSize)", "void", array_resize, "", changes},
    {"static Array", "Empty", "()", "T[]", array_empty, "", changes | Trait::typed},
    {"static Array", "IndexOf", "(T[] array, T value)", "int", index_of, "", changes},
    {"static Array", "Exists", "(T[] array, Predicate<T> match)", "bool", exists, "", changes},
    {"static Array", "Find", "(T[] array, Predicate<T> match)", "T", find, "", changes},
    {"static Array", "FindLast", "(T[] array, Predicate<T> match)", "T", find_last, "", changes},
    {"static Array", "FindIndex", "(T[] array, Predicate<T> match)", "int", find_index_call, "", changes},
    {"static Array", "FindAll", "(T[] array, Predicate<T> match)", "T[]", find_all, "", changes},
    {"static Array", "TrueForAll", "(T[] array, Predicate<T> match)", "bool", true_for_all, "", changes},
    {"static Array", "ForEach", "(T[] array, Action<T> action)", "void", for_each, "", changes},
    {"ICollection<T>", "Count", "", "int", count_of, "", changes},
    {"IReadOnlyCollection<T>", "Count", "", "int", count_of, "", changes},
    {"IReadOnlyList<T>", "this", "[int index]", "T", item_of, "", changes},
    {"IList<T>", "this", "[int index]", "T", item_of, "", changes},
};

}  // namespace

extern const Family collections_family{"collections", "Collections.", "System.Collections.Generic", types, {}, members};

}  // namespace sluice::expression
