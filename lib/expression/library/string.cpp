// SPDX-License-Identifier: Apache-2.0
// System.String. Positions count UTF-16 units; texts that are ASCII, nearly all, take the short way.
#include "expression/objects.hpp"
#include "expression/unicode.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace sluice::expression {
namespace {

enum Comparison : std::int32_t { current, current_ignore, invariant, invariant_ignore, ordinal, ordinal_ignore };
bool ignores_case(const Value& comparison) { return (comparison.enum_value() & 1) != 0; }
bool is_ordinal(const Value& comparison) { return comparison.enum_value() >= ordinal; }

Value out_of_range(Call& call, const char* what) {
  return call.raise(
      Fault::argument_out_of_range,
      std::string("Index and length must refer to a location within the string. (Parameter '") + what + "')");
}
Value integer(std::size_t number) { return Value::int32(static_cast<std::int32_t>(number)); }

/// The part [start, start + count) in UTF-16 units, which must lie within.
Value part(Call& call, std::string_view text, std::size_t start, std::size_t count) {
  if (is_ascii(text)) return Value::string(text.substr(start, count));
  std::string units;
  append_units(units, text, start, count);
  return call.text_result(units);
}

Value length(Call& call) { return integer(utf16_length(call.text(0))); }
Value chars(Call& call) {
  const std::string_view text = call.text(0);
  const std::int64_t at = call.integer(1);
  if (at < 0 || static_cast<std::size_t>(at) >= utf16_length(text)) {
    return call.raise(Fault::index_out_of_range, "Index was outside the bounds of the array.");
  }
  return Value::integer(ValueKind::character, unit_at(text, static_cast<std::size_t>(at)));
}
Value substring(Call& call) {
  const auto size = static_cast<std::int64_t>(utf16_length(call.text(0)));
  const std::int64_t start = call.integer(1), count = call.count > 2 ? call.integer(2) : size - start;
  if (start < 0 || start > size)
    return call.raise(Fault::argument_out_of_range,
                      "startIndex cannot be larger than length of string. (Parameter 'startIndex')");
  if (count < 0 || start + count > size) return out_of_range(call, "length");
  return part(call, call.text(0), static_cast<std::size_t>(start), static_cast<std::size_t>(count));
}
Value remove(Call& call) {
  const std::string_view text = call.text(0);
  const auto size = static_cast<std::int64_t>(utf16_length(text));
  const std::int64_t start = call.integer(1), count = call.count > 2 ? call.integer(2) : size - start;
  if (start < 0 || count < 0 || start + count > size || (call.count == 2 && start >= size))
    return out_of_range(call, "startIndex");
  std::string rest;
  append_units(rest, text, 0, static_cast<std::size_t>(start));
  append_units(rest, text, static_cast<std::size_t>(start + count), static_cast<std::size_t>(size - start - count));
  return call.text_result(rest);
}
Value insert(Call& call) {
  const std::string_view text = call.text(0);
  const auto size = static_cast<std::int64_t>(utf16_length(text));
  if (call.integer(1) < 0 || call.integer(1) > size) return out_of_range(call, "startIndex");
  if (call.is_null(2)) return call.null_argument("value");
  const auto at = static_cast<std::size_t>(call.integer(1));
  std::string made;
  append_units(made, text, 0, at);
  made += call.text(2);
  append_units(made, text, at, static_cast<std::size_t>(size) - at);
  return call.text_result(made);
}

/// Byte position of `what` in `text` from byte `start`, or npos.
std::size_t find(std::string_view text, std::string_view what, std::size_t start, bool ignore_case) {
  if (!ignore_case) return text.find(what, start);
  const std::string folded = to_upper_text(what);
  const std::string all = to_upper_text(text);
  // Case mapping one to one may change byte lengths; then compare place by place.
  if (all.size() == text.size() && folded.size() == what.size()) return all.find(folded, start);
  for (std::size_t at = start; at <= text.size();) {
    const std::string_view rest = text.substr(at);
    std::size_t end = 0, points = 0, wanted = 0;
    for (std::size_t i = 0; i < what.size(); ++wanted) next_point(what, i);
    while (points < wanted && end < rest.size()) next_point(rest, end), ++points;
    if (points == wanted && equal_ignore_case(rest.substr(0, end), what)) return at;
    if (at == text.size()) break;
    next_point(text, at);
  }
  return std::string_view::npos;
}

std::size_t find_last(std::string_view text, std::string_view what, bool ignore_case) {
  if (!ignore_case) return text.rfind(what);
  std::size_t found = std::string_view::npos;
  for (std::size_t at = find(text, what, 0, true); at != std::string_view::npos; at = find(text, what, at + 1, true)) {
    found = at;
    if (at + 1 > text.size()) break;
  }
  return found;
}

Value unit_position(std::string_view text, std::size_t at) {
  return at == std::string_view::npos ? Value::int32(-1)
                                      : integer(is_ascii(text) ? at : utf16_length(text.substr(0, at)));
}

bool charge_search(Call& call, std::string_view text, std::string_view what) {
  return call.run.charge(text.size() / 32 + what.size() / 32 + 1);
}

/// IndexOf(what [, start [, count]] [, comparison]); `what` a text or char.
Value index_of(Call& call) {
  if (call.is_null(1)) return call.null_argument("value");
  const std::string_view text = call.text(0);
  const bool is_char = call[1].kind() == ValueKind::character;
  const std::string unit = is_char ? unit_text(static_cast<char16_t>(call.integer(1))) : std::string();
  const std::string_view what = is_char ? std::string_view(unit) : call.text(1);
  bool ignore = false;
  std::int64_t start = 0;
  const auto size = static_cast<std::int64_t>(utf16_length(text));
  std::int64_t count = -1;
  for (std::size_t i = 2; i < call.count; ++i) {
    if (call[i].kind() == ValueKind::enumeration)
      ignore = ignores_case(call[i]);
    else if (i == 2)
      start = call.integer(2);
    else
      count = call.integer(i);
  }
  if (start < 0 || start > size || (count >= 0 && start + count > size)) return out_of_range(call, "startIndex");
  if (!charge_search(call, text, what)) return {};
  const std::size_t from = byte_position(text, static_cast<std::size_t>(start));
  std::string_view searched = text;
  if (count >= 0) searched = text.substr(0, byte_position(text, static_cast<std::size_t>(start + count)));
  return unit_position(text, find(searched, what, from, ignore));
}
Value last_index_of(Call& call) {
  if (call.is_null(1)) return call.null_argument("value");
  std::string_view text = call.text(0);
  const bool is_char = call[1].kind() == ValueKind::character;
  const std::string unit = is_char ? unit_text(static_cast<char16_t>(call.integer(1))) : std::string();
  const std::string_view what = is_char ? std::string_view(unit) : call.text(1);
  const bool ignore =
      call.count > 2 && call[call.count - 1].kind() == ValueKind::enumeration && ignores_case(call[call.count - 1]);
  if (!charge_search(call, text, what)) return {};
  if (call.count > 2 && call[2].kind() == ValueKind::int32 && !text.empty()) {
    const std::int64_t start = call.integer(2);
    const auto size = static_cast<std::int64_t>(utf16_length(text));
    if (start < 0 || start >= size) return out_of_range(call, "startIndex");
    const std::size_t end = byte_position(text, static_cast<std::size_t>(start) + 1);
    return unit_position(text, find_last(text.substr(0, end), what, ignore));
  }
  // The last place where an empty text can begin is the last unit.
  if (what.empty() && !text.empty()) return integer(utf16_length(text) - 1);
  return unit_position(text, find_last(text, what, ignore));
}

/// UTF-16 units of a char[].
std::u16string units_of(Call& call, std::size_t argument) {
  std::u16string units;
  if (call.is_null(argument)) return units;
  for (const Value& item : items_of(call.run, call[argument])) units += static_cast<char16_t>(item.as_integer());
  return units;
}
Value index_of_any(Call& call) {
  const std::u16string text = to_utf16(call.text(0)), any = units_of(call, 1);
  const std::size_t at = text.find_first_of(
      any, call.count > 2 ? static_cast<std::size_t>(std::max<std::int64_t>(0, call.integer(2))) : 0);
  return at == std::u16string::npos ? Value::int32(-1) : integer(at);
}
Value last_index_of_any(Call& call) {
  const std::size_t at = to_utf16(call.text(0)).find_last_of(units_of(call, 1));
  return at == std::u16string::npos ? Value::int32(-1) : integer(at);
}

Value contains(Call& call) {
  if (call.is_null(1)) return call.null_argument("value");
  const bool is_char = call[1].kind() == ValueKind::character;
  const std::string unit = is_char ? unit_text(static_cast<char16_t>(call.integer(1))) : std::string();
  const std::string_view what = is_char ? std::string_view(unit) : call.text(1);
  if (!charge_search(call, call.text(0), what)) return {};
  return Value::boolean(find(call.text(0), what, 0, call.count > 2 && ignores_case(call[2])) != std::string_view::npos);
}
Value starts_with(Call& call) {
  if (call.is_null(1)) return call.null_argument("value");
  const std::string_view text = call.text(0);
  if (call[1].kind() == ValueKind::character)
    return Value::boolean(text.starts_with(unit_text(static_cast<char16_t>(call.integer(1)))));
  const std::string_view what = call.text(1);
  const bool ignore =
      call.count > 2 && (call[2].kind() == ValueKind::boolean ? call.boolean(2) : ignores_case(call[2]));
  if (!ignore) return Value::boolean(text.size() >= what.size() && same_text(text.substr(0, what.size()), what));
  return Value::boolean(what.empty() ||
                        find(text.substr(0, std::min(text.size(), what.size() * 3)), what, 0, true) == 0);
}
Value ends_with(Call& call) {
  if (call.is_null(1)) return call.null_argument("value");
  const std::string_view text = call.text(0);
  if (call[1].kind() == ValueKind::character)
    return Value::boolean(text.ends_with(unit_text(static_cast<char16_t>(call.integer(1)))));
  const std::string_view what = call.text(1);
  const bool ignore =
      call.count > 2 && (call[2].kind() == ValueKind::boolean ? call.boolean(2) : ignores_case(call[2]));
  if (!ignore)
    return Value::boolean(text.size() >= what.size() && same_text(text.substr(text.size() - what.size()), what));
  return Value::boolean(to_upper_text(text).ends_with(to_upper_text(what)));
}

Value equals(Call& call) {
  if (call.is_null(1)) return Value::boolean(false);
  if (call.count < 3) return Value::boolean(call.text(0) == call.text(1));
  return Value::boolean(ignores_case(call[2]) ? equal_ignore_case(call.text(0), call.text(1))
                                              : call.text(0) == call.text(1));
}
Value static_equals(Call& call) {
  if (call.is_null(0) || call.is_null(1)) return Value::boolean(call.is_null(0) && call.is_null(1));
  return equals(call);
}
Value compare(Call& call) {
  bool ignore = false, by_ordinal = false;
  if (call.count > 2) {
    const bool flag = call[2].kind() == ValueKind::boolean;
    ignore = flag ? call.boolean(2) : ignores_case(call[2]);
    by_ordinal = !flag && is_ordinal(call[2]);
  }
  if (call.is_null(0) || call.is_null(1)) return Value::int32((call.is_null(0) ? 0 : 1) - (call.is_null(1) ? 0 : 1));
  return Value::int32(by_ordinal ? compare_ordinal(call.text(0), call.text(1), ignore)
                                 : compare_culture(call.text(0), call.text(1), ignore));
}
Value compare_to(Call& call) {
  if (call.is_null(1)) return Value::int32(1);
  return Value::int32(compare_culture(call.text(0), call.text(1), false));
}
Value compare_ordinal_call(Call& call) {
  if (call.is_null(0) || call.is_null(1)) return Value::int32((call.is_null(0) ? 0 : 1) - (call.is_null(1) ? 0 : 1));
  return Value::int32(compare_ordinal(call.text(0), call.text(1), false));
}

Value replace(Call& call) {
  const bool chars_given = call[1].kind() == ValueKind::character;
  if (call.is_null(1)) return call.null_argument("oldValue");
  const std::string old_unit = chars_given ? unit_text(static_cast<char16_t>(call.integer(1))) : std::string(),
                    new_unit = chars_given ? unit_text(static_cast<char16_t>(call.integer(2))) : std::string();
  const std::string_view from = chars_given ? std::string_view(old_unit) : call.text(1);
  const std::string_view to = chars_given       ? std::string_view(new_unit)
                              : call.is_null(2) ? std::string_view()
                                                : call.text(2);
  if (from.empty()) return call.raise(Fault::argument, "String cannot be of zero length. (Parameter 'oldValue')");
  const std::string_view text = call.text(0);
  const bool ignore = call.count > 3 && ignores_case(call[3]);
  std::size_t at = find(text, from, 0, ignore);
  if (at == std::string_view::npos) return call[0];
  if (!charge_search(call, text, from)) return {};
  std::string made;
  std::size_t start = 0;
  while (at != std::string_view::npos) {
    made += text.substr(start, at - start);
    made += to;
    start = at + from.size();
    if (made.size() > call.run.limits.string_bytes) return call.run.exhaust("string bytes");
    if (!call.run.charge(1)) return {};
    at = find(text, from, start, ignore);
  }
  made += text.substr(start);
  return call.text_result(made);
}

Value to_lower_call(Call& call) {
  const std::string_view text = call.text(0);
  char* to = is_ascii(text) ? call.run.text_buffer(text.size()) : nullptr;
  if (call.run.failed()) return {};
  if (to == nullptr) return call.text_result(to_lower_text(text));
  for (std::size_t i = 0; i < text.size(); ++i)
    to[i] = static_cast<char>(to_lower_point(static_cast<unsigned char>(text[i])));
  return Value::string({to, text.size()});
}
Value to_upper_call(Call& call) {
  const std::string_view text = call.text(0);
  char* to = is_ascii(text) ? call.run.text_buffer(text.size()) : nullptr;
  if (call.run.failed()) return {};
  if (to == nullptr) return call.text_result(to_upper_text(text));
  for (std::size_t i = 0; i < text.size(); ++i)
    to[i] = static_cast<char>(to_upper_point(static_cast<unsigned char>(text[i])));
  return Value::string({to, text.size()});
}

/// Trims white space, or the given characters, at the sides named.
Value trimmed(Call& call, bool start, bool end) {
  std::string_view text = call.text(0);
  std::u16string chars_given;
  if (call.count > 1) {
    if (call[1].kind() == ValueKind::character)
      chars_given += static_cast<char16_t>(call.integer(1));
    else
      chars_given = units_of(call, 1);
  }
  const auto cut = [&](std::uint32_t point) {
    return chars_given.empty()
               ? is_white(point)
               : point < 0x10000 && chars_given.find(static_cast<char16_t>(point)) != std::u16string::npos;
  };
  while (start && !text.empty()) {
    std::size_t at = 0;
    if (!cut(next_point(text, at))) break;
    text.remove_prefix(at);
  }
  while (end && !text.empty()) {
    std::size_t last = text.size() - 1;
    while (last != 0 && (static_cast<unsigned char>(text[last]) & 0xC0) == 0x80) --last;
    std::size_t at = last;
    if (!cut(next_point(text, at))) break;
    text.remove_suffix(text.size() - last);
  }
  return Value::string(text);
}
Value trim_both(Call& call) { return trimmed(call, true, true); }
Value trim_start(Call& call) { return trimmed(call, true, false); }
Value trim_end(Call& call) { return trimmed(call, false, true); }

/// Finds the next separator at or behind `at`: its position and length.
struct Separator {
  std::size_t at = std::string_view::npos, size = 0;
};
template <class Next>
Value split_by(Call& call, std::int64_t limit, std::int32_t options, Next next) {
  const std::string_view text = call.text(0);
  const bool drop_empty = (options & 1) != 0, trim_items = (options & 2) != 0;
  if (limit < 0) return call.raise(Fault::argument_out_of_range, "Count cannot be less than zero. (Parameter 'count')");
  std::vector<Value> parts;
  std::size_t start = 0;
  const auto add = [&](std::string_view piece) {
    Value value = Value::string(piece);
    if (trim_items) {
      Call inner{call.run, &value, 1, call.site};
      value = trim_both(inner);
    }
    if (!drop_empty || !value.as_string().empty()) parts.push_back(value);
  };
  if (limit == 0) return make_array(call.run, core().string_array, nullptr, 0);
  while (true) {
    // With empty pieces dropped, leading separators of the rest are skipped even when the count is reached.
    if (parts.size() + 1 == static_cast<std::size_t>(limit)) {
      if (drop_empty) {
        for (Separator lead = next(start); lead.at == start && lead.size != 0; lead = next(start)) start += lead.size;
      }
      break;
    }
    const Separator found = next(start);
    if (found.at == std::string_view::npos) break;
    if (!call.run.charge(1)) return {};
    add(text.substr(start, found.at - start));
    start = found.at + found.size;
  }
  add(text.substr(start));
  return make_array(call.run, core().string_array, parts.data(), static_cast<std::uint32_t>(parts.size()));
}
Value split(Call& call) {
  const std::string_view text = call.text(0);
  std::int64_t limit = INT32_MAX;
  std::int32_t options = 0;
  for (std::size_t i = 2; i < call.count; ++i) {
    if (call[i].kind() == ValueKind::enumeration)
      options = call[i].enum_value();
    else
      limit = call.integer(i);
  }
  std::vector<std::string> separators;
  bool blanks = call.count < 2 || call.is_null(1);
  if (!blanks && call[1].is_string())
    separators.push_back(std::string(call.text(1)));
  else if (!blanks && call[1].kind() == ValueKind::character)
    separators.push_back(unit_text(static_cast<char16_t>(call.integer(1))));
  else if (!blanks) {
    for (const Value& item : items_of(call.run, call[1])) {
      std::string separator = item.kind() == ValueKind::character ? unit_text(static_cast<char16_t>(item.as_integer()))
                              : item.is_string()                  ? std::string(item.as_string())
                                                                  : std::string();
      if (!separator.empty()) separators.push_back(std::move(separator));
    }
    blanks = separators.empty() && items_of(call.run, call[1]).count == 0;
  }
  if (separators.size() == 1 && separators[0].empty()) separators.clear();
  return split_by(call, limit, options, [&](std::size_t start) {
    Separator best;
    if (blanks) {
      for (std::size_t at = start; at < text.size();) {
        const std::size_t begin = at;
        if (is_white(next_point(text, at))) return Separator{begin, at - begin};
      }
      return best;
    }
    for (const std::string& separator : separators) {
      const std::size_t at = text.find(separator, start);
      if (at < best.at) best = {at, separator.size()};
    }
    return best;
  });
}

Value pad(Call& call, bool left) {
  const std::string_view text = call.text(0);
  const std::int64_t width = call.integer(1);
  if (width < 0)
    return call.raise(Fault::argument_out_of_range, "Non-negative number required. (Parameter 'totalWidth')");
  const std::string unit = call.count > 2 ? unit_text(static_cast<char16_t>(call.integer(2))) : " ";
  const auto size = static_cast<std::int64_t>(utf16_length(text));
  if (width <= size) return call[0];
  if (static_cast<std::size_t>(width - size) * unit.size() > call.run.limits.string_bytes)
    return call.run.exhaust("string bytes");
  std::string padding;
  for (std::int64_t i = size; i < width; ++i) padding += unit;
  return call.text_result(left ? padding + std::string(text) : std::string(text) + padding);
}
Value pad_left(Call& call) { return pad(call, true); }
Value pad_right(Call& call) { return pad(call, false); }

Value is_null_or_empty(Call& call) { return Value::boolean(call.is_null(0) || call.text(0).empty()); }
Value is_null_or_white(Call& call) {
  if (call.is_null(0)) return Value::boolean(true);
  const std::string_view text = call.text(0);
  for (std::size_t at = 0; at < text.size();) {
    if (!is_white(next_point(text, at))) return Value::boolean(false);
  }
  return Value::boolean(true);
}
Value empty(Call&) { return Value::string(""); }
Value same(Call& call) { return call[0]; }

Value to_char_array(Call& call) {
  Items items = items_of(call.run, call[0]);
  if (call.run.failed()) return {};
  if (call.count > 1) {
    const std::int64_t start = call.integer(1), count = call.integer(2);
    if (start < 0 || count < 0 || start + count > items.count) return out_of_range(call, "startIndex");
    items = {items.data + start, static_cast<std::uint32_t>(count)};
  }
  return make_array(call.run, core().char_array, items.data, items.count);
}
Value new_repeated(Call& call) {
  if (call.integer(1) < 0)
    return call.raise(Fault::argument_out_of_range, "'count' must be non-negative. (Parameter 'count')");
  const std::string unit = unit_text(static_cast<char16_t>(call.integer(0)));
  if (static_cast<std::size_t>(call.integer(1)) * unit.size() > call.run.limits.string_bytes)
    return call.run.exhaust("string bytes");
  std::string made;
  for (std::int64_t i = 0; i < call.integer(1); ++i) made += unit;
  return call.text_result(made);
}
Value new_from_chars(Call& call) {
  std::u16string units = units_of(call, 0);
  if (call.count > 1) {
    const std::int64_t start = call.integer(1), count = call.integer(2);
    if (start < 0 || count < 0 || start + count > static_cast<std::int64_t>(units.size()))
      return out_of_range(call, "startIndex");
    units = units.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(count));
  }
  return call.text_result(from_utf16(units));
}

constexpr MemberRow members[] = {
    {"string", "Length", "", "int", length, "UTF-16 units."},
    {"string", "this", "[int index]", "char", chars},
    {"string", "Substring", "(int startIndex)", "string", substring},
    {"string", "Substring", "(int startIndex, int length)", "string", substring},
    {"string", "Remove", "(int startIndex)", "string", remove},
    {"string", "Remove", "(int startIndex, int count)", "string", remove},
    {"string", "Insert", "(int startIndex, string value)", "string", insert},
    {"string", "IndexOf", "(string value)", "int", index_of},
    {"string", "IndexOf", "(char value)", "int", index_of},
    {"string", "IndexOf", "(string value, StringComparison comparisonType)", "int", index_of},
    {"string", "IndexOf", "(string value, int startIndex)", "int", index_of},
    {"string", "IndexOf", "(char value, int startIndex)", "int", index_of},
    {"string", "IndexOf", "(char value, int startIndex, int count)", "int", index_of},
    {"string", "IndexOf", "(string value, int startIndex, int count)", "int", index_of},
    {"string", "IndexOf", "(string value, int startIndex, StringComparison comparisonType)", "int", index_of},
    {"string", "IndexOf", "(string value, int startIndex, int count, StringComparison comparisonType)", "int",
     index_of},
    {"string", "LastIndexOf", "(string value)", "int", last_index_of},
    {"string", "LastIndexOf", "(char value)", "int", last_index_of},
    {"string", "LastIndexOf", "(char value, int startIndex)", "int", last_index_of},
    {"string", "LastIndexOf", "(string value, int startIndex)", "int", last_index_of},
    {"string", "LastIndexOf", "(string value, StringComparison comparisonType)", "int", last_index_of},
    {"string", "IndexOfAny", "(char[] anyOf)", "int", index_of_any},
    {"string", "IndexOfAny", "(char[] anyOf, int startIndex)", "int", index_of_any},
    {"string", "LastIndexOfAny", "(char[] anyOf)", "int", last_index_of_any},
    {"string", "Contains", "(string value)", "bool", contains},
    {"string", "Contains", "(char value)", "bool", contains},
    {"string", "Contains", "(string value, StringComparison comparisonType)", "bool", contains},
    {"string", "Contains", "(char value, StringComparison comparisonType)", "bool", contains},
    {"string", "StartsWith", "(string value)", "bool", starts_with},
    {"string", "StartsWith", "(char value)", "bool", starts_with},
    {"string", "StartsWith", "(string value, StringComparison comparisonType)", "bool", starts_with},
    {"string", "EndsWith", "(string value)", "bool", ends_with},
    {"string", "EndsWith", "(char value)", "bool", ends_with},
    {"string", "EndsWith", "(string value, StringComparison comparisonType)", "bool", ends_with},
    {"string", "Equals", "(string value)", "bool", equals},
    {"string", "Equals", "(string value, StringComparison comparisonType)", "bool", equals},
    {"static string", "Equals", "(string a, string b)", "bool", static_equals},
    {"static string", "Equals", "(string a, string b, StringComparison comparisonType)", "bool", static_equals},
    {"string", "CompareTo", "(string value)", "int", compare_to, "By the invariant culture."},
    {"static string", "Compare", "(string a, string b)", "int", compare, "By the invariant culture."},
    {"static string", "Compare", "(string a, string b, bool ignoreCase)", "int", compare},
    {"static string", "Compare", "(string a, string b, StringComparison comparisonType)", "int", compare},
    {"static string", "CompareOrdinal", "(string a, string b)", "int", compare_ordinal_call},
    {"string", "Replace", "(string oldValue, string newValue)", "string", replace},
    {"string", "Replace", "(char oldChar, char newChar)", "string", replace},
    {"string", "Replace", "(string oldValue, string newValue, StringComparison comparisonType)", "string", replace},
    {"string", "ToLower", "()", "string", to_lower_call},
    {"string", "ToLowerInvariant", "()", "string", to_lower_call},
    {"string", "ToUpper", "()", "string", to_upper_call},
    {"string", "ToUpperInvariant", "()", "string", to_upper_call},
    {"string", "Trim", "()", "string", trim_both},
    {"string", "Trim", "(params char[] trimChars)", "string", trim_both},
    {"string", "TrimStart", "(params char[] trimChars)", "string", trim_start},
    {"string", "TrimEnd", "(params char[] trimChars)", "string", trim_end},
    {"string", "Split", "(params char[] separator)", "string[]", split},
    {"string", "Split", "(char[] separator, int count)", "string[]", split},
    {"string", "Split", "(char[] separator, StringSplitOptions options)", "string[]", split},
    {"string", "Split", "(char[] separator, int count, StringSplitOptions options)", "string[]", split},
    {"string", "Split", "(string[] separator, StringSplitOptions options)", "string[]", split},
    {"string", "Split", "(string[] separator, int count, StringSplitOptions options)", "string[]", split},
    {"string", "Split", "(char separator, StringSplitOptions options = 0)", "string[]", split},
    {"string", "Split", "(char separator, int count, StringSplitOptions options = 0)", "string[]", split},
    {"string", "Split", "(string separator, StringSplitOptions options = 0)", "string[]", split},
    {"string", "Split", "(string separator, int count, StringSplitOptions options = 0)", "string[]", split},
    {"string", "PadLeft", "(int totalWidth)", "string", pad_left},
    {"string", "PadLeft", "(int totalWidth, char paddingChar)", "string", pad_left},
    {"string", "PadRight", "(int totalWidth)", "string", pad_right},
    {"string", "PadRight", "(int totalWidth, char paddingChar)", "string", pad_right},
    {"string", "ToCharArray", "()", "char[]", to_char_array},
    {"string", "ToCharArray", "(int startIndex, int length)", "char[]", to_char_array},
    {"string", "ToString", "()", "string", same},
    {"string", "Clone", "()", "object", same},
    {"string", "Normalize", "()", "string", same},
    {"static string", "IsNullOrEmpty", "(string value)", "bool", is_null_or_empty},
    {"static string", "IsNullOrWhiteSpace", "(string value)", "bool", is_null_or_white},
    {"static string", "Empty", "", "string", empty},
    {"string", "new", "(char c, int count)", "string", new_repeated},
    {"string", "new", "(char[] value)", "string", new_from_chars},
    {"string", "new", "(char[] value, int startIndex, int length)", "string", new_from_chars},
    {"static string", "Copy", "(string str)", "string", same},
    {"static string", "Intern", "(string str)", "string", same},
};

}  // namespace

extern const Family string_family{"string", "Texts.", "System.String", {}, {}, members};

}  // namespace sluice::expression
