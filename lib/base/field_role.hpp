// SPDX-License-Identifier: Apache-2.0
// The field names that HTTP itself gives a meaning: framing, the connection, forwarding. One look-up a line, by the
// hash that the line has already.
#pragma once

#include <sluice/message.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace sluice {

enum class FieldRole : std::uint8_t {
  ordinary,
  host,
  content_length,
  transfer_encoding,
  connection,
  hop_by_hop,  ///< Keep-Alive, Proxy-Connection, Proxy-Authenticate, Proxy-Authorization, TE, Trailer, Upgrade.
  expect,
  forwarding,  ///< X-Forwarded-*, Forwarded, X-Real-IP.
  date,
};

/// Several roles, as bits.
using FieldRoles = std::uint16_t;
constexpr FieldRoles bit(FieldRole role) { return static_cast<FieldRoles>(1u << static_cast<unsigned>(role)); }
constexpr bool contains(FieldRoles roles, FieldRole role) { return (roles & bit(role)) != 0; }

/// What belongs to one connection and never travels on (P4).
inline constexpr FieldRoles connection_roles =
    bit(FieldRole::transfer_encoding) | bit(FieldRole::connection) | bit(FieldRole::hop_by_hop);

namespace detail {

struct FieldRow {
  std::string_view name;
  FieldRole role;
};
/// As they are mostly written: what is written alike is compared faster.
inline constexpr FieldRow field_rows[] = {{"Host", FieldRole::host},
                                          {"Content-Length", FieldRole::content_length},
                                          {"Transfer-Encoding", FieldRole::transfer_encoding},
                                          {"Connection", FieldRole::connection},
                                          {"Keep-Alive", FieldRole::hop_by_hop},
                                          {"Proxy-Connection", FieldRole::hop_by_hop},
                                          {"Proxy-Authenticate", FieldRole::hop_by_hop},
                                          {"Proxy-Authorization", FieldRole::hop_by_hop},
                                          {"TE", FieldRole::hop_by_hop},
                                          {"Trailer", FieldRole::hop_by_hop},
                                          {"Upgrade", FieldRole::hop_by_hop},
                                          {"HTTP2-Settings", FieldRole::hop_by_hop},
                                          {"Expect", FieldRole::expect},
                                          {"Forwarded", FieldRole::forwarding},
                                          {"X-Real-IP", FieldRole::forwarding},
                                          {"Date", FieldRole::date}};

/// A place for each row, found by a part of the hash in which no two of them agree.
inline constexpr unsigned field_shift = 5;
inline constexpr std::size_t field_places = 256;
constexpr std::size_t field_place(std::uint32_t hash) { return (hash >> field_shift) % field_places; }
consteval std::array<std::uint8_t, field_places> make_field_table() {
  std::array<std::uint8_t, field_places> table{};
  for (std::size_t i = 0; i < std::size(field_rows); ++i) {
    std::uint8_t& place = table[field_place(header_hash(field_rows[i].name))];
    if (place != 0) throw "two names share a place: choose another shift";
    place = static_cast<std::uint8_t>(i + 1);
  }
  return table;
}
inline constexpr auto field_table = make_field_table();

FieldRole confirm_role(std::uint8_t row, std::string_view name);
bool is_forwarded_name(std::string_view name);

}  // namespace detail

inline FieldRole role_of(const HeaderName& name) {
  if (const std::uint8_t row = detail::field_table[detail::field_place(name.hash)]; row != 0) {
    if (const FieldRole role = detail::confirm_role(row, name.text); role != FieldRole::ordinary) return role;
  }
  const bool may_be_forwarded = name.text.size() > 12 && (name.text[0] | 0x20) == 'x' && name.text[1] == '-';
  return may_be_forwarded && detail::is_forwarded_name(name.text) ? FieldRole::forwarding : FieldRole::ordinary;
}
inline FieldRole role_of(const Header& line) {
  return line.role != Header::unknown_role ? static_cast<FieldRole>(line.role) : role_of(line.key());
}

/// Whether Connection may name this field to have it removed. Those that decide routing, framing, identity or the
/// trail of proxies stay (P4).
bool may_be_nominated(const HeaderName& name);

/// The tokens of a comma-separated list, without empty ones.
class TokenReader {
 public:
  explicit TokenReader(std::string_view list) : rest_(list) {}
  /// Empty at the end.
  std::string_view next();

 private:
  std::string_view rest_;
};

/// Whether a Connection field among `lines` names the field, and may.
bool is_nominated(std::span<const Header> lines, const Header& field);

}  // namespace sluice
