// SPDX-License-Identifier: Apache-2.0
#include "gateway/origin_map.hpp"

#include "base/backend_url.hpp"
#include "base/url.hpp"

namespace sluice {

std::string_view origin_of(const Url& url, Arena& arena) {
  return arena.concat({url.scheme, "://", url.host, ":", std::to_string(url.effective_port())});
}

OriginMap::OriginMap(const std::map<std::string, std::string>& origins) {
  for (const auto& [from, to] : origins) {
    const auto source = parse_backend_url(from, memory_);
    const auto target = parse_backend_url(to, memory_);
    if (source && target) to_.emplace(origin_of(*source, memory_), *target);
  }
}

void OriginMap::apply(Url& url, Arena& arena) const {
  if (to_.empty()) return;
  const auto found = to_.find(origin_of(url, arena));
  if (found == to_.end()) return;
  const Url& to = found->second;
  url.scheme = to.scheme;
  url.host = to.host;
  url.port = to.port;
  if (to.path != "/") url.path = join_paths(to.path, url.path, arena);
}

}  // namespace sluice
