// SPDX-License-Identifier: Apache-2.0
#include <sluice/memory_stores.hpp>

#include "base/vector_partition.hpp"
#include "support/sample_vectors.hpp"
#include "testing/bare_context.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <map>
#include <thread>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t large = 256u << 20;

std::optional<VectorMatch> find(MemoryVectorStore& store, std::string_view partition, std::vector<float> vector,
                                double most_distance = 0.1) {
  return *wait(store.nearest(partition, vector, most_distance));
}
std::string found(MemoryVectorStore& store, std::string_view partition, std::vector<float> vector,
                  double most_distance = 0.1) {
  const auto match = find(store, partition, std::move(vector), most_distance);
  return match ? match->value : "nothing";
}
void put(MemoryVectorStore& store, std::string_view partition, const std::vector<float>& vector, std::string_view value,
         std::chrono::milliseconds lifetime = 60s) {
  REQUIRE(wait(store.put(partition, vector, value, lifetime)));
}

}  // namespace

TEST_CASE("the nearest within the distance is found, by direction alone", "[base][vector_store]") {
  testing::StoppedClock clock;
  MemoryVectorStore store(clock);
  put(store, "p", {1, 0, 0}, "x");
  put(store, "p", {0, 5, 0}, "y");
  CHECK(found(store, "p", {0.5F, 10, 0}) == "y");
  CHECK(found(store, "p", {7, 0, 0}) == "x");
  CHECK(found(store, "p", {1, 1, 0}) == "nothing");
  CHECK(find(store, "p", {1, 0.9F, 0}, 0.5)->value == "x");
  CHECK(find(store, "p", {-1, 0, 0}, 2)->distance == Approx(1));
  CHECK(find(store, "p", {-1, -1, 0}, 2)->distance == Approx(1.7071).margin(1e-4));
}

TEST_CASE("partitions and lengths are kept apart", "[base][vector_store]") {
  testing::StoppedClock clock;
  MemoryVectorStore store(clock);
  put(store, "p", {1, 0}, "two");
  put(store, "p", {1, 0, 0}, "three");
  put(store, "p|3", {1, 0}, "other");
  CHECK(found(store, "p", {1, 0}) == "two");
  CHECK(found(store, "p", {1, 0, 0}) == "three");
  CHECK(found(store, "p|3", {1, 0}) == "other");
  CHECK(found(store, "p|3", {1, 0, 0}) == "nothing");
  CHECK(found(store, "q", {1, 0}) == "nothing");
}

TEST_CASE("the same vector takes the place of the one before", "[base][vector_store]") {
  testing::StoppedClock clock;
  MemoryVectorStore store(clock);
  put(store, "p", {3, 0, 4}, "old");
  put(store, "p", {6, -0.0F, 8}, "new", 10s);
  CHECK(found(store, "p", {3, 0, 4}) == "new");
  clock.steady += 20s;
  CHECK(found(store, "p", {3, 0, 4}) == "nothing");
}

TEST_CASE("what has no direction or no lifetime, or is too long, is not kept", "[base][vector_store]") {
  testing::StoppedClock clock;
  MemoryVectorStore store(clock, 10'000, 3);
  put(store, "p", {0, 0, 0}, "none");
  put(store, "p", {NAN, 0, 0}, "none");
  put(store, "p", {INFINITY, 0, 0}, "none");
  put(store, "p", {}, "none");
  put(store, "p", {1, 0, 0, 0}, "long");
  put(store, "p", {1, 0, 0}, "late", 0s);
  put(store, "p", {1, 0, 0}, std::string(20'000, 'x'));
  CHECK(found(store, "p", {1, 0, 0}, 2) == "nothing");
  CHECK(found(store, "p", {1, 0, 0, 0}, 2) == "nothing");
  CHECK(found(store, "p", {NAN, 0, 0}, 2) == "nothing");
}

TEST_CASE("vectors used longest ago leave when there is no room", "[base][vector_store]") {
  testing::StoppedClock clock;
  MemoryVectorStore store(clock, 5'500);
  const std::string value(1'000, 'v');
  put(store, "p", {1, 0, 0}, value);
  put(store, "q", {1, 0, 0}, value);
  put(store, "p", {0, 1, 0}, value);
  CHECK(found(store, "p", {1, 0, 0}) == value);
  put(store, "p", {0, 0, 1}, value);
  CHECK(found(store, "q", {1, 0, 0}) == "nothing");
  CHECK(found(store, "p", {1, 0, 0}) == value);
  CHECK(found(store, "p", {0, 1, 0}) == value);
  CHECK(found(store, "p", {0, 0, 1}) == value);
}

TEST_CASE("what an index takes is counted", "[base][vector_store]") {
  testing::StoppedClock clock;
  constexpr std::size_t capacity = 5u << 20, dimensions = 16, count = 9'000, step = 8;
  MemoryVectorStore store(clock, capacity);
  test::SampleVectors sample(dimensions);
  std::vector<std::vector<float>> vectors;
  for (std::size_t i = 0; i < count; ++i) {
    vectors.push_back(sample.next());
    put(store, "p", vectors.back(), std::to_string(i));
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < count; i += step)
    kept += found(store, "p", vectors[i], 0.0001) == std::to_string(i) ? step : 0;
  // 712 bytes each: 7,000 of them had room if nothing else took any.
  CHECK(kept > 500);
  CHECK(kept < 4'000);
  CHECK(found(store, "p", vectors.back(), 0.0001) == std::to_string(count - 1));
}

// Two partitions of more vectors than are compared one by one, with replacements, expiries and removals for want of
// room, beside the same in a plain table.
TEST_CASE("an index finds what comparing one by one finds, and nothing that is gone", "[base][vector_store]") {
  constexpr std::size_t dimensions = 12;
  constexpr std::size_t steps = 5 * VectorPartition::compared_one_by_one / 2;
  struct Row {
    std::vector<float> direction;
    SteadyTime expires;
  };
  const auto seed = GENERATE(1u, 2u);
  CAPTURE(seed);
  testing::StoppedClock clock;
  MemoryVectorStore store(clock, large);
  test::SampleVectors sample(dimensions, 6, seed);
  std::map<std::string, std::map<std::string, Row>> rows{{"one", {}}, {"two", {}}};
  std::vector<std::vector<float>> asked;
  std::size_t wanted = 0, recalled = 0;
  for (std::size_t step = 0; step < steps; ++step) {
    const std::string partition = sample.below(5) == 0 ? "two" : "one";
    auto& table = rows[partition];
    const bool repeats = !asked.empty() && sample.below(10) == 0;
    const std::vector<float> vector = repeats ? asked[sample.below(asked.size())] : sample.next();
    const std::string value = partition + std::to_string(step);
    const auto lifetime = std::chrono::milliseconds(1'000 + sample.below(steps) * 1'000);
    const std::vector<float> direction = direction_of(vector);
    std::erase_if(table, [&](const auto& row) { return row.second.direction == direction; });
    put(store, partition, vector, value, lifetime);
    table[value] = {direction, clock.steady + lifetime};
    asked.push_back(vector);
    clock.steady += std::chrono::milliseconds(500);
    if (step % 12 != 0) continue;

    const double most = std::array{0.02, 0.05, 0.1, 0.2}[sample.below(4)];
    const float apart = std::array{0.0F, 0.15F, 0.3F, 0.6F}[sample.below(4)];
    const std::vector<float> question =
        sample.below(4) == 0 ? sample.next() : sample.near(asked[sample.below(asked.size())], apart);
    const std::string in = sample.below(2) == 0 ? "two" : "one";
    double least = 3;
    for (const auto& [name, row] : rows[in]) {
      if (row.expires <= clock.steady) continue;
      least = std::min(least, distance_between(row.direction, direction_of(question)));
    }
    const auto match = find(store, in, question, most);
    if (least <= most) ++wanted;
    if (!match) continue;
    REQUIRE(rows[in].count(match->value) == 1);
    const Row& row = rows[in][match->value];
    CHECK(row.expires > clock.steady);
    CHECK(match->distance <= most);
    CHECK(match->distance == Approx(distance_between(row.direction, direction_of(question))).margin(1e-6));
    if (match->distance <= least + 1e-6) ++recalled;
  }
  INFO(recalled << " of " << wanted);
  CHECK(wanted > 100);
  CHECK(static_cast<double>(recalled) >= 0.99 * static_cast<double>(wanted));
}

TEST_CASE("threads may store and ask at the same time", "[base][vector_store]") {
  testing::StoppedClock clock;
  MemoryVectorStore store(clock, 4u << 20);
  std::vector<std::thread> threads;
  for (unsigned seed = 0; seed < 4; ++seed) {
    threads.emplace_back([&store, seed] {
      test::SampleVectors sample(8, 4, seed + 1);
      for (int i = 0; i < 300; ++i) {
        const std::vector<float> vector = sample.next();
        (void)wait(store.put("p", vector, "value", 60s));
        (void)wait(store.nearest("p", vector, 0.1));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(found(store, "p", test::SampleVectors(8, 4, 1).next(), 2) == "value");
}
