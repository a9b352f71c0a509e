// SPDX-License-Identifier: Apache-2.0
// Reading and filling of URL templates, one pass over the text each.
#include "base/url_template.hpp"

#include "base/text.hpp"
#include "base/url.hpp"

#include <memory_resource>
#include <string>

namespace sluice {
namespace {

/// What may stand in a path segment beside unreserved characters: RFC 3986 `pchar`.
constexpr std::string_view segment_characters = "!$&'()*+,;=:@";
constexpr std::string_view path_characters = "!$&'()*+,;=:@/";
constexpr std::size_t usual_growth = 64;  // of a template when it is filled

std::size_t query_start(std::string_view text) { return std::min(text.find('?'), text.size()); }

/// Appends literal text of a template, encoding what a URL cannot hold. Control characters stay: the normal form
/// refuses them.
void append_literal(std::pmr::string& to, char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (c == ' ' || byte >= 0x80 || std::string_view("\"<>^`|").find(c) != std::string_view::npos) {
    to += percent_encode({&c, 1});
  } else {
    to += c;
  }
}

/// The name between braces at `text[open]`, and the position after the closing brace.
struct Braces {
  std::string_view name;
  bool star;
  std::size_t end;
};
std::optional<Braces> read_braces(std::string_view text, std::size_t open) {
  const std::size_t close = text.find('}', open);
  if (close == std::string_view::npos) return std::nullopt;
  std::string_view name = trim(text.substr(open + 1, close - open - 1));
  const bool star = name.starts_with('*');
  if (star) name.remove_prefix(1);
  return Braces{name, star, close + 1};
}

}  // namespace

std::vector<TemplateParameter> template_parameters(std::string_view text) {
  std::vector<TemplateParameter> parameters;
  const std::size_t question = query_start(text);
  for (std::size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at)) {
    const auto braces = read_braces(text, at);
    if (!braces) break;
    parameters.push_back({braces->name, braces->star, at > question});
    at = braces->end;
  }
  return parameters;
}

bool template_names_query(std::string_view text, std::string_view query_name, Arena& arena) {
  const std::size_t question = query_start(text);
  if (question == text.size()) return false;
  QueryReader reader(text.substr(question + 1));
  while (const auto item = reader.next()) {
    if (percent_decode(item->name, arena, true) == query_name) return true;
  }
  return false;
}

Result<FilledTemplate> fill_template(std::string_view text,
                                     const std::function<std::optional<std::string_view>(std::string_view)>& value_of,
                                     const std::function<bool(std::string_view)>& is_wildcard, Arena& arena) {
  std::pmr::string filled(&arena);
  filled.reserve(text.size() + usual_growth);
  std::size_t question = std::string::npos;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '?' && question == std::string::npos) {
      question = filled.size();
      filled += '?';
      continue;
    }
    const auto braces = text[i] == '{' ? read_braces(text, i) : std::nullopt;
    if (!braces) {
      append_literal(filled, text[i]);
      continue;
    }
    const auto value = value_of(braces->name);
    if (!value) {
      return fail(ErrorCode::policy_value_invalid,
                  "The request has no parameter '" + std::string(braces->name) + "' for the URL template.");
    }
    const bool in_path = question == std::string::npos;
    const bool has_slash = in_path && value->find('/') != std::string_view::npos;
    const bool keeps_slashes = has_slash && (braces->star || is_wildcard(braces->name));
    filled += percent_encode(*value, !in_path ? "" : keeps_slashes ? path_characters : segment_characters, arena);
    i = braces->end - 1;
  }
  const std::size_t path_end = std::min(question, filled.size());
  // The text is the arena's, which frees nothing before the request ends.
  std::string_view path = arena.copy(std::string_view(filled).substr(0, path_end));
  if (path.empty() || path.front() != '/') path = arena.concat({"/", path});
  const auto normal = normalize_path(path, arena, {.allow_encoded_slash = true});
  if (!normal) {
    return fail(ErrorCode::policy_value_invalid,
                "The URL template gives no usable path. " + std::string(normal.error().message()));
  }
  const std::string_view query =
      question == std::string::npos ? std::string_view() : std::string_view(filled).substr(question + 1);
  for (char c : query) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x21 || byte == 0x7F || c == '#') {
      return fail(ErrorCode::policy_value_invalid, "The URL template gives a query with characters it may not hold.");
    }
  }
  return FilledTemplate{*normal, arena.copy(query)};
}

}  // namespace sluice
