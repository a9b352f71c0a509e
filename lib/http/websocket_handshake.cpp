// SPDX-License-Identifier: Apache-2.0
#include "http/websocket_handshake.hpp"

#include "base/field_role.hpp"

#include <algorithm>

namespace sluice::http {
namespace {

constexpr HeaderName connection_name{"connection"};
constexpr HeaderName upgrade_name{"upgrade"};
constexpr HeaderName key_name{"sec-websocket-key"};
constexpr HeaderName version_name{"sec-websocket-version"};
constexpr std::string_view version = "13";

bool holds_token(std::string_view list, std::string_view wanted) {
  TokenReader tokens(list);
  for (std::string_view token = tokens.next(); !token.empty(); token = tokens.next()) {
    if (equal_ignoring_case(token, wanted)) return true;
  }
  return false;
}

bool is_base64_digit(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

/// Base64 of 16 bytes: 22 digits and the filling.
bool is_key(std::string_view text) {
  constexpr std::size_t digits = 22;
  constexpr std::string_view filling = "==";
  if (text.size() != digits + filling.size() || text.substr(digits) != filling) return false;
  return std::all_of(text.begin(), text.begin() + digits, is_base64_digit);
}

}  // namespace

bool names_websocket(std::span<const Header> lines) {
  bool connection_agrees = false;
  unsigned upgrades = 0;
  for (const Header& line : lines) {
    if (line.is(connection_name) && holds_token(line.value, "upgrade")) connection_agrees = true;
    if (!line.is(upgrade_name)) continue;
    if (++upgrades > 1 || !equal_ignoring_case(line.value, websocket_protocol)) return false;
  }
  return connection_agrees && upgrades == 1;
}

bool has_handshake(const Headers& headers) {
  return headers.count(key_name) == 1 && is_key(headers.get(key_name)) && headers.count(version_name) == 1 &&
         headers.get(version_name) == version;
}

void add_upgrade_fields(std::string& head) {
  constexpr std::string_view end = "\r\n";
  head.resize(head.size() - end.size());
  head.append("Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
}

}  // namespace sluice::http
