// SPDX-License-Identifier: Apache-2.0
#include <sluice/arena.hpp>

#include "base/recycling.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;

TEST_CASE("allocations are aligned and do not overlap", "[base][arena]") {
  Arena arena(256);
  std::vector<std::pair<std::byte*, std::size_t>> made;
  for (std::size_t i = 1; i < 300; ++i) {
    const std::size_t alignment = std::size_t{1} << (i % 7);
    auto* at = static_cast<std::byte*>(arena.allocate_bytes(i, alignment));
    CHECK(reinterpret_cast<std::uintptr_t>(at) % alignment == 0);
    std::memset(at, static_cast<int>(i), i);
    made.emplace_back(at, i);
  }
  for (auto [at, size] : made) {
    for (std::size_t i = 0; i < size; ++i) REQUIRE(at[i] == static_cast<std::byte>(size));
  }
}

TEST_CASE("reset destroys what was made, last first, and uses the memory again", "[base][arena]") {
  Arena arena(512);
  std::string order;
  struct Tracked {
    std::string* order;
    char name;
    ~Tracked() { *order += name; }
  };
  void* first = arena.allocate_bytes(16);
  arena.make<Tracked>(&order, 'a');
  arena.make<Tracked>(&order, 'b');
  arena.reset();
  CHECK(order == "ba");
  if (recycles_memory) CHECK(arena.allocate_bytes(16) == first);
}

TEST_CASE("a block larger than what is kept is given back at reset", "[base][arena]") {
  Arena arena(512, 4096);
  arena.allocate_bytes(100);
  arena.allocate_bytes(1 << 20);
  CHECK(arena.used_bytes() >= (1 << 20));
  arena.reset();
  CHECK(arena.used_bytes() == 0);
  CHECK(arena.copy("text") == "text");
  CHECK(arena.used_bytes() < 64);
}

TEST_CASE("text is copied and joined", "[base][arena]") {
  Arena arena;
  std::string source = "abc";
  const auto copy = arena.copy(source);
  source = "xyz";
  CHECK(copy == "abc");
  CHECK(arena.concat({"a", "", "bc", "d"}) == "abcd");
  CHECK(arena.concat({"", ""}).empty());
}

TEST_CASE("an impossible size is refused instead of wrapping round", "[base][arena]") {
  Arena arena;
  CHECK_THROWS_AS(arena.allocate_bytes(SIZE_MAX - 4, 64), std::bad_alloc);
}
