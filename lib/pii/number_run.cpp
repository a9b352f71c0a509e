// SPDX-License-Identifier: Apache-2.0
#include "pii/number_run.hpp"

namespace sluice::pii {
namespace {

/// The blank or mark at `at`: U+00A0 and U+202F are blanks, U+2010 to U+2013 dashes.
Separator read_mark(Window& window, std::size_t at) {
  const int c = window[at];
  if (c == ' ') return {1, ' '};
  if (c == '-' || c == '.' || c == '/') return {1, static_cast<char>(c)};
  if (c == 0xC2 && window[at + 1] == 0xA0) return {2, ' '};
  if (c != 0xE2 || window[at + 1] != 0x80) return {};
  const int last = window[at + 2];
  if (last == 0xAF) return {3, ' '};
  return last >= 0x90 && last <= 0x93 ? Separator{3, '-'} : Separator{};
}

void put_number(char* to, std::size_t& at, std::size_t number) {
  if (number >= 10) to[at++] = static_cast<char>('0' + number / 10);
  to[at++] = static_cast<char>('0' + number % 10);
}

}  // namespace

Separator read_separator(Window& window, std::size_t at) {
  Separator whole = read_mark(window, at);
  if (whole.length == 0) return {};
  if (whole.mark == ' ' || whole.mark == '-') {
    // A second blank, a dash behind a blank, and a blank behind that.
    for (int more = 0; more < 2; ++more) {
      const Separator next = read_mark(window, at + whole.length);
      const bool joins = next.mark == ' ' || (next.mark == '-' && whole.mark == ' ');
      if (next.length == 0 || !joins) break;
      whole = {whole.length + next.length, next.mark == '-' ? '-' : whole.mark};
    }
  }
  return is_digit_byte(window[at + whole.length]) ? whole : Separator{};
}

NumberRun::NumberRun(Window& window) {
  std::size_t at = 0, digits = 0, shape = 0;
  char separator = 0;
  while (count_ < max_groups) {
    const std::size_t first = digits;
    while (digits < max_digits && is_digit_byte(window[at])) digits_[digits++] = static_cast<char>(window[at++]);
    if (digits == first || is_word_byte(window[at])) return;
    if (count_ > 0 && digits - first == 1 && group_size(count_ - 1) == 1) return;
    if (separator != 0) shape_[shape++] = separator;
    put_number(shape_.data(), shape, digits - first);
    shape_ends_[count_] = static_cast<std::uint8_t>(shape);
    groups_[count_++] = {static_cast<std::uint8_t>(digits), static_cast<std::uint8_t>(at), separator};
    const Separator next = read_separator(window, at);
    if (next.length == 0) return;
    separator = next.mark;
    at += next.length;
  }
}

std::string_view NumberRun::shape(std::size_t groups) const { return {shape_.data(), shape_ends_[groups - 1]}; }

bool NumberRun::is_uniform(std::size_t groups) const {
  for (std::size_t i = 2; i < groups; ++i) {
    if (groups_[i].separator != groups_[1].separator) return false;
  }
  return true;
}

bool NumberRun::is_glued_behind(Window& window, std::size_t groups) const {
  if (groups < count_) {
    return groups_[groups].separator != ' ' || (groups > 1 && group_size(groups) == group_size(groups - 1));
  }
  const std::size_t end = length(groups);
  const int next = window[end];
  if (next == '-') return is_alnum_byte(window[end + 1]);
  if (next == '.' || next == '/' || next == ':') return is_digit_byte(window[end + 1]);
  return next == '%';
}

bool is_glued_before(const Window& window) {
  const int last = window.back(1), other = window.back(2);
  if (last == '-') return is_alnum_byte(other);
  if (last == '.' || last == '/' || last == ',') return is_digit_byte(other);
  return last == '$' || last == '#' || last == '+' || last == '@';
}

bool is_row_before(const Window& window, std::size_t size) {
  if (window.back(1) != ' ' && window.back(1) != '-') return false;
  for (std::size_t i = 0; i < size; ++i) {
    if (!is_digit_byte(window.back(2 + i))) return false;
  }
  return size > 1 && !is_digit_byte(window.back(2 + size));
}

}  // namespace sluice::pii
