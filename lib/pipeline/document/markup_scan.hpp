// SPDX-License-Identifier: Apache-2.0
// The first pass over a policy document. Policy documents are not XML as a strict parser sees it: expressions hold raw
// quotes, `<` and `&`. The scan walks the markup once, checks what pugixml would take silently, and makes a copy of
// equal length in which the special characters inside expressions are fillers, so that every byte offset stays true.
#pragma once

#include "base/source_text.hpp"

#include <sluice/diagnostic.hpp>
#include <sluice/limits.hpp>
#include <sluice/model.hpp>

#include <set>
#include <string>
#include <vector>

namespace sluice {

/// Findings of one document that are told; behind them the rest is rarely of use, and each holds a line of the text.
inline constexpr std::size_t most_findings = 100;

/// Where an element stands: byte offsets of its `<` and of what is between its tags (empty for `<a/>`).
struct ElementExtent {
  std::size_t begin, content_begin, content_end;
};

struct MarkupScan {
  std::string shielded;                 ///< For pugixml, when `is_tree`.
  std::vector<ElementExtent> elements;  ///< In document order.
  /// Offsets of values that begin with a damaged expression, ascending: it has been reported and is not looked at
  /// again.
  std::vector<std::size_t> damaged;
  bool ok = true;       ///< Nothing was found.
  bool is_tree = true;  ///< The elements can be told, whatever else was found: the rest can be checked too.
};

/// Names of elements.
using ElementNames = std::set<std::string, std::less<>>;

/// Scans a whole document. Reports all it finds that can be told apart (SL10xx, SL90xx). `templates`: the elements
/// whose content is a template when they say so; of others it is their children's. Null: all.
MarkupScan scan_markup(const SourceText& source, PolicyFormat format, const DocumentLimits& limits,
                       Diagnostics& diagnostics, const ElementNames* templates = nullptr);

}  // namespace sluice
