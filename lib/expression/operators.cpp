// SPDX-License-Identifier: Apache-2.0
// The operators of C#, without undefined behaviour of C++: wrapping is done on unsigned numbers, shift counts are
// masked, conversions from floating point saturate, division is guarded.
#include "expression/operators.hpp"

#include "expression/decimal.hpp"
#include "expression/evaluation.hpp"
#include "expression/objects.hpp"
#include "expression/unicode.hpp"

#include "base/text_hash.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

namespace sluice::expression {
namespace {

Value overflow(Evaluation& run) { return run.raise(Fault::overflow, "Arithmetic operation resulted in an overflow."); }
Value division_by_zero(Evaluation& run) { return run.raise(Fault::divide_by_zero, "Attempted to divide by zero."); }

template <class Number>
bool compare(Operator op, Number left, Number right) {
  switch (op) {
    case Operator::equal: return left == right;
    case Operator::not_equal: return left != right;
    case Operator::less: return left < right;
    case Operator::less_equal: return left <= right;
    case Operator::greater: return left > right;
    default: return left >= right;
  }
}

bool is_comparison(Operator op) { return op >= Operator::equal && op <= Operator::greater_equal; }

template <class Number>
Value integer_operation(Evaluation& run, Operator op, ValueKind kind, bool checked, Number left, Number right) {
  using Unsigned = std::make_unsigned_t<Number>;
  constexpr Unsigned mask = sizeof(Number) * 8 - 1;
  const auto make = [&](Number number) { return Value::integer(kind, static_cast<std::int64_t>(number)); };
  Number result = 0;
  switch (op) {
    case Operator::add:
      if (__builtin_add_overflow(left, right, &result) && checked) return overflow(run);
      return make(result);
    case Operator::subtract:
      if (__builtin_sub_overflow(left, right, &result) && checked) return overflow(run);
      return make(result);
    case Operator::multiply:
      if (__builtin_mul_overflow(left, right, &result) && checked) return overflow(run);
      return make(result);
    case Operator::divide:
    case Operator::remainder:
      if (right == 0) return division_by_zero(run);
      if constexpr (std::is_signed_v<Number>) {
        if (right == -1 && left == std::numeric_limits<Number>::min()) return overflow(run);
      }
      return make(op == Operator::divide ? left / right : left % right);
    case Operator::shift_left:
      return make(static_cast<Number>(static_cast<Unsigned>(left) << (static_cast<Unsigned>(right) & mask)));
    case Operator::shift_right: return make(static_cast<Number>(left >> (static_cast<Unsigned>(right) & mask)));
    case Operator::bit_and: return make(left & right);
    case Operator::bit_or: return make(left | right);
    case Operator::bit_xor: return make(left ^ right);
    default: return Value::boolean(compare(op, left, right));
  }
}

template <class Number>
Value float_operation(Operator op, Number left, Number right) {
  const auto make = [](Number number) {
    if constexpr (std::is_same_v<Number, float>)
      return Value::float32(number);
    else
      return Value::float64(number);
  };
  switch (op) {
    case Operator::add: return make(left + right);
    case Operator::subtract: return make(left - right);
    case Operator::multiply: return make(left * right);
    case Operator::divide:
      return make(right == 0 ? (left == 0 || std::isnan(left) ? std::numeric_limits<Number>::quiet_NaN()
                                                              : (std::signbit(left) == std::signbit(right)
                                                                     ? std::numeric_limits<Number>::infinity()
                                                                     : -std::numeric_limits<Number>::infinity()))
                             : left / right);
    case Operator::remainder: return make(std::fmod(left, right));
    default: return Value::boolean(compare(op, left, right));
  }
}

const Decimal& decimal_of(const Value& value) { return *static_cast<const Decimal*>(value.data()); }

Value make_decimal(Evaluation& run, const std::optional<Decimal>& number) {
  if (!number) return run.raise(Fault::overflow, "Value was either too large or too small for a Decimal.");
  Decimal* stored = run.make<Decimal>();
  if (stored == nullptr) return {};
  *stored = *number;
  return Value::pointer(ValueKind::decimal, stored);
}

Value decimal_operation(Evaluation& run, Operator op, const Decimal& left, const Decimal& right) {
  switch (op) {
    case Operator::add: return make_decimal(run, add(left, right));
    case Operator::subtract: return make_decimal(run, add(left, right.negated()));
    case Operator::multiply: return make_decimal(run, multiply(left, right));
    case Operator::divide:
      if (right.is_zero()) return division_by_zero(run);
      return make_decimal(run, divide(left, right));
    case Operator::remainder:
      if (right.is_zero()) return division_by_zero(run);
      return make_decimal(run, remainder(left, right));
    default: return Value::boolean(compare(op, left.compare(right), 0));
  }
}

/// Null operands: `==` and `!=` compare nulls, order is false, bool has three values, the rest is null.
Value null_operation(Operator op, ValueKind kind, const Value& left, const Value& right) {
  if (op == Operator::equal) return Value::boolean(left.is_null() && right.is_null());
  if (op == Operator::not_equal) return Value::boolean(!(left.is_null() && right.is_null()));
  if (is_comparison(op)) return Value::boolean(false);
  if (kind == ValueKind::boolean) {
    const Value& known = left.is_null() ? right : left;
    if (!known.is_null() && op == Operator::bit_and && !known.as_boolean()) return known;
    if (!known.is_null() && op == Operator::bit_or && known.as_boolean()) return known;
  }
  return {};
}

/// A double as a 64-bit integer, toward zero; out of range gives what x64 gives.
std::int64_t saturate(double number) {
  if (!(number >= -9223372036854775808.0 && number < 9223372036854775808.0))
    return std::numeric_limits<std::int64_t>::min();
  return static_cast<std::int64_t>(number);
}

std::uint64_t saturate_unsigned(double number) {
  if (number >= 9223372036854775808.0 && number < 18446744073709551616.0) {
    return static_cast<std::uint64_t>(number - 9223372036854775808.0) + 0x8000000000000000u;
  }
  return static_cast<std::uint64_t>(saturate(number));
}

struct Range {
  __int128 low, high;
};
Range range_of(TypeKind kind) {
  switch (kind) {
    case TypeKind::character:
    case TypeKind::uint16: return {0, 65535};
    case TypeKind::int8: return {-128, 127};
    case TypeKind::uint8: return {0, 255};
    case TypeKind::int16: return {-32768, 32767};
    case TypeKind::int32: return {INT32_MIN, INT32_MAX};
    case TypeKind::uint32: return {0, UINT32_MAX};
    case TypeKind::int64: return {INT64_MIN, INT64_MAX};
    default: return {0, static_cast<__int128>(UINT64_MAX)};
  }
}

std::int64_t wrap(TypeKind kind, std::int64_t value) {
  switch (kind) {
    case TypeKind::character:
    case TypeKind::uint16: return static_cast<std::uint16_t>(value);
    case TypeKind::int8: return static_cast<std::int8_t>(value);
    case TypeKind::uint8: return static_cast<std::uint8_t>(value);
    case TypeKind::int16: return static_cast<std::int16_t>(value);
    case TypeKind::int32: return static_cast<std::int32_t>(value);
    case TypeKind::uint32: return static_cast<std::uint32_t>(value);
    default: return value;
  }
}

}  // namespace

Value apply_binary(Evaluation& run, Operator op, ValueKind kind, bool checked, const Value& left, const Value& right) {
  if (kind == ValueKind::object) {
    const bool same = same_reference(left, right);
    return Value::boolean(op == Operator::equal ? same : !same);
  }
  if (left.is_null() || right.is_null()) return null_operation(op, kind, left, right);
  switch (kind) {
    case ValueKind::boolean:
      switch (op) {
        case Operator::bit_and: return Value::boolean(left.as_boolean() && right.as_boolean());
        case Operator::bit_or: return Value::boolean(left.as_boolean() || right.as_boolean());
        case Operator::equal: return Value::boolean(left.as_boolean() == right.as_boolean());
        default: return Value::boolean(left.as_boolean() != right.as_boolean());
      }
    case ValueKind::int32:
      return integer_operation<std::int32_t>(run, op, kind, checked, static_cast<std::int32_t>(left.as_integer()),
                                             static_cast<std::int32_t>(right.as_integer()));
    case ValueKind::uint32:
      return integer_operation<std::uint32_t>(run, op, kind, checked, static_cast<std::uint32_t>(left.bits()),
                                              static_cast<std::uint32_t>(right.bits()));
    case ValueKind::uint64: return integer_operation<std::uint64_t>(run, op, kind, checked, left.bits(), right.bits());
    case ValueKind::float32: {
      return float_operation<float>(op, static_cast<float>(left.as_number()), static_cast<float>(right.as_number()));
    }
    case ValueKind::float64: return float_operation<double>(op, left.as_number(), right.as_number());
    case ValueKind::decimal: return decimal_operation(run, op, decimal_of(left), decimal_of(right));
    case ValueKind::string: {
      const bool same = left.as_string() == right.as_string();
      return Value::boolean(op == Operator::equal ? same : !same);
    }
    case ValueKind::enumeration: {
      const std::int32_t a = left.enum_value(), b = right.enum_value();
      if (is_comparison(op)) return Value::boolean(compare(op, a, b));
      const std::int32_t bits = op == Operator::bit_and ? a & b : op == Operator::bit_or ? a | b : a ^ b;
      return Value::enumeration(left.enum_type(), bits);
    }
    case ValueKind::guid: {
      const bool same = std::memcmp(left.data(), right.data(), 16) == 0;
      return Value::boolean(op == Operator::equal ? same : !same);
    }
    default: return integer_operation<std::int64_t>(run, op, kind, checked, left.as_integer(), right.as_integer());
  }
}

Value apply_unary(Evaluation& run, Operator op, ValueKind kind, bool checked, const Value& value) {
  if (value.is_null()) return value;
  if (op == Operator::logical_not) return Value::boolean(!value.as_boolean());
  if (op == Operator::complement) {
    if (kind == ValueKind::enumeration) return Value::enumeration(value.enum_type(), ~value.enum_value());
    if (kind == ValueKind::uint32) return Value::integer(kind, static_cast<std::uint32_t>(~value.bits()));
    if (kind == ValueKind::int32) return Value::int32(~static_cast<std::int32_t>(value.as_integer()));
    return Value::integer(kind, ~value.as_integer());
  }
  switch (kind) {
    case ValueKind::float32: return Value::float32(-static_cast<float>(value.as_number()));
    case ValueKind::float64: return Value::float64(-value.as_number());
    case ValueKind::decimal: return make_decimal(run, decimal_of(value).negated());
    default: return apply_binary(run, Operator::subtract, kind, checked, Value::integer(kind, 0), value);
  }
}

Value convert_number(Evaluation& run, const Value& value, const Type* to, bool checked) {
  if (value.is_null()) return value;
  const Type* target = without_nullable(to);
  const TypeKind kind = target->kind;
  const ValueKind from = value.kind();
  if (from == ValueKind::decimal) {
    const Decimal& number = decimal_of(value);
    if (kind == TypeKind::decimal) return value;
    if (kind == TypeKind::float64) return Value::float64(number.to_double());
    if (kind == TypeKind::float32) return Value::float32(static_cast<float>(number.to_double()));
    // Conversions of decimals are always checked.
    const std::optional<std::uint64_t> large = number.to_unsigned();
    if (kind == TypeKind::uint64 && large) return Value::integer(ValueKind::uint64, static_cast<std::int64_t>(*large));
    const std::optional<std::int64_t> whole = number.to_integer();
    const TypeKind plain = kind == TypeKind::enumeration ? TypeKind::int32 : kind;
    const Range range = range_of(plain);
    if (!whole || *whole < range.low || *whole > range.high) {
      return run.raise(Fault::overflow, "Value was either too large or too small for " +
                                            std::string(target->full.substr(7) == "Int32" ? "an " : "a ") +
                                            target->full.substr(7) + ".");
    }
    if (kind == TypeKind::enumeration) return Value::enumeration(*target, static_cast<std::int32_t>(*whole));
    return Value::integer(value_kind(kind), *whole);
  }
  const bool floating = from == ValueKind::float32 || from == ValueKind::float64;
  const std::int64_t whole = from == ValueKind::enumeration ? value.enum_value() : value.as_integer();
  const double number = floating                    ? value.as_number()
                        : from == ValueKind::uint64 ? static_cast<double>(value.bits())
                                                    : static_cast<double>(whole);
  switch (kind) {
    case TypeKind::float64: return Value::float64(number);
    case TypeKind::float32:
      return Value::float32(floating                    ? static_cast<float>(number)
                            : from == ValueKind::uint64 ? static_cast<float>(value.bits())
                                                        : static_cast<float>(whole));
    case TypeKind::decimal:
      if (floating) return make_decimal(run, Decimal::from_double(number, from == ValueKind::float32 ? 7 : 15));
      return make_decimal(
          run, from == ValueKind::uint64 ? Decimal::from_unsigned(value.bits()) : Decimal::from_integer(whole));
    default: break;
  }
  const TypeKind plain = kind == TypeKind::enumeration ? TypeKind::int32 : kind;
  if (checked) {
    const Range range = range_of(plain);
    const bool fits = floating ? std::trunc(number) >= static_cast<double>(range.low) &&
                                     (plain == TypeKind::int64 || plain == TypeKind::uint64
                                          ? number < static_cast<double>(range.high)
                                          : std::trunc(number) <= static_cast<double>(range.high))
                      : from == ValueKind::uint64 ? static_cast<__int128>(value.bits()) <= range.high
                                                  : whole >= range.low && whole <= range.high;
    if (!fits) return overflow(run);
  }
  std::int64_t bits = whole;
  if (floating)
    bits = plain == TypeKind::uint64 ? static_cast<std::int64_t>(saturate_unsigned(number)) : saturate(number);
  if (floating && plain == TypeKind::int32 && (bits < INT32_MIN || bits > INT32_MAX)) bits = INT32_MIN;
  bits = wrap(plain, bits);
  if (kind == TypeKind::enumeration) return Value::enumeration(*target, static_cast<std::int32_t>(bits));
  return Value::integer(value_kind(kind), bits);
}

bool same_reference(const Value& left, const Value& right) {
  if (left.kind() != right.kind()) return false;
  if (left.is_null()) return true;
  // Differs: texts compare by value, as authors mean it.
  if (left.is_string()) return left.as_string() == right.as_string();
  return left.is_reference() && left.data() == right.data() && left.extra() == right.extra();
}

bool equal_values(const Value& left, const Value& right) {
  if (left.kind() != right.kind()) return false;
  switch (left.kind()) {
    case ValueKind::null: return true;
    case ValueKind::string: return left.as_string() == right.as_string();
    case ValueKind::float32:
    case ValueKind::float64: {
      const double a = left.as_number(), b = right.as_number();
      return a == b || (std::isnan(a) && std::isnan(b));
    }
    case ValueKind::decimal: return decimal_of(left).compare(decimal_of(right)) == 0;
    case ValueKind::guid: return std::memcmp(left.data(), right.data(), 16) == 0;
    case ValueKind::enumeration:
      return &left.enum_type() == &right.enum_type() && left.enum_value() == right.enum_value();
    case ValueKind::object: return equal_objects(left, right);
    case ValueKind::entity: return same_reference(left, right);
    default: return left.bits() == right.bits();
  }
}

std::uint32_t hash_value(const Value& value) {
  const auto mix = [](std::uint64_t bits) { return static_cast<std::uint32_t>((bits * 0x9e3779b97f4a7c15ull) >> 32); };
  switch (value.kind()) {
    case ValueKind::null: return 0;
    case ValueKind::string: return static_cast<std::uint32_t>(TextHash{}(value.as_string()));
    case ValueKind::float32:
    case ValueKind::float64: return value.as_number() == 0 ? 0 : mix(value.bits());
    case ValueKind::decimal: return mix(static_cast<std::uint64_t>(decimal_of(value).to_double() * 1000));
    case ValueKind::guid: return variable_hash({static_cast<const char*>(value.data()), 16});
    case ValueKind::enumeration: return mix(static_cast<std::uint64_t>(value.enum_value()));
    case ValueKind::object: return hash_object(value);
    default: return mix(value.bits());
  }
}

int compare_values(const Value& left, const Value& right) {
  const auto order = [](auto a, auto b) { return a < b ? -1 : a > b ? 1 : 0; };
  if (left.is_null() || right.is_null()) return order(!left.is_null(), !right.is_null());
  switch (left.kind()) {
    case ValueKind::string:
      return compare_culture(left.as_string(), right.is_string() ? right.as_string() : std::string_view(), false);
    case ValueKind::float32:
    case ValueKind::float64: {
      const double a = left.as_number(), b = right.as_number();
      if (std::isnan(a) || std::isnan(b)) return order(!std::isnan(a), !std::isnan(b));
      return order(a, b);
    }
    case ValueKind::decimal: return decimal_of(left).compare(decimal_of(right));
    case ValueKind::uint64: return order(left.bits(), right.bits());
    case ValueKind::guid: {
      const int difference = std::memcmp(left.data(), right.data(), 16);
      return order(difference, 0);
    }
    case ValueKind::enumeration: return order(left.enum_value(), right.enum_value());
    case ValueKind::object: return compare_objects(left, right);
    default: return order(left.as_integer(), right.as_integer());
  }
}

}  // namespace sluice::expression
