// SPDX-License-Identifier: Apache-2.0
// The typed tree: what the checker makes of the syntax. Every name is resolved, every conversion explicit. Both the
// lowering and the tree walker start here.
#pragma once

#include "expression/member.hpp"
#include "expression/operators.hpp"
#include "expression/type.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace sluice::expression {

struct Function;

/// A variable, parameter or temporary of one function.
struct Local {
  std::string_view name;
  const Type* type = nullptr;
  Function* owner = nullptr;
  std::uint32_t slot = 0;
  bool captured = false;  ///< Lives in a cell, because an inner function uses it.
  bool constant = false;
  bool read_only = false;  ///< foreach and using variables.
  bool dynamic = false;    ///< Declared so: what it has no member for is looked up in its JSON.
  bool assigned = false;   ///< Has a value from the start (parameters, foreach variables).
  Value value;             ///< Of constants.
  std::uint32_t offset = 0;
};

/// What a call needs beside its arguments; lives as long as the program.
struct CallSite {
  CallSite() = default;
  explicit CallSite(const Member& called) : member(&called), function(called.row->function), result(called.result) {}

  const Member* member = nullptr;
  Native function = nullptr;  ///< The member's.
  const Type* result = nullptr;
  std::vector<const Type*> types;  ///< Of the letters of the member, its own first, then the receiver's.
  std::uint32_t hash = 0;          ///< Of a constant name.
  bool hashed = false;
};

enum class NodeKind : std::uint8_t {
  error,
  constant,  ///< value
  local,
  assign,  ///< local = items[0]; the value
  binary,  ///< op, operands
  unary,
  logical_and,
  logical_or,
  conditional,
  coalesce,       ///< items[0] ?? items[1]
  is_null,        ///< items[0] is null
  sequence,       ///< the last one's value
  call,           ///< site, items; receiver first
  invoke,         ///< delegate items[0] with the rest
  call_function,  ///< function, items
  lambda,         ///< function
  delegate,       ///< site: a method group; items: receiver if any
  retype,         ///< items[0] seen as another type
  convert,        ///< numeric conversion to type
  cast,           ///< items[0] checked to be of type; null passes to types that have it
  try_cast,       ///< as
  is_type,        ///< items[0] is `tested`
  unwrap,         ///< the value of a nullable that is not null
  array_new,      ///< items are the elements
  array_sized,    ///< items[0] elements of default value
  array_get,
  array_set,   ///< items: array, index, value; the value
  fields_new,  ///< object of an anonymous type
  field_get,   ///< index
  concat,      ///< items to text, joined
  raise,       ///< throw items[0]
  address,     ///< of a local, for out arguments
  group,       ///< A method group before its conversion.
  unbound,     ///< A lambda before its conversion.
  // Statements.
  block,
  expression,
  declare,       ///< local gets a fresh cell or its default
  branch,        ///< if: condition, then [, else]
  loop,          ///< items: condition or null, body, step or null; `flag`: condition last
  foreach_loop,  ///< local, items: sequence, body; `tested` = element conversion as a cast or null
  attempt,       ///< items: body, handlers…; `last` = finally or null
  handler,       ///< local or null, `tested` = exception type or null, items: filter or null, body
  result,        ///< return items[0] or nothing
  leave_loop,
  next_loop,
  breakable  ///< items[0]; `leave_loop` inside ends it (switch)
};

struct Node {
  NodeKind kind = NodeKind::error;
  Operator op = Operator::add;
  ValueKind operands = ValueKind::null;
  bool checked = false;
  bool flag = false;
  bool completes = true;  ///< Statements: the end can be reached.
  bool breaks = false;    ///< Statements: contains a `break` of the enclosing loop or switch.
  bool literal = false;   ///< Constant in the sense of C#.
  bool dynamic = false;   ///< Of a dynamic variable.
  std::uint32_t offset = 0;
  std::uint32_t length = 1;
  std::uint32_t index = 0;
  const Type* type = nullptr;
  const Type* tested = nullptr;
  Value value;
  Local* local = nullptr;
  Function* function = nullptr;
  const CallSite* site = nullptr;
  const struct Syntax* syntax = nullptr;  ///< Of lambdas and groups that wait for a type.
  Node* last = nullptr;
  std::vector<Node*> items;

  bool is_constant() const { return kind == NodeKind::constant; }
  bool is_error() const { return type != nullptr && type->is_error(); }
};

/// What functions are called that have no name of their own.
inline constexpr std::string_view lambda_name = "lambda";

/// A lambda, local function or the expression itself.
struct Function {
  std::string_view name;
  Function* outer = nullptr;
  std::uint32_t depth = 0;
  std::vector<Local*> parameters;
  std::vector<Local*> locals;  ///< Parameters first; index = slot.
  const Type* result = nullptr;
  Node* body = nullptr;
  bool makes_closures = false;
  std::uint32_t index = 0;  ///< Among the functions of the program.
};

/// A checked expression. Owns nothing: everything is in the arena of the compilation.
struct Tree {
  Function* main = nullptr;
  std::vector<Function*> functions;
  bool reads_request_body = false;
  bool reads_response_body = false;
};

}  // namespace sluice::expression
