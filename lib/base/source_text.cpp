// SPDX-License-Identifier: Apache-2.0
#include "base/source_text.hpp"

#include <algorithm>

namespace sluice {
namespace {

bool starts_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

std::uint32_t count_code_points(std::string_view text) {
  return static_cast<std::uint32_t>(std::count_if(text.begin(), text.end(), starts_code_point));
}

/// Lines shown under a diagnostic are cut here: minified documents have lines of megabytes.
constexpr std::size_t longest_shown_line = 2000;

}  // namespace

SourceText::SourceText(std::string file, std::string text) : file_(std::move(file)), text_(std::move(text)) {
  line_starts_.push_back(0);
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n') line_starts_.push_back(i + 1);
  }
}

SourcePos SourceText::position(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  const auto line = static_cast<std::size_t>(after - line_starts_.begin());
  const std::size_t start = line_starts_[line - 1];
  const auto column = count_code_points(std::string_view(text_).substr(start, offset - start)) + 1;
  return {static_cast<std::uint32_t>(line), column};
}

std::size_t SourceText::offset(SourcePos pos) const {
  if (pos.line == 0 || pos.line > line_starts_.size()) return text_.size();
  const std::string_view text = line(pos.line);
  std::size_t at = 0;
  for (std::uint32_t column = 1; column < pos.column && at < text.size(); ++column) {
    ++at;
    while (at < text.size() && !starts_code_point(text[at])) ++at;
  }
  return line_starts_[pos.line - 1] + at;
}

std::string_view SourceText::line(std::uint32_t number) const {
  if (number == 0 || number > line_starts_.size()) return {};
  const std::size_t start = line_starts_[number - 1];
  std::size_t end = number < line_starts_.size() ? line_starts_[number] - 1 : text_.size();
  if (end > start && text_[end - 1] == '\r') --end;
  return std::string_view(text_).substr(start, end - start);
}

Diagnostic SourceText::diagnostic(Severity severity, std::string_view code, std::size_t offset,
                                  std::size_t length_bytes, std::string message, std::string hint) const {
  Diagnostic result;
  result.severity = severity;
  result.code = code;
  result.file = file_;
  result.pos = position(offset);
  offset = std::min(offset, text_.size());
  result.length = std::max(1u, count_code_points(std::string_view(text_).substr(offset, length_bytes)));
  result.message = std::move(message);
  result.hint = std::move(hint);
  result.source_line = line(result.pos.line).substr(0, longest_shown_line);
  return result;
}

}  // namespace sluice
