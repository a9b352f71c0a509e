// SPDX-License-Identifier: Apache-2.0
#include "http/trusted_proxies.hpp"

#include "base/characters.hpp"
#include "base/text.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>

namespace sluice::http {
namespace {

constexpr unsigned v4_prefix_bits = 96;        // IPv4 addresses stand in the last 32 of 128 bits
constexpr std::size_t entries_looked_at = 64;  // addresses of X-Forwarded-For, from the right

bool same_prefix(const AddressBytes& left, const AddressBytes& right, unsigned bits) {
  const unsigned whole = bits / 8;
  if (!std::equal(left.begin(), left.begin() + whole, right.begin())) return false;
  const unsigned rest = bits % 8;
  return rest == 0 || ((left[whole] ^ right[whole]) >> (8 - rest)) == 0;
}

}  // namespace

std::optional<AddressBytes> read_address(std::string_view text) {
  constexpr std::size_t longest = 64;
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
  if (text.empty() || text.size() > longest) return std::nullopt;
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(std::string(text), error);
  if (error) return std::nullopt;
  if (address.is_v4()) return boost::asio::ip::make_address_v6(boost::asio::ip::v4_mapped, address.to_v4()).to_bytes();
  return address.to_v6().to_bytes();
}

Result<TrustedProxies> TrustedProxies::parse(const std::vector<std::string>& entries) {
  TrustedProxies result;
  for (const std::string& entry : entries) {
    const auto refuse = [&] {
      return fail(ErrorCode::internal, "Trusted proxy '" + entry + "' is neither an IP address nor a range.");
    };
    const std::size_t slash = entry.find('/');
    const auto address = read_address(std::string_view(entry).substr(0, slash));
    if (!address) return refuse();
    const bool is_v4 = entry.find(':') == std::string::npos;
    const unsigned most = is_v4 ? 32 : 128;
    unsigned bits = most;
    if (slash != std::string::npos) {
      const auto number = parse_unsigned(std::string_view(entry).substr(slash + 1));
      if (!number || *number > most) return refuse();
      bits = static_cast<unsigned>(*number);
    }
    result.ranges_.push_back({*address, bits + (is_v4 ? v4_prefix_bits : 0)});
  }
  return result;
}

bool TrustedProxies::contains(std::string_view text) const {
  const auto address = read_address(text);
  return address && std::any_of(ranges_.begin(), ranges_.end(),
                                [&](const Range& range) { return same_prefix(range.first, *address, range.bits); });
}

std::string_view TrustedProxies::caller(const Headers& headers, std::string_view peer) const {
  const auto lines = headers.lines();
  std::string_view found = peer;
  std::size_t looked_at = 0;
  for (std::size_t i = lines.size(); i-- > 0;) {
    if (!lines[i].is("x-forwarded-for")) continue;
    std::string_view rest = lines[i].value;
    while (!rest.empty() && ++looked_at <= entries_looked_at) {
      const std::size_t comma = rest.rfind(',');
      const std::string_view entry = strip_blanks(comma == std::string_view::npos ? rest : rest.substr(comma + 1));
      rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(0, comma);
      if (!read_address(entry)) return found;  // what stands left of nonsense is not to be believed
      found = entry;
      if (!contains(entry)) return found;
    }
  }
  return found;
}

}  // namespace sluice::http
