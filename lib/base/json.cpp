// SPDX-License-Identifier: Apache-2.0
// Recursive descent with a bound on depth and on the number of values. Children are gathered on a stack and copied
// into the arena when their array or object ends, so that each is one span.
#include "base/json.hpp"

#include "base/scan.hpp"
#include "base/text.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <memory_resource>
#include <vector>

namespace sluice {
namespace {

class Parser {
 public:
  Parser(std::string_view text, Arena& arena, const JsonLimits& limits, JsonText texts)
      : begin_(text.data()),
        end_(text.data() + text.size()),
        at_(begin_),
        arena_(arena),
        limits_(limits),
        views_(texts == JsonText::viewed) {
    items_.reserve(usual_children);
    members_.reserve(usual_children);
  }

  tl::expected<const JsonValue*, JsonError> run() {
    if (rest().starts_with("\xEF\xBB\xBF")) at_ += 3;
    JsonValue* root = arena_.make<JsonValue>();
    if (!parse_value(*root, 0)) return tl::unexpected(std::move(error_));
    skip_blanks();
    if (at_ != end_) {
      refuse("only white space may follow the value");
      return tl::unexpected(std::move(error_));
    }
    return root;
  }

 private:
  [[gnu::cold, gnu::noinline]] bool refuse(std::string message) {
    error_ = {offset(), std::move(message)};
    return false;
  }
  std::uint32_t offset() const { return static_cast<std::uint32_t>(at_ - begin_); }
  std::string_view rest() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }
  void skip_blanks() {
    if (at_ != end_ && *at_ > ' ') return;  // as nearly always
    while (at_ != end_ && is_blank(*at_)) ++at_;
  }
  bool at_char(char c) const { return at_ != end_ && *at_ == c; }
  std::string_view kept(const char* from) {
    const std::string_view text(from, static_cast<std::size_t>(at_ - from));
    return views_ ? text : arena_.copy(text);
  }

  bool parse_value(JsonValue& into, unsigned depth) {
    if (!begin_value(into)) return false;
    return *at_ == '{' || *at_ == '[' ? parse_holder(into, depth) : parse_leaf(into);
  }
  bool begin_value(JsonValue& into) {
    skip_blanks();
    into.offset = offset();
    if (++values_ > limits_.members) return refuse("more than " + std::to_string(limits_.members) + " values");
    return at_ != end_ || refuse("a value is missing at the end of the text");
  }
  bool parse_holder(JsonValue& into, unsigned depth) {
    return *at_ == '{' ? parse_object(into, depth) : parse_array(into, depth);
  }

  /// The value of the child at `place` of a stack. What it holds itself comes above it, for which the stack may grow.
  template <class Child>
  bool parse_child(std::pmr::vector<Child>& stack, std::size_t place, unsigned depth) {
    JsonValue& value = value_of(stack[place]);
    if (!begin_value(value)) return false;
    if (*at_ != '{' && *at_ != '[') return parse_leaf(value);
    JsonValue holder;
    holder.offset = value.offset;
    if (!parse_holder(holder, depth)) return false;
    value_of(stack[place]) = holder;
    return true;
  }
  static JsonValue& value_of(JsonValue& item) { return item; }
  static JsonValue& value_of(JsonMember& member) { return member.value; }

  bool parse_leaf(JsonValue& into) {
    switch (*at_) {
      case '"': into.kind = JsonKind::string; return parse_string(into.text);
      case 't':
        into.kind = JsonKind::boolean;
        into.truth = true;
        return parse_word("true");
      case 'f': into.kind = JsonKind::boolean; return parse_word("false");
      case 'n': return parse_word("null");
      default: into.kind = JsonKind::number; return parse_number(into.text);
    }
  }

  bool parse_word(std::string_view word) {
    if (!rest().starts_with(word)) return refuse("expected a value");
    at_ += word.size();
    return true;
  }

  bool parse_number(std::string_view& into) {
    const char* const start = at_;
    if (at_char('-')) ++at_;
    if (at_char('0')) {
      ++at_;
    } else if (!digits()) {
      at_ = start;
      return refuse("expected a value");
    }
    if (at_char('.')) {
      ++at_;
      if (!digits()) return refuse("digits must follow the decimal point");
    }
    if (at_char('e') || at_char('E')) {
      ++at_;
      if (at_char('+') || at_char('-')) ++at_;
      if (!digits()) return refuse("digits must follow the exponent mark");
    }
    into = kept(start);
    return true;
  }
  bool digits() {
    const char* const start = at_;
    while (at_ != end_ && is_digit(*at_)) ++at_;
    return at_ != start;
  }

  bool parse_string(std::string_view& into) {
    const char* const start = ++at_;
    at_ = plain_string_end(begin_, at_, end_);
    if (!at_char('"')) return parse_unusual_string(start, into);
    into = kept(start);
    ++at_;
    return true;
  }
  /// One with escapes, bytes that are not ASCII, or no end.
  bool parse_unusual_string(const char* start, std::string_view& into) {
    if (!skip_plain()) return false;
    if (at_char('"')) {
      into = kept(start);
    } else {
      decoded_.assign(start, at_);
      if (!decode_rest()) return false;
      if (!at_char('"')) return refuse("the string does not end");
      into = arena_.copy(decoded_);
    }
    ++at_;
    return true;
  }
  /// From a backslash up to the closing quote, or the end of the text.
  bool decode_rest() {
    while (at_char('\\')) {
      if (!parse_escape(decoded_)) return false;
      const char* const from = at_;
      if (!skip_plain()) return false;
      decoded_.append(from, at_);
    }
    return true;
  }
  /// Up to the next quote or backslash, or the end of the text.
  bool skip_plain() {
    while (true) {
      at_ = plain_string_end(begin_, at_, end_);
      if (at_ == end_ || *at_ == '"' || *at_ == '\\') return true;
      // Texts of other scripts are of such bytes for the most part.
      do {
        if (!plain_byte()) return false;
      } while (at_ != end_ && static_cast<unsigned char>(*at_) >= 0x80);
    }
  }
  /// A control or a sequence of UTF-8.
  bool plain_byte() {
    if (static_cast<unsigned char>(*at_) < 0x20) return refuse("a control character stands in a string");
    const std::size_t length = utf8_sequence_length(rest());
    if (length == 0) return refuse("the text is not valid UTF-8");
    at_ += length;
    return true;
  }
  bool parse_escape(std::string& to) {
    ++at_;
    if (at_ == end_) return refuse("the string does not end");
    switch (*at_++) {
      case '"': to += '"'; return true;
      case '\\': to += '\\'; return true;
      case '/': to += '/'; return true;
      case 'b': to += '\b'; return true;
      case 'f': to += '\f'; return true;
      case 'n': to += '\n'; return true;
      case 'r': to += '\r'; return true;
      case 't': to += '\t'; return true;
      case 'u': return parse_unicode(to);
      default: --at_; return refuse("an unknown escape in a string");
    }
  }
  bool parse_unicode(std::string& to) {
    std::uint32_t unit = 0;
    if (!hex4(unit)) return false;
    if (unit >= 0xD800 && unit <= 0xDBFF && rest().starts_with("\\u")) {
      const char* const back = at_;
      at_ += 2;
      std::uint32_t low = 0;
      if (!hex4(low)) return false;
      if (low >= 0xDC00 && low <= 0xDFFF) {
        append_utf8(to, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
        return true;
      }
      at_ = back;
    }
    append_utf8(to, unit >= 0xD800 && unit <= 0xDFFF ? 0xFFFD : unit);  // a lone surrogate has no UTF-8
    return true;
  }
  bool hex4(std::uint32_t& unit) {
    for (int i = 0; i < 4; ++i, ++at_) {
      const int digit = at_ != end_ ? hex_value(*at_) : -1;
      if (digit < 0) return refuse("four hexadecimal digits must follow \\u");
      unit = unit * 16 + static_cast<std::uint32_t>(digit);
    }
    return true;
  }

  bool enter(unsigned depth) {
    if (depth >= limits_.depth) return refuse("nested deeper than " + std::to_string(limits_.depth) + " levels");
    ++at_;
    skip_blanks();
    return true;
  }

  bool parse_array(JsonValue& into, unsigned depth) {
    into.kind = JsonKind::array;
    if (!enter(depth)) return false;
    const std::size_t base = items_.size();
    while (!at_char(']')) {
      const std::size_t place = items_.size();
      items_.emplace_back();
      if (!parse_child(items_, place, depth + 1)) return false;
      if (!next_of(']')) return false;
    }
    ++at_;
    into.items = stored(items_, base);
    return true;
  }

  bool parse_object(JsonValue& into, unsigned depth) {
    into.kind = JsonKind::object;
    if (!enter(depth)) return false;
    const std::size_t base = members_.size();
    while (!at_char('}')) {
      const std::size_t place = members_.size();
      if (!parse_name(members_.emplace_back())) return false;
      if (!parse_child(members_, place, depth + 1)) return false;
      if (!next_of('}')) return false;
    }
    ++at_;
    into.members = stored(members_, base);
    return true;
  }

  bool parse_name(JsonMember& member) {
    member.name_offset = offset();
    if (!at_char('"')) return refuse("expected a member name in quotes");
    if (!parse_string(member.name)) return false;
    skip_blanks();
    if (!at_char(':')) return refuse("expected ':' after the member name");
    ++at_;
    return true;
  }

  /// In the arena, the children from `base` on, which leave the stack.
  template <class Child>
  std::span<const Child> stored(std::pmr::vector<Child>& stack, std::size_t base) {
    const std::size_t count = stack.size() - base;
    Child* const first = arena_.make_room<Child>(count);
    std::uninitialized_copy_n(stack.data() + base, count, first);
    stack.resize(base);
    return {first, count};
  }

  /// After a child: a comma with something behind it, or the end.
  bool next_of(char end) {
    skip_blanks();
    if (at_char(end)) return true;
    if (!at_char(',')) return refuse(std::string("expected ',' or '") + end + "'");
    ++at_;
    skip_blanks();
    if (at_char(end)) return refuse("a comma must not stand before the end");
    return true;
  }

  /// So many fit the room below; deeper and wider texts grow beyond.
  static constexpr std::size_t usual_children = 16;

  const char* const begin_;
  const char* const end_;
  const char* at_;
  Arena& arena_;
  const JsonLimits& limits_;
  const bool views_;
  std::size_t values_ = 0;
  // Room for what most texts need, so that reading them allocates nothing but in the arena.
  std::array<std::byte, 4096> room_;
  std::pmr::monotonic_buffer_resource memory_{room_.data(), room_.size()};
  std::pmr::vector<JsonValue> items_{&memory_};
  std::pmr::vector<JsonMember> members_{&memory_};
  std::string decoded_;  ///< A string that has escapes.
  JsonError error_{};
};

}  // namespace

tl::expected<const JsonValue*, JsonError> parse_json(std::string_view text, Arena& arena, const JsonLimits& limits,
                                                     JsonText texts) {
  if (text.size() > UINT32_MAX) return tl::unexpected(JsonError{0, "the text is longer than 4 GiB"});
  return Parser(text, arena, limits, texts).run();
}

const JsonValue* JsonValue::find(std::string_view name) const {
  for (std::size_t i = members.size(); i-- > 0;) {
    if (same_text(members[i].name, name)) return &members[i].value;
  }
  return nullptr;
}

std::string_view member_text(const JsonValue& root, std::string_view name, std::string_view text) {
  for (std::size_t i = root.members.size(); i-- > 0;) {
    if (root.members[i].name != name) continue;
    // Up to the next member, or the end of the object: blanks and a comma are between, and no value ends in such.
    const std::size_t behind = i + 1 < root.members.size() ? root.members[i + 1].name_offset : text.rfind('}');
    const std::size_t begin = root.members[i].value.offset;
    const std::string_view value = text.substr(begin, behind - begin);
    return value.substr(0, value.find_last_not_of(" \t\r\n,") + 1);
  }
  return {};
}

const JsonValue* JsonValue::at(std::initializer_list<std::string_view> path) const {
  const JsonValue* value = this;
  for (auto name : path) {
    value = value->find(name);
    if (value == nullptr) return nullptr;
  }
  return value;
}
std::optional<std::string_view> JsonValue::string() const {
  return kind == JsonKind::string ? std::optional(text) : std::nullopt;
}
std::optional<bool> JsonValue::boolean() const {
  return kind == JsonKind::boolean ? std::optional(truth) : std::nullopt;
}
std::optional<double> JsonValue::number() const { return kind == JsonKind::number ? parse_double(text) : std::nullopt; }
std::optional<std::int64_t> JsonValue::integer() const {
  return kind == JsonKind::number ? parse_integer(text) : std::nullopt;
}

}  // namespace sluice
