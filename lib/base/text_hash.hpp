// SPDX-License-Identifier: Apache-2.0
// TextHash: a keyed hash for tables whose keys callers choose. SipHash-1-3 with a key of this process, so that nobody
// can prepare keys that fall into one bucket.
// Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice {

struct HashSeed {
  std::uint64_t low = 0, high = 0;
};

std::uint64_t sip_hash(std::string_view text, const HashSeed& seed);

/// Hash of this process; differs from run to run, so nothing may depend on the order it gives.
struct TextHash {
  std::size_t operator()(std::string_view text) const;
};

}  // namespace sluice
