// SPDX-License-Identifier: Apache-2.0
// The lexer. Entry point: tokenize. Interpolated strings become one token whose holes keep their code; the parser
// reads them. `>` is always a token of its own, so that nested type arguments close; the parser joins shifts.
#include "expression/lexer.hpp"

#include "base/text.hpp"
#include "expression/scan.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>

namespace sluice::expression {
namespace {

constexpr std::array keywords = {
    "abstract", "as",      "base",    "bool",       "break",    "byte",     "case",      "catch",     "char",
    "checked",  "class",   "const",   "continue",   "decimal",  "default",  "delegate",  "do",        "double",
    "else",     "enum",    "event",   "explicit",   "extern",   "false",    "finally",   "fixed",     "float",
    "for",      "foreach", "goto",    "if",         "implicit", "in",       "int",       "interface", "internal",
    "is",       "lock",    "long",    "namespace",  "new",      "null",     "object",    "operator",  "out",
    "override", "params",  "private", "protected",  "public",   "readonly", "ref",       "return",    "sbyte",
    "sealed",   "short",   "sizeof",  "stackalloc", "static",   "string",   "struct",    "switch",    "this",
    "throw",    "true",    "try",     "typeof",     "uint",     "ulong",    "unchecked", "unsafe",    "ushort",
    "using",    "virtual", "void",    "volatile",   "while"};

constexpr std::array punctuation = {"?\?=", "<<=", "=>", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "++", "--",
                                    "+=",   "-=",  "*=", "/=", "%=", "&=", "|=", "^=", "<<", "->", "::", "..", "{",
                                    "}",    "(",   ")",  "[",  "]",  ";",  ",",  ".",  "?",  ":",  "+",  "-",  "*",
                                    "/",    "%",   "&",  "|",  "^",  "!",  "~",  "=",  "<",  ">"};

bool is_keyword(std::string_view text) {
  for (const char* keyword : keywords) {
    if (text == keyword) return true;
  }
  return false;
}

bool starts_identifier(char c) { return is_alpha(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80; }
bool continues_identifier(char c) { return starts_identifier(c) || is_digit(c); }

class Lexer {
 public:
  Lexer(std::string_view text, std::uint32_t base, Findings& findings)
      : text_(text), base_(base), findings_(findings) {}

  std::vector<Token> run() {
    while (true) {
      skip_blanks();
      Token token = next();
      const bool last = token.kind == TokenKind::end;
      if (!token.error.empty()) findings_.error("SL3002", token.offset, token.length, token.error);
      tokens_.push_back(std::move(token));
      if (last) return std::move(tokens_);
    }
  }

 private:
  void skip_blanks() {
    while (at_ < text_.size()) {
      if (is_blank(text_[at_]) || text_[at_] == '\f' || text_[at_] == '\v') {
        ++at_;
      } else if (text_.substr(at_).starts_with("\xC2\xA0")) {
        at_ += 2;
      } else if (text_.substr(at_).starts_with("\xEF\xBB\xBF")) {
        at_ += 3;
      } else if (text_[at_] == '/' && at_ + 1 < text_.size() && (text_[at_ + 1] == '/' || text_[at_ + 1] == '*')) {
        const std::size_t after = skip_literal(text_, at_);
        if (after == unterminated) {
          findings_.error("SL3001", base_ + static_cast<std::uint32_t>(at_), 2, "the comment is not closed");
          at_ = text_.size();
        } else {
          at_ = after;
        }
      } else {
        return;
      }
    }
  }

  Token make(TokenKind kind, std::size_t start, std::size_t end) const {
    Token token;
    token.kind = kind;
    token.offset = base_ + static_cast<std::uint32_t>(start);
    token.length = static_cast<std::uint32_t>(end - start);
    token.text = text_.substr(start, end - start);
    return token;
  }

  Token next() {
    if (at_ >= text_.size()) return make(TokenKind::end, text_.size(), text_.size());
    const char c = text_[at_];
    const std::string_view rest = text_.substr(at_);
    if (c == '"' || rest.starts_with("@\"")) return string(c == '@');
    if (rest.starts_with("$\"")) return interpolated(1, false);
    if (rest.starts_with("$@\"") || rest.starts_with("@$\"")) return interpolated(2, true);
    if (c == '\'') return character();
    if (is_digit(c) || (c == '.' && rest.size() > 1 && is_digit(rest[1]))) return number();
    if (starts_identifier(c) || (c == '@' && rest.size() > 1 && starts_identifier(rest[1]))) return identifier();
    for (const char* candidate : punctuation) {
      const std::string_view mark = candidate;
      if (!rest.starts_with(mark)) continue;
      // `a?.5:b` is a conditional with the number .5.
      if (mark == "?." && rest.size() > 2 && is_digit(rest[2])) continue;
      const std::size_t start = at_;
      at_ += mark.size();
      return make(TokenKind::punctuation, start, at_);
    }
    const std::size_t start = at_++;
    findings_.error("SL3001", base_ + static_cast<std::uint32_t>(start), 1,
                    "unexpected character '" + std::string(text_.substr(start, 1)) + "'");
    skip_blanks();
    return next_after_error();
  }

  Token next_after_error() {
    // One message is enough for a run of characters that no token starts with.
    while (at_ < text_.size() && (text_[at_] == '#' || text_[at_] == '\\' || text_[at_] == '$' || text_[at_] == '@' ||
                                  text_[at_] == '`' || static_cast<unsigned char>(text_[at_]) < 32)) {
      ++at_;
    }
    return next();
  }

  Token identifier() {
    const std::size_t start = at_;
    const bool escaped = text_[at_] == '@';
    if (escaped) ++at_;
    const std::size_t name = at_;
    while (at_ < text_.size() && continues_identifier(text_[at_])) ++at_;
    Token token = make(TokenKind::identifier, start, at_);
    token.text = text_.substr(name, at_ - name);
    if (!escaped && is_keyword(token.text)) token.kind = TokenKind::keyword;
    return token;
  }

  Token string(bool verbatim) {
    const std::size_t start = at_;
    const std::size_t end = skip_literal(text_, at_);
    if (end == unterminated) {
      Token token = make(TokenKind::string, start, text_.size());
      token.error = "the string is not closed";
      at_ = text_.size();
      return token;
    }
    at_ = end;
    Token token = make(TokenKind::string, start, end);
    if (verbatim) {
      const std::string_view body = text_.substr(start + 2, end - start - 3);
      for (std::size_t i = 0; i < body.size(); ++i) {
        token.decoded += body[i];
        if (body[i] == '"') ++i;
      }
    } else {
      decode(text_.substr(start + 1, end - start - 2), token.decoded, token.error);
    }
    return token;
  }

  /// Decodes the escapes of a regular string or character literal.
  static void decode(std::string_view body, std::string& to, std::string& error) {
    std::uint32_t high = 0;
    for (std::size_t i = 0; i < body.size(); ++i) {
      if (body[i] != '\\') {
        to += body[i];
        high = 0;
        continue;
      }
      const char c = ++i < body.size() ? body[i] : '\0';
      static constexpr std::string_view letters = "'\"\\0abfnrtv";
      static constexpr char values[] = {'\'', '"', '\\', '\0', '\a', '\b', '\f', '\n', '\r', '\t', '\v'};
      const std::size_t simple = c == '\0' ? std::string_view::npos : letters.find(c);
      if (simple != std::string_view::npos) {
        to += values[simple];
        high = 0;
        continue;
      }
      const std::size_t most = c == 'u' ? 4 : c == 'U' ? 8 : c == 'x' ? 4 : 0;
      std::uint32_t code = 0;
      std::size_t count = 0;
      while (count < most && i + 1 < body.size() && hex_value(body[i + 1]) >= 0) {
        code = code * 16 + static_cast<std::uint32_t>(hex_value(body[++i]));
        ++count;
      }
      if (most == 0 || count == 0 || (c != 'x' && count != most) || code > 0x10FFFF) {
        error = "unknown escape sequence in a literal";
        return;
      }
      append_unit(to, code, high);
    }
  }

  /// Appends a UTF-16 unit or code point; a low surrogate behind a high one joins it.
  static void append_unit(std::string& to, std::uint32_t code, std::uint32_t& high) {
    if (high != 0 && code >= 0xDC00 && code <= 0xDFFF) {
      to.resize(to.size() - 3);
      append_utf8(to, 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00));
      high = 0;
      return;
    }
    high = code >= 0xD800 && code <= 0xDBFF ? code : 0;
    if (code >= 0xD800 && code <= 0xDFFF) {
      to += static_cast<char>(0xE0 | (code >> 12));
      to += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
      to += static_cast<char>(0x80 | (code & 0x3F));
    } else {
      append_utf8(to, code);
    }
  }

  Token character() {
    const std::size_t start = at_;
    const std::size_t end = skip_literal(text_, at_);
    if (end == unterminated) {
      Token token = make(TokenKind::character, start, text_.size());
      token.error = "the character literal is not closed";
      at_ = text_.size();
      return token;
    }
    at_ = end;
    Token token = make(TokenKind::character, start, end);
    decode(text_.substr(start + 1, end - start - 2), token.decoded, token.error);
    std::uint32_t code = 0;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(token.decoded[i]); };
    const std::size_t size = token.decoded.size();
    if (size == 1 && byte(0) < 0x80)
      code = byte(0);
    else if (size == 2 && byte(0) >= 0xC0)
      code = ((byte(0) & 0x1Fu) << 6) | (byte(1) & 0x3Fu);
    else if (size == 3 && byte(0) >= 0xE0)
      code = ((byte(0) & 0xFu) << 12) | ((byte(1) & 0x3Fu) << 6) | (byte(2) & 0x3Fu);
    else if (token.error.empty())
      token.error = "a character literal holds exactly one UTF-16 unit";
    token.value = Value::integer(ValueKind::character, code);
    return token;
  }

  Token interpolated(std::size_t prefix, bool verbatim) {
    const std::size_t start = at_;
    const std::size_t end = skip_literal(text_, at_);
    if (end == unterminated) {
      Token token = make(TokenKind::interpolated, start, text_.size());
      token.error = "the interpolated string is not closed";
      at_ = text_.size();
      return token;
    }
    at_ = end;
    Token token = make(TokenKind::interpolated, start, end);
    std::string raw;
    const auto flush = [&] {
      if (raw.empty()) return;
      InterpolationPart part;
      if (verbatim)
        part.literal = raw;
      else
        decode(raw, part.literal, token.error);
      token.parts.push_back(std::move(part));
      raw.clear();
    };
    const std::size_t last = end - 1;
    for (std::size_t i = start + prefix + 1; i < last; ++i) {
      const char c = text_[i];
      if (c == '\\' && !verbatim && i + 1 < last) {
        raw += c;
        raw += text_[++i];
      } else if ((c == '{' || c == '}' || (c == '"' && verbatim)) && i + 1 < last && text_[i + 1] == c) {
        raw += c;
        ++i;
      } else if (c == '{') {
        flush();
        const std::size_t close = matching_bracket(text_, i);
        token.parts.push_back(hole(i + 1, close, verbatim, token.error));
        i = close;
      } else if (c == '}') {
        token.error = "a lone '}' in an interpolated string; write '}}'";
      } else {
        raw += c;
      }
    }
    flush();
    return token;
  }

  /// Splits `expression [, alignment] [: format]`.
  InterpolationPart hole(std::size_t start, std::size_t end, bool verbatim, std::string& error) const {
    InterpolationPart part;
    part.is_hole = true;
    part.offset = base_ + static_cast<std::uint32_t>(start);
    std::size_t comma = end, colon = end, i = start;
    while (i < end) {
      const std::size_t after = skip_literal(text_, i);
      if (after != i && after != unterminated) {
        i = after;
        continue;
      }
      const char c = text_[i];
      if (c == '(' || c == '[' || c == '{') {
        const std::size_t close = matching_bracket(text_, i);
        if (close == unterminated) break;
        i = close + 1;
        continue;
      }
      if (c == ',' && comma == end) comma = i;
      if (c == ':' && text_.substr(i, 2) == "::") {
        i += 2;
        continue;
      }
      if (c == ':') {
        colon = i;
        break;
      }
      ++i;
    }
    const std::size_t code_end = comma < colon ? comma : colon;
    part.code = text_.substr(start, code_end - start);
    if (comma < colon) part.alignment = text_.substr(comma + 1, colon - comma - 1);
    if (colon < end) {
      const std::string_view format = text_.substr(colon + 1, end - colon - 1);
      if (verbatim)
        part.format = std::string(format);
      else
        decode(format, part.format, error);
    }
    return part;
  }

  Token number() {
    const std::size_t start = at_;
    std::string digits;
    int base = 10;
    bool real = false;
    if (text_[at_] == '0' && at_ + 1 < text_.size() && (text_[at_ + 1] | 32) == 'x') base = 16;
    if (text_[at_] == '0' && at_ + 1 < text_.size() && (text_[at_ + 1] | 32) == 'b') base = 2;
    if (base != 10) at_ += 2;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '_') {
        ++at_;
        continue;
      }
      const bool digit = base == 16 ? hex_value(c) >= 0 : is_digit(c);
      const bool point = base == 10 && c == '.' && !real && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]);
      const bool exponent = base == 10 && (c | 32) == 'e' && exponent_follows(at_ + 1);
      if (!digit && !point && !exponent) break;
      if (point || exponent) real = true;
      digits += c;
      ++at_;
      if (exponent) {
        if (text_[at_] == '+' || text_[at_] == '-') digits += text_[at_++];
        while (at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == '_')) {
          if (text_[at_] != '_') digits += text_[at_];
          ++at_;
        }
        break;
      }
    }
    const std::size_t suffix = at_;
    while (at_ < text_.size() && continues_identifier(text_[at_])) ++at_;
    Token token = make(TokenKind::number, start, at_);
    token.decoded = digits;
    evaluate(token, digits, base, real, sluice::to_lower(text_.substr(suffix, at_ - suffix)));
    return token;
  }

  bool exponent_follows(std::size_t at) const {
    if (at < text_.size() && (text_[at] == '+' || text_[at] == '-')) ++at;
    return at < text_.size() && is_digit(text_[at]);
  }

  static void evaluate(Token& token, const std::string& digits, int base, bool real, const std::string& suffix) {
    if (base == 10 && (real || suffix == "d" || suffix == "f" || suffix == "m")) {
      if (suffix == "m") {
        token.value = Value::pointer(ValueKind::decimal, nullptr);
        return;
      }
      if (!suffix.empty() && suffix != "d" && suffix != "f") token.error = "a number with an unknown suffix";
      const double number = std::strtod(digits.c_str(), nullptr);
      if (number > 1.7976931348623157e308) token.error = "the number is outside the range of double";
      token.value = suffix == "f" ? Value::float32(std::strtof(digits.c_str(), nullptr)) : Value::float64(number);
      return;
    }
    std::uint64_t number = 0;
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
    if (code == std::errc::result_out_of_range)
      token.error = "the integer is too large";
    else if (code != std::errc() || end != digits.data() + digits.size())
      token.error = "a malformed number";
    const bool is_unsigned = suffix.find('u') != std::string::npos;
    const bool is_long = suffix.find('l') != std::string::npos;
    if (suffix.size() != static_cast<std::size_t>(is_unsigned) + static_cast<std::size_t>(is_long)) {
      token.error = "a number with an unknown suffix";
    }
    ValueKind kind = ValueKind::uint64;
    if (!is_unsigned && !is_long && number <= 0x7FFFFFFF)
      kind = ValueKind::int32;
    else if (!is_long && number <= 0xFFFFFFFF)
      kind = ValueKind::uint32;
    else if (!is_unsigned && number <= 0x7FFFFFFFFFFFFFFF)
      kind = ValueKind::int64;
    token.value = Value::integer(kind, static_cast<std::int64_t>(number));
  }

  std::string_view text_;
  std::uint32_t base_;
  Findings& findings_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokenize(std::string_view text, std::uint32_t base, Findings& findings) {
  return Lexer(text, base, findings).run();
}

}  // namespace sluice::expression
