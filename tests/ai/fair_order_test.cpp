// SPDX-License-Identifier: Apache-2.0
#include "ai/fair_order.hpp"

#include <sluice/random.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <deque>

using namespace sluice;
using namespace sluice::ai;
using namespace std::chrono_literals;

namespace {

const std::vector<OrderClass> one_class(1);

struct Waiting {
  explicit Waiting(std::vector<OrderClass> classes) : order(std::move(classes)) {}
  FairOrder order;
  std::deque<FairOrder::Item> items;
  std::deque<std::string> names;
  SteadyTime now{};

  FairOrder::Item& add(std::size_t of_class, std::string key, std::int64_t tokens = 1) {
    FairOrder::Item& item = items.emplace_back();
    item.of_class = of_class;
    item.tokens = tokens;
    item.since = now;
    names.push_back(key);
    order.add(item, key);
    return item;
  }
  /// The name of the one that is served now.
  std::string serve() {
    FairOrder::Item* const next = order.next(now);
    if (next == nullptr) return {};
    order.serve(*next, now);
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (&items[i] == next) return names[i];
    }
    return "unknown";
  }
  std::string serve_all() {
    std::string all;
    for (std::string name = serve(); !name.empty(); name = serve()) all += name;
    return all;
  }
};

/// Jain's index of fairness: 1 when all have the same.
double jain(const std::vector<double>& shares) {
  double sum = 0, squares = 0;
  for (const double share : shares) {
    sum += share;
    squares += share * share;
  }
  return sum * sum / (static_cast<double>(shares.size()) * squares);
}

}  // namespace

TEST_CASE("keys of a class take turns, whatever each has waiting", "[ai][fair_order]") {
  Waiting w(one_class);
  for (int i = 0; i < 4; ++i) w.add(0, "a");
  w.add(0, "b");
  w.add(0, "c");
  CHECK(w.serve_all() == "abcaaa");
}

TEST_CASE("turns are of tokens, not of requests", "[ai][fair_order]") {
  Waiting w(one_class);
  for (int i = 0; i < 2; ++i) w.add(0, "a", 30);
  for (int i = 0; i < 5; ++i) w.add(0, "b", 10);
  CHECK(w.serve_all() == "abbbabb");
}

TEST_CASE("classes share by their weight", "[ai][fair_order]") {
  Waiting w({{.weight = 3}, {.weight = 1}});
  for (int i = 0; i < 12; ++i) w.add(0, "h");
  for (int i = 0; i < 12; ++i) w.add(1, "l");
  std::string first;
  for (int i = 0; i < 12; ++i) first += w.serve();
  CHECK(std::count(first.begin(), first.end(), 'h') == 9);
}

TEST_CASE("strict classes come first, in their order", "[ai][fair_order]") {
  Waiting w({{.weight = 9}, {.strict = true}, {.strict = true}});
  w.add(0, "c");
  w.add(2, "b");
  w.add(1, "a");
  w.add(2, "b");
  CHECK(w.serve_all() == "abbc");
}

TEST_CASE("an eighth goes to those who have waited too long, the oldest first", "[ai][fair_order]") {
  Waiting w({{.strict = true, .age_after = 1h}, {.age_after = 10s}, {.age_after = 20s}});
  w.add(2, "z");
  w.now += 5s;
  w.add(1, "y");
  w.now += 14s;
  for (int i = 0; i < 20; ++i) w.add(0, "a");
  CHECK(w.serve() == "y");
  w.now += 1s;
  std::string next;
  for (int i = 0; i < 16; ++i) next += w.serve();
  CHECK(next == "aaaaaaazaaaaaaaa");
}

TEST_CASE("when everyone has waited too long, weights and turns hold all the same", "[ai][fair_order]") {
  Waiting w({{.weight = 3, .age_after = 1s}, {.weight = 1, .age_after = 1s}});
  // The oldest are all of one key, of the class that has less.
  for (int i = 0; i < 400; ++i) w.add(1, "l");
  for (int i = 0; i < 400; ++i) w.add(1, "m");
  for (int i = 0; i < 400; ++i) w.add(0, "h");
  w.now += 1h;
  std::string first;
  for (int i = 0; i < 400; ++i) first += w.serve();
  const auto share = [&](char name) { return static_cast<double>(std::count(first.begin(), first.end(), name)) / 400; };
  CHECK(share('h') >= 0.75 * 7 / 8);
  CHECK(share('m') >= 0.125 * 7 / 8);
}

TEST_CASE("it is known how much comes before a new request", "[ai][fair_order]") {
  Waiting w({{.strict = true}, {.weight = 3}, {.weight = 1}});
  CHECK(w.order.tokens_before(1, "a", 10) == 0);
  w.add(1, "a", 100);
  w.add(1, "a", 100);
  w.add(1, "b", 10);
  // A key waits behind its own, and for others only until they have had as much.
  CHECK(w.order.tokens_before(1, "a", 10) == 210);
  CHECK(w.order.tokens_before(1, "b", 10) == 30);
  CHECK(w.order.tokens_before(1, "c", 10) == 20);
  // Other classes go as far ahead as their weight says; the strict one does not care.
  w.add(2, "z", 1'000);
  CHECK(w.order.tokens_before(1, "a", 30) == Approx(210 + 70));
  CHECK(w.order.tokens_before(0, "a", 30) == 0);
  w.add(0, "s", 500);
  CHECK(w.order.tokens_before(0, "s", 30) == 500);
  CHECK(w.order.tokens_before(1, "b", 10) == Approx(530 + 10));
}

TEST_CASE("who gives up costs nobody anything", "[ai][fair_order]") {
  Waiting w(one_class);
  FairOrder::Item& gone = w.add(0, "a", 1'000);
  w.add(0, "a");
  w.add(0, "b");
  CHECK(w.order.tokens_before(0, "a", 1) == 1'002);
  w.order.remove(gone);
  CHECK(w.order.size() == 2);
  CHECK(w.serve_all() == "ab");
  CHECK(w.order.tokens_before(0, "a", 1) == 0);
}

TEST_CASE("a key that comes late has no claim on the past", "[ai][fair_order]") {
  Waiting w(one_class);
  for (int i = 0; i < 20; ++i) w.add(0, "a");
  for (int i = 0; i < 10; ++i) w.serve();
  for (int i = 0; i < 20; ++i) w.add(0, "b");
  std::string next;
  for (int i = 0; i < 10; ++i) next += w.serve();
  CHECK(std::count(next.begin(), next.end(), 'a') == 5);
}

TEST_CASE("keys that always have something waiting get the same, and nobody starves", "[ai][fair_order]") {
  constexpr auto age_after = 60s;
  FairOrder order(
      {{.strict = true, .age_after = age_after}, {.weight = 3, .age_after = age_after}, {.age_after = age_after}});
  constexpr std::size_t classes = 3, keys = 20;
  SeededRandom random(7);
  SteadyTime now{};
  std::deque<FairOrder::Item> items(classes * keys);
  std::vector<std::vector<double>> served(classes, std::vector<double>(keys));
  // What a key sends differs a hundredfold from key to key.
  const auto send = [&](std::size_t i) {
    items[i].of_class = i / keys;
    items[i].tokens = static_cast<std::int64_t>(1 + random.bits() % (1 + 5 * (i % keys)));
    items[i].since = now;
    order.add(items[i], std::to_string(i));
  };
  std::vector<std::size_t> idle;
  for (std::size_t i = 0; i < items.size(); ++i) send(i);
  std::chrono::microseconds longest{};
  for (int turn = 0; turn < 200'000; ++turn) {
    now += 10ms;
    FairOrder::Item* const next = order.next(now);
    REQUIRE(next != nullptr);
    longest = std::max(longest, now - next->since);
    const auto i = static_cast<std::size_t>(
        std::find_if(items.begin(), items.end(), [&](auto& each) { return &each == next; }) - items.begin());
    served[next->of_class][i % keys] += static_cast<double>(next->tokens);
    order.serve(*next, now);
    // The strict class is quiet half of the time.
    if (i < keys) idle.push_back(i);
    if (i >= keys) send(i);
    if (turn % 1'000 < 500) continue;
    for (const std::size_t each : idle) send(each);
    idle.clear();
  }
  CHECK(jain(served[1]) >= 0.95);
  CHECK(jain(served[2]) >= 0.95);
  // A request takes 10 ms; before it come those that are as aged, with seven others for each.
  CHECK(longest < age_after + 8 * 10ms * items.size() * 50);
}
