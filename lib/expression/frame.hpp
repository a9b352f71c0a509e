// SPDX-License-Identifier: Apache-2.0
// Activations of functions: slots of variables, linked to the function that encloses them. A captured variable's slot
// holds the address of its cell. A closure copies the slots, so that later iterations, which make new cells, do not
// change what it has captured.
#pragma once

#include "expression/evaluation.hpp"
#include "expression/tree.hpp"

namespace sluice::expression {

struct Frame {
  Value* slots = nullptr;
  Frame* outer = nullptr;
  std::uint32_t count = 0;
  bool kept = false;
};

/// The cell of a captured variable; made when it is not there. Null when the memory budget is used up.
inline Value* cell_of(Evaluation& run, Value& slot) {
  if (slot.kind() == ValueKind::uint64 && slot.data() != nullptr)
    return static_cast<Value*>(const_cast<void*>(slot.data()));
  Value* cell = run.make<Value>();
  if (cell == nullptr) return nullptr;
  slot = Value::pointer(ValueKind::uint64, cell);
  return cell;
}

inline void fresh_cell(Evaluation& run, Value& slot, const Value& value) {
  Value* cell = run.make<Value>();
  if (cell == nullptr) return;
  *cell = value;
  slot = Value::pointer(ValueKind::uint64, cell);
}

inline Frame* enclosing(Frame* frame, std::uint32_t hops) {
  for (; hops != 0; --hops) frame = frame->outer;
  return frame;
}

/// A copy of the frame, and of those around it that live on the stack, for a closure.
Frame* keep(Evaluation& run, Frame* frame);

// What both engines do the same way.
/// `(type)value`: raises InvalidCastException, or NullReferenceException for null that the type does not have.
Value cast_value(Evaluation& run, const Value& value, const Type* type);
Value try_cast_value(const Value& value, const Type* type);
Value unwrap_value(Evaluation& run, const Value& value);
/// Texts of all values, joined.
Value concatenate(Evaluation& run, const Value* values, std::uint32_t count);
/// Calls the member's function; raises on a null receiver.
Value call_member(Evaluation& run, const CallSite& site, const Value* arguments, std::uint32_t count);
Value invoke_value(Evaluation& run, const Value& delegate, const Value* arguments, std::uint32_t count);
/// A delegate for a method group.
Value make_delegate(Evaluation& run, const Type* type, const CallSite* site, const Value* receiver);
Value throw_value(Evaluation& run, const Value& exception);

}  // namespace sluice::expression
