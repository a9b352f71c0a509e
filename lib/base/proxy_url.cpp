// SPDX-License-Identifier: Apache-2.0
#include "base/proxy_url.hpp"

#include "base/base64.hpp"
#include "base/text.hpp"

#include <string>

namespace sluice {
namespace {

tl::unexpected<Error> refuse(std::string_view text, const char* why) {
  return fail(ErrorCode::policy_value_invalid,
              "'" + std::string(text.substr(0, 100)) + "' does not name a proxy: " + why + ".");
}

}  // namespace

Result<ForwardProxy> parse_proxy_url(std::string_view text, Arena& arena) {
  const std::string_view given = trim(text);
  const bool has_scheme = given.find("://") != std::string_view::npos;
  const auto url = parse_url(has_scheme ? given : arena.concat({"http://", given}), arena);
  if (!url) return refuse(given, "it must be http://host:port");
  if (url->scheme != "http") return refuse(given, "TLS to a proxy is not spoken, its URL begins with http://");
  if (url->path != "/" || !url->query.empty()) return refuse(given, "its URL has no path");
  return ForwardProxy{url->host, url->effective_port(), {}};
}

std::string_view basic_authorization(std::string_view user, std::string_view password, Arena& arena) {
  return arena.concat({"Basic ", base64_encode(arena.concat({user, ":", password}))});
}

}  // namespace sluice
