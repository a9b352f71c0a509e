// SPDX-License-Identifier: Apache-2.0
// The operators of C# on values: one function that knows all of them. The program has faster forms of the common ones.
#pragma once

#include <sluice/value.hpp>

#include <cstdint>

namespace sluice::expression {

class Evaluation;
struct Type;

enum class Operator : std::uint8_t {
  add,
  subtract,
  multiply,
  divide,
  remainder,
  shift_left,
  shift_right,
  bit_and,
  bit_or,
  bit_xor,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  negate,
  logical_not,
  complement
};

/// `left op right` on operands of the kind `operands` (both converted to it; shifts: the count is an int).
/// Null operands of lifted operators give null, or what C# says for comparisons. Raises division by zero and, when
/// `checked`, overflow.
Value apply_binary(Evaluation& run, Operator op, ValueKind operands, bool checked, const Value& left,
                   const Value& right);
Value apply_unary(Evaluation& run, Operator op, ValueKind operand, bool checked, const Value& value);
/// Numeric conversion to `to`, also from and to enums and char; null stays null. Unchecked conversions wrap or
/// saturate as .NET does.
Value convert_number(Evaluation& run, const Value& value, const Type* to, bool checked);

/// `Object.Equals`: same type and value.
bool equal_values(const Value& left, const Value& right);
std::uint32_t hash_value(const Value& value);
/// Order of two comparable values of one type, as Comparer<T>.Default gives it; texts by culture.
int compare_values(const Value& left, const Value& right);
/// `==` between operands of static type object.
bool same_reference(const Value& left, const Value& right);

}  // namespace sluice::expression
