// SPDX-License-Identifier: Apache-2.0
// What expressions become.
#include "expression/lowering_function.hpp"

#include <algorithm>

namespace sluice::expression {
bool changes(const Node* node, const Local* local) {
  if (node == nullptr) return false;
  if ((node->kind == NodeKind::assign || node->kind == NodeKind::address) && node->local == local) return true;
  for (const Node* item : node->items) {
    if (changes(item, local)) return true;
  }
  return false;
}

namespace {

bool mentions(const Node* node, const Local* local) {
  if (node == nullptr) return false;
  if (node->local == local) return true;
  return std::any_of(node->items.begin(), node->items.end(), [&](const Node* item) { return mentions(item, local); });
}

/// `x++` as it is checked: held = x, x = x + 1, held. Whether the value it holds serves nothing but being its value.
bool holds_only_value(const Node* sequence) {
  const Node *first = sequence->items.front(), *last = sequence->items.back();
  if (first->kind != NodeKind::assign || last->kind != NodeKind::local || first->local != last->local) return false;
  return std::none_of(sequence->items.begin() + 1, sequence->items.end() - 1,
                      [&](const Node* item) { return mentions(item, first->local); });
}

}  // namespace

void FunctionLowering::value(const Node* node, std::uint32_t to) {
  if (too_large_) return;
  const std::uint32_t saved = next_;
  emit_value(node, to);
  release(saved);
}

void FunctionLowering::emit_value(const Node* node, std::uint32_t to) {
  switch (node->kind) {
    case NodeKind::constant: emit_pointer(Opcode::load, &node->value, to); return;
    case NodeKind::local:
      if (!is_own(node->local))
        with_place(emit(Opcode::load_outer, to), node->local);
      else
        emit(node->local->captured ? Opcode::load_cell : Opcode::move, to, slot(node->local));
      return;
    case NodeKind::assign:
      if (assigns_in_place(node)) {
        effect(node);
        if (to != slot(node->local)) emit(Opcode::move, to, slot(node->local));
        return;
      }
      value(node->items[0], to);
      store(node->local, to);
      return;
    case NodeKind::retype: value(node->items[0], to); return;
    case NodeKind::binary: binary(node, to); return;
    case NodeKind::unary: {
      const std::uint32_t from = operand(node->items[0]);
      const bool plain_not = node->op == Operator::logical_not && node->items[0]->type->kind == TypeKind::boolean;
      if (plain_not)
        emit(Opcode::logical_not, to, from);
      else
        emit_pointer(Opcode::unary, node, to, from);
      return;
    }
    case NodeKind::logical_and:
    case NodeKind::logical_or: {
      value(node->items[0], to);
      const std::size_t jump = emit(node->kind == NodeKind::logical_and ? Opcode::jump_unless : Opcode::jump_if, to);
      value(node->items[1], to);
      patch(jump);
      return;
    }
    case NodeKind::conditional: {
      if (is_null_conditional(node)) {
        Jumps nothing;
        value_or_jump(node, to, nothing);
        const std::size_t end = emit(Opcode::jump);
        patch_all(nothing);
        value(node->items[1], to);
        patch(end);
        return;
      }
      const Jumps jumps = branch_unless(node->items[0]);
      value(node->items[1], to);
      const std::size_t end = emit(Opcode::jump);
      patch_all(jumps);
      value(node->items[2], to);
      patch(end);
      return;
    }
    case NodeKind::coalesce: {
      Jumps nothing;
      value_or_jump(node->items[0], to, nothing);
      const std::size_t end = emit(Opcode::jump_unless_null, to);
      patch_all(nothing);
      value(node->items[1], to);
      patch(end);
      return;
    }
    case NodeKind::is_null: emit(Opcode::is_null, to, operand(node->items[0])); return;
    case NodeKind::sequence:
      for (std::size_t i = 0; i + 1 < node->items.size(); ++i) effect(node->items[i]);
      value(node->items.back(), to);
      return;
    case NodeKind::convert: emit_pointer(Opcode::convert, node, to, operand(node->items[0])); return;
    case NodeKind::cast: emit_pointer(Opcode::cast, node->type, to, operand(node->items[0])); return;
    case NodeKind::try_cast: emit_pointer(Opcode::try_cast, node->tested, to, operand(node->items[0])); return;
    case NodeKind::is_type: emit_pointer(Opcode::is_type, node->tested, to, operand(node->items[0])); return;
    case NodeKind::unwrap: emit(Opcode::unwrap, to, operand(node->items[0])); return;
    case NodeKind::address:
      if (!is_own(node->local))
        with_place(emit(Opcode::address_outer, to), node->local);
      else
        emit(node->local->captured ? Opcode::address_cell : Opcode::address, to, slot(node->local));
      return;
    case NodeKind::raise:
      if (node->items.empty()) {
        const std::uint32_t held = temporary();
        if (node->local->captured)
          emit(Opcode::load_cell, held, slot(node->local));
        else
          emit(Opcode::move, held, slot(node->local));
        emit(Opcode::raise, held);
      } else {
        emit(Opcode::raise, operand(node->items[0]));
      }
      return;
    case NodeKind::lambda: {
      const std::size_t at = emit(Opcode::make_closure, to, node->function->index & 0xFFFF);
      if (!too_large_) code_.instructions[at].pointer = node;
      return;
    }
    case NodeKind::array_get: {
      const std::uint32_t array = operand(node->items[0], node->items[1]);
      emit(Opcode::get_element, to, array, operand(node->items[1]));
      return;
    }
    case NodeKind::array_set: {
      const std::uint32_t first = consecutive(node->items);
      emit(Opcode::set_element, first, first + 1, first + 2);
      emit(Opcode::move, to, first + 2);
      return;
    }
    case NodeKind::array_sized: emit_pointer(Opcode::new_sized_array, node->type, to, operand(node->items[0])); return;
    case NodeKind::field_get: emit(Opcode::get_field, to, operand(node->items[0]), node->index); return;
    default: with_items(node, to); return;
  }
}

bool FunctionLowering::assigns_in_place(const Node* node) const {
  return is_own(node->local) && !node->local->captured && regions_ == 0 && !changes(node->items[0], node->local);
}

void FunctionLowering::effect(const Node* node) {
  if (too_large_ || node->is_constant() || node->kind == NodeKind::local) return;
  if (node->kind == NodeKind::sequence)
    effects(node);
  else if (node->kind == NodeKind::retype)
    effect(node->items[0]);
  else if (node->kind == NodeKind::assign && assigns_in_place(node))
    value(node->items[0], slot(node->local));
  else
    value(node, temporary());
}

void FunctionLowering::effects(const Node* sequence) {
  const bool held = holds_only_value(sequence);
  if (held) effect(sequence->items.front()->items[0]);
  for (std::size_t i = held ? 1 : 0; i < sequence->items.size(); ++i) effect(sequence->items[i]);
}

void FunctionLowering::call_pair(const Node* node, std::uint32_t to) {
  const std::uint32_t first = operand(node->items[0], node->items[1]);
  const std::uint32_t second = operand(node->items[1]);
  emit_pointer(needs_check(node) ? Opcode::call_pair_checked : Opcode::call_pair, node->site, to, first, second);
}

void FunctionLowering::with_items(const Node* node, std::uint32_t to) {
  if (node->kind == NodeKind::call && node->items.size() == 2 &&
      (is_in_place(node->items[0]) || is_in_place(node->items[1]))) {
    call_pair(node, to);
    return;
  }
  const auto count = static_cast<std::uint32_t>(node->items.size());
  // A single argument that is a variable is read in place.
  const std::uint32_t first = count == 1 ? operand(node->items[0]) : consecutive(node->items);
  switch (node->kind) {
    case NodeKind::call:
      emit_pointer(needs_check(node) ? Opcode::call_checked : Opcode::call, node->site, to, first, count);
      return;
    case NodeKind::invoke: emit(Opcode::invoke, to, first, count); return;
    case NodeKind::call_function: emit_pointer(Opcode::call_function, node->function, to, first, count); return;
    case NodeKind::delegate: emit_pointer(Opcode::make_delegate, node, to, first, count); return;
    case NodeKind::array_new: emit_pointer(Opcode::new_array, node->type, to, first, count); return;
    case NodeKind::fields_new: emit_pointer(Opcode::new_fields, without_names(node->type), to, first, count); return;
    case NodeKind::concat: emit(Opcode::concatenate, to, first, count); return;
    default: too_large_ = true; return;
  }
}

void FunctionLowering::binary(const Node* node, std::uint32_t to) {
  const std::uint32_t left = operand(node->items[0], node->items[1]);
  const std::uint32_t right = operand(node->items[1]);
  const bool ints =
      node->operands == ValueKind::int32 && plain_int(node->items[0]) && plain_int(node->items[1]) && !node->checked;
  if (ints) {
    switch (node->op) {
      case Operator::add: emit(Opcode::add_int32, to, left, right); return;
      case Operator::subtract: emit(Opcode::subtract_int32, to, left, right); return;
      case Operator::multiply: emit(Opcode::multiply_int32, to, left, right); return;
      case Operator::equal: emit(Opcode::equal_int32, to, left, right); return;
      case Operator::not_equal: emit(Opcode::not_equal_int32, to, left, right); return;
      case Operator::less: emit(Opcode::less_int32, to, left, right); return;
      case Operator::less_equal: emit(Opcode::less_equal_int32, to, left, right); return;
      case Operator::greater: emit(Opcode::greater_int32, to, left, right); return;
      case Operator::greater_equal: emit(Opcode::greater_equal_int32, to, left, right); return;
      default: break;
    }
  }
  if (node->operands == ValueKind::string) {
    emit(node->op == Operator::equal ? Opcode::equal_string : Opcode::not_equal_string, to, left, right);
    return;
  }
  emit_pointer(Opcode::binary, node, to, left, right);
}

}  // namespace sluice::expression
