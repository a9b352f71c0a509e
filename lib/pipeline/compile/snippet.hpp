// SPDX-License-Identifier: Apache-2.0
// Snippets: policies or sections without a document round them, as documentation and editors show them. Only checking
// takes them; nothing that runs does.
#pragma once

#include <sluice/diagnostic.hpp>
#include <sluice/model.hpp>
#include <sluice/policy_registry.hpp>

#include <optional>

namespace sluice {

/// Whether the text begins with an element that no document begins with.
bool is_snippet(std::string_view text);

/// The snippet as a document: in the first section that takes all of its policies, else as a fragment. What is put
/// before it takes one line.
PolicySource document_of_snippet(const PolicySource& snippet, const PolicyRegistry& registry);

/// The findings of such a document with their places in the snippet.
Diagnostics findings_of_snippet(const Diagnostics& found);

}  // namespace sluice
