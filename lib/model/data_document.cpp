// SPDX-License-Identifier: Apache-2.0
#include "model/data_document.hpp"

#include "base/text.hpp"
#include "model/yaml_tree.hpp"

namespace sluice::model {

std::unique_ptr<DataDocument> parse_data(std::string file, std::string text, DataFormat format,
                                         const JsonLimits& limits, Diagnostics& diagnostics, SourceLines lines) {
  auto document = std::make_unique<DataDocument>(std::move(file), std::move(text));
  const std::string_view bytes = document->source.text();
  tl::expected<const JsonValue*, JsonError> parsed;
  if (format == DataFormat::yaml) {
    parsed = parse_yaml(bytes, document->arena, limits);
  } else {
    parsed = parse_json(bytes, document->arena, limits);
  }
  if (!parsed) {
    const std::size_t offset = parsed.error().offset;
    Diagnostic found = document->source.diagnostic(
        Severity::error, "SL5001", offset, token_length(bytes, offset),
        (format == DataFormat::yaml ? "malformed YAML: " : "malformed JSON: ") + parsed.error().message);
    if (lines == SourceLines::hidden) found.source_line.clear();
    diagnostics.add(std::move(found));
    return nullptr;
  }
  document->root = *parsed;
  return document;
}

std::size_t token_length(std::string_view text, std::size_t offset) {
  if (offset >= text.size()) return 1;
  const char first = text[offset];
  if (first == '"' || first == '\'') {
    for (std::size_t i = offset + 1; i < text.size() && text[i] != '\n'; ++i) {
      if (text[i] == '\\' && first == '"') {
        ++i;
      } else if (text[i] == first) {
        return i + 1 - offset;
      }
    }
    return 1;
  }
  std::size_t end = offset;
  while (end < text.size() && (is_alpha(text[end]) || is_digit(text[end]) || text[end] == '_' || text[end] == '.' ||
                               text[end] == '-' || text[end] == '+')) {
    ++end;
  }
  return end > offset ? end - offset : 1;
}

}  // namespace sluice::model
