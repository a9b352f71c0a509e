// SPDX-License-Identifier: Apache-2.0
// System.Text.StringBuilder, and StringWriter, which is one.
#include "expression/library/string.hpp"
#include "expression/unicode.hpp"

#include <algorithm>
#include <cstring>

namespace sluice::expression {
namespace {

constexpr TypeRow types[] = {
    {"StringBuilder", "System.Text.StringBuilder"},
    {"StringWriter", "System.IO.StringWriter", TypeKind::reference, "IDisposable"},
};

BuilderObject& builder(Call& call) { return call.object<BuilderObject>(0); }
std::string_view built(Call& call) { return {builder(call).data, builder(call).size}; }
bool put(Call& call, BuilderObject& to, std::string_view text) {
  if (to.size + text.size() > call.run.limits.string_bytes) {
    call.run.exhaust("string bytes");
    return false;
  }
  if (to.size + text.size() > to.capacity) {
    const std::size_t capacity = std::max<std::size_t>(64, (to.size + text.size()) * 2);
    char* data = static_cast<char*>(call.run.allocate(capacity, 1));
    if (data == nullptr) return false;
    if (to.size != 0) std::memcpy(data, to.data, to.size);
    to.data = data;
    to.capacity = static_cast<std::uint32_t>(capacity);
  }
  if (!text.empty()) std::memcpy(to.data + to.size, text.data(), text.size());
  to.size += static_cast<std::uint32_t>(text.size());
  return call.run.charge(text.size() / 32 + 1);
}
void rebuild(Call& call, std::string_view text) {
  builder(call).size = 0;
  put(call, builder(call), text);
}
Value builder_new(Call& call) {
  auto* made = call.run.make<BuilderObject>();
  if (made == nullptr) return {};
  made->type = call.result();
  if (call.count > 0 && call[0].is_string()) put(call, *made, call.text(0));
  return Value::object(made);
}
Value append(Call& call) {
  const Items chars = call[1].kind() == ValueKind::object && type_of(call[1]) == core().char_array
                          ? items_of(call.run, call[1])
                          : Items();
  if (chars.count != 0) {
    std::string text;
    for (const Value& unit : chars) append_unit(text, static_cast<char16_t>(unit.as_integer()));
    put(call, builder(call), text);
  } else {
    put(call, builder(call), text_of(call.run, call[1]));
  }
  return call[0];
}
Value append_repeated(Call& call) {
  for (std::int64_t i = 0; i < call.integer(2) && !call.run.failed(); ++i)
    put(call, builder(call), text_of(call.run, call[1]));
  return call[0];
}
Value builder_length(Call& call) { return Value::int32(static_cast<std::int32_t>(utf16_length(built(call)))); }
Value set_length(Call& call) {
  std::string text;
  const std::size_t size = utf16_length(built(call));
  if (call.integer(1) < 0)
    return call.raise(Fault::argument_out_of_range, "Length cannot be less than zero. (Parameter 'value')");
  const auto wanted = static_cast<std::size_t>(call.integer(1));
  if (wanted > call.run.limits.string_bytes) return call.run.exhaust("string bytes");
  append_units(text, built(call), 0, std::min(size, wanted));
  if (wanted > size) text.append(wanted - size, '\0');
  rebuild(call, text);
  return {};
}
Value builder_char(Call& call) {
  if (call.integer(1) < 0 || static_cast<std::size_t>(call.integer(1)) >= utf16_length(built(call)))
    return call.raise(Fault::index_out_of_range, "Index was outside the bounds of the array.");
  return Value::integer(ValueKind::character, unit_at(built(call), static_cast<std::size_t>(call.integer(1))));
}
Value builder_set_char(Call& call) {
  std::u16string units = to_utf16(built(call));
  if (call.integer(1) < 0 || static_cast<std::size_t>(call.integer(1)) >= units.size())
    return call.raise(
        Fault::argument_out_of_range,
        "Index was out of range. Must be non-negative and less than the size of the collection. (Parameter 'index')");
  units[static_cast<std::size_t>(call.integer(1))] = static_cast<char16_t>(call.integer(2));
  rebuild(call, from_utf16(units));
  return {};
}
Value builder_remove(Call& call) {
  std::u16string units = to_utf16(built(call));
  const std::int64_t at = call.integer(1), count = call.integer(2);
  if (at < 0 || count < 0 || static_cast<std::size_t>(at + count) > units.size())
    return call.raise(
        Fault::argument_out_of_range,
        "Index was out of range. Must be non-negative and less than the size of the collection. (Parameter 'length')");
  units.erase(static_cast<std::size_t>(at), static_cast<std::size_t>(count));
  rebuild(call, from_utf16(units));
  return call[0];
}
Value builder_clear(Call& call) {
  builder(call).size = 0;
  return call[0];
}
Value append_line(Call& call) {
  if (call.count > 1) put(call, builder(call), text_of(call.run, call[1]));
  put(call, builder(call), newline_of(call.run));
  return call[0];
}
/// Whether [start, start + count) lies within `size`; raises when it does not.
bool within(Call& call, std::int64_t start, std::int64_t count, std::size_t size) {
  if (start >= 0 && count >= 0 && start + count <= static_cast<std::int64_t>(size)) return true;
  call.raise(Fault::argument_out_of_range,
             "Index was out of range. Must be non-negative and less than the size of the collection. "
             "(Parameter 'startIndex')");
  return false;
}
/// Part of a text or of characters.
Value append_part(Call& call) {
  if (call.is_null(1)) {
    if (call.integer(2) == 0 && call.integer(3) == 0) return call[0];
    return call.null_argument("value");
  }
  std::u16string units;
  if (call[1].is_string()) {
    units = to_utf16(call.text(1));
  } else {
    for (const Value& unit : items_of(call.run, call[1])) units += static_cast<char16_t>(unit.as_integer());
  }
  if (!within(call, call.integer(2), call.integer(3), units.size())) return {};
  put(call, builder(call),
      from_utf16(units.substr(static_cast<std::size_t>(call.integer(2)), static_cast<std::size_t>(call.integer(3)))));
  return call[0];
}
Value append_format(Call& call) {
  if (call.is_null(1)) return call.null_argument("format");
  const bool several = call.count == 3 && !call.is_null(2) && type_of(call[2]) == core().object_array;
  const Items items = several ? items_of(call.run, call[2]) : Items{call.arguments + 2, call.count - 2};
  const Value text = format_items(call, call.text(1), items);
  if (!call.run.failed()) put(call, builder(call), text.as_string());
  return call[0];
}
Value append_joined(Call& call) {
  if (call.is_null(2)) return call.null_argument("values");
  bool first = true;
  for (const Value& item : items_of(call.run, call[2])) {
    if (!first) put(call, builder(call), text_of(call.run, call[1]));
    put(call, builder(call), text_of(call.run, item));
    if (call.run.failed()) return {};
    first = false;
  }
  return call[0];
}
Value builder_text(Call& call) {
  if (call.count == 1) return call.text_result(built(call));
  if (!within(call, call.integer(1), call.integer(2), utf16_length(built(call)))) return {};
  std::string part;
  append_units(part, built(call), static_cast<std::size_t>(call.integer(1)), static_cast<std::size_t>(call.integer(2)));
  return call.text_result(part);
}
Value builder_insert(Call& call) {
  const std::u16string units = to_utf16(built(call));
  if (!within(call, call.integer(1), 0, units.size())) return {};
  const auto at = static_cast<std::size_t>(call.integer(1));
  const std::int64_t times = call.count > 3 ? call.integer(3) : 1;
  if (times < 0) return call.raise(Fault::argument_out_of_range, "Non-negative number required. (Parameter 'count')");
  std::string inserted;
  const std::string once(text_of(call.run, call[2]));
  for (std::int64_t i = 0; i < times && inserted.size() <= call.run.limits.string_bytes; ++i) {
    inserted += once;
    if (!call.run.charge(1)) return {};
  }
  rebuild(call, from_utf16(units.substr(0, at)) + inserted + from_utf16(units.substr(at)));
  return call[0];
}
/// Replace(old, new [, start, count]): in the part only.
Value builder_replace(Call& call) {
  if (call.is_null(1)) return call.null_argument("oldValue");
  const std::string from(text_of(call.run, call[1])), to(text_of(call.run, call[2]));
  if (from.empty()) return call.raise(Fault::argument, "Empty string is not legal. (Parameter 'oldValue')");
  const std::size_t size = utf16_length(built(call));
  const std::int64_t start = call.count > 3 ? call.integer(3) : 0;
  const std::int64_t count = call.count > 3 ? call.integer(4) : static_cast<std::int64_t>(size);
  if (!within(call, start, count, size)) return {};
  const std::size_t first = byte_position(built(call), static_cast<std::size_t>(start));
  std::size_t end = byte_position(built(call), static_cast<std::size_t>(start + count));
  std::string text(built(call));
  for (std::size_t at = text.find(from, first); at != std::string::npos && at + from.size() <= end;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
    end += to.size() - from.size();
    if (text.size() > call.run.limits.string_bytes) return call.run.exhaust("string bytes");
    if (!call.run.charge(text.size() / 64 + 1)) return {};
  }
  rebuild(call, text);
  return call[0];
}
Value builder_capacity(Call& call) {
  constexpr std::size_t least = 16;
  return Value::int32(static_cast<std::int32_t>(std::max<std::size_t>(least, builder(call).capacity)));
}
Value builder_equals(Call& call) {
  if (call.is_null(1)) return Value::boolean(false);
  const auto& other = call.object<BuilderObject>(1);
  return Value::boolean(built(call) == std::string_view(other.data, other.size));
}

constexpr Trait changes = Trait::impure;
#define SLUICE_APPEND(name) \
  { "StringBuilder", "Append", "(" name " value)", "StringBuilder", append, "", changes }
#define SLUICE_INSERT(name) \
  { "StringBuilder", "Insert", "(int index, " name " value)", "StringBuilder", builder_insert, "", changes }

constexpr MemberRow members[] = {
    {"StringBuilder", "new", "()", "StringBuilder", builder_new, "", changes},
    {"StringBuilder", "new", "(string value)", "StringBuilder", builder_new, "", changes},
    {"StringBuilder", "new", "(int capacity)", "StringBuilder", builder_new, "", changes},
    {"StringBuilder", "new", "(string value, int capacity)", "StringBuilder", builder_new, "", changes},
    SLUICE_APPEND("string"),
    SLUICE_APPEND("char"),
    SLUICE_APPEND("char[]"),
    SLUICE_APPEND("object"),
    SLUICE_APPEND("bool"),
    SLUICE_APPEND("sbyte"),
    SLUICE_APPEND("byte"),
    SLUICE_APPEND("short"),
    SLUICE_APPEND("ushort"),
    SLUICE_APPEND("int"),
    SLUICE_APPEND("uint"),
    SLUICE_APPEND("long"),
    SLUICE_APPEND("ulong"),
    SLUICE_APPEND("float"),
    SLUICE_APPEND("double"),
    SLUICE_APPEND("decimal"),
    {"StringBuilder", "Append", "(char value, int repeatCount)", "StringBuilder", append_repeated, "", changes},
    {"StringBuilder", "Append", "(string value, int startIndex, int count)", "StringBuilder", append_part, "", changes},
    {"StringBuilder", "Append", "(char[] value, int startIndex, int charCount)", "StringBuilder", append_part, "",
     changes},
    {"StringBuilder", "AppendFormat", "(string format, object arg0)", "StringBuilder", append_format, "", changes},
    {"StringBuilder", "AppendFormat", "(string format, object arg0, object arg1)", "StringBuilder", append_format, "",
     changes},
    {"StringBuilder", "AppendFormat", "(string format, object arg0, object arg1, object arg2)", "StringBuilder",
     append_format, "", changes},
    {"StringBuilder", "AppendFormat", "(string format, params object[] args)", "StringBuilder", append_format, "",
     changes},
    {"StringBuilder", "AppendJoin", "(string separator, params string[] values)", "StringBuilder", append_joined, "",
     changes},
    {"StringBuilder", "AppendJoin", "(string separator, params object[] values)", "StringBuilder", append_joined, "",
     changes},
    {"StringBuilder", "AppendJoin", "(string separator, IEnumerable<T> values)", "StringBuilder", append_joined, "",
     changes},
    {"StringBuilder", "AppendLine", "()", "StringBuilder", append_line, "", changes},
    {"StringBuilder", "AppendLine", "(string value)", "StringBuilder", append_line, "", changes},
    {"StringBuilder", "ToString", "()", "string", builder_text, "", changes},
    {"StringBuilder", "ToString", "(int startIndex, int length)", "string", builder_text, "", changes},
    {"StringBuilder", "Length", "", "int", builder_length, "UTF-16 units.", changes},
    {"StringBuilder", "Length=", "(int value)", "void", set_length, "", changes},
    {"StringBuilder", "Capacity", "", "int", builder_capacity, "", changes},
    {"StringBuilder", "EnsureCapacity", "(int capacity)", "int", builder_capacity, "Room grows by itself.", changes},
    {"StringBuilder", "Equals", "(StringBuilder sb)", "bool", builder_equals, "The same text.", changes},
    {"StringBuilder", "this", "[int index]", "char", builder_char, "", changes},
    {"StringBuilder", "this=", "[int index, char value]", "void", builder_set_char, "", changes},
    SLUICE_INSERT("string"),
    SLUICE_INSERT("char"),
    SLUICE_INSERT("object"),
    SLUICE_INSERT("bool"),
    SLUICE_INSERT("int"),
    SLUICE_INSERT("long"),
    SLUICE_INSERT("double"),
    SLUICE_INSERT("decimal"),
    {"StringBuilder", "Insert", "(int index, string value, int count)", "StringBuilder", builder_insert, "", changes},
    {"StringBuilder", "Remove", "(int startIndex, int length)", "StringBuilder", builder_remove, "", changes},
    {"StringBuilder", "Replace", "(string oldValue, string newValue)", "StringBuilder", builder_replace, "", changes},
    {"StringBuilder", "Replace", "(char oldChar, char newChar)", "StringBuilder", builder_replace, "", changes},
    {"StringBuilder", "Replace", "(string oldValue, string newValue, int startIndex, int count)", "StringBuilder",
     builder_replace, "", changes},
    {"StringBuilder", "Replace", "(char oldChar, char newChar, int startIndex, int count)", "StringBuilder",
     builder_replace, "", changes},
    {"StringBuilder", "Clear", "()", "StringBuilder", builder_clear, "", changes},
    {"StringWriter", "new", "()", "StringWriter", builder_new, "", changes},
    {"StringWriter", "Write", "(object value)", "void", append, "", changes},
    {"StringWriter", "WriteLine", "()", "void", append_line, "", changes},
    {"StringWriter", "WriteLine", "(object value)", "void", append_line, "", changes},
    {"StringWriter", "ToString", "()", "string", builder_text, "", changes},
};
#undef SLUICE_APPEND
#undef SLUICE_INSERT

}  // namespace

extern const Family string_builder_family{"string_builder", "Texts that grow.", "System.Text.StringBuilder", types, {},
                                          members};

}  // namespace sluice::expression
