// SPDX-License-Identifier: Apache-2.0
// Composition of scopes and compilation of the four sections.
//
//   effective(section, scope): the document at that scope with every <base /> replaced by effective(section, next
//   broader scope); without a document there, the broader one's. Source: API Management, how policies are scoped.
#include "pipeline/compile/element_compiler.hpp"
#include "pipeline/compile/made_pipelines.hpp"
#include "pipeline/document/markup_scan.hpp"

#include <algorithm>

namespace sluice {
namespace {

/// The set that the document at a scope is in.
DocumentSet& set_of(DocumentSet& service, const PipelineInput& input, Scope scope) {
  return scope == Scope::global || input.workspace == nullptr ? service : *input.workspace;
}

class Composer {
 public:
  Composer(DocumentSet& documents, const PipelineInput& input, const std::array<const CheckedDocument*, 5>& sources,
           Diagnostics& diagnostics)
      : documents_(documents), input_(input), sources_(sources), compiler_(documents, input.roots, true, diagnostics) {}

  StepList section(Section section) { return effective(section, static_cast<int>(Scope::operation)); }
  std::vector<OutlineEntry> outline(Section which) {
    compiler_.write_outline();
    section(which);
    return compiler_.take_outline();
  }
  bool ok() const { return compiler_.ok(); }
  DocumentDependence depends() const { return compiler_.depends(); }

 private:
  /// At most five levels deep.
  StepList effective(Section section, int scope) {
    while (scope >= 0 && sources_[static_cast<std::size_t>(scope)] == nullptr) --scope;
    if (scope < 0) return broadest(section);
    const CheckedDocument& document = *sources_[static_cast<std::size_t>(scope)];
    const PolicyElement* element = document.section(section);
    if (element == nullptr) {
      return documents_.behaviour().missing_section_is_base ? effective(section, scope - 1) : StepList();
    }
    compiler_.look_up_in(set_of(documents_, input_, static_cast<Scope>(scope)));
    return compiler_.section(*element, section, static_cast<Scope>(scope), [&] {
      return scope == static_cast<int>(Scope::global) ? broadest(section) : effective(section, scope - 1);
    });
  }

  /// What a service without a global document has: the backend section forwards, the others are empty.
  StepList broadest(Section section) {
    static const PolicyElement forwarding = default_backend();
    if (section != Section::backend || has_global() || documents_.registry().find("forward-request") == nullptr)
      return {};
    compiler_.look_up_in(documents_);
    return compiler_.section(forwarding, section, Scope::global, [] { return StepList(); });
  }
  /// `<base/>` in a global document means nothing; a section that it leaves out is the service's default.
  bool has_global() const {
    const CheckedDocument* global = sources_[0];
    return global != nullptr && global->section(Section::backend) != nullptr;
  }

  static PolicyElement default_backend() {
    TreeOptions options;
    Diagnostics none;
    const PolicySource source{"<backend><forward-request /></backend>", "(service default)"};
    return *read_policy_tree(source, options, none).root;
  }

  DocumentSet& documents_;
  const PipelineInput& input_;
  const std::array<const CheckedDocument*, 5>& sources_;
  ElementCompiler compiler_;
};

/// The documents that can be compiled; `ok` is false when one of them has mistakes.
std::array<const CheckedDocument*, 5> documents_of(DocumentSet& documents, const PipelineInput& input, bool& ok) {
  std::array<const CheckedDocument*, 5> sources{};
  for (std::size_t scope = 0; scope < sources.size(); ++scope) {
    if (input.sources[scope] == nullptr) continue;
    const auto at = static_cast<Scope>(scope);
    sources[scope] = set_of(documents, input, at).document(*input.sources[scope], at);
    ok = ok && sources[scope] != nullptr && sources[scope]->ok;
  }
  return sources;
}

StepList& section_of(Pipeline& pipeline, Section section) {
  switch (section) {
    case Section::inbound: return pipeline.inbound;
    case Section::backend: return pipeline.backend;
    case Section::outbound: return pipeline.outbound;
    case Section::on_error: return pipeline.on_error;
  }
  return pipeline.inbound;
}

/// The nodes of inbound that stand directly in it and answer what no operation is for.
void note_answering_nodes(Pipeline& pipeline, const PolicyRegistry& registry) {
  const auto& nodes = pipeline.inbound.nodes();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const PolicyDescriptor* descriptor = registry.find(nodes[i].origin->element);
    const bool direct = nodes[i].origin->path.find('\\') == std::string::npos;
    if (!direct || descriptor == nullptr) continue;
    if (descriptor->answers_preflight) pipeline.preflight_nodes.push_back(i);
    if (descriptor->answers_unmatched) pipeline.unmatched_nodes.push_back(i);
  }
}

MadePipeline make_pipeline(DocumentSet& documents, const PipelineInput& input) {
  MadePipeline made;
  made.found = Diagnostics(most_findings);
  bool ok = true;
  const auto sources = documents_of(documents, input, ok);
  Composer composer(documents, input, sources, made.found);
  auto pipeline = std::make_shared<Pipeline>();
  // With mistakes in a document too: what the policies and expressions have to say belongs to the same report.
  for (Section section : all_sections) {
    section_of(*pipeline, section) = composer.section(section);
  }
  made.depends = composer.depends();
  if (!ok || !composer.ok()) return made;
  note_answering_nodes(*pipeline, documents.registry());
  made.pipeline = std::move(pipeline);
  return made;
}

const MadePipeline& made_pipeline(DocumentSet& documents, const PipelineInput& input) {
  const MadePipeline* known = documents.made().find(input);
  return known != nullptr ? *known : documents.made().add(input, make_pipeline(documents, input));
}

}  // namespace

std::shared_ptr<const Pipeline> compile_pipeline(DocumentSet& documents, const PipelineInput& input,
                                                 Diagnostics& diagnostics) {
  const MadePipeline& made = made_pipeline(documents, input);
  diagnostics.append(made.found);
  return made.pipeline;
}

std::shared_ptr<const StepList> compile_resolver(DocumentSet& documents, const PolicySource& source,
                                                 const ConstantRoots& roots, Diagnostics& diagnostics) {
  const CheckedDocument* document = documents.document(source, Scope::resolver);
  if (document == nullptr || document->kind != CheckedDocument::Kind::resolver) return nullptr;
  ElementCompiler compiler(documents, roots, true, diagnostics);
  auto steps = std::make_shared<StepList>(compiler.root(document->root, Scope::resolver));
  return document->ok && compiler.ok() ? steps : nullptr;
}

DocumentDependence dependence(DocumentSet& documents, const PipelineInput& input) {
  return made_pipeline(documents, input).depends;
}

Outline outline_of(DocumentSet& documents, const PipelineInput& input) {
  bool ok = true;
  Diagnostics unused(most_findings);
  const auto sources = documents_of(documents, input, ok);
  Composer composer(documents, input, sources, unused);
  Outline outline;
  for (Section section : all_sections) outline[static_cast<std::size_t>(section)] = composer.outline(section);
  return outline;
}

}  // namespace sluice
