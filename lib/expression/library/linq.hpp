// SPDX-License-Identifier: Apache-2.0
// What the files of System.Linq share.
#pragma once

#include "expression/sequence.hpp"

#include <span>

namespace sluice::expression {

/// Calls a selector or predicate; the ones that take it get the element's index too.
class Selector {
 public:
  Selector() = default;
  explicit Selector(const Value& closure)
      : closure_(static_cast<const Closure*>(closure.as_object())), indexed_(type_of(closure)->arguments.size() == 3) {}
  Value operator()(Evaluation& run, const Value& item) {
    if (!indexed_) return run.invoke(*closure_, &item, 1);
    const Value both[] = {item, Value::int32(static_cast<std::int32_t>(index_++))};
    return run.invoke(*closure_, both, 2);
  }
  bool holds(Evaluation& run, const Value& item) { return (*this)(run, item).as_boolean(); }

 private:
  const Closure* closure_ = nullptr;
  bool indexed_ = false;
  std::uint32_t index_ = 0;
};

/// Elements seen so far, by hash.
class Seen {
 public:
  /// `comparer`: a StringComparer, or null for the elements' own equality. False when a budget is used up.
  bool begin(Evaluation& run, const Value& comparer);
  /// True when the element is new.
  bool add(Evaluation& run, const Value& item) { return dictionary_set(run, *set_, item, Value()); }
  bool has(const Value& item) const { return dictionary_find(*set_, item) != nullptr; }

 private:
  DictionaryObject* set_ = nullptr;
};

/// The last argument when it is a comparer, else null.
Value comparer_of(std::span<const Value> arguments);
bool is_comparer(const Value& value);
/// Whether the values, apart from nulls, have an order: all of one kind, which is not objects. What has none would not
/// only give no order, a sort by it would not end well. **Errors** (raised; then false): `fault`.
bool have_order(Evaluation& run, std::span<const Value> values, Fault fault);
/// By a StringComparer or, when that is null, by the values' own order.
int compare_by(const Value& comparer, const Value& left, const Value& right);

/// Elements that are known when the walk asks for the first one.
struct Computed : Cursor {
  bool next(Evaluation&, Value& item) override {
    if (index >= items.count) return false;
    item = items.data[index++];
    return true;
  }
  Items items;
  std::uint32_t index = 0;

 protected:
  ~Computed() = default;
};

struct GroupObject : Object {
  Value key;
  ListObject* items;
};
/// Groups in the order of their first elements. `operands`: source, key selector, and what follows.
ValueList group_elements(Evaluation& run, std::span<const Value> operands, const Type* group_type);

/// What LINQ reads and changes is not known when a pipeline is compiled.
inline constexpr Trait query = Trait::impure;

}  // namespace sluice::expression
