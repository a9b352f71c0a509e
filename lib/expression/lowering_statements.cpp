// SPDX-License-Identifier: Apache-2.0
// What statements become: loops, and the regions of try with their ways out.
#include "expression/lowering_function.hpp"

namespace sluice::expression {
void FunctionLowering::statement(const Node* node) {
  if (too_large_) return;
  const std::uint32_t saved = next_;
  emit_statement(node);
  release(saved);
}

void FunctionLowering::emit_statement(const Node* node) {
  switch (node->kind) {
    case NodeKind::block:
      for (const Node* item : node->items) statement(item);
      return;
    case NodeKind::expression: effect(node->items[0]); return;
    case NodeKind::declare:
      // No variable is read before it is assigned; only a captured one needs a cell of its own each time.
      if (node->local->captured) emit_pointer(Opcode::fresh, default_of(node->local->type), slot(node->local));
      return;
    case NodeKind::branch: {
      const Jumps jumps = branch_unless(node->items[0]);
      statement(node->items[1]);
      if (node->items.size() < 3) {
        patch_all(jumps);
        return;
      }
      const std::size_t end = emit(Opcode::jump);
      patch_all(jumps);
      statement(node->items[2]);
      patch(end);
      return;
    }
    case NodeKind::loop: loop(node); return;
    case NodeKind::foreach_loop: foreach_loop(node); return;
    case NodeKind::breakable: {
      contexts_.push_back({Context::Kind::breakable, {}, {}, nullptr, 0});
      if (!node->items.empty()) statement(node->items[0]);
      const std::vector<std::size_t> breaks = contexts_.back().breaks;
      contexts_.pop_back();
      patch_all(breaks);
      return;
    }
    case NodeKind::leave_loop:
    case NodeKind::next_loop: leave(node->kind == NodeKind::next_loop); return;
    case NodeKind::result: {
      if (node->items.empty()) {
        unwind(0);
        emit(Opcode::result_nothing);
        reopen(0);
        return;
      }
      if (regions_ == 0) {
        give(node->items[0]);
        return;
      }
      const std::uint32_t from = temporary();
      value(node->items[0], from);
      unwind(0);
      emit(Opcode::result, from);
      reopen(0);
      return;
    }
    case NodeKind::attempt: attempt(node); return;
    default: effect(node); return;
  }
}

void FunctionLowering::give(const Node* node) {
  node = plain(node);
  if (node->kind == NodeKind::logical_and || node->kind == NodeKind::logical_or) {
    static const Value decided[] = {Value::boolean(false), Value::boolean(true)};
    const bool decides = node->kind == NodeKind::logical_or;
    Jumps jumps;
    branch(node->items[0], decides, jumps);
    give(node->items[1]);
    patch_all(jumps);
    const std::uint32_t to = temporary();
    emit_pointer(Opcode::load, &decided[decides], to);
    emit(Opcode::result, to);
  } else if (node->kind == NodeKind::conditional && !is_null_conditional(node)) {
    const Jumps jumps = branch_unless(node->items[0]);
    give(node->items[1]);
    patch_all(jumps);
    give(node->items[2]);
  } else {
    emit(Opcode::result, operand(node));
  }
}

void FunctionLowering::loop(const Node* node) {
  contexts_.push_back({Context::Kind::loop, {}, {}, nullptr, 0});
  const std::uint32_t top = here();
  Jumps ends;
  if (!node->flag && node->items[0] != nullptr) branch(node->items[0], false, ends);
  statement(node->items[1]);
  const std::vector<std::size_t> continues = contexts_.back().continues;
  patch_all(continues);
  if (node->items[2] != nullptr) statement(node->items[2]);
  if (node->flag && node->items[0] != nullptr) branch(node->items[0], false, ends);
  jump_back(top);
  patch_all(ends);
  const std::vector<std::size_t> breaks = contexts_.back().breaks;
  contexts_.pop_back();
  patch_all(breaks);
}

void FunctionLowering::foreach_loop(const Node* node) {
  const std::uint32_t state = temporary();
  const std::uint32_t source = temporary();
  value(node->items[0], source);
  emit(Opcode::begin_items, state, source);
  contexts_.push_back({Context::Kind::loop, {}, {}, nullptr, 0});
  const std::uint32_t top = here();
  const std::uint32_t item = node->local->captured || !is_own(node->local) ? temporary() : slot(node->local);
  const std::size_t end = emit(Opcode::next_item, state, item);
  if (item != slot(node->local)) store(node->local, item);
  statement(node->items[1]);
  const std::vector<std::size_t> continues = contexts_.back().continues;
  patch_all(continues);
  jump_back(top);
  patch(end);
  const std::vector<std::size_t> breaks = contexts_.back().breaks;
  contexts_.pop_back();
  patch_all(breaks);
}

void FunctionLowering::leave(bool to_next) {
  for (std::size_t i = contexts_.size(); i-- > 0;) {
    Context& context = contexts_[i];
    const bool stops = context.kind == Context::Kind::loop || (!to_next && context.kind == Context::Kind::breakable);
    if (!stops) continue;
    unwind(i + 1);
    const std::size_t jump = emit(Opcode::jump);
    (to_next ? contexts_[i].continues : contexts_[i].breaks).push_back(jump);
    reopen(i + 1);
    return;
  }
}

void FunctionLowering::unwind(std::size_t depth) {
  std::vector<Context> paused;
  for (std::size_t i = contexts_.size(); i-- > depth;) {
    close_segment(contexts_[i]);
    if (contexts_[i].last == nullptr) continue;
    // The block runs as if it stood outside of its own try.
    const Node* last = contexts_[i].last;
    paused.assign(contexts_.begin() + static_cast<std::ptrdiff_t>(i), contexts_.end());
    contexts_.resize(i);
    statement(last);
    contexts_.insert(contexts_.end(), paused.begin(), paused.end());
  }
}

void FunctionLowering::close_segment(Context& context) {
  if (context.kind != Context::Kind::region) return;
  if (here() > context.first) {
    code_.regions.push_back({context.first, here(), UINT32_MAX - context_id(context)});
  }
  context.first = here();
}

void FunctionLowering::end_region(std::uint32_t handler_placeholder) {
  Context& context = contexts_.back();
  close_segment(context);
  const std::uint32_t id = UINT32_MAX - context_id(context);
  for (Region& region : code_.regions) {
    if (region.handler == id) region.handler = handler_placeholder;
  }
  contexts_.pop_back();
}

void FunctionLowering::attempt(const Node* node) {
  ++regions_;
  std::vector<std::size_t> ends;
  if (node->last != nullptr) contexts_.push_back({Context::Kind::region, {}, {}, node->last, here()});
  const bool has_handlers = node->items.size() > 1;
  if (has_handlers) contexts_.push_back({Context::Kind::region, {}, {}, nullptr, here()});
  statement(node->items[0]);
  if (has_handlers) {
    const std::size_t skip = emit(Opcode::jump);
    ends.push_back(skip);
    end_region(here());
    for (std::size_t i = 1; i < node->items.size(); ++i) handler(node->items[i], ends);
    emit(Opcode::propagate);
  }
  patch_all(ends);
  if (node->last != nullptr) {
    const std::size_t skip = emit(Opcode::jump);
    end_region(here());
    const std::uint32_t held = temporary();
    emit_pointer(Opcode::caught, nullptr, held);
    emit(Opcode::jump);
    patch(here() - 1);
    statement(node->last);
    emit(Opcode::raise, held);
    patch(skip);
    statement(node->last);
  }
  --regions_;
}

void FunctionLowering::handler(const Node* node, std::vector<std::size_t>& ends) {
  const std::uint32_t held = temporary();
  emit_pointer(Opcode::caught, node->tested->is_error() ? nullptr : node->tested, held);
  const std::size_t next = emit(Opcode::jump);  // Taken when the type does not fit.
  if (node->local->captured)
    emit(Opcode::fresh_from, slot(node->local), held);
  else
    emit(Opcode::move, slot(node->local), held);
  std::size_t rejected = 0;
  bool filtered = false;
  if (node->items[0] != nullptr) {
    // A filter that throws is a filter that says no.
    filtered = true;
    contexts_.push_back({Context::Kind::region, {}, {}, nullptr, here()});
    const std::uint32_t answer = temporary();
    value(node->items[0], answer);
    const std::size_t accepted = emit(Opcode::jump_if, answer);
    rejected = emit(Opcode::jump);
    end_region(here());
    const std::uint32_t thrown = temporary();
    emit_pointer(Opcode::caught, nullptr, thrown);
    emit(Opcode::jump);
    patch(here() - 1);
    patch(rejected);
    emit(Opcode::restore, held);
    rejected = emit(Opcode::jump);
    patch(accepted);
  }
  statement(node->items[1]);
  ends.push_back(emit(Opcode::jump));
  patch(next);
  if (filtered) patch(rejected);
}

const Value* FunctionLowering::default_of(const Type* type) {
  // Enums have a default of their own each; everything else shares one.
  static const Value nothing, falsity = Value::boolean(false), zero32 = Value::int32(0);
  switch (type->kind) {
    case TypeKind::boolean: return &falsity;
    case TypeKind::int32: return &zero32;
    default: return &nothing;
  }
}

}  // namespace sluice::expression
