// SPDX-License-Identifier: Apache-2.0
// Source: API Management, use named values in policies; names have the characters A-Z a-z 0-9 - . _
#include "pipeline/document/named_values.hpp"

#include "base/text.hpp"
#include "expression/scan.hpp"

namespace sluice {
namespace {

/// Named values have at most 4096 characters; a document may name them often.
constexpr std::size_t largest_substituted_text = 4u << 20;

constexpr bool in_name(char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_'; }

/// Names that Liquid templates use.
bool is_template_name(std::string_view name) { return name.starts_with("body.") || name.starts_with("context."); }

std::size_t skip(std::string_view text, std::size_t from, bool (*what)(char)) {
  while (from < text.size() && what(text[from])) ++from;
  return from;
}

void report_unknown(const MappedText& text, const NamedReference& reference, bool alone, Diagnostics& diagnostics) {
  diagnostics.add(text.origin->diagnostic(alone ? Severity::warning : Severity::error, "SL1009", reference.begin,
                                          reference.end - reference.begin,
                                          "named value '" + std::string(reference.name) + "' is not defined",
                                          alone ? "" : "add it to the folder 'named values' or to the settings"));
}

}  // namespace

std::optional<NamedReference> find_named_value(std::string_view text, std::size_t from) {
  for (std::size_t open = text.find("{{", from); open != std::string_view::npos; open = text.find("{{", open + 1)) {
    const std::size_t name = skip(text, open + 2, [](char c) { return is_blank(c); });
    const std::size_t name_end = skip(text, name, in_name);
    const std::size_t close = skip(text, name_end, [](char c) { return is_blank(c); });
    if (name_end != name && text.substr(close, 2) == "}}") {
      return NamedReference{open, close + 2, text.substr(name, name_end - name)};
    }
  }
  return std::nullopt;
}

MappedText with_named_values(MappedText text, const NamedValueLookup& lookup, Braces braces, Diagnostics& diagnostics) {
  auto reference = find_named_value(text.text);
  if (!reference) return text;
  MappedText result(text.origin->shared_source());
  std::size_t done = 0;
  for (; reference; reference = find_named_value(text.text, reference->end)) {
    const bool of_template = braces == Braces::liquid && is_template_name(reference->name);
    const auto value = lookup && !of_template ? lookup(reference->name) : std::nullopt;
    if (!value) {
      if (braces == Braces::named_values) report_unknown(text, *reference, !lookup, diagnostics);
      continue;
    }
    result.append(text, done, reference->begin);
    result.append(value->text, text.origin->source_offset(reference->begin),
                  value->is_secret ? TextOrigin::Part::secret : TextOrigin::Part::named_value);
    done = reference->end;
    if (result.text.size() > largest_substituted_text) {
      diagnostics.add(text.origin->diagnostic(
          Severity::error, "SL9001", reference->begin, 2,
          "with its named values the text has more than " + std::to_string(largest_substituted_text) + " bytes"));
      break;
    }
  }
  result.append(text, done, text.text.size());
  return result;
}

bool has_named_value_in_code(std::string_view expression) {
  auto reference = find_named_value(expression);
  for (std::size_t at = 0; reference && at < expression.size();) {
    if (at == reference->begin) return true;
    const std::size_t after = expression::skip_literal(expression, at);
    if (after == expression::unterminated) return false;
    at = after != at ? after : at + 1;
    while (reference && reference->begin < at) reference = find_named_value(expression, reference->begin + 2);
  }
  return false;
}

}  // namespace sluice
