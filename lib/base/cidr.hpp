// SPDX-License-Identifier: Apache-2.0
// IP addresses and ranges of them. Pure text and numbers: no resolver, no sockets.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice {

/// An IPv4 or IPv6 address in network order. IPv4 is held as IPv4-mapped IPv6 (`::ffff:a.b.c.d`), so that both
/// spellings of one address are equal.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};
  bool is_v4() const;
  friend bool operator==(const IpAddress&, const IpAddress&) = default;
  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;
};

/// Reads dotted-decimal IPv4 (four parts, no leading zeros) or RFC 4291 IPv6; brackets and a zone (`%eth0`) are
/// dropped. Nothing on anything else.
std::optional<IpAddress> parse_ip(std::string_view text);

/// First to last address, both included; both of the same family.
struct IpRange {
  IpAddress first;
  IpAddress last;
  bool contains(const IpAddress& address) const { return first <= address && address <= last; }
};

/// Reads one address or `address/prefix-length`; bits after the prefix are ignored.
std::optional<IpRange> parse_cidr(std::string_view text);
/// The range between two addresses. Nothing when they are of different families or in the wrong order.
std::optional<IpRange> make_range(const IpAddress& first, const IpAddress& last);

}  // namespace sluice
