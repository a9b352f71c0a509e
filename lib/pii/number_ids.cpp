// SPDX-License-Identifier: Apache-2.0
// Ids that are made of digits. Each check names where it is defined.
#include "pii/check_digits.hpp"
#include "pii/national_ids.hpp"

#include <algorithm>
#include <array>

namespace sluice::pii {
namespace {

using Text = std::string_view;

constexpr unsigned pair_at(Text d, std::size_t i) { return digit_at(d, i) * 10 + digit_at(d, i + 1); }
/// Day, month and year of two digits at `i`, in either order.
bool is_day_first(Text d, std::size_t i) { return is_date(pair_at(d, i + 4) + 2000, pair_at(d, i + 2), pair_at(d, i)); }
bool is_year_first(Text d, std::size_t i) {
  return is_date(pair_at(d, i) + 2000, pair_at(d, i + 2), pair_at(d, i + 4));
}

/// 11 minus the rest, with 0 for rests 0 and 1.
constexpr unsigned eleven_less(unsigned sum) { return sum % 11 < 2 ? 0 : 11 - sum % 11; }

// Area 001-899 but 666, group and serial not zero (Social Security Administration, POMS RM 10201).
bool us_ssn(Text d) {
  const auto area = number_modulo(d.substr(0, 3), 1000);
  return area != 0 && area != 666 && area < 900 && d.substr(3, 2) != "00" && d.substr(5) != "0000";
}
// 9xx with a group that is in use (IRS, ITIN).
bool us_itin(Text d) {
  const unsigned group = pair_at(d, 3);
  return d[0] == '9' && group >= 50 && group != 89 && group != 93 && !(group > 65 && group < 70);
}
// Mod 11 (NHS Data Dictionary, NHS NUMBER).
bool gb_nhs(Text d) {
  const unsigned check = (11 - weighted_sum(d, {10, 9, 8, 7, 6, 5, 4, 3, 2}) % 11) % 11;
  return check == digit_at(d, 9) && d[0] != '0';
}
// Of the first ten digits one stands twice or three times, the others once or not; MOD 11,10 (Bundeszentralamt fuer
// Steuern, section 139b AO).
bool de_steuer_id(Text d) {
  if (d[0] == '0') return false;
  std::array<unsigned, 10> count{};
  for (std::size_t i = 0; i < 10; ++i) ++count[digit_at(d, i)];
  const auto repeated = std::count_if(count.begin(), count.end(), [](unsigned n) { return n > 1; });
  const unsigned most = *std::max_element(count.begin(), count.end());
  return repeated == 1 && most <= 3 && passes_mod_11_10(d);
}
// 97 minus the first 13 digits modulo 97 (INSEE, NIR).
bool fr_nir(Text d) {
  const unsigned month = pair_at(d, 3);
  const bool is_month = (month >= 1 && month <= 12) || month >= 20;
  return is_month && d[0] >= '1' && d[0] <= '8' && 97 - number_modulo(d.substr(0, 13), 97) == pair_at(d, 13);
}
// Those of adults born in a known month: the others take more numbers than they are worth without a word near them.
bool fr_nir_usual(Text d) { return fr_nir(d) && d[0] <= '2' && pair_at(d, 3) <= 12; }
// Eleven test (Rijksdienst voor Identiteitsgegevens).
bool nl_bsn(Text d) {
  const unsigned sum = weighted_sum(d, {9, 8, 7, 6, 5, 4, 3, 2});
  return sum > 0 && sum % 11 == digit_at(d, 8);
}
// Weights 1 3 7 9; the month also tells the century (Polish act on population records).
bool pl_pesel(Text d) {
  return is_date(pair_at(d, 0) + 2000, pair_at(d, 2) % 20, pair_at(d, 4)) &&
         weighted_sum(d, {1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1}) % 10 == 0;
}
// Two digits mod 11 (Receita Federal).
bool br_cpf(Text d) {
  if (d.find_first_not_of(d[0]) == Text::npos) return false;
  return eleven_less(weighted_sum(d, {10, 9, 8, 7, 6, 5, 4, 3, 2})) == digit_at(d, 9) &&
         eleven_less(weighted_sum(d, {11, 10, 9, 8, 7, 6, 5, 4, 3, 2})) == digit_at(d, 10);
}
bool br_cnpj(Text d) {
  return eleven_less(weighted_sum(d, {5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2})) == digit_at(d, 12) &&
         eleven_less(weighted_sum(d, {6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2})) == digit_at(d, 13);
}
// Verhoeff, first digit 2 to 9 (UIDAI). Three years in a row are none.
bool in_aadhaar(Text d) {
  const auto is_year = [&](std::size_t i) { return d.substr(i, 2) == "19" || d.substr(i, 2) == "20"; };
  return d[0] >= '2' && passes_verhoeff(d) && !(is_year(0) && is_year(4) && is_year(8));
}
// Luhn (Skatteverket); 60 is added to the day of coordination numbers.
bool se_personnummer(Text d) {
  if (d.size() == 12 && d.substr(0, 2) != "19" && d.substr(0, 2) != "20") return false;
  const Text ten = d.substr(d.size() - 10);
  const unsigned day = pair_at(ten, 4);
  return is_date(pair_at(ten, 0) + 2000, pair_at(ten, 2), day > 60 ? day - 60 : day) && passes_luhn(ten);
}
// The rest modulo 31 tells the last character, here a digit (Finnish Digital and Population Data Services Agency).
bool fi_hetu(Text d) {
  return is_day_first(d, 0) && number_modulo(d.substr(0, 9), 31) == digit_at(d, 9) &&
         number_modulo(d.substr(6, 3), 1000) > 1;
}
// Two digits mod 11; 40 is added to the day of D-numbers (Skatteetaten).
bool no_fnr(Text d) {
  const unsigned day = pair_at(d, 0);
  return is_date(pair_at(d, 4) + 2000, pair_at(d, 2), day > 40 ? day - 40 : day) &&
         weighted_sum(d, {3, 7, 6, 1, 8, 9, 4, 5, 2, 1}) % 11 == 0 &&
         weighted_sum(d, {5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1}) % 11 == 0;
}
// Mod 11, which numbers given since 2007 need not pass: with a word near it the date is enough (CPR-kontoret).
bool dk_cpr(Text d) { return is_day_first(d, 0) && weighted_sum(d, {4, 3, 2, 7, 6, 5, 4, 3, 2, 1}) % 11 == 0; }
bool dk_cpr_new(Text d) { return is_day_first(d, 0); }
// Mod 11, the century last (Registers Iceland).
bool is_kennitala(Text d) {
  return is_day_first(d, 0) && weighted_sum(d, {3, 2, 7, 6, 5, 4, 3, 2, 1}) % 11 == 0 && (d[9] == '9' || d[9] == '0');
}
// Luhn (Government of Canada).
bool ca_sin(Text d) { return d[0] != '0' && d[0] != '8' && passes_luhn(d); }
// Weights 1 4 3 7 5 8 6 9 10, mod 11 (Australian Taxation Office).
bool au_tfn(Text d) { return weighted_sum(d, {1, 4, 3, 7, 5, 8, 6, 9, 10}) % 11 == 0; }
// 97 minus the first nine digits modulo 97, with a 2 before them since 2000 (Rijksregister).
bool be_nn(Text d) {
  if (pair_at(d, 2) > 12 || pair_at(d, 4) > 31) return false;
  const auto first = number_modulo(d.substr(0, 9), 97);
  const auto later = (2'000'000'000ull + number_modulo(d.substr(0, 9), 1'000'000'000)) % 97;
  const unsigned check = pair_at(d, 9);
  return 97 - first == check || 97 - later == check;
}
// EAN-13 with the prefix 756 (Zentrale Ausgleichsstelle).
bool ch_ahv(Text d) { return d.substr(0, 3) == "756" && passes_ean(d); }
// Mod 11 (Autoridade Tributária); persons have 1, 2, 3 or 45 first.
bool pt_nif(Text d) {
  const bool is_person = (d[0] >= '1' && d[0] <= '3') || d.substr(0, 2) == "45";
  return is_person && eleven_less(weighted_sum(d, {9, 8, 7, 6, 5, 4, 3, 2})) == digit_at(d, 8);
}
// Weights 279146358279, mod 11 with 1 for 10; date and county (Romanian civil status rules).
bool ro_cnp(Text d) {
  const unsigned check = weighted_sum(d, {2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9}) % 11, county = pair_at(d, 7);
  return d[0] >= '1' && d[0] <= '8' && is_year_first(d, 1) && county >= 1 && county <= 52 &&
         (check == 10 ? 1 : check) == digit_at(d, 12);
}
// Mod 11, 10 counts 0; the month tells the century (ГРАО).
bool bg_egn(Text d) {
  return is_date(pair_at(d, 0) + 2000, pair_at(d, 2) % 20, pair_at(d, 4)) && pair_at(d, 2) <= 52 &&
         weighted_sum(d, {2, 4, 8, 5, 10, 9, 7, 3, 6}) % 11 % 10 == digit_at(d, 9);
}
// Divisible by 11; 50 is added to the month of women, 20 where numbers ran out (Czech act 133/2000, Slovak 301/1995).
bool cz_rc(Text d) {
  const unsigned month = pair_at(d, 2) % 50;
  return is_date(pair_at(d, 0) + 2000, month > 20 ? month - 20 : month, pair_at(d, 4)) && number_modulo(d, 11) == 0;
}
// MOD 11,10 (Porezna uprava).
bool hr_oib(Text d) { return passes_mod_11_10(d); }
// Two rows of weights (Estonian EVS 585:2007; Lithuania likewise).
bool ee_isikukood(Text d) {
  if (d[0] < '1' || d[0] > '6' || !is_year_first(d, 1)) return false;
  unsigned check = weighted_sum(d, {1, 2, 3, 4, 5, 6, 7, 8, 9, 1}) % 11;
  if (check == 10) check = weighted_sum(d, {3, 4, 5, 6, 7, 8, 9, 1, 2, 3}) % 11 % 10;
  return check == digit_at(d, 10);
}
// The tenth digit from the sums of odd and even places, the eleventh from the sum of all (Turkish NVI).
bool tr_tckn(Text d) {
  const unsigned odd = weighted_sum(d, {1, 0, 1, 0, 1, 0, 1, 0, 1}), even = weighted_sum(d, {0, 1, 0, 1, 0, 1, 0, 1});
  return d[0] != '0' && (odd * 7 + 100 - even) % 10 == digit_at(d, 9) &&
         (odd + even + digit_at(d, 9)) % 10 == digit_at(d, 10);
}
// ISO 7064 MOD 11-2 (GB 11643); one that ends in X is in letter_ids.cpp.
bool cn_rid(Text d) {
  const unsigned sum = weighted_sum(d, {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2});
  return is_date(pair_at(d, 6) * 100 + pair_at(d, 8), pair_at(d, 10), pair_at(d, 12)) &&
         (d.substr(6, 2) == "19" || d.substr(6, 2) == "20") && (12 - sum % 11) % 11 == digit_at(d, 17);
}
// Mod 11; numbers given since October 2020 need not pass (Korean Ministry of the Interior).
bool kr_rrn(Text d) {
  return is_year_first(d, 0) && d[6] >= '1' && d[6] <= '8' &&
         (11 - weighted_sum(d, {2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5}) % 11) % 10 == digit_at(d, 12);
}
// Mod 11 (Japanese ordinance no. 85 of 2014).
bool jp_my_number(Text d) { return eleven_less(weighted_sum(d, {6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2})) == digit_at(d, 11); }
// Date, citizenship, Luhn (South African Department of Home Affairs).
bool za_id(Text d) { return is_year_first(d, 0) && d[10] <= '2' && passes_luhn(d); }
// Mod 11 with a check digit; K is in letter_ids.cpp (Servicio de Impuestos Internos).
bool cl_rut(Text d) {
  unsigned sum = 0;
  for (std::size_t i = 0; i + 1 < d.size(); ++i) sum += digit_at(d, d.size() - 2 - i) * (2 + i % 6);
  return 11 - sum % 11 == (d.back() == '0' ? 11 : digit_at(d, d.size() - 1));
}
// Kind of person, mod 11 (AFIP).
bool ar_cuit(Text d) {
  const unsigned kind = pair_at(d, 0);
  return (kind == 20 || (kind >= 23 && kind <= 27) || kind == 30 || kind == 33 || kind == 34) &&
         weighted_sum(d, {5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1}) % 11 == 0;
}
// Luhn (Israeli Ministry of the Interior).
bool il_id(Text d) { return number_modulo(d, 1'000'000'000) != 0 && passes_luhn(d); }
// Date and Luhn (ΗΔΙΚΑ).
bool gr_amka(Text d) { return is_day_first(d, 0) && passes_luhn(d); }
// Mod 11 over the serial number and the date, whose month may be 13 to 15 (Austrian Dachverband).
bool at_svnr(Text d) {
  const unsigned month = pair_at(d, 6), day = pair_at(d, 4);
  return d[0] != '0' && month >= 1 && month <= 15 && day >= 1 && day <= 31 &&
         weighted_sum(d, {3, 7, 9, 0, 5, 8, 4, 2, 1, 6}) % 11 == digit_at(d, 3);
}
// Mod 101, 100 counts 0 (Russian Pension Fund).
bool ru_snils(Text d) {
  return weighted_sum(d, {9, 8, 7, 6, 5, 4, 3, 2, 1}) % 101 % 100 == pair_at(d, 9) && d.substr(0, 3) != "000";
}
// Two digits mod 11 (Russian Federal Tax Service).
bool ru_inn(Text d) {
  return weighted_sum(d, {7, 2, 4, 10, 3, 5, 9, 4, 6, 8}) % 11 % 10 == digit_at(d, 10) &&
         weighted_sum(d, {3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8}) % 11 % 10 == digit_at(d, 11);
}
// Mod 11 (Thai Department of Provincial Administration).
bool th_id(Text d) {
  return d[0] != '0' && (11 - weighted_sum(d, {13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2}) % 11) % 10 == digit_at(d, 12);
}
// Mod 11, date with a year of three digits (JMBG of the former Yugoslavia).
bool si_emso(Text d) {
  return is_date(pair_at(d, 5) + 2000, pair_at(d, 2), pair_at(d, 0)) && (d[4] == '9' || d[4] == '0') &&
         weighted_sum(d, {7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1}) % 11 == 0;
}
// Weights 1 5 7 9 4 6 10 5 7 with the first negative (Ukrainian РНОКПП).
bool ua_rnokpp(Text d) { return (weighted_sum(d, {10, 5, 7, 9, 4, 6, 10, 5, 7}) % 11) % 10 == digit_at(d, 9); }

constexpr Confidence low = Confidence::low, medium = Confidence::medium;

constexpr NationalId nine[] = {
    {"us-ssn", "3-2-4", "SSN|social security|ssn", us_ssn},
    {"us-itin", "3-2-4", "ITIN|taxpayer id", us_itin},
    {"nl-bsn", "", "BSN|bsn|burgerservice|sofinummer|sofi", nl_bsn},
    {"ca-sin", "", "SIN|social insurance|assurance sociale|NAS", ca_sin},
    {"au-tfn", "", "TFN|tfn|tax file", au_tfn},
    {"pt-nif", "", "NIF|nif|contribuinte|identificação fiscal", pt_nif},
    {"il-id", "", "teudat zehut|תעודת זהות|ת.ז|israeli id", il_id},
    {"cl-rut", "2.3.3-1", "RUT|RUN|rut", cl_rut},
};
constexpr NationalId eight[] = {{"cl-rut", "1.3.3-1", "RUT|RUN|rut", cl_rut}};
constexpr NationalId ten[] = {
    {"gb-nhs", "", "NHS|nhs number|health service", gb_nhs},
    {"se-personnummer", "6-4", "personnummer|personnr|samordningsnummer", se_personnummer},
    {"fi-hetu", "6-4", "HETU|hetu|henkilötunnus|henkilötunnu", fi_hetu},
    {"dk-cpr", "6-4", "CPR|cpr|personnummer", dk_cpr},
    {"dk-cpr", "", "CPR|cpr", dk_cpr_new},
    {"is-kennitala", "6-4", "kennitala", is_kennitala},
    {"bg-egn", "", "ЕГН|EGN|egn|единен граждански", bg_egn},
    {"cz-rc", "6/4", "rodné číslo|rodne cislo|r.č|rč|RČ|rodného čísla", cz_rc},
    {"at-svnr", "", "SVNR|svnr|sozialversicherung|SV-Nummer|sv-nummer|sv-nr|versicherungsnummer", at_svnr},
    {"ua-rnokpp", "", "РНОКПП|ІПН|ідентифікаційний", ua_rnokpp},
};
constexpr NationalId eleven[] = {
    {"de-steuer-id", "2_3_3_3", "steuer|IdNr|idnr|tax id|TIN|tax number", de_steuer_id},
    {"pl-pesel", "", "PESEL|pesel", pl_pesel},
    {"br-cpf", "3.3.3-2", "CPF|cpf", br_cpf},
    {"no-fnr", "11 6_5", "fødselsnummer|fnr|personnummer|fodselsnummer", no_fnr},
    {"be-nn", "2.2.2-3.2", "rijksregister|numéro national|registre national|nationalregister|INSZ|NISS", be_nn},
    {"hr-oib", "", "OIB|oib|osobni identifikacijski", hr_oib},
    {"ee-isikukood", "", "isikukood|asmens kodas|asmens kod", ee_isikukood},
    {"tr-tckn", "", "TCKN|tckn|kimlik", tr_tckn},
    {"ar-cuit", "2-8-1", "CUIT|CUIL|cuit|cuil", ar_cuit},
    {"gr-amka", "", "AMKA|amka|ΑΜΚΑ", gr_amka},
    {"ru-snils", "3-3-3_2", "СНИЛС|снилс|SNILS|snils", ru_snils},
};
constexpr NationalId twelve[] = {
    {"in-aadhaar", "4_4_4", "aadhaar|aadhar|UIDAI|आधार", in_aadhaar},
    {"jp-my-number", "", "マイナンバー|個人番号|my number|mynumber", jp_my_number},
    {"se-personnummer", "8-4", "personnummer|personnr|samordningsnummer", se_personnummer},
    {"ru-inn", "", "ИНН|инн|INN", ru_inn},
};
constexpr NationalId thirteen[] = {
    {"ch-ahv", "13 3.4.4.2", "AHV|AVS|ahv|avs|sozialversicherung", ch_ahv},
    {"ro-cnp", "13", "CNP|cnp|cod numeric", ro_cnp},
    {"kr-rrn", "6-7", "주민등록번호|주민번호|RRN|resident registration", kr_rrn},
    {"za-id", "13 6_4_3", "ID number|id number|SA ID|identity number|id no", za_id},
    {"th-id", "1-4-5-2-1 1_4_5_2_1", "ประชาชน|เลขประจำ|thai id|thai ID", th_id},
    {"si-emso", "13", "EMŠO|emšo|EMSO|JMBG|jmbg|ЈМБГ", si_emso},
};
constexpr NationalId fourteen[] = {{"br-cnpj", "2.3.3/4-2", "CNPJ|cnpj", br_cnpj}};
constexpr NationalId fifteen[] = {
    {"fr-nir", "15 1_2_2_2_3_3_2 13_2", "sécurité sociale|secu|sécu|NIR|INSEE|securite sociale", fr_nir_usual},
    {"fr-nir", "1_2_2_2_3_3_2", "sécurité sociale|secu|sécu|NIR|INSEE|securite sociale", fr_nir}};
constexpr NationalId eighteen[] = {{"cn-rid", "18", "身份证|身份號|id card|resident identity|公民身份", cn_rid}};

}  // namespace

std::span<const NationalId> number_ids(std::size_t digits) {
  switch (digits) {
    case 8: return eight;
    case 9: return nine;
    case 10: return ten;
    case 11: return eleven;
    case 12: return twelve;
    case 13: return thirteen;
    case 14: return fourteen;
    case 15: return fifteen;
    case 18: return eighteen;
    default: return {};
  }
}

}  // namespace sluice::pii
