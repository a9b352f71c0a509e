// SPDX-License-Identifier: Apache-2.0
#include "ai/fair_order.hpp"

#include <algorithm>

namespace sluice::ai {
namespace {

/// Flows without a request that are looked through no sooner than there are so many, and as many as others.
constexpr std::size_t most_idle_flows = 64;

}  // namespace

FairOrder::FairOrder(std::vector<OrderClass> classes) : classes_(classes.size()) {
  for (std::size_t i = 0; i < classes.size(); ++i) classes_[i].rule = classes[i];
}
FairOrder::~FairOrder() = default;

void FairOrder::add(Item& item, std::string_view key) {
  Class& to = classes_[item.of_class];
  if (to.by_age.empty()) to.start = std::max(time_, to.finish);
  auto found = to.flows.find(key);
  if (found == to.flows.end()) {
    found = to.flows.try_emplace(std::string(key)).first;
    found->second.number = ++flows_made_;
  }
  Flow& flow = found->second;
  if (flow.waiting.empty()) {
    flow.start = std::max(to.time, flow.finish);
    to.ready.insert({flow.start, flow.number, &flow});
  }
  item.flow_ = &flow;
  item.in_flow_ = flow.waiting.insert(flow.waiting.end(), &item);
  item.in_class_ = to.by_age.insert(to.by_age.end(), &item);
  to.tokens += item.tokens;
  flow.tokens += item.tokens;
  ++size_;
}

void FairOrder::take_out(Item& item) {
  Class& from = classes_[item.of_class];
  Flow& flow = *item.flow_;
  from.ready.erase({flow.start, flow.number, &flow});
  flow.waiting.erase(item.in_flow_);
  from.by_age.erase(item.in_class_);
  from.tokens -= item.tokens;
  flow.tokens -= item.tokens;
  --size_;
}

void FairOrder::serve(Item& item, SteadyTime now) {
  Class& from = classes_[item.of_class];
  Flow& flow = *item.flow_;
  const std::int64_t cost = std::max<std::int64_t>(item.tokens, 1);
  const bool is_turn_of_aged = &item != in_order() && &item == next(now);
  owed_ = is_turn_of_aged ? others_for_aged * cost : std::max<std::int64_t>(owed_ - cost, 0);
  const auto tokens = static_cast<double>(cost);
  take_out(item);
  from.time = std::max(from.time, flow.start);
  flow.finish = flow.start + tokens;
  flow.start = flow.finish;
  if (!from.rule.strict) {
    time_ = std::max(time_, from.start);
    from.finish = from.start + tokens / from.rule.weight;
    from.start = from.finish;
  }
  forget(from, flow);
}

void FairOrder::remove(Item& item) {
  Flow& flow = *item.flow_;
  take_out(item);
  forget(classes_[item.of_class], flow);
}

/// A flow that has nothing to wait for stays in mind only while it is ahead of the others; when nobody of the class
/// waits, none is.
void FairOrder::forget(Class& from, Flow& flow) {
  if (!flow.waiting.empty()) {
    from.ready.insert({flow.start, flow.number, &flow});
    return;
  }
  if (from.by_age.empty()) {
    from.flows.clear();
    from.time = 0;
    return;
  }
  if (from.flows.size() < 2 * from.ready.size() + most_idle_flows) return;
  std::erase_if(from.flows,
                [&](const auto& each) { return each.second.waiting.empty() && each.second.finish <= from.time; });
}

const FairOrder::Class* FairOrder::next_class() const {
  const Class* best = nullptr;
  for (const Class& each : classes_) {
    if (each.by_age.empty()) continue;
    if (each.rule.strict) return &each;
    if (best == nullptr || each.start < best->start) best = &each;
  }
  return best;
}

FairOrder::Item* FairOrder::oldest_aged(SteadyTime now) const {
  Item* oldest = nullptr;
  for (const Class& each : classes_) {
    if (each.by_age.empty()) continue;
    Item* const first = each.by_age.front();
    const bool is_aged = now - first->since >= each.rule.age_after;
    if (is_aged && (oldest == nullptr || first->since < oldest->since)) oldest = first;
  }
  return oldest;
}

FairOrder::Item* FairOrder::in_order() const {
  const Class* const from = next_class();
  return from == nullptr ? nullptr : from->ready.begin()->flow->waiting.front();
}

FairOrder::Item* FairOrder::next_of(std::size_t of_class) const {
  const auto& ready = classes_[of_class].ready;
  return ready.empty() ? nullptr : ready.begin()->flow->waiting.front();
}

FairOrder::Item* FairOrder::next(SteadyTime now) const {
  Item* const aged = owed_ == 0 ? oldest_aged(now) : nullptr;
  return aged != nullptr ? aged : in_order();
}

/// Tokens of the class that come before the key's new request: those of the key, and of each other as many as bring it
/// to the same tag.
double FairOrder::tokens_before(const Class& own, std::string_view key, double tokens) {
  const auto found = own.flows.find(key);
  const Flow* const flow = found == own.flows.end() ? nullptr : &found->second;
  double tag = own.time;
  if (flow != nullptr) tag = flow->waiting.empty() ? std::max(own.time, flow->finish) : flow->start;
  if (flow != nullptr) tag += static_cast<double>(flow->tokens);
  double before = 0;
  for (const Ready& other : own.ready) {
    const auto waiting = static_cast<double>(other.flow->tokens);
    before += other.flow == flow ? waiting : std::clamp(tag + tokens - other.start, 0.0, waiting);
  }
  return before;
}

double FairOrder::tokens_before(std::size_t of_class, std::string_view key, std::int64_t tokens) const {
  const Class& own = classes_[of_class];
  const double within = tokens_before(own, key, static_cast<double>(tokens));
  const double tag = (own.by_age.empty() ? std::max(time_, own.finish) : own.start) + within / own.rule.weight;
  double before = within;
  for (std::size_t i = 0; i < classes_.size(); ++i) {
    const Class& other = classes_[i];
    const auto waiting = static_cast<double>(other.tokens);
    if (i == of_class || other.by_age.empty()) continue;
    if (other.rule.strict) {
      if (!own.rule.strict || i < of_class) before += waiting;
    } else if (!own.rule.strict) {
      before += std::clamp((tag - other.start) * other.rule.weight, 0.0, waiting);
    }
  }
  return before;
}

}  // namespace sluice::ai
