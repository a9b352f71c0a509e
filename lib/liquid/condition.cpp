// SPDX-License-Identifier: Apache-2.0
#include "liquid/condition.hpp"

#include "base/text.hpp"
#include "liquid/markup.hpp"

namespace sluice::liquid {
namespace {

bool is_what(Rendering& rendering, Operand::Kind kind, const Value& value) {
  if (kind == Operand::Kind::empty) return is_empty(rendering.run, rendering.options, value);
  if (!is_true(value) || is_empty(rendering.run, rendering.options, value)) return true;
  return !is_sequence(value) && trim(shown_text(rendering.run, value)).empty();
}

bool is_word(const Operand& operand) {
  return operand.kind() == Operand::Kind::empty || operand.kind() == Operand::Kind::blank;
}

}  // namespace

bool are_equal(Rendering& rendering, const Operand& left, const Operand& right) {
  if (is_word(right)) return is_what(rendering, right.kind(), left.value(rendering));
  if (is_word(left)) return is_what(rendering, left.kind(), right.value(rendering));
  const Value one = left.value(rendering);
  return are_equal(rendering.run, one, right.value(rendering));
}

Condition::Comparison Condition::comparison_named(std::string_view sign) {
  if (sign == "==") return Comparison::equal;
  if (sign == "!=" || sign == "<>") return Comparison::not_equal;
  if (sign == "<") return Comparison::less;
  if (sign == ">") return Comparison::greater;
  if (sign == "<=") return Comparison::less_equal;
  if (sign == ">=") return Comparison::greater_equal;
  return sign == "contains" ? Comparison::contains : Comparison::none;
}

Condition Condition::parse(Parser& parser, Markup& markup) {
  Condition condition;
  for (;;) {
    Term term;
    term.left = Operand::parse(parser, markup);
    term.comparison = comparison_named(markup.comparison());
    if (term.comparison != Comparison::none) term.right = Operand::parse(parser, markup);
    term.and_next = markup.accept_word("and");
    const bool goes_on = term.and_next || markup.accept_word("or");
    condition.terms_.push_back(std::move(term));
    if (!goes_on) return condition;
  }
}

bool Condition::holds(const Term& term, Rendering& rendering) {
  switch (term.comparison) {
    case Comparison::none: return is_true(term.left.value(rendering));
    case Comparison::equal: return are_equal(rendering, term.left, term.right);
    case Comparison::not_equal: return !are_equal(rendering, term.left, term.right);
    default: break;
  }
  const Value left = term.left.value(rendering);
  const Value right = term.right.value(rendering);
  if (term.comparison == Comparison::contains) return contains(rendering.run, rendering.options, left, right);
  const auto order = order_of(rendering.run, left, right);
  if (!order) return false;
  switch (term.comparison) {
    case Comparison::less: return *order < 0;
    case Comparison::greater: return *order > 0;
    case Comparison::less_equal: return *order <= 0;
    default: return *order >= 0;
  }
}

bool Condition::holds(Rendering& rendering) const {
  bool result = false;
  for (std::size_t i = terms_.size(); i-- > 0;) {
    const bool one = holds(terms_[i], rendering);
    if (i + 1 == terms_.size()) {
      result = one;
    } else {
      result = terms_[i].and_next ? one && result : one || result;
    }
    if (rendering.run.failed()) return false;
  }
  return result;
}

}  // namespace sluice::liquid
