// SPDX-License-Identifier: Apache-2.0
// Walks value and schema together. The depth of the value is bounded by its parse, that of schemas in place of one
// another by `in_place_depth`, all work by `check_steps`. Alternatives (anyOf, not, if, …) are tried silently: what is
// wrong in one of them is no finding.
#include "schema/json_program.hpp"

#include "base/text.hpp"
#include "schema/bounds.hpp"
#include "schema/json_equality.hpp"

#include <cmath>
#include <unordered_set>

namespace sluice::schema {
namespace {

TypeSet type_of(const JsonValue& value) {
  switch (value.kind) {
    case JsonKind::null: return type_null;
    case JsonKind::boolean: return type_boolean;
    case JsonKind::string: return type_string;
    case JsonKind::array: return type_array;
    case JsonKind::object: return type_object;
    case JsonKind::number: break;
  }
  if (value.integer()) return type_integer;
  const auto number = value.number();
  return number && std::isfinite(*number) && *number == std::floor(*number) ? type_integer : type_number;
}

std::string names_of(TypeSet types) {
  constexpr std::pair<TypeSet, std::string_view> names[] = {
      {type_null, "null"},     {type_boolean, "boolean"}, {type_number, "number"}, {type_integer, "integer"},
      {type_string, "string"}, {type_array, "array"},     {type_object, "object"}};
  std::string text;
  for (const auto& [type, name] : names) {
    if (!(types & type) || (type == type_integer && (types & type_number))) continue;
    text += (text.empty() ? "" : " or ") + std::string(name);
  }
  return text.empty() ? "nothing" : text;
}

std::string quoted(std::string_view text) {
  constexpr std::size_t shown = 100;
  if (text.size() <= shown) return "'" + std::string(text) + "'";
  std::size_t end = shown;  // Not within a character.
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return "'" + std::string(text.substr(0, end)) + "…'";
}

std::string number_text(double number) {
  JsonWriter writer;
  writer.value(number);
  return std::move(writer).take();
}

std::size_t count_characters(std::string_view text) {
  std::size_t count = 0;
  for (char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

/// A whole number in 64 bits may be more exact than a double.
bool is_multiple(const JsonValue& value, double of) {
  const auto whole = value.integer();
  if (whole && of == std::floor(of) && of < 9e15) return *whole % static_cast<std::int64_t>(of) == 0;
  const auto number = value.number();
  if (!number || !std::isfinite(*number)) return true;  // Beyond what can be divided.
  const double times = *number / of;
  if (!std::isfinite(times)) return true;
  return std::abs(times - std::round(times)) <= 1e-9 * std::max(1.0, std::abs(times));
}

class Checker {
 public:
  Checker(const JsonProgram& program, std::string_view text, const SchemaLimits& limits)
      : program_(program), text_(text), limits_(limits) {}

  CheckResult run(const JsonValue& value) {
    check_value(program_.root, value);
    return std::move(result_);
  }

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

  std::string path() const {
    std::string text;
    for (const Step& step : path_) {
      text += '/';
      if (step.is_index) {
        text += std::to_string(step.index);
        continue;
      }
      for (char c : step.name) text += c == '~' ? std::string("~0") : c == '/' ? std::string("~1") : std::string(1, c);
    }
    return text;
  }

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
  bool check_value(NodeId id, const JsonValue& value) {
    const unsigned outer = std::exchange(in_place_, 0);
    bool agrees = check(id, value);
    if (program_.additional_properties == false && value.is_object() && (agrees || !is_done())) {
      agrees = check_closed(id, value) && agrees;
    }
    in_place_ = outer;
    return agrees;
  }
  bool check_item(NodeId id, const JsonValue& value, const Step& step) {
    path_.push_back(step);
    const bool agrees = check_value(id, value);
    path_.pop_back();
    return agrees;
  }

  bool check(NodeId id, const JsonValue& value) {
    if (failed() || !charge(1)) return false;
    if (in_place_ >= in_place_depth) return give_up("the schema refers to itself without end");
    ++in_place_;
    const bool agrees = check_node(program_.nodes[id], value);
    --in_place_;
    return agrees;
  }

  bool check_node(const Node& node, const JsonValue& value) {
    if (node.refuses_all) return refuse(value, [] { return std::string("The schema allows no value here."); });
    bool agrees = check_type(node, value);
    if (!agrees) return false;  // Further findings would only say the same.
    const auto also = [&](bool (Checker::*part)(const Node&, const JsonValue&)) {
      if (agrees || !is_done()) agrees = (this->*part)(node, value) && agrees;
    };
    if (node.is_enumeration) also(&Checker::check_enumeration);
    if (node.number && value.is_number()) also(&Checker::check_number);
    if (node.text && value.is_string()) also(&Checker::check_text);
    if (node.array && value.is_array()) also(&Checker::check_array);
    if (node.object && value.is_object()) also(&Checker::check_object);
    if (node.in_place) also(&Checker::check_in_place);
    return agrees;
  }

  bool check_type(const Node& node, const JsonValue& value) {
    if (node.types == any_type || (type_of(value) & node.types) != 0) return true;
    return refuse(value, [&] {
      return "Invalid type: expected " + names_of(node.types) + " but got " + names_of(type_of(value)) + ".";
    });
  }

  bool check_enumeration(const Node& node, const JsonValue& value) {
    if (!charge(node.allowed.size())) return false;
    for (const JsonValue* allowed : node.allowed) {
      if (equal_json(*allowed, value)) return true;
    }
    return refuse(value, [] { return std::string("The value is not one of those that the schema lists."); });
  }

  bool check_number(const Node& node, const JsonValue& value) {
    const NumberRules& rules = *node.number;
    const double number = value.number().value_or(value.text.starts_with('-') ? -HUGE_VAL : HUGE_VAL);
    const auto against = [&](bool agrees, std::string_view what, double limit) {
      return agrees || refuse(value, [&] {
               return "The number " + std::string(value.text.substr(0, 40)) + " is not " + std::string(what) + ' ' +
                      number_text(limit) + '.';
             });
    };
    bool agrees = true;
    if (rules.minimum) agrees &= against(number >= *rules.minimum, "at least", *rules.minimum);
    if (rules.above) agrees &= against(number > *rules.above, "greater than", *rules.above);
    if (rules.maximum) agrees &= against(number <= *rules.maximum, "at most", *rules.maximum);
    if (rules.below) agrees &= against(number < *rules.below, "less than", *rules.below);
    if (rules.multiple_of)
      agrees &= against(is_multiple(value, *rules.multiple_of), "a multiple of", *rules.multiple_of);
    if (rules.format == Format::int32) agrees &= check_range(value, number, -2147483648.0, 2147483647.0, "int32");
    // The largest of them is no double: texts that are whole numbers are compared as such.
    if (rules.format == Format::int64 && !value.integer()) {
      agrees &= check_range(value, number, -9223372036854775808.0, 9223372036854774784.0, "int64");
    }
    return agrees;
  }
  bool check_range(const JsonValue& value, double number, double least, double most, std::string_view format) {
    if (number >= least && number <= most) return true;
    return refuse(value, [&] { return "The number does not fit into the format '" + std::string(format) + "'."; });
  }

  bool check_text(const Node& node, const JsonValue& value) {
    const TextRules& rules = *node.text;
    bool agrees = true;
    if (rules.min_length || rules.max_length) {
      const std::size_t length = count_characters(value.text);
      if (length < rules.min_length.value_or(0)) {
        agrees = refuse(
            value, [&] { return "The text is shorter than " + std::to_string(*rules.min_length) + " characters."; });
      }
      if (length > rules.max_length.value_or(UINT64_MAX)) {
        agrees = refuse(
            value, [&] { return "The text is longer than " + std::to_string(*rules.max_length) + " characters."; });
      }
    }
    if (rules.pattern && !matches(*rules.pattern, value.text)) {
      agrees =
          refuse(value, [&] { return "The text does not match the pattern " + quoted(rules.pattern->text()) + "."; });
    }
    if (rules.format != Format::none && !has_format(value.text, rules.format)) {
      agrees =
          refuse(value, [&] { return "The text is not of the format '" + std::string(name_of(rules.format)) + "'."; });
    }
    return agrees;
  }
  bool matches(const Pattern& pattern, std::string_view text) {
    const Pattern::Outcome outcome = charge(1 + text.size() / 64) ? pattern.search(text) : Pattern::Outcome::nothing;
    if (outcome == Pattern::Outcome::too_much_work) give_up("a pattern takes more work than a match may");
    return outcome == Pattern::Outcome::matched;
  }

  bool check_array(const Node& node, const JsonValue& value) {
    const ArrayRules& rules = *node.array;
    const std::size_t count = value.items.size();
    bool agrees = true;
    if (count < rules.min_items.value_or(0)) {
      agrees =
          refuse(value, [&] { return "The array has fewer than " + std::to_string(*rules.min_items) + " items."; });
    }
    if (count > rules.max_items.value_or(UINT64_MAX)) {
      agrees = refuse(value, [&] { return "The array has more than " + std::to_string(*rules.max_items) + " items."; });
    }
    for (std::size_t i = 0; i < count && (agrees || !is_done()); ++i) {
      const NodeId id = i < rules.first_items.size() ? rules.first_items[i] : rules.items;
      if (id != no_node) agrees = check_item(id, value.items[i], {{}, i, true}) && agrees;
    }
    if (rules.unique && (agrees || !is_done())) agrees = check_unique(value) && agrees;
    if (rules.contains != no_node && (agrees || !is_done())) agrees = check_contains(rules, value) && agrees;
    return agrees;
  }
  bool check_unique(const JsonValue& value) {
    std::unordered_set<std::string> seen;
    for (const JsonValue& item : value.items) {
      if (!charge(1)) return false;
      if (!seen.insert(canonical_text(item)).second) {
        return refuse(item, [] { return std::string("The items of the array are not all different."); });
      }
    }
    return true;
  }
  bool check_contains(const ArrayRules& rules, const JsonValue& value) {
    std::uint64_t found = 0;
    for (std::size_t i = 0; i < value.items.size() && !failed(); ++i) {
      ++silent_;
      found += check_item(rules.contains, value.items[i], {{}, i, true});
      --silent_;
    }
    if (failed()) return false;
    if (found >= rules.min_contains.value_or(1) && found <= rules.max_contains.value_or(UINT64_MAX)) return true;
    return refuse(value,
                  [&] { return "The array has " + std::to_string(found) + " items of those that it must contain."; });
  }

  std::string key(std::string_view name) const {
    return program_.ignore_name_case ? to_lower(name) : std::string(name);
  }

  bool check_object(const Node& node, const JsonValue& value) {
    const ObjectRules& rules = *node.object;
    const std::size_t count = value.members.size();
    if (!charge(count)) return false;
    bool agrees = true;
    if (count < rules.min_properties.value_or(0)) {
      agrees = refuse(
          value, [&] { return "The object has fewer than " + std::to_string(*rules.min_properties) + " properties."; });
    }
    if (count > rules.max_properties.value_or(UINT64_MAX)) {
      agrees = refuse(
          value, [&] { return "The object has more than " + std::to_string(*rules.max_properties) + " properties."; });
    }
    if (agrees || !is_done()) agrees = check_presence(rules, value) && agrees;
    for (const JsonMember& member : value.members) {
      if (!agrees && is_done()) break;
      agrees = check_member(rules, member) && agrees;
    }
    return agrees;
  }

  bool check_presence(const ObjectRules& rules, const JsonValue& value) {
    if (rules.required.empty() && rules.dependencies.empty()) return true;
    if (!charge(rules.required.size())) return false;
    std::unordered_set<std::string> present;
    for (const JsonMember& member : value.members) present.insert(key(member.name));
    bool agrees = true;
    const auto require = [&](const std::string& name) {
      if (present.contains(name)) return;
      agrees = refuse(value, [&] { return "The required property " + quoted(name) + " is missing."; });
    };
    for (const std::string& name : rules.required) require(name);
    for (const Dependency& dependency : rules.dependencies) {
      if (!present.contains(dependency.name)) continue;
      if (!charge(1 + dependency.required.size())) return false;
      for (const std::string& name : dependency.required) require(name);
      if (dependency.schema != no_node) agrees = check(dependency.schema, value) && agrees;
    }
    return agrees;
  }

  bool check_member(const ObjectRules& rules, const JsonMember& member) {
    const Step step{member.name, 0, false};
    bool agrees = true, is_named = false;
    if (rules.names != no_node) {
      JsonValue name;
      name.kind = JsonKind::string;
      name.text = member.name;
      name.offset = member.name_offset;
      agrees = check_item(rules.names, name, step);
    }
    if (const auto property = rules.properties.find(key(member.name)); property != rules.properties.end()) {
      is_named = true;
      agrees = check_item(property->second, member.value, step) && agrees;
    }
    for (const auto& [pattern, id] : rules.patterns) {
      if (!matches(pattern, member.name)) continue;
      is_named = true;
      agrees = check_item(id, member.value, step) && agrees;
    }
    if (is_named || rules.additional == no_node) return agrees && !failed();
    if (!program_.nodes[rules.additional].refuses_all)
      return check_item(rules.additional, member.value, step) && agrees;
    return program_.additional_properties == true ? agrees : refuse_additional(member);
  }
  bool refuse_additional(const JsonMember& member) {
    JsonValue at;
    at.offset = member.name_offset;
    return refuse(
        at, [&] { return "The property " + quoted(member.name) + " is not allowed: the schema does not name it."; });
  }

  /// `additional_properties` is false: only what some schema for this value names may be there.
  bool check_closed(NodeId id, const JsonValue& value) {
    std::vector<const ObjectRules*> rules;
    std::unordered_set<NodeId> seen;
    collect_rules(id, rules, seen);
    if (rules.empty()) return true;  // No schema speaks of an object here.
    bool agrees = true;
    for (const JsonMember& member : value.members) {
      if (!charge(rules.size())) return false;
      if (!agrees && is_done()) break;
      if (!names_it(rules, member.name)) agrees = refuse_additional(member);
    }
    return agrees;
  }
  bool names_it(const std::vector<const ObjectRules*>& rules, std::string_view name) {
    for (const ObjectRules* each : rules) {
      if (each->properties.contains(key(name))) return true;
      for (const auto& [pattern, id] : each->patterns) {
        if (matches(pattern, name)) return true;
      }
    }
    return false;
  }
  void collect_rules(NodeId start, std::vector<const ObjectRules*>& rules, std::unordered_set<NodeId>& seen) {
    std::vector<NodeId> to_do = {start};
    while (!to_do.empty() && charge(1)) {
      const NodeId id = to_do.back();
      to_do.pop_back();
      if (id == no_node || !seen.insert(id).second) continue;
      const Node& node = program_.nodes[id];
      if (node.object) {
        rules.push_back(node.object.get());
        for (const Dependency& dependency : node.object->dependencies) to_do.push_back(dependency.schema);
      }
      if (!node.in_place) continue;
      const InPlaceRules& in_place = *node.in_place;
      to_do.insert(to_do.end(), {in_place.reference, in_place.condition, in_place.then, in_place.otherwise});
      for (const auto* list : {&in_place.all_of, &in_place.any_of, &in_place.one_of}) {
        to_do.insert(to_do.end(), list->begin(), list->end());
      }
    }
  }

  bool check_in_place(const Node& node, const JsonValue& value) {
    const InPlaceRules& rules = *node.in_place;
    bool agrees = rules.reference == no_node || check(rules.reference, value);
    for (NodeId id : rules.all_of) {
      if (!agrees && is_done()) return false;
      agrees = check(id, value) && agrees;
    }
    if (!rules.any_of.empty() && (agrees || !is_done())) agrees = check_any(rules.any_of, value) && agrees;
    if (!rules.one_of.empty() && (agrees || !is_done())) agrees = check_one(rules.one_of, value) && agrees;
    if (rules.negated != no_node && (agrees || !is_done())) {
      if (check_silently(rules.negated, value)) {
        agrees =
            refuse(value, [] { return std::string("The value agrees with a schema that it must not agree with."); });
      }
    }
    if (rules.condition != no_node && (agrees || !is_done())) agrees = check_condition(rules, value) && agrees;
    return agrees && !failed();
  }
  bool check_any(const std::vector<NodeId>& ids, const JsonValue& value) {
    for (NodeId id : ids) {
      if (check_silently(id, value)) return true;
    }
    if (failed()) return false;
    if (ids.size() == 1) return check(ids.front(), value);  // For its findings.
    return refuse(value, [] { return std::string("The value agrees with none of the schemas of 'anyOf'."); });
  }
  bool check_one(const std::vector<NodeId>& ids, const JsonValue& value) {
    std::size_t agreeing = 0;
    for (NodeId id : ids) agreeing += check_silently(id, value);
    if (failed()) return false;
    if (agreeing == 1) return true;
    if (agreeing == 0 && ids.size() == 1) return check(ids.front(), value);
    return refuse(value, [&] {
      return "The value agrees with " + (agreeing == 0 ? "none" : std::to_string(agreeing)) +
             " of the schemas of 'oneOf'; it must be one.";
    });
  }
  bool check_condition(const InPlaceRules& rules, const JsonValue& value) {
    const NodeId branch = check_silently(rules.condition, value) ? rules.then : rules.otherwise;
    return !failed() && (branch == no_node || check(branch, value));
  }

  const JsonProgram& program_;
  std::string_view text_;
  const SchemaLimits& limits_;
  CheckResult result_;
  std::vector<Step> path_;
  std::uint64_t steps_ = 0;
  unsigned in_place_ = 0;
  unsigned silent_ = 0;
};

}  // namespace

CheckResult check_json(const JsonProgram& program, const JsonValue& value, std::string_view text,
                       const SchemaLimits& limits) {
  return Checker(program, text, limits).run(value);
}

}  // namespace sluice::schema
