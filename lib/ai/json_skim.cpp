// SPDX-License-Identifier: Apache-2.0
#include "ai/json_skim.hpp"

#include "base/scan.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace sluice::ai {
namespace {

/// Behind the string that begins at `at`; nullptr when it does not end. `begin`: where the text around it begins.
inline const char* string_end(const char* begin, const char* at, const char* end) {
  while (++at < end) {
    at = quote_or_escape(begin, at, end);
    if (at == end) return nullptr;
    if (*at == '"') return at + 1;
    if (++at == end) return nullptr;  // What is escaped is no end.
  }
  return nullptr;
}

/// Behind the object or array that begins at `at`; nullptr when it does not end. Only the brackets that are open count,
/// not which: a malformed text is found by whoever parses the member.
const char* brackets_end(const char* begin, const char* at, const char* end) {
  std::size_t open = 0;
  while (at != end) {
    if (*at == '"') {
      at = string_end(begin, at, end);
      if (at == nullptr) return nullptr;
    } else {
      const bool opens = *at == '{' || *at == '[';
      opens ? ++open : --open;
      ++at;
      if (open == 0) return at;
    }
    at = quote_or_bracket(begin, at, end);
  }
  return nullptr;
}

}  // namespace

std::string_view detail::skip_more_json_blanks(std::string_view text) {
  const auto start = std::find_if_not(text.begin(), text.end(), is_blank);
  return text.substr(static_cast<std::size_t>(start - text.begin()));
}

std::size_t detail::json_value_length(std::string_view text) {
  if (text.empty()) return 0;
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const bool is_string = *begin == '"';
  if (!is_string && *begin != '{' && *begin != '[') {
    const auto ends = [](char c) { return c == ',' || c == '}' || c == ']' || is_blank(c); };
    return static_cast<std::size_t>(std::find_if(begin, end, ends) - begin);
  }
  const char* const behind = is_string ? string_end(begin, begin, end) : brackets_end(begin, begin, end);
  return behind == nullptr ? 0 : static_cast<std::size_t>(behind - begin);
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
