// SPDX-License-Identifier: Apache-2.0
// Text to addresses: dotted IPv4, and IPv6 with one `::` and an optional dotted tail (RFC 4291 section 2.2).
#include "base/cidr.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cstddef>

namespace sluice {
namespace {

constexpr std::size_t v4_offset = 12;

std::optional<std::array<std::uint8_t, 4>> parse_dotted(std::string_view text) {
  const auto parts = split(text, '.');
  if (parts.size() != 4) return std::nullopt;
  std::array<std::uint8_t, 4> bytes{};
  for (std::size_t i = 0; i < 4; ++i) {
    const std::string_view part = parts[i];
    // A leading zero means octal to some readers: two readings of one address are worse than none.
    if (part.empty() || part.size() > 3 || (part.size() > 1 && part.front() == '0')) return std::nullopt;
    const auto number = parse_unsigned(part);
    if (!number || *number > 255) return std::nullopt;
    bytes[i] = static_cast<std::uint8_t>(*number);
  }
  return bytes;
}

/// Appends the groups of `text` to `bytes`; false when they are malformed or too many.
bool append_groups(std::string_view text, bool may_end_dotted, std::array<std::uint8_t, 16>& bytes, std::size_t& size) {
  if (text.empty()) return true;
  const auto groups = split(text, ':');
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const std::string_view group = groups[i];
    if (may_end_dotted && i + 1 == groups.size() && group.find('.') != std::string_view::npos) {
      const auto dotted = parse_dotted(group);
      if (!dotted || size > v4_offset) return false;
      for (std::uint8_t byte : *dotted) bytes[size++] = byte;
      return true;
    }
    if (group.empty() || group.size() > 4 || size > 14) return false;
    unsigned value = 0;
    for (char c : group) {
      if (hex_value(c) < 0) return false;
      value = value * 16 + static_cast<unsigned>(hex_value(c));
    }
    bytes[size++] = static_cast<std::uint8_t>(value >> 8);
    bytes[size++] = static_cast<std::uint8_t>(value & 0xFF);
  }
  return true;
}

std::optional<IpAddress> parse_v6(std::string_view text) {
  std::array<std::uint8_t, 16> head{}, tail{};
  std::size_t head_size = 0, tail_size = 0;
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) {
    if (!append_groups(text, true, head, head_size) || head_size != 16) return std::nullopt;
    return IpAddress{head};
  }
  if (text.find("::", gap + 1) != std::string_view::npos) return std::nullopt;
  if (!append_groups(text.substr(0, gap), false, head, head_size)) return std::nullopt;
  if (!append_groups(text.substr(gap + 2), true, tail, tail_size)) return std::nullopt;
  if (head_size + tail_size > 14) return std::nullopt;
  IpAddress address{head};
  std::copy_n(tail.begin(), tail_size, address.bytes.end() - static_cast<std::ptrdiff_t>(tail_size));
  return address;
}

}  // namespace

bool IpAddress::is_v4() const {
  return std::all_of(bytes.begin(), bytes.begin() + 10, [](std::uint8_t b) { return b == 0; }) && bytes[10] == 0xFF &&
         bytes[11] == 0xFF;
}

std::optional<IpAddress> parse_ip(std::string_view text) {
  text = trim(text);
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
  if (text.find(':') == std::string_view::npos) {
    const auto dotted = parse_dotted(text);
    if (!dotted) return std::nullopt;
    IpAddress address;
    address.bytes[10] = address.bytes[11] = 0xFF;
    std::copy(dotted->begin(), dotted->end(), address.bytes.begin() + v4_offset);
    return address;
  }
  return parse_v6(text.substr(0, text.find('%')));
}

std::optional<IpRange> make_range(const IpAddress& first, const IpAddress& last) {
  if (first.is_v4() != last.is_v4() || last < first) return std::nullopt;
  return IpRange{first, last};
}

std::optional<IpRange> parse_cidr(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = parse_ip(text.substr(0, slash));
  if (!address) return std::nullopt;
  if (slash == std::string_view::npos) return IpRange{*address, *address};
  const unsigned offset = address->is_v4() ? 96 : 0;
  const auto length = parse_unsigned(trim(text.substr(slash + 1)));
  if (!length || *length > 128 - offset) return std::nullopt;
  IpRange range{*address, *address};
  for (std::size_t bit = offset + static_cast<std::size_t>(*length); bit < 128; ++bit) {
    const auto mask = static_cast<std::uint8_t>(0x80u >> (bit % 8));
    range.first.bytes[bit / 8] = static_cast<std::uint8_t>(range.first.bytes[bit / 8] & ~mask);
    range.last.bytes[bit / 8] = static_cast<std::uint8_t>(range.last.bytes[bit / 8] | mask);
  }
  return range;
}

}  // namespace sluice
