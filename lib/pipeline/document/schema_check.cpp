// SPDX-License-Identifier: Apache-2.0
#include "pipeline/document/schema_check.hpp"

#include "base/text.hpp"
#include "base/time.hpp"
#include "pipeline/document/text_origin.hpp"

#include <algorithm>
#include <array>

namespace sluice {
namespace {

constexpr std::array<Section, 4> all_sections = {Section::inbound, Section::backend, Section::outbound,
                                                 Section::on_error};

std::optional<Section> section_named(std::string_view name) {
  for (Section section : all_sections) {
    if (to_string(section) == name) return section;
  }
  return std::nullopt;
}

bool contains_word(std::string_view words, std::string_view word) {
  const auto all = split_words(words);
  return std::find(all.begin(), all.end(), word) != all.end();
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

/// One specification for policies and their children alike.
struct Specification {
  std::string_view name;
  TextRule text;
  std::span<const AttributeSpec> attributes;
  std::span<const ElementSpec> children;
  bool policies;
  std::string_view policies_of;
  bool is_policy;
};

Specification specification(const PolicyDescriptor& policy, std::string_view name) {
  return {name, policy.text, policy.attributes, policy.children, policy.policies, policy.policies_of, true};
}
Specification specification(const ElementSpec& child) {
  return {child.name, child.text, child.attributes, child.children, child.policies, child.policies_of, false};
}

class Checker {
 public:
  Checker(const SchemaOptions& options, Diagnostics& diagnostics) : options_(options), diagnostics_(diagnostics) {}

  bool run(CheckedDocument& document) {
    if (document.root.name == "policies") {
      document.kind = CheckedDocument::Kind::policies;
      check_policies(document.root);
    } else if (document.root.name == "fragment") {
      document.kind = CheckedDocument::Kind::fragment;
      check_fragment(document.root);
    } else {
      const bool resolver = document.root.name.ends_with("-data-source");
      error(document.root, "SL2001",
            "the root element is <" + document.root.name + ">, it must be <policies> or <fragment>",
            resolver ? "resolver policies are not supported" : "put the policies into the section they belong to");
      return false;
    }
    return ok_;
  }

 private:
  void report(Diagnostic diagnostic) {
    ok_ = ok_ && diagnostic.severity != Severity::error;
    diagnostics_.add(std::move(diagnostic));
  }
  template <class Part>
  void error(const Part& part, std::string_view code, std::string message, std::string hint = {}) {
    report(diagnostic_at(part, Severity::error, code, std::move(message), std::move(hint)));
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
      if (policy.name == "base") {
        check_base(policy);
        continue;
      }
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

  const PolicyDescriptor* check_policy(PolicyElement& policy) {
    if (policy.name == "base") {
      error(policy, "SL2116",
            in_fragment_ ? "<base /> is not allowed in a fragment" : "<base /> must stand directly in a section");
      return nullptr;
    }
    const PolicyDescriptor* descriptor = options_.registry.find(policy.name);
    if (descriptor == nullptr) {
      error(policy, "SL2101", "<" + policy.name + "> is not a known policy", suggestion(policy.name, policy_names()));
      return nullptr;
    }
    if (!in_fragment_ && !contains(descriptor->sections, section_)) {
      error(policy, "SL2102", "<" + policy.name + "> is not allowed in section " + std::string(to_string(section_)),
            "it may stand in " + sections_of(*descriptor));
    }
    if (in_fragment_ && !descriptor->allowed_in_fragments) {
      error(policy, "SL2117", "<" + policy.name + "> is not allowed in a fragment");
    }
    if (options_.scope && !contains(descriptor->scopes, *options_.scope)) {
      error(policy, "SL2103",
            "<" + policy.name + "> is not allowed at scope " + std::string(to_string(*options_.scope)));
    }
    check_content(policy, specification(*descriptor, policy.name));
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
      const auto found = std::find_if(spec.attributes.begin(), spec.attributes.end(),
                                      [&](const AttributeSpec& row) { return row.name == attribute.name; });
      if (found == spec.attributes.end()) {
        std::vector<std::string_view> names;
        for (const auto& row : spec.attributes) names.push_back(row.name);
        error(attribute, "SL2104", "<" + element.name + "> has no attribute '" + attribute.name + "'",
              suggestion(attribute.name, names));
        continue;
      }
      check_value(element, attribute, *found);
    }
    for (const AttributeSpec& row : spec.attributes) {
      if (row.required && !element.has(row.name)) {
        error(element, "SL2105", "<" + element.name + "> needs attribute '" + std::string(row.name) + "'");
      }
    }
  }

  void literal_only(const PolicyElement& element, const PolicyAttribute& attribute) {
    error(attribute, "SL2108",
          "attribute '" + attribute.name + "' of <" + element.name + "> must be a literal, no expression");
  }

  void check_value(const PolicyElement& element, const PolicyAttribute& attribute, const AttributeSpec& spec) {
    const PolicyText& value = attribute.value;
    if (value.is_expression) {
      if (!spec.expressions) literal_only(element, attribute);
      return;
    }
    // A named value that nobody has defined here may be anything.
    if (value.text.find("{{") != std::string::npos) return;
    if (is_valid_literal(spec, value.text)) return;
    const std::string found = ", found '" + value.text.substr(0, 100) + "'";
    const std::string which = "attribute '" + attribute.name + "' of <" + element.name + "> must be ";
    if (!spec.one_of.empty()) {
      const auto allowed = split_words(spec.one_of);
      error(attribute, "SL2107", which + "one of " + quoted_list(allowed) + found, suggestion(value.text, allowed));
    } else {
      error(attribute, "SL2106", which + describe_type(spec) + found,
            spec.expressions && value.text.find('@') != std::string::npos ? "an expression begins with @( or @{" : "");
    }
  }

  void check_text(const PolicyElement& element, const Specification& spec) {
    const PolicyText& text = element.text;
    if (spec.text == TextRule::none) return no_text(element);
    if (text.is_expression && spec.text == TextRule::literal) {
      report(text.origin->diagnostic(Severity::error, "SL2108", 0, 2,
                                     "the text of <" + element.name + "> must be a literal, no expression"));
    }
    if (text.is_expression && spec.text == TextRule::expression && expression_length(text.text) != text.text.size()) {
      report(text.origin->diagnostic(
          Severity::error, "SL1010", 0, 2,
          "an expression must be the whole text of <" + element.name + ">, more text follows it",
          "join the parts inside the expression: @(\"text\" + value)"));
    }
  }

  void no_text(const PolicyElement& element) {
    if (element.text.text.empty()) return;
    report(element.text.origin->diagnostic(Severity::error, "SL2112", 0,
                                           std::min<std::size_t>(element.text.text.size(), 40),
                                           "<" + element.name + "> holds no text"));
  }
  void no_attributes(const PolicyElement& element) {
    for (const auto& attribute : element.attributes) {
      error(attribute, "SL2104", "<" + element.name + "> has no attribute '" + attribute.name + "'");
    }
  }

  void check_children(PolicyElement& element, const Specification& spec) {
    for (PolicyElement& child : element.children) {
      const auto found = std::find_if(spec.children.begin(), spec.children.end(),
                                      [&](const ElementSpec& row) { return row.name == child.name; });
      if (found != spec.children.end()) {
        check_content(child, specification(*found));
      } else if (contains_word(spec.policies_of, child.name)) {
        check_policy(child);
      } else if (spec.policies) {
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
        error(element, "SL2110", "<" + element.name + "> needs a child " + name);
      } else if (count > 1 && (row.occurs == Occurs::once || row.occurs == Occurs::optional)) {
        error(second(element, row.name), "SL2111", "<" + element.name + "> takes one " + name + " only");
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
    error(child, "SL2109",
          "<" + element.name + "> has no child <" + child.name + ">" +
              (names.empty() ? "; it is empty" : "; allowed are " + quoted_list(names)),
          suggestion(child.name, names));
  }

  const SchemaOptions& options_;
  Diagnostics& diagnostics_;
  Section section_ = Section::inbound;
  bool in_fragment_ = false;
  bool ok_ = true;
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
  document.ok = Checker(options, diagnostics).run(document);
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

std::string describe_type(const AttributeSpec& spec) {
  switch (spec.type) {
    case ValueType::string: return "text";
    case ValueType::boolean: return "'true' or 'false'";
    case ValueType::url: return "an absolute http or https URL";
    case ValueType::duration: return "a number of seconds or an ISO 8601 duration";
    case ValueType::integer:
    case ValueType::number: break;
  }
  const std::string kind = spec.type == ValueType::integer ? "integer" : "number";
  if (spec.min == 1 && spec.max == INT64_MAX) return "a positive " + kind;
  if (spec.min == 0 && spec.max == INT64_MAX) return "a " + kind + " of 0 or more";
  if (spec.min != INT64_MIN && spec.max != INT64_MAX) {
    return (kind == "integer" ? "an " : "a ") + kind + " from " + std::to_string(spec.min) + " to " +
           std::to_string(spec.max);
  }
  if (spec.min != INT64_MIN)
    return (kind == "integer" ? "an " : "a ") + kind + " of " + std::to_string(spec.min) + " or more";
  return kind == "integer" ? "an integer" : "a number";
}

bool is_valid_literal(const AttributeSpec& spec, std::string_view literal) {
  if (!spec.one_of.empty()) {
    const auto allowed = split_words(spec.one_of);
    return std::any_of(allowed.begin(), allowed.end(), [&](auto word) { return equal_ignoring_case(word, literal); });
  }
  switch (spec.type) {
    case ValueType::string: return true;
    case ValueType::boolean: return parse_boolean(literal).has_value();
    case ValueType::integer: {
      const auto number = parse_integer(literal);
      return number && *number >= spec.min && *number <= spec.max;
    }
    case ValueType::number: {
      const auto number = parse_double(literal);
      return number && *number >= static_cast<double>(spec.min) && *number <= static_cast<double>(spec.max);
    }
    case ValueType::url: {
      Arena arena(512);
      return parse_url(literal, arena).has_value();
    }
    case ValueType::duration: return parse_integer(literal).has_value() || parse_duration(literal).has_value();
  }
  return false;
}

}  // namespace sluice
