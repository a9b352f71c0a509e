// SPDX-License-Identifier: Apache-2.0
// The outline: each element that was compiled, on a line of its own, and why it is not in the pipeline.
#include "base/text.hpp"
#include "pipeline/compile/element_compiler.hpp"
#include "pipeline/document/markup_scan.hpp"

#include <algorithm>

namespace sluice {
namespace {

constexpr std::size_t longest_outline_value = 120;
constexpr std::size_t longest_outline_source = 4 * longest_outline_value;

/// A value on one line.
std::string outline_value(const PolicyText& value) {
  std::string one;
  for (char c : shown_text(value, longest_outline_source)) {
    if (!is_blank(c)) {
      one += c;
    } else if (one.empty() || one.back() != ' ') {
      one += ' ';
    }
  }
  return shortened(std::move(one), longest_outline_value);
}

}  // namespace

std::string one_line(const PolicyElement& element) {
  std::string text = "<" + element.name;
  for (const auto& attribute : element.attributes)
    text += " " + attribute.name + "=\"" + outline_value(attribute.value) + "\"";
  if (!element.text.text.empty()) return text + ">" + outline_value(element.text) + "</" + element.name + ">";
  return text + (element.children.empty() ? " />" : ">");
}

void ElementCompiler::outline_element(const PolicyElement& element) {
  if (writes_outline_) outline_.push_back({depth_, one_line(element), "", place_.scope, element.file, element.pos});
}

void ElementCompiler::outline_removal(const PolicyElement& element, std::string_view why) {
  // The element was compiled just before, so that its mistakes show; what it wrote into the outline goes.
  const auto at = std::find_if(outline_.rbegin(), outline_.rend(), [&](const OutlineEntry& entry) {
    return entry.pos == element.pos && entry.file == element.file;
  });
  if (at == outline_.rend()) {
    outline_element(element);
    outline_.back().removed = why;
    return;
  }
  at->removed = why;
  outline_.erase(at.base(), outline_.end());
}

std::string print_outline(const Outline& outline) {
  std::string text;
  for (Section section : all_sections) {
    text += std::string(to_string(section)) + "\n";
    const auto& entries = outline[static_cast<std::size_t>(section)];
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
