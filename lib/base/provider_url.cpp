// SPDX-License-Identifier: Apache-2.0
#include "base/provider_url.hpp"

#include "base/cidr.hpp"

namespace sluice {

bool is_loopback_host(std::string_view host) {
  if (host == "localhost" || host.ends_with(".localhost") || host == "[::1]") return true;
  return host.starts_with("127.") && parse_ip(host);
}

Result<Url> parse_provider_url(std::string_view text, Arena& arena) {
  auto url = parse_url(text, arena);
  if (!url || url->scheme == "https" || is_loopback_host(url->host)) return url;
  return fail(ErrorCode::policy_value_invalid, "The URL of an identity provider must begin with https://.");
}

}  // namespace sluice
