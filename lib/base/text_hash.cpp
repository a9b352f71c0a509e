// SPDX-License-Identifier: Apache-2.0
#include "base/text_hash.hpp"

#include <sluice/random.hpp>

#include <bit>
#include <cstring>

namespace sluice {
namespace {

class SipState {
 public:
  explicit SipState(const HashSeed& seed)
      : v0_(seed.low ^ 0x736f6d6570736575u),
        v1_(seed.high ^ 0x646f72616e646f6du),
        v2_(seed.low ^ 0x6c7967656e657261u),
        v3_(seed.high ^ 0x7465646279746573u) {}

  void add(std::uint64_t word) {
    v3_ ^= word;
    round();
    v0_ ^= word;
  }
  std::uint64_t finish() {
    v2_ ^= 0xff;
    for (int i = 0; i < 3; ++i) round();
    return v0_ ^ v1_ ^ v2_ ^ v3_;
  }

 private:
  void round() {
    v0_ += v1_;
    v1_ = std::rotl(v1_, 13) ^ v0_;
    v0_ = std::rotl(v0_, 32);
    v2_ += v3_;
    v3_ = std::rotl(v3_, 16) ^ v2_;
    v0_ += v3_;
    v3_ = std::rotl(v3_, 21) ^ v0_;
    v2_ += v1_;
    v1_ = std::rotl(v1_, 17) ^ v2_;
    v2_ = std::rotl(v2_, 32);
  }

  std::uint64_t v0_, v1_, v2_, v3_;
};

/// Fewer than eight bytes as a number, the first the lowest.
std::uint64_t last_bytes(std::string_view text) {
  const std::size_t size = text.size();
  const auto load = [&](auto part, std::size_t at) {
    std::memcpy(&part, text.data() + at, sizeof part);
    return std::uint64_t{part} << (8 * at);  // parts may overlap
  };
  if (std::endian::native == std::endian::little && size >= 4)
    return load(std::uint32_t{}, 0) | load(std::uint32_t{}, size - 4);
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < size; ++i) word |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * i);
  return word;
}

HashSeed make_process_seed() {
  SystemRandom random;
  return {random.bits(), random.bits()};
}

}  // namespace

std::uint64_t sip_hash(std::string_view text, const HashSeed& seed) {
  SipState state(seed);
  const std::uint64_t length = text.size();
  for (; text.size() >= 8; text.remove_prefix(8)) {
    std::uint64_t word;
    std::memcpy(&word, text.data(), 8);
    state.add(word);
  }
  state.add(last_bytes(text) | length << 56);
  return state.finish();
}

std::size_t TextHash::operator()(std::string_view text) const {
  static const HashSeed seed = make_process_seed();
  return static_cast<std::size_t>(sip_hash(text, seed));
}

}  // namespace sluice
