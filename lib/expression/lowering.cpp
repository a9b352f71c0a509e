// SPDX-License-Identifier: Apache-2.0
// One pass over the typed tree of each function. Values are computed into registers; variables that no closure uses
// are read where they stand. Entry point: lower.
#include "expression/lowering.hpp"

#include "expression/frame.hpp"

#include <algorithm>

namespace sluice::expression {
namespace {

constexpr std::size_t register_limit = 30'000;  // So that twice as much fits into an instruction's operand.
static_assert(register_limit * words_of_register <= UINT16_MAX);
/// Finally blocks are repeated on every way out; nested ones multiply.
constexpr std::size_t instruction_limit = 500'000;

using Register = std::uint16_t;

/// Whether evaluating `node` may change the variable.
bool changes(const Node* node, const Local* local) {
  if (node == nullptr) return false;
  if ((node->kind == NodeKind::assign || node->kind == NodeKind::address) && node->local == local) return true;
  for (const Node* item : node->items) {
    if (changes(item, local)) return true;
  }
  return false;
}

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

/// The last step. Constants that are loaded into registers that nothing else writes stand there from the start; their
/// loads go. Then registers are written as the evaluator reads them.
class Finishing {
 public:
  explicit Finishing(Code& code) : code_(code) {}

  void run() {
    keep_constants();
    write_registers();
  }

 private:
  void keep_constants() {
    code_.initial.assign(code_.registers, Value());
    std::vector<unsigned> writes(code_.registers, 0);
    for (const Instruction& at : code_.instructions) {
      // What an instruction reads in `a` counts as well: it is one register less, not a mistake.
      if (at.a < writes.size()) ++writes[at.a];
      const bool writes_b = at.code == Opcode::next_item || at.code == Opcode::address;
      if (writes_b && at.b < writes.size()) writes[at.b] += 2;
    }
    std::vector<std::uint32_t> moved(code_.instructions.size() + 1);
    std::vector<Instruction> kept;
    for (std::size_t i = 0; i < code_.instructions.size(); ++i) {
      const Instruction& at = code_.instructions[i];
      moved[i] = static_cast<std::uint32_t>(kept.size());
      if (at.code == Opcode::load && at.a >= code_.locals && writes[at.a] == 1)
        code_.initial[at.a] = *static_cast<const Value*>(at.pointer);
      else
        kept.push_back(at);
    }
    moved.back() = static_cast<std::uint32_t>(kept.size());
    for (std::size_t i = 0; i < kept.size(); ++i) {
      if (!has_target(kept[i].code)) continue;
      kept[i].target = moved[kept[i].target];
      if (kept[i].code == Opcode::jump_back) kept[i].extra = static_cast<std::uint32_t>(i) + 1 - kept[i].target;
    }
    for (Region& region : code_.regions) {
      region.first = moved[region.first];
      region.end = moved[region.end];
      region.handler = moved[region.handler];
    }
    code_.instructions = std::move(kept);
  }

  void write_registers() {
    for (Instruction& at : code_.instructions) {
      at.a *= words_of_register;
      at.b *= words_of_register;
      if (!has_count(at.code)) at.c *= words_of_register;
    }
  }

  Code& code_;
};

class FunctionLowering {
 public:
  FunctionLowering(const Function& function, Code& code) : function_(function), code_(code) {
    next_ = most_ = code_.locals = static_cast<std::uint32_t>(function.locals.size());
    code_.function = &function;
  }

  bool run() {
    for (const Local* local : function_.parameters) {
      if (local->captured) emit(Opcode::fresh_from, slot(local), slot(local));
    }
    if (function_.body != nullptr) statement(function_.body);
    emit(Opcode::result_nothing);
    code_.registers = most_ + most_ % 2;
    if (!too_large_) Finishing(code_).run();
    return !too_large_;
  }

 private:
  using Jumps = std::vector<std::size_t>;
  struct Context {
    enum class Kind { loop, breakable, region } kind;
    std::vector<std::size_t> breaks, continues;
    const Node* last = nullptr;  ///< Finally block.
    std::uint32_t first = 0;     ///< Start of the open segment.
  };

  // Emission.
  std::size_t emit(Opcode code, std::uint32_t a = 0, std::uint32_t b = 0, std::uint32_t c = 0) {
    if (code_.instructions.size() >= instruction_limit) too_large_ = true;
    if (too_large_) return 0;
    Instruction instruction{};
    instruction.code = code;
    instruction.a = static_cast<Register>(a);
    instruction.b = static_cast<Register>(b);
    instruction.c = static_cast<Register>(c);
    instruction.number = 0;
    code_.instructions.push_back(instruction);
    return code_.instructions.size() - 1;
  }
  std::size_t emit_pointer(Opcode code, const void* pointer, std::uint32_t a = 0, std::uint32_t b = 0,
                           std::uint32_t c = 0) {
    const std::size_t at = emit(code, a, b, c);
    if (!too_large_) code_.instructions[at].pointer = pointer;
    return at;
  }
  std::uint32_t here() const { return static_cast<std::uint32_t>(code_.instructions.size()); }
  void patch(std::size_t at) {
    if (!too_large_) code_.instructions[at].target = here();
  }
  void patch_all(const std::vector<std::size_t>& places) {
    for (const std::size_t at : places) patch(at);
  }
  std::size_t jump_back(std::uint32_t target) {
    const std::size_t at = emit(Opcode::jump_back);
    if (too_large_) return 0;
    code_.instructions[at].target = target;
    code_.instructions[at].extra = here() - target;
    return at;
  }

  // Registers.
  std::uint32_t temporary(std::uint32_t count = 1) {
    const std::uint32_t first = next_;
    next_ += count;
    if (next_ > most_) most_ = next_;
    if (next_ > register_limit) {
      too_large_ = true;
      next_ = first;
    }
    return first;
  }
  static std::uint32_t slot(const Local* local) { return local->slot; }
  bool is_own(const Local* local) const { return local->owner == &function_; }
  void with_place(std::size_t at, const Local* local) {
    if (too_large_) return;
    code_.instructions[at].target = function_.depth - local->owner->depth;
    code_.instructions[at].extra = local->slot;
  }

  /// The register that holds the value; a variable's own when `later` does not change it.
  std::uint32_t operand(const Node* node, const Node* later = nullptr) {
    node = plain(node);
    const bool variable = node->kind == NodeKind::local || node->kind == NodeKind::assign;
    if (variable && !node->local->captured && is_own(node->local) && !changes(later, node->local)) {
      if (node->kind == NodeKind::local) return slot(node->local);
      if (assigns_in_place(node)) {
        value(node->items[0], slot(node->local));
        return slot(node->local);
      }
    }
    const std::uint32_t to = temporary();
    value(node, to);
    return to;
  }

  /// Values of the items from `first` on in consecutive registers.
  std::uint32_t consecutive(const std::vector<Node*>& items) {
    const std::uint32_t first = temporary(static_cast<std::uint32_t>(items.size()));
    for (std::size_t i = 0; i < items.size() && !too_large_; ++i)
      value(items[i], first + static_cast<std::uint32_t>(i));
    return first;
  }

  void store(const Local* local, std::uint32_t from) {
    if (!is_own(local))
      with_place(emit(Opcode::store_outer, from), local);
    else if (local->captured)
      emit(Opcode::store_cell, slot(local), from);
    else if (slot(local) != from)
      emit(Opcode::move, slot(local), from);
  }

  // Expressions.
  void value(const Node* node, std::uint32_t to) {
    if (too_large_) return;
    const std::uint32_t saved = next_;
    emit_value(node, to);
    release(saved);
  }
  /// Gives the registers from `saved` on back; but as long as there are few, each has one use, and a constant can stay
  /// in it.
  void release(std::uint32_t saved) {
    constexpr std::uint32_t few = 32;
    if (next_ > few) next_ = saved;
  }

  void emit_value(const Node* node, std::uint32_t to) {
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
      case NodeKind::array_sized:
        emit_pointer(Opcode::new_sized_array, node->type, to, operand(node->items[0]));
        return;
      case NodeKind::field_get: emit(Opcode::get_field, to, operand(node->items[0]), node->index); return;
      default: with_items(node, to); return;
    }
  }

  /// Straight into the variable, unless its old value is needed on the way or a handler may see it.
  bool assigns_in_place(const Node* node) const {
    return is_own(node->local) && !node->local->captured && regions_ == 0 && !changes(node->items[0], node->local);
  }

  /// `x?.rest`, with x held in a variable: null, or the rest of it.
  static bool is_null_conditional(const Node* node) {
    return node->kind == NodeKind::conditional && node->items[0]->kind == NodeKind::is_null &&
           node->items[0]->items[0]->kind == NodeKind::assign && node->items[1]->is_constant() &&
           node->items[1]->value.is_null();
  }

  /// The value; or a jump where a `?.` meets null.
  void value_or_jump(const Node* node, std::uint32_t to, Jumps& jumps) {
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

  /// Whether the node is known not to be null.
  bool is_present(const Node* node) const {
    node = plain(node);
    if (node->is_constant()) return !node->value.is_null();
    if (node->kind == NodeKind::call) return has(node->site->member->row->traits, Trait::never_null);
    return node->kind == NodeKind::local && std::find(present_.begin(), present_.end(), node->local) != present_.end();
  }

  /// Evaluates what nobody asks the value of.
  void effect(const Node* node) {
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

  void effects(const Node* sequence) {
    const bool held = holds_only_value(sequence);
    if (held) effect(sequence->items.front()->items[0]);
    for (std::size_t i = held ? 1 : 0; i < sequence->items.size(); ++i) effect(sequence->items[i]);
  }

  static const Node* plain(const Node* node) {
    while (node->kind == NodeKind::retype) node = node->items[0];
    return node;
  }
  /// Whether the value stands in a register anyway.
  bool is_in_place(const Node* node) const {
    node = plain(node);
    return node->kind == NodeKind::local && !node->local->captured && is_own(node->local);
  }

  bool needs_check(const Node* call) const {
    const Member& member = *call->site->member;
    return !member.is_static && !has(member.row->traits, Trait::accepts_null) && !is_present(call->items[0]);
  }

  /// Two arguments of which one is a variable need not be brought together.
  void call_pair(const Node* node, std::uint32_t to) {
    const std::uint32_t first = operand(node->items[0], node->items[1]);
    const std::uint32_t second = operand(node->items[1]);
    emit_pointer(needs_check(node) ? Opcode::call_pair_checked : Opcode::call_pair, node->site, to, first, second);
  }

  void with_items(const Node* node, std::uint32_t to) {
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
      case NodeKind::fields_new: emit_pointer(Opcode::new_fields, node->type, to, first, count); return;
      case NodeKind::concat: emit(Opcode::concatenate, to, first, count); return;
      default: too_large_ = true; return;
    }
  }

  static bool plain_int(const Node* node) { return node->type->kind == TypeKind::int32; }

  void binary(const Node* node, std::uint32_t to) {
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

  /// Jumps that are taken when the condition is false.
  Jumps branch_unless(const Node* condition) {
    Jumps jumps;
    branch(condition, false, jumps);
    return jumps;
  }

  /// Adds the jumps that are taken when the condition is `when`; else the program goes on behind them.
  void branch(const Node* condition, bool when, Jumps& jumps) {
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

  void branch_both(const Node* condition, bool when, Jumps& jumps) {
    // One of the two decides alone: `false && …`, `true || …`.
    const bool decides = condition->kind == NodeKind::logical_or;
    Jumps past;
    branch(condition->items[0], decides, when == decides ? jumps : past);
    branch(condition->items[1], when, jumps);
    patch_all(past);
  }

  void branch_compared(const Node* condition, bool when, Jumps& jumps) {
    const std::uint32_t left = operand(condition->items[0], condition->items[1]);
    const std::uint32_t right = operand(condition->items[1]);
    const Operator op = when ? condition->op : opposite(condition->op);
    jumps.push_back(emit(jump_of(op, condition->operands == ValueKind::string), 0, left, right));
  }

  static bool compares_ints(const Node* node) {
    return node->operands == ValueKind::int32 && plain_int(node->items[0]) && plain_int(node->items[1]) &&
           node->op >= Operator::equal && node->op <= Operator::greater_equal;
  }
  static bool has_jump(const Node* node) { return node->operands == ValueKind::string || compares_ints(node); }
  static Operator opposite(Operator op) {
    switch (op) {
      case Operator::equal: return Operator::not_equal;
      case Operator::not_equal: return Operator::equal;
      case Operator::less: return Operator::greater_equal;
      case Operator::less_equal: return Operator::greater;
      case Operator::greater: return Operator::less_equal;
      default: return Operator::less;
    }
  }
  static Opcode jump_of(Operator op, bool of_texts) {
    switch (op) {
      case Operator::equal: return of_texts ? Opcode::jump_if_equal_string : Opcode::jump_if_equal_int32;
      case Operator::not_equal: return of_texts ? Opcode::jump_if_not_equal_string : Opcode::jump_if_not_equal_int32;
      case Operator::less: return Opcode::jump_if_less_int32;
      case Operator::less_equal: return Opcode::jump_if_less_equal_int32;
      case Operator::greater: return Opcode::jump_if_greater_int32;
      default: return Opcode::jump_if_greater_equal_int32;
    }
  }

  // Statements.
  void statement(const Node* node) {
    if (too_large_) return;
    const std::uint32_t saved = next_;
    emit_statement(node);
    release(saved);
  }

  void emit_statement(const Node* node) {
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

  /// Returns the value, outside of any try; of two branches each returns its own.
  void give(const Node* node) {
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

  void loop(const Node* node) {
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

  void foreach_loop(const Node* node) {
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

  void leave(bool to_next) {
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

  /// Runs the finally blocks of the contexts from the innermost down to number `depth`. Their regions pause.
  void unwind(std::size_t depth) {
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
  void reopen(std::size_t depth) {
    for (std::size_t i = depth; i < contexts_.size(); ++i) contexts_[i].first = here();
  }
  void close_segment(Context& context) {
    if (context.kind != Context::Kind::region) return;
    if (here() > context.first) {
      code_.regions.push_back({context.first, here(), UINT32_MAX - context_id(context)});
    }
    context.first = here();
  }
  std::uint32_t context_id(const Context& context) const {
    return static_cast<std::uint32_t>(&context - contexts_.data());
  }

  /// Ends the innermost region; its segments get their handler.
  void end_region(std::uint32_t handler_placeholder) {
    Context& context = contexts_.back();
    close_segment(context);
    const std::uint32_t id = UINT32_MAX - context_id(context);
    for (Region& region : code_.regions) {
      if (region.handler == id) region.handler = handler_placeholder;
    }
    contexts_.pop_back();
  }

  void attempt(const Node* node) {
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

  void handler(const Node* node, std::vector<std::size_t>& ends) {
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

  static const Value* default_of(const Type* type);

  const Function& function_;
  Code& code_;
  std::vector<Context> contexts_;
  std::uint32_t next_ = 0, most_ = 0;
  unsigned regions_ = 0;
  std::vector<const Local*> present_;  ///< Variables that are not null here.
  bool too_large_ = false;
};

const Value* FunctionLowering::default_of(const Type* type) {
  // Enums have a default of their own each; everything else shares one.
  static const Value nothing, falsity = Value::boolean(false), zero32 = Value::int32(0);
  switch (type->kind) {
    case TypeKind::boolean: return &falsity;
    case TypeKind::int32: return &zero32;
    default: return &nothing;
  }
}

}  // namespace

const Program* lower(const Tree& tree, Arena& arena, Findings& findings) {
  Program* program = arena.make<Program>();
  program->functions.resize(tree.functions.size());
  for (std::size_t i = 0; i < tree.functions.size(); ++i) tree.functions[i]->index = static_cast<std::uint32_t>(i);
  for (std::size_t i = 0; i < tree.functions.size(); ++i) {
    if (!FunctionLowering(*tree.functions[i], program->functions[i]).run()) {
      findings.error("SL9004", 0, 2, "the expression is too long to compile");
      return nullptr;
    }
  }
  program->main = &program->functions[tree.main->index];
  return program;
}

}  // namespace sluice::expression
