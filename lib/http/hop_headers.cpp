// SPDX-License-Identifier: Apache-2.0
// Source: RFC 9110 section 7.6.1; threats.md P4, P6.
#include "http/hop_headers.hpp"

#include "base/field_role.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace sluice::http {
ConnectionTokens read_connection(std::span<const Header> lines) {
  ConnectionTokens result;
  for (const Header& line : lines) {
    if (role_of(line) != FieldRole::connection) continue;
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

void keep_end_to_end(Headers& headers, bool names_fields) {
  // What Connection names is dropped before Connection itself is.
  if (names_fields) {
    const std::vector<Header> all(headers.begin(), headers.end());
    headers.remove_if([&](const Header& line) { return is_nominated(all, line); });
  }
  headers.remove_if([](const Header& line) { return contains(connection_roles, role_of(line)); });
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
