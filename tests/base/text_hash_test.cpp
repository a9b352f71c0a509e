// SPDX-License-Identifier: Apache-2.0
#include "base/text_hash.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

using namespace sluice;

TEST_CASE("the hash depends on every byte, on the length and on the key", "[base][text_hash]") {
  const HashSeed seed{0x0706050403020100u, 0x0f0e0d0c0b0a0908u};
  std::set<std::uint64_t> seen;
  std::string text;
  for (int i = 0; i < 64; ++i) {
    CHECK(seen.insert(sip_hash(text, seed)).second);
    text += '\0';
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = 1;
    CHECK(seen.insert(sip_hash(changed, seed)).second);
  }
  CHECK(sip_hash("x", seed) != sip_hash("x", {1, 2}));
  CHECK(sip_hash("x", seed) == sip_hash("x", seed));
}

TEST_CASE("within one process equal texts have equal hashes", "[base][text_hash]") {
  CHECK(TextHash()("some key") == TextHash()(std::string("some") + " key"));
}
