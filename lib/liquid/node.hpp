// SPDX-License-Identifier: Apache-2.0
// A parsed template: nodes, each of which renders itself. Immutable and shared by all requests.
#pragma once

#include "liquid/operand.hpp"

#include <memory>
#include <vector>

namespace sluice::liquid {

class Node {
 public:
  virtual ~Node() = default;
  virtual Flow render(Rendering& rendering) const = 0;
};

/// Nodes in order.
class Block {
 public:
  void add(std::unique_ptr<const Node> node) { nodes_.push_back(std::move(node)); }
  /// Stops at the first node that does not say `next`.
  Flow render(Rendering& rendering) const;
  bool empty() const { return nodes_.empty(); }

 private:
  std::vector<std::unique_ptr<const Node>> nodes_;
};

}  // namespace sluice::liquid
