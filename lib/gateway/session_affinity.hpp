// SPDX-License-Identifier: Apache-2.0
// SessionAffinity: the cookie by which a caller comes back to the member of a pool that has served it. The cookie holds
// a digest of the member's id, so that every gateway reads what another one has set, and callers learn no names.
// Source: policies.md section 3.4.
#pragma once

#include <sluice/message.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

class SessionAffinity {
 public:
  static constexpr std::size_t none = SIZE_MAX;

  /// `cookie`: its name. `members`: their ids, in the order of the pool.
  SessionAffinity(std::string_view pool, std::string cookie, const std::vector<std::string>& members);

  /// The member that the request's cookie names; `none`: it has no such cookie, or one that names nobody.
  std::size_t member_of(const Headers& headers) const;
  /// Lets the caller come back to a member. `is_secure`: by https only.
  void pin(std::size_t member, bool is_secure, Headers& answer) const;

 private:
  std::string cookie_;
  std::vector<std::string> values_;  ///< Of each member.
};

}  // namespace sluice
