// SPDX-License-Identifier: Apache-2.0
#include "pii/check_digits.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace sluice::pii {

TEST_CASE("check digits agree with published examples", "[pii][check-digits]") {
  CHECK(passes_luhn("79927398713"));
  CHECK_FALSE(passes_luhn("79927398710"));
  CHECK(passes_verhoeff("2363"));
  CHECK_FALSE(passes_verhoeff("2364"));
  CHECK(passes_mod_11_10("86095742719"));
  CHECK_FALSE(passes_mod_11_10("86095742710"));
  CHECK(passes_ean("7569217076985"));
  CHECK(passes_iban("GB82WEST12345698765432"));
  CHECK_FALSE(passes_iban("GB82WEST12345698765433"));
}

TEST_CASE("one wrong digit, or two digits changed over, fail Verhoeff", "[pii][check-digits]") {
  const std::string right = "2363";
  for (std::size_t i = 0; i < right.size(); ++i) {
    for (char c = '0'; c <= '9'; ++c) {
      std::string text = right;
      text[i] = c;
      CHECK(passes_verhoeff(text) == (text == right));
    }
    if (i + 1 == right.size()) break;
    std::string text = right;
    std::swap(text[i], text[i + 1]);
    CHECK(passes_verhoeff(text) == (text == right));
  }
}

TEST_CASE("dates are those of the calendar", "[pii][check-digits]") {
  CHECK(is_date(2000, 2, 29));
  CHECK_FALSE(is_date(1900, 2, 29));
  CHECK_FALSE(is_date(2001, 2, 29));
  CHECK_FALSE(is_date(2001, 0, 1));
  CHECK_FALSE(is_date(2001, 13, 1));
  CHECK_FALSE(is_date(2001, 4, 31));
  CHECK_FALSE(is_date(2001, 4, 0));
}

}  // namespace sluice::pii
