// SPDX-License-Identifier: Apache-2.0
// System.Linq.Enumerable.   Differs: sequences are computed at once, not on demand.
#include "expression/decimal.hpp"
#include "expression/objects.hpp"

#include <algorithm>
#include <vector>

namespace sluice::expression {
namespace {

constexpr TypeRow types[] = {
    {"Enumerable", "System.Linq.Enumerable", TypeKind::static_class},
    {"IOrderedEnumerable<T>", "System.Linq.IOrderedEnumerable`1", TypeKind::reference, "IEnumerable<T>"},
    {"IGrouping<K,T>", "System.Linq.IGrouping`2", TypeKind::reference, "IEnumerable<T>"},
    {"ILookup<K,T>", "System.Linq.ILookup`2", TypeKind::reference, "IEnumerable<IGrouping<K,T>>"},
};

/// The result of OrderBy: elements with the keys that later ThenBy calls refine.
struct OrderedObject : ArrayObject {
  std::uint32_t* rank;  ///< Equal numbers: equal so far.
};
struct GroupObject : Object {
  Value key;
  ListObject* items;
};

bool has_selector(Call& call, std::size_t i = 1) { return call.count > i; }
Value no_elements(Call& call) { return call.raise(Fault::invalid_operation, "Sequence contains no elements"); }
Value no_match(Call& call) { return call.raise(Fault::invalid_operation, "Sequence contains no matching element"); }
const Type* result_element(Call& call) { return call.result()->arguments[0]; }

Value made(Call& call, const std::vector<Value>& items, const Type* element) {
  Value* copy = call.run.make_array<Value>(items.size());
  if (copy == nullptr || call.run.failed()) return {};
  std::copy(items.begin(), items.end(), copy);
  return make_sequence(call.run, element, copy, static_cast<std::uint32_t>(items.size()));
}
Value made(Call& call, const std::vector<Value>& items) { return made(call, items, result_element(call)); }

bool takes_index(Call& call, std::size_t i) { return type_of(call[i])->arguments.size() == 3; }
Value apply(Call& call, std::size_t i, const Value& item, std::uint32_t index) {
  if (takes_index(call, i)) return call.invoke(i, {item, Value::int32(static_cast<std::int32_t>(index))});
  return call.invoke(i, {item});
}

Value select(Call& call) {
  const Items items = items_of(call.run, call[0]);
  Value* to = call.run.make_array<Value>(items.count);
  if (to == nullptr) return {};
  for (std::uint32_t i = 0; i < items.count && !call.run.failed(); ++i) to[i] = apply(call, 1, items.data[i], i);
  return call.run.failed() ? Value() : make_sequence(call.run, result_element(call), to, items.count);
}
std::vector<Value> filtered(Call& call) {
  std::vector<Value> kept;
  const Items items = items_of(call.run, call[0]);
  for (std::uint32_t i = 0; i < items.count; ++i) {
    const bool keep = !has_selector(call) || apply(call, 1, items.data[i], i).as_boolean();
    if (call.run.failed()) return {};
    if (keep) kept.push_back(items.data[i]);
  }
  return kept;
}
Value where(Call& call) { return made(call, filtered(call)); }
Value select_many(Call& call) {
  std::vector<Value> all;
  for (const Value& item : items_of(call.run, call[0])) {
    const Value inner = call.invoke(1, {item});
    if (call.run.failed()) return {};
    for (const Value& one : items_of(call.run, inner)) {
      if (call.run.failed() || !call.run.charge(1)) return {};
      all.push_back(call.count > 2 ? call.invoke(2, {item, one}) : one);
    }
  }
  return made(call, all);
}

/// The first element that passes, without looking at those behind it; false when none does.
bool first_of(Call& call, Value& found) {
  const Items items = items_of(call.run, call[0]);
  for (const Value& item : items) {
    const bool hit = !has_selector(call) || call.invoke(1, {item}).as_boolean();
    if (call.run.failed()) return false;
    if (!hit) continue;
    found = item;
    return true;
  }
  return false;
}
Value first(Call& call) {
  Value found;
  if (first_of(call, found)) return found;
  return call.run.failed() ? Value() : has_selector(call) ? no_match(call) : no_elements(call);
}
Value first_or_default(Call& call) {
  Value found;
  return first_of(call, found) ? found : default_value(call.result());
}
Value last(Call& call) {
  const std::vector<Value> kept = filtered(call);
  if (call.run.failed()) return {};
  return kept.empty() ? (has_selector(call) ? no_match(call) : no_elements(call)) : kept.back();
}
Value last_or_default(Call& call) {
  const std::vector<Value> kept = filtered(call);
  return kept.empty() ? default_value(call.result()) : kept.back();
}
Value single(Call& call) {
  const std::vector<Value> kept = filtered(call);
  if (call.run.failed()) return {};
  if (kept.size() > 1)
    return call.raise(Fault::invalid_operation, has_selector(call) ? "Sequence contains more than one matching element"
                                                                   : "Sequence contains more than one element");
  return kept.empty() ? (has_selector(call) ? no_match(call) : no_elements(call)) : kept[0];
}
Value single_or_default(Call& call) {
  const std::vector<Value> kept = filtered(call);
  if (call.run.failed()) return {};
  if (kept.size() > 1)
    return call.raise(Fault::invalid_operation, has_selector(call) ? "Sequence contains more than one matching element"
                                                                   : "Sequence contains more than one element");
  return kept.empty() ? default_value(call.result()) : kept[0];
}
Value element_at_call(Call& call) {
  const Items items = items_of(call.run, call[0]);
  if (call.run.failed()) return {};
  if (call.integer(1) < 0 || call.integer(1) >= items.count)
    return call.raise(
        Fault::argument_out_of_range,
        "Index was out of range. Must be non-negative and less than the size of the collection. (Parameter 'index')");
  return items.data[call.integer(1)];
}
Value element_at_or_default(Call& call) {
  const Items items = items_of(call.run, call[0]);
  return call.integer(1) < 0 || call.integer(1) >= items.count ? default_value(call.result())
                                                               : items.data[call.integer(1)];
}
Value any(Call& call) {
  Value found;
  return Value::boolean(first_of(call, found));
}
Value all(Call& call) {
  for (const Value& item : items_of(call.run, call[0])) {
    const bool holds = call.invoke(1, {item}).as_boolean();
    if (call.run.failed() || !holds) return Value::boolean(false);
  }
  return Value::boolean(true);
}
Value count(Call& call) { return Value::int32(static_cast<std::int32_t>(filtered(call).size())); }
Value long_count(Call& call) { return Value::int64(static_cast<std::int64_t>(filtered(call).size())); }
Value contains(Call& call) {
  for (const Value& item : items_of(call.run, call[0])) {
    if (equal_values(item, call[1])) return Value::boolean(true);
  }
  return Value::boolean(false);
}

/// Membership by hash, for Distinct and the set operations.
class Seen {
 public:
  explicit Seen(Call& call) : call_(call) {
    static const Type* type = read_type("HashSet<object>");
    const Value made_set = make_dictionary(call.run, type, false);
    set_ = made_set.is_null() ? nullptr : static_cast<DictionaryObject*>(const_cast<Object*>(made_set.as_object()));
  }
  bool add(const Value& item) { return set_ != nullptr && dictionary_set(call_.run, *set_, item, Value()); }
  bool has(const Value& item) const { return set_ != nullptr && dictionary_find(*set_, item) != nullptr; }

 private:
  Call& call_;
  DictionaryObject* set_;
};
Value distinct(Call& call) {
  Seen seen(call);
  std::vector<Value> kept;
  for (const Value& item : items_of(call.run, call[0])) {
    if (seen.add(item)) kept.push_back(item);
  }
  return made(call, kept);
}
Value except(Call& call) {
  Seen seen(call);
  std::vector<Value> kept;
  for (const Value& item : items_of(call.run, call[1])) seen.add(item);
  for (const Value& item : items_of(call.run, call[0])) {
    if (seen.add(item)) kept.push_back(item);
  }
  return made(call, kept);
}
Value intersect(Call& call) {
  Seen other(call), seen(call);
  std::vector<Value> kept;
  for (const Value& item : items_of(call.run, call[1])) other.add(item);
  for (const Value& item : items_of(call.run, call[0])) {
    if (other.has(item) && seen.add(item)) kept.push_back(item);
  }
  return made(call, kept);
}
Value union_call(Call& call) {
  Seen seen(call);
  std::vector<Value> kept;
  for (std::size_t k = 0; k < 2; ++k) {
    for (const Value& item : items_of(call.run, call[k])) {
      if (seen.add(item)) kept.push_back(item);
    }
  }
  return made(call, kept);
}
std::vector<Value> vector_of(Call& call, std::size_t i = 0) {
  const Items items = items_of(call.run, call[i]);
  return {items.begin(), items.end()};
}
Value concat(Call& call) {
  std::vector<Value> all_items = vector_of(call), more = vector_of(call, 1);
  all_items.insert(all_items.end(), more.begin(), more.end());
  return made(call, all_items);
}
Value append(Call& call) {
  std::vector<Value> items = vector_of(call);
  items.push_back(call[1]);
  return made(call, items);
}
Value prepend(Call& call) {
  std::vector<Value> items = vector_of(call);
  items.insert(items.begin(), call[1]);
  return made(call, items);
}
Value reverse(Call& call) {
  std::vector<Value> items = vector_of(call);
  std::reverse(items.begin(), items.end());
  return made(call, items);
}
Value skip(Call& call) {
  std::vector<Value> items = vector_of(call);
  const auto number =
      static_cast<std::size_t>(std::clamp<std::int64_t>(call.integer(1), 0, static_cast<std::int64_t>(items.size())));
  items.erase(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(number));
  return made(call, items);
}
Value take(Call& call) {
  std::vector<Value> items = vector_of(call);
  items.resize(
      static_cast<std::size_t>(std::clamp<std::int64_t>(call.integer(1), 0, static_cast<std::int64_t>(items.size()))));
  return made(call, items);
}
Value while_call(Call& call, bool taking) {
  std::vector<Value> kept;
  bool passed = false;
  for (const Value& item : items_of(call.run, call[0])) {
    if (!passed) passed = !call.invoke(1, {item}).as_boolean();
    if (call.run.failed()) return {};
    if (taking && passed) break;
    if (taking || passed) kept.push_back(item);
  }
  return made(call, kept);
}
Value take_while(Call& call) { return while_call(call, true); }
Value skip_while(Call& call) { return while_call(call, false); }
Value default_if_empty(Call& call) {
  std::vector<Value> items = vector_of(call);
  if (items.empty()) items.push_back(call.count > 1 ? call[1] : default_value(result_element(call)));
  return made(call, items);
}
Value zip(Call& call) {
  const Items left = items_of(call.run, call[0]), right = items_of(call.run, call[1]);
  std::vector<Value> all_items;
  for (std::uint32_t i = 0; i < std::min(left.count, right.count) && !call.run.failed(); ++i)
    all_items.push_back(call.invoke(2, {left.data[i], right.data[i]}));
  return made(call, all_items);
}
Value sequence_equal(Call& call) {
  const Items left = items_of(call.run, call[0]), right = items_of(call.run, call[1]);
  if (left.count != right.count) return Value::boolean(false);
  for (std::uint32_t i = 0; i < left.count; ++i) {
    if (!equal_values(left.data[i], right.data[i])) return Value::boolean(false);
  }
  return Value::boolean(true);
}
Value to_array(Call& call) {
  const Items items = items_of(call.run, call[0]);
  return call.run.failed() ? Value() : make_array(call.run, call.result(), items.data, items.count);
}
Value to_list(Call& call) {
  const Items items = items_of(call.run, call[0]);
  const Value list = make_list(call.run, call.result());
  for (const Value& item : items) {
    if (!list_add(call.run, *static_cast<ListObject*>(const_cast<Object*>(list.as_object())), item)) return {};
  }
  return call.run.failed() ? Value() : list;
}
Value to_dictionary(Call& call) {
  const Value map = make_dictionary(call.run, call.result(), false);
  if (map.is_null()) return {};
  auto& to = *static_cast<DictionaryObject*>(const_cast<Object*>(map.as_object()));
  for (const Value& item : items_of(call.run, call[0])) {
    const Value key = call.invoke(1, {item});
    const Value value = call.count > 2 && !call.run.failed() ? call.invoke(2, {item}) : item;
    if (call.run.failed()) return {};
    if (key.is_null()) return call.null_argument("key");
    if (dictionary_find(to, key) != nullptr)
      return call.raise(Fault::argument, "An item with the same key has already been added. Key: " +
                                             std::string(text_of(call.run, key)));
    dictionary_set(call.run, to, key, value);
  }
  return map;
}
Value to_hash_set(Call& call) {
  const Value set = make_dictionary(call.run, call.result(), false);
  if (set.is_null()) return {};
  for (const Value& item : items_of(call.run, call[0]))
    dictionary_set(call.run, *static_cast<DictionaryObject*>(const_cast<Object*>(set.as_object())), item, Value());
  return set;
}

// Numbers
Value add_numbers(Call& call, const Value& left, const Value& right) {
  const bool checked = left.kind() == ValueKind::int32 || left.kind() == ValueKind::int64;
  return apply_binary(call.run, Operator::add, left.kind(), checked, left, right);
}
Value zero_of(const Type* type) { return default_value(without_nullable(type)); }
Value sum(Call& call) {
  Value total = zero_of(call.result());
  for (const Value& item : items_of(call.run, call[0])) {
    const Value value = has_selector(call) ? call.invoke(1, {item}) : item;
    if (call.run.failed()) return {};
    if (!value.is_null()) total = add_numbers(call, total, value);
    if (call.run.failed()) return {};
  }
  return total;
}
Value average(Call& call) {
  double total = 0;
  std::uint32_t number = 0;
  for (const Value& item : items_of(call.run, call[0])) {
    const Value value = has_selector(call) ? call.invoke(1, {item}) : item;
    if (call.run.failed()) return {};
    if (value.is_null()) continue;
    total += convert_number(call.run, value, core().float64, false).as_number();
    ++number;
  }
  if (call.run.failed()) return {};
  return number == 0 ? no_elements(call) : Value::float64(total / number);
}
Value average_decimal(Call& call) {
  Value total = default_value(core().decimal);
  std::int64_t number = 0;
  for (const Value& item : items_of(call.run, call[0])) {
    const Value value = has_selector(call) ? call.invoke(1, {item}) : item;
    if (call.run.failed()) return {};
    total = add_numbers(call, total, value);
    ++number;
  }
  if (call.run.failed()) return {};
  if (number == 0) return no_elements(call);
  return apply_binary(call.run, Operator::divide, ValueKind::decimal, false, total,
                      convert_number(call.run, Value::int64(number), core().decimal, false));
}
Value extreme(Call& call, int sign) {
  Value best;
  for (const Value& item : items_of(call.run, call[0])) {
    const Value value = has_selector(call) ? call.invoke(1, {item}) : item;
    if (call.run.failed()) return {};
    if (!value.is_null() && (best.is_null() || compare_values(value, best) * sign > 0)) best = value;
  }
  return best.is_null() && call.result()->is_value() && call.result()->kind != TypeKind::nullable && !call.run.failed()
             ? no_elements(call)
             : best;
}
Value maximum(Call& call) { return extreme(call, 1); }
Value minimum(Call& call) { return extreme(call, -1); }
Value aggregate(Call& call) {
  const Items items = items_of(call.run, call[0]);
  if (call.run.failed()) return {};
  const bool seeded = call.count > 2;
  if (!seeded && items.count == 0) return no_elements(call);
  Value total = seeded ? call[1] : items.data[0];
  for (std::uint32_t i = seeded ? 0 : 1; i < items.count && !call.run.failed(); ++i)
    total = call.invoke(seeded ? 2 : 1, {total, items.data[i]});
  if (call.count > 3 && !call.run.failed()) total = call.invoke(3, {total});
  return total;
}
Value range(Call& call) {
  if (call.integer(1) < 0)
    return call.raise(Fault::argument_out_of_range,
                      "Specified argument was out of the range of valid values. (Parameter 'count')");
  if (!call.run.charge(static_cast<std::uint64_t>(call.integer(1)))) return {};
  Value* items = call.run.make_array<Value>(static_cast<std::size_t>(call.integer(1)));
  if (items == nullptr) return {};
  for (std::int64_t i = 0; i < call.integer(1); ++i)
    items[i] = Value::int32(static_cast<std::int32_t>(call.integer(0) + i));
  return make_sequence(call.run, core().int32, items, static_cast<std::uint32_t>(call.integer(1)));
}
Value repeat(Call& call) {
  if (call.integer(1) < 0)
    return call.raise(Fault::argument_out_of_range,
                      "Specified argument was out of the range of valid values. (Parameter 'count')");
  if (!call.run.charge(static_cast<std::uint64_t>(call.integer(1)))) return {};
  Value* items = call.run.make_array<Value>(static_cast<std::size_t>(call.integer(1)));
  if (items == nullptr) return {};
  std::fill(items, items + call.integer(1), call[0]);
  return make_sequence(call.run, result_element(call), items, static_cast<std::uint32_t>(call.integer(1)));
}
Value empty(Call& call) { return make_sequence(call.run, result_element(call), nullptr, 0); }

// Order
Value ordered(Call& call, int sign, const std::uint32_t* before) {
  const Items items = items_of(call.run, call[0]);
  if (call.run.failed()) return {};
  std::vector<Value> keys;
  for (const Value& item : items) {
    keys.push_back(call.invoke(1, {item}));
    if (call.run.failed()) return {};
  }
  std::vector<std::uint32_t> order(items.count);
  for (std::uint32_t i = 0; i < items.count; ++i) order[i] = i;
  const auto compare = [&](std::uint32_t a, std::uint32_t b) {
    if (before != nullptr && before[a] != before[b]) return before[a] < before[b] ? -1 : 1;
    return compare_values(keys[a], keys[b]) * sign;
  };
  if (!call.run.charge(items.count * 4ull)) return {};
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return compare(a, b) < 0; });
  auto* made_order = call.run.make<OrderedObject>();
  Value* sorted = call.run.make_array<Value>(items.count);
  auto* rank = call.run.make_array<std::uint32_t>(items.count);
  if (made_order == nullptr || sorted == nullptr || rank == nullptr) return {};
  std::uint32_t number = 0;
  for (std::uint32_t i = 0; i < items.count; ++i) {
    sorted[i] = items.data[order[i]];
    if (i != 0 && compare(order[i - 1], order[i]) != 0) ++number;
    rank[i] = number;
  }
  made_order->type = call.result();
  made_order->items = sorted;
  made_order->count = items.count;
  made_order->rank = rank;
  return Value::object(made_order);
}
Value order_by(Call& call) { return ordered(call, 1, nullptr); }
Value order_by_descending(Call& call) { return ordered(call, -1, nullptr); }
Value then_by(Call& call) { return ordered(call, 1, call.object<OrderedObject>(0).rank); }
Value then_by_descending(Call& call) { return ordered(call, -1, call.object<OrderedObject>(0).rank); }

// Groups
std::vector<Value> grouped(Call& call, const Type* type, const Type* list_type) {
  std::vector<Value> groups;
  for (const Value& item : items_of(call.run, call[0])) {
    const Value key = call.invoke(1, {item});
    const Value element = call.count > 2 && !call.run.failed() ? call.invoke(2, {item}) : item;
    if (call.run.failed() || !call.run.charge(groups.size() / 8 + 1)) return {};
    GroupObject* group = nullptr;
    for (const Value& known : groups) {
      auto* candidate = static_cast<GroupObject*>(const_cast<Object*>(known.as_object()));
      if (equal_values(candidate->key, key)) group = candidate;
    }
    if (group == nullptr) {
      group = call.run.make<GroupObject>();
      const Value list = make_list(call.run, list_type);
      if (group == nullptr || list.is_null()) return {};
      group->type = type;
      group->key = key;
      group->items = static_cast<ListObject*>(const_cast<Object*>(list.as_object()));
      groups.push_back(Value::object(group));
    }
    if (!list_add(call.run, *group->items, element)) return {};
  }
  return groups;
}
Value group_by(Call& call) {
  const Type* group = result_element(call);
  static const TypeDefinition* list = find_type("List", 1);
  return made(call, grouped(call, group, instance_of(*list, {group->arguments[1]})));
}
Value to_lookup(Call& call) {
  static const TypeDefinition* list = find_type("List", 1);
  static const TypeDefinition* grouping = find_type("IGrouping", 2);
  const Type* group = instance_of(*grouping, call.result()->arguments);
  const std::vector<Value> groups = grouped(call, group, instance_of(*list, {group->arguments[1]}));
  const Value all_groups = made(call, groups, group);
  if (call.run.failed()) return {};
  return make_handle(call.run, call.result(), all_groups.as_object());
}
Value lookup_item(Call& call) {
  const auto* groups = static_cast<const ArrayObject*>(call.object<HandleObject>(0).target);
  for (std::uint32_t i = 0; i < groups->count; ++i) {
    const auto* group = static_cast<const GroupObject*>(groups->items[i].as_object());
    if (equal_values(group->key, call[1]))
      return make_sequence(call.run, result_element(call), group->items->items, group->items->count);
  }
  return make_sequence(call.run, result_element(call), nullptr, 0);
}
Value lookup_items(Call& call) {
  return Value::object(static_cast<const Object*>(call.object<HandleObject>(0).target));
}
Value lookup_count(Call& call) {
  return Value::int32(
      static_cast<std::int32_t>(static_cast<const ArrayObject*>(call.object<HandleObject>(0).target)->count));
}
Value group_key(Call& call) { return call.object<GroupObject>(0).key; }
Value group_items(Call& call) {
  const ListObject* items = call.object<GroupObject>(0).items;
  return adopt_array(call.run, core().object_array, items->items, items->count);
}
Value join(Call& call) {
  std::vector<Value> all_items;
  const Items inner = items_of(call.run, call[1]);
  std::vector<Value> keys;
  for (const Value& item : inner) keys.push_back(call.invoke(3, {item}));
  for (const Value& outer : items_of(call.run, call[0])) {
    const Value key = call.invoke(2, {outer});
    for (std::uint32_t i = 0; i < inner.count; ++i) {
      if (call.run.failed() || !call.run.charge(1)) return {};
      if (equal_values(key, keys[i])) all_items.push_back(call.invoke(4, {outer, inner.data[i]}));
    }
  }
  return made(call, all_items);
}

// Casts
Value cast(Call& call) {
  std::vector<Value> items;
  for (const Value& item : items_of(call.run, call[0])) {
    if (!item.is_null() && !value_is(item, call.type())) {
      return call.raise(Fault::invalid_cast, "Unable to cast object of type '" + std::string(type_of(item)->full) +
                                                 "' to type '" + call.type()->full + "'.");
    }
    items.push_back(item);
  }
  return made(call, items);
}
Value of_type(Call& call) {
  std::vector<Value> items;
  for (const Value& item : items_of(call.run, call[0])) {
    if (value_is(item, call.type())) items.push_back(item);
  }
  return made(call, items);
}
Value as_enumerable(Call& call) { return call[0]; }

constexpr Trait lazy = Trait::impure;
#define SLUICE_SUM(name)                                                                                       \
  {"static Enumerable", "Sum", "(this IEnumerable<" name "> source)", name, sum, "", lazy}, {                  \
    "static Enumerable", "Sum", "(this IEnumerable<T> source, Func<T," name "> selector)", name, sum, "", lazy \
  }
#define SLUICE_AVERAGE(name)                                                                                          \
  {"static Enumerable", "Average", "(this IEnumerable<" name "> source)", "double", average, "", lazy}, {             \
    "static Enumerable", "Average", "(this IEnumerable<T> source, Func<T," name "> selector)", "double", average, "", \
        lazy                                                                                                          \
  }
#define SLUICE_PICK(name, result, function)                                                                       \
  {"static Enumerable", name, "(this IEnumerable<T> source)", result, function, "", lazy}, {                      \
    "static Enumerable", name, "(this IEnumerable<T> source, Func<T,bool> predicate)", result, function, "", lazy \
  }

constexpr MemberRow members[] = {
    {"static Enumerable", "Select", "(this IEnumerable<T> source, Func<T,R> selector)", "IEnumerable<R>", select, "",
     lazy},
    {"static Enumerable", "Select", "(this IEnumerable<T> source, Func<T,int,R> selector)", "IEnumerable<R>", select,
     "", lazy},
    {"static Enumerable", "Where", "(this IEnumerable<T> source, Func<T,bool> predicate)", "IEnumerable<T>", where, "",
     lazy},
    {"static Enumerable", "Where", "(this IEnumerable<T> source, Func<T,int,bool> predicate)", "IEnumerable<T>", where,
     "", lazy},
    {"static Enumerable", "SelectMany", "(this IEnumerable<T> source, Func<T,IEnumerable<R>> selector)",
     "IEnumerable<R>", select_many, "", lazy},
    {"static Enumerable", "SelectMany",
     "(this IEnumerable<T> source, Func<T,IEnumerable<C>> collectionSelector, Func<T,C,R> resultSelector)",
     "IEnumerable<R>", select_many, "", lazy},
    SLUICE_PICK("First", "T", first),
    SLUICE_PICK("FirstOrDefault", "T", first_or_default),
    SLUICE_PICK("Last", "T", last),
    SLUICE_PICK("LastOrDefault", "T", last_or_default),
    SLUICE_PICK("Single", "T", single),
    SLUICE_PICK("SingleOrDefault", "T", single_or_default),
    SLUICE_PICK("Any", "bool", any),
    SLUICE_PICK("Count", "int", count),
    SLUICE_PICK("LongCount", "long", long_count),
    {"static Enumerable", "All", "(this IEnumerable<T> source, Func<T,bool> predicate)", "bool", all, "", lazy},
    {"static Enumerable", "Contains", "(this IEnumerable<T> source, T value)", "bool", contains, "", lazy},
    {"static Enumerable", "ElementAt", "(this IEnumerable<T> source, int index)", "T", element_at_call, "", lazy},
    {"static Enumerable", "ElementAtOrDefault", "(this IEnumerable<T> source, int index)", "T", element_at_or_default,
     "", lazy},
    {"static Enumerable", "Distinct", "(this IEnumerable<T> source)", "IEnumerable<T>", distinct, "", lazy},
    {"static Enumerable", "Except", "(this IEnumerable<T> first, IEnumerable<T> second)", "IEnumerable<T>", except, "",
     lazy},
    {"static Enumerable", "Intersect", "(this IEnumerable<T> first, IEnumerable<T> second)", "IEnumerable<T>",
     intersect, "", lazy},
    {"static Enumerable", "Union", "(this IEnumerable<T> first, IEnumerable<T> second)", "IEnumerable<T>", union_call,
     "", lazy},
    {"static Enumerable", "Concat", "(this IEnumerable<T> first, IEnumerable<T> second)", "IEnumerable<T>", concat, "",
     lazy},
    {"static Enumerable", "Append", "(this IEnumerable<T> source, T element)", "IEnumerable<T>", append, "", lazy},
    {"static Enumerable", "Prepend", "(this IEnumerable<T> source, T element)", "IEnumerable<T>", prepend, "", lazy},
    {"static Enumerable", "Reverse", "(this IEnumerable<T> source)", "IEnumerable<T>", reverse, "", lazy},
    {"static Enumerable", "Skip", "(this IEnumerable<T> source, int count)", "IEnumerable<T>", skip, "", lazy},
    {"static Enumerable", "Take", "(this IEnumerable<T> source, int count)", "IEnumerable<T>", take, "", lazy},
    {"static Enumerable", "TakeWhile", "(this IEnumerable<T> source, Func<T,bool> predicate)", "IEnumerable<T>",
     take_while, "", lazy},
    {"static Enumerable", "SkipWhile", "(this IEnumerable<T> source, Func<T,bool> predicate)", "IEnumerable<T>",
     skip_while, "", lazy},
    {"static Enumerable", "DefaultIfEmpty", "(this IEnumerable<T> source)", "IEnumerable<T>", default_if_empty, "",
     lazy},
    {"static Enumerable", "DefaultIfEmpty", "(this IEnumerable<T> source, T defaultValue)", "IEnumerable<T>",
     default_if_empty, "", lazy},
    {"static Enumerable", "Zip", "(this IEnumerable<A> first, IEnumerable<B> second, Func<A,B,R> resultSelector)",
     "IEnumerable<R>", zip, "", lazy},
    {"static Enumerable", "SequenceEqual", "(this IEnumerable<T> first, IEnumerable<T> second)", "bool", sequence_equal,
     "", lazy},
    {"static Enumerable", "ToArray", "(this IEnumerable<T> source)", "T[]", to_array, "", lazy},
    {"static Enumerable", "ToList", "(this IEnumerable<T> source)", "List<T>", to_list, "", lazy},
    {"static Enumerable", "ToHashSet", "(this IEnumerable<T> source)", "HashSet<T>", to_hash_set, "", lazy},
    {"static Enumerable", "ToDictionary", "(this IEnumerable<T> source, Func<T,K> keySelector)", "Dictionary<K,T>",
     to_dictionary, "", lazy},
    {"static Enumerable", "ToDictionary",
     "(this IEnumerable<T> source, Func<T,K> keySelector, Func<T,V> elementSelector)", "Dictionary<K,V>", to_dictionary,
     "", lazy},
    SLUICE_SUM("int"),
    SLUICE_SUM("long"),
    SLUICE_SUM("double"),
    SLUICE_SUM("float"),
    SLUICE_SUM("decimal"),
    SLUICE_AVERAGE("int"),
    SLUICE_AVERAGE("long"),
    SLUICE_AVERAGE("double"),
    {"static Enumerable", "Average", "(this IEnumerable<decimal> source)", "decimal", average_decimal, "", lazy},
    {"static Enumerable", "Max", "(this IEnumerable<T> source)", "T", maximum, "", lazy},
    {"static Enumerable", "Max", "(this IEnumerable<T> source, Func<T,R> selector)", "R", maximum, "", lazy},
    {"static Enumerable", "Min", "(this IEnumerable<T> source)", "T", minimum, "", lazy},
    {"static Enumerable", "Min", "(this IEnumerable<T> source, Func<T,R> selector)", "R", minimum, "", lazy},
    {"static Enumerable", "Aggregate", "(this IEnumerable<T> source, Func<T,T,T> func)", "T", aggregate, "", lazy},
    {"static Enumerable", "Aggregate", "(this IEnumerable<T> source, A seed, Func<A,T,A> func)", "A", aggregate, "",
     lazy},
    {"static Enumerable", "Aggregate",
     "(this IEnumerable<T> source, A seed, Func<A,T,A> func, Func<A,R> resultSelector)", "R", aggregate, "", lazy},
    {"static Enumerable", "Range", "(int start, int count)", "IEnumerable<int>", range, "", lazy},
    {"static Enumerable", "Repeat", "(T element, int count)", "IEnumerable<T>", repeat, "", lazy},
    {"static Enumerable", "Empty", "()", "IEnumerable<T>", empty, "", lazy},
    {"static Enumerable", "OrderBy", "(this IEnumerable<T> source, Func<T,K> keySelector)", "IOrderedEnumerable<T>",
     order_by, "Stable; texts by the invariant culture.", lazy},
    {"static Enumerable", "OrderByDescending", "(this IEnumerable<T> source, Func<T,K> keySelector)",
     "IOrderedEnumerable<T>", order_by_descending, "", lazy},
    {"static Enumerable", "ThenBy", "(this IOrderedEnumerable<T> source, Func<T,K> keySelector)",
     "IOrderedEnumerable<T>", then_by, "", lazy},
    {"static Enumerable", "ThenByDescending", "(this IOrderedEnumerable<T> source, Func<T,K> keySelector)",
     "IOrderedEnumerable<T>", then_by_descending, "", lazy},
    {"static Enumerable", "GroupBy", "(this IEnumerable<T> source, Func<T,K> keySelector)",
     "IEnumerable<IGrouping<K,T>>", group_by, "", lazy},
    {"static Enumerable", "GroupBy", "(this IEnumerable<T> source, Func<T,K> keySelector, Func<T,E> elementSelector)",
     "IEnumerable<IGrouping<K,E>>", group_by, "", lazy},
    {"static Enumerable", "ToLookup", "(this IEnumerable<T> source, Func<T,K> keySelector)", "ILookup<K,T>", to_lookup,
     "", lazy},
    {"static Enumerable", "Join",
     "(this IEnumerable<A> outer, IEnumerable<B> inner, Func<A,K> outerKeySelector, Func<B,K> innerKeySelector, "
     "Func<A,B,R> resultSelector)",
     "IEnumerable<R>", join, "", lazy},
    {"static Enumerable", "Cast", "(this IEnumerable source)", "IEnumerable<T>", cast, "", lazy | Trait::typed},
    {"static Enumerable", "OfType", "(this IEnumerable source)", "IEnumerable<T>", of_type, "", lazy | Trait::typed},
    {"static Enumerable", "AsEnumerable", "(this IEnumerable<T> source)", "IEnumerable<T>", as_enumerable, "", lazy},
    {"IGrouping<K,T>", "Key", "", "K", group_key, "", lazy},
    {"IGrouping<K,T>", "$items", "()", "object[]", group_items, "", lazy},
    {"ILookup<K,T>", "this", "[K key]", "IEnumerable<T>", lookup_item, "", lazy},
    {"ILookup<K,T>", "Count", "", "int", lookup_count, "", lazy},
    {"ILookup<K,T>", "$items", "()", "object[]", lookup_items, "", lazy},
};
#undef SLUICE_SUM
#undef SLUICE_AVERAGE
#undef SLUICE_PICK

}  // namespace

extern const Family linq_family{"linq", "Queries over sequences.", "System.Linq.Enumerable", types, {}, members};

}  // namespace sluice::expression
