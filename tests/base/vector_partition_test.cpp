// SPDX-License-Identifier: Apache-2.0
#include "base/vector_partition.hpp"

#include "support/sample_vectors.hpp"

#include <catch2/catch.hpp>

#include <deque>

using namespace sluice;

namespace {

constexpr std::size_t dimensions = 16, compared = 300;
constexpr std::size_t many = compared * 3 / 2;

struct Filled {
  explicit Filled(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) add();
  }
  void add() {
    directions.push_back(direction_of(sample.next()));
    partition.add(directions.size() - 1, directions.back());
    partition.tend();
  }
  void tend(std::size_t times) {
    for (std::size_t i = 0; i < times; ++i) partition.tend();
  }
  /// How many of those that are there a search for their very direction does not find.
  std::size_t missed(std::size_t from) const {
    std::size_t missed = 0;
    for (std::size_t id = from; id < directions.size(); ++id) {
      const auto found = partition.nearest(directions[id], 0.001);
      if (!found || found->id != id) ++missed;
    }
    return missed;
  }

  test::SampleVectors sample{dimensions};
  std::deque<std::vector<float>> directions;  // Which stay where they are.
  VectorPartition partition{dimensions, compared};
};

}  // namespace

TEST_CASE("few directions are compared, many move into an index", "[base][vectors]") {
  Filled few(compared - 1);
  few.tend(10);
  CHECK(few.partition.bytes() == 0);
  few.add();
  CHECK(few.partition.bytes() > 0);
  CHECK(few.missed(0) == 0);
}

TEST_CASE("an index of which much was removed is made anew, and serves meanwhile", "[base][vectors]") {
  Filled filled(many);
  filled.tend(many / VectorPartition::moved_at_a_time);
  const std::size_t bytes = filled.partition.bytes();
  constexpr std::size_t gone = many / 2;
  for (std::size_t id = 0; id < gone; ++id) filled.partition.remove(id);
  filled.tend(many / VectorPartition::moved_at_a_time / 8);
  CHECK(filled.partition.bytes() > bytes);  // There are two.
  CHECK(filled.missed(gone) <= many / 100);
  for (std::size_t id = 0; id < gone; ++id) {
    const auto found = filled.partition.nearest(filled.directions[id], 2);
    REQUIRE(found);
    CHECK(found->id >= gone);
  }
  filled.tend(many / VectorPartition::moved_at_a_time);
  CHECK(filled.partition.bytes() <= bytes);
  CHECK(filled.missed(gone) <= many / 100);
}

TEST_CASE("what comes and goes while an index is made anew is found and not found", "[base][vectors]") {
  Filled filled(many * 2);
  filled.tend(many);
  for (std::size_t id = 0; id < many; ++id) filled.partition.remove(id);
  filled.tend(10);
  for (std::size_t id = many; id < many + 50; ++id) filled.partition.remove(id);
  for (std::size_t i = 0; i < 50; ++i) filled.add();
  for (std::size_t id = many * 2 + 30; id < many * 2 + 50; ++id) filled.partition.remove(id);
  for (std::size_t i = 0; i < many; ++i) {
    const auto found = filled.partition.nearest(filled.directions[filled.sample.below(filled.directions.size())], 2);
    REQUIRE(found);
    CHECK(found->id >= many + 50);
    CHECK(found->id < many * 2 + 30);
    filled.partition.tend();
  }
}

TEST_CASE("an index of which nearly all was removed at once is let go", "[base][vectors]") {
  Filled filled(many);
  filled.tend(many);
  for (std::size_t id = 0; id < many - 50; ++id) filled.partition.remove(id);
  filled.tend(1);
  CHECK(filled.partition.bytes() == 0);
  CHECK(filled.missed(many - 50) == 0);
  for (std::size_t id = many - 50; id < many; ++id) filled.partition.remove(id);
  CHECK(filled.partition.size() == 0);
  CHECK_FALSE(filled.partition.nearest(filled.directions[0], 2));
}

TEST_CASE("longer directions than an index takes are compared", "[base][vectors]") {
  VectorPartition partition(VectorIndex::max_dimensions + 1, 2);
  std::vector<float> long_one(VectorIndex::max_dimensions + 1);
  long_one.back() = 1;
  for (VectorPartition::Id id = 0; id < 3; ++id) partition.add(id, long_one);
  partition.tend();
  CHECK(partition.bytes() == 0);
}
