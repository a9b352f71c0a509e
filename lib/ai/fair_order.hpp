// SPDX-License-Identifier: Apache-2.0
// FairOrder: who of those that wait is next. Start-time fair queueing in tokens on two levels: classes share by weight,
// and within a class its keys share alike, whatever each of them sends. Strict classes come before all others. What has
// waited longer than its class allows comes before everything, the oldest first: nobody waits for ever.
//
// Starvation bound: a request is served at the latest when it has waited `age_after` and everything older that is as
// aged has been served; with W tokens waiting and C tokens a second that is after age_after + W / C.
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
  void serve(Item& item);
  /// It has given up, which costs nothing.
  void remove(Item& item);

  /// The next one; null when nobody waits.
  Item* next(SteadyTime now) const;

  std::size_t size() const { return size_; }
  /// Tokens that wait in classes that come before, or share with, `of_class`.
  std::int64_t tokens_before(std::size_t of_class) const;

 private:
  /// The requests of one key, in the order they came.
  struct Flow {
    std::uint64_t number = 0;  ///< In the order of their coming, which decides among equal tags.
    double start = 0, finish = 0;
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
  void take_out(Item& item);
  void forget(Class& from, Flow& flow);

  std::vector<Class> classes_;
  std::uint64_t flows_made_ = 0;
  double time_ = 0;  ///< Virtual: of the class that was served last.
  std::size_t size_ = 0;
};

}  // namespace sluice::ai
