// SPDX-License-Identifier: Apache-2.0
#include "liquid/markup.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace sluice::liquid {
namespace {

bool begins_name(char c) { return is_alpha(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80; }
bool in_name(char c) { return begins_name(c) || is_digit(c) || c == '-'; }

constexpr std::size_t longest_shown = 40;

}  // namespace

void Markup::skip_blanks() {
  while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
}

bool Markup::at_end() {
  skip_blanks();
  return at_ >= text_.size();
}

char Markup::peek() { return at_end() ? '\0' : text_[at_]; }

bool Markup::is_next(std::string_view sign) {
  skip_blanks();
  return text_.substr(at_).starts_with(sign);
}

bool Markup::accept(std::string_view sign) {
  if (!is_next(sign)) return false;
  at_ += sign.size();
  return true;
}

bool Markup::accept_word(std::string_view word) {
  const std::size_t before = at_;
  if (name() == word) return true;
  at_ = before;
  return false;
}

std::string_view Markup::name() {
  skip_blanks();
  if (at_ >= text_.size() || !begins_name(text_[at_])) return {};
  const std::size_t begin = at_;
  while (at_ < text_.size() && in_name(text_[at_])) ++at_;
  if (at_ < text_.size() && text_[at_] == '?') ++at_;
  return text_.substr(begin, at_ - begin);
}

std::string_view Markup::needed_name(std::string_view what) {
  const std::string_view found = name();
  if (found.empty()) unexpected(what);
  return found;
}

std::optional<std::string_view> Markup::quoted() {
  const char quote = peek();
  if (quote != '"' && quote != '\'') return std::nullopt;
  const std::size_t end = text_.find(quote, at_ + 1);
  if (end == std::string_view::npos) {
    error("SL3101", "a text in quotes does not end");
    at_ = text_.size();
    return std::string_view();
  }
  const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
  at_ = end + 1;
  return inside;
}

std::optional<std::string_view> Markup::number() {
  skip_blanks();
  std::size_t end = at_;
  const auto digits = [&] {
    const std::size_t begin = end;
    while (end < text_.size() && is_digit(text_[end])) ++end;
    return end != begin;
  };
  if (end < text_.size() && (text_[end] == '-' || text_[end] == '+')) ++end;
  if (!digits()) return std::nullopt;
  // Two points are those of a range.
  if (end + 1 < text_.size() && text_[end] == '.' && is_digit(text_[end + 1])) {
    ++end;
    digits();
  }
  const std::string_view found = text_.substr(at_, end - at_);
  at_ = end;
  return found;
}

std::string_view Markup::comparison() {
  skip_blanks();
  for (const std::string_view sign : {"==", "!=", "<>", "<=", ">=", "<", ">"}) {
    if (accept(sign)) return sign;
  }
  const std::size_t before = at_;
  const std::string_view word = name();
  if (word == "contains") return word;
  if (!word.empty() && word != "and" && word != "or") {
    error_at(word, "SL3102", "'" + std::string(word) + "' is no operator of Liquid templates",
             "there are == != <> < > <= >= contains, and, or");
  }
  at_ = before;
  return {};
}

void Markup::finish() {
  if (!at_end()) unexpected("nothing more");
}

void Markup::unexpected(std::string_view wanted) {
  if (at_end()) return error("SL3101", "the markup ends where " + std::string(wanted) + " should stand");
  const std::string_view found = trim(text_.substr(at_, longest_shown));
  error("SL3101", "found '" + std::string(found) + "' where " + std::string(wanted) + " should stand");
}

void Markup::error(std::string_view code, std::string message, std::string hint) {
  skip_blanks();
  error_at(text_.substr(std::min(at_, text_.size()), 1), code, std::move(message), std::move(hint));
}

void Markup::error_at(std::string_view part, std::string_view code, std::string message, std::string hint) {
  if (std::exchange(reported_, true)) return;
  const auto at = static_cast<std::uint32_t>(part.data() - text_.data());
  findings_.error(code, offset_ + at, static_cast<std::uint32_t>(std::max<std::size_t>(part.size(), 1)),
                  std::move(message), std::move(hint));
}

}  // namespace sluice::liquid
