// SPDX-License-Identifier: Apache-2.0
#include "ai/json_skim.hpp"

#include "base/scan.hpp"

namespace sluice::ai {
namespace {

/// Length of the string at the start of `text`, quotes included; 0 when it does not end.
std::size_t string_length(std::string_view text) {
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  for (const char* at = begin + 1; at < end;) {
    at = quote_or_escape(begin, at, end);
    if (at != end && *at == '"') return static_cast<std::size_t>(at - begin) + 1;
    if (end - at < 2) break;
    at += 2;
  }
  return 0;
}

}  // namespace

std::string_view detail::skip_json_blanks(std::string_view text) {
  std::size_t start = 0;
  while (start < text.size() &&
         (text[start] == ' ' || text[start] == '\n' || text[start] == '\r' || text[start] == '\t'))
    ++start;
  return text.substr(start);
}

std::size_t detail::json_value_length(std::string_view text) {
  if (text.empty()) return 0;
  if (text.front() == '"') return string_length(text);
  if (text.front() != '{' && text.front() != '[') {
    const std::size_t end = text.find_first_of(",]} \t\r\n");
    return end == std::string_view::npos ? text.size() : end;
  }
  // Only the brackets that are open count, not which: a malformed text is found by whoever parses the member.
  std::size_t open = 0;
  for (std::size_t i = 0; i < text.size();) {
    switch (text[i]) {
      case '"': {
        const std::size_t length = string_length(text.substr(i));
        if (length == 0) return 0;
        i += length;
        continue;
      }
      case '{':
      case '[': ++open; break;
      case '}':
      case ']':
        if (--open == 0) return i + 1;
        break;
      default: break;
    }
    ++i;
  }
  return 0;
}

std::optional<std::string_view> detail::inside_of_object(std::string_view json) {
  std::string_view rest = skip_json_blanks(json);
  if (rest.starts_with("\xef\xbb\xbf")) rest = skip_json_blanks(rest.substr(3));
  if (!rest.starts_with('{')) return std::nullopt;
  return skip_json_blanks(rest.substr(1));
}

std::optional<std::string_view> json_member(std::string_view json, std::string_view name) {
  std::optional<std::string_view> found;
  const bool is_object = for_each_json_member(json, [&](std::string_view member, std::string_view value) {
    if (member == name) found = value;
  });
  return is_object ? found : std::nullopt;
}

}  // namespace sluice::ai
