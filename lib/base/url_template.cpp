// SPDX-License-Identifier: Apache-2.0
// Reading and filling of URL templates, one pass over the text each.
#include "base/url_template.hpp"

#include "base/characters.hpp"
#include "base/text.hpp"
#include "base/url.hpp"

#include <string>

namespace sluice {
namespace {

/// What may stand in a path segment beside unreserved characters: RFC 3986 `pchar`.
constexpr std::string_view segment_characters = "!$&'()*+,;=:@";
constexpr std::string_view path_characters = "!$&'()*+,;=:@/";

std::size_t query_start(std::string_view text) { return std::min(text.find('?'), text.size()); }

/// Literal text of a template that a URL can hold. Control characters are among it: the normal form refuses them.
constexpr auto kept_bytes = detail::make_table([](unsigned char c) {
  return c != ' ' && c < 0x80 && std::string_view("\"<>^`|").find(static_cast<char>(c)) == std::string_view::npos;
});
constexpr auto query_bytes = detail::make_table([](unsigned char c) { return c >= 0x21 && c != 0x7F && c != '#'; });

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

UrlTemplate::UrlTemplate(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_question = text[i] == '?' && !question_parameter_;
    if (is_question) {
      question_parameter_ = parameters_.size();
      question_offset_ = rest_.size();
    }
    const auto braces = text[i] == '{' ? read_braces(text, i) : std::nullopt;
    if (!braces) {
      const bool is_kept = kept_bytes[static_cast<unsigned char>(text[i])];
      rest_ += is_kept ? std::string(1, text[i]) : percent_encode(text.substr(i, 1));
      continue;
    }
    parameters_.push_back({std::move(rest_), std::string(braces->name), braces->star, question_parameter_.has_value()});
    rest_.clear();
    i = braces->end - 1;
  }
}

Result<FilledTemplate> UrlTemplate::fill(std::span<const TemplateValue> given, Arena& arena) const {
  const auto values = arena.make_array<std::string_view>(parameters_.size());
  std::size_t size = 1 + rest_.size();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Parameter& parameter = parameters_[i];
    const std::string_view kept = parameter.in_query                         ? std::string_view()
                                  : parameter.star || given[i].keeps_slashes ? path_characters
                                                                             : segment_characters;
    values[i] = given[i].is_unreserved ? given[i].text : percent_encode(given[i].text, kept, arena);
    size += parameter.before.size() + values[i].size();
  }
  char* const begin = arena.make_room<char>(size);
  char* at = begin;
  *at++ = '/';  // Left out again where the template has one.
  const char* question = nullptr;
  const auto put_literal = [&](std::size_t index, const std::string& literal) {
    if (question_parameter_ == index) question = at + question_offset_;
    at = put_text(at, literal);
  };
  for (std::size_t i = 0; i < values.size(); ++i) {
    put_literal(i, parameters_[i].before);
    at = put_text(at, values[i]);
  }
  put_literal(values.size(), rest_);
  const char* const path_end = question != nullptr ? question : at;
  const char* const path_begin = path_end > begin + 1 && begin[1] == '/' ? begin + 1 : begin;
  const auto path = normalize_path({path_begin, static_cast<std::size_t>(path_end - path_begin)}, arena,
                                   {.allow_encoded_slash = true});
  if (!path) {
    return fail(ErrorCode::policy_value_invalid,
                "The URL template gives no usable path. " + std::string(path.error().message()));
  }
  if (question == nullptr) return FilledTemplate{*path, {}};
  const std::string_view query(question + 1, static_cast<std::size_t>(at - question - 1));
  if (!all_in(query, query_bytes)) {
    return fail(ErrorCode::policy_value_invalid, "The URL template gives a query with characters it may not hold.");
  }
  return FilledTemplate{*path, query};
}

}  // namespace sluice
