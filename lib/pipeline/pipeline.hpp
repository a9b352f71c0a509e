// SPDX-License-Identifier: Apache-2.0
// Pipelines: what the policy documents that apply to one operation, in one product context, are compiled to.
// This header is the room's entrance for the gateway: DocumentSet reads documents once, compile_pipeline makes a
// pipeline of them; run/executor.hpp runs it.
#pragma once

#include "pipeline/document/schema_check.hpp"

#include <sluice/policy.hpp>
#include <sluice/policy_registry.hpp>
#include <sluice/services.hpp>

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

/// One compiled element, for `explain`: what was left of it, where it came from, or why it was removed.
struct OutlineEntry {
  unsigned depth = 0;
  std::string text;     ///< The element as written, on one line: `<set-header name="X" ...>`
  std::string removed;  ///< Not empty: the element is not in the pipeline, and why.
  Scope scope = Scope::global;
  std::string file;
  SourcePos pos;
};

using Outline = std::array<std::vector<OutlineEntry>, 4>;  ///< By Section.

/// Immutable, shared by all threads and, where documents are equal, by many operations.
struct Pipeline {
  StepList inbound, backend, outbound, on_error;
  /// Nodes of `inbound` that answer a CORS preflight by themselves (PolicyDescriptor::answers_preflight), in order.
  std::vector<std::size_t> preflight_nodes;
  /// Likewise those that answer a request of no operation (PolicyDescriptor::answers_unmatched).
  std::vector<std::size_t> unmatched_nodes;

  const StepList& section(Section which) const;
};

class MadePipelines;
class SharedExpressions;

/// Reads, checks and keeps the documents of a service, or of one of its workspaces: each is read once, however many
/// pipelines it is part of.
/// Used while a snapshot is compiled, by one thread.
class DocumentSet {
 public:
  /// `model`: what the documents may refer to, `workspace_view` of the whole; null: they stand alone, unknown ids are
  /// warnings. All references outlive the set.
  DocumentSet(const PolicyRegistry& registry, const ServiceModel* model, const Behaviour& behaviour,
              const Limits& limits);
  ~DocumentSet();

  const PolicyRegistry& registry() const { return registry_; }
  const ServiceModel* model() const { return model_; }
  const Behaviour& behaviour() const { return behaviour_; }
  const Limits& limits() const { return limits_; }

  /// The checked document, as far as it can be read (`CheckedDocument::ok`: without mistakes); null when its elements
  /// cannot be told apart. `source` is known by its address.
  const CheckedDocument* document(const PolicySource& source, std::optional<Scope> scope);
  /// The same of the fragment of that id; null also when there is none.
  const CheckedDocument* fragment(std::string_view id);
  bool has_fragment(std::string_view id) const;

  /// Drops a document and the pipelines that were compiled with it: no more of them will be asked for.
  void forget(const PolicySource& source);

  /// What reading and checking has found so far.
  Diagnostics& diagnostics() { return diagnostics_; }
  /// `text` with the names of secret named values in place of what they stand for.
  std::string without_secrets(std::string text) const;

  /// Pipelines that were compiled with these documents.
  MadePipelines& made() { return *made_; }
  /// Expressions that are the same wherever they stand.
  SharedExpressions& expressions() { return *expressions_; }

 private:
  std::optional<CheckedDocument> read(const PolicySource& source, std::optional<Scope> scope, std::size_t byte_limit,
                                      std::optional<CheckedDocument::Kind> kind);

  const PolicyRegistry& registry_;
  const ServiceModel* model_;
  const Behaviour& behaviour_;
  const Limits& limits_;
  std::map<std::string_view, const NamedValue*> named_values_;
  std::set<std::string, std::less<>> markup_elements_;
  std::map<std::pair<const PolicySource*, std::optional<Scope>>, std::optional<CheckedDocument>> documents_;
  std::map<std::string, std::optional<CheckedDocument>, std::less<>> fragments_;
  Diagnostics diagnostics_;
  std::unique_ptr<MadePipelines> made_;
  std::unique_ptr<SharedExpressions> expressions_;
};

/// The documents that apply, broad to narrow, and what is known of the requests.
struct PipelineInput {
  /// By Scope; null: no document at that scope. For a request without product context the product's is null.
  std::array<const PolicySource*, 5> sources{};
  ConstantRoots roots;
  /// Whose documents those below the global one are; null: the service's own. What a document refers to is looked up
  /// in its own set.
  DocumentSet* workspace = nullptr;
};

/// Composes and compiles; inputs that cannot come out differently share one pipeline. `documents`: those of the
/// service. Null when a document has errors; all of them are in the sets' own `diagnostics()` and in `diagnostics`
/// (which takes what depends on the pipeline, also when that is shared: whoever compiles many drops repeats).
std::shared_ptr<const Pipeline> compile_pipeline(DocumentSet& documents, const PipelineInput& input,
                                                 Diagnostics& diagnostics);

/// The document of a GraphQL field's resolver as a list of one step: its root element. It inherits nothing. Null when
/// it has errors, which are where those of `compile_pipeline` are.
std::shared_ptr<const StepList> compile_resolver(DocumentSet& documents, const PolicySource& source,
                                                 const ConstantRoots& roots, Diagnostics& diagnostics);

/// What a pipeline was compiled with: for another operation, API or product the same documents may give another one.
struct DocumentDependence {
  bool on_api = false, on_operation = false, on_product = false;
  friend bool operator==(const DocumentDependence&, const DocumentDependence&) = default;
};
/// Compiles, if that has not been done, and tells what that looked at.
DocumentDependence dependence(DocumentSet& documents, const PipelineInput& input);

/// Compiles anew, for what it leaves out and why.
Outline outline_of(DocumentSet& documents, const PipelineInput& input);

/// The outline as text, one line an element.
std::string print_outline(const Outline& outline);

}  // namespace sluice
