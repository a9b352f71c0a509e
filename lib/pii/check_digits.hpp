// SPDX-License-Identifier: Apache-2.0
// Check digits over text that holds digits only, unless said otherwise.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace sluice::pii {

constexpr unsigned digit_at(std::string_view digits, std::size_t i) { return static_cast<unsigned>(digits[i] - '0'); }

/// The number that `digits` write, modulo `modulus`, which is below 2^32.
constexpr std::uint64_t number_modulo(std::string_view digits, std::uint64_t modulus) {
  std::uint64_t rest = 0;
  for (const char c : digits) rest = (rest * 10 + static_cast<std::uint64_t>(c - '0')) % modulus;
  return rest;
}

/// The sum of the first digits, each times its weight.
constexpr unsigned weighted_sum(std::string_view digits, std::initializer_list<unsigned> weights) {
  unsigned sum = 0;
  std::size_t i = 0;
  for (const unsigned weight : weights) sum += digit_at(digits, i++) * weight;
  return sum;
}

/// ISO/IEC 7812-1 annex B.
bool passes_luhn(std::string_view digits);
/// J. Verhoeff, Error detecting decimal codes (1969).
bool passes_verhoeff(std::string_view digits);
/// ISO/IEC 7064, MOD 11,10.
bool passes_mod_11_10(std::string_view digits);
/// EAN-13 (GS1 General Specifications 7.9).
bool passes_ean(std::string_view digits);
/// ISO 13616: letters stand for 10 to 35, the first four characters move to the end, modulo 97 is 1. Upper case.
bool passes_iban(std::string_view text);

/// A day that the calendar knows; the year only tells leap years.
bool is_date(unsigned year, unsigned month, unsigned day);

}  // namespace sluice::pii
