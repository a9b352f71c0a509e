// SPDX-License-Identifier: Apache-2.0
// Edits of header fields by policies. Every name and value passes the same check, so that no policy can split a head.
#include "base/head_syntax.hpp"

#include "base/field_role.hpp"
#include "base/scan.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace sluice {
namespace {

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view n) { return equal_ignoring_case(n, name); });
}

constexpr std::array<std::string_view, 4> immutable = {"Connection", "Content-Length", "Keep-Alive",
                                                       "Transfer-Encoding"};

/// Fields whose values are never joined: a comma is part of their grammar, or only one value makes sense.
constexpr std::array<std::string_view, 12> one_line_each = {
    "User-Agent", "WWW-Authenticate",  "Proxy-Authenticate",  "Cookie",        "Set-Cookie", "Warning", "Date",
    "Expires",    "If-Modified-Since", "If-Unmodified-Since", "Last-Modified", "Retry-After"};

/// `values` after what is there already, in one line.
std::string_view join(const Headers& headers, const HeaderName& name, bool keep_present,
                      std::span<const std::string_view> values) {
  Arena& arena = headers.arena();
  std::string_view line;
  bool first = true;
  const auto add = [&](std::string_view value) {
    line = first ? value : arena.concat({line, ",", value});
    first = false;
  };
  if (keep_present) {
    if (auto present = headers.joined(name)) add(*present);
  }
  for (std::string_view value : values) add(strip_blanks(value));
  return line;
}

}  // namespace

bool is_field_text(std::string_view text) { return is_field_value(text); }

Header ready_field(std::string_view text) {
  const HeaderName name(text.substr(0, text.find(':')));
  const std::string_view value = strip_blanks(text.substr(name.text.size() + 1, text.size() - name.text.size() - 3));
  const bool is_verbatim = text.size() == name.text.size() + value.size() + 4 && !value.empty();
  return {name.text, value, name.hash, true, static_cast<std::uint8_t>(role_of(name)), is_verbatim};
}

std::optional<ExistsAction> exists_action(std::string_view name) {
  const auto names = split_words(exists_action_names);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (equal_ignoring_case(names[i], name)) return static_cast<ExistsAction>(i);
  }
  return std::nullopt;
}

std::optional<EditedField> edited_field(std::string_view name) {
  if (!is_token(name)) return std::nullopt;
  return EditedField{header_hash(name), is_one_of(name, immutable), is_one_of(name, one_line_each),
                     equal_ignoring_case(name, "Server"), static_cast<std::uint8_t>(role_of(HeaderName(name)))};
}

Result<void> edit_header(Headers& headers, std::string_view text, const EditedField& field, ExistsAction action,
                         std::span<const std::string_view> values) {
  for (std::string_view value : values) {
    if (is_field_value(value)) continue;
    return fail(ErrorCode::policy_value_invalid,
                "The value for header '" + std::string(text) + "' holds characters that a header may not hold.");
  }
  if (field.is_immutable) return {};
  const HeaderName name(text, field.hash);
  if (action == ExistsAction::skip && headers.contains(name)) return {};
  if (action == ExistsAction::remove || (action == ExistsAction::replace && values.empty())) {
    // Documents do try to delete Server; the service ignores that.
    if (!field.is_server) headers.remove(name);
    return {};
  }
  if (values.empty()) return {};
  const bool appends = action == ExistsAction::append;
  const auto line_of = [&](std::string_view value) { return Header{text, value, field.hash, true, field.role}; };
  if (!field.keeps_lines) {
    headers.set_line(line_of(join(headers, name, appends, values)));
    return {};
  }
  if (!appends) headers.remove(name);
  for (std::string_view value : values) headers.append_line(line_of(strip_blanks(value)));
  return {};
}

}  // namespace sluice
