// SPDX-License-Identifier: Apache-2.0
// Recursive descent with a bound on depth and on the number of values. Children are gathered on a stack and copied
// into the arena when their array or object ends, so that each is one span.
#include "base/json.hpp"

#include "base/scan.hpp"
#include "base/text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <memory>
#include <memory_resource>
#include <vector>

namespace sluice {
namespace {

class Parser {
 public:
  Parser(std::string_view text, Arena& arena, const JsonLimits& limits, JsonText texts)
      : text_(text), arena_(arena), limits_(limits), views_(texts == JsonText::viewed) {
    items_.reserve(usual_children);
    members_.reserve(usual_children);
  }

  tl::expected<const JsonValue*, JsonError> run() {
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") at_ = 3;
    JsonValue* root = arena_.make<JsonValue>();
    if (!parse_value(*root, 0)) return tl::unexpected(std::move(error_));
    skip_blanks();
    if (at_ != text_.size()) {
      refuse("only white space may follow the value");
      return tl::unexpected(std::move(error_));
    }
    return root;
  }

 private:
  bool refuse(std::string message) {
    error_ = {static_cast<std::uint32_t>(at_), std::move(message)};
    return false;
  }
  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }
  bool at_char(char c) const { return at_ < text_.size() && text_[at_] == c; }

  bool parse_value(JsonValue& into, unsigned depth) {
    skip_blanks();
    into.offset = static_cast<std::uint32_t>(at_);
    if (++values_ > limits_.members) return refuse("more than " + std::to_string(limits_.members) + " values");
    if (at_ >= text_.size()) return refuse("a value is missing at the end of the text");
    switch (text_[at_]) {
      case '{': return parse_object(into, depth);
      case '[': return parse_array(into, depth);
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
    if (text_.substr(at_, word.size()) != word) return refuse("expected a value");
    at_ += word.size();
    return true;
  }

  bool parse_number(std::string_view& into) {
    const std::size_t start = at_;
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
    into = kept(text_.substr(start, at_ - start));
    return true;
  }
  bool digits() {
    const std::size_t start = at_;
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
    return at_ > start;
  }

  bool parse_string(std::string_view& into) {
    const std::size_t start = ++at_;
    if (!skip_plain()) return false;
    if (at_char('"')) {
      into = kept(text_.substr(start, at_ - start));
      ++at_;
      return true;
    }
    decoded_.assign(text_, start, at_ - start);
    if (!decode_rest()) return false;
    if (!at_char('"')) return refuse("the string does not end");
    ++at_;
    into = arena_.copy(decoded_);
    return true;
  }
  std::string_view kept(std::string_view text) { return views_ ? text : arena_.copy(text); }
  /// From a backslash up to the closing quote, or the end of the text.
  bool decode_rest() {
    while (at_char('\\')) {
      if (!parse_escape(decoded_)) return false;
      const std::size_t from = at_;
      if (!skip_plain()) return false;
      decoded_.append(text_, from, at_ - from);
    }
    return true;
  }
  /// Up to the next quote or backslash, or the end of the text.
  bool skip_plain() {
    const char* const begin = text_.data();
    const char* const end = begin + text_.size();
    while (true) {
      at_ = static_cast<std::size_t>(plain_string_end(begin, begin + at_, end) - begin);
      if (at_ == text_.size() || text_[at_] == '"' || text_[at_] == '\\') return true;
      // Texts of other scripts are of such bytes for the most part.
      do {
        if (!plain_byte()) return false;
      } while (at_ < text_.size() && static_cast<unsigned char>(text_[at_]) >= 0x80);
    }
  }
  /// A control or a sequence of UTF-8.
  bool plain_byte() {
    const auto byte = static_cast<unsigned char>(text_[at_]);
    if (byte < 0x20) return refuse("a control character stands in a string");
    const std::size_t length = utf8_sequence_length(text_.substr(at_));
    if (length == 0) return refuse("the text is not valid UTF-8");
    at_ += length;
    return true;
  }
  bool parse_escape(std::string& to) {
    ++at_;
    if (at_ >= text_.size()) return refuse("the string does not end");
    switch (text_[at_++]) {
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
    if (unit >= 0xD800 && unit <= 0xDBFF && text_.substr(at_, 2) == "\\u") {
      const std::size_t back = at_;
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
      const int digit = at_ < text_.size() ? hex_value(text_[at_]) : -1;
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
      JsonValue item;
      if (!parse_value(item, depth + 1)) return false;
      items_.push_back(item);
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
      JsonMember member{};
      member.name_offset = static_cast<std::uint32_t>(at_);
      if (!at_char('"')) return refuse("expected a member name in quotes");
      if (!parse_string(member.name)) return false;
      skip_blanks();
      if (!at_char(':')) return refuse("expected ':' after the member name");
      ++at_;
      if (!parse_value(member.value, depth + 1)) return false;
      members_.push_back(member);
      if (!next_of('}')) return false;
    }
    ++at_;
    into.members = stored(members_, base);
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

  std::string_view text_;
  Arena& arena_;
  const JsonLimits& limits_;
  const bool views_;
  std::size_t at_ = 0;
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
    if (members[i].name == name) return &members[i].value;
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

void append_json_string(std::string& to, std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  to += '"';
  while (!text.empty()) {
    const char c = text.front();
    const auto byte = static_cast<unsigned char>(c);
    std::size_t length = 1;
    if (c == '"' || c == '\\') {
      to += '\\';
      to += c;
    } else if (byte < 0x20) {
      switch (c) {
        case '\n': to += "\\n"; break;
        case '\r': to += "\\r"; break;
        case '\t': to += "\\t"; break;
        case '\b': to += "\\b"; break;
        case '\f': to += "\\f"; break;
        default:
          to += "\\u00";
          to += digits[byte >> 4];
          to += digits[byte & 15];
          break;
      }
    } else if (byte < 0x80) {
      to += c;
    } else if ((length = utf8_sequence_length(text)) != 0) {
      to += text.substr(0, length);
    } else {
      to += "\xEF\xBF\xBD";
      length = 1;
    }
    text.remove_prefix(length);
  }
  to += '"';
}

void JsonWriter::separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (!first_) out_ += ',';
  first_ = false;
  if (depth_ > 0) new_line();
}
void JsonWriter::new_line() {
  if (!indented_) return;
  out_ += '\n';
  out_.append(std::size_t{2} * depth_, ' ');
}
void JsonWriter::open(char bracket) {
  separate();
  out_ += bracket;
  ++depth_;
  first_ = true;
}
void JsonWriter::close(char bracket) {
  --depth_;
  if (!first_) new_line();
  out_ += bracket;
  first_ = false;
}
void JsonWriter::key(std::string_view name) {
  separate();
  append_json_string(out_, name);
  out_ += indented_ ? ": " : ":";
  after_key_ = true;
}
void JsonWriter::value(std::string_view text) {
  separate();
  append_json_string(out_, text);
}
void JsonWriter::value(std::int64_t number) {
  separate();
  out_ += std::to_string(number);
}
void JsonWriter::value(double number) {
  separate();
  if (!std::isfinite(number)) {
    out_ += "null";
    return;
  }
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, number).ptr;
  out_.append(buffer, end);
}
void JsonWriter::value(bool truth) {
  separate();
  out_ += truth ? "true" : "false";
}
void JsonWriter::null() {
  separate();
  out_ += "null";
}
void JsonWriter::raw(std::string_view json) {
  separate();
  out_ += json;
}

}  // namespace sluice
