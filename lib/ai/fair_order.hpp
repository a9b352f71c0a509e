// SPDX-License-Identifier: Apache-2.0
// FairOrder: who of those that wait is next. Start-time fair queueing in tokens on two levels: classes share by weight,
// and within a class its keys share alike, whatever each of them sends. Strict classes come before all others. An
// eighth of what is served goes to those who have waited longer than their class allows, the oldest first, so that
// nobody waits for ever; it is no more, so that under lasting overload, when everyone has waited long, the rest still
// holds.
//
// Starvation bound: a request is served at the latest when it has waited `age_after` and the eighth has gone to
// everything older that is as aged; with W tokens of those and C tokens a second that is after age_after + 8 W / C.
// Source: Goyal, Vin, Cheng, "Start-time Fair Queueing", SIGCOMM 1996.
#pragma once

#include <sluice/clock.hpp>

#include <compare>
#include <cstdint>
#include <list>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::ai {

/// How a class takes part.
struct OrderClass {
  bool strict = false;  ///< Before all that are not; of several the first.
  double weight = 1;    ///< Of those that are not: its share. Above 0.
  std::chrono::milliseconds age_after{30'000};
  bool operator==(const OrderClass&) const = default;
};

class FairOrder {
  struct Flow;

 public:
  /// One who waits. Stays where it is until it is served or removed.
  class Item {
   public:
    std::size_t of_class = 0;
    std::int64_t tokens = 1;
    SteadyTime since{};

   private:
    friend class FairOrder;
    Flow* flow_ = nullptr;
    std::list<Item*>::iterator in_flow_, in_class_;
  };

  explicit FairOrder(std::vector<OrderClass> classes);
  ~FairOrder();
  FairOrder(const FairOrder&) = delete;
  FairOrder& operator=(const FairOrder&) = delete;

  /// `key`: shares alike with the other keys of the class.
  void add(Item& item, std::string_view key);
  /// It has been served, which costs its key and class `tokens`.
  void serve(Item& item, SteadyTime now);
  /// It has given up, which costs nothing.
  void remove(Item& item);

  /// For each token that goes, out of order, to those who have waited too long others get so many.
  static constexpr std::int64_t others_for_aged = 7;

  /// The next one; null when nobody waits.
  Item* next(SteadyTime now) const;
  /// The next one of a class; null when nobody of it waits.
  Item* next_of(std::size_t of_class) const;

  std::size_t size() const { return size_; }
  /// About how many of the tokens that wait now would be served before a new request of so many tokens.
  double tokens_before(std::size_t of_class, std::string_view key, std::int64_t tokens) const;

 private:
  /// The requests of one key, in the order they came.
  struct Flow {
    std::uint64_t number = 0;  ///< In the order of their coming, which decides among equal tags.
    double start = 0, finish = 0;
    std::int64_t tokens = 0;  ///< Of those that wait.
    std::list<Item*> waiting;
  };
  struct Ready {
    double start;
    std::uint64_t number;
    Flow* flow;
    auto operator<=>(const Ready&) const = default;
  };
  struct Class {
    OrderClass rule;
    double start = 0, finish = 0;
    double time = 0;  ///< Virtual, within the class: of the flow that was served last.
    std::int64_t tokens = 0;
    std::map<std::string, Flow, std::less<>> flows;  ///< Those that wait, and those that are ahead of the others.
    std::set<Ready> ready;                           ///< By start tag.
    std::list<Item*> by_age;
  };

  const Class* next_class() const;
  Item* in_order() const;
  Item* oldest_aged(SteadyTime now) const;
  static double tokens_before(const Class& own, std::string_view key, double tokens);
  void take_out(Item& item);
  void forget(Class& from, Flow& flow);

  std::vector<Class> classes_;
  std::uint64_t flows_made_ = 0;
  double time_ = 0;        ///< Virtual: of the class that was served last.
  std::int64_t owed_ = 0;  ///< Tokens that others get before an aged one is next.
  std::size_t size_ = 0;
};

}  // namespace sluice::ai
