// SPDX-License-Identifier: Apache-2.0
// How many connections are open, in all and from each caller (L10). Shared by all workers; asked once a connection.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

namespace sluice::http {

class ConnectionCount {
 public:
  ConnectionCount(std::size_t most, std::size_t most_per_client) : most_(most), most_per_client_(most_per_client) {}

  /// Counts a connection from `address`; false, uncounted, when that would pass a bound. The table of addresses
  /// cannot have more rows than there are connections.
  bool enter(const std::string& address);
  void leave(const std::string& address);
  std::size_t open() const;

 private:
  const std::size_t most_;
  const std::size_t most_per_client_;
  mutable std::mutex mutex_;
  std::size_t open_ = 0;
  std::unordered_map<std::string, std::size_t> per_client_;
};

}  // namespace sluice::http
