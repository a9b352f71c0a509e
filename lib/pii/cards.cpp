// SPDX-License-Identifier: Apache-2.0
#include "pii/cards.hpp"

#include "pii/check_digits.hpp"
#include "pii/context_words.hpp"

#include <algorithm>
#include <array>

namespace sluice::pii {
namespace {

constexpr std::string_view card_words =
    "card|credit|debit|visa|mastercard|amex|american express|discover|diners|maestro|carte|karte|kreditkarte|tarjeta|"
    "cartão|carta|kaart|karta|kort|PAN|カード|卡号|银行卡|карт|Карт";

/// Issuers by the first six digits, and how many digits their numbers have.
struct Issuer {
  std::string_view name;
  std::uint32_t first, last;
  std::uint8_t min, max;
};
constexpr std::array<Issuer, 24> issuers = {
    {{"amex", 340000, 349999, 15, 15},       {"amex", 370000, 379999, 15, 15},
     {"diners", 300000, 305999, 14, 19},     {"diners", 309500, 309599, 14, 19},
     {"diners", 360000, 369999, 14, 19},     {"diners", 380000, 399999, 14, 19},
     {"jcb", 352800, 358999, 16, 19},        {"mastercard", 222100, 272099, 16, 16},
     {"mastercard", 510000, 559999, 16, 16}, {"mir", 220000, 220499, 16, 19},
     {"discover", 601100, 601199, 16, 19},   {"discover", 644000, 659999, 16, 19},
     {"unionpay", 620000, 629999, 16, 19},   {"unionpay", 810000, 817199, 16, 19},
     {"troy", 979200, 979299, 16, 16},       {"rupay", 508500, 508999, 16, 16},
     {"rupay", 606985, 607984, 16, 16},      {"maestro", 500000, 509999, 13, 19},
     {"maestro", 560000, 589999, 13, 19},    {"maestro", 630400, 630499, 13, 19},
     {"maestro", 670000, 679999, 13, 19},    {"visa", 400000, 499999, 13, 13},
     {"visa", 400000, 499999, 16, 16},       {"visa", 400000, 499999, 19, 19}}};

const Issuer* issuer_of(std::string_view digits) {
  const auto prefix = static_cast<std::uint32_t>(number_modulo(digits.substr(0, 6), 1'000'000));
  for (const Issuer& issuer : issuers) {
    if (prefix < issuer.first || prefix > issuer.last) continue;
    if (digits.size() >= issuer.min && digits.size() <= issuer.max) return &issuer;
  }
  return nullptr;
}

/// Groups as they stand on cards: fours with what is left, or those of American Express and Diners.
bool is_card_shape(const NumberRun& run, std::size_t groups) {
  if (groups == 1) return true;
  if (!run.is_uniform(groups) || run.group(1).separator == '/') return false;
  if (groups == 3) {
    const std::size_t last = run.group_size(2);
    if (run.group_size(0) == 4 && run.group_size(1) == 6 && (last == 5 || last == 4)) return true;
  }
  for (std::size_t i = 0; i + 1 < groups; ++i) {
    if (run.group_size(i) != 4) return false;
  }
  return run.group_size(groups - 1) <= 4;
}

struct Country {
  char code[3];
  std::uint8_t length;
};
// Sorted by code.
constexpr std::array<Country, 88> countries = {
    {{"AD", 24}, {"AE", 23}, {"AL", 28}, {"AT", 20}, {"AZ", 28}, {"BA", 20}, {"BE", 16}, {"BG", 22}, {"BH", 22},
     {"BI", 27}, {"BR", 29}, {"BY", 28}, {"CH", 21}, {"CR", 22}, {"CY", 28}, {"CZ", 24}, {"DE", 22}, {"DJ", 27},
     {"DK", 18}, {"DO", 28}, {"EE", 20}, {"EG", 29}, {"ES", 24}, {"FI", 18}, {"FK", 18}, {"FO", 18}, {"FR", 27},
     {"GB", 22}, {"GE", 22}, {"GI", 23}, {"GL", 18}, {"GR", 27}, {"GT", 28}, {"HN", 28}, {"HR", 21}, {"HU", 28},
     {"IE", 22}, {"IL", 23}, {"IQ", 23}, {"IS", 26}, {"IT", 27}, {"JO", 30}, {"KW", 30}, {"KZ", 20}, {"LB", 28},
     {"LC", 32}, {"LI", 21}, {"LT", 20}, {"LU", 20}, {"LV", 21}, {"LY", 25}, {"MC", 27}, {"MD", 24}, {"ME", 22},
     {"MK", 19}, {"MN", 20}, {"MR", 27}, {"MT", 31}, {"MU", 30}, {"NI", 28}, {"NL", 18}, {"NO", 15}, {"OM", 23},
     {"PK", 24}, {"PL", 28}, {"PS", 29}, {"PT", 25}, {"QA", 29}, {"RO", 24}, {"RS", 22}, {"RU", 33}, {"SA", 24},
     {"SC", 31}, {"SD", 18}, {"SE", 24}, {"SI", 19}, {"SK", 24}, {"SM", 27}, {"SO", 23}, {"ST", 25}, {"SV", 28},
     {"TL", 23}, {"TN", 24}, {"TR", 26}, {"UA", 29}, {"VA", 22}, {"VG", 24}, {"XK", 20}}};

std::size_t iban_length(std::string_view code) {
  const auto found =
      std::lower_bound(countries.begin(), countries.end(), code,
                       [](const Country& c, std::string_view key) { return std::string_view(c.code, 2) < key; });
  return found != countries.end() && std::string_view(found->code, 2) == code ? found->length : 0;
}

constexpr char upper(int c) { return static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c); }

}  // namespace

Found find_card(Window& window, const NumberRun& run) {
  for (std::size_t groups = run.groups(); groups > 0; --groups) {
    const std::string_view digits = run.digits(groups);
    if (digits.size() < 13 || digits.size() > 19) continue;
    const Issuer* issuer = issuer_of(digits);
    if (issuer == nullptr || !is_card_shape(run, groups) || !passes_luhn(digits)) continue;
    if (run.is_glued_behind(window, groups)) continue;
    Found found{run.length(groups), Kind::card, issuer->name, Confidence::medium};
    if (is_named(window, found.length, card_words)) {
      found.confidence = Confidence::high;
    } else if (digits.size() < 14 || is_other_number(window) || is_glued_before(window)) {
      found.confidence = Confidence::low;
    }
    return found;
  }
  return {};
}

Found find_iban(Window& window) {
  char text[34];
  for (std::size_t i = 0; i < 2; ++i) {
    if (!is_letter_byte(window[i]) || !is_digit_byte(window[i + 2])) return {};
    text[i] = upper(window[i]);
  }
  const std::size_t size = iban_length({text, 2});
  if (size == 0) return {};
  std::size_t at = 2;
  for (std::size_t i = 2; i < size; ++i) {
    const int c = window[at];
    if (i % 4 == 0 && (c == ' ' || c == '-')) ++at;
    if (!is_alnum_byte(window[at])) return {};
    text[i] = upper(window[at++]);
  }
  if (!is_digit_byte(text[3]) || is_word_byte(window[at]) || !passes_iban({text, size})) return {};
  return {at, Kind::iban, "iban", Confidence::high};
}

}  // namespace sluice::pii
