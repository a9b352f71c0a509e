// SPDX-License-Identifier: Apache-2.0
#include "base/backend_url.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <string>

namespace sluice {

Result<Url> parse_backend_url(std::string_view text, Arena& arena) {
  const std::string scheme = to_lower(text.substr(0, std::min(text.find("://"), text.size())));
  const std::string_view rest = text.substr(scheme.size());
  if (scheme == "ws") return parse_url(arena.concat({"http", rest}), arena);
  if (scheme == "wss") return parse_url(arena.concat({"https", rest}), arena);
  return parse_url(text, arena);
}

}  // namespace sluice
