// SPDX-License-Identifier: Apache-2.0
// Functions to code: registers, emission, and the last step, which leaves constants in their registers. Entry
// point: lower.
#include "expression/lowering.hpp"

#include "expression/lowering_function.hpp"

namespace sluice::expression {
namespace {

constexpr std::size_t register_limit = 30'000;  // So that twice as much fits into an instruction's operand.
static_assert(register_limit * words_of_register <= UINT16_MAX);
/// Finally blocks are repeated on every way out; nested ones multiply.
constexpr std::size_t instruction_limit = 500'000;

using Register = std::uint16_t;

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

}  // namespace

bool FunctionLowering::run() {
  for (const Local* local : function_.parameters) {
    if (local->captured) emit(Opcode::fresh_from, slot(local), slot(local));
  }
  if (function_.body != nullptr) statement(function_.body);
  emit(Opcode::result_nothing);
  code_.registers = most_ + most_ % 2;
  if (!too_large_) Finishing(code_).run();
  return !too_large_;
}

std::size_t FunctionLowering::emit(Opcode code, std::uint32_t a, std::uint32_t b, std::uint32_t c) {
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

std::size_t FunctionLowering::jump_back(std::uint32_t target) {
  const std::size_t at = emit(Opcode::jump_back);
  if (too_large_) return 0;
  code_.instructions[at].target = target;
  code_.instructions[at].extra = here() - target;
  return at;
}

std::uint32_t FunctionLowering::temporary(std::uint32_t count) {
  const std::uint32_t first = next_;
  next_ += count;
  if (next_ > most_) most_ = next_;
  if (next_ > register_limit) {
    too_large_ = true;
    next_ = first;
  }
  return first;
}

void FunctionLowering::with_place(std::size_t at, const Local* local) {
  if (too_large_) return;
  code_.instructions[at].target = function_.depth - local->owner->depth;
  code_.instructions[at].extra = local->slot;
}

std::uint32_t FunctionLowering::operand(const Node* node, const Node* later) {
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

std::uint32_t FunctionLowering::consecutive(const std::vector<Node*>& items) {
  const std::uint32_t first = temporary(static_cast<std::uint32_t>(items.size()));
  for (std::size_t i = 0; i < items.size() && !too_large_; ++i) value(items[i], first + static_cast<std::uint32_t>(i));
  return first;
}

void FunctionLowering::store(const Local* local, std::uint32_t from) {
  if (!is_own(local))
    with_place(emit(Opcode::store_outer, from), local);
  else if (local->captured)
    emit(Opcode::store_cell, slot(local), from);
  else if (slot(local) != from)
    emit(Opcode::move, slot(local), from);
}

void FunctionLowering::release(std::uint32_t saved) {
  constexpr std::uint32_t few = 32;
  if (next_ > few) next_ = saved;
}

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
