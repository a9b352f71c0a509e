// SPDX-License-Identifier: Apache-2.0
#include "tokenizer/known_counts.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <thread>

using namespace sluice::tokenizer;

namespace {

constexpr auto encoding = Encoding::o200k_base;

std::string text_number(std::size_t number) { return std::string(100, 'x') + std::to_string(number); }

}  // namespace

TEST_CASE("a count is known by text, owner, encoding and what was counted", "[tokenizer][known_counts]") {
  const auto known = std::make_unique<KnownCounts>();
  const TextOwner owner = owner_of("contoso");
  const TextKey key = KnownCounts::key_of("some text", owner, encoding);
  CHECK_FALSE(known->find(key));
  known->note(key, 2);
  CHECK(known->find(KnownCounts::key_of("some text", owner, encoding)) == 2);
  CHECK_FALSE(known->find(KnownCounts::key_of("some texT", owner, encoding)));
  CHECK_FALSE(known->find(KnownCounts::key_of("some text", owner_of("fabrikam"), encoding)));
  CHECK_FALSE(known->find(KnownCounts::key_of("some text", owner, Encoding::cl100k_base)));
  CHECK_FALSE(known->find(KnownCounts::key_of("some text", owner, encoding, Counted::line)));
  CHECK_FALSE(known->find(KnownCounts::key_of("some text", owner, encoding, Counted::definitions)));
}

TEST_CASE("known counts take a bounded room, and what is forgotten is not known wrong",
          "[tokenizer][known_counts][limits]") {
  const auto known = std::make_unique<KnownCounts>();
  const TextOwner owner = owner_of("contoso");
  constexpr std::size_t texts = 4 * KnownCounts::places;
  for (std::size_t i = 0; i < texts; ++i) known->note(KnownCounts::key_of(text_number(i), owner, encoding), i);
  std::size_t found = 0;
  for (std::size_t i = 0; i < texts; ++i) {
    const auto count = known->find(KnownCounts::key_of(text_number(i), owner, encoding));
    if (!count) continue;
    ++found;
    REQUIRE(*count == i);
  }
  CHECK(found <= KnownCounts::places);
  CHECK(found > KnownCounts::places / 2);
  CHECK(sizeof(KnownCounts) == 96 * 1024);
}

TEST_CASE("each thread has its own", "[tokenizer][known_counts]") {
  KnownCounts* const mine = &KnownCounts::of_this_thread();
  CHECK(mine == &KnownCounts::of_this_thread());
  KnownCounts* other = nullptr;
  std::thread([&other] { other = &KnownCounts::of_this_thread(); }).join();
  CHECK(other != mine);
}
