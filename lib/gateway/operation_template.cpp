// SPDX-License-Identifier: Apache-2.0
#include "gateway/operation_template.hpp"

#include <sluice/message.hpp>

#include "base/text.hpp"
#include "base/url.hpp"

#include <algorithm>

namespace sluice {
namespace {

/// Literal text as it stands in paths of requests: blanks and bytes outside ASCII encoded, escapes in one form.
std::string normal_form(std::string_view literal) {
  static constexpr std::string_view kept = "/-._~:@!$&'()*+,;=%";
  const std::string encoded = percent_encode(literal, kept);
  Arena arena(256);
  const std::string path = "/" + encoded;  // What is normal already is not copied.
  const auto normal = normalize_path(path, arena, {.allow_encoded_slash = true});
  return normal ? std::string(normal->substr(1)) : encoded;
}

/// `{name}` at the start of `text`: the name; empty when there is none. `length` is how much it takes.
std::string_view braced_name(std::string_view text, std::size_t& length) {
  const std::size_t end = text.find('}');
  if (text.empty() || text.front() != '{' || end == std::string_view::npos) return {};
  length = end + 1;
  return text.substr(1, end - 1);
}

TemplateSegment parse_segment(std::string_view text) {
  TemplateSegment segment;
  std::string piece;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t length = 0;
    const std::string_view name = braced_name(text.substr(i), length);
    if (name.empty()) {
      piece += text[i++];
      continue;
    }
    segment.pieces.push_back(std::move(piece));
    segment.parameters.emplace_back(name);
    piece.clear();
    i += length;
  }
  if (segment.parameters.empty()) {
    segment.kind = piece == "*" ? TemplateSegment::Kind::rest : TemplateSegment::Kind::literal;
    segment.text = normal_form(piece);
    return segment;
  }
  segment.pieces.push_back(std::move(piece));
  const bool is_whole = segment.parameters.size() == 1 && segment.pieces[0].empty() && segment.pieces[1].empty();
  segment.kind = is_whole ? TemplateSegment::Kind::parameter : TemplateSegment::Kind::pattern;
  if (is_whole && segment.parameters[0].front() == '*') {
    segment.kind = TemplateSegment::Kind::rest;
    segment.parameters[0].erase(0, 1);
  }
  for (std::string& literal : segment.pieces) literal = normal_form(literal);
  return segment;
}

bool is_declared_optional(const Operation& operation, std::string_view name) {
  const auto declared = std::find_if(operation.template_parameters.begin(), operation.template_parameters.end(),
                                     [&](const Parameter& parameter) { return parameter.name == name; });
  return declared != operation.template_parameters.end() && !declared->required;
}

QueryCondition parse_condition(const QueryItem& item, const Operation& operation) {
  Arena arena(256);
  QueryCondition condition;
  condition.name = percent_decode(item.name, arena, true);
  std::size_t length = 0;
  const std::string_view name = braced_name(item.value, length);
  if (!name.empty() && length == item.value.size()) {
    condition.parameter = name;
    condition.is_required = !is_declared_optional(operation, name);
  } else {
    condition.value = percent_decode(item.value, arena, true);
  }
  return condition;
}

}  // namespace

OperationTemplate parse_operation_template(const Operation& operation) {
  OperationTemplate result;
  std::string_view text = operation.url_template;
  const std::size_t question = std::min(text.find('?'), text.size());
  std::string_view path = text.substr(0, question);
  while (!path.empty() && path.front() == '/') path.remove_prefix(1);
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  if (!path.empty()) {
    for (std::string_view segment : split(path, '/')) {
      result.segments.push_back(parse_segment(segment));
      if (result.segments.back().kind == TemplateSegment::Kind::rest) break;
    }
  }
  QueryReader reader(text.substr(std::min(question + 1, text.size())));
  while (auto item = reader.next()) result.query.push_back(parse_condition(*item, operation));
  return result;
}

bool match_pattern(const std::vector<std::string>& pieces, std::string_view segment,
                   std::vector<std::string_view>& captured) {
  captured.clear();
  const auto is_at = [&](std::size_t at, const std::string& piece) {
    return segment.size() - at >= piece.size() && equal_ignoring_case(segment.substr(at, piece.size()), piece);
  };
  if (!is_at(0, pieces[0])) return false;
  std::size_t at = pieces[0].size();
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    const bool is_last = i + 1 == pieces.size();
    std::size_t end = at + 1;
    if (is_last) {
      if (segment.size() < end + pieces[i].size()) return false;
      end = segment.size() - pieces[i].size();
      if (!is_at(end, pieces[i])) return false;
    } else {
      while (end <= segment.size() && !is_at(end, pieces[i])) ++end;
      if (end > segment.size()) return false;
    }
    captured.push_back(segment.substr(at, end - at));
    at = end + pieces[i].size();
  }
  return true;
}

}  // namespace sluice
