// SPDX-License-Identifier: Apache-2.0
#include "pipeline/compile/snippet.hpp"

#include "base/text.hpp"
#include "pipeline/document/policy_tree.hpp"

#include <algorithm>

namespace sluice {
namespace {

constexpr Section sections[] = {Section::inbound, Section::backend, Section::outbound, Section::on_error};

/// What follows `end`; nothing when it is not there.
std::string_view behind(std::string_view text, std::string_view end) {
  const std::size_t found = text.find(end);
  return found == std::string_view::npos ? std::string_view() : text.substr(found + end.size());
}

/// The name of the first element; empty when the text begins with something else.
std::string_view first_element(std::string_view text) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  for (text = trim(text); text.starts_with("<!--") || text.starts_with("<?"); text = trim(text))
    text = text.starts_with("<?") ? behind(text, "?>") : behind(text, "-->");
  if (!text.starts_with('<')) return {};
  text.remove_prefix(1);
  const auto in_name = [](char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '_'; };
  return text.substr(0, static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), in_name) - text.begin()));
}

PolicySource wrapped(const PolicySource& snippet, std::string_view before, std::string_view after) {
  PolicySource document = snippet;
  document.text = std::string(before) + "\n" + snippet.text + "\n" + std::string(after);
  return document;
}

/// The elements that stand beside one another in the snippet.
std::vector<std::string> top_elements(const PolicySource& snippet) {
  Diagnostics unused(0);
  const PolicyTree tree = read_policy_tree(wrapped(snippet, "<fragment>", "</fragment>"), {}, unused);
  std::vector<std::string> names;
  if (tree.root) {
    for (const PolicyElement& child : tree.root->children) names.push_back(child.name);
  }
  return names;
}

bool takes_all(Section section, const std::vector<std::string>& names, const PolicyRegistry& registry) {
  return std::all_of(names.begin(), names.end(), [&](const std::string& name) {
    const PolicyDescriptor* policy = registry.find(name);
    return policy == nullptr || contains(policy->sections, section);
  });
}

SourcePos line_above(SourcePos pos) {
  if (pos.line > 1) --pos.line;
  return pos;
}

}  // namespace

bool is_snippet(std::string_view text) {
  const std::string_view name = first_element(text);
  return !name.empty() && name != "policies" && name != "fragment" && !name.ends_with("-data-source");
}

PolicySource document_of_snippet(const PolicySource& snippet, const PolicyRegistry& registry) {
  const auto is_section = [&](Section section) { return first_element(snippet.text) == to_string(section); };
  if (std::any_of(std::begin(sections), std::end(sections), is_section))
    return wrapped(snippet, "<policies>", "</policies>");
  const std::vector<std::string> names = top_elements(snippet);
  for (const Section section : sections) {
    if (!takes_all(section, names, registry)) continue;
    const std::string name(to_string(section));
    return wrapped(snippet, "<policies><" + name + ">", "</" + name + "></policies>");
  }
  return wrapped(snippet, "<fragment>", "</fragment>");
}

Diagnostics findings_of_snippet(const Diagnostics& found) {
  Diagnostics moved;
  for (Diagnostic diagnostic : found) {
    diagnostic.pos = line_above(diagnostic.pos);
    moved.add(std::move(diagnostic));
  }
  return moved;
}

}  // namespace sluice
