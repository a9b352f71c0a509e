// SPDX-License-Identifier: Apache-2.0
// The text is read twice: the first time for the groups, the second time, their numbers known, for the translation.
// Source: "Regular Expression Language - Quick Reference" of the .NET documentation.
#include "expression/regex_syntax.hpp"

#include "expression/regex_blocks.hpp"
#include "expression/unicode.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <map>

namespace sluice::expression {
namespace {

/// Nested subtractions (`[a-z-[aeiou-[e]]]`) beyond are refused.
constexpr unsigned most_subtractions = 16;
/// .NET's \w. PCRE2's own takes other numbers in.
constexpr std::string_view word_class = "\\p{L}\\p{Mn}\\p{Nd}\\p{Pc}";

constexpr std::string_view categories[] = {"C",  "Cc", "Cf", "Cn", "Co", "Cs", "L",  "Ll", "Lm", "Lo", "Lt", "Lu", "M",
                                           "Mc", "Me", "Mn", "N",  "Nd", "Nl", "No", "P",  "Pc", "Pd", "Pe", "Pf", "Pi",
                                           "Po", "Ps", "S",  "Sc", "Sk", "Sm", "So", "Z",  "Zl", "Zp", "Zs"};

bool is_word(char c) { return is_alpha(c) || is_digit(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80; }
bool is_number(std::string_view text) {
  constexpr std::size_t longest = 6;
  return !text.empty() && text.size() <= longest && std::all_of(text.begin(), text.end(), is_digit);
}
int number_in(std::string_view digits) { return static_cast<int>(parse_integer(digits).value_or(0)); }

/// Letters whose case variants PCRE2 folds and .NET's invariant culture does not.
bool folds_differently(std::uint32_t point) {
  return point == 0x212A || point == 0x017F || point == 0x0130 || point == 0x0131;
}

/// What the first reading finds.
struct Groups {
  int unnamed = 0;
  std::vector<int> explicit_numbers;
  std::vector<std::string> names;  ///< In the order of their first appearance.
  std::map<std::string, int, std::less<>> number_of_name;

  bool has(int number) const {
    if (number >= 0 && number <= unnamed) return true;
    if (std::find(explicit_numbers.begin(), explicit_numbers.end(), number) != explicit_numbers.end()) return true;
    return std::any_of(number_of_name.begin(), number_of_name.end(), [&](auto& one) { return one.second == number; });
  }
  /// Named groups take the numbers that are free behind the unnamed ones.
  void assign_names() {
    int next = unnamed + 1;
    for (const std::string& name : names) {
      while (std::find(explicit_numbers.begin(), explicit_numbers.end(), next) != explicit_numbers.end()) ++next;
      number_of_name.emplace(name, next++);
    }
  }
};

class Reader {
 public:
  Reader(std::string_view text, std::int32_t options, Groups& groups, bool counting)
      : text_(text), groups_(groups), counting_(counting), ecma_((options & regex_ecma_script) != 0) {
    scope_.ignore_case = (options & regex_ignore_case) != 0;
    scope_.explicit_capture = (options & regex_explicit_capture) != 0;
    scope_.ignore_white = (options & regex_ignore_white) != 0;
  }

  void run() {
    while (at_ < text_.size() && error_.empty()) element();
    if (error_.empty() && !outer_.empty()) fail("Not enough )'s");
  }

  std::string out_;
  std::vector<int> number_of_;
  std::string error_;
  std::size_t error_at_ = 0;

 private:
  /// Options that hold up to the end of a group.
  struct Scope {
    bool ignore_case = false;
    bool explicit_capture = false;
    bool ignore_white = false;
  };

  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  bool accept(std::string_view expected) {
    if (!text_.substr(at_).starts_with(expected)) return false;
    at_ += expected.size();
    return true;
  }
  void fail(std::string what) {
    if (!error_.empty()) return;
    error_ = std::move(what);
    error_at_ = at_;
    at_ = text_.size();
  }
  void put_point(std::uint32_t point, std::string& to) {
    static constexpr char digits[] = "0123456789ABCDEF";
    to += "\\x{";
    for (int shift = 20; shift >= 0; shift -= 4) to += digits[(point >> shift) & 15];
    to += '}';
  }
  void put_literal(std::uint32_t point, std::string& to) {
    if (point >= 0xD800 && point <= 0xDFFF) return fail("A lone surrogate cannot be matched");
    const bool as_it_is = scope_.ignore_case && folds_differently(point) && &to == &out_;
    if (as_it_is) to += "(?-i:";
    put_point(point, to);
    if (as_it_is) to += ')';
  }

  void element() {
    const char c = text_[at_];
    if (scope_.ignore_white && skip_white()) return;
    switch (c) {
      case '\\':
        ++at_;
        escape(out_, false);
        return;
      case '[': out_ += char_class(0); return;
      case '(': group(); return;
      case ')':
        if (outer_.empty()) return fail("Too many )'s");
        scope_ = outer_.back();
        outer_.pop_back();
        ++at_;
        out_ += ')';
        return;
      case '*':
      case '+':
      case '?': quantifier(1); return;
      case '{':
        if (const std::size_t length = braces()) return quantifier(length);
        ++at_;
        out_ += "\\{";
        return;
      default: break;
    }
    if (static_cast<unsigned char>(c) < 0x80) {
      out_ += c;
      ++at_;
      return;
    }
    put_literal(next_point(text_, at_), out_);
  }

  /// White space and comments of IgnorePatternWhitespace.
  bool skip_white() {
    const char c = text_[at_];
    if (c == ' ' || (c >= '\t' && c <= '\r')) return ++at_, true;
    if (c != '#') return false;
    while (at_ < text_.size() && text_[at_] != '\n') ++at_;
    return true;
  }

  /// Length of `{n}`, `{n,}` or `{n,m}` here; 0 for anything else, which stands for itself.
  std::size_t braces() const {
    std::size_t i = at_ + 1;
    const auto digits = [&] {
      const std::size_t start = i;
      while (i < text_.size() && is_digit(text_[i])) ++i;
      return i > start;
    };
    if (!digits()) return 0;
    if (i < text_.size() && text_[i] == ',') {
      ++i;
      digits();
    }
    return i < text_.size() && text_[i] == '}' ? i + 1 - at_ : 0;
  }

  void quantifier(std::size_t length) {
    out_ += text_.substr(at_, length);
    at_ += length;
    if (peek() == '?') {
      out_ += '?';
      ++at_;
    }
    while (scope_.ignore_white && at_ < text_.size() && skip_white()) {
    }
    const char next = peek();
    if (next == '*' || next == '+' || next == '?' || (next == '{' && braces() != 0))
      fail(std::string("Nested quantifier ") + next);
  }

  // Groups
  void open(std::string_view as) {
    outer_.push_back(scope_);
    out_ += as;
  }
  void capture(int number) {
    open("(?<g" + std::to_string(number) + ">");
    number_of_.push_back(number);
  }
  void group() {
    ++at_;
    if (!accept("?")) {
      if (scope_.explicit_capture) return open("(?:");
      if (counting_) ++groups_.unnamed;
      return capture(++unnamed_);
    }
    if (accept("#")) {
      const std::size_t end = text_.find(')', at_);
      if (end == std::string_view::npos) return fail("Unterminated (?#...) comment");
      at_ = end + 1;
      return;
    }
    for (const std::string_view plain : {":", "=", "!", ">", "<=", "<!"}) {
      if (accept(plain)) return open("(?" + std::string(plain));
    }
    if (accept("<")) return named_group('>');
    if (accept("'")) return named_group('\'');
    if (peek() == '(') return conditional();
    inline_options();
  }
  std::string_view name_until(char closing) {
    const std::size_t end = text_.find(closing, at_);
    const std::string_view name = text_.substr(at_, end == std::string_view::npos ? 0 : end - at_);
    if (name.find('-') != std::string_view::npos) {
      fail("Balancing groups are not supported");
    } else if (name.empty() || !std::all_of(name.begin(), name.end(), is_word) ||
               (is_digit(name[0]) && !is_number(name))) {
      fail("Invalid group name: Group names must begin with a word character");
    } else {
      at_ = end + 1;
    }
    return name;
  }
  void named_group(char closing) {
    const std::string_view name = name_until(closing);
    if (!error_.empty()) return;
    if (is_number(name)) {
      const int number = number_in(name);
      if (number == 0) return fail("Capture number cannot be zero");
      if (counting_) groups_.explicit_numbers.push_back(number);
      return capture(number);
    }
    if (counting_ && std::find(groups_.names.begin(), groups_.names.end(), name) == groups_.names.end())
      groups_.names.emplace_back(name);
    capture(counting_ ? 0 : groups_.number_of_name.find(name)->second);
  }
  /// `(?(name)yes|no)`, or with an assertion in place of the name; what names no group is one to look ahead for.
  void conditional() {
    if (text_.substr(at_).starts_with("(?")) return open("(?");
    const std::size_t end = text_.find(')', at_);
    const std::string_view name =
        end == std::string_view::npos ? std::string_view() : text_.substr(at_ + 1, end - at_ - 1);
    const int number = group_named(name);
    if (is_number(name) && number < 0 && !counting_) return fail("Reference to undefined group number");
    if (number >= 0 || is_number(name)) {
      open("(?(<g" + std::to_string(number) + ">)");
      at_ = end + 1;
      return;
    }
    open("(?");
    ++at_;
    open("(?=");
  }
  void inline_options() {
    std::string on, off;
    Scope changed = scope_;
    bool enable = true;
    for (; at_ < text_.size() && (is_alpha(peek()) || peek() == '-' || peek() == '+'); ++at_) {
      const char c = to_lower(peek());
      if (c == '-' || c == '+')
        enable = c == '+';
      else if (c == 'i' || c == 'm' || c == 's')
        (enable ? on : off) += c;
      else if (c != 'n' && c != 'x')
        return fail("Unrecognized grouping construct");
      if (c == 'i') changed.ignore_case = enable;
      if (c == 'n') changed.explicit_capture = enable;
      if (c == 'x') changed.ignore_white = enable;
    }
    const std::string text = on + (off.empty() ? off : "-" + off);
    if (accept(":")) {
      open("(?" + text + ":");
    } else if (accept(")")) {
      if (!text.empty()) out_ += "(?" + text + ")";
    } else {
      return fail("Unrecognized grouping construct");
    }
    scope_ = changed;
  }

  /// Number of the group of that name or number; -1 when there is none.
  int group_named(std::string_view name) const {
    if (is_number(name)) return groups_.has(number_in(name)) ? number_in(name) : -1;
    const auto found = groups_.number_of_name.find(name);
    return found == groups_.number_of_name.end() ? -1 : found->second;
  }
  void reference(std::string_view name) {
    const int number = group_named(name);
    if (number < 0 && !counting_)
      return fail("Reference to undefined group " + std::string(is_number(name) ? "number " : "name ") +
                  std::string(name));
    out_ += "\\k<g" + std::to_string(number) + ">";
  }

  // Escapes
  /// What follows a backslash.
  void escape(std::string& to, bool in_class) {
    if (at_ >= text_.size()) return fail("Illegal \\ at end of pattern");
    const char c = text_[at_];
    if (!in_class && c >= '1' && c <= '9') return numeric_reference();
    if (!in_class && (c == 'k' || c == '<' || c == '\'')) {
      const bool with_k = c == 'k';
      const char opening = with_k ? peek(1) : c;
      if (opening == '<' || opening == '\'') {
        at_ += with_k ? 2 : 1;
        const std::string_view name = name_until(opening == '<' ? '>' : '\'');
        if (error_.empty()) reference(name);
        return;
      }
      if (with_k) return fail("Malformed \\k<...> named back reference");
    }
    if (!in_class && std::string_view("bBAZzG").find(c) != std::string_view::npos) {
      to += '\\';
      to += c;
      ++at_;
      return;
    }
    if (std::string_view("dDwWsS").find(c) != std::string_view::npos) {
      ++at_;
      to += class_escape(c, in_class);
      return;
    }
    if (c == 'p' || c == 'P') return property(to, in_class);
    character_escape(to, in_class);
  }
  std::string class_escape(char c, bool in_class) const {
    if (ecma_) {
      const std::string_view set = to_lower(c) == 'd'   ? "0-9"
                                   : to_lower(c) == 'w' ? "a-zA-Z0-9_"
                                                        : " \\f\\n\\r\\t\\x0B";
      if (in_class && !is_upper(c)) return std::string(set);
      if (!in_class) return (is_upper(c) ? "[^" : "[") + std::string(set) + "]";
    }
    if (c == 'w') return in_class ? std::string(word_class) : "[" + std::string(word_class) + "]";
    if (c == 'W' && !in_class) return "[^" + std::string(word_class) + "]";
    return std::string("\\") + c;
  }
  static bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

  /// `\12`: a group if there is one, else an octal character.
  void numeric_reference() {
    std::size_t end = at_;
    while (end < text_.size() && is_digit(text_[end])) ++end;
    const std::string_view digits = text_.substr(at_, end - at_);
    const bool known = is_number(digits) && groups_.has(number_in(digits));
    if (!known && digits.size() > 1 && !counting_) return octal(out_);
    at_ = end;
    reference(digits);
  }
  void octal(std::string& to) {
    std::uint32_t point = 0;
    std::size_t count = 0;
    for (; count < 3 && peek() >= '0' && peek() <= '7'; ++count, ++at_)
      point = point * 8 + static_cast<std::uint32_t>(peek() - '0');
    if (count == 0) return fail("Unrecognized escape sequence");
    put_literal(point & 0xFF, to);
  }
  bool hexadecimal(std::size_t digits, std::uint32_t& point) {
    point = 0;
    for (std::size_t i = 0; i < digits; ++i, ++at_) {
      const int digit = hex_digit(peek());
      if (at_ >= text_.size() || digit < 0) return fail("Insufficient hexadecimal digits"), false;
      point = point * 16 + static_cast<std::uint32_t>(digit);
    }
    return true;
  }
  static int hex_digit(char c) {
    if (is_digit(c)) return c - '0';
    const char lower = to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }
  void character_escape(std::string& to, bool in_class) {
    const char c = text_[at_];
    std::uint32_t point = 0;
    if (c == '0') return octal(to);
    if (in_class && is_digit(c)) return octal(to);
    if (is_word(c) && static_cast<unsigned char>(c) < 0x80) ++at_;
    switch (c) {
      case 'x':
        if (hexadecimal(2, point)) put_literal(point, to);
        return;
      case 'u':
        if (!hexadecimal(4, point)) return;
        if (point >= 0xD800 && point < 0xDC00 && peek() == '\\' && peek(1) == 'u') {
          std::uint32_t low = 0;
          at_ += 2;
          if (!hexadecimal(4, low)) return;
          if (low < 0xDC00 || low > 0xDFFF) return fail("A lone surrogate cannot be matched");
          point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
        }
        put_literal(point, to);
        return;
      case 'c': {
        const char letter = static_cast<char>(peek() & ~0x20);
        if (letter < '@' || letter > '_') return fail("Unrecognized control character");
        ++at_;
        return put_literal(static_cast<std::uint32_t>(letter - '@'), to);
      }
      case 'a': return put_literal(7, to);
      case 'b': return in_class ? put_literal(8, to) : fail("Unrecognized escape sequence \\b");
      case 't': return put_literal(9, to);
      case 'n': return put_literal(10, to);
      case 'v': return put_literal(11, to);
      case 'f': return put_literal(12, to);
      case 'r': return put_literal(13, to);
      case 'e': return put_literal(27, to);
      default: break;
    }
    if (is_word(c) && static_cast<unsigned char>(c) < 0x80)
      return fail(std::string("Unrecognized escape sequence \\") + c);
    put_literal(next_point(text_, at_), to);
  }
  /// `\p{Lu}` and `\p{IsGreek}`.
  void property(std::string& to, bool in_class) {
    const bool negative = text_[at_] == 'P';
    ++at_;
    const std::size_t end = text_.find('}', at_);
    if (peek() != '{' || end == std::string_view::npos) return fail("Malformed \\p{X} character escape");
    const std::string_view name = text_.substr(at_ + 1, end - at_ - 1);
    const UnicodeBlock* block = find_block(name);
    if (block == nullptr && std::find(std::begin(categories), std::end(categories), name) == std::end(categories))
      return fail("Unknown property '" + std::string(name) + "'");
    at_ = end + 1;
    if (block == nullptr) {
      to += negative ? "\\P{" : "\\p{";
      to.append(name).append("}");
      return;
    }
    constexpr std::uint32_t last_point = 0x10FFFF;
    if (!in_class) to += '[';
    const auto range = [&](std::uint32_t from, std::uint32_t last) {
      put_point(from, to);
      to += '-';
      put_point(last, to);
    };
    if (!negative) range(block->first, block->last);
    if (negative && block->first > 0) range(0, block->first - 1);
    if (negative) range(block->last + 1, last_point);
    if (!in_class) to += ']';
  }

  // Classes
  /// `[...]`, with a class to subtract as a look ahead.
  std::string char_class(unsigned depth) {
    if (depth > most_subtractions) return fail("Too many nested character classes"), std::string();
    ++at_;
    std::string set = "[";
    if (accept("^")) set += '^';
    std::string subtracted;
    for (bool first = true;; first = false) {
      if (at_ >= text_.size() || !error_.empty()) return fail("Unterminated [] set"), std::string();
      const char c = text_[at_];
      if (c == ']' && !first) break;
      if (c == '-' && peek(1) == '[' && !first) {
        ++at_;
        subtracted = char_class(depth + 1);
        if (peek() != ']') fail("A subtraction must be the last element in a character class");
        break;
      }
      if (c == '\\') {
        ++at_;
        escape(set, true);
      } else if (static_cast<unsigned char>(c) < 0x80) {
        if (c == '[' || c == ']' || c == '^') set += '\\';
        set += c;
        ++at_;
      } else {
        put_literal(next_point(text_, at_), set);
      }
    }
    ++at_;
    set += ']';
    return subtracted.empty() ? set : "(?:(?!" + subtracted + ")" + set + ")";
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Groups& groups_;
  const bool counting_;
  const bool ecma_;
  int unnamed_ = 0;
  Scope scope_;
  std::vector<Scope> outer_;
};

}  // namespace

RegexSyntax read_regex(std::string_view text, std::int32_t options) {
  RegexSyntax made;
  if ((options & regex_right_to_left) != 0) {
    made.error = "RegexOptions.RightToLeft is not supported";
    return made;
  }
  Groups groups;
  Reader(text, options, groups, true).run();
  groups.assign_names();
  Reader reader(text, options, groups, false);
  reader.run();
  made.pattern = std::move(reader.out_);
  made.number_of = std::move(reader.number_of_);
  made.error = std::move(reader.error_);
  made.error_at = reader.error_at_;
  std::map<int, std::string> names;
  for (int i = 0; i <= groups.unnamed; ++i) names[i] = std::to_string(i);
  for (const int number : groups.explicit_numbers) names[number] = std::to_string(number);
  for (const auto& [name, number] : groups.number_of_name) names[number] = name;
  for (auto& [number, name] : names) made.groups.push_back({number, std::move(name)});
  return made;
}

}  // namespace sluice::expression
