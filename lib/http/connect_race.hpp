// SPDX-License-Identifier: Apache-2.0
// Connecting to one of several addresses: the next is tried when one fails or takes long, and the first that is
// connected wins. Source: RFC 8305 section 5 (Happy Eyeballs).
#pragma once

#include "http/wire.hpp"

#include <sluice/task.hpp>

#include <bitset>
#include <vector>

namespace sluice::http {

struct RaceResult {
  static constexpr std::size_t most_addresses = 16;
  WireRef wire;            ///< Null: none was connected.
  std::size_t winner = 0;  ///< Which address.
  /// Those that refused, or were begun before the winner and not connected when it was.
  std::bitset<most_addresses> failed;
  bool timed_out = false;  ///< One was still under way at the limit.
};

/// Connects to one of `addresses`, at most `most_addresses` of them. Ends early, without a wire, when cancelled.
Task<RaceResult> connect_to_one(Worker& worker, const std::vector<Endpoint>& addresses, SteadyTime limit,
                                Cancellation& cancellation);

}  // namespace sluice::http
