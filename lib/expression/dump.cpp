// SPDX-License-Identifier: Apache-2.0
// Prints a program: one instruction a line.
#include "expression/eval.hpp"

namespace sluice::expression {
namespace {

constexpr const char* names[] = {
#define X(name, doc) #name,
    SLUICE_INSTRUCTIONS(X)
#undef X
};

std::string register_name(std::uint16_t number) { return "r" + std::to_string(number); }

std::string constant_text(const Value& value) {
  static thread_local Arena arena;
  arena.reset();
  if (value.is_null()) return "null";
  if (value.is_string()) return "\"" + std::string(value.as_string()) + "\"";
  if (value.is_reference()) return std::string(type_name(value));
  return std::string(to_text(value, arena));
}

void dump_instruction(std::string& to, const Instruction& at) {
  to += names[static_cast<std::size_t>(at.code)];
  to += " " + register_name(at.a);
  switch (at.code) {
    case Opcode::load: to += " = " + constant_text(*static_cast<const Value*>(at.pointer)); break;
    case Opcode::call:
    case Opcode::call_checked: {
      const Member& member = *static_cast<const CallSite*>(at.pointer)->member;
      to += " = " + member.receiver->display + "." + std::string(member.name) + " (" + register_name(at.b) + " x " +
            std::to_string(at.c) + ")";
      break;
    }
    default: to += " " + register_name(at.b) + " " + register_name(at.c); break;
  }
  if (has_target(at.code)) to += " -> " + std::to_string(at.target);
}

}  // namespace

std::string dump_program(const Program& program) {
  std::string text;
  for (std::size_t f = 0; f < program.functions.size(); ++f) {
    const Code& code = program.functions[f];
    text += std::string(code.function->name) + " (" + std::to_string(code.registers) + " registers)\n";
    for (std::size_t i = 0; i < code.initial.size(); ++i) {
      if (code.initial[i].is_null()) continue;
      text += "  " + register_name(static_cast<std::uint16_t>(i)) + " = " + constant_text(code.initial[i]) + "\n";
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
