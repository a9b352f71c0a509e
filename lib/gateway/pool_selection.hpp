// SPDX-License-Identifier: Apache-2.0
// PoolSelection: which member of a pool takes a request: the lowest priority number that has a usable member, and in
// it by weight, smoothly (Nginx's algorithm: no two of one member in a row when others have a share). No chance.
// Source: policies.md section 3.4.
#pragma once

#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace sluice {

/// A member as the choice sees it.
struct PoolSlot {
  std::string id;
  std::uint32_t priority = 0;
  std::uint32_t weight = 1;
};

/// Whether a member may be chosen now: 2 yes, 1 only when no other is left (this request met it failing), 0 no.
enum class Usable : std::uint8_t { no, when_no_other, yes };

class PoolSelection {
 public:
  static constexpr std::size_t none = SIZE_MAX;

  /// Starts with the balance that `before` has for members of the same id, so that a reload does not restart the
  /// round. `before` may be null.
  PoolSelection(std::vector<PoolSlot> members, const PoolSelection* before);

  /// The index of the chosen member, or `none`. `usable` has one entry a member.
  std::size_t choose(std::span<const Usable> usable);

  const std::vector<PoolSlot>& members() const { return members_; }

 private:
  std::size_t choose_within(std::span<const Usable> usable, Usable wanted);

  std::vector<PoolSlot> members_;
  mutable std::mutex mutex_;
  std::vector<std::int64_t> balance_;  ///< What each member is owed.
};

}  // namespace sluice
