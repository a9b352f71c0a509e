// SPDX-License-Identifier: Apache-2.0
// Filters that compute, and those that write numbers and dates.
// Whole numbers stay whole, division included; with a fraction on either side the result has one.
#include "expression/decimal.hpp"
#include "expression/number_format.hpp"
#include "expression/operators.hpp"
#include "expression/temporal.hpp"
#include "liquid/filters.hpp"

#include "base/text.hpp"

#include <cmath>

namespace sluice::liquid {
namespace {

using expression::Fault;
using expression::Operator;

Value not_a_number(const FilterCall& call, const Value& value) {
  const std::string found(shown_text(call.run, value).substr(0, 100));
  return call.run.raise(Fault::format, "A filter wants a number, found '" + found + "'.");
}

/// The input, or an argument, as a number of .NET: long or double. Null after raising.
Value numeric(const FilterCall& call, const Value& value) {
  const auto number = number_of(call.run, value);
  if (!number) return not_a_number(call, value);
  return number->is_whole ? Value::int64(number->whole) : Value::float64(number->real);
}

Value compute(const FilterCall& call, Operator op) {
  if (call.input.is_null()) return {};
  const Value left = numeric(call, call.input);
  const Value right = call.run.failed() ? Value() : numeric(call, call.arguments[0]);
  if (call.run.failed()) return {};
  if (left.is_integer() && right.is_integer())
    return expression::apply_binary(call.run, op, ValueKind::int64, true, left, right);
  const auto real = [](const Value& value) {
    return value.is_integer() ? Value::float64(static_cast<double>(value.as_integer())) : value;
  };
  if ((op == Operator::divide || op == Operator::remainder) && real(right).as_number() == 0)
    return call.run.raise(Fault::divide_by_zero, "Attempted to divide by zero.");
  return expression::apply_binary(call.run, op, ValueKind::float64, true, real(left), real(right));
}

/// Texts that are no numbers are joined.
Value plus(const FilterCall& call) {
  const Value input = plain(call.input);
  if (input.is_string() && !number_of(call.run, input)) {
    return call.run.text(std::string(call.text()) + std::string(call.text(0)));
  }
  return compute(call, Operator::add);
}
Value minus(const FilterCall& call) { return compute(call, Operator::subtract); }
Value times(const FilterCall& call) { return compute(call, Operator::multiply); }
Value divided_by(const FilterCall& call) { return compute(call, Operator::divide); }
Value modulo(const FilterCall& call) { return compute(call, Operator::remainder); }

Value absolute(const FilterCall& call) {
  if (call.input.is_null()) return {};
  const Value value = numeric(call, call.input);
  if (!value.is_integer()) return call.run.failed() ? Value() : Value::float64(std::fabs(value.as_number()));
  if (value.as_integer() >= 0) return value;
  return expression::apply_unary(call.run, Operator::negate, ValueKind::int64, true, value);
}

/// The input, or the argument where that lies on the other side.
Value bounded(const FilterCall& call, int side) {
  if (call.input.is_null()) return {};
  const Value value = numeric(call, call.input);
  const Value bound = call.run.failed() ? Value() : numeric(call, call.arguments[0]);
  if (call.run.failed()) return {};
  return order_of(call.run, value, bound) == side ? bound : value;
}
Value at_least(const FilterCall& call) { return bounded(call, -1); }
Value at_most(const FilterCall& call) { return bounded(call, 1); }

/// The decimal that a number's shortest text is: 1.015 is no 1.01499….
std::optional<expression::Decimal> decimal_of(const Value& value) {
  return value.is_integer() ? expression::Decimal::from_integer(value.as_integer())
                            : expression::Decimal::from_double(value.as_number());
}

Value decimal_value(Evaluation& run, const expression::Decimal& decimal) {
  if (decimal.scale == 0) {
    if (const auto whole = decimal.to_integer()) return Value::int64(*whole);
  }
  auto* kept = run.make<expression::Decimal>();
  if (kept == nullptr) return {};
  *kept = decimal;
  return Value::pointer(ValueKind::decimal, kept);
}

constexpr int most_decimals = 28;  // Of System.Decimal.

Value round(const FilterCall& call) {
  if (call.input.is_null()) return {};
  const Value value = numeric(call, call.input);
  const std::int64_t places = call.whole(0, 0);
  if (call.run.failed() || value.is_integer()) return call.run.failed() ? Value() : value;
  const auto decimal = decimal_of(value);
  if (!decimal || places < 0 || places > most_decimals)
    return call.run.raise(Fault::overflow, "A number cannot be rounded like that.");
  return decimal_value(call.run, decimal->rounded(static_cast<int>(places)).normalized());
}

Value to_whole(const FilterCall& call, double (*direction)(double)) {
  if (call.input.is_null()) return {};
  const Value value = numeric(call, call.input);
  if (call.run.failed() || value.is_integer()) return call.run.failed() ? Value() : value;
  const double whole = direction(value.as_number());
  return std::fabs(whole) < 9e15 ? Value::int64(static_cast<std::int64_t>(whole)) : Value::float64(whole);
}
Value ceiling(const FilterCall& call) {
  return to_whole(call, [](double value) { return std::ceil(value); });
}
Value floor(const FilterCall& call) {
  return to_whole(call, [](double value) { return std::floor(value); });
}

/// Amounts as the culture en-US writes them: `$1,234.50`.
Value currency(const FilterCall& call) {
  if (call.input.is_null()) return {};
  const std::string_view culture = call.text(0, "en-US");
  if (!equal_ignoring_case(culture, "en-US"))
    return call.run.raise(Fault::argument, "The filter Currency knows the culture en-US only, found '" +
                                               std::string(culture.substr(0, 40)) + "'.");
  const Value value = numeric(call, call.input);
  if (call.run.failed()) return {};
  std::string fault;
  std::string text = expression::format_number(value, "N2", fault);
  const bool is_negative = text.starts_with('-');
  return call.run.text((is_negative ? "-$" : "$") + text.substr(is_negative ? 1 : 0));
}

/// A date, or a text that reads as one, in a format of .NET. Other texts stay as they are.
Value date(const FilterCall& call) {
  Value value = plain(call.input);
  if (value.is_null()) return {};
  const bool is_date = value.kind() == ValueKind::date_time || value.kind() == ValueKind::date_time_offset;
  if (!is_date) {
    const std::string_view text = call.text();
    const bool is_now = equal_ignoring_case(text, "now") || equal_ignoring_case(text, "today");
    const auto read = is_now ? std::nullopt : expression::parse_date_time(text, true);
    if (!read && !is_now) return value;
    if (read) value = *read;
    if (is_now) {
      const auto since_epoch = call.run.context->services.clock.now().time_since_epoch();
      const auto ticks = std::chrono::duration_cast<Ticks>(since_epoch).count();
      value = Value::date_time(expression::unix_epoch_ticks + ticks, expression::utc_kind);
    }
  }
  return Value::string(expression::format_value(call.run, value, call.text(0)));
}

constexpr Filter rows[] = {
    {"Abs", 0, 0, absolute},         {"AtLeast", 1, 1, at_least},  {"AtMost", 1, 1, at_most},
    {"Ceil", 0, 0, ceiling},         {"Currency", 0, 1, currency}, {"Date", 0, 1, date},
    {"DividedBy", 1, 1, divided_by}, {"Floor", 0, 0, floor},       {"Minus", 1, 1, minus},
    {"Modulo", 1, 1, modulo},        {"Plus", 1, 1, plus},         {"Round", 0, 1, round},
    {"Times", 1, 1, times},
};

}  // namespace

constinit const std::span<const Filter> number_filters = rows;

}  // namespace sluice::liquid
