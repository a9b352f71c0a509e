// SPDX-License-Identifier: Apache-2.0
// The semantic cache's vectors, 1,536 numbers each: a search among so many of a partition, one by one and by index, and
// an addition to either. One search in two has an answer. What they search is made when a stage first runs.
#include "bench.hpp"

#include "base/vector_partition.hpp"
#include "support/sample_vectors.hpp"

#include <deque>
#include <memory>

namespace sluice::bench {
namespace {

constexpr std::size_t dimensions = 1'536, question_count = 64, fresh_count = 256;

struct Vectors {
  explicit Vectors(std::size_t count, bool is_indexed) : indexed(is_indexed) {
    for (std::size_t i = 0; i < count; ++i) add(direction_of(sample.next()));
    for (std::size_t i = 0; indexed && i < count; ++i) partition.tend();
    for (std::size_t i = 0; i < question_count; ++i)
      questions.push_back(
          direction_of(i % 2 == 0 ? sample.next() : sample.near(directions[sample.below(count)], 0.3F)));
  }
  void replace_one() {
    if (fresh.empty()) {
      for (std::size_t i = 0; i < fresh_count; ++i) fresh.push_back(direction_of(sample.next()));
    }
    partition.remove(directions.size() - partition.size());
    add(fresh[next++ % fresh_count]);
  }
  void add(std::vector<float> direction) {
    directions.push_back(std::move(direction));
    partition.add(directions.size() - 1, directions.back());
    if (indexed) partition.tend();
  }

  const bool indexed;
  test::SampleVectors sample{dimensions};
  std::deque<std::vector<float>> directions;
  std::vector<std::vector<float>> questions, fresh;
  VectorPartition partition{dimensions};
  std::size_t next = 0;
};

}  // namespace

void add_vector_stages(Bench& bench) {
  const auto add = [&](std::size_t count, bool is_indexed) {
    const std::string suffix = (is_indexed ? "indexed." : "compared.") + std::to_string(count);
    const auto state = std::make_shared<std::unique_ptr<Vectors>>();
    const auto made = [state, count, is_indexed]() -> Vectors& {
      if (*state == nullptr) *state = std::make_unique<Vectors>(count, is_indexed);
      return **state;
    };
    bench.add("vectors.nearest." + suffix, "the nearest of so many vectors, distance 0.1", [made] {
      Vectors& vectors = made();
      keep(vectors.partition.nearest(vectors.questions[vectors.next++ % question_count], 0.1).has_value());
    });
    bench.add("vectors.replace." + suffix, "one is removed, one is added", [made] { made().replace_one(); });
  };
  for (const std::size_t count : {1'000u, 3'000u, 10'000u}) {
    add(count, false);
    if (count >= VectorPartition::compared_one_by_one) add(count, true);
  }
}

}  // namespace sluice::bench
