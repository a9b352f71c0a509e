// SPDX-License-Identifier: Apache-2.0
// What numbers, texts and arrays must be.
#include "schema/json_checker.hpp"

#include "schema/json_equality.hpp"

#include <cmath>

namespace sluice::schema {
namespace {

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

}  // namespace

bool Checker::check_enumeration(const Node& node, const JsonValue& value) {
  if (!charge(node.allowed.size())) return false;
  for (const JsonValue* allowed : node.allowed) {
    if (equal_json(*allowed, value)) return true;
  }
  return refuse(value, [] { return std::string("The value is not one of those that the schema lists."); });
}

bool Checker::check_number(const Node& node, const JsonValue& value) {
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
  if (rules.multiple_of) agrees &= against(is_multiple(value, *rules.multiple_of), "a multiple of", *rules.multiple_of);
  if (rules.format == Format::int32) agrees &= check_range(value, number, -2147483648.0, 2147483647.0, "int32");
  // The largest of them is no double: texts that are whole numbers are compared as such.
  if (rules.format == Format::int64 && !value.integer()) {
    agrees &= check_range(value, number, -9223372036854775808.0, 9223372036854774784.0, "int64");
  }
  return agrees;
}

bool Checker::check_range(const JsonValue& value, double number, double least, double most, std::string_view format) {
  if (number >= least && number <= most) return true;
  return refuse(value, [&] { return "The number does not fit into the format '" + std::string(format) + "'."; });
}

bool Checker::check_text(const Node& node, const JsonValue& value) {
  const TextRules& rules = *node.text;
  bool agrees = true;
  if (rules.min_length || rules.max_length) {
    const std::size_t length = count_characters(value.text);
    if (length < rules.min_length.value_or(0)) {
      agrees = refuse(value,
                      [&] { return "The text is shorter than " + std::to_string(*rules.min_length) + " characters."; });
    }
    if (length > rules.max_length.value_or(UINT64_MAX)) {
      agrees = refuse(value,
                      [&] { return "The text is longer than " + std::to_string(*rules.max_length) + " characters."; });
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

bool Checker::matches(const Pattern& pattern, std::string_view text) {
  const Pattern::Outcome outcome = charge(1 + text.size() / 64) ? pattern.search(text) : Pattern::Outcome::nothing;
  if (outcome == Pattern::Outcome::too_much_work) give_up("a pattern takes more work than a match may");
  return outcome == Pattern::Outcome::matched;
}

bool Checker::check_array(const Node& node, const JsonValue& value) {
  const ArrayRules& rules = *node.array;
  const std::size_t count = value.items.size();
  bool agrees = true;
  if (count < rules.min_items.value_or(0)) {
    agrees = refuse(value, [&] { return "The array has fewer than " + std::to_string(*rules.min_items) + " items."; });
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

bool Checker::check_unique(const JsonValue& value) {
  std::unordered_set<std::string> seen;
  for (const JsonValue& item : value.items) {
    if (!charge(1)) return false;
    if (!seen.insert(canonical_text(item)).second) {
      return refuse(item, [] { return std::string("The items of the array are not all different."); });
    }
  }
  return true;
}

bool Checker::check_contains(const ArrayRules& rules, const JsonValue& value) {
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

}  // namespace sluice::schema
