// SPDX-License-Identifier: Apache-2.0
// Edits of header fields by policies. Every name and value passes the same check, so that no policy can split a head.
#include "base/head_syntax.hpp"

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

bool is_field_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
  });
}

std::optional<ExistsAction> exists_action(std::string_view name) {
  const auto names = split_words(exists_action_names);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (equal_ignoring_case(names[i], name)) return static_cast<ExistsAction>(i);
  }
  return std::nullopt;
}

bool is_immutable_header(std::string_view name) { return is_one_of(name, immutable); }

Result<void> edit_header(Headers& headers, std::string_view text, ExistsAction action,
                         std::span<const std::string_view> values) {
  if (!is_token(text)) {
    return fail(ErrorCode::policy_value_invalid,
                "'" + std::string(text.substr(0, 100)) + "' is not a valid header name.");
  }
  for (std::string_view value : values) {
    if (is_field_text(value)) continue;
    return fail(ErrorCode::policy_value_invalid,
                "The value for header '" + std::string(text) + "' holds characters that a header may not hold.");
  }
  if (is_immutable_header(text)) return {};
  const HeaderName name(text);
  if (action == ExistsAction::skip && headers.contains(name)) return {};
  if (action == ExistsAction::remove || (action == ExistsAction::replace && values.empty())) {
    // Documents do try to delete Server; the service ignores that.
    if (!equal_ignoring_case(text, "Server")) headers.remove(name);
    return {};
  }
  if (values.empty()) return {};
  const bool appends = action == ExistsAction::append;
  if (!is_one_of(text, one_line_each)) {
    headers.set(name, join(headers, name, appends, values));
    return {};
  }
  if (!appends) headers.remove(name);
  for (std::string_view value : values) headers.append(name, strip_blanks(value));
  return {};
}

}  // namespace sluice
