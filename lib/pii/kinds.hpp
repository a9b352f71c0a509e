// SPDX-License-Identifier: Apache-2.0
// What personal data and secrets are told apart, and how sure a finding is.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::pii {

enum class Kind : std::uint8_t {
  email,
  phone,
  card,         ///< Payment cards.
  iban,         ///< Bank accounts.
  national_id,  ///< Numbers that states give to persons: identity, tax, social security, health.
  ip,           ///< IPv4 and IPv6.
  key,          ///< Keys and tokens of providers.
  jwt,          ///< JSON Web Tokens.
  private_key,  ///< PEM.
  custom,       ///< Patterns of the document.
  placeholder   ///< What stands for a value that was taken out (replacements.hpp).
};
inline constexpr std::size_t kind_count = 11;

/// `national-id`: as documents write it.
std::string_view to_string(Kind kind);
/// `NATIONAL_ID`: as masks and placeholders write it.
std::string_view label_of(Kind kind);
/// The kind of that name; custom and placeholder are none that a document could name.
std::optional<Kind> parse_kind(std::string_view name);

/// A set of kinds.
class KindSet {
 public:
  constexpr KindSet() = default;
  static constexpr KindSet all() { return KindSet((1u << kind_count) - 1); }
  constexpr void add(Kind kind) { bits_ |= bit(kind); }
  constexpr void remove(Kind kind) { bits_ &= ~bit(kind); }
  constexpr bool contains(Kind kind) const { return (bits_ & bit(kind)) != 0; }
  constexpr bool is_empty() const { return bits_ == 0; }
  friend constexpr bool operator==(KindSet, KindSet) = default;

 private:
  explicit constexpr KindSet(std::uint32_t bits) : bits_(bits) {}
  static constexpr std::uint32_t bit(Kind kind) { return 1u << static_cast<unsigned>(kind); }
  std::uint32_t bits_ = 0;
};

/// How sure a finding is. `low`: a check digit agrees, but the number is bare and nothing near says what it is.
/// `medium`: form and check agree. `high`: words near it agree too, or nothing else looks like it.
enum class Confidence : std::uint8_t { low, medium, high };

}  // namespace sluice::pii
