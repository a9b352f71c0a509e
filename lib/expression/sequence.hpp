// SPDX-License-Identifier: Apache-2.0
// Sequences: what LINQ gives (computed on demand, anew in every walk, as in C#) and how everything that has elements
// is walked: arrays, lists, dictionaries, texts, JSON, headers.
#pragma once

#include "expression/entity.hpp"
#include "expression/objects.hpp"

namespace sluice::expression {

/// A walk over a sequence that computes its elements. Lives in the arena.
class Cursor {
 public:
  /// The next element; false at the end, and after a raise.
  virtual bool next(Evaluation& run, Value& item) = 0;

 protected:
  Cursor() = default;
  ~Cursor() = default;
};

/// A value of type IEnumerable<T>: elements that are there, or an operator with its operands.
struct SequenceObject : Object {
  Cursor* (*begin)(Evaluation&, const SequenceObject&);  ///< Null: `operands` are the elements.
  const Value* operands;
  std::uint32_t count;
  const Type* element;
};

/// A walk over anything that has elements; elements that are there are read in place.
class Walk {
 public:
  /// **Errors** (raised; then false): ArgumentNullException for null.
  bool begin(Evaluation& run, const Value& sequence);
  /// False at the end, and after a raise: InvalidOperationException when the collection was changed meanwhile.
  bool next(Evaluation& run, Value& item);

 private:
  Items items_;
  std::uint32_t index_ = 0;
  std::uint32_t version_ = 0;
  const std::uint32_t* current_version_ = nullptr;
  Cursor* cursor_ = nullptr;
  NextElement next_element_ = nullptr;
  const void* entity_ = nullptr;
};

/// The first element; false when there is none, and after a raise.
bool first_element(Evaluation& run, const Value& sequence, Value& item);

/// Values that grow in the arena.
class ValueList {
 public:
  /// False when a budget is used up.
  bool add(Evaluation& run, const Value& value);
  Items items() const { return {data_, count_}; }
  std::uint32_t count() const { return count_; }
  Value* data() { return data_; }

 private:
  Value* data_ = nullptr;
  std::uint32_t count_ = 0;
  std::uint32_t capacity_ = 0;
};

template <class Operator>
Cursor* begin_operator(Evaluation& run, const SequenceObject& sequence) {
  auto* cursor = run.make<Operator>();
  return cursor != nullptr && cursor->begin(run, sequence) ? cursor : nullptr;
}

/// A sequence of the call's result type whose elements `begin` computes from the call's arguments.
/// **Errors** (raised): ArgumentNullException for a sequence or delegate that is null.
Value make_deferred(Call& call, Cursor* (*begin)(Evaluation&, const SequenceObject&));

/// The function of a row whose elements an `Operator` computes when they are asked for. It has
/// `bool begin(Evaluation&, const SequenceObject&)` and is a Cursor.
template <class Operator>
Value deferred(Call& call) {
  return make_deferred(call, begin_operator<Operator>);
}

}  // namespace sluice::expression
