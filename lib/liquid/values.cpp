// SPDX-License-Identifier: Apache-2.0
// Text, truth, numbers, order. Source: DotLiquid, Condition and Variable.
#include "liquid/values.hpp"

#include "base/text.hpp"
#include "expression/decimal.hpp"
#include "expression/library/json.hpp"
#include "expression/library/xml.hpp"
#include "expression/operators.hpp"
#include "expression/sequence.hpp"
#include "expression/temporal.hpp"
#include "expression/unicode.hpp"

#include <cmath>

namespace sluice::liquid {
namespace {

bool is_numeric(const Value& value) { return value.kind() >= ValueKind::int8 && value.kind() <= ValueKind::decimal; }
bool is_temporal(const Value& value) {
  return value.kind() == ValueKind::date_time || value.kind() == ValueKind::date_time_offset;
}
/// Lists of values, unlike JSON, XML and what the gateway keeps.
bool is_list(const Value& value) {
  return value.kind() == ValueKind::object && !expression::is_json(value) && !expression::is_xml(value) &&
         is_sequence(value);
}

std::string_view list_text(Evaluation& run, const Value& list) {
  std::string text;
  expression::Walk walk;
  Value one;
  for (bool more = walk.begin(run, list) && walk.next(run, one); more; more = walk.next(run, one)) {
    // Lists inside of lists may hold themselves: they are named, not walked.
    text += is_list(one) ? expression::text_of(run, one) : shown_text(run, plain(one));
    if (run.failed() || text.size() > run.limits.string_bytes) return {};
  }
  const Value made = run.text(text);
  return made.is_string() ? made.as_string() : std::string_view();
}

Number whole_number(std::int64_t value) { return {true, value, static_cast<double>(value)}; }

std::optional<Number> number_in(std::string_view text) {
  text = trim(text);
  if (const auto whole = parse_integer(text)) return whole_number(*whole);
  const auto real = parse_double(text);
  return real && std::isfinite(*real) ? std::optional(Number{false, 0, *real}) : std::nullopt;
}

/// Ticks of a date, or of a text that is one.
std::optional<std::int64_t> date_of(const Value& value) {
  if (is_temporal(value)) return value.as_integer();
  if (!value.is_string()) return std::nullopt;
  const auto read = expression::parse_date_time(value.as_string());
  return read ? std::optional(read->as_integer()) : std::nullopt;
}

/// Elements of XML as their text.
Value scalar(Evaluation& run, const Value& value) {
  return expression::is_xml(value) ? Value::string(shown_text(run, value)) : plain(value);
}

template <class T>
int order(T left, T right) {
  return left < right ? -1 : left > right ? 1 : 0;
}

/// The order of two scalars where one of them says what the other is to be taken for: a number, a date.
std::optional<int> typed_order(Evaluation& run, const Value& left, const Value& right) {
  if (is_numeric(left) || is_numeric(right)) {
    const auto one = number_of(run, left), other = number_of(run, right);
    if (!one || !other) return std::nullopt;
    return one->is_whole && other->is_whole ? order(one->whole, other->whole) : order(one->real, other->real);
  }
  if (is_temporal(left) || is_temporal(right)) {
    const auto one = date_of(left), other = date_of(right);
    return one && other ? std::optional(order(*one, *other)) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::string_view shown_text(Evaluation& run, const Value& value) {
  const Value shown = plain(value);
  if (shown.kind() == ValueKind::boolean) return shown.as_boolean() ? "true" : "false";
  if (expression::is_xml(shown)) {
    const Value text = expression::value_of_xml(run, expression::xml_node(shown));
    return text.is_string() ? text.as_string() : std::string_view();
  }
  if (is_list(shown)) return list_text(run, shown);
  return expression::text_of(run, shown);
}

bool is_true(const Value& value) {
  const Value held = plain(value);
  return !held.is_null() && (held.kind() != ValueKind::boolean || held.as_boolean());
}

bool is_empty(Evaluation& run, const LiquidOptions& options, const Value& value) {
  const Value held = scalar(run, value);
  if (held.is_string()) return held.as_string().empty();
  return is_sequence(held) && elements(run, options, held).count == 0;
}

std::optional<std::int64_t> size_of(Evaluation& run, const LiquidOptions& options, const Value& value) {
  const Value held = plain(value);
  if (held.is_string()) return static_cast<std::int64_t>(expression::utf16_length(held.as_string()));
  if (!is_sequence(held)) return std::nullopt;
  return static_cast<std::int64_t>(elements(run, options, held).count);
}

std::optional<Number> number_of(Evaluation& run, const Value& value) {
  const Value held = scalar(run, value);
  switch (held.kind()) {
    case ValueKind::string: return number_in(held.as_string());
    case ValueKind::decimal: return number_in(static_cast<const expression::Decimal*>(held.data())->to_string());
    case ValueKind::float32:
    case ValueKind::float64: return Number{false, 0, held.as_number()};
    case ValueKind::uint64:
      if (held.bits() > INT64_MAX) return Number{false, 0, static_cast<double>(held.bits())};
      return whole_number(held.as_integer());
    default: return held.is_integer() ? std::optional(whole_number(held.as_integer())) : std::nullopt;
  }
}

bool are_equal(Evaluation& run, const Value& left, const Value& right) {
  const Value one = scalar(run, left), other = scalar(run, right);
  if (one.is_null() || other.is_null()) return one.is_null() && other.is_null();
  if (expression::is_json(one) && expression::is_json(other)) {
    return expression::json_equal(run, static_cast<const expression::JsonToken*>(one.as_object()),
                                  static_cast<const expression::JsonToken*>(other.as_object()));
  }
  if (is_sequence(one) || is_sequence(other)) return expression::same_reference(one, other);
  const bool typed = is_numeric(one) || is_numeric(other) || is_temporal(one) || is_temporal(other);
  if (typed) return typed_order(run, one, other) == 0;
  return shown_text(run, one) == shown_text(run, other);
}

std::optional<int> order_of(Evaluation& run, const Value& left, const Value& right) {
  const Value one = scalar(run, left), other = scalar(run, right);
  if (one.is_string() && other.is_string())
    return expression::compare_culture(one.as_string(), other.as_string(), false);
  return typed_order(run, one, other);
}

bool contains(Evaluation& run, const LiquidOptions& options, const Value& whole, const Value& what) {
  const Value held = plain(whole);
  if (held.is_null() || plain(what).is_null()) return false;
  const bool is_object = expression::is_json(held) &&
                         expression::is_json_object(static_cast<const expression::JsonToken*>(held.as_object()));
  if (is_object || held.kind() == ValueKind::entity) {
    return !part(run, options, held, shown_text(run, what)).is_null();
  }
  if (is_sequence(held) && !expression::is_xml(held)) {
    for (const Value& one : elements(run, options, held)) {
      if (!run.charge(1)) return false;
      if (are_equal(run, one, what)) return true;
    }
    return false;
  }
  return shown_text(run, held).find(shown_text(run, what)) != std::string_view::npos;
}

}  // namespace sluice::liquid
