// SPDX-License-Identifier: Apache-2.0
// Expressions that say the same wherever they stand: a document that is part of a thousand pipelines has its own once.
#pragma once

#include <sluice/expression.hpp>

#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace sluice {

/// Of one service. What refers to API, operation or product is folded for each of them and does not belong here.
class SharedExpressions {
 public:
  /// The compiled text; compiled by the first who asks.
  const CompiledExpression& get(std::string_view text, const ExpressionOptions& options) {
    const Key key{std::string(text), options.expected, options.roots.deployment};
    const auto known = made_.find(key);
    return known != made_.end() ? known->second : made_.emplace(key, compile_expression(text, options)).first->second;
  }

 private:
  using Key = std::tuple<std::string, ExpectedType, const Deployment*>;
  std::map<Key, CompiledExpression> made_;
};

}  // namespace sluice
