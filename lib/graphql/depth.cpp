// SPDX-License-Identifier: Apache-2.0
#include "graphql/validate.hpp"

#include <algorithm>
#include <map>

namespace sluice::graphql {
namespace {

/// Depths of fragments are computed once each; a valid document has no cycles, and spreads go as deep as its
/// fragments are nested, which is bounded for what comes here.
class Depth {
 public:
  explicit Depth(const Document& document) : document_(document) {}
  unsigned of(const std::vector<Selection>& selections) {
    unsigned deepest = 0;
    for (const Selection& selection : selections) deepest = std::max(deepest, of(selection));
    return deepest;
  }

 private:
  unsigned of(const Selection& selection) {
    if (selection.kind == Selection::Kind::field) return 1 + of(selection.selections);
    if (selection.kind == Selection::Kind::inline_fragment) return of(selection.selections);
    const auto known = fragments_.find(selection.name);
    if (known != fragments_.end()) return known->second;
    const Fragment* fragment = document_.fragment(selection.name);
    const unsigned depth = fragment == nullptr ? 0 : of(fragment->selections);
    return fragments_.emplace(selection.name, depth).first->second;
  }

  const Document& document_;
  std::map<std::string_view, unsigned> fragments_;
};

}  // namespace

unsigned depth_of(const Document& document) {
  Depth depth(document);
  unsigned deepest = 0;
  for (const Operation& operation : document.operations) deepest = std::max(deepest, depth.of(operation.selections));
  return deepest;
}

}  // namespace sluice::graphql
