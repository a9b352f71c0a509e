// SPDX-License-Identifier: Apache-2.0
#include "gateway/pool_selection.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <thread>

using sluice::PoolSelection;
using sluice::PoolSlot;
using sluice::Usable;

namespace {

std::string choices(PoolSelection& pool, const std::vector<Usable>& usable, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    const std::size_t chosen = pool.choose(usable);
    text += chosen == PoolSelection::none ? "-" : pool.members()[chosen].id;
  }
  return text;
}

std::vector<Usable> all(std::size_t count) { return std::vector<Usable>(count, Usable::yes); }

}  // namespace

TEST_CASE("members of equal weight take turns", "[gateway][pool]") {
  PoolSelection pool({{"a", 1, 1}, {"b", 1, 1}, {"c", 1, 1}}, nullptr);
  CHECK(choices(pool, all(3), 9) == "abcabcabc");
}

TEST_CASE("weights share exactly and smoothly", "[gateway][pool]") {
  PoolSelection pool({{"a", 1, 5}, {"b", 1, 1}, {"c", 1, 1}}, nullptr);
  CHECK(choices(pool, all(3), 7) == "aabacaa");
  CHECK(choices(pool, all(3), 7) == "aabacaa");
}

TEST_CASE("a lower priority is used only when every member above is out", "[gateway][pool]") {
  PoolSelection pool({{"p", 2, 100}, {"a", 1, 50}, {"b", 1, 50}}, nullptr);
  CHECK(choices(pool, {Usable::yes, Usable::yes, Usable::yes}, 4) == "abab");
  CHECK(choices(pool, {Usable::yes, Usable::no, Usable::yes}, 3) == "bbb");
  CHECK(choices(pool, {Usable::yes, Usable::no, Usable::no}, 3) == "ppp");
  CHECK(choices(pool, {Usable::no, Usable::no, Usable::no}, 2) == "--");
}

TEST_CASE("a member that this request met failing comes after all others, of lower priority too", "[gateway][pool]") {
  PoolSelection pool({{"a", 1, 1}, {"p", 2, 1}}, nullptr);
  CHECK(choices(pool, {Usable::when_no_other, Usable::yes}, 2) == "pp");
  CHECK(choices(pool, {Usable::when_no_other, Usable::no}, 2) == "aa");
  CHECK(choices(pool, {Usable::when_no_other, Usable::when_no_other}, 2) == "aa");
}

TEST_CASE("the rest of a group keeps its proportions while a member is out", "[gateway][pool]") {
  PoolSelection pool({{"a", 1, 2}, {"b", 1, 1}, {"c", 1, 1}}, nullptr);
  CHECK(choices(pool, {Usable::yes, Usable::yes, Usable::no}, 6) == "abaaba");
}

TEST_CASE("weight 0 takes part only where all have it", "[gateway][pool]") {
  PoolSelection pool({{"a", 1, 0}, {"b", 1, 3}}, nullptr);
  CHECK(choices(pool, all(2), 3) == "bbb");
  PoolSelection zeros({{"a", 1, 0}, {"b", 1, 0}}, nullptr);
  CHECK(choices(zeros, all(2), 4) == "abab");
  CHECK(choices(pool, {Usable::yes, Usable::no}, 2) == "aa");
}

TEST_CASE("a reload goes on where the round was", "[gateway][pool]") {
  PoolSelection before({{"a", 1, 1}, {"b", 1, 1}, {"c", 1, 1}}, nullptr);
  CHECK(choices(before, all(3), 1) == "a");
  PoolSelection after({{"a", 1, 1}, {"c", 1, 1}}, &before);
  CHECK(choices(after, all(2), 1) == "c");
}

TEST_CASE("many threads share a pool exactly", "[gateway][pool]") {
  PoolSelection pool({{"a", 1, 3}, {"b", 1, 1}}, nullptr);
  std::array<std::array<int, 2>, 4> counts{};
  std::vector<std::thread> threads;
  for (auto& count : counts) {
    threads.emplace_back([&] {
      const auto usable = all(2);
      for (int i = 0; i < 1000; ++i) ++count[pool.choose(usable)];
    });
  }
  for (auto& thread : threads) thread.join();
  int a = 0;
  for (const auto& count : counts) a += count[0];
  CHECK(a == 3000);
}
