// SPDX-License-Identifier: Apache-2.0
#include "pii/check_digits.hpp"

#include <array>

namespace sluice::pii {
namespace {

/// The product of two elements of the dihedral group of order 10.
constexpr unsigned dihedral(unsigned a, unsigned b) {
  if (a < 5) return b < 5 ? (a + b) % 5 : (a + b - 5) % 5 + 5;
  return b < 5 ? (a - 5 + 5 - b) % 5 + 5 : (a - 5 + 5 - (b - 5)) % 5;
}
/// Verhoeff's permutation, applied once.
constexpr std::array<unsigned, 10> permutation = {1, 5, 7, 6, 2, 8, 3, 0, 9, 4};

}  // namespace

bool passes_luhn(std::string_view digits) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const unsigned digit = digit_at(digits, digits.size() - 1 - i);
    const unsigned doubled = digit * 2;
    sum += i % 2 == 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 == 0;
}

bool passes_verhoeff(std::string_view digits) {
  unsigned state = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    unsigned digit = digit_at(digits, digits.size() - 1 - i);
    for (std::size_t turn = i % 8; turn > 0; --turn) digit = permutation[digit];
    state = dihedral(state, digit);
  }
  return state == 0;
}

bool passes_mod_11_10(std::string_view digits) {
  unsigned product = 10;
  for (std::size_t i = 0; i + 1 < digits.size(); ++i) {
    const unsigned sum = (digit_at(digits, i) + product) % 10;
    product = (sum == 0 ? 10 : sum) * 2 % 11;
  }
  return (11 - product) % 10 == digit_at(digits, digits.size() - 1);
}

bool passes_ean(std::string_view digits) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) sum += digit_at(digits, i) * (i % 2 == 0 ? 1 : 3);
  return sum % 10 == 0;
}

bool passes_iban(std::string_view text) {
  unsigned rest = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[(i + 4) % text.size()];
    rest = c >= 'A' ? (rest * 100 + static_cast<unsigned>(c - 'A' + 10)) % 97
                    : (rest * 10 + static_cast<unsigned>(c - '0')) % 97;
  }
  return rest == 1;
}

bool is_date(unsigned year, unsigned month, unsigned day) {
  constexpr std::array<unsigned, 12> days = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12 || day < 1 || day > days[month - 1]) return false;
  return month != 2 || day < 29 || (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
}

}  // namespace sluice::pii
