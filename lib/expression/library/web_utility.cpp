// SPDX-License-Identifier: Apache-2.0
// System.Net.WebUtility.
#include "expression/objects.hpp"
#include "expression/unicode.hpp"

#include "base/text.hpp"
#include "base/url.hpp"

#include <cstring>
#include <utility>

namespace sluice::expression {
namespace {

constexpr TypeRow types[] = {
    {"WebUtility", "System.Net.WebUtility", TypeKind::static_class},
};

Value url_encode(Call& call) {
  if (call.is_null(0)) return {};
  std::string text;
  for (const char c : valid_utf8(call.text(0))) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_alpha(c) || is_digit(c) || (c != '\0' && std::strchr("-_.!*()", c) != nullptr))
      text += c;
    else if (c == ' ')
      text += '+';
    else {
      text += '%';
      text += "0123456789ABCDEF"[byte >> 4];
      text += "0123456789ABCDEF"[byte & 15];
    }
  }
  return call.text_result(text);
}
Value url_decode(Call& call) {
  return call.is_null(0) ? Value() : Value::string(percent_decode(call.text(0), call.arena(), true));
}
Value html_encode(Call& call) {
  if (call.is_null(0)) return {};
  std::string text;
  for (std::size_t at = 0; at < call.text(0).size();) {
    const std::uint32_t point = next_point(call.text(0), at);
    if (point == '&')
      text += "&amp;";
    else if (point == '<')
      text += "&lt;";
    else if (point == '>')
      text += "&gt;";
    else if (point == '"')
      text += "&quot;";
    else if (point == '\'')
      text += "&#39;";
    else if ((point >= 0xA0 && point <= 0xFF) || point > 0xFFFF)
      text += "&#" + std::to_string(point) + ";";
    else
      append_point(text, point);
  }
  return call.text_result(text);
}
Value html_decode(Call& call) {
  if (call.is_null(0)) return {};
  static constexpr std::pair<std::string_view, std::uint32_t> names[] = {
      {"amp", '&'},   {"lt", '<'},    {"gt", '>'},      {"quot", '"'},   {"apos", '\''},
      {"nbsp", 0xA0}, {"copy", 0xA9}, {"eacute", 0xE9}, {"euro", 0x20AC}};
  const std::string_view from = call.text(0);
  std::string text;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const std::size_t end = from[i] == '&' ? from.find(';', i) : std::string_view::npos;
    if (end == std::string_view::npos || end - i > 12) {
      text += from[i];
      continue;
    }
    const std::string_view name = from.substr(i + 1, end - i - 1);
    std::uint32_t point = 0;
    if (name.starts_with("#x") || name.starts_with("#X")) {
      for (const char c : name.substr(2))
        point = hex_value(c) < 0 || point > 0x10FFFF ? 0x110000 : point * 16 + static_cast<std::uint32_t>(hex_value(c));
    } else if (name.starts_with('#')) {
      point = static_cast<std::uint32_t>(parse_unsigned(name.substr(1)).value_or(0x110000) & 0x1FFFFF);
    } else {
      for (const auto& [known, code] : names) {
        if (known == name) point = code;
      }
    }
    if (point == 0 || point > 0x10FFFF) {
      text += from[i];
      continue;
    }
    append_point(text, point);
    i = end;
  }
  return call.text_result(text);
}

constexpr MemberRow members[] = {
    {"static WebUtility", "UrlEncode", "(string value)", "string", url_encode},
    {"static WebUtility", "UrlDecode", "(string encodedValue)", "string", url_decode},
    {"static WebUtility", "HtmlEncode", "(string value)", "string", html_encode},
    {"static WebUtility", "HtmlDecode", "(string value)", "string", html_decode},
};

}  // namespace

extern const Family web_utility_family{"web_utility", "Encodings of the web.", "System.Net.WebUtility", types, {},
                                       members};

}  // namespace sluice::expression
