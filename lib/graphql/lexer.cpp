// SPDX-License-Identifier: Apache-2.0
#include "graphql/lexer.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <optional>

namespace sluice::graphql {
namespace {

bool begins_name(char c) { return is_alpha(c) || c == '_'; }
bool is_in_name(char c) { return begins_name(c) || is_digit(c); }

class Lexer {
 public:
  Lexer(std::string_view text, std::size_t most_tokens) : text_(text), most_tokens_(most_tokens) {}

  tl::expected<std::vector<Token>, Fault> run() {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    if (!is_valid_utf8(text_)) return tl::unexpected(Fault{0, "The text is not valid UTF-8."});
    for (;;) {
      skip_ignored();
      if (tokens_.size() >= most_tokens_ && at_ < text_.size())
        return tl::unexpected(Fault{at_, "The document has more than " + std::to_string(most_tokens_) + " tokens."});
      if (!read_token()) return tl::unexpected(std::move(*fault_));
      if (tokens_.back().kind == TokenKind::end) return std::move(tokens_);
    }
  }

 private:
  bool refuse(std::string message) {
    fault_ = Fault{at_, std::move(message)};
    return false;
  }
  bool add(TokenKind kind, std::size_t begin, std::size_t end, std::size_t quotes = 0) {
    tokens_.push_back({kind, text_.substr(begin + quotes, end - begin - 2 * quotes), begin, end});
    at_ = end;
    return true;
  }
  char at(std::size_t place) const { return place < text_.size() ? text_[place] : '\0'; }

  /// White space, line ends, commas, comments.
  void skip_ignored() {
    while (at_ < text_.size()) {
      if (is_blank(text_[at_]) || text_[at_] == ',') {
        ++at_;
      } else if (text_[at_] == '#') {
        at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
      } else {
        return;
      }
    }
  }

  bool read_token() {
    if (at_ >= text_.size()) return add(TokenKind::end, at_, at_);
    const char c = text_[at_];
    if (begins_name(c)) {
      std::size_t end = at_;
      while (is_in_name(at(end))) ++end;
      return add(TokenKind::name, at_, end);
    }
    if (is_digit(c) || c == '-') return read_number();
    if (text_.substr(at_).starts_with("\"\"\"")) return read_block();
    if (c == '"') return read_text();
    if (text_.substr(at_).starts_with("...")) return add(TokenKind::punctuator, at_, at_ + 3);
    if (std::string_view("!$&():=@[]{|}").find(c) != std::string_view::npos)
      return add(TokenKind::punctuator, at_, at_ + 1);
    return refuse("Unexpected character.");
  }

  bool read_number() {
    std::size_t end = at_ + (text_[at_] == '-' ? 1 : 0);
    bool is_real = false;
    const auto digits = [&] {
      const std::size_t begin = end;
      while (is_digit(at(end))) ++end;
      return end > begin;
    };
    const bool begins_with_zero = at(end) == '0';
    const std::size_t first = end;
    if (!digits() || (begins_with_zero && end - first > 1)) return refuse("Malformed number.");
    if (at(end) == '.') {
      is_real = true;
      ++end;
      if (!digits()) return refuse("Malformed number.");
    }
    if (at(end) == 'e' || at(end) == 'E') {
      is_real = true;
      ++end;
      if (at(end) == '+' || at(end) == '-') ++end;
      if (!digits()) return refuse("Malformed number.");
    }
    if (at(end) == '.' || begins_name(at(end))) return refuse("Malformed number.");
    return add(is_real ? TokenKind::real : TokenKind::integer, at_, end);
  }

  bool read_text() {
    std::size_t end = at_ + 1;
    for (; end < text_.size() && text_[end] != '"'; ++end) {
      if (text_[end] == '\n' || text_[end] == '\r') return refuse("The text does not end on its line.");
      if (text_[end] != '\\') continue;
      ++end;
      if (at(end) == 'u' ? !has_hexadecimal(end + 1)
                         : std::string_view("\"\\/bfnrt").find(at(end)) == std::string_view::npos)
        return refuse("Unknown escape in a text.");
    }
    if (end >= text_.size()) return refuse("The text does not end.");
    return add(TokenKind::text, at_, end + 1, 1);
  }
  bool has_hexadecimal(std::size_t begin) const {
    for (std::size_t i = begin; i < begin + 4; ++i) {
      if (hex_value(at(i)) < 0) return false;
    }
    return true;
  }
  bool read_block() {
    std::size_t end = text_.find("\"\"\"", at_ + 3);
    while (end != std::string_view::npos && text_[end - 1] == '\\') end = text_.find("\"\"\"", end + 3);
    if (end == std::string_view::npos) return refuse("The text does not end.");
    return add(TokenKind::block_text, at_, end + 3, 3);
  }

  std::string_view text_;
  std::size_t most_tokens_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
  std::optional<Fault> fault_;
};

}  // namespace

tl::expected<std::vector<Token>, Fault> read_tokens(std::string_view text, std::size_t most_tokens) {
  return Lexer(text, most_tokens).run();
}

Place place_of(std::string_view text, std::size_t offset) {
  Place place;
  for (std::size_t i = 0; i < std::min(offset, text.size()); ++i) {
    if (text[i] == '\n' || (text[i] == '\r' && (i + 1 >= text.size() || text[i + 1] != '\n'))) {
      ++place.line;
      place.column = 1;
    } else if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) {
      ++place.column;
    }
  }
  return place;
}

}  // namespace sluice::graphql
