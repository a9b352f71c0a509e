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
  ++size_;
}

void FairOrder::take_out(Item& item) {
  Class& from = classes_[item.of_class];
  Flow& flow = *item.flow_;
  from.ready.erase({flow.start, flow.number, &flow});
  flow.waiting.erase(item.in_flow_);
  from.by_age.erase(item.in_class_);
  from.tokens -= item.tokens;
  --size_;
}

void FairOrder::serve(Item& item) {
  Class& from = classes_[item.of_class];
  Flow& flow = *item.flow_;
  take_out(item);
  const auto tokens = static_cast<double>(std::max<std::int64_t>(item.tokens, 1));
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

FairOrder::Item* FairOrder::next(SteadyTime now) const {
  Item* oldest = nullptr;
  for (const Class& each : classes_) {
    if (each.by_age.empty()) continue;
    Item* const first = each.by_age.front();
    const bool is_aged = now - first->since >= each.rule.age_after;
    if (is_aged && (oldest == nullptr || first->since < oldest->since)) oldest = first;
  }
  if (oldest != nullptr) return oldest;
  const Class* const from = next_class();
  return from == nullptr ? nullptr : from->ready.begin()->flow->waiting.front();
}

std::int64_t FairOrder::tokens_before(std::size_t of_class) const {
  std::int64_t tokens = 0;
  for (std::size_t i = 0; i < classes_.size(); ++i) {
    const bool comes_later = classes_[of_class].rule.strict && (!classes_[i].rule.strict || i > of_class);
    if (!comes_later) tokens += classes_[i].tokens;
  }
  return tokens;
}

}  // namespace sluice::ai
