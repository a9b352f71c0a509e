// SPDX-License-Identifier: Apache-2.0
// Prints a program: one instruction a line.
#include "expression/eval.hpp"

#include "base/text.hpp"

namespace sluice::expression {
namespace {

constexpr std::string_view meanings[] = {
#define X(name, doc) doc,
    SLUICE_INSTRUCTIONS(X)
#undef X
};

std::string register_name(std::size_t number) { return "r" + std::to_string(number); }

std::string constant_text(const Value& value) {
  static thread_local Arena arena;
  arena.reset();
  if (value.is_null()) return "null";
  if (value.is_string()) return "\"" + std::string(value.as_string()) + "\"";
  if (value.is_reference()) return std::string(type_name(value));
  return std::string(to_text(value, arena));
}

/// The instruction's meaning, with its operands in the places of a, b and c.
std::string with_operands(const Instruction& at) {
  const std::string_view meaning = meanings[static_cast<std::size_t>(at.code)];
  std::string text;
  for (std::size_t i = 0; i < meaning.size(); ++i) {
    const bool alone = (i == 0 || !is_alpha(meaning[i - 1])) && (i + 1 == meaning.size() || !is_alpha(meaning[i + 1]));
    const auto of = [&](std::uint16_t operand) { return register_name(operand / words_of_register); };
    if (alone && meaning[i] == 'a')
      text += of(at.a);
    else if (alone && meaning[i] == 'b')
      text += of(at.b);
    else if (alone && meaning[i] == 'c')
      text += has_count(at.code) ? std::to_string(at.c) : of(at.c);
    else
      text += meaning[i];
  }
  constexpr std::string_view target = "the target";
  if (const std::size_t found = text.find(target); has_target(at.code) && found != std::string::npos)
    text.replace(found, target.size(), std::to_string(at.target));
  return text;
}

void dump_instruction(std::string& to, const Instruction& at) {
  to += with_operands(at);
  if (at.code == Opcode::load) to += " " + constant_text(*static_cast<const Value*>(at.pointer));
  if (calls_member(at.code)) {
    const Member& member = *static_cast<const CallSite*>(at.pointer)->member;
    to += ": " + member.receiver->display + "." + std::string(member.name);
  }
}

}  // namespace

std::string dump_program(const Program& program) {
  std::string text;
  for (std::size_t f = 0; f < program.functions.size(); ++f) {
    const Code& code = program.functions[f];
    text += std::string(code.function->name) + " (" + std::to_string(code.registers) + " registers)\n";
    for (std::size_t i = 0; i < code.initial.size(); ++i) {
      if (code.initial[i].is_null()) continue;
      text += "  " + register_name(i) + " = " + constant_text(code.initial[i]) + "\n";
    }
    for (std::size_t i = 0; i < code.instructions.size(); ++i) {
      text += "  " + std::to_string(i) + "  ";
      dump_instruction(text, code.instructions[i]);
      text += "\n";
    }
    for (const Region& region : code.regions) {
      text += "  guarded " + std::to_string(region.first) + ".." + std::to_string(region.end) + " -> " +
              std::to_string(region.handler) + "\n";
    }
  }
  return text;
}

}  // namespace sluice::expression
