// SPDX-License-Identifier: Apache-2.0
// Composition of scopes and compilation of the four sections.
//
//   effective(section, scope): the document at that scope with every <base /> replaced by effective(section, next
//   broader scope); without a document there, the broader one's. Source: API Management, how policies are scoped.
#include "pipeline/compile/element_compiler.hpp"

#include <algorithm>

namespace sluice {
namespace {

constexpr std::array<Section, 4> all_sections = {Section::inbound, Section::backend, Section::outbound,
                                                 Section::on_error};

class Composer {
 public:
  Composer(DocumentSet& documents, const std::array<const CheckedDocument*, 5>& sources, const ConstantRoots& roots,
           Diagnostics& diagnostics)
      : documents_(documents), sources_(sources), compiler_(documents, roots, diagnostics) {}

  StepList section(Section section, std::vector<OutlineEntry>& outline) {
    StepList steps = effective(section, static_cast<int>(Scope::operation));
    outline = compiler_.take_outline();
    return steps;
  }
  bool ok() const { return compiler_.ok(); }

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
    return compiler_.section(*element, section, static_cast<Scope>(scope), [&] {
      return scope == static_cast<int>(Scope::global) ? broadest(section) : effective(section, scope - 1);
    });
  }

  /// What a service without a global document has: the backend section forwards, the others are empty.
  StepList broadest(Section section) {
    static const PolicyElement forwarding = default_backend();
    if (section != Section::backend || has_global() || documents_.registry().find("forward-request") == nullptr)
      return {};
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
  const std::array<const CheckedDocument*, 5>& sources_;
  ElementCompiler compiler_;
};

bool mentions(const CheckedDocument& document, std::string_view what) {
  return document.source->text().find(what) != std::string_view::npos;
}

void note_dependence(const CheckedDocument& document, DocumentDependence& result) {
  result.on_api = result.on_api || mentions(document, "context.Api");
  result.on_product = result.on_product || mentions(document, "context.Product");
  // mock-response answers with the operation's examples, rewrite-uri with its parameters.
  result.on_operation = result.on_operation || mentions(document, "context.Operation") ||
                        mentions(document, "<mock-response") || mentions(document, "<rewrite-uri");
}

}  // namespace

std::shared_ptr<const Pipeline> compile_pipeline(DocumentSet& documents, const PipelineInput& input,
                                                 Diagnostics& diagnostics) {
  std::array<const CheckedDocument*, 5> sources{};
  bool ok = true;
  for (std::size_t scope = 0; scope < sources.size(); ++scope) {
    const PolicySource* source = input.sources[scope];
    if (source == nullptr) continue;
    sources[scope] = documents.document(*source, static_cast<Scope>(scope));
    ok = ok && sources[scope] != nullptr;
    if (sources[scope] != nullptr && sources[scope]->kind == CheckedDocument::Kind::fragment) {
      documents.diagnostics().add(diagnostic_at(sources[scope]->root, Severity::error, "SL2001",
                                                "the root element is <fragment>, it must be <policies> here"));
      ok = false;
    }
  }
  if (!ok) return nullptr;
  Composer composer(documents, sources, input.roots, diagnostics);
  auto pipeline = std::make_shared<Pipeline>();
  for (Section section : all_sections) {
    StepList steps = composer.section(section, pipeline->outline[static_cast<std::size_t>(section)]);
    switch (section) {
      case Section::inbound: pipeline->inbound = std::move(steps); break;
      case Section::backend: pipeline->backend = std::move(steps); break;
      case Section::outbound: pipeline->outbound = std::move(steps); break;
      case Section::on_error: pipeline->on_error = std::move(steps); break;
    }
  }
  if (!composer.ok()) return nullptr;
  const auto& nodes = pipeline->inbound.nodes();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const PolicyDescriptor* descriptor = documents.registry().find(nodes[i].origin->element);
    const bool direct = nodes[i].origin->path.find('\\') == std::string::npos;
    if (direct && descriptor != nullptr && descriptor->answers_preflight) pipeline->preflight_nodes.push_back(i);
  }
  return pipeline;
}

DocumentDependence dependence(DocumentSet& documents, const PipelineInput& input) {
  DocumentDependence result;
  for (std::size_t scope = 0; scope < input.sources.size(); ++scope) {
    if (input.sources[scope] == nullptr) continue;
    const CheckedDocument* document = documents.document(*input.sources[scope], static_cast<Scope>(scope));
    if (document != nullptr) note_dependence(*document, result);
  }
  if (documents.model() == nullptr) return result;
  // Fragments are rarely large and often shared: whichever document includes one, all of them are looked at.
  for (const PolicyFragment& fragment : documents.model()->fragments) {
    if (const CheckedDocument* document = documents.fragment(fragment.id)) note_dependence(*document, result);
  }
  return result;
}

std::string print_outline(const Pipeline& pipeline) {
  std::string text;
  for (Section section : all_sections) {
    text += std::string(to_string(section)) + "\n";
    const auto& entries = pipeline.outline[static_cast<std::size_t>(section)];
    if (entries.empty()) text += "  (nothing)\n";
    for (const OutlineEntry& entry : entries) {
      const std::string mark = entry.removed.empty() ? "  " : "- ";
      text += mark + std::string(std::size_t{2} * entry.depth, ' ') + entry.text + "   [" +
              std::string(to_string(entry.scope)) + " " + entry.file;
      if (entry.pos.line != 0) text += ":" + std::to_string(entry.pos.line);
      text += "]";
      if (!entry.removed.empty()) text += "  removed: " + entry.removed;
      text += "\n";
    }
  }
  return text;
}

}  // namespace sluice
