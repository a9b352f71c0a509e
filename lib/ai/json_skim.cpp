// SPDX-License-Identifier: Apache-2.0
#include "ai/json_skim.hpp"

namespace sluice::ai {
namespace {

/// Behind the object or array that begins at `at`; nullptr when it does not end. Only the brackets that are open count,
/// not which: a malformed text is found by whoever parses the member.
const char* brackets_end(const char* begin, const char* at, const char* end) {
  std::size_t open = 0;
  while (at != end) {
    if (*at == '"') {
      at = detail::json_string_end(begin, at, end);
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

/// Behind a number or a word.
const char* plain_end(const char* at, const char* end) {
  const auto ends = [](char c) { return c == ',' || c == '}' || c == ']' || is_blank(c); };
  while (at != end && !ends(*at)) ++at;
  return at;
}

}  // namespace

const char* detail::json_value_end(const char* begin, const char* at, const char* end) {
  if (at == end) return nullptr;
  if (*at == '"') return json_string_end(begin, at, end);
  if (*at == '{' || *at == '[') return brackets_end(begin, at, end);
  const char* const behind = plain_end(at, end);
  return behind == at ? nullptr : behind;
}

const char* detail::inside_of_json(std::string_view json, char bracket) {
  const char* const end = json.data() + json.size();
  const char* at = skip_json_blanks(json.data(), end);
  if (json_piece(at, end).starts_with("\xef\xbb\xbf")) at = skip_json_blanks(at + 3, end);
  return at != end && *at == bracket ? skip_json_blanks(at + 1, end) : nullptr;
}

std::optional<std::string_view> json_member(std::string_view json, std::string_view name) {
  std::optional<std::string_view> found;
  const bool is_object = for_each_json_member(json, [&](std::string_view member, std::string_view value) {
    if (member == name) found = value;
  });
  return is_object ? found : std::nullopt;
}

}  // namespace sluice::ai
