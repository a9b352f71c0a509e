// SPDX-License-Identifier: Apache-2.0
// Checks a document's tree against the declarations of the policies, whole and without stopping at the first mistake:
// sections, elements, attributes, children, texts. What a table cannot say is left to the policies' `compile`.
#pragma once

#include "pipeline/document/policy_tree.hpp"

#include <sluice/policy_registry.hpp>
#include <sluice/services.hpp>

#include <map>
#include <optional>

namespace sluice {

/// What a document is made of once it has been checked.
struct CheckedDocument {
  enum class Kind : std::uint8_t { policies, fragment, resolver };
  Kind kind = Kind::policies;
  std::shared_ptr<const SourceText> source;
  PolicyElement root;
  /// No errors so far. With errors it is compiled all the same, to find the others; nothing comes of it.
  bool ok = true;
  /// The section's element, or null when the document leaves it out. For fragments null.
  const PolicyElement* section(Section section) const;
};

struct SchemaOptions {
  const PolicyRegistry& registry;
  /// Where the document hangs; nothing when it is checked alone, and for fragments: scopes are then not checked.
  std::optional<Scope> scope;
  const Behaviour& behaviour;
};

/// Takes the tree over. Nothing when it has no root. Policies with mistakes are marked (`PolicyElement::is_faulty`).
/// `diagnostics` has what reading the document has found, and nothing else.
std::optional<CheckedDocument> check_schema(PolicyTree tree, const SchemaOptions& options, Diagnostics& diagnostics);

/// A diagnostic at a part of a document.
Diagnostic diagnostic_at(const PolicyElement& element, Severity severity, std::string_view code, std::string message,
                         std::string hint = {});
Diagnostic diagnostic_at(const PolicyAttribute& attribute, Severity severity, std::string_view code,
                         std::string message, std::string hint = {});

}  // namespace sluice
