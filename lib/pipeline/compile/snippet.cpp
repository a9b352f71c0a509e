// SPDX-License-Identifier: Apache-2.0
#include "pipeline/compile/snippet.hpp"

#include "base/text.hpp"
#include "pipeline/document/policy_tree.hpp"

#include <algorithm>

namespace sluice {
namespace {

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

/// How deep elements stand in others is bounded by what reads them.
void collect_names(const PolicyElement& parent, std::vector<std::string>& names) {
  for (const PolicyElement& child : parent.children) {
    names.push_back(child.name);
    collect_names(child, names);
  }
}

/// The elements of the snippet, at whatever depth: a policy must be allowed where the one that it stands in is.
std::vector<std::string> elements_of(const PolicySource& snippet) {
  Diagnostics unused(0);
  const PolicyTree tree = read_policy_tree(wrapped(snippet, "<fragment>", "</fragment>"), {}, unused);
  std::vector<std::string> names;
  if (tree.root) collect_names(*tree.root, names);
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
  if (std::any_of(all_sections.begin(), all_sections.end(), is_section))
    return wrapped(snippet, "<policies>", "</policies>");
  const std::vector<std::string> names = elements_of(snippet);
  for (const Section section : all_sections) {
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
