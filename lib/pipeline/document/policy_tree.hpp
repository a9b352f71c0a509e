// SPDX-License-Identifier: Apache-2.0
// From the text of a policy document to a tree of PolicyElement: scanned, parsed with pugixml, entities decoded, named
// values put in. Every attribute and text keeps the map to its place in the file.
#pragma once

#include "base/source_text.hpp"
#include "pipeline/document/named_values.hpp"

#include <sluice/limits.hpp>
#include <sluice/model.hpp>
#include <sluice/policy.hpp>

#include <array>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace sluice {

/// The sections of a document, in the order in which a request meets them.
inline constexpr std::array<Section, 4> all_sections = {Section::inbound, Section::backend, Section::outbound,
                                                        Section::on_error};

/// A document that could be read. `root` is nothing when its elements cannot be told apart; otherwise it is there even
/// after errors, so that the rest of the document can be checked in the same go.
struct PolicyTree {
  std::shared_ptr<const SourceText> source;
  std::optional<PolicyElement> root;
};

struct TreeOptions {
  DocumentLimits limits;
  NamedValueLookup named_values;  ///< Empty: the document stands alone, names are left as they are.
  /// Names of the elements that may hold markup as text: only those keep it (`PolicyElement::inner`).
  std::set<std::string, std::less<>> markup_elements;
};

PolicyTree read_policy_tree(const PolicySource& source, const TreeOptions& options, Diagnostics& diagnostics);

}  // namespace sluice
