// SPDX-License-Identifier: Apache-2.0
#include "management/resource_path.hpp"

#include "base/text.hpp"
#include "base/url.hpp"
#include "management/bounds.hpp"

#include <algorithm>

namespace sluice::management {
namespace {

constexpr std::string_view revision_mark = ";rev=";

bool is_id_character(char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '_' || c == '.'; }

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= id_bytes && text[0] != '.' &&
         std::all_of(text.begin(), text.end(), is_id_character);
}

}  // namespace

bool is_valid_id(std::string_view id) { return parse_api_id(id).has_value(); }

std::optional<ApiId> parse_api_id(std::string_view id) {
  if (id.size() > id_bytes) return std::nullopt;
  const std::size_t mark = id.find(revision_mark);
  if (mark == std::string_view::npos) return is_name(id) ? std::optional(ApiId{id, {}}) : std::nullopt;
  const ApiId parsed{id.substr(0, mark), id.substr(mark + revision_mark.size())};
  if (!is_name(parsed.name) || !is_name(parsed.revision)) return std::nullopt;
  return parsed;
}

std::optional<ResourcePath> parse_resource_path(std::string_view path) {
  // Empty: any name, which is the caller's affair.
  constexpr std::string_view words[] = {
      "", "subscriptions", "", "resourceGroups", "", "providers", "Microsoft.ApiManagement", "service", ""};
  constexpr std::size_t count = std::size(words);
  std::vector<std::string_view> parts = split(path, '/');
  if (parts.size() > count && parts.back().empty()) parts.pop_back();
  if (parts.size() < count || !parts[0].empty()) return std::nullopt;
  ResourcePath parsed;
  for (std::size_t i = 1; i < count; ++i) {
    if (words[i].empty() ? parts[i].empty() : !equal_ignoring_case(parts[i], words[i])) return std::nullopt;
    parsed.service += '/' + std::string(parts[i]);
  }
  Arena arena;
  parsed.subscription = percent_decode(parts[2], arena);
  parsed.group = percent_decode(parts[4], arena);
  parsed.service_name = percent_decode(parts[8], arena);
  for (std::size_t i = count; i < parts.size(); ++i) parsed.segments.emplace_back(percent_decode(parts[i], arena));
  return parsed;
}

}  // namespace sluice::management
