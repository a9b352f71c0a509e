// SPDX-License-Identifier: Apache-2.0
// System.Char: one UTF-16 unit.
#include "expression/objects.hpp"
#include "expression/unicode.hpp"

#include <utf8proc.h>

namespace sluice::expression {
namespace {

/// The character in question: a char, or a text and an index.
bool point_of(Call& call, std::uint32_t& point) {
  if (call.count == 1) {
    point = static_cast<std::uint32_t>(call[0].bits());
    return true;
  }
  if (call.is_null(0)) {
    call.null_argument("s");
    return false;
  }
  if (call.integer(1) < 0 || static_cast<std::size_t>(call.integer(1)) >= utf16_length(call.text(0))) {
    call.raise(Fault::argument_out_of_range, "Index was out of range. (Parameter 'index')");
    return false;
  }
  point = unit_at(call.text(0), static_cast<std::size_t>(call.integer(1)));
  return true;
}
template <class Test>
Value test(Call& call, Test is) {
  std::uint32_t point = 0;
  if (!point_of(call, point)) return {};
  return Value::boolean(is(point, category_of(point)));
}

bool letter_category(int category) { return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO; }
Value is_digit(Call& call) {
  return test(call, [](std::uint32_t, int c) { return c == UTF8PROC_CATEGORY_ND; });
}
Value is_letter(Call& call) {
  return test(call, [](std::uint32_t, int c) { return letter_category(c); });
}
Value is_letter_or_digit(Call& call) {
  return test(call, [](std::uint32_t, int c) { return letter_category(c) || c == UTF8PROC_CATEGORY_ND; });
}
Value is_number(Call& call) {
  return test(call, [](std::uint32_t, int c) { return c >= UTF8PROC_CATEGORY_ND && c <= UTF8PROC_CATEGORY_NO; });
}
Value is_upper(Call& call) {
  return test(call, [](std::uint32_t, int c) { return c == UTF8PROC_CATEGORY_LU; });
}
Value is_lower(Call& call) {
  return test(call, [](std::uint32_t, int c) { return c == UTF8PROC_CATEGORY_LL; });
}
Value is_white_space(Call& call) {
  return test(call, [](std::uint32_t p, int) { return is_white(p); });
}
Value is_control(Call& call) {
  return test(call, [](std::uint32_t, int c) { return c == UTF8PROC_CATEGORY_CC; });
}
Value is_punctuation(Call& call) {
  return test(call, [](std::uint32_t, int c) { return c >= UTF8PROC_CATEGORY_PC && c <= UTF8PROC_CATEGORY_PO; });
}
Value is_symbol(Call& call) {
  return test(call, [](std::uint32_t, int c) { return c >= UTF8PROC_CATEGORY_SM && c <= UTF8PROC_CATEGORY_SO; });
}
Value is_separator(Call& call) {
  return test(call, [](std::uint32_t, int c) { return c >= UTF8PROC_CATEGORY_ZS && c <= UTF8PROC_CATEGORY_ZP; });
}
Value is_surrogate(Call& call) {
  return test(call, [](std::uint32_t p, int) { return p >= 0xD800 && p <= 0xDFFF; });
}
Value is_high(Call& call) {
  return test(call, [](std::uint32_t p, int) { return p >= 0xD800 && p <= 0xDBFF; });
}
Value is_low(Call& call) {
  return test(call, [](std::uint32_t p, int) { return p >= 0xDC00 && p <= 0xDFFF; });
}

Value upper(Call& call) {
  return Value::integer(ValueKind::character, to_upper_point(static_cast<std::uint32_t>(call[0].bits())));
}
Value lower(Call& call) {
  return Value::integer(ValueKind::character, to_lower_point(static_cast<std::uint32_t>(call[0].bits())));
}
Value numeric(Call& call) {
  const std::uint32_t point = static_cast<std::uint32_t>(call[0].bits());
  if (point >= '0' && point <= '9') return Value::float64(point - '0');
  if (point == 0xBC) return Value::float64(0.25);
  if (point == 0xBD) return Value::float64(0.5);
  if (point == 0xBE) return Value::float64(0.75);
  if (point == 0xB2 || point == 0xB3) return Value::float64(point - 0xB0);
  if (point == 0xB9) return Value::float64(1);
  if (category_of(point) == UTF8PROC_CATEGORY_ND) {
    // Digits of a script stand in runs of ten.
    std::uint32_t first = point;
    while (first > 0 && point - first < 9 && category_of(first - 1) == UTF8PROC_CATEGORY_ND) --first;
    return Value::float64((point - first) % 10);
  }
  return Value::float64(-1);
}
Value parse(Call& call) {
  if (call.is_null(0)) return call.null_argument("s");
  if (utf16_length(call.text(0)) != 1) return call.raise(Fault::format, "String must be exactly one character long.");
  return Value::integer(ValueKind::character, unit_at(call.text(0), 0));
}
Value try_parse(Call& call) {
  const bool ok = !call.is_null(0) && utf16_length(call.text(0)) == 1;
  call.out(1) = Value::integer(ValueKind::character, ok ? unit_at(call.text(0), 0) : 0);
  return Value::boolean(ok);
}
Value from_utf32(Call& call) {
  const std::int64_t point = call.integer(0);
  if (point < 0 || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) {
    return call.raise(Fault::argument_out_of_range,
                      "A valid UTF32 value is between 0x000000 and 0x10ffff, inclusive, and should not include "
                      "surrogate codepoint values (0x00d800 ~ 0x00dfff). (Parameter 'utf32')");
  }
  std::string text;
  append_point(text, static_cast<std::uint32_t>(point));
  return call.text_result(text);
}
Value to_utf32(Call& call) {
  const std::u16string units = to_utf16(call.text(0));
  const std::int64_t at = call.integer(1);
  if (at < 0 || static_cast<std::size_t>(at) >= units.size())
    return call.raise(Fault::argument_out_of_range, "Index was out of range. (Parameter 'index')");
  const std::uint32_t first = units[static_cast<std::size_t>(at)];
  if (first < 0xD800 || first > 0xDBFF || static_cast<std::size_t>(at) + 1 >= units.size())
    return Value::int32(static_cast<std::int32_t>(first));
  return Value::int32(static_cast<std::int32_t>(0x10000 + ((first - 0xD800) << 10) +
                                                (units[static_cast<std::size_t>(at) + 1] - 0xDC00u)));
}
Value to_text_call(Call& call) { return call.run.text_view(text_of(call.run, call[0])); }
Value max_value(Call&) { return Value::integer(ValueKind::character, 0xFFFF); }
Value min_value(Call&) { return Value::integer(ValueKind::character, 0); }

#define SLUICE_CHAR_TEST(name, function)                           \
  {"static char", name, "(char c)", "bool", function}, {           \
    "static char", name, "(string s, int index)", "bool", function \
  }

constexpr MemberRow members[] = {
    SLUICE_CHAR_TEST("IsDigit", is_digit),
    SLUICE_CHAR_TEST("IsLetter", is_letter),
    SLUICE_CHAR_TEST("IsLetterOrDigit", is_letter_or_digit),
    SLUICE_CHAR_TEST("IsNumber", is_number),
    SLUICE_CHAR_TEST("IsUpper", is_upper),
    SLUICE_CHAR_TEST("IsLower", is_lower),
    SLUICE_CHAR_TEST("IsWhiteSpace", is_white_space),
    SLUICE_CHAR_TEST("IsControl", is_control),
    SLUICE_CHAR_TEST("IsPunctuation", is_punctuation),
    SLUICE_CHAR_TEST("IsSymbol", is_symbol),
    SLUICE_CHAR_TEST("IsSeparator", is_separator),
    SLUICE_CHAR_TEST("IsSurrogate", is_surrogate),
    SLUICE_CHAR_TEST("IsHighSurrogate", is_high),
    SLUICE_CHAR_TEST("IsLowSurrogate", is_low),
    {"static char", "ToUpper", "(char c)", "char", upper},
    {"static char", "ToUpperInvariant", "(char c)", "char", upper},
    {"static char", "ToLower", "(char c)", "char", lower},
    {"static char", "ToLowerInvariant", "(char c)", "char", lower},
    {"static char", "GetNumericValue", "(char c)", "double", numeric},
    {"static char", "Parse", "(string s)", "char", parse},
    {"static char", "TryParse", "(string s, out char result)", "bool", try_parse, "", Trait::impure},
    {"static char", "ConvertFromUtf32", "(int utf32)", "string", from_utf32},
    {"static char", "ConvertToUtf32", "(string s, int index)", "int", to_utf32},
    {"static char", "ToString", "(char c)", "string", to_text_call},
    {"static char", "MaxValue", "", "char", max_value, "", Trait::constant},
    {"static char", "MinValue", "", "char", min_value, "", Trait::constant},
};
#undef SLUICE_CHAR_TEST

}  // namespace

extern const Family char_family{"char", "UTF-16 units.", "System.Char", {}, {}, members};

}  // namespace sluice::expression
