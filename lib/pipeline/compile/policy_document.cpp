// SPDX-License-Identifier: Apache-2.0
// Checking one document by itself: read, check, and compile each of its sections as if it hung at every scope; the
// document of a GraphQL field as a whole.
#include <sluice/policy_document.hpp>

#include "base/workspace_view.hpp"
#include "pipeline/compile/element_compiler.hpp"
#include "pipeline/compile/snippet.hpp"
#include "pipeline/document/markup_scan.hpp"

namespace sluice {
namespace {

/// The sections in which a fragment's policies are tried: a fragment may be meant for any one of them.
void compile_fragment_alone(const CheckedDocument& document, DocumentSet& documents, const ConstantRoots& roots,
                            Diagnostics& diagnostics) {
  // Everything is compiled in the first section where all of its policies may stand. Unknown ones have been reported.
  for (Section section : all_sections) {
    bool fits = true;
    for (const PolicyElement& policy : document.root.children) {
      const PolicyDescriptor* descriptor = documents.registry().find(policy.name);
      fits = fits && (descriptor == nullptr || contains(descriptor->sections, section));
    }
    if (!fits) continue;
    ElementCompiler compiler(documents, roots, false, diagnostics);
    compiler.section(document.root, section, Scope::api, [] { return StepList(); });
    return;
  }
  diagnostics.add(
      diagnostic_at(document.root, Severity::warning, "SL2102", "no section takes all policies of this fragment"));
}

Diagnostics check_whole(const PolicySource& source, const PolicyRegistry& registry, const CheckOptions& options) {
  const auto view = options.model != nullptr ? workspace_view(*options.model, {}) : std::nullopt;
  DocumentSet documents(registry, view ? &*view : options.model, options.behaviour, options.limits);
  Diagnostics found(most_findings);
  const CheckedDocument* document = documents.document(source, std::nullopt);
  if (document != nullptr) {
    // Nothing is known of the requests: what depends on the deployment stays open too.
    const ConstantRoots roots;
    if (document->kind == CheckedDocument::Kind::fragment) {
      compile_fragment_alone(*document, documents, roots, found);
    } else if (document->kind == CheckedDocument::Kind::resolver) {
      ElementCompiler(documents, roots, false, found).root(document->root, Scope::resolver);
    } else {
      ElementCompiler compiler(documents, roots, false, found);
      for (Section section : all_sections) {
        const PolicyElement* element = document->section(section);
        if (element != nullptr) compiler.section(*element, section, Scope::api, [] { return StepList(); });
      }
    }
  }
  found.append(documents.diagnostics());
  found.sort();
  return found;
}

}  // namespace

Diagnostics check_policy_document(const PolicySource& source, const PolicyRegistry& registry,
                                  const CheckOptions& options) {
  if (!is_snippet(source.text)) return check_whole(source, registry, options);
  Diagnostics found = findings_of_snippet(check_whole(document_of_snippet(source, registry), registry, options));
  found.add({.severity = Severity::info,
             .code = "SL2001",
             .file = source.file,
             .pos = {1, 1},
             .message = "checked as a snippet: there is no <policies> round it, which a gateway wants"});
  found.sort();
  return found;
}

}  // namespace sluice
