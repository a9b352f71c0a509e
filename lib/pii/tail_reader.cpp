// SPDX-License-Identifier: Apache-2.0
#include "pii/tail_reader.hpp"

#include "pii/secrets.hpp"
#include "pii/window.hpp"

namespace sluice::pii {
namespace {

constexpr unsigned pem_dashes = 5;

bool is_part(Tail tail, int c) {
  switch (tail) {
    case Tail::none: return false;
    case Tail::token:
    case Tail::dotted: return is_word_byte(c) || c == '-';
    case Tail::domain: return is_alnum_byte(c) || c == '-' || c >= 0x80;
    case Tail::base64: return is_alnum_byte(c) || c == '+' || c == '/' || c == '=';
    case Tail::pem:
      return is_alnum_byte(c) ||
             std::string_view("+/=-:,\\ \t\r\n").find(static_cast<char>(c)) != std::string_view::npos;
  }
  return false;
}

}  // namespace

std::size_t TailReader::read(std::string_view text, bool ends_here) {
  return tail_ == Tail::pem ? read_pem(text) : read_words(text, ends_here);
}

std::size_t TailReader::read_words(std::string_view text, bool ends_here) {
  const bool has_points = tail_ == Tail::dotted || tail_ == Tail::domain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (is_part(tail_, c)) continue;
    if (c != '.' || !has_points) return end(i);
    if (i + 1 == text.size()) return ends_here ? end(i) : i;
    if (!is_part(tail_, static_cast<unsigned char>(text[i + 1]))) return end(i);
  }
  return ends_here ? end(text.size()) : text.size();
}

std::size_t TailReader::read_pem(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (!is_part(Tail::pem, c) || bytes_ == max_pem_bytes) return end(i);
    ++bytes_;
    if (c == '-') {
      if (++dashes_ < pem_dashes) continue;
      if (is_in_label_) return end(i + 1);
      is_in_label_ = true;
      dashes_ = 0;
    } else {
      dashes_ = 0;
      if (!is_upper_byte(c) && !is_digit_byte(c) && c != ' ') is_in_label_ = false;
    }
  }
  return text.size();
}

}  // namespace sluice::pii
