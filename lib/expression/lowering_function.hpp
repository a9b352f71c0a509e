// SPDX-License-Identifier: Apache-2.0
// One pass over the typed tree of a function. Values are computed into registers; variables that no closure uses are
// read where they stand. What a node becomes is told in lowering_expressions.cpp, lowering_branches.cpp and
// lowering_statements.cpp.
#pragma once

#include "expression/program.hpp"

#include <vector>

namespace sluice::expression {

class FunctionLowering {
 public:
  FunctionLowering(const Function& function, Code& code) : function_(function), code_(code) {
    next_ = most_ = code_.locals = static_cast<std::uint32_t>(function.locals.size());
    code_.function = &function;
  }

  bool run();

 private:
  using Jumps = std::vector<std::size_t>;
  struct Context {
    enum class Kind { loop, breakable, region } kind;
    std::vector<std::size_t> breaks, continues;
    const Node* last = nullptr;  ///< Finally block.
    std::uint32_t first = 0;     ///< Start of the open segment.
  };

  // Emission.
  std::size_t emit(Opcode code, std::uint32_t a = 0, std::uint32_t b = 0, std::uint32_t c = 0);
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
  std::size_t jump_back(std::uint32_t target);

  // Registers.
  std::uint32_t temporary(std::uint32_t count = 1);
  static std::uint32_t slot(const Local* local) { return local->slot; }
  bool is_own(const Local* local) const { return local->owner == &function_; }
  void with_place(std::size_t at, const Local* local);

  /// The register that holds the value; a variable's own when `later` does not change it.
  std::uint32_t operand(const Node* node, const Node* later = nullptr);

  /// Values of the items from `first` on in consecutive registers.
  std::uint32_t consecutive(const std::vector<Node*>& items);

  void store(const Local* local, std::uint32_t from);

  // Expressions.
  void value(const Node* node, std::uint32_t to);
  /// Gives the registers from `saved` on back; but as long as there are few, each has one use, and a constant can stay
  /// in it.
  void release(std::uint32_t saved);

  void emit_value(const Node* node, std::uint32_t to);

  /// Straight into the variable, unless its old value is needed on the way or a handler may see it.
  bool assigns_in_place(const Node* node) const;

  /// `x?.rest`, with x held in a variable: null, or the rest of it.
  static bool is_null_conditional(const Node* node);

  /// The value; or a jump where a `?.` meets null.
  void value_or_jump(const Node* node, std::uint32_t to, Jumps& jumps);

  /// Whether the node is known not to be null.
  bool is_present(const Node* node) const;

  /// Evaluates what nobody asks the value of.
  void effect(const Node* node);

  void effects(const Node* sequence);

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
  void call_pair(const Node* node, std::uint32_t to);

  void with_items(const Node* node, std::uint32_t to);

  static bool plain_int(const Node* node) { return node->type->kind == TypeKind::int32; }

  void binary(const Node* node, std::uint32_t to);

  /// Jumps that are taken when the condition is false.
  Jumps branch_unless(const Node* condition) {
    Jumps jumps;
    branch(condition, false, jumps);
    return jumps;
  }

  /// Adds the jumps that are taken when the condition is `when`; else the program goes on behind them.
  void branch(const Node* condition, bool when, Jumps& jumps);

  void branch_both(const Node* condition, bool when, Jumps& jumps);

  void branch_compared(const Node* condition, bool when, Jumps& jumps);

  static bool compares_ints(const Node* node);
  static bool has_jump(const Node* node) { return node->operands == ValueKind::string || compares_ints(node); }
  static Operator opposite(Operator op);
  static Opcode jump_of(Operator op, bool of_texts);

  // Statements.
  void statement(const Node* node);

  void emit_statement(const Node* node);

  /// Returns the value, outside of any try; of two branches each returns its own.
  void give(const Node* node);

  void loop(const Node* node);

  void foreach_loop(const Node* node);

  void leave(bool to_next);

  /// Runs the finally blocks of the contexts from the innermost down to number `depth`. Their regions pause.
  void unwind(std::size_t depth);
  void reopen(std::size_t depth) {
    for (std::size_t i = depth; i < contexts_.size(); ++i) contexts_[i].first = here();
  }
  void close_segment(Context& context);
  std::uint32_t context_id(const Context& context) const {
    return static_cast<std::uint32_t>(&context - contexts_.data());
  }

  /// Ends the innermost region; its segments get their handler.
  void end_region(std::uint32_t handler_placeholder);

  void attempt(const Node* node);

  void handler(const Node* node, std::vector<std::size_t>& ends);

  static const Value* default_of(const Type* type);

  const Function& function_;
  Code& code_;
  std::vector<Context> contexts_;
  std::uint32_t next_ = 0, most_ = 0;
  unsigned regions_ = 0;
  std::vector<const Local*> present_;  ///< Variables that are not null here.
  bool too_large_ = false;
};

/// Whether evaluating `node` may change the variable.
bool changes(const Node* node, const Local* local);

}  // namespace sluice::expression
