// SPDX-License-Identifier: Apache-2.0
// ElementCompiler: the CompileContext that policies see. It turns checked elements into steps, keeps the origin of
// each, notes what their expressions read, and writes the outline.
#pragma once

#include "pipeline/document/specification.hpp"
#include "pipeline/pipeline.hpp"

#include <set>
#include <string>
#include <vector>

namespace sluice {

class ElementCompiler final : public CompileContext {
 public:
  /// `is_placed`: the documents hang somewhere; otherwise one is checked alone and its scope is not known.
  ElementCompiler(DocumentSet& documents, const ConstantRoots& roots, bool is_placed, Diagnostics& diagnostics);

  /// Compiles the policies of one document's section one by one. `base` is compiled by calling `at_base`.
  template <class AtBase>
  StepList section(const PolicyElement& element, Section section, Scope scope, AtBase at_base) {
    StepList steps;
    Siblings siblings;
    const auto saved = place_;
    for (const PolicyElement& policy : element.children) {
      place_ = {section, scope, ""};
      if (policy.name == "base") {
        steps.splice(at_base());
      } else {
        compile_into(steps, policy, siblings);
      }
    }
    place_ = saved;
    return steps;
  }

  /// Compiles a document whose root is a policy itself.
  StepList root(const PolicyElement& element, Scope scope) {
    PolicyElement around;
    around.children.push_back(element);
    return section(around, Section::inbound, scope, [] { return StepList(); });
  }

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
  void removed(const PolicyElement& element, std::string_view why) override;
  void needs(Effects effects) override { effects_ |= effects; }
  void error(const PolicyElement& element, std::string_view code, std::string message, std::string hint) override;
  void error(const PolicyAttribute& attribute, std::string_view code, std::string message, std::string hint) override;
  void warning(const PolicyElement& element, std::string_view code, std::string message, std::string hint) override;
  void finding(const PolicyText& text, ExpressionFinding finding) override;
  const ServiceModel* model() const override { return documents_.model(); }
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
  const Behaviour& behaviour() const override { return documents_.behaviour(); }
  const Limits& limits() const override { return documents_.limits(); }

 private:
  /// Counts of names among the elements of one parent: `choose[2]` is the second choose.
  using Siblings = std::map<std::string, unsigned, std::less<>>;
  struct Place {
    Section section = Section::inbound;
    Scope scope = Scope::global;
    std::string path;
  };

  void compile_into(StepList& steps, const PolicyElement& policy, Siblings& siblings);
  StepPtr compile_element(const PolicyElement& policy, const std::string& path);
  Template compiled(const PolicyText& text, ExpectedType expected);
  Template compiled_expression(const PolicyText& text, ExpectedType expected);
  /// Compiles what can be compiled of an element with mistakes: its expressions and the policies inside.
  void examine(const PolicyElement& element, const Specification& spec);
  void warn_of_waiting_stream(const PolicyElement& policy);
  /// The row of `attribute` in the specification of `element`, which is the current policy or a child of it.
  const AttributeSpec* attribute_spec(const PolicyElement& element, std::string_view attribute) const;
  void report(Diagnostic diagnostic);
  std::size_t outline_element(const PolicyElement& element);

  DocumentSet& documents_;
  const ConstantRoots& roots_;
  bool is_placed_;
  Diagnostics& diagnostics_;
  Place place_;
  const PolicyDescriptor* current_ = nullptr;  ///< The policy being compiled.
  const PolicyElement* current_element_ = nullptr;
  Effects effects_ = Effects::none;     ///< What the policy being compiled touches.
  std::vector<std::string> fragments_;  ///< Fragments being compiled, outermost first.
  std::vector<OutlineEntry> outline_;
  mutable DocumentDependence depends_;  ///< Noted when a policy asks.
  unsigned depth_ = 0;
  bool ok_ = true;
};

/// An element's start tag on one line, long values cut.
std::string one_line(const PolicyElement& element);

}  // namespace sluice
