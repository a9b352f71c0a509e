// SPDX-License-Identifier: Apache-2.0
#include "liquid/scanner.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace sluice::liquid {
namespace {

std::string_view trim_left(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  return text;
}
std::string_view trim_right(std::string_view text) {
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::size_t find_markup(std::string_view source, std::size_t from) {
  for (std::size_t at = source.find('{', from); at != std::string_view::npos; at = source.find('{', at + 1)) {
    const char next = at + 1 < source.size() ? source[at + 1] : '\0';
    if (next == '{' || next == '%') return at;
  }
  return source.size();
}

}  // namespace

Piece Scanner::text_until(std::size_t end) {
  std::string_view text = source_.substr(at_, end - at_);
  if (trims_next_) text = trim_left(text);
  const bool is_trimmed = end + 2 < source_.size() && source_[end + 2] == '-';
  if (is_trimmed) text = trim_right(text);
  trims_next_ = false;
  at_ = end;
  const auto offset = static_cast<std::uint32_t>(text.data() - source_.data());
  return {PieceKind::text, text, offset, offset};
}

std::optional<Piece> Scanner::markup(PieceKind kind) {
  const std::size_t opening = at_;
  const std::size_t end = source_.find(kind == PieceKind::output ? "}}" : "%}", opening + 2);
  if (end == std::string_view::npos) {
    findings_.error("SL3101", static_cast<std::uint32_t>(opening), 2,
                    std::string("'") + std::string(source_.substr(opening, 2)) + "' is not closed",
                    kind == PieceKind::output ? "write }} behind it" : "write %} behind it");
    at_ = source_.size();
    is_broken_ = true;
    return std::nullopt;
  }
  std::string_view inside = source_.substr(opening + 2, end - opening - 2);
  if (inside.starts_with('-')) inside.remove_prefix(1);
  trims_next_ = inside.ends_with('-');
  if (trims_next_) inside.remove_suffix(1);
  at_ = end + 2;
  return Piece{kind, inside, static_cast<std::uint32_t>(inside.data() - source_.data()),
               static_cast<std::uint32_t>(opening)};
}

std::optional<Piece> Scanner::next() {
  while (at_ < source_.size()) {
    const std::size_t found = find_markup(source_, at_);
    if (found != at_) {
      const Piece text = text_until(found);
      if (!text.text.empty()) return text;
      continue;
    }
    return markup(source_[at_ + 1] == '{' ? PieceKind::output : PieceKind::tag);
  }
  return std::nullopt;
}

std::optional<std::string_view> Scanner::pass_to(std::string_view end) {
  for (std::size_t tag = source_.find("{%", at_); tag != std::string_view::npos; tag = source_.find("{%", tag + 2)) {
    const std::size_t close = source_.find("%}", tag + 2);
    if (close == std::string_view::npos) return std::nullopt;
    std::string_view name = source_.substr(tag + 2, close - tag - 2);
    if (name.starts_with('-')) name.remove_prefix(1);
    if (name.ends_with('-')) name.remove_suffix(1);
    if (trim(name) != end) continue;
    const Piece passed = text_until(tag);
    at_ = close + 2;
    trims_next_ = source_[close - 1] == '-';
    return passed.text;
  }
  return std::nullopt;
}

}  // namespace sluice::liquid
