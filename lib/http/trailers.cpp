// SPDX-License-Identifier: Apache-2.0
#include "http/trailers.hpp"

#include "base/field_role.hpp"

#include <algorithm>
#include <limits>

namespace sluice::http {
namespace {

/// Beside the fields with a role: those that decide how a message is read, who sent it, or whether it may be kept.
constexpr HeaderName never_trailing[] = {"accept-ranges",
                                         "age",
                                         "authentication-info",
                                         "authorization",
                                         "cache-control",
                                         "content-encoding",
                                         "content-range",
                                         "content-type",
                                         "cookie",
                                         "expires",
                                         "if-match",
                                         "if-modified-since",
                                         "if-none-match",
                                         "if-range",
                                         "if-unmodified-since",
                                         "location",
                                         "max-forwards",
                                         "pragma",
                                         "range",
                                         "retry-after",
                                         "set-cookie",
                                         "vary",
                                         "via",
                                         "warning",
                                         "www-authenticate"};

bool is_among(std::span<const HeaderName> names, const HeaderName& name) {
  return std::any_of(names.begin(), names.end(), [&](const HeaderName& other) {
    return other.hash == name.hash && equal_ignoring_case(other.text, name.text);
  });
}

}  // namespace

bool may_trail(const Header& field, std::span<const HeaderName> reserved) {
  std::string dashed(field.name);  // P6: whoever reads `_` as `-` must not find what others do not
  std::replace(dashed.begin(), dashed.end(), '_', '-');
  const HeaderName name{dashed};
  return role_of(name) == FieldRole::ordinary && !is_among(never_trailing, name) && !is_among(reserved, name);
}

bool Trailers::finish() {
  text_ += "\r\n";
  constexpr std::size_t any = std::numeric_limits<std::size_t>::max();  // the bytes have been bounded
  const auto lines = read_head_lines(text_, {0, any, any}, arena_);
  if (!lines) return false;
  take(*lines);
  return true;
}

void Trailers::take(const HeadLines& lines) {
  fields_.adopt(lines.lines, lines.capacity);
  remove({});
}

}  // namespace sluice::http
