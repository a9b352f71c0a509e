// SPDX-License-Identifier: Apache-2.0
#include "pipeline/document/schema_check.hpp"

#include "base/text.hpp"
#include "pipeline/document/literal_check.hpp"
#include "pipeline/document/named_values.hpp"
#include "pipeline/document/specification.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sluice {
namespace {

constexpr std::size_t longest_shown_value = 100;

std::optional<Section> section_named(std::string_view name) {
  for (Section section : all_sections) {
    if (to_string(section) == name) return section;
  }
  return std::nullopt;
}

std::string quoted_list(const std::vector<std::string_view>& names) {
  std::string list;
  for (auto name : names) list += (list.empty() ? "'" : ", '") + std::string(name) + "'";
  return list;
}

std::string suggestion(std::string_view name, const std::vector<std::string_view>& candidates) {
  const std::string_view near = nearest_name(name, candidates);
  return near.empty() ? "" : "did you mean '" + std::string(near) + "'?";
}

class Checker {
 public:
  Checker(const SchemaOptions& options, Diagnostics& diagnostics) : options_(options), diagnostics_(diagnostics) {}

  void run(CheckedDocument& document) {
    if (document.root.name == "policies") {
      document.kind = CheckedDocument::Kind::policies;
      check_policies(document.root);
    } else if (document.root.name == "fragment") {
      document.kind = CheckedDocument::Kind::fragment;
      check_fragment(document.root);
    } else if (const auto* descriptor = options_.registry.find(document.root.name);
               descriptor != nullptr && descriptor->sections == Sections::none) {
      document.kind = CheckedDocument::Kind::resolver;
      check_resolver(document.root, *descriptor);
    } else {
      error(document.root, "SL2001",
            "the root element is <" + document.root.name + ">, it must be <policies> or <fragment>",
            "put the policies into the section they belong to");
      document.root.children.clear();  // Nothing of it has been checked.
    }
  }

 private:
  void report(Diagnostic diagnostic) { diagnostics_.add(std::move(diagnostic)); }
  template <class Part>
  void error(const Part& part, std::string_view code, std::string message, std::string hint = {}) {
    report(diagnostic_at(part, Severity::error, code, std::move(message), std::move(hint)));
  }
  /// A mistake after which the policy that is being looked at cannot be compiled.
  void fault(Diagnostic diagnostic) {
    report(std::move(diagnostic));
    if (policy_ != nullptr) policy_->is_faulty = true;
  }
  template <class Part>
  void fault(const Part& part, std::string_view code, std::string message, std::string hint = {}) {
    fault(diagnostic_at(part, Severity::error, code, std::move(message), std::move(hint)));
  }

  void check_policies(PolicyElement& root) {
    no_attributes(root);
    no_text(root);
    std::vector<std::string_view> seen;
    for (PolicyElement& section : root.children) {
      const auto which = section_named(section.name);
      if (!which) {
        error(section, "SL2002",
              "<" + section.name + "> is not a section; allowed are inbound, backend, outbound, on-error",
              suggestion(section.name, {"inbound", "backend", "outbound", "on-error"}));
        continue;
      }
      if (std::find(seen.begin(), seen.end(), section.name) != seen.end()) {
        error(section, "SL2003", "section <" + section.name + "> stands twice");
      }
      seen.push_back(section.name);
      no_attributes(section);
      no_text(section);
      check_section(section, *which);
    }
  }

  void check_section(PolicyElement& section, Section which) {
    section_ = which;
    std::vector<std::string_view> seen;
    for (PolicyElement& policy : section.children) {
      const PolicyDescriptor* descriptor = check_policy(policy);
      if (descriptor == nullptr) continue;
      if (descriptor->once_per_section && std::find(seen.begin(), seen.end(), policy.name) != seen.end()) {
        error(policy, "SL2113", "<" + policy.name + "> may stand only once in a section");
      }
      seen.push_back(policy.name);
    }
    if (which == Section::backend && section.children.size() > 1) {
      error(section.children[1], "SL2114",
            "the backend section holds one policy, <" + section.children[1].name + "> is another one",
            "put them into one that takes several, such as <retry> or <choose>");
    }
  }

  void check_base(const PolicyElement& base) {
    if (in_fragment_) return error(base, "SL2116", "<base /> is not allowed in a fragment");
    if (!base.attributes.empty() || !base.children.empty() || !base.text.text.empty()) {
      error(base, "SL2116", "<base /> has neither attributes nor content");
    }
  }

  void check_fragment(PolicyElement& root) {
    no_attributes(root);
    no_text(root);
    in_fragment_ = true;
    for (PolicyElement& policy : root.children) {
      if (section_named(policy.name)) {
        error(policy, "SL2117", "a fragment holds policies, not sections: <" + policy.name + ">");
        continue;
      }
      check_policy(policy);
    }
  }

  /// Which policies its parts take is all there is to their places: it has no sections.
  void check_resolver(PolicyElement& root, const PolicyDescriptor& descriptor) {
    in_resolver_ = true;
    policy_ = &root;
    check_content(root, Specification(descriptor, root.name));
  }

  const PolicyDescriptor* check_policy(PolicyElement& policy) {
    if (policy.name == "base") {
      check_base(policy);
      return nullptr;
    }
    const PolicyDescriptor* descriptor = options_.registry.find(policy.name);
    if (descriptor == nullptr) {
      error(policy, "SL2101", "<" + policy.name + "> is not a known policy", suggestion(policy.name, policy_names()));
      return nullptr;
    }
    if (!in_fragment_ && !in_resolver_ && !contains(descriptor->sections, section_)) {
      error(policy, "SL2102", "<" + policy.name + "> is not allowed in section " + std::string(to_string(section_)),
            descriptor->sections == Sections::none ? "it is the root of the document of a GraphQL field"
                                                   : "it may stand in " + sections_of(*descriptor));
    }
    if (in_fragment_ && !descriptor->allowed_in_fragments) {
      error(policy, "SL2117", "<" + policy.name + "> is not allowed in a fragment");
      policy.is_faulty = true;
    }
    if (options_.scope && !contains(descriptor->scopes, *options_.scope)) {
      error(policy, "SL2103",
            "<" + policy.name + "> is not allowed at scope " + std::string(to_string(*options_.scope)));
    }
    PolicyElement* const outer = std::exchange(policy_, &policy);
    check_content(policy, Specification(*descriptor, policy.name));
    policy_ = outer;
    return descriptor;
  }

  std::vector<std::string_view> policy_names() const {
    std::vector<std::string_view> names = {"base"};
    for (const PolicyDescriptor* descriptor : options_.registry.all()) {
      for (auto name : split_words(descriptor->elements)) names.push_back(name);
    }
    return names;
  }
  static std::string sections_of(const PolicyDescriptor& descriptor) {
    std::string list;
    for (Section section : all_sections) {
      if (contains(descriptor.sections, section)) list += (list.empty() ? "" : ", ") + std::string(to_string(section));
    }
    return list;
  }

  /// Depth is bounded by the scan.
  void check_content(PolicyElement& element, const Specification& spec) {
    if (element.is_faulty && policy_ != nullptr) policy_->is_faulty = true;
    check_attributes(element, spec);
    if (spec.text == TextRule::markup && !element.children.empty()) {
      element.text = std::move(element.inner);
      element.children.clear();
    }
    check_text(element, spec);
    check_children(element, spec);
  }

  void check_attributes(PolicyElement& element, const Specification& spec) {
    for (PolicyAttribute& attribute : element.attributes) {
      if (spec.is_policy && attribute.name == "id") {
        if (attribute.value.is_expression) literal_only(element, attribute);
        continue;
      }
      const AttributeSpec* row = spec.attribute(attribute.name);
      if (row == nullptr && spec.text == TextRule::markup && declares_namespace(attribute)) continue;
      if (row == nullptr) {
        std::vector<std::string_view> names;
        for (const auto& known : spec.attributes) names.push_back(known.name);
        fault(attribute, "SL2104", "<" + element.name + "> has no attribute '" + attribute.name + "'",
              suggestion(attribute.name, names));
        continue;
      }
      check_value(element, attribute, *row);
    }
    for (const AttributeSpec& row : spec.attributes) {
      if (row.required && !element.has(row.name)) {
        fault(element, "SL2105", "<" + element.name + "> needs attribute '" + std::string(row.name) + "'");
      }
    }
  }

  /// The markup inside may need it.
  static bool declares_namespace(const PolicyAttribute& attribute) {
    return !attribute.value.is_expression && (attribute.name == "xmlns" || attribute.name.starts_with("xmlns:"));
  }
  void literal_only(const PolicyElement& element, const PolicyAttribute& attribute) {
    fault(attribute, "SL2108",
          "attribute '" + attribute.name + "' of <" + element.name + "> must be a literal, no expression");
  }

  void check_value(const PolicyElement& element, const PolicyAttribute& attribute, const AttributeSpec& spec) {
    const PolicyText& value = attribute.value;
    if (value.is_expression) {
      if (!spec.expressions) return literal_only(element, attribute);
      return check_whole(value, "value of attribute '" + attribute.name + "' of <" + element.name + ">");
    }
    // A named value that nobody has defined here may be anything.
    if (find_named_value(value.text)) return;
    if (is_valid_literal(spec, value.text)) return;
    const std::string found = ", found '" + shown_text(value, longest_shown_value) + "'";
    const std::string which = "attribute '" + attribute.name + "' of <" + element.name + "> must be ";
    if (!spec.one_of.empty()) {
      const auto allowed = split_words(spec.one_of);
      fault(attribute, "SL2107", which + "one of " + quoted_list(allowed) + found, suggestion(value.text, allowed));
    } else {
      fault(attribute, "SL2106", which + describe_type(spec) + found,
            spec.expressions && value.text.find('@') != std::string::npos ? "an expression begins with @( or @{" : "");
    }
  }

  void check_text(const PolicyElement& element, const Specification& spec) {
    const PolicyText& text = element.text;
    if (spec.text == TextRule::none) return no_text(element);
    if (text.is_expression && spec.text == TextRule::literal) {
      fault(text.origin->diagnostic(Severity::error, "SL2108", 0, 2,
                                    "the text of <" + element.name + "> must be a literal, no expression"));
    }
    if (text.is_expression && spec.text != TextRule::literal) {
      check_whole(text, "text of <" + element.name + ">");
    }
  }

  /// What named values have put in has not been seen when the markup was scanned.
  void check_whole(const PolicyText& text, const std::string& what) {
    if (text.text.empty()) return;  // damaged, and reported
    const auto length = expression_length(text.text);
    if (!length) {
      fault(text.origin->diagnostic(Severity::error, "SL1004", 0, 2, "the expression does not end",
                                    "check its brackets and quotes"));
    } else if (*length != text.text.size()) {
      fault(text.origin->diagnostic(Severity::error, "SL1010", 0, 2,
                                    "an expression must be the whole " + what + ", more text follows it",
                                    "join the parts inside the expression: @(\"text\" + value)"));
    }
  }

  void no_text(const PolicyElement& element) {
    if (element.text.text.empty()) return;
    fault(element.text.origin->diagnostic(Severity::error, "SL2112", 0,
                                          std::min<std::size_t>(element.text.text.size(), 40),
                                          "<" + element.name + "> holds no text"));
  }
  void no_attributes(const PolicyElement& element) {
    for (const auto& attribute : element.attributes) {
      fault(attribute, "SL2104", "<" + element.name + "> has no attribute '" + attribute.name + "'");
    }
  }

  void check_children(PolicyElement& element, const Specification& spec) {
    for (PolicyElement& child : element.children) {
      if (const ElementSpec* row = spec.child(child.name)) {
        check_content(child, Specification(*row));
      } else if (spec.takes_policy(child.name)) {
        check_policy(child);
      } else {
        unknown_child(element, child, spec);
      }
    }
    for (const ElementSpec& row : spec.children) {
      const auto count = std::count_if(element.children.begin(), element.children.end(),
                                       [&](const PolicyElement& child) { return child.name == row.name; });
      const std::string name = "<" + std::string(row.name) + ">";
      if (count == 0 && (row.occurs == Occurs::once || row.occurs == Occurs::at_least_once)) {
        fault(element, "SL2110", "<" + element.name + "> needs a child " + name);
      } else if (count > 1 && (row.occurs == Occurs::once || row.occurs == Occurs::optional)) {
        fault(second(element, row.name), "SL2111", "<" + element.name + "> takes one " + name + " only");
      }
    }
  }

  static const PolicyElement& second(const PolicyElement& element, std::string_view name) {
    const auto same = [&](const PolicyElement& child) { return child.name == name; };
    const auto first = std::find_if(element.children.begin(), element.children.end(), same);
    return *std::find_if(first + 1, element.children.end(), same);
  }

  void unknown_child(const PolicyElement& element, const PolicyElement& child, const Specification& spec) {
    std::vector<std::string_view> names = split_words(spec.policies_of);
    for (const auto& row : spec.children) names.push_back(row.name);
    fault(child, "SL2109",
          "<" + element.name + "> has no child <" + child.name + ">" +
              (names.empty() ? "; it is empty" : "; allowed are " + quoted_list(names)),
          suggestion(child.name, names));
  }

  const SchemaOptions& options_;
  Diagnostics& diagnostics_;
  Section section_ = Section::inbound;
  PolicyElement* policy_ = nullptr;  ///< The innermost policy that is being looked at.
  bool in_fragment_ = false;
  bool in_resolver_ = false;
};

}  // namespace

const PolicyElement* CheckedDocument::section(Section which) const {
  return kind == Kind::policies ? root.child(to_string(which)) : nullptr;
}

std::optional<CheckedDocument> check_schema(PolicyTree tree, const SchemaOptions& options, Diagnostics& diagnostics) {
  if (!tree.root) return std::nullopt;
  CheckedDocument document;
  document.source = tree.source;
  document.root = std::move(*tree.root);
  Checker(options, diagnostics).run(document);
  document.ok = !diagnostics.has_errors();
  return document;
}

Diagnostic diagnostic_at(const PolicyElement& element, Severity severity, std::string_view code, std::string message,
                         std::string hint) {
  const SourceText& source = element.text.origin->source();
  return source.diagnostic(severity, code, source.offset(element.pos), element.name.size() + 1, std::move(message),
                           std::move(hint));
}

Diagnostic diagnostic_at(const PolicyAttribute& attribute, Severity severity, std::string_view code,
                         std::string message, std::string hint) {
  const SourceText& source = attribute.value.origin->source();
  return source.diagnostic(severity, code, source.offset(attribute.pos), attribute.name.size(), std::move(message),
                           std::move(hint));
}

}  // namespace sluice
