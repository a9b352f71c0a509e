// SPDX-License-Identifier: Apache-2.0
// Random: the only source of chance. Any thread may call it.
#pragma once

#include <cstdint>
#include <span>

namespace sluice {

class Random {
 public:
  virtual ~Random() = default;
  /// 64 random bits.
  virtual std::uint64_t bits() = 0;
  /// Uniform in [0, 1).
  double unit() { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }
  /// Uniform in [0, bound); 0 for bound 0. The bias is below bound / 2^64.
  std::uint64_t below(std::uint64_t bound) {
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(bits()) * bound) >> 64);
  }
};

/// Cryptographically strong bits of the operating system, buffered per thread.
class SystemRandom final : public Random {
 public:
  std::uint64_t bits() override;
};

/// A reproducible sequence (SplitMix64). Not for secrets; one thread at a time.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  std::uint64_t bits() override {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }

 private:
  std::uint64_t state_;
};

}  // namespace sluice
