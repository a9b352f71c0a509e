// SPDX-License-Identifier: Apache-2.0
#include "pii/addresses.hpp"

#include "base/cidr.hpp"
#include "pii/context_words.hpp"

#include <algorithm>
#include <array>

namespace sluice::pii {
namespace {

constexpr std::string_view machine_words =
    "ip|IP|ipv4|address|addr|host|hosts|server|client|dns|nameserver|resolver|gateway|router|proxy|ping|ssh|http|https|"
    "from|blocked|adresse|dirección|indirizzo|subnet|peer|remote|remote_addr|node";

/// Letters outside ASCII that alphabets with blanks between words have: Latin, Greek, Cyrillic.
constexpr bool is_other_letter(int c) { return (c >= 0xC3 && c <= 0xD3) || (c >= 0x80 && c <= 0xBF); }

constexpr auto make_local_table() {
  std::array<bool, 256> table{};
  for (int c = 0; c < 256; ++c) {
    table[static_cast<std::size_t>(c)] =
        is_word_byte(c) || is_other_letter(c) || c == '.' || c == '%' || c == '+' || c == '-' || c == '\'';
  }
  return table;
}
constexpr std::array<bool, 256> is_local = make_local_table();

/// Punctuation outside ASCII begins with C2, E2, E3 80 and EF.
constexpr bool is_domain_byte(int c) {
  return is_alnum_byte(c) || c == '-' || (c >= 0x80 && c != 0xC2 && c != 0xE2 && c != 0xEF);
}
/// The first byte of characters whose alphabets have no blanks between words.
constexpr bool is_wide_byte(int c) { return c >= 0xE3 && c <= 0xED; }

/// `1.2` and the like: what follows the name of a package.
bool is_version(Window& window, std::size_t at) {
  std::size_t i = at;
  while (is_digit_byte(window[i])) ++i;
  return i > at && window[i] == '.' && is_digit_byte(window[i + 1]);
}

/// Where the domain that begins at `at` ends: behind its last label, which has letters only and two of them; 0 when it
/// has no such end. `cut` when the window ends first.
struct Domain {
  std::size_t end = 0;
  bool cut = false;
};
Domain read_domain(Window& window, std::size_t at) {
  Domain domain;
  std::size_t label = at;
  bool letters = true;
  for (std::size_t i = at;; ++i) {
    const int c = window[i];
    const bool is_end = label > at && letters && i - label >= 2;
    // `example.com谢谢`: the sentence goes on.
    if (is_end && is_wide_byte(c) && is_letter_byte(window[i - 1])) return {i, false};
    if (is_domain_byte(c) && !(c == 0xE3 && window[i + 1] == 0x80)) {
      if (c == '-' && is_end) domain.end = i;
      letters = letters && (is_letter_byte(c) || c >= 0x80);
      continue;
    }
    if (i == label) return domain;
    const bool is_punycode = i - label > 4 && window.seen(label, 4) == "xn--";
    if (is_end || (label > at && is_punycode)) domain.end = i;
    if (i >= max_held_bytes) return {i, true};
    if (c != '.') return domain;
    label = i + 1;
    letters = true;
  }
}

}  // namespace

std::size_t local_part_length(Window& window) {
  const std::string_view known = window.known();
  const std::size_t most = std::min(known.size(), max_local_bytes + 1);
  std::size_t length = 0;
  while (length < most && is_local[static_cast<unsigned char>(known[length])]) ++length;
  if (length == known.size() && length <= max_local_bytes) window.need(length);
  return length;
}

Found find_email(Window& window, std::size_t local) {
  if (local == 0 || local > max_local_bytes || window[local] != '@') return {};
  const std::string_view name = window.seen(0, local);
  if (name.back() == '.' || name.back() == '\'' || name.find("..") != std::string_view::npos) return {};
  if (!is_domain_byte(window[local + 1]) || is_version(window, local + 1)) return {};
  const Domain domain = read_domain(window, local + 1);
  if (domain.end == 0) return {};
  // `git@host:path` names a repository.
  if (name == "git" && window[domain.end] == ':' && is_alnum_byte(window[domain.end + 1])) return {};
  Found found{domain.end, Kind::email, "email", Confidence::high};
  if (domain.cut) found.tail = Tail::domain;
  return found;
}

Found find_ipv4(Window& window) {
  std::size_t at = 0;
  unsigned first = 0, second = 0, greatest = 0;
  for (unsigned part = 0; part < 4; ++part) {
    unsigned value = 0;
    const std::size_t begin = at;
    while (is_digit_byte(window[at]) && at - begin < 3) value = value * 10 + static_cast<unsigned>(window[at++] - '0');
    if (at == begin || value > 255 || (window[begin] == '0' && at - begin > 1)) return {};
    if (part == 0) first = value;
    if (part == 1) second = value;
    greatest = std::max(greatest, value);
    if (part < 3 && window[at++] != '.') return {};
  }
  const int next = window[at];
  if (is_word_byte(next) || ((next == '.' || next == '-') && is_alnum_byte(window[at + 1]))) return {};
  if (first == 0 || first == 127 || first >= 224) return {};
  // `1.` before it, `foo-`, `foo>=`, `Chrome/`: a version.
  const int last = window.back(1), other = window.back(2);
  if (last == '.' || last == '-' || last == '^' || last == '~') return {};
  if (last == '=' && (other == '>' || other == '=' || other == '<' || other == '~')) return {};
  if (last == '/' && is_alnum_byte(other)) return {};
  // Small numbers are more often a version than an address: one address in 256 has nothing else.
  const bool is_private = first == 10 || (first == 172 && second / 16 == 1) || (first == 192 && second == 168);
  const bool is_unsure = !is_private && greatest < 64 && !is_named(window, at, machine_words);
  const Confidence confidence = is_unsure || is_other_number(window) ? Confidence::low : Confidence::medium;
  return {at, Kind::ip, "ipv4", confidence};
}

Found find_ipv6(Window& window) {
  constexpr std::size_t longest = 45;
  std::size_t at = 0, colons = 0, groups_of_two = 0, group = 0;
  for (; at <= longest; ++at) {
    const int c = window[at];
    const bool is_hex = is_digit_byte(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (is_hex) {
      if (++group > 4) return {};
      continue;
    }
    if (group == 2) ++groups_of_two;
    if (c != ':' && !(c == '.' && group > 0 && is_digit_byte(window[at + 1]))) break;
    if (c == ':') ++colons;
    group = 0;
  }
  // A colon at the end belongs to the sentence.
  std::size_t length = at;
  while (length > 2 && window[length - 1] == ':' && window[length - 2] != ':') --length;
  if (colons < 2 || length < 6 || is_word_byte(window[length])) return {};
  const std::string_view text = window.seen(0, length);
  // The bytes of other hardware addresses have two digits each.
  if (groups_of_two == 8 && text.find("::") == std::string_view::npos) return {};
  const auto address = parse_ip(text);
  if (!address) return {};
  const auto& bytes = address->bytes;
  const bool is_global = bytes[0] >= 0x20 && bytes[0] <= 0x3F;
  const bool is_local_use = (bytes[0] & 0xFE) == 0xFC || (bytes[0] == 0xFE && (bytes[1] & 0xC0) == 0x80);
  const bool is_mapped = address->is_v4() && text.find('.') != std::string_view::npos;
  // `fe::parse` is no address: the first group of one has four digits.
  const bool is_spelled_out = text.find(':') == 4 || is_mapped;
  if (!(is_global || is_local_use || is_mapped) || !is_spelled_out) return {};
  return {length, Kind::ip, "ipv6", Confidence::high};
}

}  // namespace sluice::pii
