// SPDX-License-Identifier: Apache-2.0
// Whose forwarding fields are believed, and whom they name as the caller (P5).
#pragma once

#include <sluice/error.hpp>
#include <sluice/message.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::http {

/// An IP address as 16 bytes; IPv4 mapped into IPv6.
using AddressBytes = std::array<std::uint8_t, 16>;

/// Reads `1.2.3.4`, `::1`, `[::1]`. Nothing when it is neither.
std::optional<AddressBytes> read_address(std::string_view text);

class TrustedProxies {
 public:
  /// Addresses and ranges as text. **Errors**: internal, naming the entry that is neither.
  static Result<TrustedProxies> parse(const std::vector<std::string>& entries);

  bool empty() const { return ranges_.empty(); }
  bool contains(std::string_view address) const;
  /// The right-most address of X-Forwarded-For that is no trusted proxy; `peer` when there is none.
  std::string_view caller(const Headers& headers, std::string_view peer) const;

 private:
  struct Range {
    AddressBytes first;
    unsigned bits;
  };
  std::vector<Range> ranges_;
};

}  // namespace sluice::http
