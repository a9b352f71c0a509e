// SPDX-License-Identifier: Apache-2.0
// Ids that have letters. Each check names where it is defined; its text has no separators and capitals only.
#include "pii/check_digits.hpp"
#include "pii/national_ids.hpp"

#include <array>

namespace sluice::pii {
namespace {

using Text = std::string_view;

// Prefixes that are not given; no check digit (HMRC, NIM39110).
bool gb_nino(Text t) {
  constexpr std::array<Text, 7> refused = {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"};
  for (const Text prefix : refused) {
    if (t.substr(0, 2) == prefix) return false;
  }
  return Text("DFIQUV").find(t[0]) == Text::npos && Text("DFIOQUV").find(t[1]) == Text::npos && t[8] <= 'D';
}

// The number modulo 23 tells the letter (Spanish Real Decreto 1553/2005).
constexpr Text spanish_letters = "TRWAGMYFPDXBNJZSQVHLCKE";
bool es_dni(Text t) { return spanish_letters[number_modulo(t.substr(0, 8), 23)] == t[8]; }
bool es_nie(Text t) {
  if (t[0] < 'X' || t[0] > 'Z') return false;
  const auto number = number_modulo(t.substr(1, 7), 10'000'000) + static_cast<unsigned>(t[0] - 'X') * 10'000'000u;
  return spanish_letters[number % 23] == t[8];
}

// Values of characters on odd places, those of even ones are their order (Italian D.M. 23 December 1976).
bool it_cf(Text t) {
  constexpr std::array<unsigned char, 26> odd = {1,  0,  5, 7, 9, 13, 15, 17, 19, 21, 2,  4,  18,
                                                 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
  constexpr Text months = "ABCDEHLMPRST";
  if (months.find(t[8]) == Text::npos) return false;
  unsigned sum = 0;
  for (std::size_t i = 0; i < 15; ++i) {
    const unsigned order = is_digit_byte(t[i]) ? digit_at(t, i) : static_cast<unsigned>(t[i] - 'A');
    sum += i % 2 == 0 ? odd[order] : order;
  }
  return static_cast<char>('A' + sum % 26) == t[15];
}

// Weights 8 to 2, and 9 for a second letter, modulo 23 (Irish Department of Social Protection).
bool ie_pps(Text t) {
  unsigned sum = weighted_sum(t, {8, 7, 6, 5, 4, 3, 2});
  if (t.size() == 9) {
    if (Text("ABHWTX").find(t[8]) == Text::npos) return false;
    if (t[8] < 'T') sum += 9 * static_cast<unsigned>(t[8] - 'A' + 1);
  }
  return Text("WABCDEFGHIJKLMNOPQRSTUV")[sum % 23] == t[7];
}

// The number modulo 31 tells the last character (Finnish Digital and Population Data Services Agency).
bool fi_hetu(Text t) {
  const bool has_mark = is_letter_byte(t[6]);
  if (has_mark && Text("ABCDEFUVWXY").find(t[6]) == Text::npos) return false;
  const Text number = t.substr(has_mark ? 7 : 6, 3);
  const auto day = number_modulo(t.substr(0, 2), 100), month = number_modulo(t.substr(2, 2), 100);
  if (!is_date(2000, static_cast<unsigned>(month), static_cast<unsigned>(day))) return false;
  const auto rest = (number_modulo(t.substr(0, 6), 1'000'000) * 1000 + number_modulo(number, 1000)) % 31;
  return Text("0123456789ABCDEFHJKLMNPRSTUVWXY")[rest] == t.back();
}

// Weights 2 7 6 5 4 3 2, 4 more for T and G, 3 for M; letters by series (Singapore ICA).
bool sg_nric(Text t) {
  unsigned sum = weighted_sum(t.substr(1), {2, 7, 6, 5, 4, 3, 2});
  switch (t[0]) {
    case 'S': return Text("JZIHGFEDCBA")[sum % 11] == t[8];
    case 'T': return Text("JZIHGFEDCBA")[(sum + 4) % 11] == t[8];
    case 'F': return Text("XWUTRQPNMLK")[sum % 11] == t[8];
    case 'G': return Text("XWUTRQPNMLK")[(sum + 4) % 11] == t[8];
    case 'M': return Text("XWUTRQPNJLK")[10 - (sum + 3) % 11] == t[8];
    default: return false;
  }
}

// Modulo 11, a blank before a single letter counts 36 (Hong Kong Immigration Department).
bool hk_hkid(Text t) {
  const bool two = is_letter_byte(t[1]);
  const auto value = [](char c) { return static_cast<unsigned>(c - 'A' + 10); };
  unsigned sum = two ? value(t[0]) * 9 + value(t[1]) * 8 : 36 * 9 + value(t[0]) * 8;
  const Text digits = t.substr(two ? 2 : 1);
  sum += weighted_sum(digits, {7, 6, 5, 4, 3, 2});
  const unsigned check = (11 - sum % 11) % 11;
  return (check == 10 ? 'A' : static_cast<char>('0' + check)) == digits[6];
}

// The letter stands for two digits; weights 1 9 8 to 1 and 1 (Taiwanese Ministry of the Interior).
bool tw_id(Text t) {
  const auto code = static_cast<unsigned>(Text("ABCDEFGHJKLMNPQRSTUVXYWZIO").find(t[0])) + 10;
  const unsigned sum = code / 10 + code % 10 * 9 + weighted_sum(t.substr(1), {8, 7, 6, 5, 4, 3, 2, 1, 1});
  return (t[1] == '1' || t[1] == '2' || t[1] == '8' || t[1] == '9') && sum % 10 == 0;
}

// Weights 18 to 2 over the order of characters, which counts Ñ (Mexican RENAPO).
bool mx_curp(Text t) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < 17; ++i) {
    unsigned value = is_digit_byte(t[i]) ? digit_at(t, i) : static_cast<unsigned>(t[i] - 'A' + 10);
    if (t[i] > 'N' && is_letter_byte(t[i])) ++value;
    sum += value * static_cast<unsigned>(18 - i);
  }
  return (t[10] == 'H' || t[10] == 'M' || t[10] == 'X') && (10 - sum % 10) % 10 == digit_at(t, 17);
}

// The fourth letter tells the kind of holder; its check letter is not published (Indian Income Tax Department).
bool in_pan(Text t) { return Text("ABCFGHJLPTEK").find(t[3]) != Text::npos; }

// ISO 7064 MOD 11-2 with X for 10 (GB 11643).
bool cn_rid(Text t) {
  if (t[17] != 'X') return false;
  return weighted_sum(t, {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}) % 11 == 2;
}

// Mod 11 with K for 10 (Servicio de Impuestos Internos).
bool cl_rut(Text t) {
  unsigned sum = 0;
  for (std::size_t i = 0; i + 1 < t.size(); ++i)
    sum += digit_at(t, t.size() - 2 - i) * (2 + static_cast<unsigned>(i % 6));
  return t.back() == 'K' && sum % 11 == 1;
}

constexpr NationalId rows[] = {
    {"gb-nino", "AA999999A AA_99_99_99_A", "NINO|nino|national insurance|NI number", gb_nino},
    {"es-dni", "99999999A 99999999-A", "DNI|dni|NIF|nif|documento nacional", es_dni},
    {"es-nie", "A9999999A A-9999999-A", "NIE|nie|extranjero", es_nie},
    {"it-cf", "AAAAAA99A99A999A", "codice fiscale|C.F|CF|cod. fisc", it_cf},
    {"ie-pps", "9999999A 9999999AA", "PPS|PPSN|pps", ie_pps},
    {"fi-hetu", "999999-999A 999999A999A 999999A9999", "HETU|hetu|henkilötunnu", fi_hetu},
    {"sg-nric", "A9999999A", "NRIC|FIN|nric", sg_nric},
    {"hk-hkid", "A999999(9) A999999(A) AA999999(9) AA999999(A)", "HKID|hkid|身份證", hk_hkid},
    {"tw-id", "A999999999", "身分證|national id|統一編號", tw_id, Confidence::low},
    {"mx-curp", "AAAA999999AAAAAA99 AAAA999999AAAAAAA9", "CURP|curp", mx_curp},
    {"in-pan", "AAAAA9999A", "PAN|permanent account|pan card", in_pan, Confidence::low},
    {"cn-rid", "99999999999999999A", "身份证|id card|公民身份", cn_rid},
    {"cl-rut", "99.999.999-A 9.999.999-A 99999999-A 9999999-A", "RUT|RUN|rut", cl_rut},
};

}  // namespace

std::span<const NationalId> letter_ids() { return rows; }

}  // namespace sluice::pii
