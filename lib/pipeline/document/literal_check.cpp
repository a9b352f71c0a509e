// SPDX-License-Identifier: Apache-2.0
#include "pipeline/document/literal_check.hpp"

#include "base/text.hpp"
#include "base/time.hpp"
#include "base/url.hpp"

#include <sluice/message.hpp>

#include <algorithm>

namespace sluice {

std::string describe_type(const AttributeSpec& spec) {
  switch (spec.type) {
    case ValueType::string: return "text";
    case ValueType::boolean: return "'true' or 'false'";
    case ValueType::url: return "an absolute http or https URL";
    case ValueType::duration: return "a number of seconds or an ISO 8601 duration";
    case ValueType::integer:
    case ValueType::number: break;
  }
  const std::string kind = spec.type == ValueType::integer ? "integer" : "number";
  if (spec.min == 1 && spec.max == INT64_MAX) return "a positive " + kind;
  if (spec.min == 0 && spec.max == INT64_MAX) return "a " + kind + " of 0 or more";
  if (spec.min != INT64_MIN && spec.max != INT64_MAX) {
    return (kind == "integer" ? "an " : "a ") + kind + " from " + std::to_string(spec.min) + " to " +
           std::to_string(spec.max);
  }
  if (spec.min != INT64_MIN)
    return (kind == "integer" ? "an " : "a ") + kind + " of " + std::to_string(spec.min) + " or more";
  return kind == "integer" ? "an integer" : "a number";
}

bool is_valid_literal(const AttributeSpec& spec, std::string_view literal) {
  if (!spec.one_of.empty()) {
    const auto allowed = split_words(spec.one_of);
    return std::any_of(allowed.begin(), allowed.end(), [&](auto word) { return equal_ignoring_case(word, literal); });
  }
  switch (spec.type) {
    case ValueType::string: return true;
    case ValueType::boolean: return parse_boolean(literal).has_value();
    case ValueType::integer: {
      const auto number = parse_integer(literal);
      return number && *number >= spec.min && *number <= spec.max;
    }
    case ValueType::number: {
      const auto number = parse_double(literal);
      return number && *number >= static_cast<double>(spec.min) && *number <= static_cast<double>(spec.max);
    }
    case ValueType::url: {
      Arena arena(512);
      return parse_url(literal, arena).has_value();
    }
    case ValueType::duration: return parse_integer(literal).has_value() || parse_duration(literal).has_value();
  }
  return false;
}

}  // namespace sluice
