// SPDX-License-Identifier: Apache-2.0
// ElementCompiler: the CompileContext that policies see. It turns checked elements into steps, keeps the origin of
// each, notes what their expressions read, and writes the outline.
#pragma once

#include "pipeline/document/specification.hpp"
#include "pipeline/pipeline.hpp"

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace sluice {

class ElementCompiler final : public CompileContext {
 public:
  /// `is_placed`: the documents hang somewhere; otherwise one is checked alone and its scope is not known.
  ElementCompiler(DocumentSet& documents, const ConstantRoots& roots, bool is_placed, Diagnostics& diagnostics);

  /// What `base` stands for: the same section of the broader scope.
  using AtBase = std::function<StepList()>;
  /// Compiles the policies of one document's section one by one.
  StepList section(const PolicyElement& element, Section section, Scope scope, AtBase at_base);
  /// What the next section's document refers to is looked up in this set.
  void look_up_in(DocumentSet& documents) { documents_ = &documents; }

  /// Compiles a document whose root is a policy itself.
  StepList root(const PolicyElement& element, Scope scope) {
    PolicyElement around;
    around.children.push_back(element);
    return section(around, Section::inbound, scope, [] { return StepList(); });
  }

  /// From now on, what is compiled is noted too.
  void write_outline() { writes_outline_ = true; }
  std::vector<OutlineEntry> take_outline() { return std::move(outline_); }
  bool ok() const { return ok_; }
  /// What compiling has looked at so far.
  DocumentDependence depends() const { return depends_; }

  Template value(const PolicyElement& element, std::string_view attribute) override;
  Template text(const PolicyElement& element) override;
  std::string literal(const PolicyElement& element, std::string_view attribute) override;
  std::int64_t literal_integer(const PolicyElement& element, std::string_view attribute) override;
  bool literal_boolean(const PolicyElement& element, std::string_view attribute) override;
  StepList compile_children(const PolicyElement& element) override;
  StepList compile_children(const PolicyElement& element, Section section) override;
  StepPtr compile_policy(const PolicyElement& element) override;
  StepList compile_fragment(const PolicyElement& element, std::string_view fragment_id) override;
  void removed(const PolicyElement& element, std::string_view why) override {
    if (writes_outline_) outline_removal(element, why);
  }
  void needs(Effects effects) override { effects_ |= effects; }
  void error(const PolicyElement& element, std::string_view code, std::string message, std::string hint) override;
  void error(const PolicyAttribute& attribute, std::string_view code, std::string message, std::string hint) override;
  void warning(const PolicyElement& element, std::string_view code, std::string message, std::string hint) override;
  void finding(const PolicyText& text, ExpressionFinding finding) override;
  const ServiceModel* model() const override { return documents_->model(); }
  const Api* api() const override {
    depends_.on_api = true;
    return roots_.api;
  }
  const Operation* operation() const override {
    depends_.on_operation = true;
    return roots_.operation;
  }
  Section section() const override { return place_.section; }
  Scope scope() const override { return place_.scope; }
  const Behaviour& behaviour() const override { return documents_->behaviour(); }
  const Limits& limits() const override { return documents_->limits(); }

 private:
  /// Counts of names among the elements of one parent: `choose[2]` is the second choose.
  using Siblings = std::map<std::string, unsigned, std::less<>>;
  struct Place {
    Section section = Section::inbound;
    Scope scope = Scope::global;
    std::string path;
  };

  StepList compile_base(const PolicyElement& base);
  void compile_into(StepList& steps, const PolicyElement& policy, Siblings& siblings);
  StepPtr compile_element(const PolicyElement& policy, const std::string& path);
  Template compiled(const PolicyText& text, ExpectedType expected);
  Template compiled_expression(const PolicyText& text, ExpectedType expected);
  /// Reports what was found in the text, and takes the expression over.
  Template template_of(const PolicyText& text, const CompiledExpression& compiled);
  /// Compiles what can be compiled of an element with mistakes: its expressions and the policies inside.
  void examine(const PolicyElement& element, const Specification& spec);
  void warn_of_waiting_stream(const PolicyElement& policy);
  /// The row of `attribute` in the specification of `element`, which is the current policy or a child of it.
  const AttributeSpec* attribute_spec(const PolicyElement& element, std::string_view attribute) const;
  void report(Diagnostic diagnostic);
  void outline_element(const PolicyElement& element);
  void outline_removal(const PolicyElement& element, std::string_view why);

  DocumentSet* documents_;
  const ConstantRoots& roots_;
  bool is_placed_;
  Diagnostics& diagnostics_;
  Place place_;
  AtBase at_base_;
  unsigned bases_ = 0;                         ///< Compiled so far.
  const PolicyDescriptor* current_ = nullptr;  ///< The policy being compiled.
  const PolicyElement* current_element_ = nullptr;
  Effects effects_ = Effects::none;     ///< What the policy being compiled touches.
  std::vector<std::string> fragments_;  ///< Fragments being compiled, outermost first.
  std::vector<OutlineEntry> outline_;
  bool writes_outline_ = false;
  mutable DocumentDependence depends_;  ///< Noted when a policy asks.
  unsigned depth_ = 0;
  bool ok_ = true;
};

/// An element's start tag on one line, long values cut.
std::string one_line(const PolicyElement& element);

}  // namespace sluice
