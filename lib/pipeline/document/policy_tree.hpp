// SPDX-License-Identifier: Apache-2.0
// From the text of a policy document to a tree of PolicyElement: scanned, parsed with pugixml, entities decoded, named
// values put in. Every attribute and text keeps the map to its place in the file.
#pragma once

#include "base/source_text.hpp"

#include <sluice/limits.hpp>
#include <sluice/model.hpp>
#include <sluice/policy.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

namespace sluice {

/// A document that could be read. `root` is nothing after an error of markup.
struct PolicyTree {
  std::shared_ptr<const SourceText> source;
  std::optional<PolicyElement> root;
};

/// Looks up `{{name}}`; nothing: no such named value.
using NamedValueLookup = std::function<std::optional<std::string_view>(std::string_view name)>;

struct TreeOptions {
  DocumentLimits limits;
  NamedValueLookup named_values;  ///< Empty: the document stands alone, names are left as they are.
};

PolicyTree read_policy_tree(const PolicySource& source, const TreeOptions& options, Diagnostics& diagnostics);

}  // namespace sluice
