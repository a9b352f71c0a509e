// SPDX-License-Identifier: Apache-2.0
// URLs of identity providers: https, or http on this machine (J6).
#pragma once

#include <sluice/message.hpp>

#include <string_view>

namespace sluice {

/// **Errors**: policy_value_invalid for what is no http(s) URL, and for http to another machine: whoever stands between
/// could hand out keys of his own.
Result<Url> parse_provider_url(std::string_view text, Arena& arena);

/// `localhost` and names below it, 127.0.0.0/8, `[::1]`.
bool is_loopback_host(std::string_view host);

}  // namespace sluice
