// SPDX-License-Identifier: Apache-2.0
// Conditions as jumps, and values that a `?.` may cut short.
#include "expression/lowering_function.hpp"

#include <algorithm>

namespace sluice::expression {
bool FunctionLowering::is_null_conditional(const Node* node) {
  return node->kind == NodeKind::conditional && node->items[0]->kind == NodeKind::is_null &&
         node->items[0]->items[0]->kind == NodeKind::assign && node->items[1]->is_constant() &&
         node->items[1]->value.is_null();
}

void FunctionLowering::value_or_jump(const Node* node, std::uint32_t to, Jumps& jumps) {
  node = plain(node);
  if (!is_null_conditional(node)) {
    value(node, to);
    return;
  }
  branch(node->items[0], true, jumps);
  const Local* held = node->items[0]->items[0]->local;
  present_.push_back(held);
  value_or_jump(node->items[2], to, jumps);
  present_.pop_back();
}

bool FunctionLowering::is_present(const Node* node) const {
  node = plain(node);
  if (node->is_constant()) return !node->value.is_null();
  if (node->kind == NodeKind::call) return has(node->site->member->row->traits, Trait::never_null);
  return node->kind == NodeKind::local && std::find(present_.begin(), present_.end(), node->local) != present_.end();
}

void FunctionLowering::branch(const Node* condition, bool when, Jumps& jumps) {
  if (too_large_) return;
  const std::uint32_t saved = next_;
  condition = plain(condition);
  const bool two_valued = condition->type->kind == TypeKind::boolean;
  if (condition->kind == NodeKind::unary && condition->op == Operator::logical_not && two_valued)
    branch(condition->items[0], !when, jumps);
  else if (condition->kind == NodeKind::logical_and || condition->kind == NodeKind::logical_or)
    branch_both(condition, when, jumps);
  else if (condition->kind == NodeKind::is_null)
    jumps.push_back(emit(when ? Opcode::jump_if_null : Opcode::jump_unless_null, operand(condition->items[0])));
  else if (condition->kind == NodeKind::binary && has_jump(condition))
    branch_compared(condition, when, jumps);
  else
    jumps.push_back(emit(when ? Opcode::jump_if : Opcode::jump_unless, operand(condition)));
  release(saved);
}

void FunctionLowering::branch_both(const Node* condition, bool when, Jumps& jumps) {
  // One of the two decides alone: `false && …`, `true || …`.
  const bool decides = condition->kind == NodeKind::logical_or;
  Jumps past;
  branch(condition->items[0], decides, when == decides ? jumps : past);
  branch(condition->items[1], when, jumps);
  patch_all(past);
}

void FunctionLowering::branch_compared(const Node* condition, bool when, Jumps& jumps) {
  const std::uint32_t left = operand(condition->items[0], condition->items[1]);
  const std::uint32_t right = operand(condition->items[1]);
  const Operator op = when ? condition->op : opposite(condition->op);
  jumps.push_back(emit(jump_of(op, condition->operands == ValueKind::string), 0, left, right));
}

bool FunctionLowering::compares_ints(const Node* node) {
  return node->operands == ValueKind::int32 && plain_int(node->items[0]) && plain_int(node->items[1]) &&
         node->op >= Operator::equal && node->op <= Operator::greater_equal;
}

Operator FunctionLowering::opposite(Operator op) {
  switch (op) {
    case Operator::equal: return Operator::not_equal;
    case Operator::not_equal: return Operator::equal;
    case Operator::less: return Operator::greater_equal;
    case Operator::less_equal: return Operator::greater;
    case Operator::greater: return Operator::less_equal;
    default: return Operator::less;
  }
}

Opcode FunctionLowering::jump_of(Operator op, bool of_texts) {
  switch (op) {
    case Operator::equal: return of_texts ? Opcode::jump_if_equal_string : Opcode::jump_if_equal_int32;
    case Operator::not_equal: return of_texts ? Opcode::jump_if_not_equal_string : Opcode::jump_if_not_equal_int32;
    case Operator::less: return Opcode::jump_if_less_int32;
    case Operator::less_equal: return Opcode::jump_if_less_equal_int32;
    case Operator::greater: return Opcode::jump_if_greater_int32;
    default: return Opcode::jump_if_greater_equal_int32;
  }
}

}  // namespace sluice::expression
