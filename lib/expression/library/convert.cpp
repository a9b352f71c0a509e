// SPDX-License-Identifier: Apache-2.0
// System.Convert, Encoding, BitConverter: between types, and between texts and bytes.
#include "expression/library/convert.hpp"

#include "expression/decimal.hpp"
#include "expression/number_format.hpp"
#include "expression/temporal.hpp"
#include "expression/unicode.hpp"

#include "base/hexadecimal.hpp"
#include "base/text.hpp"

#include <cmath>
#include <cstring>

namespace sluice::expression {
namespace {

constexpr TypeRow types[] = {
    {"Convert", "System.Convert", TypeKind::static_class},
    {"BitConverter", "System.BitConverter", TypeKind::static_class},
    {"Encoding", "System.Text.Encoding"},
};
constexpr EnumRow enums[] = {
    {"Base64FormattingOptions", "System.Base64FormattingOptions", "None=0 InsertLineBreaks=1", true}};

Value bad_format(Evaluation& run) { return run.raise(Fault::format, "Input string was not in a correct format."); }
Value overflow(Evaluation& run, const Type* to) {
  const std::string name = to->full.substr(7);
  return run.raise(Fault::overflow, std::string("Value was either too large or too small for ") +
                                        (name[0] == 'I' || name[0] == 'U' ? "an " : "a ") + name + ".");
}
Value invalid_cast(Evaluation& run, const Value& value, const Type* to) {
  return run.raise(Fault::invalid_cast,
                   "Invalid cast from '" + type_of(value)->full.substr(7) + "' to '" + to->full.substr(7) + "'.");
}

}  // namespace

/// Convert.ToX(value): halves to even, range checked.
Value convert_value(Evaluation& run, const Value& value, const Type* to) {
  const TypeKind kind = to->kind;
  if (value.is_null())
    return kind == TypeKind::string ? value : kind == TypeKind::date_time ? Value::date_time(0, 0) : default_value(to);
  if (kind == TypeKind::string) return run.text_view(text_of(run, value));
  if (type_of(value) == to) return value;
  if (kind == TypeKind::object) return value;
  const ValueKind from = value.kind();
  if (from == ValueKind::string) {
    const std::string_view text = value.as_string();
    if (kind == TypeKind::boolean) {
      const auto truth = parse_boolean(trim(text));
      if (!truth) return run.raise(Fault::format, "String was not recognized as a valid Boolean.");
      return Value::boolean(*truth);
    }
    if (kind == TypeKind::character) {
      if (utf16_length(text) != 1) return run.raise(Fault::format, "String must be exactly one character long.");
      return Value::integer(ValueKind::character, unit_at(text, 0));
    }
    if (kind == TypeKind::date_time) {
      const auto date = parse_date_time(text);
      if (!date)
        return run.raise(Fault::format, "String '" + std::string(text) + "' was not recognized as a valid DateTime.");
      return *date;
    }
    if (kind == TypeKind::float64 || kind == TypeKind::float32) {
      double number = 0;
      const NumberError error = parse_real(text, number);
      if (error == NumberError::overflow) return overflow(run, to);
      if (error != NumberError::none) return bad_format(run);
      return kind == TypeKind::float64 ? Value::float64(number) : Value::float32(static_cast<float>(number));
    }
    if (kind == TypeKind::decimal) {
      const auto plain = plain_number(text);
      if (!plain || plain->find_first_of("eE") != std::string::npos) return bad_format(run);
      const auto number = Decimal::parse(*plain);
      if (!number) return overflow(run, to);
      Decimal* place = run.make<Decimal>();
      if (place == nullptr) return {};
      *place = *number;
      return Value::pointer(ValueKind::decimal, place);
    }
    if (!to->is_integer()) return invalid_cast(run, value, to);
    std::int64_t number = 0;
    const NumberError error = parse_whole(text, value_kind(kind), number);
    if (error == NumberError::format) return bad_format(run);
    if (error == NumberError::overflow) return overflow(run, to);
    return Value::integer(value_kind(kind), number);
  }
  const bool numeric = (from >= ValueKind::boolean && from <= ValueKind::decimal) || from == ValueKind::enumeration;
  if (!numeric || kind == TypeKind::date_time) {
    if (value.is_reference()) return convert_object(run, value, to);
    return invalid_cast(run, value, to);
  }
  if (kind == TypeKind::boolean) {
    if (from == ValueKind::character) return invalid_cast(run, value, to);
    if (from == ValueKind::float64 || from == ValueKind::float32) return Value::boolean(value.as_number() != 0);
    if (from == ValueKind::decimal) return Value::boolean(!static_cast<const Decimal*>(value.data())->is_zero());
    return Value::boolean(value.as_integer() != 0);
  }
  if (from == ValueKind::boolean) {
    if (kind == TypeKind::character) return invalid_cast(run, value, to);
    return convert_number(run, Value::int32(value.as_boolean() ? 1 : 0), to, true);
  }
  const bool floating = from == ValueKind::float64 || from == ValueKind::float32;
  if (from == ValueKind::character &&
      (kind == TypeKind::float64 || kind == TypeKind::float32 || kind == TypeKind::decimal))
    return invalid_cast(run, value, to);
  if (kind == TypeKind::character && (floating || from == ValueKind::decimal)) return invalid_cast(run, value, to);
  Value source = value;
  if (to->is_integer() && floating) {
    const double number = value.as_number(), floor = std::floor(number), rest = number - floor;
    source = Value::float64(rest == 0.5 ? (std::fmod(floor, 2.0) == 0 ? floor : floor + 1) : std::round(number));
  } else if (to->is_integer() && from == ValueKind::decimal) {
    Decimal* place = run.make<Decimal>();
    if (place == nullptr) return {};
    *place = static_cast<const Decimal*>(value.data())->rounded(0);
    source = Value::pointer(ValueKind::decimal, place);
  }
  Value result = convert_number(run, source, to, true);
  if (run.failed() && !run.fatal) {
    const std::string name = to->full.substr(7);
    if (kind == TypeKind::character)
      return run.raise(Fault::overflow, "Value was either too large or too small for a character.");
    return run.raise(Fault::overflow, std::string("Value was either too large or too small for ") +
                                          (name[0] == 'I'   ? "an "
                                           : name[0] == 'U' ? "a "
                                                            : "a ") +
                                          name + ".");
  }
  return result;
}

namespace {

/// Of null, a string gives null as text, an object the empty text.
Value convert(Call& call) {
  if (call.is_null(0) && call.result() == core().string && call.site->member->parameters[0].type == core().object)
    return Value::string("");
  return convert_value(call.run, call[0], call.result());
}
Value change_type(Call& call) { return convert_value(call.run, call[0], call.object<TypeObject>(1).described); }
Value to_string_base(Call& call) {
  const std::int64_t base = call.integer(1);
  if (base != 2 && base != 8 && base != 10 && base != 16) return call.raise(Fault::argument, "Invalid Base.");
  if (base == 10) return call.text_result(std::to_string(call.integer(0)));
  std::uint64_t bits = call[0].bits();
  if (call[0].kind() == ValueKind::int32) bits &= 0xFFFFFFFF;
  if (call[0].kind() == ValueKind::int16) bits &= 0xFFFF;
  std::string text;
  do {
    text.insert(text.begin(), "0123456789abcdef"[bits % static_cast<std::uint64_t>(base)]);
    bits /= static_cast<std::uint64_t>(base);
  } while (bits != 0);
  return call.text_result(text);
}
Value parse_base(Call& call) {
  const std::int64_t base = call.integer(1);
  if (base != 2 && base != 8 && base != 10 && base != 16) return call.raise(Fault::argument, "Invalid Base.");
  if (call.is_null(0)) return default_value(call.result());
  std::string_view text = call.text(0);
  if (base == 10) return convert_value(call.run, call[0], call.result());
  if (base == 16 && (text.starts_with("0x") || text.starts_with("0X"))) text.remove_prefix(2);
  if (text.empty())
    return call.raise(Fault::argument_out_of_range,
                      "Index was out of range. Must be non-negative and less than the size of the collection. "
                      "(Parameter 'startIndex')");
  unsigned __int128 number = 0;
  for (const char c : text) {
    const int digit = hex_value(c);
    if (digit < 0 || digit >= base) return call.raise(Fault::format, "Could not find any recognizable digits.");
    number = number * static_cast<unsigned>(base) + static_cast<unsigned>(digit);
    if (number > UINT64_MAX)
      return call.raise(Fault::overflow, "Value was either too large or too small for a UInt64.");
  }
  const Type* to = call.result();
  const auto bits = static_cast<std::uint64_t>(number);
  const unsigned width = to->kind == TypeKind::uint8                                   ? 8
                         : to->kind == TypeKind::int16                                 ? 16
                         : to->kind == TypeKind::int32 || to->kind == TypeKind::uint32 ? 32
                                                                                       : 64;
  if (width < 64 && (bits >> width) != 0)
    return call.raise(Fault::overflow, "Value was either too large or too small for a UInt32.");
  return convert_number(call.run, Value::integer(ValueKind::uint64, static_cast<std::int64_t>(bits)), to, false);
}

// Base64
constexpr char base64_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
Value to_base64(Call& call) {
  if (call.is_null(0)) return call.null_argument("inArray");
  std::string_view bytes = call.object<BytesObject>(0).view();
  if (call.count >= 3) {
    const std::int64_t start = call.integer(1), count = call.integer(2);
    if (start < 0 || count < 0 || static_cast<std::size_t>(start + count) > bytes.size())
      return call.raise(Fault::argument_out_of_range, "Offset and length must refer to a position in the array.");
    bytes = bytes.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(count));
  }
  const std::size_t size = (bytes.size() + 2) / 3 * 4;
  char* to = call.run.text_buffer(size);
  if (to == nullptr) return {};
  char* at = to;
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])); };
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const std::uint32_t group = (byte(i) << 16) | (byte(i + 1) << 8) | byte(i + 2);
    *at++ = base64_letters[group >> 18];
    *at++ = base64_letters[(group >> 12) & 63];
    *at++ = base64_letters[(group >> 6) & 63];
    *at++ = base64_letters[group & 63];
  }
  if (i < bytes.size()) {
    const bool two = i + 1 < bytes.size();
    const std::uint32_t group = (byte(i) << 16) | (two ? byte(i + 1) << 8 : 0);
    *at++ = base64_letters[group >> 18];
    *at++ = base64_letters[(group >> 12) & 63];
    *at++ = two ? base64_letters[(group >> 6) & 63] : '=';
    *at++ = '=';
  }
  return Value::string({to, size});
}
}  // namespace

bool decode_base64(std::string_view text, std::string& bytes) {
  std::uint32_t group = 0, count = 0, padding = 0;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
    if (c == '=') {
      if (++padding > 2) return false;
      ++count;
      continue;
    }
    const char* letter = c == '\0' ? nullptr : std::strchr(base64_letters, c);
    if (letter == nullptr || padding != 0) return false;
    group = (group << 6) | static_cast<std::uint32_t>(letter - base64_letters);
    if (++count % 4 == 0) {
      bytes += static_cast<char>(group >> 16);
      bytes += static_cast<char>(group >> 8);
      bytes += static_cast<char>(group);
      group = 0;
    }
  }
  if (count % 4 != 0) return false;
  if (padding == 1) {
    bytes += static_cast<char>(group >> 10);
    bytes += static_cast<char>(group >> 2);
  } else if (padding == 2) {
    bytes += static_cast<char>(group >> 4);
  }
  return true;
}

namespace {
Value from_base64(Call& call) {
  if (call.is_null(0)) return call.null_argument("s");
  std::string bytes;
  if (!call.run.charge(call.text(0).size() / 16)) return {};
  if (!decode_base64(call.text(0), bytes)) {
    return call.raise(Fault::format,
                      "The input is not a valid Base-64 string as it contains a non-base 64 character, more than two "
                      "padding characters, or an illegal character among the padding characters. ");
  }
  return make_bytes(call.run, bytes.data(), bytes.size());
}
Value to_hex(Call& call) { return call.text_result(to_hexadecimal(call.object<BytesObject>(0).view())); }

// BitConverter
Value bits_to_string(Call& call) {
  if (call.is_null(0)) return call.null_argument("value");
  std::string_view bytes = call.object<BytesObject>(0).view();
  if (call.count > 1) {
    const std::int64_t start = call.integer(1),
                       count = call.count > 2 ? call.integer(2) : static_cast<std::int64_t>(bytes.size()) - start;
    if (start < 0 || count < 0 || static_cast<std::size_t>(start + count) > bytes.size())
      return call.raise(Fault::argument_out_of_range, "Index was out of range. (Parameter 'startIndex')");
    bytes = bytes.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(count));
  }
  std::string text;
  for (const char c : bytes) {
    if (!text.empty()) text += '-';
    text += "0123456789ABCDEF"[static_cast<unsigned char>(c) >> 4];
    text += "0123456789ABCDEF"[static_cast<unsigned char>(c) & 15];
  }
  return call.text_result(text);
}
std::size_t width_of(TypeKind kind) {
  switch (kind) {
    case TypeKind::boolean:
    case TypeKind::uint8:
    case TypeKind::int8: return 1;
    case TypeKind::character:
    case TypeKind::int16:
    case TypeKind::uint16: return 2;
    case TypeKind::int32:
    case TypeKind::uint32:
    case TypeKind::float32: return 4;
    default: return 8;
  }
}
Value bits_to_number(Call& call) {
  if (call.is_null(0)) return call.null_argument("value");
  const Type* type = call.result();
  const std::string_view bytes = call.object<BytesObject>(0).view();
  const std::int64_t start = call.integer(1);
  const std::size_t width = width_of(type->kind);
  if (start < 0 || static_cast<std::size_t>(start) >= bytes.size())
    return call.raise(Fault::argument_out_of_range,
                      "Index was out of range. Must be non-negative and less than the size of the collection. "
                      "(Parameter 'startIndex')");
  if (static_cast<std::size_t>(start) + width > bytes.size())
    return call.raise(
        Fault::argument,
        "Destination array is not long enough to copy all the items in the collection. Check array index and length.");
  std::uint64_t bits = 0;
  std::memcpy(&bits, bytes.data() + start, width);
  if (type->kind == TypeKind::float64) {
    double number = 0;
    std::memcpy(&number, &bits, 8);
    return Value::float64(number);
  }
  if (type->kind == TypeKind::float32) {
    float number = 0;
    std::memcpy(&number, &bits, 4);
    return Value::float32(number);
  }
  if (type->kind == TypeKind::boolean) return Value::boolean(bits != 0);
  return convert_number(call.run, Value::integer(ValueKind::uint64, static_cast<std::int64_t>(bits)), type, false);
}
Value number_to_bits(Call& call) {
  std::uint64_t bits = call[0].bits();
  const Type* type = type_of(call[0]);
  if (type->kind == TypeKind::float32) {
    const float number = static_cast<float>(call.number(0));
    std::memcpy(&bits, &number, 4);
  }
  return make_bytes(call.run, &bits, width_of(type->kind));
}
Value double_to_bits(Call& call) { return Value::int64(static_cast<std::int64_t>(call[0].bits())); }
Value bits_to_double(Call& call) {
  double number = 0;
  const std::uint64_t bits = call[0].bits();
  std::memcpy(&number, &bits, 8);
  return Value::float64(number);
}
Value always_true(Call&) { return Value::boolean(true); }

// Encoding: a HandleObject whose target says which.
enum class Charset : std::uint8_t { utf8, ascii, latin1, utf16, utf16_big, utf32 };
constexpr Charset charsets[] = {Charset::utf8,  Charset::ascii,     Charset::latin1,
                                Charset::utf16, Charset::utf16_big, Charset::utf32};
Value encoding(Call& call, Charset charset) {
  static const Type* type = read_type("Encoding");
  return make_handle(call.run, type, &charsets[static_cast<std::size_t>(charset)]);
}
Value encoding_utf8(Call& call) { return encoding(call, Charset::utf8); }
Value encoding_ascii(Call& call) { return encoding(call, Charset::ascii); }
Value encoding_unicode(Call& call) { return encoding(call, Charset::utf16); }
Value encoding_big(Call& call) { return encoding(call, Charset::utf16_big); }
Value encoding_utf32(Call& call) { return encoding(call, Charset::utf32); }
Value encoding_latin1(Call& call) { return encoding(call, Charset::latin1); }
Value encoding_named(Call& call) {
  if (call.is_null(0)) return call.null_argument("name");
  const std::string name = to_lower(call.text(0));
  if (name == "utf-8" || name == "utf8") return encoding(call, Charset::utf8);
  if (name == "us-ascii" || name == "ascii") return encoding(call, Charset::ascii);
  if (name == "iso-8859-1" || name == "latin1" || name == "windows-1252") return encoding(call, Charset::latin1);
  if (name == "utf-16" || name == "utf-16le" || name == "unicode") return encoding(call, Charset::utf16);
  if (name == "utf-16be") return encoding(call, Charset::utf16_big);
  if (name == "utf-32") return encoding(call, Charset::utf32);
  return call.raise(Fault::argument,
                    "'" + std::string(call.text(0)) + "' is not a supported encoding name. (Parameter 'name')");
}
Charset charset(Call& call) { return *static_cast<const Charset*>(call.object<HandleObject>(0).target); }

std::string encode(Charset to, std::string_view text) {
  if (to == Charset::utf8) return is_ascii(text) ? std::string(text) : valid_utf8(text);
  std::string bytes;
  if (to == Charset::ascii || to == Charset::latin1) {
    const std::uint32_t most = to == Charset::ascii ? 0x7F : 0xFF;
    for (const char16_t unit : to_utf16(text)) bytes += unit <= most ? static_cast<char>(unit) : '?';
    return bytes;
  }
  if (to == Charset::utf32) {
    for (std::size_t at = 0; at < text.size();) {
      const std::uint32_t point = next_point(text, at);
      for (int i = 0; i < 4; ++i) bytes += static_cast<char>(point >> (8 * i));
    }
    return bytes;
  }
  for (const char16_t unit : to_utf16(text)) {
    const char low = static_cast<char>(unit), high = static_cast<char>(unit >> 8);
    bytes += to == Charset::utf16 ? low : high;
    bytes += to == Charset::utf16 ? high : low;
  }
  return bytes;
}
std::string decode(Charset from, std::string_view bytes) {
  std::string text;
  switch (from) {
    case Charset::utf8: return valid_utf8(bytes);
    case Charset::ascii:
    case Charset::latin1:
      for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        append_point(text, byte > 0x7F && from == Charset::ascii ? 0xFFFD : byte);
      }
      return text;
    case Charset::utf32:
      for (std::size_t i = 0; i + 4 <= bytes.size(); i += 4) {
        std::uint32_t point = 0;
        std::memcpy(&point, bytes.data() + i, 4);
        append_point(text, point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF) ? 0xFFFD : point);
      }
      return text;
    default:
      for (std::size_t i = 0; i + 2 <= bytes.size(); i += 2) {
        const auto a = static_cast<unsigned char>(bytes[i]), b = static_cast<unsigned char>(bytes[i + 1]);
        append_unit(text, static_cast<char16_t>(from == Charset::utf16 ? a | (b << 8) : (a << 8) | b));
      }
      return text;
  }
}
Value get_bytes(Call& call) {
  if (call.is_null(1)) return call.null_argument("s");
  std::string text;
  if (call[1].is_string()) {
    if (charset(call) == Charset::utf8 && is_ascii(call.text(1)))
      return make_bytes(call.run, call.text(1).data(), call.text(1).size());
    text = std::string(call.text(1));
  } else {
    for (const Value& item : items_of(call.run, call[1])) append_unit(text, static_cast<char16_t>(item.as_integer()));
  }
  const std::string bytes = encode(charset(call), text);
  return make_bytes(call.run, bytes.data(), bytes.size());
}
Value get_byte_count(Call& call) {
  if (call.is_null(1)) return call.null_argument("s");
  return Value::int32(static_cast<std::int32_t>(encode(charset(call), call.text(1)).size()));
}
Value get_string(Call& call) {
  if (call.is_null(1)) return call.null_argument("bytes");
  std::string_view bytes = call.object<BytesObject>(1).view();
  if (call.count > 3) {
    const std::int64_t start = call.integer(2), count = call.integer(3);
    if (start < 0 || count < 0 || static_cast<std::size_t>(start + count) > bytes.size())
      return call.raise(Fault::argument_out_of_range,
                        "Index and count must refer to a location within the buffer. (Parameter 'bytes')");
    bytes = bytes.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(count));
  }
  if (charset(call) == Charset::utf8 && is_ascii(bytes)) return call.text_result(bytes);
  return call.text_result(decode(charset(call), bytes));
}

#define SLUICE_CONVERT(method, name)                                \
  {"static Convert", method, "(object value)", name, convert},      \
      {"static Convert", method, "(string value)", name, convert},  \
      {"static Convert", method, "(bool value)", name, convert},    \
      {"static Convert", method, "(char value)", name, convert},    \
      {"static Convert", method, "(int value)", name, convert},     \
      {"static Convert", method, "(uint value)", name, convert},    \
      {"static Convert", method, "(long value)", name, convert},    \
      {"static Convert", method, "(ulong value)", name, convert},   \
      {"static Convert", method, "(double value)", name, convert},  \
      {"static Convert", method, "(float value)", name, convert},   \
      {"static Convert", method, "(decimal value)", name, convert}, \
      {"static Convert", method, "(byte value)", name, convert}, {  \
    "static Convert", method, "(DateTime value)", name, convert     \
  }

constexpr MemberRow members[] = {
    SLUICE_CONVERT("ToBoolean", "bool"),
    SLUICE_CONVERT("ToChar", "char"),
    SLUICE_CONVERT("ToSByte", "sbyte"),
    SLUICE_CONVERT("ToByte", "byte"),
    SLUICE_CONVERT("ToInt16", "short"),
    SLUICE_CONVERT("ToUInt16", "ushort"),
    SLUICE_CONVERT("ToInt32", "int"),
    SLUICE_CONVERT("ToUInt32", "uint"),
    SLUICE_CONVERT("ToInt64", "long"),
    SLUICE_CONVERT("ToUInt64", "ulong"),
    SLUICE_CONVERT("ToSingle", "float"),
    SLUICE_CONVERT("ToDouble", "double"),
    SLUICE_CONVERT("ToDecimal", "decimal"),
    SLUICE_CONVERT("ToString", "string"),
    SLUICE_CONVERT("ToDateTime", "DateTime"),
    {"static Convert", "ToByte", "(string value, int fromBase)", "byte", parse_base},
    {"static Convert", "ToInt16", "(string value, int fromBase)", "short", parse_base},
    {"static Convert", "ToInt32", "(string value, int fromBase)", "int", parse_base},
    {"static Convert", "ToUInt32", "(string value, int fromBase)", "uint", parse_base},
    {"static Convert", "ToInt64", "(string value, int fromBase)", "long", parse_base},
    {"static Convert", "ToString", "(int value, int toBase)", "string", to_string_base},
    {"static Convert", "ToString", "(long value, int toBase)", "string", to_string_base},
    {"static Convert", "ChangeType", "(object value, Type conversionType)", "object", change_type},
    {"static Convert", "ToBase64String", "(byte[] inArray)", "string", to_base64},
    {"static Convert", "ToBase64String", "(byte[] inArray, int offset, int length)", "string", to_base64},
    {"static Convert", "FromBase64String", "(string s)", "byte[]", from_base64},
    {"static Convert", "ToHexString", "(byte[] inArray)", "string", to_hex},
    {"static BitConverter", "ToString", "(byte[] value)", "string", bits_to_string},
    {"static BitConverter", "ToString", "(byte[] value, int startIndex)", "string", bits_to_string},
    {"static BitConverter", "ToString", "(byte[] value, int startIndex, int length)", "string", bits_to_string},
    {"static BitConverter", "ToInt16", "(byte[] value, int startIndex)", "short", bits_to_number},
    {"static BitConverter", "ToUInt16", "(byte[] value, int startIndex)", "ushort", bits_to_number},
    {"static BitConverter", "ToInt32", "(byte[] value, int startIndex)", "int", bits_to_number},
    {"static BitConverter", "ToUInt32", "(byte[] value, int startIndex)", "uint", bits_to_number},
    {"static BitConverter", "ToInt64", "(byte[] value, int startIndex)", "long", bits_to_number},
    {"static BitConverter", "ToUInt64", "(byte[] value, int startIndex)", "ulong", bits_to_number},
    {"static BitConverter", "ToSingle", "(byte[] value, int startIndex)", "float", bits_to_number},
    {"static BitConverter", "ToDouble", "(byte[] value, int startIndex)", "double", bits_to_number},
    {"static BitConverter", "ToBoolean", "(byte[] value, int startIndex)", "bool", bits_to_number},
    {"static BitConverter", "ToChar", "(byte[] value, int startIndex)", "char", bits_to_number},
    {"static BitConverter", "GetBytes", "(bool value)", "byte[]", number_to_bits},
    {"static BitConverter", "GetBytes", "(char value)", "byte[]", number_to_bits},
    {"static BitConverter", "GetBytes", "(short value)", "byte[]", number_to_bits},
    {"static BitConverter", "GetBytes", "(ushort value)", "byte[]", number_to_bits},
    {"static BitConverter", "GetBytes", "(int value)", "byte[]", number_to_bits},
    {"static BitConverter", "GetBytes", "(uint value)", "byte[]", number_to_bits},
    {"static BitConverter", "GetBytes", "(long value)", "byte[]", number_to_bits},
    {"static BitConverter", "GetBytes", "(ulong value)", "byte[]", number_to_bits},
    {"static BitConverter", "GetBytes", "(float value)", "byte[]", number_to_bits},
    {"static BitConverter", "GetBytes", "(double value)", "byte[]", number_to_bits},
    {"static BitConverter", "DoubleToInt64Bits", "(double value)", "long", double_to_bits},
    {"static BitConverter", "Int64BitsToDouble", "(long value)", "double", bits_to_double},
    {"static BitConverter", "IsLittleEndian", "", "bool", always_true},
    {"static Encoding", "UTF8", "", "Encoding", encoding_utf8},
    {"static Encoding", "ASCII", "", "Encoding", encoding_ascii},
    {"static Encoding", "Unicode", "", "Encoding", encoding_unicode},
    {"static Encoding", "BigEndianUnicode", "", "Encoding", encoding_big},
    {"static Encoding", "UTF32", "", "Encoding", encoding_utf32},
    {"static Encoding", "Latin1", "", "Encoding", encoding_latin1},
    {"static Encoding", "Default", "", "Encoding", encoding_utf8},
    {"static Encoding", "GetEncoding", "(string name)", "Encoding", encoding_named},
    {"Encoding", "GetBytes", "(string s)", "byte[]", get_bytes},
    {"Encoding", "GetBytes", "(char[] chars)", "byte[]", get_bytes},
    {"Encoding", "GetByteCount", "(string s)", "int", get_byte_count},
    {"Encoding", "GetString", "(byte[] bytes)", "string", get_string},
    {"Encoding", "GetString", "(byte[] bytes, int index, int count)", "string", get_string},
};
#undef SLUICE_CONVERT

}  // namespace

extern const Family convert_family{
    "convert", "Conversions, Base64, encodings.", "System.Convert, System.Text.Encoding", types, enums, members};

}  // namespace sluice::expression
