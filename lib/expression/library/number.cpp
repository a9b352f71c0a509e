// SPDX-License-Identifier: Apache-2.0
// Parse, TryParse and the limits of the numeric types; Math.
#include "expression/decimal.hpp"
#include "expression/number_format.hpp"
#include "expression/objects.hpp"

#include <cmath>
#include <limits>

namespace sluice::expression {
namespace {

constexpr TypeRow types[] = {{"Math", "System.Math", TypeKind::static_class}};
constexpr EnumRow enums[] = {{"NumberStyles", "System.Globalization.NumberStyles",
                              "None=0 AllowLeadingWhite=1 AllowTrailingWhite=2 AllowLeadingSign=4 Integer=7 "
                              "AllowHexSpecifier=512 HexNumber=515 Number=111 Float=167 Any=511",
                              true}};

Value bad_format(Call& call) { return call.raise(Fault::format, "Input string was not in a correct format."); }
Value overflow(Call& call, const Type* type) {
  const std::string name = type->full.substr(7);
  const bool vowel = name[0] == 'I' || name[0] == 'U';
  return call.raise(Fault::overflow,
                    std::string("Value was either too large or too small for ") + (vowel ? "an " : "a ") + name + ".");
}

Value stored(Call& call, const Decimal& number) {
  Decimal* place = call.run.make<Decimal>();
  if (place == nullptr) return {};
  *place = number;
  return Value::pointer(ValueKind::decimal, place);
}

/// The text as a value of `type`.
NumberError read(Call& call, std::string_view text, const Type* type, Value& result) {
  const ValueKind kind = value_kind(type->kind);
  if (type->kind == TypeKind::float64 || type->kind == TypeKind::float32) {
    double number = 0;
    const NumberError error = parse_real(text, number);
    result = type->kind == TypeKind::float64 ? Value::float64(number) : Value::float32(static_cast<float>(number));
    return error;
  }
  if (type->kind == TypeKind::decimal) {
    const auto plain = plain_number(text);
    // NumberStyles.Number has no exponent.
    if (!plain || plain->find_first_of("eE") != std::string::npos) return NumberError::format;
    const auto number = Decimal::parse(*plain);
    if (!number) return NumberError::overflow;
    result = stored(call, *number);
    return NumberError::none;
  }
  std::int64_t number = 0;
  const NumberError error = parse_whole(text, kind, number);
  result = Value::integer(kind, number);
  return error;
}

Value parse(Call& call) {
  if (call.is_null(0)) return call.null_argument("s");
  Value result;
  switch (read(call, call.text(0), call.result(), result)) {
    case NumberError::format: return bad_format(call);
    case NumberError::overflow: return overflow(call, call.result());
    case NumberError::none: break;
  }
  return result;
}
Value try_parse(Call& call) {
  const Type* type = call.site->member->parameters[1].type;
  Value result;
  const bool ok = !call.is_null(0) && read(call, call.text(0), type, result) == NumberError::none;
  call.out(1) = ok ? result : default_value(type);
  return Value::boolean(ok);
}

Value parse_boolean(Call& call) {
  if (call.is_null(0)) return call.null_argument("value");
  std::string text(call.text(0));
  const std::size_t start = text.find_first_not_of(" \t\r\n"), end = text.find_last_not_of(" \t\r\n");
  text = start == std::string::npos ? "" : text.substr(start, end - start + 1);
  for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  if (text != "true" && text != "false")
    return call.raise(Fault::format, "String was not recognized as a valid Boolean.");
  return Value::boolean(text == "true");
}
Value try_parse_boolean(Call& call) {
  Value result = Value::boolean(false);
  bool ok = false;
  if (!call.is_null(0)) {
    result = parse_boolean(call);
    ok = !call.run.failed();
    call.run.raised = nullptr;
  }
  call.out(1) = ok ? result : Value::boolean(false);
  return Value::boolean(ok);
}
Value true_string(Call&) { return Value::string("True"); }
Value false_string(Call&) { return Value::string("False"); }

template <class Number, ValueKind kind>
Value max_of(Call&) {
  return Value::integer(kind, static_cast<std::int64_t>(std::numeric_limits<Number>::max()));
}
template <class Number, ValueKind kind>
Value min_of(Call&) {
  return Value::integer(kind, static_cast<std::int64_t>(std::numeric_limits<Number>::min()));
}

Value double_max(Call&) { return Value::float64(std::numeric_limits<double>::max()); }
Value double_min(Call&) { return Value::float64(std::numeric_limits<double>::lowest()); }
Value double_epsilon(Call&) { return Value::float64(std::numeric_limits<double>::denorm_min()); }
Value double_nan(Call&) { return Value::float64(std::numeric_limits<double>::quiet_NaN()); }
Value double_infinity(Call&) { return Value::float64(std::numeric_limits<double>::infinity()); }
Value double_negative(Call&) { return Value::float64(-std::numeric_limits<double>::infinity()); }
Value float_max(Call&) { return Value::float32(std::numeric_limits<float>::max()); }
Value float_min(Call&) { return Value::float32(std::numeric_limits<float>::lowest()); }
Value float_nan(Call&) { return Value::float32(std::numeric_limits<float>::quiet_NaN()); }
Value float_infinity(Call&) { return Value::float32(std::numeric_limits<float>::infinity()); }
Value float_negative(Call&) { return Value::float32(-std::numeric_limits<float>::infinity()); }
Value is_nan(Call& call) { return Value::boolean(std::isnan(call.number(0))); }
Value is_infinity(Call& call) { return Value::boolean(std::isinf(call.number(0))); }

const Decimal& decimal(Call& call, std::size_t i) { return *static_cast<const Decimal*>(call[i].data()); }
Value decimal_result(Call& call, const std::optional<Decimal>& number) {
  if (!number) return overflow(call, core().decimal);
  return stored(call, *number);
}
Value decimal_one(Call& call) { return stored(call, Decimal::from_integer(1)); }
Value decimal_zero(Call& call) { return stored(call, Decimal()); }
Value decimal_minus_one(Call& call) { return stored(call, Decimal::from_integer(-1)); }
Value decimal_max(Call& call) { return decimal_result(call, Decimal::parse("79228162514264337593543950335")); }
Value decimal_min(Call& call) { return decimal_result(call, Decimal::parse("-79228162514264337593543950335")); }
Value decimal_truncate(Call& call) { return stored(call, decimal(call, 0).truncated()); }
Value decimal_floor(Call& call) {
  const Decimal& number = decimal(call, 0);
  const Decimal whole = number.truncated();
  return number.negative != 0 && whole.compare(number) != 0
             ? decimal_result(call, add(whole, Decimal::from_integer(-1)))
             : stored(call, whole);
}
Value decimal_ceiling(Call& call) {
  const Decimal& number = decimal(call, 0);
  const Decimal whole = number.truncated();
  return number.negative == 0 && whole.compare(number) != 0 ? decimal_result(call, add(whole, Decimal::from_integer(1)))
                                                            : stored(call, whole);
}
Value decimal_round(Call& call) {
  int decimals = 0;
  bool away = false;
  for (std::size_t i = 1; i < call.count; ++i) {
    if (call[i].kind() == ValueKind::enumeration)
      away = call[i].enum_value() == 1;
    else
      decimals = static_cast<int>(call.integer(i));
  }
  if (decimals < 0 || decimals > 28)
    return call.raise(Fault::argument_out_of_range,
                      "Decimal can only round to between 0 and 28 digits of precision. (Parameter 'decimals')");
  return stored(call, decimal(call, 0).rounded(decimals, away));
}
Value decimal_abs(Call& call) {
  Decimal number = decimal(call, 0);
  number.negative = 0;
  return stored(call, number);
}

// Math
double half_even(double number) {
  const double floor = std::floor(number), rest = number - floor;
  if (rest != 0.5) return std::round(number);
  return std::fmod(floor, 2.0) == 0 ? floor : floor + 1;
}
Value round_double(Call& call) {
  int decimals = 0;
  bool away = false;
  for (std::size_t i = 1; i < call.count; ++i) {
    if (call[i].kind() == ValueKind::enumeration)
      away = call[i].enum_value() == 1;
    else
      decimals = static_cast<int>(call.integer(i));
  }
  if (decimals < 0 || decimals > 15)
    return call.raise(Fault::argument_out_of_range,
                      "Rounding digits must be between 0 and 15, inclusive. (Parameter 'digits')");
  double number = call.number(0);
  if (std::fabs(number) >= 1e16 || !std::isfinite(number)) return call[0];
  const double power = std::pow(10.0, decimals);
  number *= power;
  number = away ? std::round(number) : half_even(number);
  return Value::float64(number / power);
}
template <double (*function)(double)>
Value math(Call& call) {
  return Value::float64(function(call.number(0)));
}
Value power(Call& call) { return Value::float64(std::pow(call.number(0), call.number(1))); }
Value atan2_call(Call& call) { return Value::float64(std::atan2(call.number(0), call.number(1))); }
Value remainder_call(Call& call) { return Value::float64(std::remainder(call.number(0), call.number(1))); }
Value logarithm(Call& call) {
  return Value::float64(call.count > 1 ? std::log(call.number(0)) / std::log(call.number(1))
                                       : std::log(call.number(0)));
}
Value math_pi(Call&) { return Value::float64(3.14159265358979323846); }
Value math_e(Call&) { return Value::float64(2.7182818284590452354); }
Value sign(Call& call) {
  if (call[0].kind() == ValueKind::decimal)
    return Value::int32(decimal(call, 0).is_zero() ? 0 : decimal(call, 0).negative != 0 ? -1 : 1);
  if (call[0].kind() == ValueKind::float64) {
    if (std::isnan(call.number(0)))
      return call.run.raise(read_type("ArithmeticException"),
                            "Function does not accept floating point Not-a-Number values.");
    return Value::int32(call.number(0) > 0 ? 1 : call.number(0) < 0 ? -1 : 0);
  }
  return Value::int32(call.integer(0) > 0 ? 1 : call.integer(0) < 0 ? -1 : 0);
}
Value abs_whole(Call& call) {
  const Type* type = call.result();
  const std::int64_t number = call.integer(0);
  const bool lowest = (type->kind == TypeKind::int32 && number == INT32_MIN) ||
                      (type->kind == TypeKind::int64 && number == INT64_MIN) ||
                      (type->kind == TypeKind::int16 && number == INT16_MIN) ||
                      (type->kind == TypeKind::int8 && number == INT8_MIN);
  if (lowest) return call.raise(Fault::overflow, "Negating the minimum value of a twos complement number is invalid.");
  return Value::integer(call[0].kind(), number < 0 ? -number : number);
}
Value abs_double(Call& call) {
  return call[0].kind() == ValueKind::float32 ? Value::float32(static_cast<float>(std::fabs(call.number(0))))
                                              : Value::float64(std::fabs(call.number(0)));
}
Value larger(Call& call) {
  if (call[0].kind() == ValueKind::float64 && std::isnan(call.number(0))) return call[0];
  return compare_values(call[0], call[1]) >= 0 ? call[0] : call[1];
}
Value smaller(Call& call) {
  if (call[0].kind() == ValueKind::float64 && std::isnan(call.number(0))) return call[0];
  return compare_values(call[0], call[1]) <= 0 ? call[0] : call[1];
}
Value div_rem(Call& call) {
  const Value quotient = apply_binary(call.run, Operator::divide, call[0].kind(), false, call[0], call[1]);
  if (call.run.failed()) return {};
  call.out(2) = apply_binary(call.run, Operator::remainder, call[0].kind(), false, call[0], call[1]);
  return quotient;
}

#define SLUICE_NUMBER(name, Number, kind)                                                                    \
  {"static " name, "Parse", "(string s)", name, parse},                                                      \
      {"static " name, "TryParse", "(string s, out " name " result)", "bool", try_parse, "", Trait::impure}, \
      {"static " name, "MaxValue", "", name, max_of<Number, kind>, "", Trait::constant}, {                   \
    "static " name, "MinValue", "", name, min_of<Number, kind>, "", Trait::constant                          \
  }
#define SLUICE_EXTREMES(name)                                         \
  {"static Math", "Max", "(" name " a, " name " b)", name, larger}, { \
    "static Math", "Min", "(" name " a, " name " b)", name, smaller   \
  }

constexpr MemberRow members[] = {
    SLUICE_NUMBER("sbyte", std::int8_t, ValueKind::int8),
    SLUICE_NUMBER("byte", std::uint8_t, ValueKind::uint8),
    SLUICE_NUMBER("short", std::int16_t, ValueKind::int16),
    SLUICE_NUMBER("ushort", std::uint16_t, ValueKind::uint16),
    SLUICE_NUMBER("int", std::int32_t, ValueKind::int32),
    SLUICE_NUMBER("uint", std::uint32_t, ValueKind::uint32),
    SLUICE_NUMBER("long", std::int64_t, ValueKind::int64),
    SLUICE_NUMBER("ulong", std::uint64_t, ValueKind::uint64),
    {"static float", "Parse", "(string s)", "float", parse},
    {"static float", "TryParse", "(string s, out float result)", "bool", try_parse, "", Trait::impure},
    {"static double", "Parse", "(string s)", "double", parse},
    {"static double", "TryParse", "(string s, out double result)", "bool", try_parse, "", Trait::impure},
    {"static decimal", "Parse", "(string s)", "decimal", parse},
    {"static decimal", "TryParse", "(string s, out decimal result)", "bool", try_parse, "", Trait::impure},
    {"static bool", "Parse", "(string value)", "bool", parse_boolean},
    {"static bool", "TryParse", "(string value, out bool result)", "bool", try_parse_boolean, "", Trait::impure},
    {"static bool", "TrueString", "", "string", true_string},
    {"static bool", "FalseString", "", "string", false_string},
    {"static double", "MaxValue", "", "double", double_max, "", Trait::constant},
    {"static double", "MinValue", "", "double", double_min, "", Trait::constant},
    {"static double", "Epsilon", "", "double", double_epsilon, "", Trait::constant},
    {"static double", "NaN", "", "double", double_nan, "", Trait::constant},
    {"static double", "PositiveInfinity", "", "double", double_infinity, "", Trait::constant},
    {"static double", "NegativeInfinity", "", "double", double_negative, "", Trait::constant},
    {"static double", "IsNaN", "(double d)", "bool", is_nan},
    {"static double", "IsInfinity", "(double d)", "bool", is_infinity},
    {"static float", "MaxValue", "", "float", float_max, "", Trait::constant},
    {"static float", "MinValue", "", "float", float_min, "", Trait::constant},
    {"static float", "NaN", "", "float", float_nan, "", Trait::constant},
    {"static float", "PositiveInfinity", "", "float", float_infinity, "", Trait::constant},
    {"static float", "NegativeInfinity", "", "float", float_negative, "", Trait::constant},
    {"static decimal", "One", "", "decimal", decimal_one, "", Trait::constant},
    {"static decimal", "Zero", "", "decimal", decimal_zero, "", Trait::constant},
    {"static decimal", "MinusOne", "", "decimal", decimal_minus_one, "", Trait::constant},
    {"static decimal", "MaxValue", "", "decimal", decimal_max, "", Trait::constant},
    {"static decimal", "MinValue", "", "decimal", decimal_min, "", Trait::constant},
    {"static decimal", "Truncate", "(decimal d)", "decimal", decimal_truncate},
    {"static decimal", "Floor", "(decimal d)", "decimal", decimal_floor},
    {"static decimal", "Ceiling", "(decimal d)", "decimal", decimal_ceiling},
    {"static decimal", "Round", "(decimal d)", "decimal", decimal_round},
    {"static decimal", "Round", "(decimal d, int decimals)", "decimal", decimal_round},
    {"static decimal", "Round", "(decimal d, int decimals, MidpointRounding mode)", "decimal", decimal_round},

    {"static Math", "PI", "", "double", math_pi, "", Trait::constant},
    {"static Math", "E", "", "double", math_e, "", Trait::constant},
    {"static Math", "Abs", "(sbyte value)", "sbyte", abs_whole},
    {"static Math", "Abs", "(short value)", "short", abs_whole},
    {"static Math", "Abs", "(int value)", "int", abs_whole},
    {"static Math", "Abs", "(long value)", "long", abs_whole},
    {"static Math", "Abs", "(float value)", "float", abs_double},
    {"static Math", "Abs", "(double value)", "double", abs_double},
    {"static Math", "Abs", "(decimal value)", "decimal", decimal_abs},
    {"static Math", "Ceiling", "(double d)", "double", math<std::ceil>},
    {"static Math", "Ceiling", "(decimal d)", "decimal", decimal_ceiling},
    {"static Math", "Floor", "(double d)", "double", math<std::floor>},
    {"static Math", "Floor", "(decimal d)", "decimal", decimal_floor},
    {"static Math", "Truncate", "(double d)", "double", math<std::trunc>},
    {"static Math", "Truncate", "(decimal d)", "decimal", decimal_truncate},
    {"static Math", "Round", "(double value)", "double", round_double, "Halves to even."},
    {"static Math", "Round", "(double value, int digits)", "double", round_double},
    {"static Math", "Round", "(double value, MidpointRounding mode)", "double", round_double},
    {"static Math", "Round", "(double value, int digits, MidpointRounding mode)", "double", round_double},
    {"static Math", "Round", "(decimal value)", "decimal", decimal_round},
    {"static Math", "Round", "(decimal value, int decimals)", "decimal", decimal_round},
    {"static Math", "Round", "(decimal value, MidpointRounding mode)", "decimal", decimal_round},
    {"static Math", "Round", "(decimal value, int decimals, MidpointRounding mode)", "decimal", decimal_round},
    {"static Math", "Sqrt", "(double d)", "double", math<std::sqrt>},
    {"static Math", "Exp", "(double d)", "double", math<std::exp>},
    {"static Math", "Log10", "(double d)", "double", math<std::log10>},
    {"static Math", "Log", "(double d)", "double", logarithm},
    {"static Math", "Log", "(double a, double newBase)", "double", logarithm},
    {"static Math", "Sin", "(double a)", "double", math<std::sin>},
    {"static Math", "Cos", "(double a)", "double", math<std::cos>},
    {"static Math", "Tan", "(double a)", "double", math<std::tan>},
    {"static Math", "Asin", "(double a)", "double", math<std::asin>},
    {"static Math", "Acos", "(double a)", "double", math<std::acos>},
    {"static Math", "Atan", "(double a)", "double", math<std::atan>},
    {"static Math", "Atan2", "(double y, double x)", "double", atan2_call},
    {"static Math", "Pow", "(double x, double y)", "double", power},
    {"static Math", "IEEERemainder", "(double x, double y)", "double", remainder_call},
    {"static Math", "DivRem", "(int a, int b, out int result)", "int", div_rem, "", Trait::impure},
    {"static Math", "DivRem", "(long a, long b, out long result)", "long", div_rem, "", Trait::impure},
    {"static Math", "Sign", "(int value)", "int", sign},
    {"static Math", "Sign", "(long value)", "int", sign},
    {"static Math", "Sign", "(double value)", "int", sign},
    {"static Math", "Sign", "(decimal value)", "int", sign},
    SLUICE_EXTREMES("byte"),
    SLUICE_EXTREMES("short"),
    SLUICE_EXTREMES("int"),
    SLUICE_EXTREMES("uint"),
    SLUICE_EXTREMES("long"),
    SLUICE_EXTREMES("ulong"),
    SLUICE_EXTREMES("float"),
    SLUICE_EXTREMES("double"),
    SLUICE_EXTREMES("decimal"),
};
#undef SLUICE_NUMBER
#undef SLUICE_EXTREMES

}  // namespace

extern const Family number_family{
    "number", "Numeric types and Math.", "System.Int32, System.Double, System.Math", types, enums, members};

}  // namespace sluice::expression
