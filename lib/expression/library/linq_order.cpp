// SPDX-License-Identifier: Apache-2.0
// Sorting and grouping of System.Linq: the source is walked when the first element is asked for.
#include "expression/library/linq.hpp"

#include <algorithm>

namespace sluice::expression {

bool Seen::begin(Evaluation& run, const Value& comparer) {
  static const Type* type = read_type("HashSet<object>");
  const Value set = make_dictionary(run, type, !comparer.is_null() && comparer_ignores_case(comparer));
  if (set.is_null()) return false;
  set_ = static_cast<DictionaryObject*>(const_cast<Object*>(set.as_object()));
  return true;
}

bool is_comparer(const Value& value) {
  static const Type* type = read_type("StringComparer");
  return !value.is_null() && type_of(value) == type;
}

Value comparer_of(std::span<const Value> arguments) {
  return !arguments.empty() && is_comparer(arguments.back()) ? arguments.back() : Value();
}

bool have_order(Evaluation& run, std::span<const Value> values, Fault fault) {
  const Value* first = nullptr;
  for (const Value& value : values) {
    if (value.is_null()) continue;
    if (first == nullptr) {
      first = &value;
      continue;
    }
    const bool fits = value.kind() == first->kind() && (!value.is_reference() || (is_tuple(value) && is_tuple(*first)));
    if (fits) continue;
    const bool wrapped = fault == Fault::invalid_operation;
    const std::string_view why = value.kind() == first->kind() ? "At least one object must implement IComparable."
                                                               : "The values are of different types.";
    run.raise(fault, wrapped ? std::string_view("Failed to compare two elements in the array.") : why);
    return false;
  }
  return true;
}

int compare_by(const Value& comparer, const Value& left, const Value& right) {
  return comparer.is_null() ? compare_values(left, right) : compare_texts(comparer, left, right);
}

ValueList group_elements(Evaluation& run, std::span<const Value> operands, const Type* group_type) {
  static const TypeDefinition* list_definition = find_type("List", 1);
  static const Type* index_type = read_type("Dictionary<object,object>");
  const Value comparer = comparer_of(operands);
  const Type* list_type = instance_of(*list_definition, {group_type->arguments[1]});
  const Value index = make_dictionary(run, index_type, !comparer.is_null() && comparer_ignores_case(comparer));
  ValueList groups;
  Walk walk;
  if (index.is_null() || !walk.begin(run, operands[0])) return {};
  auto& known = *static_cast<DictionaryObject*>(const_cast<Object*>(index.as_object()));
  const auto& key_of = *static_cast<const Closure*>(operands[1].as_object());
  const bool has_elements = operands.size() > 2 && type_of(operands[2])->kind == TypeKind::function &&
                            type_of(operands[2])->arguments.size() == 2;
  for (Value item; walk.next(run, item);) {
    const Value key = run.invoke(key_of, &item, 1);
    if (run.failed()) return {};
    if (has_elements) item = run.invoke(*static_cast<const Closure*>(operands[2].as_object()), &item, 1);
    if (run.failed()) return {};
    const Value* found = dictionary_find(known, key);
    GroupObject* group =
        found == nullptr ? run.make<GroupObject>() : static_cast<GroupObject*>(const_cast<Object*>(found->as_object()));
    if (group == nullptr) return {};
    if (found == nullptr) {
      const Value list = make_list(run, list_type);
      if (list.is_null()) return {};
      group->type = group_type;
      group->key = key;
      group->items = static_cast<ListObject*>(const_cast<Object*>(list.as_object()));
      dictionary_set(run, known, key, Value::object(group));
      if (!groups.add(run, Value::object(group))) return {};
    }
    if (!list_add(run, *group->items, item)) return {};
  }
  return groups;
}

namespace {

constexpr TypeRow types[] = {
    {"Enumerable", "System.Linq.Enumerable", TypeKind::static_class},
    {"IOrderedEnumerable<T>", "System.Linq.IOrderedEnumerable`1", TypeKind::reference, "IEnumerable<T>"},
    {"IGrouping<K,T>", "System.Linq.IGrouping`2", TypeKind::reference, "IEnumerable<T>"},
    {"ILookup<K,T>", "System.Linq.ILookup`2", TypeKind::reference, "IEnumerable<IGrouping<K,T>>"},
};

/// The keys of one OrderBy or ThenBy.
struct SortLevel {
  const Closure* key_of;
  Value comparer;
  int sign;
  Value* keys;
};

template <int sign, bool refines>
struct Sorting;
Cursor* (*const sorters[])(Evaluation&, const SequenceObject&) = {
    begin_operator<Sorting<1, false>>, begin_operator<Sorting<-1, false>>, begin_operator<Sorting<1, true>>,
    begin_operator<Sorting<-1, true>>};
bool refines(const SequenceObject& sequence) { return sequence.begin == sorters[2] || sequence.begin == sorters[3]; }
bool descends(const SequenceObject& sequence) { return sequence.begin == sorters[1] || sequence.begin == sorters[3]; }

/// OrderBy and the ThenBy calls upon it: the elements in order.
Items sorted(Evaluation& run, const SequenceObject& last) {
  constexpr std::size_t most_levels = 16;
  SortLevel levels[most_levels];
  std::size_t count = 0;
  const SequenceObject* at = &last;
  for (;; at = static_cast<const SequenceObject*>(at->operands[0].as_object())) {
    if (count == most_levels) {
      run.exhaust("levels of ThenBy");
      return {};
    }
    levels[count++] = {static_cast<const Closure*>(at->operands[1].as_object()), comparer_of({at->operands, at->count}),
                       descends(*at) ? -1 : 1, nullptr};
    if (!refines(*at)) break;
  }
  const Items items = items_of(run, at->operands[0]);
  auto* order = run.failed() ? nullptr : run.make_array<std::uint32_t>(items.count);
  Value* result = order == nullptr ? nullptr : run.make_array<Value>(items.count);
  if (result == nullptr || !run.charge(items.count * 4ull)) return {};
  std::reverse(levels, levels + count);
  for (std::size_t k = 0; k < count; ++k) {
    levels[k].keys = run.make_array<Value>(items.count);
    if (levels[k].keys == nullptr) return {};
    for (std::uint32_t i = 0; i < items.count; ++i) {
      levels[k].keys[i] = run.invoke(*levels[k].key_of, &items.data[i], 1);
      if (run.failed()) return {};
    }
    const std::span<const Value> keys(levels[k].keys, items.count);
    if (levels[k].comparer.is_null() && !have_order(run, keys, Fault::invalid_operation)) return {};
  }
  for (std::uint32_t i = 0; i < items.count; ++i) order[i] = i;
  // By index last: the order is stable, and nothing but the arena is needed.
  std::sort(order, order + items.count, [&](std::uint32_t a, std::uint32_t b) {
    for (std::size_t k = 0; k < count; ++k) {
      const int difference = compare_by(levels[k].comparer, levels[k].keys[a], levels[k].keys[b]);
      if (difference != 0) return difference * levels[k].sign < 0;
    }
    return a < b;
  });
  for (std::uint32_t i = 0; i < items.count; ++i) result[i] = items.data[order[i]];
  return {result, items.count};
}

template <int sign, bool refines>
struct Sorting final : Computed {
  bool begin(Evaluation& run, const SequenceObject& sequence) {
    items = sorted(run, sequence);
    return !run.failed();
  }
};

const Type* grouping_of(const Type* key, const Type* element) {
  static const TypeDefinition* definition = find_type("IGrouping", 2);
  return instance_of(*definition, {key, element});
}

struct Grouping final : Computed {
  bool begin(Evaluation& run, const SequenceObject& sequence) {
    items = group_elements(run, {sequence.operands, sequence.count}, sequence.element).items();
    return !run.failed();
  }
};

/// GroupBy with a result selector: it stands last but for a comparer.
struct GroupingInto final : Computed {
  bool begin(Evaluation& run, const SequenceObject& sequence) {
    const std::span<const Value> operands(sequence.operands, sequence.count);
    const std::size_t last = operands.size() - (is_comparer(operands.back()) ? 2 : 1);
    result = static_cast<const Closure*>(operands[last].as_object());
    const Type* selector = type_of(operands[last]);
    items =
        group_elements(run, operands, grouping_of(selector->arguments[0], element_of(selector->arguments[1]))).items();
    return !run.failed();
  }
  bool next(Evaluation& run, Value& item) override {
    if (!Computed::next(run, item)) return false;
    const Value both[] = {static_cast<const GroupObject*>(item.as_object())->key, item};
    item = run.invoke(*result, both, 2);
    return true;
  }
  const Closure* result = nullptr;
};

/// Join (each pair) and GroupJoin (each outer element with all of its inner ones).
template <bool grouped>
struct Matching final : Cursor {
  bool begin(Evaluation& run, const SequenceObject& sequence) {
    const Value* operands = sequence.operands;
    outer_key = static_cast<const Closure*>(operands[2].as_object());
    result = static_cast<const Closure*>(operands[4].as_object());
    const Type* inner_key = type_of(operands[3]);
    element = inner_key->arguments[0];
    const Value grouping[] = {operands[1], operands[3], sequence.count > 5 ? operands[5] : Value()};
    const ValueList groups =
        group_elements(run, {grouping, sequence.count > 5 ? 3u : 2u}, grouping_of(core().object, element));
    static const Type* index_type = read_type("Dictionary<object,object>");
    const bool ignore = sequence.count > 5 && is_comparer(operands[5]) && comparer_ignores_case(operands[5]);
    const Value map = run.failed() ? Value() : make_dictionary(run, index_type, ignore);
    if (map.is_null()) return false;
    index = static_cast<DictionaryObject*>(const_cast<Object*>(map.as_object()));
    for (const Value& group : groups.items()) {
      // A key that is null matches nothing.
      const Value& key = static_cast<const GroupObject*>(group.as_object())->key;
      if (!key.is_null()) dictionary_set(run, *index, key, group);
    }
    return !run.failed() && source.begin(run, operands[0]);
  }
  bool next(Evaluation& run, Value& item) override {
    while (at >= matches.count) {
      if (!source.next(run, outer)) return false;
      const Value key = run.invoke(*outer_key, &outer, 1);
      if (run.failed()) return false;
      const Value* group = key.is_null() ? nullptr : dictionary_find(*index, key);
      const ListObject* list = group == nullptr ? nullptr : static_cast<const GroupObject*>(group->as_object())->items;
      matches = list == nullptr ? Items() : Items{list->items, list->count};
      at = 0;
      if (!grouped) continue;
      const Value both[] = {outer, make_sequence(run, element, matches.data, matches.count)};
      at = matches.count;
      item = run.failed() ? Value() : run.invoke(*result, both, 2);
      return true;
    }
    const Value both[] = {outer, matches.data[at++]};
    item = run.invoke(*result, both, 2);
    return true;
  }
  Walk source;
  const Closure* outer_key = nullptr;
  const Closure* result = nullptr;
  const Type* element = nullptr;
  DictionaryObject* index = nullptr;
  Value outer;
  Items matches;
  std::uint32_t at = 0;
};

// Lookups: a handle of the groups.
Value to_lookup(Call& call) {
  if (call.is_null(1)) return call.null_argument("keySelector");
  const ValueList groups = group_elements(call.run, {call.arguments, call.count},
                                          grouping_of(call.result()->arguments[0], call.result()->arguments[1]));
  if (call.run.failed()) return {};
  const Value all = make_sequence(call.run, grouping_of(call.result()->arguments[0], call.result()->arguments[1]),
                                  groups.items().data, groups.count());
  return all.is_null() ? all : make_handle(call.run, call.result(), all.as_object());
}
Value lookup_items(Call& call) {
  return Value::object(static_cast<const Object*>(call.object<HandleObject>(0).target));
}
Items lookup_groups(Call& call) { return items_of(call.run, lookup_items(call)); }
const GroupObject* lookup_find(Call& call) {
  for (const Value& group : lookup_groups(call)) {
    const auto* candidate = static_cast<const GroupObject*>(group.as_object());
    if (equal_values(candidate->key, call[1])) return candidate;
  }
  return nullptr;
}
Value lookup_item(Call& call) {
  const GroupObject* group = lookup_find(call);
  const Type* element = call.result()->arguments[0];
  return group == nullptr ? make_sequence(call.run, element, nullptr, 0)
                          : make_sequence(call.run, element, group->items->items, group->items->count);
}
Value lookup_contains(Call& call) { return Value::boolean(lookup_find(call) != nullptr); }
Value lookup_count(Call& call) { return Value::int32(static_cast<std::int32_t>(lookup_groups(call).count)); }
Value group_key(Call& call) { return call.object<GroupObject>(0).key; }
Value group_items(Call& call) {
  const ListObject* items = call.object<GroupObject>(0).items;
  return make_sequence(call.run, core().object, items->items, items->count);
}

constexpr MemberRow members[] = {
    {"static Enumerable", "OrderBy", "(this IEnumerable<T> source, Func<T,K> keySelector)", "IOrderedEnumerable<T>",
     deferred<Sorting<1, false>>, "Stable; texts by the invariant culture.", query},
    {"static Enumerable", "OrderBy", "(this IEnumerable<T> source, Func<T,K> keySelector, IComparer<K> comparer)",
     "IOrderedEnumerable<T>", deferred<Sorting<1, false>>, "Stable.", query},
    {"static Enumerable", "OrderByDescending", "(this IEnumerable<T> source, Func<T,K> keySelector)",
     "IOrderedEnumerable<T>", deferred<Sorting<-1, false>>, "Stable; texts by the invariant culture.", query},
    {"static Enumerable", "OrderByDescending",
     "(this IEnumerable<T> source, Func<T,K> keySelector, IComparer<K> comparer)", "IOrderedEnumerable<T>",
     deferred<Sorting<-1, false>>, "Stable.", query},
    {"static Enumerable", "ThenBy", "(this IOrderedEnumerable<T> source, Func<T,K> keySelector)",
     "IOrderedEnumerable<T>", deferred<Sorting<1, true>>, "Among equals.", query},
    {"static Enumerable", "ThenBy", "(this IOrderedEnumerable<T> source, Func<T,K> keySelector, IComparer<K> comparer)",
     "IOrderedEnumerable<T>", deferred<Sorting<1, true>>, "Among equals.", query},
    {"static Enumerable", "ThenByDescending", "(this IOrderedEnumerable<T> source, Func<T,K> keySelector)",
     "IOrderedEnumerable<T>", deferred<Sorting<-1, true>>, "Among equals.", query},
    {"static Enumerable", "ThenByDescending",
     "(this IOrderedEnumerable<T> source, Func<T,K> keySelector, IComparer<K> comparer)", "IOrderedEnumerable<T>",
     deferred<Sorting<-1, true>>, "Among equals.", query},
    {"static Enumerable", "GroupBy", "(this IEnumerable<T> source, Func<T,K> keySelector)",
     "IEnumerable<IGrouping<K,T>>", deferred<Grouping>, "In the order of their first elements.", query},
    {"static Enumerable", "GroupBy",
     "(this IEnumerable<T> source, Func<T,K> keySelector, IEqualityComparer<K> comparer)",
     "IEnumerable<IGrouping<K,T>>", deferred<Grouping>, "In the order of their first elements.", query},
    {"static Enumerable", "GroupBy", "(this IEnumerable<T> source, Func<T,K> keySelector, Func<T,E> elementSelector)",
     "IEnumerable<IGrouping<K,E>>", deferred<Grouping>, "In the order of their first elements.", query},
    {"static Enumerable", "GroupBy",
     "(this IEnumerable<T> source, Func<T,K> keySelector, Func<K,IEnumerable<T>,R> resultSelector)", "IEnumerable<R>",
     deferred<GroupingInto>, "What the selector makes of each key and its elements.", query},
    {"static Enumerable", "GroupBy",
     "(this IEnumerable<T> source, Func<T,K> keySelector, Func<T,E> elementSelector, Func<K,IEnumerable<E>,R> "
     "resultSelector)",
     "IEnumerable<R>", deferred<GroupingInto>, "What the selector makes of each key and its elements.", query},
    {"static Enumerable", "ToLookup", "(this IEnumerable<T> source, Func<T,K> keySelector)", "ILookup<K,T>", to_lookup,
     "Groups to ask by key.", query},
    {"static Enumerable", "ToLookup", "(this IEnumerable<T> source, Func<T,K> keySelector, Func<T,E> elementSelector)",
     "ILookup<K,E>", to_lookup, "Groups to ask by key.", query},
    {"static Enumerable", "Join",
     "(this IEnumerable<A> outer, IEnumerable<B> inner, Func<A,K> outerKeySelector, Func<B,K> innerKeySelector, "
     "Func<A,B,R> resultSelector)",
     "IEnumerable<R>", deferred<Matching<false>>, "What the selector makes of each pair with equal keys.", query},
    {"static Enumerable", "GroupJoin",
     "(this IEnumerable<A> outer, IEnumerable<B> inner, Func<A,K> outerKeySelector, Func<B,K> innerKeySelector, "
     "Func<A,IEnumerable<B>,R> resultSelector)",
     "IEnumerable<R>", deferred<Matching<true>>, "What the selector makes of each element and all that match it.",
     query},
    {"IGrouping<K,T>", "Key", "", "K", group_key, "What its elements have in common.", query},
    {"IGrouping<K,T>", "$items", "()", "object[]", group_items, "", query},
    {"ILookup<K,T>", "this", "[K key]", "IEnumerable<T>", lookup_item, "The elements of a key; none when unknown.",
     query},
    {"ILookup<K,T>", "Contains", "(K key)", "bool", lookup_contains, "Whether a key has elements.", query},
    {"ILookup<K,T>", "Count", "", "int", lookup_count, "How many keys there are.", query},
    {"ILookup<K,T>", "$items", "()", "object[]", lookup_items, "", query},
};

}  // namespace

extern const Family linq_order_family{"linq order", "Sorting and grouping.", "System.Linq.Enumerable", types, {},
                                      members};

}  // namespace sluice::expression
