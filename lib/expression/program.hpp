// SPDX-License-Identifier: Apache-2.0
// The compact program: one list of instructions a function, registers numbered from the variables on. Operators and
// instructions are listed once, with what their operands mean.
#pragma once

#include "expression/tree.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace sluice::expression {

// name, meaning of a, b, c (registers), of the payload
#define SLUICE_INSTRUCTIONS(X)                                                     \
  X(load, "a = constant")                                                          \
  X(move, "a = b")                                                                 \
  X(load_cell, "a = cell in register b")                                           \
  X(store_cell, "cell in register a = b")                                          \
  X(load_outer, "a = captured variable")                                           \
  X(store_outer, "captured variable = a")                                          \
  X(fresh, "a = new cell holding the constant")                                    \
  X(fresh_from, "a = new cell holding b")                                          \
  X(address, "a = address of register b")                                          \
  X(address_cell, "a = address of cell in register b")                             \
  X(address_outer, "a = address of a captured variable")                           \
  X(jump, "go to the target")                                                      \
  X(jump_back, "go to the target, charging the way")                               \
  X(jump_if, "go to the target when a is true")                                    \
  X(jump_unless, "go to the target when a is false")                               \
  X(jump_if_null, "go to the target when a is null")                               \
  X(jump_unless_null, "go to the target when a is not null")                       \
  X(jump_if_equal_int32, "go to the target when b == c")                           \
  X(jump_if_not_equal_int32, "go to the target when b != c")                       \
  X(jump_if_less_int32, "go to the target when b < c")                             \
  X(jump_if_less_equal_int32, "go to the target when b <= c")                      \
  X(jump_if_greater_int32, "go to the target when b > c")                          \
  X(jump_if_greater_equal_int32, "go to the target when b >= c")                   \
  X(jump_if_equal_string, "go to the target when b == c")                          \
  X(jump_if_not_equal_string, "go to the target when b != c")                      \
  X(next_item, "b = next of a, or go to the target")                               \
  X(is_null, "a = b is null")                                                      \
  X(logical_not, "a = not b")                                                      \
  X(add_int32, "a = b + c")                                                        \
  X(subtract_int32, "a = b - c")                                                   \
  X(multiply_int32, "a = b * c")                                                   \
  X(equal_int32, "a = b == c")                                                     \
  X(not_equal_int32, "a = b != c")                                                 \
  X(less_int32, "a = b < c")                                                       \
  X(less_equal_int32, "a = b <= c")                                                \
  X(greater_int32, "a = b > c")                                                    \
  X(greater_equal_int32, "a = b >= c")                                             \
  X(equal_string, "a = b == c")                                                    \
  X(not_equal_string, "a = b != c")                                                \
  X(binary, "a = b op c, by the node")                                             \
  X(unary, "a = op b, by the node")                                                \
  X(convert, "a = b as the number type")                                           \
  X(cast, "a = b, checked to be of the type")                                      \
  X(try_cast, "a = b if it is of the type, or null")                               \
  X(is_type, "a = b is of the type")                                               \
  X(unwrap, "a = b, which must not be null")                                       \
  X(call, "a = member(b, b + 1, ...), c of them")                                  \
  X(call_checked, "a = member(b, b + 1, ...), c of them; b must not be null")      \
  X(call_pair, "a = member(b, c)")                                                 \
  X(call_pair_checked, "a = member(b, c); b must not be null")                     \
  X(call_function, "a = function(b, b + 1, ...), c of them")                       \
  X(invoke, "a = delegate b called with b + 1, ..., c of them")                    \
  X(make_closure, "a = closure of the function")                                   \
  X(make_delegate, "a = delegate of the member, on b when c is 1")                 \
  X(new_array, "a = array of b, b + 1, ..., c of them")                            \
  X(new_sized_array, "a = array with b elements")                                  \
  X(new_fields, "a = object of fields b, b + 1, ..., c of them")                   \
  X(get_element, "a = b[c]")                                                       \
  X(set_element, "a[b] = c")                                                       \
  X(get_field, "a = field number c of b")                                          \
  X(concatenate, "a = texts of b, b + 1, ..., c of them, joined")                  \
  X(raise, "throw a")                                                              \
  X(caught, "a = the exception under way, which ends; by type, else go to target") \
  X(restore, "the exception in a is under way again")                              \
  X(propagate, "the exception under way goes on")                                  \
  X(begin_items, "a = walk over b")                                                \
  X(result, "return a")                                                            \
  X(result_nothing, "return nothing")

enum class Opcode : std::uint16_t {
#define X(name, doc) name,
  SLUICE_INSTRUCTIONS(X)
#undef X
};

/// Whether `c` counts, or numbers, something; else it is a register as `a` and `b` are.
constexpr bool has_count(Opcode code) {
  switch (code) {
    case Opcode::call:
    case Opcode::call_checked:
    case Opcode::call_function:
    case Opcode::invoke:
    case Opcode::make_delegate:
    case Opcode::new_array:
    case Opcode::new_fields:
    case Opcode::get_field:
    case Opcode::concatenate: return true;
    default: return false;
  }
}

/// Whether instructions of the kind call a member.
constexpr bool calls_member(Opcode code) { return code >= Opcode::call && code <= Opcode::call_pair_checked; }

/// Whether instructions of the kind hold a target.
constexpr bool has_target(Opcode code) { return code >= Opcode::jump && code <= Opcode::next_item; }

struct Program;

/// How registers are written into instructions: as their distance from the first one in words of 8 bytes, which costs
/// the least to follow.
inline constexpr std::uint32_t words_of_register = sizeof(Value) / 8;

struct Instruction {
  Opcode code;
  std::uint16_t a = 0, b = 0, c = 0;
  union {
    const void* pointer;
    std::int64_t number;
    struct {
      std::uint32_t target;
      std::uint32_t extra;
    };
  };
};
static_assert(sizeof(Instruction) == 16);

/// Instructions [first, end) are guarded: an exception continues at `handler`. Inner regions come first.
struct Region {
  std::uint32_t first, end, handler;
};

struct Code {
  const Function* function = nullptr;
  std::vector<Instruction> instructions;
  std::vector<Region> regions;
  std::uint32_t registers = 0;  ///< An even number.
  std::uint32_t locals = 0;     ///< The first registers are the function's variables.
  std::vector<Value> initial;   ///< What the registers hold at the start: null, or a constant that nothing overwrites.
};

struct Program {
  std::vector<Code> functions;  ///< By Function::index.
  const Code* main = nullptr;   ///< Of the expression itself.
};

}  // namespace sluice::expression
