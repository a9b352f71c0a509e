// SPDX-License-Identifier: Apache-2.0
// Operators of System.Linq that give one value: elements, counts, sums, collections.
#include "expression/decimal.hpp"
#include "expression/library/linq.hpp"

#include <algorithm>

namespace sluice::expression {
namespace {

Value no_elements(Call& call) { return call.raise(Fault::invalid_operation, "Sequence contains no elements"); }
Value no_match(Call& call) { return call.raise(Fault::invalid_operation, "Sequence contains no matching element"); }

bool has_predicate(const Call& call) { return call.count > 1; }

/// A walk over the call's first operand that gives what its predicate, if it has one, lets pass.
class Passing {
 public:
  explicit Passing(Call& call) : run_(call.run) {
    if (has_predicate(call)) {
      if (call.is_null(1)) {
        call.null_argument("predicate");
        return;
      }
      predicate_ = Selector(call[1]);
      filters_ = true;
    }
    walk_.begin(run_, call[0]);
  }
  bool next(Value& item) {
    while (!run_.failed() && walk_.next(run_, item)) {
      const bool passes = !filters_ || predicate_.holds(run_, item);
      if (run_.failed()) return false;
      if (passes) return true;
    }
    return false;
  }

 private:
  Evaluation& run_;
  Walk walk_;
  Selector predicate_;
  bool filters_ = false;
};

Value nothing_found(Call& call) {
  return call.run.failed() ? Value() : has_predicate(call) ? no_match(call) : no_elements(call);
}
Value default_result(Call& call) { return call.run.failed() ? Value() : default_value(call.result()); }

bool find_first_passing(Call& call, Value& found) { return Passing(call).next(found); }
bool find_first(Call& call, Value& found) {
  return has_predicate(call) ? find_first_passing(call, found) : first_element(call.run, call[0], found);
}
Value first(Call& call) {
  Value item;
  return find_first(call, item) ? item : nothing_found(call);
}
Value first_or_default(Call& call) {
  Value item;
  return find_first(call, item) ? item : default_result(call);
}
bool find_last(Call& call, Value& found) {
  Passing passing(call);
  bool any = false;
  for (Value item; passing.next(item);) {
    found = item;
    any = true;
  }
  return any && !call.run.failed();
}
Value last(Call& call) {
  Value item;
  return find_last(call, item) ? item : nothing_found(call);
}
Value last_or_default(Call& call) {
  Value item;
  return find_last(call, item) ? item : default_result(call);
}
bool find_single(Call& call, Value& found) {
  Passing passing(call);
  if (!passing.next(found)) return false;
  Value second;
  if (passing.next(second)) {
    call.raise(Fault::invalid_operation, has_predicate(call) ? "Sequence contains more than one matching element"
                                                             : "Sequence contains more than one element");
  }
  return !call.run.failed();
}
Value single(Call& call) {
  Value item;
  return find_single(call, item) ? item : nothing_found(call);
}
Value single_or_default(Call& call) {
  Value item;
  return find_single(call, item) ? item : default_result(call);
}
Value any(Call& call) {
  Value item;
  return Value::boolean(find_first(call, item));
}
Value all(Call& call) {
  if (call.is_null(1)) return call.null_argument("predicate");
  Walk walk;
  Selector predicate(call[1]);
  if (!walk.begin(call.run, call[0])) return {};
  for (Value item; walk.next(call.run, item);) {
    if (!predicate.holds(call.run, item)) return Value::boolean(false);
  }
  return Value::boolean(true);
}
std::int64_t counted(Call& call) {
  Passing passing(call);
  std::int64_t number = 0;
  for (Value item; passing.next(item);) ++number;
  return number;
}
Value count(Call& call) { return Value::int32(static_cast<std::int32_t>(counted(call))); }
Value long_count(Call& call) { return Value::int64(counted(call)); }

bool find_at(Call& call, Value& item) {
  Walk walk;
  if (call.integer(1) < 0 || !walk.begin(call.run, call[0])) return false;
  for (std::int64_t left = call.integer(1); walk.next(call.run, item); --left) {
    if (left == 0) return true;
  }
  return false;
}
Value element_at_call(Call& call) {
  Value item;
  if (find_at(call, item)) return item;
  if (call.run.failed()) return {};
  return call.raise(
      Fault::argument_out_of_range,
      "Index was out of range. Must be non-negative and less than the size of the collection. (Parameter 'index')");
}
Value element_at_or_default(Call& call) {
  Value item;
  return find_at(call, item) ? item : default_result(call);
}
Value contains(Call& call) {
  const Value comparer = call.count > 2 ? call[2] : Value();
  Walk walk;
  if (!walk.begin(call.run, call[0])) return {};
  for (Value item; walk.next(call.run, item);) {
    if (comparer.is_null() ? equal_values(item, call[1]) : compare_by(comparer, item, call[1]) == 0)
      return Value::boolean(true);
  }
  return Value::boolean(false);
}
Value sequence_equal(Call& call) {
  const Value comparer = call.count > 2 ? call[2] : Value();
  Walk left, right;
  if (!left.begin(call.run, call[0]) || !right.begin(call.run, call[1])) return {};
  for (Value a, b;;) {
    const bool more = left.next(call.run, a);
    if (call.run.failed() || more != right.next(call.run, b)) return Value::boolean(false);
    if (!more) return Value::boolean(true);
    if (!(comparer.is_null() ? equal_values(a, b) : compare_by(comparer, a, b) == 0)) return Value::boolean(false);
  }
}

// Collections
Value to_array(Call& call) {
  const Items items = items_of(call.run, call[0]);
  return call.run.failed() ? Value() : make_array(call.run, call.result(), items.data, items.count);
}
Value to_list(Call& call) {
  const Value list = make_list(call.run, call.result());
  Walk walk;
  if (!walk.begin(call.run, call[0])) return {};
  for (Value item; walk.next(call.run, item);) {
    if (!list_add(call.run, *static_cast<ListObject*>(const_cast<Object*>(list.as_object())), item)) return {};
  }
  return call.run.failed() ? Value() : list;
}
/// The dictionary that the call's result type says; the comparer is the last argument.
DictionaryObject* begin_map(Call& call, Value& map) {
  const Value comparer = comparer_of({call.arguments, call.count});
  map = make_dictionary(call.run, call.result(), !comparer.is_null() && comparer_ignores_case(comparer));
  return map.is_null() ? nullptr : static_cast<DictionaryObject*>(const_cast<Object*>(map.as_object()));
}
Value to_dictionary(Call& call) {
  Value map;
  DictionaryObject* to = begin_map(call, map);
  Walk walk;
  if (to == nullptr || !walk.begin(call.run, call[0])) return {};
  const bool has_elements = call.count > 2 && !is_comparer(call[2]) && !call.is_null(2);
  for (Value item; walk.next(call.run, item);) {
    const Value key = call.invoke(1, {item});
    const Value value = has_elements && !call.run.failed() ? call.invoke(2, {item}) : item;
    if (call.run.failed()) return {};
    if (key.is_null()) return call.null_argument("key");
    if (dictionary_find(*to, key) != nullptr)
      return call.raise(Fault::argument, "An item with the same key has already been added. Key: " +
                                             std::string(text_of(call.run, key)));
    dictionary_set(call.run, *to, key, value);
  }
  return call.run.failed() ? Value() : map;
}
Value to_hash_set(Call& call) {
  Value set;
  DictionaryObject* to = begin_map(call, set);
  Walk walk;
  if (to == nullptr || !walk.begin(call.run, call[0])) return {};
  for (Value item; walk.next(call.run, item);) dictionary_set(call.run, *to, item, Value());
  return call.run.failed() ? Value() : set;
}

// Numbers
Value add_numbers(Call& call, const Value& left, const Value& right) {
  const bool checked = left.kind() == ValueKind::int32 || left.kind() == ValueKind::int64;
  return apply_binary(call.run, Operator::add, left.kind(), checked, left, right);
}
/// A walk over the numbers of Sum, Average, Max and Min: the elements, or what the selector makes of them.
class Numbers {
 public:
  explicit Numbers(Call& call) : call_(call) {
    if (call.count > 1 && call.is_null(1)) {
      call.null_argument("selector");
      return;
    }
    walk_.begin(call.run, call[0]);
  }
  bool next(Value& value) {
    if (call_.run.failed() || !walk_.next(call_.run, value)) return false;
    if (call_.count > 1) value = call_.invoke(1, {value});
    return !call_.run.failed();
  }

 private:
  Call& call_;
  Walk walk_;
};
/// Null elements count as nothing.
Value sum(Call& call) {
  Value total = default_value(without_nullable(call.result()));
  Numbers numbers(call);
  for (Value value; numbers.next(value);) {
    if (!value.is_null()) total = add_numbers(call, total, value);
    if (call.run.failed()) return {};
  }
  return call.run.failed() ? Value() : total;
}
/// Of the elements that are not null; whole numbers are added up as long, the rest as they are.
Value average(Call& call) {
  const bool of_decimals = without_nullable(call.result()) == core().decimal;
  Value total = default_value(of_decimals ? core().decimal : core().float64);
  std::int64_t whole = 0, number = 0;
  Numbers numbers(call);
  for (Value value; numbers.next(value);) {
    if (value.is_null()) continue;
    if (value.is_integer()) {
      if (__builtin_add_overflow(whole, value.as_integer(), &whole))
        return call.raise(Fault::overflow, "Arithmetic operation resulted in an overflow.");
    } else if (of_decimals) {
      total = add_numbers(call, total, value);
    } else {
      total = Value::float64(total.as_number() + value.as_number());
    }
    if (call.run.failed()) return {};
    ++number;
  }
  if (call.run.failed()) return {};
  if (number == 0) return call.result()->kind == TypeKind::nullable ? Value() : no_elements(call);
  if (of_decimals) {
    return apply_binary(call.run, Operator::divide, ValueKind::decimal, false, total,
                        convert_number(call.run, Value::int64(number), core().decimal, false));
  }
  const double mean = (total.as_number() + static_cast<double>(whole)) / static_cast<double>(number);
  return without_nullable(call.result()) == core().float32 ? Value::float32(static_cast<float>(mean))
                                                           : Value::float64(mean);
}
/// NaN is the least of all.
Value extreme(Call& call, int sign) {
  Value best;
  Numbers numbers(call);
  for (Value value; numbers.next(value);) {
    if (value.is_null()) continue;
    const Value both[] = {best, value};
    if (!have_order(call.run, both, Fault::argument)) return {};
    if (best.is_null() || compare_values(value, best) * sign > 0) best = value;
  }
  if (call.run.failed()) return {};
  return best.is_null() && !call.result()->nullable() ? no_elements(call) : best;
}
Value maximum(Call& call) { return extreme(call, 1); }
Value minimum(Call& call) { return extreme(call, -1); }

Value aggregate(Call& call) {
  const bool seeded = call.count > 2;
  if (call.is_null(seeded ? 2 : 1)) return call.null_argument("func");
  Walk walk;
  if (!walk.begin(call.run, call[0])) return {};
  Value total = seeded ? call[1] : Value();
  if (!seeded && !walk.next(call.run, total)) return call.run.failed() ? Value() : no_elements(call);
  for (Value item; !call.run.failed() && walk.next(call.run, item);) total = call.invoke(seeded ? 2 : 1, {total, item});
  if (call.count > 3 && !call.run.failed()) total = call.invoke(3, {total});
  return call.run.failed() ? Value() : total;
}

#define SLUICE_NUMBERS(member, function, number, result, doc)                                                        \
  {"static Enumerable", member, "(this IEnumerable<" number "> source)", result, function, doc, query},              \
      {"static Enumerable",                                                                                          \
       member,                                                                                                       \
       "(this IEnumerable<" number "?> source)",                                                                     \
       result "?",                                                                                                   \
       function,                                                                                                     \
       "Elements that are null count as nothing.",                                                                   \
       query},                                                                                                       \
      {"static Enumerable",                                                                                          \
       member,                                                                                                       \
       "(this IEnumerable<T> source, Func<T," number "> selector)",                                                  \
       result,                                                                                                       \
       function,                                                                                                     \
       doc,                                                                                                          \
       query},                                                                                                       \
  {                                                                                                                  \
    "static Enumerable", member, "(this IEnumerable<T> source, Func<T," number "?> selector)", result "?", function, \
        "Elements that are null count as nothing.", query                                                            \
  }
#define SLUICE_PICK(name, result, function, doc)                                                                    \
  {"static Enumerable", name, "(this IEnumerable<T> source)", result, function, doc, query}, {                      \
    "static Enumerable", name, "(this IEnumerable<T> source, Func<T,bool> predicate)", result, function, doc, query \
  }

constexpr MemberRow members[] = {
    SLUICE_PICK("First", "T", first, "InvalidOperationException when there is none."),
    SLUICE_PICK("FirstOrDefault", "T", first_or_default, "default(T) when there is none."),
    SLUICE_PICK("Last", "T", last, "InvalidOperationException when there is none."),
    SLUICE_PICK("LastOrDefault", "T", last_or_default, "default(T) when there is none."),
    SLUICE_PICK("Single", "T", single, "InvalidOperationException unless there is exactly one."),
    SLUICE_PICK("SingleOrDefault", "T", single_or_default, "default(T) for none; InvalidOperationException for more."),
    SLUICE_PICK("Any", "bool", any, "Whether there is one."),
    SLUICE_PICK("Count", "int", count, "How many there are."),
    SLUICE_PICK("LongCount", "long", long_count, "How many there are."),
    {"static Enumerable", "All", "(this IEnumerable<T> source, Func<T,bool> predicate)", "bool", all,
     "Whether the predicate holds for every element.", query},
    {"static Enumerable", "Contains", "(this IEnumerable<T> source, T value)", "bool", contains,
     "Whether an element equals the value.", query},
    {"static Enumerable", "Contains", "(this IEnumerable<T> source, T value, IEqualityComparer<T> comparer)", "bool",
     contains, "Whether an element equals the value.", query},
    {"static Enumerable", "ElementAt", "(this IEnumerable<T> source, int index)", "T", element_at_call,
     "ArgumentOutOfRangeException when there is none.", query},
    {"static Enumerable", "ElementAtOrDefault", "(this IEnumerable<T> source, int index)", "T", element_at_or_default,
     "default(T) when there is none.", query},
    {"static Enumerable", "SequenceEqual", "(this IEnumerable<T> first, IEnumerable<T> second)", "bool", sequence_equal,
     "Equal elements in the same order.", query},
    {"static Enumerable", "SequenceEqual",
     "(this IEnumerable<T> first, IEnumerable<T> second, IEqualityComparer<T> comparer)", "bool", sequence_equal,
     "Equal elements in the same order.", query},
    {"static Enumerable", "ToArray", "(this IEnumerable<T> source)", "T[]", to_array, "The elements of one walk.",
     query},
    {"static Enumerable", "ToList", "(this IEnumerable<T> source)", "List<T>", to_list, "The elements of one walk.",
     query},
    {"static Enumerable", "ToHashSet", "(this IEnumerable<T> source)", "HashSet<T>", to_hash_set,
     "Each element of one walk once.", query},
    {"static Enumerable", "ToHashSet", "(this IEnumerable<T> source, IEqualityComparer<T> comparer)", "HashSet<T>",
     to_hash_set, "Each element of one walk once.", query},
    {"static Enumerable", "ToDictionary", "(this IEnumerable<T> source, Func<T,K> keySelector)", "Dictionary<K,T>",
     to_dictionary, "ArgumentException for a key that comes twice.", query},
    {"static Enumerable", "ToDictionary",
     "(this IEnumerable<T> source, Func<T,K> keySelector, IEqualityComparer<K> comparer)", "Dictionary<K,T>",
     to_dictionary, "ArgumentException for a key that comes twice.", query},
    {"static Enumerable", "ToDictionary",
     "(this IEnumerable<T> source, Func<T,K> keySelector, Func<T,V> elementSelector)", "Dictionary<K,V>", to_dictionary,
     "ArgumentException for a key that comes twice.", query},
    {"static Enumerable", "ToDictionary",
     "(this IEnumerable<T> source, Func<T,K> keySelector, Func<T,V> elementSelector, IEqualityComparer<K> comparer)",
     "Dictionary<K,V>", to_dictionary, "ArgumentException for a key that comes twice.", query},
    SLUICE_NUMBERS("Sum", sum, "int", "int", "OverflowException beyond the type."),
    SLUICE_NUMBERS("Sum", sum, "long", "long", "OverflowException beyond the type."),
    SLUICE_NUMBERS("Sum", sum, "float", "float", "0 for no elements."),
    SLUICE_NUMBERS("Sum", sum, "double", "double", "0 for no elements."),
    SLUICE_NUMBERS("Sum", sum, "decimal", "decimal", "OverflowException beyond the type."),
    SLUICE_NUMBERS("Average", average, "int", "double", "InvalidOperationException for no elements."),
    SLUICE_NUMBERS("Average", average, "long", "double", "InvalidOperationException for no elements."),
    SLUICE_NUMBERS("Average", average, "float", "float", "InvalidOperationException for no elements."),
    SLUICE_NUMBERS("Average", average, "double", "double", "InvalidOperationException for no elements."),
    SLUICE_NUMBERS("Average", average, "decimal", "decimal", "InvalidOperationException for no elements."),
    {"static Enumerable", "Max", "(this IEnumerable<T> source)", "T", maximum,
     "InvalidOperationException for no elements, or null where T may be null.", query},
    {"static Enumerable", "Max", "(this IEnumerable<T> source, Func<T,R> selector)", "R", maximum,
     "The greatest that the selector gives.", query},
    {"static Enumerable", "Min", "(this IEnumerable<T> source)", "T", minimum,
     "InvalidOperationException for no elements, or null where T may be null.", query},
    {"static Enumerable", "Min", "(this IEnumerable<T> source, Func<T,R> selector)", "R", minimum,
     "The least that the selector gives.", query},
    {"static Enumerable", "Aggregate", "(this IEnumerable<T> source, Func<T,T,T> func)", "T", aggregate,
     "The elements combined from the first on.", query},
    {"static Enumerable", "Aggregate", "(this IEnumerable<T> source, A seed, Func<A,T,A> func)", "A", aggregate,
     "The elements combined from the seed on.", query},
    {"static Enumerable", "Aggregate",
     "(this IEnumerable<T> source, A seed, Func<A,T,A> func, Func<A,R> resultSelector)", "R", aggregate,
     "What the result selector makes of the elements combined.", query},
};
#undef SLUICE_NUMBERS
#undef SLUICE_PICK

}  // namespace

extern const Family linq_results_family{
    "linq results", "Queries that give one value.", "System.Linq.Enumerable", {}, {}, members};

}  // namespace sluice::expression
