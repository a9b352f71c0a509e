// SPDX-License-Identifier: Apache-2.0
// Source: IANA special-purpose address registries; threats.md S2.
#include "http/address_rules.hpp"

#include <algorithm>

namespace sluice::http {
namespace {

constexpr std::array<std::uint8_t, 12> mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr std::array<std::uint8_t, 12> translated = {0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0};
constexpr AddressBytes metadata_v6 = {0xFD, 0x00, 0x0E, 0xC2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54};

bool starts_with(const AddressBytes& address, const std::array<std::uint8_t, 12>& prefix) {
  return std::equal(prefix.begin(), prefix.end(), address.begin());
}

bool is_refused_v4(std::uint8_t first, std::uint8_t second) {
  if (first == 0) return true;                     // unspecified, "this network"
  if (first == 169 && second == 254) return true;  // link-local, metadata
  return first >= 224;                             // multicast, reserved, broadcast
}

}  // namespace

bool is_refused_target(const AddressBytes& address) {
  if (starts_with(address, mapped) || starts_with(address, translated)) return is_refused_v4(address[12], address[13]);
  const bool all_zero_but_last = std::all_of(address.begin(), address.end() - 1, [](auto byte) { return byte == 0; });
  if (all_zero_but_last) return address[15] != 1;                                // ::1 is loopback, :: unspecified
  if (starts_with(address, {})) return is_refused_v4(address[12], address[13]);  // IPv4-compatible, long obsolete
  if (address[0] == 0xFF) return true;                                           // multicast
  if (address[0] == 0xFE && (address[1] & 0xC0) == 0x80) return true;            // link-local
  return address == metadata_v6;
}

}  // namespace sluice::http
