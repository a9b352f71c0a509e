// SPDX-License-Identifier: Apache-2.0
#include "pii/phones.hpp"

#include "pii/context_words.hpp"
#include "pii/number_run.hpp"

#include <array>
#include <cstdint>

namespace sluice::pii {
namespace {

constexpr std::string_view phone_words =
    "phone|telephone|tel|telefon|telefono|teléfono|téléphone|telefone|mobile|mobil|móvil|mobiel|mobiltelefon|cell|"
    "cellphone|fax|call|call me|call me at|reach me|reach us|text me|sms|whatsapp|signal|handy|portable|celular|"
    "tlf|tlf.|puh|puhelin|komórka|numer telefonu|nummer ist|rufnummer|电话|手机|電話|携帯|전화|телефон|Телефон|"
    "тел|Тел|τηλέφωνο|טלפון|هاتف";

/// Assigned country codes, and how many digits follow them.
struct CountryCode {
  std::uint16_t code;
  std::uint8_t min, max;
};
constexpr std::array<CountryCode, 46> short_codes = {
    {{1, 10, 10},  {7, 10, 10}, {20, 8, 10}, {27, 9, 9},   {30, 10, 10}, {31, 9, 9},   {32, 8, 9},   {33, 9, 9},
     {34, 9, 9},   {36, 8, 9},  {39, 6, 11}, {40, 9, 9},   {41, 9, 9},   {43, 7, 13},  {44, 9, 10},  {45, 8, 8},
     {46, 7, 10},  {47, 8, 8},  {48, 9, 9},  {49, 7, 12},  {51, 8, 9},   {52, 10, 11}, {53, 8, 8},   {54, 10, 11},
     {55, 10, 11}, {56, 9, 9},  {57, 8, 10}, {58, 10, 10}, {60, 8, 10},  {61, 9, 9},   {62, 8, 12},  {63, 8, 10},
     {64, 8, 10},  {65, 8, 8},  {66, 8, 9},  {81, 9, 10},  {82, 8, 11},  {84, 9, 10},  {86, 10, 11}, {90, 10, 10},
     {91, 10, 10}, {92, 9, 10}, {93, 9, 9},  {94, 9, 9},   {95, 8, 10},  {98, 10, 10}}};

constexpr bool is_long_code(unsigned code) {
  constexpr std::array<std::uint16_t, 2> ranges[] = {
      {211, 213}, {216, 216}, {218, 218}, {220, 258}, {260, 269}, {290, 291}, {297, 299},
      {350, 359}, {370, 378}, {380, 383}, {385, 387}, {389, 389}, {420, 421}, {423, 423},
      {500, 509}, {590, 599}, {670, 670}, {672, 683}, {685, 692}, {850, 850}, {852, 853},
      {855, 856}, {880, 881}, {886, 886}, {960, 968}, {970, 977}, {992, 996}, {998, 998}};
  for (const auto& range : ranges) {
    if (code >= range[0] && code <= range[1]) return true;
  }
  return false;
}

constexpr std::size_t max_phone_digits = 16;
constexpr std::size_t max_phone_groups = 8;

/// A number as it is written, up to one of its groups.
struct Written {
  std::array<char, max_phone_digits> digits{};
  std::array<std::uint8_t, max_phone_groups> digits_end{}, bytes_end{};
  std::array<char, max_phone_groups> separator{};  ///< Before each group: a blank, `-`, `.`, `/`, or `)` for brackets.
  std::size_t groups = 0;
  bool has_plus = false;
  bool has_area = false;  ///< The first group, or the second behind a country code, stands in brackets.

  std::string_view text(std::size_t count) const { return {digits.data(), digits_end[count - 1]}; }
  std::size_t size(std::size_t i) const {
    return digits_end[i] - (i == 0 ? 0u : static_cast<unsigned>(digits_end[i - 1]));
  }
  bool is_shape(std::initializer_list<std::size_t> sizes) const {
    if (groups < sizes.size()) return false;
    std::size_t i = 0;
    for (const std::size_t wanted : sizes) {
      if (size(i++) != wanted) return false;
    }
    return true;
  }
};

/// Reads what separates groups, brackets too; its length, 0 for none. `(0)` behind a country code is left out.
std::size_t read_gap(Window& window, std::size_t at, Written& to, char& mark, bool& open) {
  std::size_t i = at;
  if (open) {
    if (window[i] != ')') return 0;
    open = false;
    ++i;
    mark = ')';
    if (is_digit_byte(window[i])) return i - at;
  }
  if (const int c = window[i]; c == ' ' || c == '-' || c == '.' || c == '/' || c == 0xC2 || c == 0xE2) {
    const Separator plain = read_separator(window, i);
    if (plain.length > 0) {
      if (mark != ')') mark = plain.mark;
      return i + plain.length - at;
    }
    if (c == ' ') ++i;
  }
  if (window[i] != '(' || to.groups > 2 || to.has_area) return 0;
  if (window[i + 1] == '0' && window[i + 2] == ')' && to.has_plus) {
    i += 3;
    if (window[i] == ' ') ++i;
    mark = ' ';
    return is_digit_byte(window[i]) ? i - at : 0;
  }
  if (!is_digit_byte(window[i + 1])) return 0;
  open = to.has_area = true;
  mark = ')';
  return i + 1 - at;
}

Written read_number(Window& window) {
  Written number;
  std::size_t at = 0, digits = 0;
  bool open = false;
  if (window[0] == '+') {
    number.has_plus = true;
    at = 1;
  } else if (window[0] == '(') {
    open = number.has_area = true;
    at = 1;
  }
  char mark = open ? ')' : '\0';
  while (number.groups < max_phone_groups) {
    const std::size_t first = digits;
    while (digits < max_phone_digits && is_digit_byte(window[at]))
      number.digits[digits++] = static_cast<char>(window[at++]);
    if (digits == first || is_word_byte(window[at])) break;
    if (open && window[at] != ')') break;
    number.digits_end[number.groups] = static_cast<std::uint8_t>(digits);
    number.bytes_end[number.groups] = static_cast<std::uint8_t>(at);
    number.separator[number.groups++] = mark;
    mark = '\0';
    const std::size_t gap = read_gap(window, at, number, mark, open);
    if (gap == 0) break;
    at += gap;
  }
  return number;
}

bool is_area(std::string_view three) { return three[0] >= '2' && !(three[1] == '1' && three[2] == '1'); }

/// Ten digits of North America.
bool is_north_american(std::string_view ten) { return is_area(ten.substr(0, 3)) && is_area(ten.substr(3, 3)); }

/// Country code and as many digits as its numbers have.
bool is_international(std::string_view digits) {
  for (std::size_t size = 1; size <= 2 && size < digits.size(); ++size) {
    const unsigned code = size == 1 ? static_cast<unsigned>(digits[0] - '0')
                                    : static_cast<unsigned>((digits[0] - '0') * 10 + digits[1] - '0');
    for (const CountryCode& country : short_codes) {
      if (country.code != code || code == 0) continue;
      const std::size_t rest = digits.size() - size;
      // The 0 before the area code is written by many, wrongly.
      if (rest < country.min || rest > country.max + (digits[size] == '0' ? 1u : 0u)) return false;
      return code != 1 || is_north_american(digits.substr(1));
    }
  }
  if (digits.size() < 9 || digits.size() > 13) return false;
  return is_long_code(static_cast<unsigned>((digits[0] - '0') * 100 + (digits[1] - '0') * 10 + digits[2] - '0'));
}

bool is_date_like(const Written& number) {
  const char first = number.separator[1];
  return number.is_shape({2, 2, 4}) && first == number.separator[2] && (first == '.' || first == '/' || first == '-');
}

/// The form alone shows it.
bool has_phone_form(const Written& number, std::size_t groups) {
  const std::string_view digits = number.text(groups);
  if (number.has_plus) return is_international(digits);
  if (digits.size() > 2 && digits.substr(0, 2) == "00" && groups > 1) return is_international(digits.substr(2));
  if (groups == 1) return false;
  const char mark = number.separator[groups - 1];
  const auto sizes = [&](std::initializer_list<std::size_t> wanted) {
    return groups == wanted.size() && number.is_shape(wanted);
  };
  if (sizes({3, 3, 4}) && digits[0] != '0') {
    const bool shown = number.has_area || (number.separator[1] == mark && (mark == '-' || mark == '.'));
    return shown && is_north_american(digits);
  }
  if (sizes({1, 3, 3, 4}) && digits[0] == '1') return mark != ' ' && is_north_american(digits.substr(1));
  if (number.has_area && digits[0] != '0') return sizes({2, 5, 4}) && digits[2] == '9';  // Brazil's mobiles
  // With the 0 before the area code.
  if (digits[0] != '0' || digits[1] == '0' || digits.size() < 9 || digits.size() > 12) return false;
  if (number.size(0) < 2 || number.size(0) > 5 || is_date_like(number)) return false;
  for (std::size_t i = 1; i < groups; ++i) {
    if (number.size(i) < 2 || number.size(i) > 8) return false;
  }
  return true;
}

bool is_cut_behind(Window& window, const Written& number, std::size_t groups) {
  if (groups < number.groups) return number.separator[groups] != ' ' || number.size(groups) == number.size(groups - 1);
  const std::size_t end = number.bytes_end[groups - 1];
  const int next = window[end];
  if (is_word_byte(next)) return true;
  if (next == '-' || next == '.' || next == '/' || next == ':') return is_digit_byte(window[end + 1]);
  return false;
}

}  // namespace

Found find_phone(Window& window) {
  const Written number = read_number(window);
  const bool is_glued =
      !number.has_plus && (is_glued_before(window) || (number.groups > 0 && is_row_before(window, number.size(0))));
  // Brackets around all of it are the sentence's.
  const std::size_t least = window[0] == '(' ? 2 : 1;
  bool is_known_unnamed = false;
  for (std::size_t groups = number.groups; groups >= least; --groups) {
    const std::string_view digits = number.text(groups);
    if (digits.size() < 7 || digits.size() > 15) continue;
    if (is_cut_behind(window, number, groups)) continue;
    Found found{number.bytes_end[groups - 1], Kind::phone, "phone", Confidence::medium};
    if (has_phone_form(number, groups) && !is_glued) {
      if (number.has_plus) return found;
      if (is_other_number(window) && !is_named(window, found.length, phone_words)) found.confidence = Confidence::low;
      return found;
    }
    if (is_glued || is_date_like(number)) return {};
    // Fewer groups stand behind the same words.
    if (is_known_unnamed) continue;
    if (is_named(window, found.length, phone_words)) return found;
    is_known_unnamed = true;
  }
  return {};
}

}  // namespace sluice::pii
