// SPDX-License-Identifier: Apache-2.0
// OriginMap: the setting `origins`, by which calls go elsewhere.
#pragma once

#include <sluice/message.hpp>

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace sluice {

/// `https://host:port`, the port always there.
std::string_view origin_of(const Url& url, Arena& arena);

/// Origins that stand for others: `https://a.test:443` to the URL called instead.
class OriginMap {
 public:
  /// Entries that are no origins are skipped (the host's settings report them).
  explicit OriginMap(const std::map<std::string, std::string>& origins);
  /// Puts the other origin into `url`.
  void apply(Url& url, Arena& arena) const;

 private:
  Arena memory_;
  std::map<std::string, Url, std::less<>> to_;
};

}  // namespace sluice
