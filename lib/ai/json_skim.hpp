// SPDX-License-Identifier: Apache-2.0
// Finds members of a JSON object without building a tree: answers can be large (embeddings), and of most of them only
// `usage` is wanted. No recursion, no allocation, one pass.
#pragma once

#include "base/scan.hpp"
#include "base/text.hpp"

#include <optional>
#include <string_view>

namespace sluice::ai {

/// The text of the last member `name` of the object that `json` is, blanks trimmed; nothing when it has none or `json`
/// is not an object as far as it is read. Names are compared as written: those with escapes never match.
std::optional<std::string_view> json_member(std::string_view json, std::string_view name);

/// Calls `visit(name, value)` for each member of the object that `json` is, in their order: the name as it is written,
/// the value's text. False when `json` is no object, or not one as far as it is read.
template <class Visit>
bool for_each_json_member(std::string_view json, Visit visit);

/// Calls `visit(item)` for the text of each item of the array that `json` is; stops at malformed text.
template <class Visit>
void for_each_json_item(std::string_view json, Visit visit);

namespace detail {

inline const char* skip_json_blanks(const char* at, const char* end) {
  if (at != end && *at > ' ') return at;  // as nearly always
  while (at != end && is_blank(*at)) ++at;
  return at;
}

/// Behind the string that begins at `at`; nullptr when it does not end. `begin`: where the text around it begins.
inline const char* json_string_end(const char* begin, const char* at, const char* end) {
  while (++at < end) {
    at = quote_or_escape(begin, at, end);
    if (at == end) return nullptr;
    if (*at == '"') return at + 1;
    if (++at == end) return nullptr;  // What is escaped is no end.
  }
  return nullptr;
}

/// Behind the value that begins at `at`, which no blanks stand before; nullptr when there is none or it does not end.
const char* json_value_end(const char* begin, const char* at, const char* end);

/// What follows the `bracket` that opens the object or array of the text, blanks skipped; nullptr when there is none.
const char* inside_of_json(std::string_view json, char bracket);

/// Behind the comma at `at`, and blanks; nullptr when there is none.
inline const char* behind_json_comma(const char* at, const char* end) {
  at = skip_json_blanks(at, end);
  return at != end && *at == ',' ? skip_json_blanks(at + 1, end) : nullptr;
}

inline std::string_view json_piece(const char* from, const char* to) {
  return {from, static_cast<std::size_t>(to - from)};
}

}  // namespace detail

template <class Visit>
bool for_each_json_member(std::string_view json, Visit visit) {
  const char* const begin = json.data();
  const char* const end = begin + json.size();
  const char* at = detail::inside_of_json(json, '{');
  if (at == nullptr) return false;
  while (at != nullptr && at != end && *at == '"') {
    const char* const name = at + 1;
    const char* const name_end = detail::json_string_end(begin, at, end);
    if (name_end == nullptr) return false;
    at = detail::skip_json_blanks(name_end, end);
    if (at == end || *at != ':') return false;
    const char* const value = detail::skip_json_blanks(at + 1, end);
    at = detail::json_value_end(begin, value, end);
    if (at == nullptr) return false;
    visit(detail::json_piece(name, name_end - 1), detail::json_piece(value, at));
    at = detail::behind_json_comma(at, end);
  }
  return true;
}

template <class Visit>
void for_each_json_item(std::string_view json, Visit visit) {
  const char* const begin = json.data();
  const char* const end = begin + json.size();
  const char* at = detail::inside_of_json(json, '[');
  while (at != nullptr && at != end && *at != ']') {
    const char* const item = at;
    at = detail::json_value_end(begin, item, end);
    if (at == nullptr) return;
    visit(detail::json_piece(item, at));
    at = detail::behind_json_comma(at, end);
  }
}

}  // namespace sluice::ai
