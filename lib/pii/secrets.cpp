// SPDX-License-Identifier: Apache-2.0
#include "pii/secrets.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace sluice::pii {
namespace {

/// What the part behind a prefix is made of.
enum class Alphabet : std::uint8_t {
  alnum,   ///< Letters and digits.
  token,   ///< The same, `_` and `-`.
  dotted,  ///< The same, and points.
  hex,     ///< In lower case.
  base32   ///< Capitals and digits 2 to 7, as AWS uses them.
};

/// `prefix`, then `count` characters at least; `exact`: no more than that.
struct KeyForm {
  std::string_view prefix;
  Alphabet alphabet;
  std::uint8_t count;
  std::string_view name;
  bool exact = false;
  bool needs_digit = false;
};

// By the first byte; of several prefixes the longer ones first.
constexpr KeyForm forms[] = {
    {"AGE-SECRET-KEY-1", Alphabet::alnum, 40, "age"},
    {"AIza", Alphabet::token, 35, "google"},
    {"AKIA", Alphabet::base32, 16, "aws", true},
    {"ASIA", Alphabet::base32, 16, "aws", true},
    {"ABIA", Alphabet::base32, 16, "aws", true},
    {"ACCA", Alphabet::base32, 16, "aws", true},
    {"ATATT3", Alphabet::token, 40, "atlassian"},
    {"EAAA", Alphabet::token, 56, "square"},
    {"GOCSPX-", Alphabet::token, 28, "google"},
    {"HRKU-", Alphabet::token, 36, "heroku"},
    {"LTAI", Alphabet::alnum, 16, "alibaba", true, true},
    {"NRAK-", Alphabet::alnum, 27, "new-relic"},
    {"PMAK-", Alphabet::token, 40, "postman"},
    {"SG.", Alphabet::dotted, 40, "sendgrid"},
    {"SK", Alphabet::hex, 32, "twilio", true},
    {"dapi", Alphabet::hex, 32, "databricks"},
    {"dckr_pat_", Alphabet::token, 27, "docker"},
    {"dop_v1_", Alphabet::hex, 54, "digitalocean"},
    {"doo_v1_", Alphabet::hex, 54, "digitalocean"},
    {"dor_v1_", Alphabet::hex, 54, "digitalocean"},
    {"dp.pt.", Alphabet::alnum, 40, "doppler"},
    {"ghp_", Alphabet::alnum, 36, "github"},
    {"gho_", Alphabet::alnum, 36, "github"},
    {"ghu_", Alphabet::alnum, 36, "github"},
    {"ghs_", Alphabet::alnum, 36, "github"},
    {"ghr_", Alphabet::alnum, 36, "github"},
    {"github_pat_", Alphabet::token, 40, "github"},
    {"glpat-", Alphabet::token, 20, "gitlab"},
    {"glptt-", Alphabet::hex, 40, "gitlab"},
    {"glrt-", Alphabet::token, 20, "gitlab"},
    {"gldt-", Alphabet::token, 20, "gitlab"},
    {"glsa_", Alphabet::token, 32, "grafana"},
    {"glc_", Alphabet::token, 32, "grafana"},
    {"gsk_", Alphabet::alnum, 48, "groq"},
    {"hf_", Alphabet::alnum, 34, "hugging-face"},
    {"hvs.", Alphabet::token, 24, "vault"},
    {"hvb.", Alphabet::token, 24, "vault"},
    {"key-", Alphabet::hex, 32, "mailgun", true},
    {"lin_api_", Alphabet::alnum, 40, "linear"},
    {"npm_", Alphabet::alnum, 36, "npm"},
    {"ntn_", Alphabet::alnum, 40, "notion"},
    {"pplx-", Alphabet::alnum, 40, "perplexity"},
    {"pul-", Alphabet::hex, 40, "pulumi"},
    {"pypi-AgEIcHlwaS5vcmc", Alphabet::token, 40, "pypi"},
    {"r8_", Alphabet::alnum, 37, "replicate"},
    {"rk_live_", Alphabet::alnum, 16, "stripe"},
    {"rk_test_", Alphabet::alnum, 16, "stripe"},
    {"rubygems_", Alphabet::hex, 48, "rubygems"},
    {"sbp_", Alphabet::hex, 40, "supabase"},
    {"secret_", Alphabet::alnum, 43, "notion", true},
    {"shpat_", Alphabet::alnum, 32, "shopify"},
    {"shpca_", Alphabet::alnum, 32, "shopify"},
    {"shppa_", Alphabet::alnum, 32, "shopify"},
    {"shpss_", Alphabet::alnum, 32, "shopify"},
    {"sk-ant-", Alphabet::token, 20, "anthropic", false, true},
    {"sk-proj-", Alphabet::token, 20, "openai", false, true},
    {"sk-svcacct-", Alphabet::token, 20, "openai", false, true},
    {"sk-admin-", Alphabet::token, 20, "openai", false, true},
    {"sk-or-v1-", Alphabet::hex, 32, "openrouter"},
    {"sk-", Alphabet::alnum, 20, "openai", false, true},
    {"sk_live_", Alphabet::alnum, 16, "stripe"},
    {"sk_test_", Alphabet::alnum, 16, "stripe"},
    {"sntrys_", Alphabet::token, 40, "sentry"},
    {"sq0atp-", Alphabet::token, 22, "square"},
    {"sq0csp-", Alphabet::token, 43, "square"},
    {"whsec_", Alphabet::alnum, 24, "stripe"},
    {"xai-", Alphabet::alnum, 48, "xai"},
    {"xapp-", Alphabet::token, 20, "slack", false, true},
    {"xkeysib-", Alphabet::hex, 48, "brevo"},
    {"xoxa-", Alphabet::token, 12, "slack", false, true},
    {"xoxb-", Alphabet::token, 12, "slack", false, true},
    {"xoxe-", Alphabet::token, 12, "slack", false, true},
    {"xoxp-", Alphabet::token, 12, "slack", false, true},
    {"xoxr-", Alphabet::token, 12, "slack", false, true},
    {"xoxs-", Alphabet::token, 12, "slack", false, true},
    {"ya29.", Alphabet::token, 20, "google", false, true},
};

/// Where the forms of a first byte begin, and their number.
struct Bucket {
  std::uint8_t first = 0, count = 0;
};
constexpr auto make_buckets() {
  std::array<Bucket, 128> buckets{};
  for (std::size_t i = 0; i < std::size(forms); ++i) {
    Bucket& bucket = buckets[static_cast<unsigned char>(forms[i].prefix[0])];
    if (bucket.count++ == 0) bucket.first = static_cast<std::uint8_t>(i);
  }
  return buckets;
}
constexpr std::array<Bucket, 128> buckets = make_buckets();

constexpr bool is_token_byte(int c) { return is_word_byte(c) || c == '-'; }
constexpr bool is_hex_byte(int c) { return is_digit_byte(c) || (c >= 'a' && c <= 'f'); }

bool is_of(Alphabet alphabet, int c) {
  switch (alphabet) {
    case Alphabet::alnum: return is_alnum_byte(c);
    case Alphabet::token: return is_token_byte(c);
    case Alphabet::dotted: return is_token_byte(c) || c == '.';
    case Alphabet::hex: return is_hex_byte(c);
    case Alphabet::base32: return is_upper_byte(c) || (c >= '2' && c <= '7');
  }
  return false;
}

/// The length of prefix and characters; 0 when they are not there.
std::size_t match_form(Window& window, const KeyForm& form) {
  std::size_t at = 0;
  for (; at < form.prefix.size(); ++at) {
    if (window[at] != static_cast<unsigned char>(form.prefix[at])) return 0;
  }
  bool digit = !form.needs_digit;
  const std::size_t end = at + form.count;
  for (; at < end; ++at) {
    const int c = window[at];
    if (!is_of(form.alphabet, c)) return 0;
    digit = digit || is_digit_byte(c);
  }
  if (form.exact && is_token_byte(window[end])) return 0;
  // A long key may have its first digit late.
  while (!digit && is_of(form.alphabet, window[at])) digit = is_digit_byte(window[at++]);
  return digit ? at : 0;
}

Found key(std::size_t length, std::string_view name, Tail tail) {
  return {length, Kind::key, name, Confidence::high, tail};
}

std::size_t run_of(Window& window, std::size_t from, std::size_t most, bool (*is_part)(int)) {
  std::size_t length = 0;
  while (length < most && is_part(window[from + length])) ++length;
  return length;
}

/// `123456789:AA…`: a bot of Telegram.
Found find_bot_token(Window& window) {
  const std::size_t digits = run_of(window, 0, 11, is_digit_byte);
  if (digits < 8 || digits > 10 || window[digits] != ':' || window[digits + 1] != 'A') return {};
  return run_of(window, digits + 1, 35, is_token_byte) == 35 ? key(digits + 36, "telegram", Tail::token) : Found{};
}

/// 32 digits of base 16 and `-us` with a number: Mailchimp.
Found find_mailchimp(Window& window) {
  if (run_of(window, 0, 33, is_hex_byte) != 32) return {};
  if (window[32] != '-' || window[33] != 'u' || window[34] != 's' || !is_digit_byte(window[35])) return {};
  return key(36, "mailchimp", Tail::token);
}

/// Three characters, `8Q~`, and more: a client secret of Microsoft Entra ID.
Found find_entra_secret(Window& window) {
  for (std::size_t i = 0; i < 3; ++i) {
    if (!is_alnum_byte(window[i])) return {};
  }
  if (!is_digit_byte(window[3]) || window[4] != 'Q' || window[5] != '~') return {};
  const auto is_part = [](int c) { return is_token_byte(c) || c == '.' || c == '~'; };
  const std::size_t length = run_of(window, 6, 34, is_part);
  return length >= 31 ? key(6 + length, "entra", Tail::dotted) : Found{};
}

constexpr std::array<std::string_view, 8> value_names = {"AccountKey=",      "SharedAccessKey=",  "accountkey=",
                                                         "sharedaccesskey=", "secret_access_key", "SecretAccessKey",
                                                         "secretAccessKey",  "SECRET_ACCESS_KEY"};

bool is_base64_byte(int c) { return is_alnum_byte(c) || c == '+' || c == '/'; }

}  // namespace

Found find_key(Window& window) {
  const int first = window[0];
  if (first < 0 || first >= 128) return {};
  const Bucket bucket = buckets[static_cast<std::size_t>(first)];
  for (std::size_t i = bucket.first; i < static_cast<std::size_t>(bucket.first) + bucket.count; ++i) {
    const std::size_t length = match_form(window, forms[i]);
    if (length == 0) continue;
    const Tail tail = forms[i].exact ? Tail::none : forms[i].alphabet == Alphabet::dotted ? Tail::dotted : Tail::token;
    return key(length, forms[i].name, tail);
  }
  if (const Found found = find_entra_secret(window)) return found;
  if (is_digit_byte(first)) {
    if (const Found found = find_bot_token(window)) return found;
  }
  return is_hex_byte(first) ? find_mailchimp(window) : Found{};
}

Found find_named_key(Window& window) {
  std::string_view before = window.before();
  // `name = "`, `name: `, `"name": "`.
  std::size_t marks = 0;
  while (marks < 5 && !before.empty() && std::string_view(" \"':=").find(before.back()) != std::string_view::npos) {
    before.remove_suffix(1);
    ++marks;
  }
  if (marks == 0) return {};
  const bool is_named = std::any_of(value_names.begin(), value_names.end(), [&](std::string_view name) {
    const bool assigned = name.back() == '=';
    if (assigned) name.remove_suffix(1);
    return before.ends_with(name) && (!assigned || (marks == 1 && window.back(1) == '='));
  });
  if (!is_named || run_of(window, 0, 40, is_base64_byte) < 40) return {};
  return key(40, "connection-string", Tail::base64);
}

Found find_jwt(Window& window) {
  constexpr std::array<std::string_view, 10> members = {"alg\"", "typ\"", "kid\"", "enc\"", "cty\"",
                                                        "zip\"", "jku\"", "x5t\"", "x5u\"", "crit"};
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  constexpr std::size_t read = 16;
  if (window[0] != 'e' || window[1] != 'y' || window[2] != 'J') return {};
  char text[read / 4 * 3];
  std::uint32_t bits = 0;
  std::size_t size = 0;
  for (std::size_t i = 0; i < read; ++i) {
    const int c = window[i];
    if (!is_token_byte(c)) return {};
    bits = bits << 6 | static_cast<std::uint32_t>(alphabet.find(static_cast<char>(c)));
    if (i % 4 != 3) continue;
    for (const unsigned shift : {16u, 8u, 0u}) text[size++] = static_cast<char>(bits >> shift & 0xFF);
  }
  const std::string_view name = std::string_view(text, size).substr(2, 4);
  if (std::find(members.begin(), members.end(), name) == members.end()) return {};
  return {read, Kind::jwt, "jwt", Confidence::high, Tail::dotted};
}

Found find_private_key(Window& window) {
  constexpr std::string_view begin = "-----BEGIN ", mark = "PRIVATE KEY";
  for (std::size_t i = 0; i < begin.size(); ++i) {
    if (window[i] != static_cast<unsigned char>(begin[i])) return {};
  }
  std::size_t end = begin.size();
  while (is_upper_byte(window[end]) || is_digit_byte(window[end]) || window[end] == ' ') ++end;
  const std::string_view name = window.seen(begin.size(), end - begin.size());
  if (name.find(mark) == std::string_view::npos) return {};
  for (std::size_t i = 0; i < 5; ++i) {
    if (window[end + i] != '-') return {};
  }
  return {end + 5, Kind::private_key, "pem", Confidence::high, Tail::pem};
}

}  // namespace sluice::pii
