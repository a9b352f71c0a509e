// SPDX-License-Identifier: Apache-2.0
// System.Net.IPAddress. Texts of IPv6 are those of RFC 5952; an IPv4 address may leave out zeros in the middle
// (`10.1` is 10.0.0.1), as inet_aton reads it.
#include "expression/objects.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

namespace sluice::expression {
namespace {

constexpr TypeRow types[] = {
    {"IPAddress", "System.Net.IPAddress", TypeKind::reference, "", true},
};
constexpr EnumRow enums[] = {
    {"AddressFamily", "System.Net.Sockets.AddressFamily", "Unspecified=0 Unix=1 InterNetwork=2 InterNetworkV6=23"},
};

struct AddressObject : TextObject {
  std::array<std::uint8_t, 16> bytes;
  std::uint8_t size;  ///< 4 or 16.
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), size}; }
};

bool is_mapped(std::string_view bytes) {
  constexpr std::string_view prefix("\0\0\0\0\0\0\0\0\0\0\xFF\xFF", 12);
  return bytes.size() == 16 && bytes.starts_with(prefix);
}
std::string v4_text(std::string_view bytes) {
  std::string text;
  for (std::size_t i = 0; i < 4; ++i) {
    if (i != 0) text += '.';
    text += std::to_string(static_cast<std::uint8_t>(bytes[i]));
  }
  return text;
}
std::string hexadecimal(unsigned number) {
  std::string text;
  for (int shift = 12; shift >= 0; shift -= 4) {
    const unsigned digit = (number >> shift) & 15;
    if (digit != 0 || !text.empty() || shift == 0) text += "0123456789abcdef"[digit];
  }
  return text;
}
std::string v6_text(std::string_view bytes) {
  if (is_mapped(bytes)) return "::ffff:" + v4_text(bytes.substr(12));
  std::array<unsigned, 8> groups{};
  for (std::size_t i = 0; i < 8; ++i)
    groups[i] = static_cast<unsigned>(static_cast<std::uint8_t>(bytes[2 * i]) << 8 |
                                      static_cast<std::uint8_t>(bytes[2 * i + 1]));
  // The longest run of zeros, two at least, is left out.
  std::size_t best = 8, best_length = 1;
  for (std::size_t i = 0; i < 8;) {
    std::size_t end = i;
    while (end < 8 && groups[end] == 0) ++end;
    if (end - i > best_length) best = i, best_length = end - i;
    i = end + 1;
  }
  std::string text;
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == best) {
      text += "::";
      i += best_length - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    text += hexadecimal(groups[i]);
  }
  return text;
}

/// The bytes of an address, 4 or 16; nothing for anything else.
std::optional<std::string> read_v4(std::string_view text) {
  std::array<std::uint32_t, 4> parts{};
  std::size_t count = 0;
  for (const std::string_view part : split(text, '.')) {
    const auto number = parse_unsigned(part);
    constexpr std::size_t most_digits = 10;
    if (count == 4 || !number || part.size() > most_digits || *number > UINT32_MAX) return std::nullopt;
    parts[count++] = static_cast<std::uint32_t>(*number);
  }
  // The last part fills the bytes that the others leave.
  std::uint64_t address = 0;
  for (std::size_t i = 0; i + 1 < count; ++i) {
    if (parts[i] > 255) return std::nullopt;
    address |= std::uint64_t{parts[i]} << (24 - 8 * i);
  }
  if (count == 0 || parts[count - 1] >= (std::uint64_t{1} << (8 * (5 - count)))) return std::nullopt;
  address |= parts[count - 1];
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(address >> shift);
  return bytes;
}
/// Groups of hexadecimal digits, perhaps with an IPv4 address as the last two.
bool read_groups(std::string_view text, bool may_end_in_v4, std::string& bytes) {
  if (text.empty()) return true;
  const auto groups = split(text, ':');
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (may_end_in_v4 && i + 1 == groups.size() && groups[i].find('.') != std::string_view::npos) {
      const auto four = std::count(groups[i].begin(), groups[i].end(), '.') == 3 ? read_v4(groups[i]) : std::nullopt;
      if (!four) return false;
      bytes += *four;
      continue;
    }
    if (groups[i].empty() || groups[i].size() > 4) return false;
    unsigned number = 0;
    for (const char c : groups[i]) {
      if (hex_value(c) < 0) return false;
      number = number * 16 + static_cast<unsigned>(hex_value(c));
    }
    bytes += static_cast<char>(number >> 8);
    bytes += static_cast<char>(number & 255);
  }
  return true;
}
std::optional<std::string> read_v6(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  text = text.substr(0, text.find('%'));  // A scope names an interface of one machine.
  constexpr std::size_t size = 16, longest = 45;
  if (text.size() > longest) return std::nullopt;
  const std::size_t gap = text.find("::");
  std::string head, tail;
  if (gap == std::string_view::npos) {
    if (!read_groups(text, true, head) || head.size() != size) return std::nullopt;
    return head;
  }
  if (!read_groups(text.substr(0, gap), false, head) || !read_groups(text.substr(gap + 2), true, tail))
    return std::nullopt;
  if (head.size() + tail.size() >= size) return std::nullopt;
  return head + std::string(size - head.size() - tail.size(), '\0') + tail;
}
std::optional<std::string> read_address(std::string_view text) {
  return text.find(':') == std::string_view::npos ? read_v4(text) : read_v6(text);
}

Value make(Call& call, std::string_view bytes) {
  static const Type* type = read_type("IPAddress");
  auto* made = call.run.make<AddressObject>();
  if (made == nullptr) return {};
  made->type = type;
  made->size = static_cast<std::uint8_t>(bytes.size());
  std::memcpy(made->bytes.data(), bytes.data(), bytes.size());
  made->text = call.arena().copy(bytes.size() == 4 ? v4_text(bytes) : v6_text(bytes));
  return Value::object(made);
}
const AddressObject& self(Call& call) { return call.object<AddressObject>(0); }

Value parse(Call& call) {
  if (call.is_null(0)) return call.null_argument("ipString");
  const auto bytes = read_address(call.text(0));
  return bytes ? make(call, *bytes) : call.raise(Fault::format, "An invalid IP address was specified.");
}
Value try_parse(Call& call) {
  const auto bytes = call.is_null(0) ? std::nullopt : read_address(call.text(0));
  call.out(1) = bytes ? make(call, *bytes) : Value();
  return Value::boolean(bytes.has_value());
}
Value from_bytes(Call& call) {
  if (call.is_null(0)) return call.null_argument("address");
  const std::string_view bytes = call.object<BytesObject>(0).view();
  if (bytes.size() != 4 && bytes.size() != 16)
    return call.raise(Fault::argument, "An invalid IP address was specified. (Parameter 'address')");
  return make(call, bytes);
}
Value from_number(Call& call) {
  const std::int64_t number = call.integer(0);
  if (number < 0 || number > UINT32_MAX)
    return call.raise(Fault::argument_out_of_range,
                      "Specified argument was out of the range of valid values. (Parameter 'newAddress')");
  std::string bytes;  // In network order, the first byte lowest.
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(number >> shift);
  return make(call, bytes);
}
Value text(Call& call) { return Value::string(self(call).text); }
Value family(Call& call) { return Value::enumeration(*call.result(), self(call).size == 4 ? 2 : 23); }
Value bytes_of(Call& call) { return make_bytes(call.run, self(call).bytes.data(), self(call).size); }
bool loops_back(std::string_view bytes) {
  if (is_mapped(bytes)) bytes.remove_prefix(12);
  if (bytes.size() == 4) return bytes[0] == 127;
  return bytes.substr(0, 15) == std::string_view("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 15) && bytes[15] == 1;
}
Value is_loopback(Call& call) {
  return call.is_null(0) ? call.null_argument("address") : Value::boolean(loops_back(self(call).view()));
}
Value mapped(Call& call) { return Value::boolean(is_mapped(self(call).view())); }
Value to_v4(Call& call) { return self(call).size == 4 ? call[0] : make(call, self(call).view().substr(12)); }
Value to_v6(Call& call) {
  if (self(call).size == 16) return call[0];
  return make(call, std::string(10, '\0') + "\xFF\xFF" + std::string(self(call).view()));
}
template <std::uint8_t first, std::uint8_t mask, std::uint8_t second, std::uint8_t second_mask>
Value begins_with(Call& call) {
  const auto& bytes = self(call).bytes;
  return Value::boolean(self(call).size == 16 && (bytes[0] & mask) == first && (bytes[1] & second_mask) == second);
}
Value loopback(Call& call) { return make(call, std::string_view("\x7F\0\0\1", 4)); }
Value any(Call& call) { return make(call, std::string(4, '\0')); }
Value broadcast(Call& call) { return make(call, "\xFF\xFF\xFF\xFF"); }
Value v6_loopback(Call& call) { return make(call, std::string(15, '\0') + '\1'); }
Value v6_any(Call& call) { return make(call, std::string(16, '\0')); }
Value equal(Call& call) { return Value::boolean(equal_values(call[0], call[1])); }

constexpr MemberRow members[] = {
    {"static IPAddress", "Parse", "(string ipString)", "IPAddress", parse, "FormatException for anything else."},
    {"static IPAddress", "TryParse", "(string ipString, out IPAddress address)", "bool", try_parse,
     "Whether the text is an address.", Trait::impure},
    {"IPAddress", "new", "(byte[] address)", "IPAddress", from_bytes, "Of 4 or 16 bytes."},
    {"IPAddress", "new", "(long newAddress)", "IPAddress", from_number, "Its first byte is the number's lowest."},
    {"IPAddress", "ToString", "()", "string", text, "`10.0.0.1`, `2001:db8::1`."},
    {"IPAddress", "AddressFamily", "", "AddressFamily", family, "InterNetwork or InterNetworkV6."},
    {"IPAddress", "GetAddressBytes", "()", "byte[]", bytes_of, "4 or 16 bytes."},
    {"IPAddress", "Equals", "(IPAddress comparand)", "bool", equal, "The same address."},
    {"IPAddress", "IsIPv4MappedToIPv6", "", "bool", mapped, "`::ffff:1.2.3.4`."},
    {"IPAddress", "MapToIPv4", "()", "IPAddress", to_v4, "The last four bytes."},
    {"IPAddress", "MapToIPv6", "()", "IPAddress", to_v6, "`::ffff:1.2.3.4`."},
    {"IPAddress", "IsIPv6LinkLocal", "", "bool", begins_with<0xFE, 0xFF, 0x80, 0xC0>, "fe80::/10"},
    {"IPAddress", "IsIPv6SiteLocal", "", "bool", begins_with<0xFE, 0xFF, 0xC0, 0xC0>, "fec0::/10"},
    {"IPAddress", "IsIPv6Multicast", "", "bool", begins_with<0xFF, 0xFF, 0, 0>, "ff00::/8"},
    {"static IPAddress", "IsLoopback", "(IPAddress address)", "bool", is_loopback, "127.0.0.0/8 and ::1."},
    {"static IPAddress", "Loopback", "", "IPAddress", loopback, "127.0.0.1"},
    {"static IPAddress", "Any", "", "IPAddress", any, "0.0.0.0"},
    {"static IPAddress", "None", "", "IPAddress", broadcast, "255.255.255.255"},
    {"static IPAddress", "Broadcast", "", "IPAddress", broadcast, "255.255.255.255"},
    {"static IPAddress", "IPv6Loopback", "", "IPAddress", v6_loopback, "::1"},
    {"static IPAddress", "IPv6Any", "", "IPAddress", v6_any, "::"},
    {"static IPAddress", "IPv6None", "", "IPAddress", v6_any, "::"},
};

}  // namespace

extern const Family ip_address_family{"ip_address", "IP addresses.", "System.Net.IPAddress", types, enums, members};

}  // namespace sluice::expression
