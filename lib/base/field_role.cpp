// SPDX-License-Identifier: Apache-2.0
#include "base/field_role.hpp"

#include "base/text.hpp"

namespace sluice {

FieldRole detail::confirm_role(std::uint8_t row, std::string_view name) {
  const FieldRow& found = field_rows[row - 1];
  return same_name(name, found.name) ? found.role : FieldRole::ordinary;
}

bool detail::is_forwarded_name(std::string_view name) {
  constexpr std::string_view prefix = "x-forwarded-";
  return equal_ignoring_case(name.substr(0, prefix.size()), prefix);
}

bool may_be_nominated(const HeaderName& name) {
  switch (role_of(name)) {
    case FieldRole::host:
    case FieldRole::content_length:
    case FieldRole::transfer_encoding:
    case FieldRole::forwarding: return false;
    default: break;
  }
  for (std::string_view kept : {"authorization", "cookie", "via"}) {
    if (equal_ignoring_case(name.text, kept)) return false;
  }
  return true;
}

std::string_view TokenReader::next() {
  while (!rest_.empty()) {
    const std::size_t comma = rest_.find(',');
    const std::string_view token = strip_blanks(rest_.substr(0, comma));
    rest_ = comma == std::string_view::npos ? std::string_view{} : rest_.substr(comma + 1);
    if (!token.empty()) return token;
  }
  return {};
}

bool is_nominated(std::span<const Header> lines, const Header& field) {
  if (!may_be_nominated(field.key())) return false;
  for (const Header& line : lines) {
    if (role_of(line) != FieldRole::connection) continue;
    TokenReader tokens(line.value);
    for (std::string_view token = tokens.next(); !token.empty(); token = tokens.next()) {
      if (equal_ignoring_case(token, field.name)) return true;
    }
  }
  return false;
}

}  // namespace sluice
