// SPDX-License-Identifier: Apache-2.0
// Regular expressions by PCRE2, with its match limit as the budget.   Differs: .NET's balancing groups and character
// class subtraction are refused by PCRE2's compiler; captures of a repeated group keep only the last.
#include "expression/objects.hpp"
#include "expression/unicode.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <string>
#include <vector>

namespace sluice::expression {
namespace {

constexpr TypeRow types[] = {
    {"Regex", "System.Text.RegularExpressions.Regex"},
    {"Capture", "System.Text.RegularExpressions.Capture"},
    {"Group", "System.Text.RegularExpressions.Group", TypeKind::reference, "Capture"},
    {"Match", "System.Text.RegularExpressions.Match", TypeKind::reference, "Group"},
    {"GroupCollection", "System.Text.RegularExpressions.GroupCollection", TypeKind::reference, "IReadOnlyList<Group>"},
    {"MatchCollection", "System.Text.RegularExpressions.MatchCollection", TypeKind::reference, "IReadOnlyList<Match>"},
    {"CaptureCollection", "System.Text.RegularExpressions.CaptureCollection", TypeKind::reference,
     "IReadOnlyList<Capture>"},
    {"MatchEvaluator", "System.Text.RegularExpressions.MatchEvaluator", TypeKind::function},
};
constexpr EnumRow enums[] = {
    {"RegexOptions", "System.Text.RegularExpressions.RegexOptions",
     "None=0 IgnoreCase=1 Multiline=2 ExplicitCapture=4 Compiled=8 Singleline=16 IgnorePatternWhitespace=32 "
     "RightToLeft=64 ECMAScript=256 CultureInvariant=512",
     true},
};

/// A compiled pattern; PCRE2's memory is freed with the request's arena.
struct Pattern {
  pcre2_code* code = nullptr;
  Pattern() = default;
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;
  ~Pattern() { pcre2_code_free(code); }
};
struct RegexObject : Object {
  const Pattern* pattern;
};
struct MatchObject : Object {
  std::string_view input, value, name;
  std::size_t start;
  bool success;
  const Pattern* pattern;
  MatchObject* groups;  ///< Of matches: group 0 is the match.
  std::uint32_t group_count;
};

const Type* match_type() {
  static const Type* type = read_type("Match");
  return type;
}
const Type* group_type() {
  static const Type* type = read_type("Group");
  return type;
}

const Pattern* compile(Call& call, std::string_view text, std::int32_t options) {
  if (text.size() > call.run.limits.regex_pattern_bytes) {
    call.run.exhaust("regular expression pattern bytes");
    return nullptr;
  }
  std::uint32_t flags = PCRE2_UTF | PCRE2_UCP | PCRE2_DOLLAR_ENDONLY;
  flags &= ~static_cast<std::uint32_t>(PCRE2_DOLLAR_ENDONLY);
  if ((options & 1) != 0) flags |= PCRE2_CASELESS;
  if ((options & 2) != 0) flags |= PCRE2_MULTILINE;
  if ((options & 4) != 0) flags |= PCRE2_NO_AUTO_CAPTURE;
  if ((options & 16) != 0) flags |= PCRE2_DOTALL;
  if ((options & 32) != 0) flags |= PCRE2_EXTENDED;
  if ((options & 256) != 0) flags &= ~static_cast<std::uint32_t>(PCRE2_UCP);
  auto* made = call.run.arena.make<Pattern>();
  int error = 0;
  PCRE2_SIZE offset = 0;
  if (!call.run.charge(text.size() + 16)) return nullptr;
  made->code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), flags, &error, &offset, nullptr);
  if (made->code != nullptr) return made;
  PCRE2_UCHAR message[128];
  pcre2_get_error_message(error, message, sizeof message);
  call.raise(Fault::argument, "Invalid pattern '" + std::string(text) + "' at offset " + std::to_string(offset) + ". " +
                                  reinterpret_cast<const char*>(message) + ".");
  return nullptr;
}

/// Matches from byte `start`; null when nothing matches or after raising.
MatchObject* match_at(Call& call, const Pattern& pattern, std::string_view input, std::size_t start,
                      bool not_empty = false) {
  pcre2_match_data* data = pcre2_match_data_create_from_pattern(pattern.code, nullptr);
  pcre2_match_context* context = pcre2_match_context_create(nullptr);
  pcre2_set_match_limit(context, call.run.limits.regex_match_steps);
  const int count = pcre2_match(pattern.code, reinterpret_cast<PCRE2_SPTR>(input.data()), input.size(), start,
                                not_empty ? PCRE2_NOTEMPTY_ATSTART | PCRE2_ANCHORED : 0, data, context);
  MatchObject* made = nullptr;
  if (count >= 0) {
    const PCRE2_SIZE* ends = pcre2_get_ovector_pointer(data);
    const std::uint32_t groups = pcre2_get_ovector_count(data);
    made = call.run.make<MatchObject>();
    auto* all = call.run.make_array<MatchObject>(groups);
    for (std::uint32_t i = 0; made != nullptr && all != nullptr && i < groups; ++i) {
      const bool set = static_cast<int>(i) < count && ends[2 * i] != PCRE2_UNSET;
      all[i].type = group_type();
      all[i].input = input;
      all[i].success = set;
      all[i].start = set ? ends[2 * i] : 0;
      all[i].value = set ? input.substr(ends[2 * i], ends[2 * i + 1] - ends[2 * i]) : std::string_view();
    }
    if (made != nullptr && all != nullptr) {
      *made = all[0];
      made->type = match_type();
      made->pattern = &pattern;
      made->groups = all;
      made->group_count = groups;
    }
  }
  pcre2_match_context_free(context);
  pcre2_match_data_free(data);
  if (count == PCRE2_ERROR_MATCHLIMIT || count == PCRE2_ERROR_DEPTHLIMIT || count == PCRE2_ERROR_HEAPLIMIT) {
    call.raise(Fault::regex_timeout,
               "The Regex engine has timed out while trying to match a pattern to an input string.");
  }
  if (!call.run.charge(input.size() / 16 + 4)) return nullptr;
  return call.run.failed() ? nullptr : made;
}

MatchObject* failure(Call& call, const Pattern* pattern, std::string_view input) {
  auto* made = call.run.make<MatchObject>();
  if (made == nullptr) return nullptr;
  made->type = match_type();
  made->pattern = pattern;
  made->input = input;
  return made;
}

/// The match behind another; an empty one is stepped over.
MatchObject* next_match(Call& call, const Pattern& pattern, std::string_view input, const MatchObject& last) {
  std::size_t at = last.start + last.value.size();
  if (last.value.empty()) {
    if (at >= input.size()) return nullptr;
    if (MatchObject* here = match_at(call, pattern, input, at, true)) return here;
    if (call.run.failed()) return nullptr;
    next_point(input, at);
  }
  return match_at(call, pattern, input, at);
}

/// The pattern and the input: of `Regex` objects and of the static methods.
struct Use {
  const Pattern* pattern = nullptr;
  std::string_view input;
  std::size_t rest = 0;  ///< Index of the first argument behind input and pattern.
};
bool use(Call& call, Use& to) {
  const bool is_static = call.site->member->is_static;
  const std::size_t input = is_static ? 0 : 1;
  if (call.is_null(input)) return call.null_argument("input"), false;
  const std::string valid = is_ascii(call.text(input)) ? std::string() : valid_utf8(call.text(input));
  to.input = valid.empty() ? call.text(input) : call.arena().copy(valid);
  to.rest = input + 1;
  if (!is_static) {
    to.pattern = call.object<RegexObject>(0).pattern;
    return true;
  }
  if (call.is_null(1)) return call.null_argument("pattern"), false;
  to.rest = 2;
  std::int32_t options = 0;
  for (std::size_t i = 2; i < call.count; ++i) {
    if (call[i].kind() == ValueKind::enumeration) options = call[i].enum_value();
  }
  to.pattern = compile(call, call.text(1), options);
  return to.pattern != nullptr;
}

Value regex_new(Call& call) {
  if (call.is_null(0)) return call.null_argument("pattern");
  const Pattern* pattern = compile(call, call.text(0), call.count > 1 ? call[1].enum_value() : 0);
  auto* made = pattern == nullptr ? nullptr : call.run.make<RegexObject>();
  if (made == nullptr) return {};
  made->type = call.result();
  made->pattern = pattern;
  return Value::object(made);
}
Value is_match(Call& call) {
  Use with;
  if (!use(call, with)) return {};
  return Value::boolean(match_at(call, *with.pattern, with.input, 0) != nullptr);
}
Value match(Call& call) {
  Use with;
  if (!use(call, with)) return {};
  const MatchObject* found = match_at(call, *with.pattern, with.input, 0);
  if (found == nullptr && !call.run.failed()) found = failure(call, with.pattern, with.input);
  return found == nullptr ? Value() : Value::object(found);
}
std::vector<Value> all_matches(Call& call, const Use& with) {
  std::vector<Value> all;
  for (const MatchObject* at = match_at(call, *with.pattern, with.input, 0); at != nullptr;
       at = next_match(call, *with.pattern, with.input, *at))
    all.push_back(Value::object(at));
  return all;
}
Value matches(Call& call) {
  Use with;
  if (!use(call, with)) return {};
  const std::vector<Value> all = all_matches(call, with);
  return call.run.failed() ? Value()
                           : make_array(call.run, call.result(), all.data(), static_cast<std::uint32_t>(all.size()));
}

/// Number of the group of that name; -1 when there is none.
int group_number(const Pattern& pattern, std::string_view name) {
  const int number =
      pcre2_substring_number_from_name(pattern.code, reinterpret_cast<PCRE2_SPTR>(std::string(name).c_str()));
  if (number >= 0) return number;
  int digits = 0;
  for (const char c : name) {
    if (c < '0' || c > '9' || digits > 9999) return -1;
    digits = digits * 10 + (c - '0');
  }
  return name.empty() ? -1 : digits;
}
void expand(std::string& to, std::string_view by, const MatchObject& match) {
  for (std::size_t i = 0; i < by.size(); ++i) {
    if (by[i] != '$' || i + 1 >= by.size()) {
      to += by[i];
      continue;
    }
    const char c = by[i + 1];
    if (c == '$')
      to += '$', ++i;
    else if (c == '&')
      to += match.value, ++i;
    else if (c == '`')
      to += match.input.substr(0, match.start), ++i;
    else if (c == '\'')
      to += match.input.substr(match.start + match.value.size()), ++i;
    else if (c == '_')
      to += match.input, ++i;
    else {
      std::size_t end = i + 1;
      const bool braces = c == '{';
      if (braces)
        end = by.find('}', i);
      else
        while (end < by.size() && by[end] >= '0' && by[end] <= '9') ++end;
      const std::string_view name = end == std::string_view::npos
                                        ? std::string_view()
                                        : by.substr(i + (braces ? 2 : 1), end - i - (braces ? 2 : 1));
      const int number = name.empty() ? -1 : group_number(*match.pattern, name);
      if (number < 0 || number >= static_cast<int>(match.group_count)) {
        to += '$';
        continue;
      }
      to += match.groups[number].value;
      i = braces ? end : end - 1;
    }
  }
}
Value replace(Call& call) {
  Use with;
  if (!use(call, with)) return {};
  if (call.is_null(with.rest)) return call.null_argument("replacement");
  const bool text = call[with.rest].is_string();
  std::string made;
  std::size_t at = 0;
  std::int64_t left = INT32_MAX;
  if (call.count > with.rest + 1 && call[with.rest + 1].kind() == ValueKind::int32) left = call.integer(with.rest + 1);
  for (const Value& item : all_matches(call, with)) {
    if (left-- <= 0) break;
    const auto& found = *static_cast<const MatchObject*>(item.as_object());
    made += with.input.substr(at, found.start - at);
    if (text) {
      expand(made, call.text(with.rest), found);
    } else {
      const Value by = call.invoke(with.rest, {item});
      if (call.run.failed()) return {};
      made += text_of(call.run, by);
    }
    at = found.start + found.value.size();
    if (made.size() > call.run.limits.string_bytes) return call.run.exhaust("string bytes");
  }
  if (call.run.failed()) return {};
  made += with.input.substr(at);
  return call.text_result(made);
}
Value split(Call& call) {
  Use with;
  if (!use(call, with)) return {};
  std::vector<Value> parts;
  std::size_t at = 0;
  for (const Value& item : all_matches(call, with)) {
    const auto& found = *static_cast<const MatchObject*>(item.as_object());
    parts.push_back(Value::string(with.input.substr(at, found.start - at)));
    for (std::uint32_t i = 1; i < found.group_count; ++i) {
      if (found.groups[i].success) parts.push_back(Value::string(found.groups[i].value));
    }
    at = found.start + found.value.size();
  }
  if (call.run.failed()) return {};
  parts.push_back(Value::string(with.input.substr(at)));
  return make_array(call.run, core().string_array, parts.data(), static_cast<std::uint32_t>(parts.size()));
}
Value escape(Call& call) {
  if (call.is_null(0)) return call.null_argument("str");
  std::string text;
  for (const char c : call.text(0)) {
    if (c == '\n')
      text += "\\n";
    else if (c == '\t')
      text += "\\t";
    else if (c == '\r')
      text += "\\r";
    else {
      if (std::string_view("\\*+?|{[()^$.# ").find(c) != std::string_view::npos) text += '\\';
      text += c;
    }
  }
  return call.text_result(text);
}
Value unescape(Call& call) {
  if (call.is_null(0)) return call.null_argument("str");
  std::string text;
  for (std::size_t i = 0; i < call.text(0).size(); ++i) {
    char c = call.text(0)[i];
    if (c == '\\' && i + 1 < call.text(0).size()) {
      c = call.text(0)[++i];
      c = c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
    }
    text += c;
  }
  return call.text_result(text);
}

const MatchObject& found(Call& call) { return call.object<MatchObject>(0); }
Value success(Call& call) { return Value::boolean(found(call).success); }
Value value(Call& call) { return Value::string(found(call).value); }
Value index(Call& call) {
  return Value::int32(static_cast<std::int32_t>(utf16_length(found(call).input.substr(0, found(call).start))));
}
Value length(Call& call) { return Value::int32(static_cast<std::int32_t>(utf16_length(found(call).value))); }
Value groups(Call& call) {
  static const Type* type = read_type("GroupCollection");
  return make_handle(call.run, type, &found(call));
}
const MatchObject& collection(Call& call) {
  return *static_cast<const MatchObject*>(call.object<HandleObject>(0).target);
}
Value group_at(Call& call) {
  const MatchObject& of = collection(call);
  const int number = call[1].is_string() ? (of.pattern == nullptr ? -1 : group_number(*of.pattern, call.text(1)))
                                         : static_cast<int>(call.integer(1));
  if (number >= 0 && number < static_cast<int>(of.group_count))
    return number == 0 ? Value::object(&of) : Value::object(&of.groups[number]);
  auto* none = call.run.make<MatchObject>();
  if (none == nullptr) return {};
  none->type = group_type();
  return Value::object(none);
}
Value group_count(Call& call) {
  return Value::int32(static_cast<std::int32_t>(std::max<std::uint32_t>(1, collection(call).group_count)));
}
Value group_items(Call& call) {
  const MatchObject& of = collection(call);
  Value* items = call.run.make_array<Value>(of.group_count);
  if (items == nullptr) return {};
  for (std::uint32_t i = 0; i < of.group_count; ++i)
    items[i] = i == 0 ? Value::object(&of) : Value::object(&of.groups[i]);
  return adopt_array(call.run, core().object_array, items, of.group_count);
}
Value captures(Call& call) {
  static const Type* type = read_type("CaptureCollection");
  return make_array(call.run, type, &call[0], found(call).success ? 1 : 0);
}
Value match_next(Call& call) {
  const MatchObject& last = found(call);
  const MatchObject* next = last.success ? next_match(call, *last.pattern, last.input, last) : nullptr;
  if (next == nullptr && !call.run.failed()) next = failure(call, last.pattern, last.input);
  return next == nullptr ? Value() : Value::object(next);
}
Value match_result(Call& call) {
  std::string text;
  expand(text, call.text(1), found(call));
  return call.text_result(text);
}
Value collection_count(Call& call) {
  return Value::int32(static_cast<std::int32_t>(call.object<ArrayObject>(0).count));
}
Value collection_item(Call& call) {
  const auto& all = call.object<ArrayObject>(0);
  if (call.integer(1) < 0 || call.integer(1) >= all.count)
    return call.raise(Fault::argument_out_of_range,
                      "Specified argument was out of the range of valid values. (Parameter 'i')");
  return all.items[call.integer(1)];
}
Value collection_items(Call& call) {
  return adopt_array(call.run, core().object_array, call.object<ArrayObject>(0).items,
                     call.object<ArrayObject>(0).count);
}
Value regex_text(Call&) { return Value::string("System.Text.RegularExpressions.Regex"); }

constexpr Trait changes = Trait::impure;
#define SLUICE_STATIC(name, result, function)                                                                          \
  {"static Regex", name, "(string input, string pattern)", result, function, "", changes},                             \
      {"static Regex", name, "(string input, string pattern, RegexOptions options)", result, function, "", changes}, { \
    "static Regex", name, "(string input, string pattern, RegexOptions options, TimeSpan matchTimeout)", result,       \
        function, "", changes                                                                                          \
  }

constexpr MemberRow members[] = {
    {"Regex", "new", "(string pattern)", "Regex", regex_new, "", changes},
    {"Regex", "new", "(string pattern, RegexOptions options)", "Regex", regex_new, "", changes},
    {"Regex", "new", "(string pattern, RegexOptions options, TimeSpan matchTimeout)", "Regex", regex_new, "", changes},
    SLUICE_STATIC("IsMatch", "bool", is_match),
    SLUICE_STATIC("Match", "Match", match),
    SLUICE_STATIC("Matches", "MatchCollection", matches),
    SLUICE_STATIC("Split", "string[]", split),
    {"static Regex", "Replace", "(string input, string pattern, string replacement)", "string", replace, "", changes},
    {"static Regex", "Replace", "(string input, string pattern, string replacement, RegexOptions options)", "string",
     replace, "", changes},
    {"static Regex", "Replace",
     "(string input, string pattern, string replacement, RegexOptions options, TimeSpan matchTimeout)", "string",
     replace, "", changes},
    {"static Regex", "Replace", "(string input, string pattern, MatchEvaluator evaluator)", "string", replace, "",
     changes},
    {"static Regex", "Replace", "(string input, string pattern, MatchEvaluator evaluator, RegexOptions options)",
     "string", replace, "", changes},
    {"static Regex", "Escape", "(string str)", "string", escape},
    {"static Regex", "Unescape", "(string str)", "string", unescape},
    {"Regex", "IsMatch", "(string input)", "bool", is_match, "", changes},
    {"Regex", "Match", "(string input)", "Match", match, "", changes},
    {"Regex", "Matches", "(string input)", "MatchCollection", matches, "", changes},
    {"Regex", "Split", "(string input)", "string[]", split, "", changes},
    {"Regex", "Replace", "(string input, string replacement)", "string", replace, "", changes},
    {"Regex", "Replace", "(string input, string replacement, int count)", "string", replace, "", changes},
    {"Regex", "Replace", "(string input, MatchEvaluator evaluator)", "string", replace, "", changes},
    {"Regex", "ToString", "()", "string", regex_text, "", changes},
    {"Group", "Success", "", "bool", success, "", changes},
    {"Group", "Captures", "", "CaptureCollection", captures, "", changes},
    {"Capture", "Value", "", "string", value, "", changes},
    {"Capture", "Index", "", "int", index, "", changes},
    {"Capture", "Length", "", "int", length, "", changes},
    {"Capture", "ToString", "()", "string", value, "", changes},
    {"Match", "Groups", "", "GroupCollection", groups, "", changes},
    {"Match", "NextMatch", "()", "Match", match_next, "", changes},
    {"Match", "Result", "(string replacement)", "string", match_result, "", changes},
    {"GroupCollection", "this", "[int groupnum]", "Group", group_at, "", changes},
    {"GroupCollection", "this", "[string groupname]", "Group", group_at, "", changes},
    {"GroupCollection", "Count", "", "int", group_count, "", changes},
    {"GroupCollection", "$items", "()", "object[]", group_items, "", changes},
    {"MatchCollection", "this", "[int i]", "Match", collection_item, "", changes},
    {"MatchCollection", "Count", "", "int", collection_count, "", changes},
    {"MatchCollection", "$items", "()", "object[]", collection_items, "", changes},
    {"CaptureCollection", "this", "[int i]", "Capture", collection_item, "", changes},
    {"CaptureCollection", "Count", "", "int", collection_count, "", changes},
    {"CaptureCollection", "$items", "()", "object[]", collection_items, "", changes},
};
#undef SLUICE_STATIC

}  // namespace

extern const Family regex_family{"regex", "Regular expressions.", "System.Text.RegularExpressions", types, enums,
                                 members};

}  // namespace sluice::expression
