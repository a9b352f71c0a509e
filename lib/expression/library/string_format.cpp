// SPDX-License-Identifier: Apache-2.0
// String.Format, Concat and Join, and the holes of interpolated strings.
#include "expression/library/string.hpp"
#include "expression/unicode.hpp"

#include <algorithm>

namespace sluice::expression {
namespace {

Value out_of_range(Call& call, const char* what) {
  return call.raise(
      Fault::argument_out_of_range,
      std::string("Index and length must refer to a location within the string. (Parameter '") + what + "')");
}
Value concat_array(Call& call) {
  const Items items = items_of(call.run, call[0]);
  if (call.run.failed()) return {};
  ArenaText made(&call.arena());
  for (const Value& item : items) {
    made += text_of(call.run, item);
    if (made.size() > call.run.limits.string_bytes) return call.run.exhaust("string bytes");
    if (call.run.failed()) return {};
  }
  return call.run.adopt(std::move(made));
}
Value concat_values(Call& call) {
  ArenaText made(&call.arena());
  for (std::size_t i = 0; i < call.count; ++i) made += text_of(call.run, call[i]);
  return call.run.failed() ? Value() : call.run.adopt(std::move(made));
}
Value join(Call& call) {
  if (call.is_null(1)) return call.null_argument("values");
  const std::string_view separator = text_of(call.run, call[0]);
  Items items = items_of(call.run, call[1]);
  if (call.run.failed()) return {};
  if (call.count > 3) {
    const std::int64_t start = call.integer(2), count = call.integer(3);
    if (start < 0 || count < 0 || start + count > items.count) return out_of_range(call, "startIndex");
    items = {items.data + start, static_cast<std::uint32_t>(count)};
  }
  ArenaText made(&call.arena());
  for (std::uint32_t i = 0; i < items.count; ++i) {
    if (i != 0) made += separator;
    made += text_of(call.run, items.data[i]);
    if (made.size() > call.run.limits.string_bytes) return call.run.exhaust("string bytes");
    if (call.run.failed() || !call.run.charge(1)) return {};
  }
  return call.run.adopt(std::move(made));
}

void align(std::string& to, std::string_view text, std::int64_t width) {
  const auto size = static_cast<std::int64_t>(utf16_length(text));
  const std::int64_t fill = std::min<std::int64_t>((width < 0 ? -width : width) - size, 10'000);
  if (width > 0 && fill > 0) to.append(static_cast<std::size_t>(fill), ' ');
  to += text;
  if (width < 0 && fill > 0) to.append(static_cast<std::size_t>(fill), ' ');
}
/// A hole of an interpolated string: value, width, format.
Value format_hole(Call& call) {
  std::string made;
  align(made, format_value(call.run, call[0], call.text(2)), call.integer(1));
  return call.run.failed() ? Value() : call.text_result(made);
}
Value bad_format(Call& call) { return call.raise(Fault::format, "Input string was not in a correct format."); }
}  // namespace

Value format_items(Call& call, std::string_view format, Items items) {
  std::string made;
  for (std::size_t i = 0; i < format.size();) {
    const char c = format[i];
    const bool doubled = i + 1 < format.size() && format[i + 1] == c;
    if ((c == '{' || c == '}') && doubled) {
      made += c;
      i += 2;
      continue;
    }
    if (c == '}') return bad_format(call);
    if (c != '{') {
      made += c;
      ++i;
      continue;
    }
    ++i;
    std::size_t index = 0, digits = 0;
    const auto skip = [&] {
      while (i < format.size() && format[i] == ' ') ++i;
    };
    for (; i < format.size() && format[i] >= '0' && format[i] <= '9' && digits < 7; ++i, ++digits)
      index = index * 10 + static_cast<std::size_t>(format[i] - '0');
    if (digits == 0) return bad_format(call);
    skip();
    std::int64_t width = 0;
    if (i < format.size() && format[i] == ',') {
      ++i;
      skip();
      const bool negative = i < format.size() && format[i] == '-';
      if (negative) ++i;
      digits = 0;
      for (; i < format.size() && format[i] >= '0' && format[i] <= '9' && digits < 6; ++i, ++digits)
        width = width * 10 + (format[i] - '0');
      if (digits == 0) return bad_format(call);
      if (negative) width = -width;
      skip();
    }
    std::string inner;
    if (i < format.size() && format[i] == ':') {
      for (++i; i < format.size() && format[i] != '}'; ++i) {
        if (format[i] == '{') return bad_format(call);
        inner += format[i];
      }
    }
    if (i >= format.size() || format[i] != '}') return bad_format(call);
    ++i;
    if (index >= items.count)
      return call.raise(
          Fault::format,
          "Index (zero based) must be greater than or equal to zero and less than the size of the argument list.");
    align(made, format_value(call.run, items.data[index], inner), width);
    if (call.run.failed()) return {};
    if (made.size() > call.run.limits.string_bytes) return call.run.exhaust("string bytes");
  }
  return call.text_result(made);
}

namespace {

Value format_call(Call& call) {
  if (call.is_null(0)) return call.null_argument("format");
  if (call.count > 1 && call.is_null(1)) return call.null_argument("args");
  const Items items = call.count > 1 ? items_of(call.run, call[1]) : Items();
  return call.run.failed() ? Value() : format_items(call, call.text(0), items);
}
Value format_one(Call& call) {
  if (call.is_null(0)) return call.null_argument("format");
  return format_items(call, call.text(0), {call.arguments + 1, call.count - 1});
}

constexpr MemberRow members[] = {
    {"static string", "Concat", "(object arg0)", "string", concat_values},
    {"static string", "Concat", "(string a, string b)", "string", concat_values},
    {"static string", "Concat", "(string a, string b, string c)", "string", concat_values},
    {"static string", "Concat", "(string a, string b, string c, string d)", "string", concat_values},
    {"static string", "Concat", "(object a, object b)", "string", concat_values},
    {"static string", "Concat", "(object a, object b, object c)", "string", concat_values},
    {"static string", "Concat", "(params string[] values)", "string", concat_array},
    {"static string", "Concat", "(params object[] values)", "string", concat_array},
    {"static string", "Concat", "(IEnumerable<T> values)", "string", concat_array},
    {"static string", "Join", "(string separator, params string[] values)", "string", join},
    {"static string", "Join", "(string separator, params object[] values)", "string", join},
    {"static string", "Join", "(string separator, IEnumerable<T> values)", "string", join},
    {"static string", "Join", "(string separator, string[] values, int startIndex, int count)", "string", join},
    {"static string", "Join", "(char separator, params string[] values)", "string", join},
    {"static string", "Join", "(char separator, IEnumerable<T> values)", "string", join},
    {"static string", "Format", "(string format, object arg0)", "string", format_one},
    {"static string", "Format", "(string format, object arg0, object arg1)", "string", format_one},
    {"static string", "Format", "(string format, object arg0, object arg1, object arg2)", "string", format_one},
    {"static string", "Format", "(string format, params object[] args)", "string", format_call},
    {"static string", "$format", "(object value, int alignment, string format)", "string", format_hole,
     "A hole of an interpolated string."},
};

}  // namespace

extern const Family string_format_family{"string format", "Texts out of values.", "System.String", {}, {}, members};

}  // namespace sluice::expression
