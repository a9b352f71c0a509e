// SPDX-License-Identifier: Apache-2.0
// Conditions of if, unless and elsif: comparisons joined by `and` and `or`, which bind from the right, both alike.
// Source: DotLiquid, If.
#pragma once

#include "liquid/operand.hpp"

#include <cstdint>
#include <vector>

namespace sluice::liquid {

class Condition {
 public:
  bool holds(Rendering& rendering) const;
  static Condition parse(Parser& parser, Markup& markup);

 private:
  enum class Comparison : std::uint8_t { none, equal, not_equal, less, greater, less_equal, greater_equal, contains };
  struct Term {
    Operand left;
    Comparison comparison = Comparison::none;
    Operand right;
    bool and_next = false;  ///< Joined to the next term by `and`, otherwise by `or`.
  };

  static Comparison comparison_named(std::string_view sign);
  static bool holds(const Term& term, Rendering& rendering);

  std::vector<Term> terms_;
};

/// Whether the two are equal; `empty` and `blank` are what the other one is.
bool are_equal(Rendering& rendering, const Operand& left, const Operand& right);

}  // namespace sluice::liquid
