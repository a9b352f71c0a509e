// SPDX-License-Identifier: Apache-2.0
#include "gateway/session_affinity.hpp"

#include "base/crypto.hpp"
#include "base/hexadecimal.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace sluice {
namespace {

constexpr std::size_t value_digits = 32;  // of the digest: enough to tell members apart

std::string value_of(std::string_view pool, std::string_view member) {
  const std::string both = std::to_string(pool.size()) + ":" + to_lower(pool) + to_lower(member);
  const Digest hash = digest(HashAlgorithm::sha256, both);
  return to_hexadecimal(hash.view().substr(0, value_digits / 2), lower_hexadecimal);
}

}  // namespace

SessionAffinity::SessionAffinity(std::string_view pool, std::string cookie, const std::vector<std::string>& members)
    : cookie_(std::move(cookie)) {
  for (const std::string& member : members) values_.push_back(value_of(pool, member));
}

std::size_t SessionAffinity::member_of(const Headers& headers) const {
  for (const Header& line : headers) {
    if (!line.is("Cookie")) continue;
    std::string_view rest = line.value;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(';'), rest.size());
      const std::string_view pair = strip_blanks(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (pair.size() <= cookie_.size() || !pair.starts_with(cookie_) || pair[cookie_.size()] != '=') continue;
      const auto found = std::find(values_.begin(), values_.end(), pair.substr(cookie_.size() + 1));
      if (found != values_.end()) return static_cast<std::size_t>(found - values_.begin());
    }
  }
  return none;
}

void SessionAffinity::pin(std::size_t member, bool is_secure, Headers& answer) const {
  answer.append("Set-Cookie", cookie_ + "=" + values_[member] + "; Path=/; HttpOnly" + (is_secure ? "; Secure" : ""));
}

}  // namespace sluice
