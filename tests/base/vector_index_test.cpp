// SPDX-License-Identifier: Apache-2.0
#include "base/vector_index.hpp"

#include "base/vector_partition.hpp"
#include "support/sample_vectors.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace sluice;

TEST_CASE("an index names what was added, nearest last, and never what was removed", "[base][vectors]") {
  constexpr std::size_t dimensions = 30;  // No whole number of words.
  test::SampleVectors sample(dimensions);
  VectorIndex index(dimensions);
  CHECK(index.near(direction_of(sample.next())).empty());
  std::vector<std::vector<float>> directions;
  for (VectorIndex::Id id = 0; id < 500; ++id) {
    directions.push_back(direction_of(sample.next()));
    index.add(id, directions.back());
  }
  CHECK(index.near(directions[123]).back() == 123);
  index.remove(123);
  index.remove(9'999);
  CHECK(index.size() == 499);
  CHECK(index.removed() == 1);
  const auto near = index.near(directions[123]);
  CHECK(near.size() > 1);
  CHECK(std::count(near.begin(), near.end(), 123) == 0);
  for (VectorIndex::Id id = 0; id < 500; ++id) {
    if (id != 123) index.remove(id);
  }
  CHECK(index.near(directions[123]).empty());
}

TEST_CASE("an index grows with what is in it, and tells what it takes", "[base][vectors]") {
  constexpr std::size_t dimensions = 8, count = 1'600;
  test::SampleVectors sample(dimensions);
  VectorIndex index(dimensions);
  const std::size_t empty = index.bytes();
  for (VectorIndex::Id id = 0; id < count; ++id) index.add(id, direction_of(sample.next()));
  CHECK(index.size() == count);
  CHECK(index.bytes() > empty + 500 * 200);
}
