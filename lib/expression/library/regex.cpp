// SPDX-License-Identifier: Apache-2.0
// System.Text.RegularExpressions over PCRE2, with its match limit as the budget.   Differs: balancing groups and
// RightToLeft are refused; of a repeated group Captures has the last only; a timeout is counted in steps, not in time.
#include "expression/regex_pattern.hpp"
#include "expression/sequence.hpp"
#include "expression/unicode.hpp"

#include <memory>
#include <string>

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

struct RegexObject : Object {
  const RegexPattern* pattern;
};
struct MatchObject : Object {
  std::string_view input, value, name;
  std::size_t start;
  bool success;
  const RegexPattern* pattern;
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

/// The pattern, kept as long as the request's arena.
const RegexPattern* compile(Call& call, std::string_view text, std::int32_t options) {
  if (text.size() > call.run.limits.regex_pattern_bytes) {
    call.run.exhaust("regular expression pattern bytes");
    return nullptr;
  }
  if (!call.run.charge(text.size() / 16 + 1)) return nullptr;
  std::string error;
  auto pattern = RegexPattern::get(text, options, error);
  if (pattern == nullptr) {
    call.raise(Fault::argument, error);
    return nullptr;
  }
  return call.arena().make<std::shared_ptr<const RegexPattern>>(std::move(pattern))->get();
}

/// False when nothing matches, and after a raise.
bool try_match(Call& call, const RegexPattern& pattern, std::string_view input, std::size_t start, bool not_empty,
               RegexPattern::Span* spans) {
  if (!call.run.charge(input.size() / 16 + 4)) return false;
  const auto outcome = pattern.match(input, start, not_empty, call.run.limits.regex_match_steps, spans);
  if (outcome == RegexPattern::Outcome::too_much_work) {
    call.raise(Fault::regex_timeout,
               "The Regex engine has timed out while trying to match a pattern to an input string.");
  }
  return outcome == RegexPattern::Outcome::matched;
}

/// Matches from byte `start`; null when nothing matches or after raising.
MatchObject* match_at(Call& call, const RegexPattern& pattern, std::string_view input, std::size_t start,
                      bool not_empty = false) {
  const auto groups = static_cast<std::uint32_t>(pattern.groups().size());
  auto* spans = call.run.make_array<RegexPattern::Span>(groups);
  if (spans == nullptr || !try_match(call, pattern, input, start, not_empty, spans)) return nullptr;
  auto* all = call.run.make_array<MatchObject>(groups);
  auto* made = call.run.make<MatchObject>();
  if (made == nullptr || all == nullptr) return nullptr;
  for (std::uint32_t i = 0; i < groups; ++i) {
    const bool set = spans[i].begin != RegexPattern::Span::unset;
    all[i].type = group_type();
    all[i].input = input;
    all[i].name = pattern.groups()[i].name;
    all[i].success = set;
    all[i].start = set ? spans[i].begin : 0;
    all[i].value = set ? input.substr(spans[i].begin, spans[i].end - spans[i].begin) : std::string_view();
  }
  *made = all[0];
  made->type = match_type();
  made->pattern = &pattern;
  made->groups = all;
  made->group_count = groups;
  return made;
}

MatchObject* failure(Call& call, const RegexPattern* pattern, std::string_view input) {
  auto* made = call.run.make<MatchObject>();
  if (made == nullptr) return nullptr;
  made->type = match_type();
  made->pattern = pattern;
  made->input = input;
  return made;
}

/// The match behind another; an empty one is stepped over.
MatchObject* next_match(Call& call, const RegexPattern& pattern, std::string_view input, const MatchObject& last) {
  std::size_t at = last.start + last.value.size();
  if (last.value.empty()) {
    if (at >= input.size()) return nullptr;
    next_point(input, at);
  }
  return match_at(call, pattern, input, at);
}

/// The pattern and the input: of `Regex` objects and of the static methods.
struct Use {
  const RegexPattern* pattern = nullptr;
  std::string_view input;
  std::size_t rest = 0;   ///< Index of the first argument behind input and pattern.
  std::size_t start = 0;  ///< In bytes.
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
/// Reads `startat`, counted in UTF-16 units, from argument `i` if the call has it.
bool use_start(Call& call, Use& to, std::size_t i) {
  if (i >= call.count || call[i].kind() != ValueKind::int32) return true;
  const std::int64_t units = call.integer(i);
  to.start = units < 0 ? no_position : byte_position(to.input, static_cast<std::size_t>(units));
  if (to.start != no_position) return true;
  call.raise(Fault::argument_out_of_range,
             "Start index cannot be less than 0 or greater than input length. (Parameter 'startat')");
  return false;
}

Value regex_new(Call& call) {
  if (call.is_null(0)) return call.null_argument("pattern");
  const RegexPattern* pattern = compile(call, call.text(0), call.count > 1 ? call[1].enum_value() : 0);
  auto* made = pattern == nullptr ? nullptr : call.run.make<RegexObject>();
  if (made == nullptr) return {};
  made->type = call.result();
  made->pattern = pattern;
  return Value::object(made);
}
Value is_match(Call& call) {
  Use with;
  if (!use(call, with) || !use_start(call, with, with.rest)) return {};
  return Value::boolean(try_match(call, *with.pattern, with.input, with.start, false, nullptr));
}
Value match(Call& call) {
  Use with;
  if (!use(call, with) || !use_start(call, with, with.rest)) return {};
  const MatchObject* found = match_at(call, *with.pattern, with.input, with.start);
  if (found == nullptr && !call.run.failed()) found = failure(call, with.pattern, with.input);
  return found == nullptr ? Value() : Value::object(found);
}
/// At most `most` matches, in order.
ValueList all_matches(Call& call, const Use& with, std::int64_t most = INT32_MAX) {
  ValueList all;
  const MatchObject* at = most <= 0 ? nullptr : match_at(call, *with.pattern, with.input, with.start);
  for (; at != nullptr; at = next_match(call, *with.pattern, with.input, *at)) {
    if (!all.add(call.run, Value::object(at)) || --most <= 0) break;
  }
  return all;
}
Value matches(Call& call) {
  Use with;
  if (!use(call, with) || !use_start(call, with, with.rest)) return {};
  const ValueList all = all_matches(call, with);
  return call.run.failed() ? Value() : make_array(call.run, call.result(), all.items().data, all.count());
}

void expand(ArenaText& to, std::string_view by, const MatchObject& match) {
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
      const int number = name.empty() ? -1 : match.pattern->find_group(name);
      if (number < 0 || number >= static_cast<int>(match.group_count)) {
        to += '$';
        continue;
      }
      to += match.groups[number].value;
      i = braces ? end : end - 1;
    }
  }
}
/// How many times at most, by argument `i` if the call has it; -1 is without end.
std::int64_t most_times(Call& call, std::size_t i) {
  if (i >= call.count || call[i].kind() != ValueKind::int32) return INT32_MAX;
  if (call.integer(i) < -1)
    call.raise(Fault::argument_out_of_range, "Count cannot be less than -1. (Parameter 'count')");
  return call.integer(i) == -1 ? INT32_MAX : call.integer(i);
}
Value replace(Call& call) {
  Use with;
  if (!use(call, with)) return {};
  if (call.is_null(with.rest)) return call.null_argument("replacement");
  const std::int64_t most = most_times(call, with.rest + 1);
  if (call.run.failed() || !use_start(call, with, with.rest + 2)) return {};
  const bool text = call[with.rest].is_string();
  ArenaText made(&call.arena());
  std::size_t at = 0;
  for (const Value& item : all_matches(call, with, most).items()) {
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
  return call.run.adopt(std::move(made));
}
Value split(Call& call) {
  Use with;
  if (!use(call, with)) return {};
  std::int64_t most = most_times(call, with.rest);
  if (call.run.failed() || !use_start(call, with, with.rest + 1)) return {};
  if (most == 0) most = INT32_MAX;
  ValueList parts;
  std::size_t at = 0;
  for (const Value& item : all_matches(call, with, most - 1).items()) {
    const auto& found = *static_cast<const MatchObject*>(item.as_object());
    parts.add(call.run, Value::string(with.input.substr(at, found.start - at)));
    for (std::uint32_t i = 1; i < found.group_count; ++i) {
      if (found.groups[i].success) parts.add(call.run, Value::string(found.groups[i].value));
    }
    at = found.start + found.value.size();
  }
  parts.add(call.run, Value::string(with.input.substr(at)));
  if (call.run.failed()) return {};
  return make_array(call.run, core().string_array, parts.items().data, parts.count());
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
  if (call.is_null(1)) return call.null_argument("groupname");
  int number = call[1].is_string() || call.integer(1) != 0 ? -1 : 0;
  if (of.pattern != nullptr)
    number = call[1].is_string() ? of.pattern->find_group(call.text(1)) : of.pattern->find_group(call.integer(1));
  if (number >= 0 && number < static_cast<int>(of.group_count))
    return number == 0 ? Value::object(&of) : Value::object(&of.groups[number]);
  auto* none = call.run.make<MatchObject>();
  if (none == nullptr) return {};
  none->type = group_type();
  none->name = "0";
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
  if (call.is_null(1)) return call.null_argument("replacement");
  if (!found(call).success) return call.raise(Fault::not_supported, "Result cannot be called on a failed Match.");
  ArenaText text(&call.arena());
  expand(text, call.text(1), found(call));
  return call.run.adopt(std::move(text));
}
Value match_empty(Call& call) {
  const MatchObject* none = failure(call, nullptr, {});
  return none == nullptr ? Value() : Value::object(none);
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
const RegexPattern& pattern_of(Call& call) { return *call.object<RegexObject>(0).pattern; }
Value regex_text(Call& call) { return Value::string(pattern_of(call).text()); }
Value regex_options(Call& call) { return Value::enumeration(*call.result(), pattern_of(call).options()); }
Value group_names(Call& call) {
  ValueList names;
  for (const RegexGroup& group : pattern_of(call).groups()) names.add(call.run, Value::string(group.name));
  return call.run.failed() ? Value() : make_array(call.run, core().string_array, names.items().data, names.count());
}
Value group_numbers(Call& call) {
  ValueList numbers;
  for (const RegexGroup& group : pattern_of(call).groups()) numbers.add(call.run, Value::int32(group.number));
  return call.run.failed() ? Value() : make_array(call.run, call.result(), numbers.items().data, numbers.count());
}
Value group_name_of_number(Call& call) {
  const int at = pattern_of(call).find_group(call.integer(1));
  return at < 0 ? Value::string("") : Value::string(pattern_of(call).groups()[static_cast<std::size_t>(at)].name);
}
Value group_number_of_name(Call& call) {
  if (call.is_null(1)) return call.null_argument("name");
  const int at = pattern_of(call).find_group(call.text(1));
  return Value::int32(at < 0 ? -1 : pattern_of(call).groups()[static_cast<std::size_t>(at)].number);
}
Value group_name(Call& call) { return Value::string(found(call).name); }

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
    {"Regex", "IsMatch", "(string input, int startat)", "bool", is_match, "", changes},
    {"Regex", "Match", "(string input)", "Match", match, "", changes},
    {"Regex", "Match", "(string input, int startat)", "Match", match, "", changes},
    {"Regex", "Matches", "(string input)", "MatchCollection", matches, "", changes},
    {"Regex", "Matches", "(string input, int startat)", "MatchCollection", matches, "", changes},
    {"Regex", "Split", "(string input)", "string[]", split, "", changes},
    {"Regex", "Split", "(string input, int count)", "string[]", split, "", changes},
    {"Regex", "Split", "(string input, int count, int startat)", "string[]", split, "", changes},
    {"Regex", "Replace", "(string input, string replacement)", "string", replace, "", changes},
    {"Regex", "Replace", "(string input, string replacement, int count)", "string", replace, "", changes},
    {"Regex", "Replace", "(string input, string replacement, int count, int startat)", "string", replace, "", changes},
    {"Regex", "Replace", "(string input, MatchEvaluator evaluator)", "string", replace, "", changes},
    {"Regex", "Replace", "(string input, MatchEvaluator evaluator, int count)", "string", replace, "", changes},
    {"Regex", "Replace", "(string input, MatchEvaluator evaluator, int count, int startat)", "string", replace, "",
     changes},
    {"Regex", "ToString", "()", "string", regex_text, "The pattern.", changes},
    {"Regex", "Options", "", "RegexOptions", regex_options, "", changes},
    {"Regex", "GetGroupNames", "()", "string[]", group_names, "", changes},
    {"Regex", "GetGroupNumbers", "()", "int[]", group_numbers, "", changes},
    {"Regex", "GroupNameFromNumber", "(int i)", "string", group_name_of_number, "", changes},
    {"Regex", "GroupNumberFromName", "(string name)", "int", group_number_of_name, "", changes},
    {"Group", "Success", "", "bool", success, "", changes},
    {"Group", "Name", "", "string", group_name, "The number's digits for groups without a name.", changes},
    {"Group", "Captures", "", "CaptureCollection", captures, "", changes},
    {"Capture", "Value", "", "string", value, "", changes},
    {"Capture", "Index", "", "int", index, "", changes},
    {"Capture", "Length", "", "int", length, "", changes},
    {"Capture", "ToString", "()", "string", value, "", changes},
    {"Match", "Groups", "", "GroupCollection", groups, "", changes},
    {"Match", "NextMatch", "()", "Match", match_next, "", changes},
    {"Match", "Result", "(string replacement)", "string", match_result, "", changes},
    {"static Match", "Empty", "", "Match", match_empty, "A match of nothing."},
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
