// SPDX-License-Identifier: Apache-2.0
// The untyped tree that the parser makes: what was written, with byte offsets.
#pragma once

#include <sluice/arena.hpp>
#include <sluice/value.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace sluice::expression {

enum class SyntaxKind : std::uint8_t {
  error,
  // Expressions. `items` holds operands in order of writing unless said otherwise.
  literal,           ///< `value`; decimals: `text` holds the digits.
  interpolated,      ///< items: literals and holes.
  hole,              ///< items[0]; `text` = format, `text2` = alignment.
  name,              ///< `text`; `types` = type arguments.
  member,            ///< items[0] . text <types>
  call,              ///< items[0] ( arguments )
  index,             ///< items[0] [ arguments ]
  argument,          ///< items[0]; `text` = name, `text2` = out/ref
  out_variable,      ///< T text; `type` or null: of out arguments, of tuples taken apart, of a tuple's type
  null_conditional,  ///< items[0] ?. items[1], in which `receiver` stands for the value
  receiver,
  cast,         ///< (type) items[0]
  unary,        ///< text items[0]
  postfix,      ///< items[0] text
  binary,       ///< items[0] text items[1]
  assign,       ///< items[0] text items[1]
  conditional,  ///< ? :
  is_type,      ///< items[0] is type [text2 = variable]
  is_constant,  ///< items[0] is items[1]
  as_type,
  new_object,     ///< new type(items...) ; `initializer`
  new_array,      ///< new type[items...] ; `initializer`; `type` = element type or null for new[]
  new_anonymous,  ///< items: argument with text = name
  initializer,    ///< { items }; of an object (assign), a collection (any; initializer for several), an index
                  ///< (index_setter)
  index_setter,   ///< [arguments = items except last] = last
  lambda,         ///< parameters (items: parameter), body
  parameter,      ///< `text`, `type` or null
  tuple,          ///< items: expressions, arguments with names; taken apart: out_variable, places, tuples
  type_of,
  default_of,  ///< `type` or null
  name_of,
  checked_of,  ///< text = checked / unchecked
  throw_expression,
  type_expression,  ///< A keyword type used as a receiver: `type`.
  // Types.
  type_name,      ///< `text` dotted name; `types` = arguments.
  type_array,     ///< items[0][]
  type_nullable,  ///< items[0]?
  type_tuple,     ///< items: out_variable, with or without `text`
  // Statements.
  block,
  local,       ///< `type` (null: var), items: declarator; text = "const" when constant
  declarator,  ///< text, items[0] = initialiser if any
  expression_statement,
  if_statement,
  for_statement,      ///< items: init(block), condition or null, step(block), body
  foreach_statement,  ///< `type`, text, or a tuple in `guard`; items: sequence, body
  while_statement,
  do_statement,      ///< items: body, condition
  switch_statement,  ///< items[0] value, then sections
  section,           ///< `labels`, items = statements
  case_label,        ///< items[0] constant, or type + text2; items[1]/guard in `guard`; nothing: default
  try_statement,     ///< items[0] block, then catch_clause…, finally in `guard`
  catch_clause,      ///< `type`, `text`, `guard` = filter, items[0] = block
  using_statement,   ///< items: local or expression, body
  return_statement,
  break_statement,
  continue_statement,
  throw_statement,
  local_function,  ///< type, text, parameters, body
  lock_statement,  ///< items: expression, body
  empty
};

struct Syntax {
  SyntaxKind kind = SyntaxKind::error;
  bool parenthesized = false;
  bool is_verbatim_block = false;  ///< Lambdas and local functions: the body is a block.
  std::uint32_t offset = 0;
  std::uint32_t end = 0;
  std::string_view text;
  std::string_view text2;
  Value value;
  Syntax* type = nullptr;
  Syntax* guard = nullptr;
  Syntax* body = nullptr;
  Syntax* initializer = nullptr;
  std::vector<Syntax*> items;
  std::vector<Syntax*> types;

  std::uint32_t length() const { return end > offset ? end - offset : 1; }
};

}  // namespace sluice::expression
