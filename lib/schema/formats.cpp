// SPDX-License-Identifier: Apache-2.0
#include "schema/formats.hpp"

#include "base/cidr.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "schema/pattern.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sluice::schema {
namespace {

constexpr std::array<std::pair<std::string_view, Format>, 21> names{{{"date-time", Format::date_time},
                                                                     {"date", Format::date},
                                                                     {"time", Format::time},
                                                                     {"duration", Format::duration},
                                                                     {"email", Format::email},
                                                                     {"idn-email", Format::email},
                                                                     {"hostname", Format::hostname},
                                                                     {"host-name", Format::hostname},
                                                                     {"ipv4", Format::ipv4},
                                                                     {"ip-address", Format::ipv4},
                                                                     {"ipv6", Format::ipv6},
                                                                     {"uri", Format::uri},
                                                                     {"url", Format::uri},
                                                                     {"uri-reference", Format::uri_reference},
                                                                     {"uuid", Format::uuid},
                                                                     {"guid", Format::uuid},
                                                                     {"byte", Format::base64},
                                                                     {"base64", Format::base64},
                                                                     {"regex", Format::regex},
                                                                     {"int32", Format::int32},
                                                                     {"int64", Format::int64}}};

bool all_of(std::string_view text, bool (*is)(char)) { return std::all_of(text.begin(), text.end(), is); }

/// The number that the next `count` characters are; -1 when they are not all digits.
int take_number(std::string_view& text, std::size_t count) {
  if (text.size() < count || !all_of(text.substr(0, count), [](char c) { return is_digit(c); })) return -1;
  int number = 0;
  for (char c : text.substr(0, count)) number = number * 10 + (c - '0');
  text.remove_prefix(count);
  return number;
}
bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

int days_in(int year, int month) {
  constexpr std::array<int, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : days[static_cast<std::size_t>(month - 1)];
}

/// full-date of RFC 3339.
bool take_date(std::string_view& text) {
  const int year = take_number(text, 4);
  if (year < 0 || !take(text, '-')) return false;
  const int month = take_number(text, 2);
  if (month < 1 || month > 12 || !take(text, '-')) return false;
  const int day = take_number(text, 2);
  return day >= 1 && day <= days_in(year, month);
}

/// full-time of RFC 3339; the offset may be left out, as .NET writes local times.
bool take_time(std::string_view& text) {
  const int hour = take_number(text, 2);
  if (hour < 0 || hour > 23 || !take(text, ':')) return false;
  const int minute = take_number(text, 2);
  if (minute < 0 || minute > 59 || !take(text, ':')) return false;
  const int second = take_number(text, 2);
  if (second < 0 || second > 60) return false;
  if (take(text, '.')) {
    if (take_number(text, 1) < 0) return false;
    while (!text.empty() && is_digit(text.front())) text.remove_prefix(1);
  }
  if (text.empty() || take(text, 'Z') || take(text, 'z')) return true;
  if (!take(text, '+') && !take(text, '-')) return false;
  const int offset_hour = take_number(text, 2);
  if (offset_hour < 0 || offset_hour > 23 || !take(text, ':')) return false;
  const int offset_minute = take_number(text, 2);
  return offset_minute >= 0 && offset_minute <= 59;
}

bool is_date(std::string_view text) { return take_date(text) && text.empty(); }
bool is_time(std::string_view text) { return take_time(text) && text.empty(); }
bool is_date_time(std::string_view text) {
  if (!take_date(text)) return false;
  if (!take(text, 'T') && !take(text, 't') && !take(text, ' ')) return false;
  return is_time(text);
}

bool is_hostname(std::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  for (std::string_view label : split(text, '.')) {
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
    if (!all_of(label, [](char c) { return is_alpha(c) || is_digit(c) || c == '-'; })) return false;
  }
  return true;
}

/// dot-atom of RFC 5322 with a host name or an address in brackets behind it; quoted local parts too.
bool is_email(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || at > 64) return false;
  const std::string_view local = text.substr(0, at), host = text.substr(at + 1);
  if (local.size() > 2 && local.front() == '"' && local.back() == '"') return is_hostname(host);
  if (local.front() == '.' || local.back() == '.' || local.find("..") != std::string_view::npos) return false;
  const auto is_local = [](char c) {
    return is_token_char(c) || c == '/' || c == '=' || c == '?' || c == '{' || c == '}' ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  if (!all_of(local, is_local)) return false;
  return is_hostname(host) || (host.starts_with('[') && host.ends_with(']'));
}

bool is_ipv4(std::string_view text) {
  const auto address = parse_ip(text);
  return address && text.find(':') == std::string_view::npos;
}
bool is_ipv6(std::string_view text) {
  if (text.find_first_of("[]%") != std::string_view::npos || text.find(':') == std::string_view::npos) return false;
  return parse_ip(text).has_value();
}

/// Characters and percent-encoding of RFC 3986, without the grammar of the parts.
bool is_uri_reference(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0) return false;
    } else if (static_cast<unsigned char>(c) <= 0x20 ||
               std::string_view("\"<>\\^`{|}\x7F").find(c) != std::string_view::npos) {
      return false;
    }
  }
  return true;
}
bool is_uri(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !is_alpha(text.front())) return false;
  const auto is_scheme = [](char c) { return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.'; };
  return all_of(text.substr(0, colon), is_scheme) && colon + 1 < text.size() && is_uri_reference(text);
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : hex_value(text[i]) < 0) return false;
  }
  return true;
}

bool is_base64(std::string_view text) {
  if (text.size() % 4 != 0) return false;
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  return all_of(text, [](char c) { return is_alpha(c) || is_digit(c) || c == '+' || c == '/'; });
}

/// `P1Y2M3DT4H5M6S`; a sign is refused, as elsewhere.
bool is_duration(std::string_view text) { return parse_iso_duration(text).has_value(); }

}  // namespace

Format format_of(std::string_view name) {
  for (const auto& [known, format] : names) {
    if (known == name) return format;
  }
  return Format::none;
}

std::string_view name_of(Format format) {
  for (const auto& [name, known] : names) {
    if (known == format) return name;
  }
  return {};
}

bool has_format(std::string_view text, Format format) {
  switch (format) {
    case Format::date_time: return is_date_time(text);
    case Format::date: return is_date(text);
    case Format::time: return is_time(text);
    case Format::duration: return is_duration(text);
    case Format::email: return is_email(text);
    case Format::hostname: return is_hostname(text);
    case Format::ipv4: return is_ipv4(text);
    case Format::ipv6: return is_ipv6(text);
    case Format::uri: return is_uri(text);
    case Format::uri_reference: return is_uri_reference(text);
    case Format::uuid: return is_uuid(text);
    case Format::base64: return is_base64(text);
    case Format::regex: return Pattern::compile(text).has_value();
    case Format::none:
    case Format::int32:
    case Format::int64: return true;
  }
  return true;
}

}  // namespace sluice::schema
