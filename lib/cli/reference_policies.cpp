// SPDX-License-Identifier: Apache-2.0
// sluice reference policies: the catalogue, from the policies' own declarations.
#include "cli/reference.hpp"

#include <sluice/policy_registry.hpp>

#include <cstdio>
#include <string>
#include <vector>

namespace sluice::cli {
namespace {

std::string_view type_word(ValueType type) {
  switch (type) {
    case ValueType::string: return "text";
    case ValueType::boolean: return "true, false";
    case ValueType::integer: return "integer";
    case ValueType::number: return "number";
    case ValueType::url: return "URL";
    case ValueType::duration: return "time";
  }
  return "";
}

std::string join(const std::vector<std::string>& words) {
  std::string made;
  for (const std::string& word : words) made += (made.empty() ? "" : ", ") + word;
  return made;
}

std::vector<std::string> words_of(std::string_view list) {
  std::vector<std::string> words;
  while (!list.empty()) {
    const std::size_t end = list.find(' ');
    words.push_back("`" + std::string(list.substr(0, end)) + "`");
    list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
  }
  return words;
}

std::string range_of(const AttributeSpec& attribute) {
  if (!attribute.one_of.empty()) return join(words_of(attribute.one_of));
  std::string range(type_word(attribute.type));
  const bool has_min = attribute.min != INT64_MIN, has_max = attribute.max != INT64_MAX;
  if (has_min && has_max) return range + " " + std::to_string(attribute.min) + " to " + std::to_string(attribute.max);
  if (has_min) return range + " from " + std::to_string(attribute.min);
  return has_max ? range + " up to " + std::to_string(attribute.max) : range;
}

void print_attributes(std::span<const AttributeSpec> attributes) {
  if (attributes.empty()) return;
  std::printf(
      "\n| attribute | values | required | default | expression | meaning |\n"
      "| --- | --- | --- | --- | --- | --- |\n");
  for (const AttributeSpec& attribute : attributes) {
    const std::string fallback = attribute.fallback.empty() ? "" : "`" + cell(attribute.fallback) + "`";
    std::printf("| `%s` | %s | %s | %s | %s | %s |\n", cell(attribute.name).c_str(), cell(range_of(attribute)).c_str(),
                attribute.required ? "yes" : "", fallback.c_str(), attribute.expressions ? "yes" : "no",
                cell(attribute.doc).c_str());
  }
}

std::string_view text_word(TextRule rule) {
  switch (rule) {
    case TextRule::none: return "";
    case TextRule::literal: return " Its text is a literal.";
    case TextRule::expression: return " Its text is a literal or an expression.";
    case TextRule::markup: return " Its content is a text, an expression, or markup.";
  }
  return "";
}

std::string_view occurs_word(Occurs occurs) {
  switch (occurs) {
    case Occurs::optional: return "at most once";
    case Occurs::once: return "once";
    case Occurs::many: return "any number";
    case Occurs::at_least_once: return "at least once";
  }
  return "";
}

std::string policies_word(bool any, std::string_view some) {
  if (!some.empty()) return " Holds " + join(words_of(some)) + ".";
  return any ? " Holds policies of the section." : "";
}

/// `path`: the elements around it.
void print_children(std::span<const ElementSpec> children, const std::string& path) {
  for (const ElementSpec& child : children) {
    const std::string own = path + "<" + std::string(child.name) + ">";
    std::printf("\n`%s`, %s: %s%s%s\n", own.c_str(), std::string(occurs_word(child.occurs)).c_str(),
                std::string(child.doc).c_str(), std::string(text_word(child.text)).c_str(),
                policies_word(child.policies, child.policies_of).c_str());
    print_attributes(child.attributes);
    print_children(child.children, own);
  }
}

std::string sections_of(const PolicyDescriptor& policy) {
  std::vector<std::string> names;
  for (const Section section : {Section::inbound, Section::backend, Section::outbound, Section::on_error})
    if (contains(policy.sections, section)) names.emplace_back(to_string(section));
  return names.empty() ? "none; the root of a document of its own" : join(names);
}

std::string scopes_of(const PolicyDescriptor& policy) {
  std::vector<std::string> names;
  for (const Scope scope :
       {Scope::global, Scope::workspace, Scope::product, Scope::api, Scope::operation, Scope::resolver})
    if (contains(policy.scopes, scope)) names.emplace_back(to_string(scope));
  return join(names);
}

void print_policy(const PolicyDescriptor& policy) {
  const std::vector<std::string> names = words_of(policy.elements);
  const std::string_view title = policy.elements.substr(0, policy.elements.find(' '));
  std::printf("\n## %s\n\n%s%s%s\n\n", std::string(title).c_str(), std::string(policy.summary).c_str(),
              std::string(text_word(policy.text)).c_str(), policies_word(policy.policies, policy.policies_of).c_str());
  if (names.size() > 1) std::printf("* Also: %s\n", join({names.begin() + 1, names.end()}).c_str());
  std::printf("* Sections: %s%s\n* Scopes: %s%s\n", sections_of(policy).c_str(),
              policy.once_per_section ? "; once in a section" : "", scopes_of(policy).c_str(),
              policy.allowed_in_fragments ? "" : "; not in fragments");
  if (!policy.differs.empty())
    std::printf("* Differs from the documentation: %s\n", std::string(policy.differs).c_str());
  print_attributes(policy.attributes);
  print_children(policy.children, "");
}

}  // namespace

void print_policy_reference() {
  std::printf(
      "# Policies\n\nPrinted by `sluice reference policies`. Every policy takes an `id`, a literal that "
      "`context.LastError.PolicyId` shows.\n");
  const PolicyRegistry registry = PolicyRegistry::with_builtins();
  for (const PolicyDescriptor* policy : registry.all()) print_policy(*policy);
}

}  // namespace sluice::cli
