// SPDX-License-Identifier: Apache-2.0
// Finds members of a JSON object without building a tree: answers can be large (embeddings), and of most of them only
// `usage` is wanted. No recursion, no allocation, one pass.
#pragma once

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
/// The length of the value at the start of `text`, which has no blanks before it; 0 when it does not end.
std::size_t json_value_length(std::string_view text);
std::string_view skip_more_json_blanks(std::string_view text);
inline std::string_view skip_json_blanks(std::string_view text) {
  return !text.empty() && text.front() > ' ' ? text : skip_more_json_blanks(text);
}
/// What follows the `{` of an object, blanks skipped; nothing when `json` is none.
std::optional<std::string_view> inside_of_object(std::string_view json);
}  // namespace detail

template <class Visit>
bool for_each_json_member(std::string_view json, Visit visit) {
  const auto inside = detail::inside_of_object(json);
  if (!inside) return false;
  std::string_view rest = *inside;
  while (rest.starts_with('"')) {
    const std::size_t name_length = detail::json_value_length(rest);
    if (name_length == 0) return false;
    const std::string_view name = rest.substr(1, name_length - 2);
    rest = detail::skip_json_blanks(rest.substr(name_length));
    if (!rest.starts_with(':')) return false;
    rest = detail::skip_json_blanks(rest.substr(1));
    const std::size_t length = detail::json_value_length(rest);
    if (length == 0) return false;
    visit(name, rest.substr(0, length));
    rest = detail::skip_json_blanks(rest.substr(length));
    if (!rest.starts_with(',')) return true;
    rest = detail::skip_json_blanks(rest.substr(1));
  }
  return true;
}

template <class Visit>
void for_each_json_item(std::string_view json, Visit visit) {
  std::string_view rest = detail::skip_json_blanks(json);
  if (!rest.starts_with('[')) return;
  rest = detail::skip_json_blanks(rest.substr(1));
  while (!rest.empty() && rest.front() != ']') {
    const std::size_t length = detail::json_value_length(rest);
    if (length == 0) return;
    visit(rest.substr(0, length));
    rest = detail::skip_json_blanks(rest.substr(length));
    if (!rest.starts_with(',')) return;
    rest = detail::skip_json_blanks(rest.substr(1));
  }
}

}  // namespace sluice::ai
