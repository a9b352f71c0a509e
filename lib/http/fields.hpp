// SPDX-License-Identifier: Apache-2.0
// The field names that HTTP itself gives a meaning: framing, the connection, forwarding. One look-up a line.
#pragma once

#include <sluice/message.hpp>

#include <cstdint>
#include <string_view>

namespace sluice::http {

enum class FieldRole : std::uint8_t {
  ordinary,
  host,
  content_length,
  transfer_encoding,
  connection,
  hop_by_hop,  ///< Keep-Alive, Proxy-Connection, Proxy-Authenticate, Proxy-Authorization, TE, Trailer, Upgrade.
  expect,
  forwarding,  ///< X-Forwarded-*, Forwarded, X-Real-IP.
  date,
};

FieldRole role_of(const HeaderName& name);

/// Whether Connection may name this field to have it removed. Those that decide routing, framing, identity or the
/// trail of proxies stay (P4).
bool may_be_nominated(const HeaderName& name);

/// The tokens of a comma-separated list, without empty ones.
class TokenReader {
 public:
  explicit TokenReader(std::string_view list) : rest_(list) {}
  /// Empty at the end.
  std::string_view next();

 private:
  std::string_view rest_;
};

}  // namespace sluice::http
