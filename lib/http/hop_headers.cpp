// SPDX-License-Identifier: Apache-2.0
// Source: RFC 9110 section 7.6.1; threats.md P4, P6.
#include "http/hop_headers.hpp"

#include "http/fields.hpp"

#include <algorithm>
#include <string>

namespace sluice::http {
namespace {

bool is_nominated(std::span<const Header> lines, const Header& field) {
  if (!may_be_nominated({field.name})) return false;
  for (const Header& line : lines) {
    if (role_of(HeaderName(line.name)) != FieldRole::connection) continue;
    TokenReader tokens(line.value);
    for (std::string_view token = tokens.next(); !token.empty(); token = tokens.next()) {
      if (equal_ignoring_case(token, field.name)) return true;
    }
  }
  return false;
}

}  // namespace

ConnectionTokens read_connection(std::span<const Header> lines) {
  ConnectionTokens result;
  for (const Header& line : lines) {
    if (!line.is("connection")) continue;
    TokenReader tokens(line.value);
    for (std::string_view token = tokens.next(); !token.empty(); token = tokens.next()) {
      if (equal_ignoring_case(token, "close")) {
        result.close = true;
      } else if (equal_ignoring_case(token, "keep-alive")) {
        result.keep_alive = true;
      } else {
        result.names_fields = true;
      }
    }
  }
  return result;
}

void copy_end_to_end(std::span<const Header> lines, const ConnectionTokens& tokens, Headers& to) {
  for (const Header& line : lines) {
    switch (role_of(HeaderName(line.name))) {
      case FieldRole::connection:
      case FieldRole::hop_by_hop:
      case FieldRole::transfer_encoding: continue;
      default: break;
    }
    if (tokens.names_fields && is_nominated(lines, line)) continue;
    to.append_view({line.name}, line.value);
  }
}

void drop_ambiguous_names(Headers& headers, std::span<const HeaderName> reserved) {
  for (std::size_t i = 0; i < headers.size();) {
    const std::string_view name = headers.lines()[i].name;
    ++i;
    if (name.find('_') == std::string_view::npos) continue;
    std::string dashed(name);
    std::replace(dashed.begin(), dashed.end(), '_', '-');
    const HeaderName twin{dashed};
    const bool acted_on = role_of(twin) != FieldRole::ordinary ||
                          std::any_of(reserved.begin(), reserved.end(), [&](const HeaderName& other) {
                            return other.hash == twin.hash && equal_ignoring_case(other.text, dashed);
                          });
    if (!acted_on && !headers.contains(twin)) continue;
    headers.remove({name});
    i = 0;  // lines have moved; each round removes one name, so this ends
  }
}

}  // namespace sluice::http
