// SPDX-License-Identifier: Apache-2.0
// Operators of System.Linq that give sequences: each walk computes its elements when they are asked for.
#include "expression/library/linq.hpp"

#include <algorithm>

namespace sluice::expression {
namespace {

/// Most operators walk their first operand and have one function.
struct OneSource : Cursor {
  bool begin(Evaluation& run, const SequenceObject& sequence) {
    if (sequence.count > 1 && type_of(sequence.operands[1])->kind == TypeKind::function)
      function = Selector(sequence.operands[1]);
    return source.begin(run, sequence.operands[0]);
  }
  Walk source;
  Selector function;

 protected:
  ~OneSource() = default;
};

struct Selecting final : OneSource {
  bool next(Evaluation& run, Value& item) override {
    Value from;
    if (!source.next(run, from)) return false;
    item = function(run, from);
    return true;
  }
};

struct Filtering final : OneSource {
  bool next(Evaluation& run, Value& item) override {
    while (source.next(run, item)) {
      const bool keep = function.holds(run, item);
      if (run.failed()) return false;
      if (keep) return true;
    }
    return false;
  }
};

struct Flattening final : OneSource {
  bool begin(Evaluation& run, const SequenceObject& sequence) {
    if (sequence.count > 2) result = static_cast<const Closure*>(sequence.operands[2].as_object());
    return OneSource::begin(run, sequence);
  }
  bool next(Evaluation& run, Value& item) override {
    while (!inside || !inner.next(run, item)) {
      if (run.failed() || !source.next(run, outer)) return false;
      const Value sequence = function(run, outer);
      inner = Walk();
      if (run.failed() || !inner.begin(run, sequence)) return false;
      inside = true;
    }
    if (result == nullptr) return true;
    const Value both[] = {outer, item};
    item = run.invoke(*result, both, 2);
    return true;
  }
  const Closure* result = nullptr;
  Walk inner;
  Value outer;
  bool inside = false;
};

struct Taking final : OneSource {
  bool begin(Evaluation& run, const SequenceObject& sequence) {
    left = sequence.operands[1].as_integer();
    return OneSource::begin(run, sequence);
  }
  bool next(Evaluation& run, Value& item) override { return left-- > 0 && source.next(run, item); }
  std::int64_t left = 0;
};

struct Skipping final : OneSource {
  bool begin(Evaluation& run, const SequenceObject& sequence) {
    left = sequence.operands[1].as_integer();
    return OneSource::begin(run, sequence);
  }
  bool next(Evaluation& run, Value& item) override {
    for (; left > 0; --left) {
      if (!source.next(run, item)) return false;
    }
    return source.next(run, item);
  }
  std::int64_t left = 0;
};

struct TakingWhile final : OneSource {
  bool next(Evaluation& run, Value& item) override { return source.next(run, item) && function.holds(run, item); }
};

struct SkippingWhile final : OneSource {
  bool next(Evaluation& run, Value& item) override {
    if (passed) return source.next(run, item);
    while (source.next(run, item)) {
      passed = !function.holds(run, item);
      if (run.failed() || passed) return passed;
    }
    return false;
  }
  bool passed = false;
};

/// The first operand's elements, then the second's. The second is a sequence, or an element to put before or behind.
template <bool before, bool whole_sequence>
struct Joining final : Cursor {
  bool begin(Evaluation& run, const SequenceObject& sequence) {
    second = sequence.operands[1];
    first_part = !before;
    return source.begin(run, sequence.operands[0]);
  }
  bool next(Evaluation& run, Value& item) override {
    if (before && !ended) {
      ended = true;
      item = second;
      return true;
    }
    if (source.next(run, item)) return true;
    if (run.failed() || !first_part) return false;
    first_part = false;
    if (!whole_sequence) {
      item = second;
      return true;
    }
    source = Walk();
    return source.begin(run, second) && source.next(run, item);
  }
  Walk source;
  Value second;
  bool first_part = true;
  bool ended = false;
};

struct DefaultIfEmpty final : OneSource {
  bool begin(Evaluation& run, const SequenceObject& sequence) {
    substitute_value = sequence.count > 1 ? sequence.operands[1] : default_value(sequence.element);
    return source.begin(run, sequence.operands[0]);
  }
  bool next(Evaluation& run, Value& item) override {
    if (source.next(run, item)) return any = true;
    if (any || run.failed()) return false;
    item = substitute_value;
    return any = true;
  }
  Value substitute_value;
  bool any = false;
};

struct Zipping final : Cursor {
  bool begin(Evaluation& run, const SequenceObject& sequence) {
    result = static_cast<const Closure*>(sequence.operands[2].as_object());
    return left.begin(run, sequence.operands[0]) && right.begin(run, sequence.operands[1]);
  }
  bool next(Evaluation& run, Value& item) override {
    Value both[2];
    if (!left.next(run, both[0]) || !right.next(run, both[1])) return false;
    item = run.invoke(*result, both, 2);
    return true;
  }
  Walk left, right;
  const Closure* result = nullptr;
};

struct Reversing final : Computed {
  bool begin(Evaluation& run, const SequenceObject& sequence) {
    const Items given = items_of(run, sequence.operands[0]);
    Value* reversed = run.failed() ? nullptr : run.make_array<Value>(given.count);
    if (reversed == nullptr || !run.charge(given.count / 8)) return false;
    std::reverse_copy(given.begin(), given.end(), reversed);
    items = {reversed, given.count};
    return true;
  }
};

/// TakeLast and SkipLast.
template <bool take>
struct Ending final : Computed {
  bool begin(Evaluation& run, const SequenceObject& sequence) {
    const Items given = items_of(run, sequence.operands[0]);
    if (run.failed()) return false;
    const auto number =
        static_cast<std::uint32_t>(std::clamp<std::int64_t>(sequence.operands[1].as_integer(), 0, given.count));
    items = take ? Items{given.data + (given.count - number), number} : Items{given.data, given.count - number};
    return true;
  }
};

enum class SetOperation : std::uint8_t { distinct, union_of, except, intersect };

template <SetOperation operation>
struct Sets final : Cursor {
  bool begin(Evaluation& run, const SequenceObject& sequence) {
    const Value comparer = comparer_of({sequence.operands, sequence.count});
    if (!seen.begin(run, comparer) || !source.begin(run, sequence.operands[0])) return false;
    if (operation == SetOperation::distinct) return true;
    second = sequence.operands[1];
    if (operation == SetOperation::union_of) return true;
    if (operation == SetOperation::intersect && !other.begin(run, comparer)) return false;
    Walk walk;
    if (!walk.begin(run, second)) return false;
    for (Value item; walk.next(run, item);) (operation == SetOperation::except ? seen : other).add(run, item);
    return !run.failed();
  }
  bool next(Evaluation& run, Value& item) override {
    for (;;) {
      while (source.next(run, item)) {
        if (operation == SetOperation::intersect && !other.has(item)) continue;
        if (seen.add(run, item)) return true;
        if (run.failed()) return false;
      }
      if (run.failed() || operation != SetOperation::union_of || in_second) return false;
      in_second = true;
      source = Walk();
      if (!source.begin(run, second)) return false;
    }
  }
  Walk source;
  Value second;
  Seen seen, other;
  bool in_second = false;
};

struct Casting final : OneSource {
  bool begin(Evaluation& run, const SequenceObject& sequence) {
    wanted = sequence.element;
    return source.begin(run, sequence.operands[0]);
  }
  bool next(Evaluation& run, Value& item) override {
    if (!source.next(run, item)) return false;
    if (item.is_null() ? wanted->nullable() : value_is(item, wanted)) return true;
    if (item.is_null())
      run.raise_null();
    else
      run.raise(Fault::invalid_cast, "Unable to cast object of type '" + std::string(type_of(item)->full) +
                                         "' to type '" + wanted->full + "'.");
    return false;
  }
  const Type* wanted = nullptr;
};

struct OfType final : OneSource {
  bool begin(Evaluation& run, const SequenceObject& sequence) {
    wanted = sequence.element;
    return source.begin(run, sequence.operands[0]);
  }
  bool next(Evaluation& run, Value& item) override {
    while (source.next(run, item)) {
      if (!item.is_null() && value_is(item, wanted)) return true;
    }
    return false;
  }
  const Type* wanted = nullptr;
};

struct Counting final : Cursor {
  bool begin(Evaluation&, const SequenceObject& sequence) {
    at = sequence.operands[0].as_integer();
    end = at + sequence.operands[1].as_integer();
    return true;
  }
  bool next(Evaluation&, Value& item) override {
    if (at >= end) return false;
    item = Value::int32(static_cast<std::int32_t>(at++));
    return true;
  }
  std::int64_t at = 0, end = 0;
};

struct Repeating final : Cursor {
  bool begin(Evaluation&, const SequenceObject& sequence) {
    element = sequence.operands[0];
    left = sequence.operands[1].as_integer();
    return true;
  }
  bool next(Evaluation&, Value& item) override {
    item = element;
    return left-- > 0;
  }
  Value element;
  std::int64_t left = 0;
};

Value negative_count(Call& call) {
  return call.raise(Fault::argument_out_of_range,
                    "Specified argument was out of the range of valid values. (Parameter 'count')");
}
Value range(Call& call) {
  constexpr std::int64_t largest = INT32_MAX;
  if (call.integer(1) < 0 || call.integer(0) + call.integer(1) - 1 > largest) return negative_count(call);
  return deferred<Counting>(call);
}
Value repeat(Call& call) { return call.integer(1) < 0 ? negative_count(call) : deferred<Repeating>(call); }
Value empty(Call& call) { return make_sequence(call.run, call.result()->arguments[0], nullptr, 0); }
Value as_enumerable(Call& call) { return call[0]; }
/// What has the type already is given as it is.
Value cast(Call& call) {
  if (!call.is_null(0) && is_a(type_of(call[0]), call.result())) return call[0];
  return deferred<Casting>(call);
}

constexpr MemberRow members[] = {
    {"static Enumerable", "Select", "(this IEnumerable<T> source, Func<T,R> selector)", "IEnumerable<R>",
     deferred<Selecting>, "What the selector makes of each element.", query},
    {"static Enumerable", "Select", "(this IEnumerable<T> source, Func<T,int,R> selector)", "IEnumerable<R>",
     deferred<Selecting>, "The selector gets the index too.", query},
    {"static Enumerable", "Where", "(this IEnumerable<T> source, Func<T,bool> predicate)", "IEnumerable<T>",
     deferred<Filtering>, "The elements for which the predicate holds.", query},
    {"static Enumerable", "Where", "(this IEnumerable<T> source, Func<T,int,bool> predicate)", "IEnumerable<T>",
     deferred<Filtering>, "The predicate gets the index too.", query},
    {"static Enumerable", "SelectMany", "(this IEnumerable<T> source, Func<T,IEnumerable<R>> selector)",
     "IEnumerable<R>", deferred<Flattening>, "The elements of the sequences that the selector gives.", query},
    {"static Enumerable", "SelectMany", "(this IEnumerable<T> source, Func<T,int,IEnumerable<R>> selector)",
     "IEnumerable<R>", deferred<Flattening>, "The selector gets the index too.", query},
    {"static Enumerable", "SelectMany",
     "(this IEnumerable<T> source, Func<T,IEnumerable<C>> collectionSelector, Func<T,C,R> resultSelector)",
     "IEnumerable<R>", deferred<Flattening>, "What the result selector makes of each pair.", query},
    {"static Enumerable", "Distinct", "(this IEnumerable<T> source)", "IEnumerable<T>",
     deferred<Sets<SetOperation::distinct>>, "Each element once.", query},
    {"static Enumerable", "Distinct", "(this IEnumerable<T> source, IEqualityComparer<T> comparer)", "IEnumerable<T>",
     deferred<Sets<SetOperation::distinct>>, "Each element once.", query},
    {"static Enumerable", "Union", "(this IEnumerable<T> first, IEnumerable<T> second)", "IEnumerable<T>",
     deferred<Sets<SetOperation::union_of>>, "What is in either, once.", query},
    {"static Enumerable", "Union", "(this IEnumerable<T> first, IEnumerable<T> second, IEqualityComparer<T> comparer)",
     "IEnumerable<T>", deferred<Sets<SetOperation::union_of>>, "What is in either, once.", query},
    {"static Enumerable", "Except", "(this IEnumerable<T> first, IEnumerable<T> second)", "IEnumerable<T>",
     deferred<Sets<SetOperation::except>>, "What is in the first only, once.", query},
    {"static Enumerable", "Except", "(this IEnumerable<T> first, IEnumerable<T> second, IEqualityComparer<T> comparer)",
     "IEnumerable<T>", deferred<Sets<SetOperation::except>>, "What is in the first only, once.", query},
    {"static Enumerable", "Intersect", "(this IEnumerable<T> first, IEnumerable<T> second)", "IEnumerable<T>",
     deferred<Sets<SetOperation::intersect>>, "What is in both, once.", query},
    {"static Enumerable", "Intersect",
     "(this IEnumerable<T> first, IEnumerable<T> second, IEqualityComparer<T> comparer)", "IEnumerable<T>",
     deferred<Sets<SetOperation::intersect>>, "What is in both, once.", query},
    {"static Enumerable", "Concat", "(this IEnumerable<T> first, IEnumerable<T> second)", "IEnumerable<T>",
     deferred<Joining<false, true>>, "The first's elements, then the second's.", query},
    {"static Enumerable", "Append", "(this IEnumerable<T> source, T element)", "IEnumerable<T>",
     deferred<Joining<false, false>>, "The elements, then one more.", query},
    {"static Enumerable", "Prepend", "(this IEnumerable<T> source, T element)", "IEnumerable<T>",
     deferred<Joining<true, false>>, "One more, then the elements.", query},
    {"static Enumerable", "Reverse", "(this IEnumerable<T> source)", "IEnumerable<T>", deferred<Reversing>,
     "The last element first.", query},
    {"static Enumerable", "Skip", "(this IEnumerable<T> source, int count)", "IEnumerable<T>", deferred<Skipping>,
     "All but the first `count`.", query},
    {"static Enumerable", "Take", "(this IEnumerable<T> source, int count)", "IEnumerable<T>", deferred<Taking>,
     "The first `count`.", query},
    {"static Enumerable", "SkipLast", "(this IEnumerable<T> source, int count)", "IEnumerable<T>",
     deferred<Ending<false>>, "All but the last `count`.", query},
    {"static Enumerable", "TakeLast", "(this IEnumerable<T> source, int count)", "IEnumerable<T>",
     deferred<Ending<true>>, "The last `count`.", query},
    {"static Enumerable", "TakeWhile", "(this IEnumerable<T> source, Func<T,bool> predicate)", "IEnumerable<T>",
     deferred<TakingWhile>, "Up to the first for which the predicate does not hold.", query},
    {"static Enumerable", "TakeWhile", "(this IEnumerable<T> source, Func<T,int,bool> predicate)", "IEnumerable<T>",
     deferred<TakingWhile>, "The predicate gets the index too.", query},
    {"static Enumerable", "SkipWhile", "(this IEnumerable<T> source, Func<T,bool> predicate)", "IEnumerable<T>",
     deferred<SkippingWhile>, "From the first for which the predicate does not hold.", query},
    {"static Enumerable", "SkipWhile", "(this IEnumerable<T> source, Func<T,int,bool> predicate)", "IEnumerable<T>",
     deferred<SkippingWhile>, "The predicate gets the index too.", query},
    {"static Enumerable", "DefaultIfEmpty", "(this IEnumerable<T> source)", "IEnumerable<T>", deferred<DefaultIfEmpty>,
     "The elements, or default(T) alone.", query},
    {"static Enumerable", "DefaultIfEmpty", "(this IEnumerable<T> source, T defaultValue)", "IEnumerable<T>",
     deferred<DefaultIfEmpty>, "The elements, or the given one alone.", query},
    {"static Enumerable", "Zip", "(this IEnumerable<A> first, IEnumerable<B> second, Func<A,B,R> resultSelector)",
     "IEnumerable<R>", deferred<Zipping>, "What the selector makes of the pairs, as long as both last.", query},
    {"static Enumerable", "Cast", "(this IEnumerable source)", "IEnumerable<T>", cast,
     "Every element as a T; InvalidCastException for others.", query | Trait::typed},
    {"static Enumerable", "OfType", "(this IEnumerable source)", "IEnumerable<T>", deferred<OfType>,
     "The elements that are T.", query | Trait::typed},
    {"static Enumerable", "AsEnumerable", "(this IEnumerable<T> source)", "IEnumerable<T>", as_enumerable,
     "The sequence itself.", query},
    {"static Enumerable", "Range", "(int start, int count)", "IEnumerable<int>", range, "`count` numbers from `start`.",
     query},
    {"static Enumerable", "Repeat", "(T element, int count)", "IEnumerable<T>", repeat, "An element `count` times.",
     query},
    {"static Enumerable", "Empty", "()", "IEnumerable<T>", empty, "No elements.", query},
};

}  // namespace

extern const Family linq_operators_family{
    "linq operators", "Queries that give sequences.", "System.Linq.Enumerable", {}, {}, members};

}  // namespace sluice::expression
