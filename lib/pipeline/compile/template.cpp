// SPDX-License-Identifier: Apache-2.0
// Template: values of attributes, converted to what the policy wants. Source: expressions reference, section 3.
#include "base/text.hpp"

#include <sluice/policy.hpp>

#include <cmath>

namespace sluice {
namespace {

Error not_a(std::string_view what, std::string_view found) {
  return Error(ErrorCode::policy_value_invalid,
               "A value must be " + std::string(what) + ", found '" + std::string(found.substr(0, 100)) + "'.");
}

}  // namespace

Template::Template(std::string literal)
    : literal_(std::move(literal)),
      literal_integer_(parse_integer(trim(literal_))),
      literal_boolean_(parse_boolean(trim(literal_))),
      is_set_(true) {}

std::optional<std::string> Template::constant_text() const {
  if (!is_set_) return std::nullopt;
  if (!expression_) return literal_;
  const auto value = expression_->constant();
  if (!value) return std::nullopt;
  Arena arena(512);
  return std::string(to_text(*value, arena));
}

std::optional<bool> Template::constant_boolean() const {
  if (expression_) {
    const auto value = expression_->constant();
    return value && value->kind() == ValueKind::boolean ? std::optional(value->as_boolean()) : std::nullopt;
  }
  return is_set_ ? parse_boolean(literal_) : std::nullopt;
}

std::optional<std::int64_t> Template::constant_integer() const {
  const auto text = constant_text();
  return text ? parse_integer(*text) : std::nullopt;
}

Result<Value> Template::value(RequestContext& context) const {
  if (expression_) return expression_->evaluate(context);
  return Value::string(literal_);
}

Result<std::string_view> Template::text(RequestContext& context) const {
  if (!expression_) return std::string_view(literal_);
  auto value = expression_->evaluate(context);
  if (!value) return fail(std::move(value.error()));
  return value->is_string() ? value->as_string() : to_text(*value, context.arena);
}

// Literals are what most attributes are: their way through `integer` and `boolean` holds nothing else, not even a stack
// frame.
namespace {

[[gnu::noinline]] Result<std::int64_t> evaluate_integer(const Template& of, RequestContext& context, std::int64_t min,
                                                        std::int64_t max) {
  auto value = of.value(context);
  if (!value) return fail(std::move(value.error()));
  std::optional<std::int64_t> number;
  if (value->is_integer()) {
    number = value->as_integer();
    if (value->kind() == ValueKind::uint64 && *number < 0) number.reset();
  } else {
    number = parse_integer(trim(to_text(*value, context.arena)));
  }
  if (!number || *number < min || *number > max) {
    const bool bounded = min != INT64_MIN || max != INT64_MAX;
    return fail(not_a(bounded ? "an integer from " + std::to_string(min) + " to " + std::to_string(max) : "an integer",
                      to_text(*value, context.arena)));
  }
  return *number;
}

[[gnu::noinline]] Result<bool> evaluate_boolean(const Template& of, RequestContext& context) {
  auto value = of.value(context);
  if (!value) return fail(std::move(value.error()));
  if (value->kind() == ValueKind::boolean) return value->as_boolean();
  const auto truth = parse_boolean(trim(to_text(*value, context.arena)));
  if (!truth) return fail(not_a("true or false", to_text(*value, context.arena)));
  return *truth;
}

}  // namespace

Result<std::int64_t> Template::integer(RequestContext& context, std::int64_t min, std::int64_t max) const {
  if (literal_integer_ && *literal_integer_ >= min && *literal_integer_ <= max) return *literal_integer_;
  return evaluate_integer(*this, context, min, max);
}

Result<bool> Template::boolean(RequestContext& context) const {
  if (literal_boolean_) return *literal_boolean_;
  return evaluate_boolean(*this, context);
}

Result<double> Template::number(RequestContext& context) const {
  auto value = this->value(context);
  if (!value) return fail(std::move(value.error()));
  if (value->kind() == ValueKind::float64 || value->kind() == ValueKind::float32) return value->as_number();
  const auto number = parse_double(trim(to_text(*value, context.arena)));
  if (!number || !std::isfinite(*number)) return fail(not_a("a number", to_text(*value, context.arena)));
  return *number;
}

Result<std::size_t> Template::choice(RequestContext& context, std::string_view one_of) const {
  auto text = this->text(context);
  if (!text) return fail(std::move(text.error()));
  const std::string_view wanted = trim(*text);
  std::size_t index = 0;
  for (std::size_t at = 0; at < one_of.size(); ++index) {
    const std::size_t end = std::min(one_of.find(' ', at), one_of.size());
    if (equal_ignoring_case(one_of.substr(at, end - at), wanted)) return index;
    at = end + 1;
  }
  return fail(not_a("one of " + std::string(one_of), *text));
}

}  // namespace sluice
