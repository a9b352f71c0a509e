// SPDX-License-Identifier: Apache-2.0
// URLs that name a proxy.
#pragma once

#include <sluice/arena.hpp>
#include <sluice/error.hpp>
#include <sluice/transport.hpp>

#include <string_view>

namespace sluice {

/// `http://host:port`; the scheme may be left out, the port is 80 then. **Errors**: policy_value_invalid; a proxy has
/// no path, and TLS to it is not spoken.
Result<ForwardProxy> parse_proxy_url(std::string_view text, Arena& arena);

/// Value of Authorization or Proxy-Authorization. **Source**: RFC 7617.
std::string_view basic_authorization(std::string_view user, std::string_view password, Arena& arena);

}  // namespace sluice
