// SPDX-License-Identifier: Apache-2.0
// Filters that work on sequences, and those that take anything.
#include "expression/operators.hpp"
#include "liquid/filters.hpp"

#include <algorithm>

namespace sluice::liquid {
namespace {

Value list_of(const FilterCall& call, const std::vector<Value>& items) {
  return make_list(call.run, items.data(), static_cast<std::uint32_t>(items.size()));
}

/// The elements; what is no sequence counts as a sequence of itself, null as one of nothing.
std::vector<Value> listed(const FilterCall& call) {
  const Value input = plain(call.input);
  if (input.is_null()) return {};
  if (!is_sequence(input)) return {input};
  const Items all = call.elements();
  return {all.begin(), all.end()};
}

Value compact(const FilterCall& call) {
  std::vector<Value> items = listed(call);
  std::erase_if(items, [](const Value& item) { return item.is_null(); });
  return list_of(call, items);
}

/// The input, unless it is null, false or empty.
Value fall_back(const FilterCall& call) {
  const bool has_value = is_true(call.input) && !is_empty(call.run, call.options, call.input);
  return has_value ? call.input : call.arguments[0];
}

Value first(const FilterCall& call) {
  const Items all = call.elements();
  return all.count == 0 ? Value() : all.data[0];
}
Value last(const FilterCall& call) {
  const Items all = call.elements();
  return all.count == 0 ? Value() : all.data[all.count - 1];
}

Value join(const FilterCall& call) {
  const std::string_view separator = call.text(0, " ");
  const std::vector<Value> items = listed(call);
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i != 0) text += separator;
    text += shown_text(call.run, items[i]);
    if (text.size() > call.run.limits.string_bytes) return call.run.exhaust("string bytes");
  }
  return call.run.text(text);
}

Value map(const FilterCall& call) {
  std::vector<Value> items = listed(call);
  for (Value& item : items) {
    if (!call.run.charge(1)) return {};
    item = part(call.run, call.options, item, call.text(0));
  }
  return list_of(call, items);
}

Value reverse(const FilterCall& call) {
  std::vector<Value> items = listed(call);
  std::reverse(items.begin(), items.end());
  return list_of(call, items);
}

Value size(const FilterCall& call) { return Value::int64(size_of(call.run, call.options, call.input).value_or(0)); }

/// By their own order or that of a member. What has no order stays behind what has one, as it stood.
Value sort(const FilterCall& call) {
  const std::vector<Value> items = listed(call);
  struct Keyed {
    Value key, item;
    int rank;  ///< Numbers before texts, what has no order at the end: an order that holds for all of them.
  };
  std::vector<Keyed> keyed;
  for (const Value& item : items) {
    const Value key = call.arguments.empty() ? plain(item) : part(call.run, call.options, item, call.text(0));
    const bool is_number = key.kind() >= ValueKind::int8 && key.kind() <= ValueKind::decimal;
    const bool is_date = key.kind() == ValueKind::date_time || key.kind() == ValueKind::date_time_offset;
    keyed.push_back({key, item, key.is_null() ? 3 : is_number ? 0 : is_date ? 1 : 2});
  }
  std::uint64_t depth = 1;
  for (std::size_t left = items.size(); left > 1; left /= 2) ++depth;
  if (call.run.failed() || !call.run.charge(items.size() * depth)) return {};
  std::stable_sort(keyed.begin(), keyed.end(), [&](const Keyed& left, const Keyed& right) {
    if (left.rank != right.rank) return left.rank < right.rank;
    if (left.rank < 2) return order_of(call.run, left.key, right.key).value_or(0) < 0;
    if (left.rank == 3) return false;
    return order_of(call.run, Value::string(shown_text(call.run, left.key)),
                    Value::string(shown_text(call.run, right.key)))
               .value_or(0) < 0;
  });
  std::vector<Value> sorted;
  for (const Keyed& one : keyed) sorted.push_back(one.item);
  return list_of(call, sorted);
}

Value unique(const FilterCall& call) {
  std::vector<Value> kept;
  for (const Value& item : listed(call)) {
    if (!call.run.charge(kept.size() + 1)) return {};
    const bool is_known =
        std::any_of(kept.begin(), kept.end(), [&](const Value& one) { return are_equal(call.run, one, item); });
    if (!is_known) kept.push_back(item);
  }
  return list_of(call, kept);
}

constexpr Filter rows[] = {
    {"Compact", 0, 0, compact}, {"Default", 1, 1, fall_back}, {"First", 0, 0, first},     {"Join", 0, 1, join},
    {"Last", 0, 0, last},       {"Map", 1, 1, map},           {"Reverse", 0, 0, reverse}, {"Size", 0, 0, size},
    {"Sort", 0, 1, sort},       {"Uniq", 0, 0, unique},
};

}  // namespace

constinit const std::span<const Filter> list_filters = rows;

}  // namespace sluice::liquid
