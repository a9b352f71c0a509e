// SPDX-License-Identifier: Apache-2.0
// The walk of a value and a JSON Schema together. The depth of the value is bounded by its parse, that of schemas in
// place of one another by `in_place_depth`, all work by `check_steps`. Alternatives (anyOf, not, if, …) are tried
// silently: what is wrong in one of them is no finding. Private to json_checker*.cpp.
#pragma once

#include "base/text.hpp"
#include "schema/bounds.hpp"
#include "schema/json_program.hpp"

#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace sluice::schema {

/// A text of a schema or a message as a finding quotes it.
std::string quoted(std::string_view text);

class Checker {
 public:
  Checker(const JsonProgram& program, std::string_view text, const SchemaLimits& limits)
      : program_(program), text_(text), limits_(limits) {}

  CheckResult run(const JsonValue& value);

 private:
  /// A name or an index on the way to the value.
  struct Step {
    std::string_view name;
    std::size_t index = 0;
    bool is_index = false;
  };

  bool failed() const { return !result_.failure.empty(); }
  bool give_up(std::string why) {
    if (result_.failure.empty()) result_.failure = std::move(why);
    return false;
  }
  bool charge(std::uint64_t steps) {
    steps_ += steps;
    return steps_ <= check_steps || give_up("the check takes more than " + std::to_string(check_steps) + " steps");
  }

  std::string path() const;

  /// Notes a finding, unless an alternative is being tried. Always false.
  template <class Message>
  bool refuse(const JsonValue& at, Message message) {
    if (silent_ == 0 && result_.findings.size() < limits_.findings) {
      result_.findings.push_back({message(), path(), place_of(text_, at.offset)});
    }
    return false;
  }
  /// Nothing further can be found: one mistake is enough for an alternative, and findings have a bound.
  bool is_done() const { return failed() || silent_ > 0 || result_.findings.size() >= limits_.findings; }

  bool check_silently(NodeId id, const JsonValue& value) {
    ++silent_;
    const bool agrees = check(id, value);
    --silent_;
    return agrees;
  }

  /// A value at the root, or inside another one: schemas in its place start anew.
  bool check_value(NodeId id, const JsonValue& value);
  bool check_item(NodeId id, const JsonValue& value, const Step& step) {
    path_.push_back(step);
    const bool agrees = check_value(id, value);
    path_.pop_back();
    return agrees;
  }

  bool check(NodeId id, const JsonValue& value);

  bool check_node(const Node& node, const JsonValue& value);

  bool check_type(const Node& node, const JsonValue& value);

  bool check_enumeration(const Node& node, const JsonValue& value);

  bool check_number(const Node& node, const JsonValue& value);
  bool check_range(const JsonValue& value, double number, double least, double most, std::string_view format);

  bool check_text(const Node& node, const JsonValue& value);
  bool matches(const Pattern& pattern, std::string_view text);

  bool check_array(const Node& node, const JsonValue& value);
  bool check_unique(const JsonValue& value);
  bool check_contains(const ArrayRules& rules, const JsonValue& value);

  std::string key(std::string_view name) const {
    return program_.ignore_name_case ? to_lower(name) : std::string(name);
  }

  bool check_object(const Node& node, const JsonValue& value);

  bool check_presence(const ObjectRules& rules, const JsonValue& value);

  bool check_member(const ObjectRules& rules, const JsonMember& member);
  bool refuse_additional(const JsonMember& member);

  /// `additional_properties` is false: only what some schema for this value names may be there.
  bool check_closed(NodeId id, const JsonValue& value);
  bool names_it(const std::vector<const ObjectRules*>& rules, std::string_view name);
  void collect_rules(NodeId start, std::vector<const ObjectRules*>& rules, std::unordered_set<NodeId>& seen);

  bool check_in_place(const Node& node, const JsonValue& value);
  bool check_any(const std::vector<NodeId>& ids, const JsonValue& value);
  bool check_one(const std::vector<NodeId>& ids, const JsonValue& value);
  bool check_condition(const InPlaceRules& rules, const JsonValue& value);

  const JsonProgram& program_;
  std::string_view text_;
  const SchemaLimits& limits_;
  CheckResult result_;
  std::vector<Step> path_;
  std::uint64_t steps_ = 0;
  unsigned in_place_ = 0;
  unsigned nesting_ = 0;
  unsigned silent_ = 0;
};

}  // namespace sluice::schema
