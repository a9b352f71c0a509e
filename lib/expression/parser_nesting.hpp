// SPDX-License-Identifier: Apache-2.0
// The guard that counts the parser's recursion. Private to the parser's files.
#pragma once

#include "expression/parser.hpp"

namespace sluice::expression {

/// Lives as long as one level of nesting; `ok` is false beyond the limit, and the finding has been reported.
struct Parser::Nesting {
  explicit Nesting(Parser& owner) : parser(owner), ok(++owner.depth_ <= owner.limits_.nesting_depth) {
    if (!ok && !parser.too_deep_) {
      parser.too_deep_ = true;
      parser.report(parser.peek(), "SL9004", "the expression is nested too deeply");
    }
  }
  ~Nesting() { --parser.depth_; }
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;
  Parser& parser;
  bool ok;
};

}  // namespace sluice::expression
